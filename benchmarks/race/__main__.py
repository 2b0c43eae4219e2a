"""``python -m benchmarks.race``: cardscan against what else reads such cards, on the same pictures, by turns.

Every contender runs in a process of its own and answers one pair at a time, while the others wait; the order changes
from pair to pair. RapidOCR has an environment of its own: ``make race`` makes it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.race.pictures import Pair, drawn, from_folder
from benchmarks.race.report import Lap, Result, summed_up, table, write
from cardscan.classify.catalogue import Catalogue, load_catalogue
from cardscan.classify.learn import variant_of
from cardscan.imaging.dewarp import dewarp, whole
from cardscan.imaging.intake import Intake, Limits
from cardscan.imaging.locate import locate
from cardscan.layout import View
from cardscan.records import Line
from cardscan.settings import load_settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RESULTS = ROOT / "benchmarks" / "results"
RAPID_PYTHON = ROOT / ".race" / "bin" / "python"
CONTENDERS = ("cardscan", "cardscan_fast", "pytesseract_full", "pytesseract_crops", "rapidocr_full")
_CROP_SIDE = 10_000  # crops are cut from the picture at full size: Tesseract needs it


class Contender:
    """A process that answers requests, a JSON line each."""

    def __init__(self, name: str) -> None:
        own = [sys.executable, "-m", "benchmarks.race.runner", name]
        command = [str(RAPID_PYTHON), str(HERE / "rapid.py")] if name == "rapidocr_full" else own
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"A contender ended with status {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="cardscan against other readers, by turns.")
    parser.add_argument("--pairs", type=int, default=12, help="pairs to draw")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--rounds", type=int, default=3, help="times that every pair is read")
    parser.add_argument("--condition", default="photo", help="condition of the drawn pairs")
    parser.add_argument(
        "--folder", type=Path, help="race on these pictures; truths beside them, as in samples/finished"
    )
    parser.add_argument("--out", type=Path, help="where the results go; the published ones, unless --folder is given")
    options = parser.parse_args(arguments)
    out = options.out or (Path("race") if options.folder else RESULTS)
    names = [n for n in CONTENDERS if n != "rapidocr_full" or RAPID_PYTHON.exists()]
    if len(names) < len(CONTENDERS):
        print("RapidOCR takes no part: 'make race' installs it.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        pairs = list(
            from_folder(options.folder)
            if options.folder
            else drawn(options.pairs, options.seed, Path(folder), options.condition)
        )
        if not pairs:
            parser.error("There is no pair to race on: every card needs its truth beside its pictures.")
        results = race(names, pairs, options.rounds, Path(folder))
    print(table(results))
    write(results, out)
    return 0


def race(names: Sequence[str], pairs: Sequence[Pair], rounds: int, folder: Path) -> dict[str, Result]:
    """Every pair by every contender, by turns, ``rounds`` times; the first pair once before, to warm up."""
    catalogue = load_catalogue()
    requests = [{"files": [str(f) for f in p.files], "crops": _crops(p, folder)} for p in pairs]
    running = {name: Contender(name) for name in names}
    laps: dict[str, list[Lap]] = {name: [] for name in names}
    try:
        for contender in running.values():
            contender.ask(requests[0])
        for number in range(rounds * len(pairs)):
            pair, request = pairs[number % len(pairs)], requests[number % len(pairs)]
            for i in range(len(names)):
                name = names[(i + number) % len(names)]
                answer = running[name].ask(request)
                named = answer["variant"] if "variant" in answer else _variant(answer["sides"], catalogue)
                right = named == pair.variant
                wrong = named is not None and not right
                laps[name].append(
                    Lap(pair.id, answer["wall_s"], answer["cpu_s"], right, wrong, answer.get("rss_mb", 0.0))
                )
            print(f"\r{number + 1}/{rounds * len(pairs)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    finally:
        for contender in running.values():
            contender.close()
    return {name: summed_up(laps[name]) for name in names}


def _variant(sides: list[list[dict[str, Any]]], catalogue: Catalogue) -> str | None:
    """cardscan's own matching on lines that another reader read."""
    views = []
    for i, lines in enumerate(sides):
        made = (Line(x["text"], x["score"], np.array(x["box"], np.float64)) for x in lines if x["text"].strip())
        views.append(View(i, tuple(made)))
    return variant_of(views, catalogue)


def _crops(pair: Pair, folder: Path) -> list[str]:
    """The flattened cards of a pair, cut by cardscan at full size, upright for a reader that cannot turn them."""
    paths = []
    with Intake(Limits.from_settings(load_settings()), workers=1) as intake:
        for path in pair.files:
            for photo in intake.open(path.name, path.read_bytes(), target_side=_CROP_SIDE):
                found = locate(photo.pixels)
                flats = [dewarp(photo, o.corners, o.score) for o in found] or [whole(photo)]
                for number, flat in enumerate(flats):
                    target = folder / f"{path.stem}-{photo.page}-{number}.png"
                    pixels = _upright(flat.pixels)
                    cv2.imwrite(str(target), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
                    paths.append(str(target))
    return paths


def _upright(pixels: Any) -> Any:
    """The better way up of two, as cardscan's own engine sees it: Tesseract's defaults do not turn a page."""
    from cardscan.ocr.ppocr import PpOcr

    global _engine
    if _engine is None:
        _engine = PpOcr(load_settings())
    turns = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    way = turns[_engine.read(pixels).rotation]
    return pixels if way is None else cv2.rotate(pixels, way)


_engine: Any = None


if __name__ == "__main__":
    sys.exit(main())
