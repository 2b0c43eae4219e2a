"""``python -m benchmarks.accuracy.worst SCORES.json``: the worst cases of an accuracy run as one picture.

Their pictures are drawn again from their seeds, with the true outline (red) and the one that was found (green); what
went wrong stands below each.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from benchmarks.accuracy.score import AS_OF, VISIT, Score
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import ImageReport
from cardscan.settings import load_settings
from samples.case import Case, Picture
from samples.draw import draw_case

_TILE = (400, 300)
_CAPTION = 56
_COLUMNS = 4
_OVERLAP = 0.9


def main() -> int:
    parser = argparse.ArgumentParser(description="The worst cases of an accuracy run, as one picture.")
    parser.add_argument("scores", type=Path, help="as benchmarks.accuracy --json wrote them")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path("worst.jpg"))
    options = parser.parse_args()
    scores = [Score(**score) for score in json.loads(options.scores.read_text(encoding="utf-8"))]
    judged = [score for score in scores if score.group != "unreadable" or score.wrong_eligible]
    worst = sorted(judged, key=badness, reverse=True)[: options.count]
    with Pipeline(load_settings()) as pipeline:
        tiles = [tile for score in worst for tile in _tiles(score, pipeline)]
    if not tiles:
        print("There is no picture to show.", file=sys.stderr)
        return 1
    _sheet(tiles).save(options.out, quality=72)
    print(f"{len(worst)} cases, {len(tiles)} pictures: {options.out}")
    return 0


def badness(score: Score) -> tuple[int, ...]:
    """What is worse comes first: a wrong eligible, a wrong card, a wrong number, an answer that was not allowed."""
    marks = list(score.fields.values())
    return (
        int(score.wrong_eligible),
        int(score.variant == "wrong"),
        int(score.member_id_wrong_and_sure),
        int(not score.outcome_allowed),
        int(score.variant == "abstained"),
        marks.count("wrong"),
        sum(overlap < _OVERLAP for overlap in score.overlaps),
        marks.count("missing"),
    )


def told(score: Score) -> str:
    """What went wrong, in a line."""
    parts = [f"variant {score.variant}"] if score.variant != "right" else []
    parts += [f"{score.outcome}!"] if not score.outcome_allowed else [score.outcome]
    parts += [f"{name} {mark}" for name, mark in score.fields.items() if mark != "right"]
    parts += [f"IoU {overlap:.2f}" for overlap in score.overlaps if overlap < _OVERLAP]
    return ", ".join(parts)


def _case(score: Score) -> Case:
    world, seed, rest = score.id.split("-", 2)
    subject = rest.removesuffix(f"-{score.condition}")
    return draw_case(world, int(seed), condition=score.condition, subject=subject)  # type: ignore[arg-type]


def _tiles(score: Score, pipeline: Pipeline) -> Iterator[Image.Image]:
    case = _case(score)
    files = [SourceFile(picture.name, picture.data) for picture in case.pictures]
    answer = pipeline.verify(files, VISIT, as_of=AS_OF)
    for picture in case.pictures:
        if picture.name.endswith(".pdf"):
            continue
        reports = [image for image in answer.images if image.source == picture.name]
        yield _tile(picture, reports, f"{case.id}\n{fill(told(score), 62)}")


def _tile(picture: Picture, reports: list[ImageReport], caption: str) -> Image.Image:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(picture.data))).convert("RGB")
    pen, width = ImageDraw.Draw(image), max(2, max(image.size) // 150)
    for side in picture.sides:
        if side.corners is not None:
            pen.polygon([tuple(corner) for corner in np.array(side.corners)], outline=(230, 40, 40), width=width)
    for report in reports:
        for card in report.cards:
            pen.polygon([tuple(corner) for corner in card], outline=(40, 220, 90), width=width)
    image.thumbnail(_TILE)
    tile = Image.new("RGB", (_TILE[0] + 4, _TILE[1] + _CAPTION), "white")
    tile.paste(image, (2, 2))
    ImageDraw.Draw(tile).text((4, _TILE[1] + 6), caption, fill="black", font=ImageFont.load_default(12))
    return tile


def _sheet(tiles: list[Image.Image]) -> Image.Image:
    rows = -(-len(tiles) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * (_TILE[0] + 4), rows * (_TILE[1] + _CAPTION)), "white")
    for i, tile in enumerate(tiles):
        sheet.paste(tile, (i % _COLUMNS * tile.width, i // _COLUMNS * tile.height))
    return sheet


if __name__ == "__main__":
    sys.exit(main())
