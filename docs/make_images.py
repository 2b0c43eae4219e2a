"""Draw the pictures of docs/how-a-decision-is-made.md from a finished sample: ``python -m docs.make_images``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from cardscan.classify.catalogue import load_catalogue
from cardscan.imaging.intake import Intake, Limits
from cardscan.ocr.engine import create_engine
from cardscan.reader import Reader, Side
from cardscan.records import Evidence, Photo
from cardscan.settings import load_settings
from cardscan.synthesis import Identity, identify_card

ROOT = Path(__file__).parents[1]
OUT = Path(__file__).parent / "images"
SAMPLES = ("scal-pos-photo-a.jpg", "scal-pos-photo-b.jpg")
LARGEST = 200_000
"""Most bytes of one picture."""

_WIDTH = 1400
_GAP = 24
_PAPER = (255, 255, 255)
_OUTLINE = (0, 200, 90)
_LINE = (20, 90, 200)
_COLOURS = {
    "issuer": (0, 110, 200),
    "network": (190, 0, 150),
    "plan": (200, 60, 0),
    "family": (140, 90, 0),
    "region": (0, 130, 60),
}


def main() -> None:
    photos, identity = read_sample()
    OUT.mkdir(exist_ok=True)
    sides = identity.sides
    save("1-found.jpg", beside([_outlined(photo, sides) for photo in photos]))
    save("2-flat.jpg", beside([Image.fromarray(side.flat.pixels) for side in sides]))
    save("3-read.jpg", stacked([_read(side) for side in sides]))
    shown = _told_apart(identity.card.evidence)
    save("4-evidence.jpg", stacked([_evidence(side, shown) for side in sides]))


def read_sample() -> tuple[list[Photo], Identity]:
    """The sample's photos, and what the package makes of them."""
    settings = load_settings()
    engine = create_engine(settings)
    photos: list[Photo] = []
    sides: list[Side] = []
    with Intake(Limits.from_settings(settings)) as intake:
        reader = Reader(engine, intake)
        for index, name in enumerate(SAMPLES):
            data = (ROOT / "samples" / "finished" / name).read_bytes()
            (photo,) = intake.open(name, data, target_side=1600)
            photos.append(photo)
            sides += reader.read_photo(index, photo, data).sides
    return photos, identify_card(sides, photos, load_catalogue(settings.catalogue_dir))


