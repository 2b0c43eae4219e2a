"""``python -m benchmarks.size``: what a verification costs against the size of what is sent, and of the catalogue.

Four series: one photo of 0.5 to 50 megapixels; a PDF of 1 to 10 pages; 1 to 4 cards on one scanned page; matching alone
against 20 to 2 000 variants. It prints a table and writes ``size.json`` and ``size.svg`` into ``benchmarks/results``.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image, ImageOps

from benchmarks.accuracy.score import AS_OF, VISIT
from benchmarks.race.cpu import cpu_seconds
from cardscan.classify.calibrate import ranking
from cardscan.classify.catalogue import Catalogue
from cardscan.classify.familiar import unfamiliar
from cardscan.classify.identify import settle
from cardscan.classify.match import match
from cardscan.classify.weights import CONTENDERS
from cardscan.layout import View
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.settings import load_settings
from samples.draw import draw_case

RESULTS = Path(__file__).parent / "results"
_ROUNDS = 3
_PAGE = (1700, 2200)  # a letter at 200 dpi
_CARD = (675, 425)  # an ID-1 card at 200 dpi


@dataclass(frozen=True, slots=True)
class Point:
    """One size: medians of some rounds."""

    series: str
    size: float
    cpu_ms: float
    wall_ms: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Cost against size.")
    parser.add_argument("--seed", type=int, default=300)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    points = []
    with Pipeline(load_settings(max_pictures=10)) as pipeline:
        pipeline.warm_up()
        for point in measured(pipeline, options.seed):
            print(f"{point.series:28s} {point.size:8g} {point.cpu_ms:9.1f} ms CPU {point.wall_ms:9.1f} ms", flush=True)
            points.append(point)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "size.json").write_text(json.dumps([asdict(p) for p in points], indent=1) + "\n", encoding="utf-8")
    (options.out / "size.svg").write_text(plot(points), encoding="utf-8")
    return 0


def measured(pipeline: Pipeline, seed: int) -> Iterable[Point]:
    """All points of all series."""
    front, back = (_upright(p.data) for p in draw_case("test", seed, condition="photo", subject="scal-pos").pictures)
    for megapixels in (0.5, 1, 2, 4, 8, 12, 24, 50):
        data = _jpeg(_scaled(front, megapixels))
        yield _timed("megapixels of a photo", megapixels, lambda d=data: _verify(pipeline, "a.jpg", d))  # type: ignore[misc]
    renders = [_upright(p.data) for p in draw_case("test", seed, condition="clean", subject="scal-pos").pictures]
    page = _page([renders[0]])
    for pages in (1, 2, 4, 7, 10):
        data = _pdf([page] + [_page([renders[1]])] * (pages - 1))
        yield _timed("pages of a PDF", pages, lambda d=data: _verify(pipeline, "a.pdf", d))  # type: ignore[misc]
    for cards in (1, 2, 3, 4):
        data = _jpeg(_page((renders * 2)[:cards]))
        yield _timed("cards on a page", cards, lambda d=data: _verify(pipeline, "a.jpg", d))  # type: ignore[misc]
    views, _ = pipeline.read([SourceFile("a.jpg", _jpeg(front)), SourceFile("b.jpg", _jpeg(back))])
    for variants in (20, 100, 500, 2000):
        catalogue = enlarged(pipeline.catalogue, variants)
        yield _timed("variants in the catalogue", variants, lambda c=catalogue: _match(views, c))  # type: ignore[misc]


def enlarged(catalogue: Catalogue, count: int) -> Catalogue:
    """A catalogue of so many variants: the others have sentences made of the words of those that are known."""
    rng = random.Random(count)
    words = " ".join(catalogue.sentences).split()
    models = list(catalogue.variants.values())
    variants = dict(catalogue.variants)
    for number in range(count - len(models)):
        said = tuple(" ".join(rng.choices(words, k=rng.randint(8, 22))) for _ in range(2))
        made = rng.choice(models).model_copy(update={"id": f"made-{number}", "sentences": said})
        variants[made.id] = made
    return replace(catalogue, variants=variants)


def _timed(series: str, size: float, work: Callable[[], object]) -> Point:
    work()
    cpu, wall = [], []
    for _ in range(_ROUNDS):
        before, start = cpu_seconds(), time.perf_counter()
        work()
        wall.append((time.perf_counter() - start) * 1000)
        cpu.append((cpu_seconds() - before) * 1000)
    return Point(series, size, round(median(cpu), 1), round(median(wall), 1))


def _verify(pipeline: Pipeline, name: str, data: bytes) -> None:
    pipeline.verify([SourceFile(name, data)], VISIT, as_of=AS_OF)


def _match(views: Sequence[View], catalogue: Catalogue) -> None:
    finds = match(views, catalogue)
    candidates = ranking(settle(finds), finds, catalogue)
    unfamiliar(views, catalogue, [c.id for c in candidates[:CONTENDERS]])


def _upright(data: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def _scaled(image: Image.Image, megapixels: float) -> Image.Image:
    factor = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
    return image.resize((int(image.width * factor), int(image.height * factor)), Image.Resampling.BICUBIC)


def _page(cards: Sequence[Image.Image]) -> Image.Image:
    page = Image.new("RGB", _PAGE, (252, 252, 250))
    for i, card in enumerate(cards):
        page.paste(card.resize(_CARD, Image.Resampling.LANCZOS), (120 + 800 * (i % 2), 160 + 640 * (i // 2)))
    noise = np.random.default_rng(1).normal(0, 2, (*_PAGE[::-1], 1))
    return Image.fromarray(np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _pdf(pages: Sequence[Image.Image]) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=200, quality=85)
    return out.getvalue()


_WIDTH, _HEIGHT, _PAD = 380, 260, 46


def plot(points: Sequence[Point]) -> str:
    """A small chart a series, two by two: processor time (dark) and time on the clock (light) over size, as SVG."""
    names = list(dict.fromkeys(p.series for p in points))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * _WIDTH}" height="{-(-len(names) // 2) * _HEIGHT}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for i, name in enumerate(names):
        own = [p for p in points if p.series == name]
        parts.append(f'<g transform="translate({_WIDTH * (i % 2)},{_HEIGHT * (i // 2)})">{_chart(name, own)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _chart(name: str, points: Sequence[Point]) -> str:
    most = max(max(p.cpu_ms, p.wall_ms) for p in points) or 1.0
    widest = max(p.size for p in points)

    def at(size: float, ms: float) -> str:
        x = _PAD + (_WIDTH - 2 * _PAD) * size / widest
        return f"{x:.1f},{_HEIGHT - _PAD - (_HEIGHT - 2 * _PAD) * ms / most:.1f}"

    lines = [
        f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(dots)}"/>'
        for colour, dots in (
            ("#7fb7c6", [at(p.size, p.wall_ms) for p in points]),
            ("#0b6e8a", [at(p.size, p.cpu_ms) for p in points]),
        )
    ]
    floor = _HEIGHT - _PAD
    return "".join(
        [
            f'<text x="{_PAD}" y="24">{name}: up to {most:.0f} ms</text>',
            f'<path d="M{_PAD} {_PAD}V{floor}H{_WIDTH - _PAD}" fill="none" stroke="#888"/>',
            *lines,
            f'<text x="{_PAD}" y="{floor + 18}">0</text>',
            f'<text x="{_WIDTH - _PAD}" y="{floor + 18}" text-anchor="end">{widest:g}</text>',
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
