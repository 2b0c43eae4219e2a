"""From one photo to the sides of cards in it, read: locate, dewarp, read, look again where the first look failed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import cv2
import numpy as np

from cardscan.imaging.dewarp import dewarp, to_photo, whole
from cardscan.imaging.intake import Intake
from cardscan.imaging.locate import Outline, locate
from cardscan.imaging.quality import assess
from cardscan.layout import View
from cardscan.ocr.engine import Engine, find_text_with, read_with
from cardscan.records import Corners, Flat, Line, Photo, Quality, Reading, Word

_SHARP_WIDTH = 1000  # pixels of card width below which the full picture is opened, where it has more
_FEW_LETTERS = 25
_LINES_BESIDE = 4
_CUT_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a card (or a whole picture) as it was read.

    Attributes:
        view: The lines, boxes in pixels of the full picture.
        flat: The flattened card they were read from.
        quality: Of this card in its picture.
        reading: As the engine gave it, boxes in pixels of ``flat``.
    """

    view: View
    flat: Flat
    quality: Quality
    reading: Reading

    @property
    def letters(self) -> int:
        return sum(len(line.text.replace(" ", "")) for line in self.view.lines)


@dataclass(frozen=True, slots=True)
class Look:
    """A first look at a photo.

    Attributes:
        sides: What was read in it.
        rest: The part of it that shows text beside the cards, not read yet; None where there is none.
        index: Number of the picture.
        photo: As it was read from.
        locate_ms: Time spent on finding the cards.
        ocr_ms: Time spent on reading them.
    """

    sides: tuple[Side, ...]
    rest: Flat | None
    index: int
    photo: Photo
    locate_ms: float
    ocr_ms: float


class Reader:
    """Reads photos. Safe to call from several threads.

    Args:
        engine: What reads a card that was laid flat.
        intake: Opens a picture again, at full size.
        target_side: Long side to which pictures were reduced.
        skim: Read for a decision only: words soon, and numbers by one reader, which is not sure of them.
    """

    def __init__(self, engine: Engine, intake: Intake, target_side: int, *, skim: bool = False) -> None:
        self._skim = skim
        self._engine = engine
        self._intake = intake
        self._target_side = target_side

    def read_photo(self, index: int, photo: Photo, data: bytes) -> Look:
        """The sides in a photo.

        Args:
            index: Number of the picture within the verification.
            photo: Decoded at reduced size.
            data: The file, to be opened again where the reduced size is too small to read from.
        """
        start = time.perf_counter()
        text = find_text_with(self._engine, photo.pixels)
        outlines = locate(photo.pixels, text)
        located = time.perf_counter()
        reduced = photo
        photo, outlines = self._sharper(photo, outlines, data)
        text = [box * (reduced.scale / photo.scale) for box in text]
        outlines = [o for o in outlines if not _cuts_text(o, text)]
        sides = [self._read(index, photo, dewarp(photo, o.corners, o.score)) for o in outlines]
        if sum(side.letters for side in sides) < _FEW_LETTERS:
            whole_picture = self._read(index, photo, whole(photo))
            sides = [whole_picture] if whole_picture.letters > sum(s.letters for s in sides) else sides
            rest = None
        else:
            rest = _beside(photo, text, outlines)
        read = time.perf_counter()
        return Look(tuple(sides), rest, index, photo, (located - start) * 1000, (read - located) * 1000)

    def read_rest(self, look: Look) -> Side:
        """What the picture shows beside the cards that were read."""
        assert look.rest is not None
        return self._read(look.index, look.photo, look.rest)

    def _sharper(self, photo: Photo, outlines: list[Outline], data: bytes) -> tuple[Photo, list[Outline]]:
        """The photo at full size, if a card in it is too small at the reduced size."""
        reduced = photo.pixels.shape[1] < 0.95 * photo.width
        widths = [np.linalg.norm(np.roll(o.corners, -1, 0) - o.corners, axis=1).max() for o in outlines]
        if not reduced or not widths or min(widths) >= _SHARP_WIDTH:
            return photo, outlines
        full = self._intake.open(photo.source, data)[photo.page]
        grown = photo.scale / full.scale
        return full, [replace(o, corners=o.corners * grown) for o in outlines]

    def _read(self, index: int, photo: Photo, flat: Flat) -> Side:
        reading = read_with(self._engine, flat.pixels, skim=self._skim)
        lines = tuple(_in_photo(line, flat) for line in reading.lines)
        return Side(View(index, lines), flat, assess(flat, (photo.width, photo.height)), reading)


def _in_photo(line: Line, flat: Flat) -> Line:
    boxes = np.concatenate([line.box, *(word.box for word in line.words)])
    mapped = to_photo(flat, boxes).reshape(-1, 4, 2)
    words = tuple(Word(w.text, w.confidence, box) for w, box in zip(line.words, mapped[1:], strict=True))
    return Line(line.text, line.confidence, mapped[0], words)


def _cuts_text(outline: Outline, text: list[Corners]) -> bool:
    """Whether lines of text run over the outline's rim: then it is not the card's, and cutting there loses words."""
    whole_lines = cut = 0
    for box in text:
        if not _is_line(box):
            continue
        longest = int(np.linalg.norm(np.roll(box, -1, 0) - box, axis=1).argmax())
        start = (box[longest] + box[longest - 1]) / 2
        end = (box[(longest + 1) % 4] + box[(longest + 2) % 4]) / 2
        length, height = (float(np.linalg.norm(end - start)), float(np.linalg.norm(box[longest] - box[longest - 1])))
        near = min(0.08, 0.6 * height / length)  # boxes reach a little beyond their text
        inside = [_inside(start + share * (end - start), outline.corners) for share in (near, 0.5, 1 - near)]
        whole_lines += all(inside)
        cut += any(inside) and not all(inside)
    return cut >= 2 and cut > _CUT_SHARE * (cut + whole_lines)


def _beside(photo: Photo, text: list[Corners], outlines: list[Outline]) -> Flat | None:
    """The part of the picture that shows text outside the outlines: a second card, or the rest of a card cut short.

    What stands there may exclude the member, so it is read; keys of a keyboard and single words are not worth it.
    """
    corners = [o.corners for o in outlines]
    left = [box for box in text if _is_line(box) and not any(_inside(box.mean(0), c) for c in corners)]
    if len(left) < _LINES_BESIDE:
        return None
    points = np.concatenate(left)
    height, width = photo.pixels.shape[:2]
    x0, y0 = np.maximum(points.min(0).astype(int) - 12, 0)
    x1, y1 = np.minimum(points.max(0).astype(int) + 12, (width, height))
    pixels = photo.pixels.copy()
    for c in corners:  # what was read already is blotted out
        cv2.fillPoly(pixels, [np.round(c).astype(np.int32)], (128, 128, 128))
    part = np.ascontiguousarray(pixels[y0:y1, x0:x1])
    part.flags.writeable = False
    scale = photo.scale
    return Flat(part, np.array([[scale, 0, x0 * scale], [0, scale, y0 * scale], [0, 0, 1.0]]), None, 0.0)


def _is_line(box: Corners) -> bool:
    sides = np.linalg.norm(np.roll(box, -1, 0) - box, axis=1)
    return bool(sides.max() > 3 * sides.min())


def _inside(point: Corners, corners: Corners) -> bool:
    return cv2.pointPolygonTest(corners.astype(np.float32), (float(point[0]), float(point[1])), False) >= 0