def _outlined(photo: Photo, sides: Sequence[Side]) -> Image.Image:
    picture = Image.fromarray(photo.pixels)
    draw = ImageDraw.Draw(picture)
    for side in sides:
        corners = side.flat.corners
        if corners is not None and SAMPLES[side.view.image] == photo.source:
            _frame(draw, corners / photo.scale, _OUTLINE, max(4, picture.width // 160))
    return picture


def _read(side: Side) -> Image.Image:
    """The flat card with its lines marked, and beside it the text as it was read, in the same places."""
    card = Image.fromarray(side.flat.pixels)
    page = Image.new("RGB", card.size, _PAPER)
    mark, write = ImageDraw.Draw(card), ImageDraw.Draw(page)
    for line in side.reading.lines:
        _frame(mark, line.box, _LINE, 3)
        height = float(np.linalg.norm(line.box[3] - line.box[0]))
        width = float(np.linalg.norm(line.box[1] - line.box[0]))
        x, y = line.box.min(0)
        write.text((float(x), float(y)), line.text, fill=(0, 0, 0), font=_fitting(line.text, height, width))
    return beside([card, page])


def _told_apart(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The strongest evidence for each attribute that this page speaks of, in the order of the answer."""
    shown: dict[str, Evidence] = {}
    for piece in evidence:
        if piece.box is not None and _attribute(piece) in _COLOURS:
            shown.setdefault(_attribute(piece), piece)
    return list(shown.values())


def _attribute(piece: Evidence) -> str:
    return piece.says.split(":")[0]


def _evidence(side: Side, shown: Sequence[Evidence]) -> Image.Image:
    """The flat card with evidence framed and numbered, and beside it what each piece says."""
    card = Image.fromarray(side.flat.pixels)
    legend = Image.new("RGB", card.size, _PAPER)
    mark, write = ImageDraw.Draw(card), ImageDraw.Draw(legend)
    to_flat = np.linalg.inv(side.flat.to_photo)
    size = card.height // 26
    y = float(size)
    for number, piece in enumerate(shown, start=1):
        if piece.image != side.view.image or piece.box is None:
            continue
        colour = _COLOURS[_attribute(piece)]
        corners = _moved(np.array(piece.box), to_flat)
        _frame(mark, corners, colour, 5)
        _badge(mark, number, (float(corners[:, 0].max()) + 0.75 * size, float(corners[:, 1].mean())), size, colour)
        _badge(write, number, (size, y + size / 2), size, colour)
        write.text((2 * size, y), piece.says, fill=colour, font=ImageFont.load_default(size=size))
        said = f"“{piece.matched}”"
        write.text((2 * size, y + 1.4 * size), said, fill=(0, 0, 0), font=_fitting(said, size, card.width - 2.5 * size))
        y += 3.6 * size
    return beside([card, legend])


def _badge(
    draw: ImageDraw.ImageDraw, number: int, middle: tuple[float, float], size: float, colour: tuple[int, int, int]
) -> None:
    x, y = middle
    draw.ellipse((x - 0.65 * size, y - 0.65 * size, x + 0.65 * size, y + 0.65 * size), fill=colour)
    draw.text((x, y), str(number), fill=_PAPER, font=ImageFont.load_default(size=0.9 * size), anchor="mm")


def _moved(points: NDArray[np.float64], matrix: NDArray[Any]) -> NDArray[np.float64]:
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    moved: NDArray[np.float64] = lifted[:, :2] / lifted[:, 2:]
    return moved


def _frame(draw: ImageDraw.ImageDraw, corners: NDArray[np.float64], colour: tuple[int, int, int], width: int) -> None:
    around = [(float(x), float(y)) for x, y in [*corners, corners[0]]]
    draw.line(around, fill=colour, width=width, joint="curve")


def _fitting(text: str, height: float, width: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    size = max(8.0, height * 0.8)
    wide = ImageFont.load_default(size=size).getlength(text)
    return ImageFont.load_default(size=max(8.0, size * min(1.0, width / max(wide, 1.0))))


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures in a row, all of the height of the first."""
    height = pictures[0].height
    row = [p.resize((round(p.width * height / p.height), height), Image.Resampling.LANCZOS) for p in pictures]
    return _pasted(row, [(sum(p.width + _GAP for p in row[:i]), 0) for i in range(len(row))])


def stacked(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures one below the other, all of the width of the first."""
    width = pictures[0].width
    column = [p.resize((width, round(p.height * width / p.width)), Image.Resampling.LANCZOS) for p in pictures]
    return _pasted(column, [(0, sum(p.height + _GAP for p in column[:i])) for i in range(len(column))])


def _pasted(pictures: Sequence[Image.Image], places: Iterable[tuple[int, int]]) -> Image.Image:
    placed = list(zip(pictures, places, strict=True))
    size = max(x + p.width for p, (x, _) in placed), max(y + p.height for p, (_, y) in placed)
    sheet = Image.new("RGB", size, _PAPER)
    for picture, place in placed:
        sheet.paste(picture, place)
    return sheet


def save(name: str, picture: Image.Image) -> None:
    """Write a picture at the best quality that is small enough."""
    small = picture.resize((_WIDTH, round(picture.height * _WIDTH / picture.width)), Image.Resampling.LANCZOS)
    for quality in range(88, 30, -4):
        small.save(OUT / name, quality=quality, optimize=True)
        if (OUT / name).stat().st_size < LARGEST:
            return
    raise SystemExit(f"{name} cannot be made small enough.")


if __name__ == "__main__":
    main()
