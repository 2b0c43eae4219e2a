"""From one photo to the sides of cards in it, read: locate, dewarp, read, look again where the first look failed."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.errors import PictureError
from cardscan.imaging.cut import holding
from cardscan.imaging.dewarp import dewarp, to_photo, whole
from cardscan.imaging.intake import Intake
from cardscan.imaging.locate import Outline, locate, locate_far
from cardscan.imaging.outline import ID1_RATIO, NO_EDGE, inside, is_elongated, longest_side, overlap, text_height
from cardscan.imaging.quality import Assessment, assess
from cardscan.imaging.straight import around_text, connected, is_slanted, straightened
from cardscan.imaging.within import cards_within
from cardscan.layout import View
from cardscan.ocr.engine import Engine, find_text_with, read_with
from cardscan.records import Corners, Flat, Line, Photo, Quality, Reading, Word

_SHARP_WIDTH = 800  # pixels of card width below which the full picture is opened, where it has more
FEW_LETTERS = 25  # a card shows more
_LINES_BESIDE = 4
_LINE = 3.0  # times its height: what is shorter is a word or a key
_BY_TEXT = 0.5  # how sure it is that an outline around text, which the net did not see, is a card
_NO_RIM = 0.85  # share of edge under an outline's weakest side, below which the card may go on beyond it
_TOUCHES = 0.02  # overlap from which on two outlines cannot both be cards
_AROUND = 1.8  # times the size of such an outline, within which a line of text may be the card's
_ROOM = 1.2  # times a line, that is left of it where an outline runs through it
_CUT_SHARE = 0.3  # of the letters
_AT_RIM = 0.2  # line heights from the rim within which a line of text is cut
_SAME_SHAPE = 0.03  # by which the shape of a picture that is a card and nothing else may differ from a card's
_MOST = 0.7  # of such a picture, which an outline in it takes up
_FILLS = 0.97  # of such a picture, and an outline is its rim
_MOST_LETTERS = 0.5  # of those in outlines: cards within them show more
_MORE_LETTERS = 1.1  # times those in outlines: the picture shows more than they do
_BEYOND = 0.06  # of a card's width, read on every side of its outline: an outline may run through a line

_NO_CARD = Assessment(Quality(score=1.0, problems=()), hidden=False)
"""What stands beside cards is none: nothing is wrong with it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a card (or a whole picture) as it was read.

    Attributes:
        view: The lines, boxes in pixels of the full picture.
        flat: The flattened card they were read from.
        quality: Of this card in its picture.
        reading: As the engine gave it, boxes in pixels of ``flat``.
        hidden: Whether print on it goes on beneath light or a hand, or beyond the picture.
    """

    view: View
    flat: Flat
    quality: Quality
    reading: Reading
    hidden: bool = False

    @property
    def letters(self) -> int:
        return sum(len(line.text.replace(" ", "")) for line in self.view.lines)


class PictureText:
    """Where text stands in a picture; looked for when it is first asked.

    Args:
        engine: What finds it.
        photo: The picture, as it was first decoded.
    """

    def __init__(self, engine: Engine, photo: Photo) -> None:
        self._engine = engine
        self.photo = photo

    @cached_property
    def boxes(self) -> list[Corners]:
        """Boxes of its lines, in pixels of the photo."""
        return find_text_with(self._engine, self.photo.pixels)

    def in_pixels_of(self, photo: Photo) -> list[Corners]:
        """The same boxes, in pixels of the same picture decoded at another size."""
        scale = self.photo.scale / photo.scale
        return [box * scale for box in self.boxes]


@dataclass(frozen=True, slots=True)
class Look:
    """A first look at a photo.

    Attributes:
        sides: What was read in it.
        outlines: Of the cards that were read.
        index: Number of the picture.
        photo: As it was read from.
        text: Where text stands in it.
        locate_ms: Time spent on finding the cards.
        ocr_ms: Time spent on reading them, and on looking for one far away where nothing could be read.
    """

    sides: tuple[Side, ...]
    outlines: tuple[Outline, ...]
    index: int
    photo: Photo
    text: PictureText
    locate_ms: float
    ocr_ms: float


class Reader:
    """Reads photos. Safe to call from several threads.

    Args:
        engine: What reads a card that was laid flat.
        intake: Opens a picture again, at full size.
        skim: Read for a decision only: words soon, and numbers by one reader, which is not sure of them.
    """

    def __init__(self, engine: Engine, intake: Intake, *, skim: bool = False) -> None:
        self._skim = skim
        self._engine = engine
        self._intake = intake

    def read_photo(self, index: int, photo: Photo, data: bytes) -> Look:
        """The sides in a photo.

        Args:
            index: Number of the picture within the verification.
            photo: Decoded at reduced size.
            data: The file, to be opened again where the reduced size is too small to read from.
        """
        start = time.perf_counter()
        text = PictureText(self._engine, photo)
        seen = locate(photo.pixels)
        found = _straight(_whole_card(seen, text), text) if seen else _by_text((), text)
        outlines = [_held(outline, text) for outline in found]
        located = time.perf_counter()
        photo, read = self._read_all(index, photo, outlines, data)
        sides = [side for _, side in read]
        if _letters(sides) < FEW_LETTERS or all(map(_runs_across, sides)):
            whole_picture = self._read(index, photo, whole(photo))
            if not sides or whole_picture.letters > _MORE_LETTERS * _letters(sides):
                read, sides = [], [whole_picture]
        if not read and _letters(sides) < FEW_LETTERS:
            photo, far = self._read_all(index, photo, locate_far(photo.pixels), data)
            if far and _letters([side for _, side in far]) >= _letters(sides):  # else a key of a keyboard
                read, sides = far, [*(side for side in sides if side.letters), *(side for _, side in far)]
        kept = tuple(outline for outline, _ in read)
        cut_off = self._cut_off(index, photo, kept, text)
        sides += [cut_off] if cut_off else []
        done = time.perf_counter()
        return Look(tuple(sides), kept, index, photo, text, (located - start) * 1000, (done - located) * 1000)

    def _read_all(
        self, index: int, photo: Photo, outlines: list[Outline], data: bytes, *, deeper: bool = True
    ) -> tuple[Photo, list[tuple[Outline, Side]]]:
        """The cards under outlines, and the photo that they were read from: at full size where one is small.

        Args:
            index: Number of the picture within the verification.
            photo: As it was read from up to now.
            outlines: In pixels of it.
            data: The file.
            deeper: Look for cards within what was taken for one, too.
        """
        photo, outlines = self._sharper(photo, outlines, data)
        read = [(o, self._read(index, photo, dewarp(photo, o.corners, o.score, beyond=_BEYOND))) for o in outlines]
        if deeper and any(within := [_within(side, photo) for _, side in read]):
            cards = [o for own, outline in zip(within, outlines, strict=True) for o in own or [outline]]
            closer, anew = self._read_all(index, photo, cards, data, deeper=False)
            if _letters([side for _, side in anew]) > _MOST_LETTERS * _letters([side for _, side in read]):
                return closer, anew
        read = [(o, side) for o, side in read if not _is_cut(side)]
        if any(side.letters for _, side in read):  # a blank thing of a card's shape beside it
            read = [(o, side) for o, side in read if side.letters]
        return photo, read

    def _cut_off(self, index: int, photo: Photo, outlines: Sequence[Outline], text: PictureText) -> Side | None:
        """The text around outlines that follow no rim, as on a fax: a last line may say what matters most.

        What goes on from there is read to its end: a part of a second card would pass for the whole of it.
        """
        around = [_grown(o.corners, _AROUND) for o in outlines if o.rim < _NO_RIM]
        if not around:
            return None
        rest = _outside(text.in_pixels_of(photo), outlines)
        near = connected([any(inside(area, box.mean(0)) for area in around) for box in rest], rest)
        return self._read_beside(index, photo, outlines, list(compress(rest, near)), least=1)

    def read_rest(self, look: Look, data: bytes) -> list[Side]:
        """What the picture shows beside the cards that were read: another card that its text betrays, and other text.

        Args:
            look: The first look at it.
            data: The file.
        """
        if not look.outlines:
            return []
        grown = look.text.photo.scale / look.photo.scale
        known = [_scaled(o, 1 / grown) for o in look.outlines]
        photo, read = self._read_all(look.index, look.text.photo, _by_text(known, look.text), data)
        outlines = [
            *look.outlines,
            *(_scaled(o, photo.scale / look.photo.scale) for o, _ in read),
        ]
        rest = self._read_beside(look.index, look.photo, outlines, look.text.in_pixels_of(look.photo))
        return [*(side for _, side in read), *([rest] if rest else [])]

    def _read_beside(
        self,
        index: int,
        photo: Photo,
        outlines: Sequence[Outline],
        text: Sequence[Corners],
        least: int = _LINES_BESIDE,
    ) -> Side | None:
        """What of the text stands outside the outlines, if that is so many lines."""
        rest = _beside(photo, text, outlines, least)
        return None if rest is None else self._read(index, photo, rest, _NO_CARD)

    def _sharper(self, photo: Photo, outlines: list[Outline], data: bytes) -> tuple[Photo, list[Outline]]:
        """The photo at full size, if a card in it is too small at the reduced size."""
        reduced = photo.pixels.shape[1] < 0.95 * photo.width
        widths = [longest_side(o.corners) for o in outlines]
        if not reduced or not widths or min(widths) >= _SHARP_WIDTH:
            return photo, outlines
        try:
            (full,) = self._intake.open(photo.source, data, page=photo.page)
        except PictureError:  # too slow or too large at that size: what is at hand is read
            return photo, outlines
        grown = photo.scale / full.scale
        return full, [_scaled(o, grown) for o in outlines]

    def _read(self, index: int, photo: Photo, flat: Flat, seen: Assessment | None = None) -> Side:
        reading = read_with(self._engine, flat.pixels, margin=flat.margin, skim=self._skim)
        lines = tuple(_in_photo(line, flat) for line in reading.lines)
        seen = seen or assess(flat, (photo.width, photo.height), [line.box for line in lines])
        return Side(View(index, lines), flat, seen.quality, reading, seen.hidden)


def _runs_across(side: Side) -> bool:
    """Whether text runs across a card's short side, as on an upright screen whose parts were taken for a card."""
    along = np.array([np.abs(line.box[1] - line.box[0]) for line in side.reading.lines]).reshape(-1, 2).sum(0)
    return bool(along[1] > along[0])


def _within(side: Side, photo: Photo) -> list[Outline]:
    """The cards on a screen or a page that was taken for one; none where it is a card."""
    found = cards_within(side.flat, [line.box for line in side.reading.lines])
    return [_scaled(outline, 1 / photo.scale) for outline in found]


def _whole_card(outlines: list[Outline], text: PictureText) -> list[Outline]:
    """The outlines; of a picture of a card's own shape, with text outside the only one in it, its whole rim.

    Such a picture is a card and nothing else, and an outline within it cuts words off that may exclude the member.
    """
    height, width = text.photo.pixels.shape[:2]
    if len(outlines) != 1 or abs(math.log(max(width, height) / min(width, height) / ID1_RATIO)) > _SAME_SHAPE:
        return outlines
    rim = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    if not _MOST < overlap(outlines[0].corners, rim) < _FILLS:  # a screen may have a card's shape, too
        return outlines
    if inside(outlines[0].corners, np.array(text.boxes).reshape(-1, 2)).all():
        return outlines
    return [Outline(rim, outlines[0].score)]


def _straight(outlines: list[Outline], text: PictureText) -> list[Outline]:
    """The outlines; for one whose rim is in doubt, what is found around the text, where that is the better one."""
    found: list[Outline] = []
    for outline in outlines:
        if outline.rim >= _NO_RIM or _touches(outline, found):
            continue
        left = _outside(text.boxes, found)
        if straight := straightened(outline.corners, outline.edges, left, text.photo.pixels):
            found.append(_outline(straight, outline.score))
    return found + [outline for outline in outlines if not _touches(outline, found)]


def _by_text(outlines: Sequence[Outline], text: PictureText) -> list[Outline]:
    """A card outside of all outlines, which its text and edges alone betray; none, or one."""
    found = around_text(_outside(text.boxes, outlines), text.photo.pixels)
    new = [_outline(found, _BY_TEXT)] if found else []
    return [outline for outline in new if not _touches(outline, outlines)]


def _outside(text: Sequence[Corners], outlines: Sequence[Outline]) -> list[Corners]:
    """The boxes whose middle is within none of the outlines."""
    return [box for box in text if not any(inside(outline.corners, box.mean(0)) for outline in outlines)]


def _scaled(outline: Outline, times: float) -> Outline:
    return replace(outline, corners=outline.corners * times)


def _outline(found: tuple[Corners, NDArray[np.float64]], score: float) -> Outline:
    corners, edges = found
    a, b, c, d = edges.tolist()
    return Outline(corners, score, (a, b, c, d))


def _touches(outline: Outline, others: Sequence[Outline]) -> bool:
    return any(overlap(outline.corners, other.corners) > _TOUCHES for other in others)


def _held(outline: Outline, text: PictureText) -> Outline:
    """The outline; where a side of it follows no rim and cuts lines of text, with that side moved out to hold them.

    Lines of what lies under the card are not held: with them, text would run across the outline.
    """
    if outline.rim >= NO_EDGE:
        return outline
    height, width = text.photo.pixels.shape[:2]
    unseen = [edge < NO_EDGE for edge in outline.edges]
    held = holding(outline.corners, text.boxes, (width, height), unseen)
    if held is outline.corners or (is_slanted(held, text.boxes) and not is_slanted(outline.corners, text.boxes)):
        return outline
    return replace(outline, corners=held)


def _letters(sides: Sequence[Side]) -> int:
    return sum(side.letters for side in sides)


def _in_photo(line: Line, flat: Flat) -> Line:
    boxes = np.concatenate([line.box, *(word.box for word in line.words)])
    mapped = to_photo(flat, boxes).reshape(-1, 4, 2)
    words = tuple(Word(w.text, w.confidence, box) for w, box in zip(line.words, mapped[1:], strict=True))
    return Line(line.text, line.confidence, mapped[0], words)


def _is_cut(side: Side) -> bool:
    """Whether much of the text ends at the rim of the flat picture: then it is not the card's, and words were lost.

    Scraps of what lies under the card may end there, too.
    """
    height, width = side.flat.pixels.shape[:2]
    cut = 0
    for line in side.reading.lines:
        tall = text_height(line.box)
        ends = np.array([(line.box[0] + line.box[3]) / 2, (line.box[1] + line.box[2]) / 2])
        near = _AT_RIM * tall
        if (ends < near).any() or (ends[:, 0] > width - near).any() or (ends[:, 1] > height - near).any():
            cut += len(line.text.replace(" ", ""))
    return cut > _CUT_SHARE * side.letters


def _beside(photo: Photo, text: Sequence[Corners], outlines: Sequence[Outline], least: int) -> Flat | None:
    """The part of the picture that shows text outside the outlines: a second card, or the rest of a card cut short.

    What stands there may exclude the member, so it is read; keys of a keyboard and single words are not worth it.
    """
    corners = [o.corners for o in outlines]
    left = [box for box in _outside(text, outlines) if is_elongated(box, _LINE)]
    if len(left) < least:
        return None
    points = np.concatenate(left)
    height, width = photo.pixels.shape[:2]
    x0, y0 = np.maximum(points.min(0).astype(int) - 12, 0)
    x1, y1 = np.minimum(points.max(0).astype(int) + 12, (width, height))
    pixels = photo.pixels.copy()
    read = np.zeros(pixels.shape[:2], np.uint8)  # what was read already is blotted out
    cv2.fillPoly(read, [np.round(c).astype(np.int32) for c in corners], 1)
    cv2.fillPoly(read, [np.round(_grown(box, _ROOM)).astype(np.int32) for box in left], 0)
    pixels[read > 0] = 128
    part = np.ascontiguousarray(pixels[y0:y1, x0:x1])
    part.flags.writeable = False
    scale = photo.scale
    return Flat(part, np.array([[scale, 0, x0 * scale], [0, scale, y0 * scale], [0, 0, 1.0]]), None, 0.0)


def _grown(corners: Corners, times: float) -> Corners:
    middle = corners.mean(0)
    grown: Corners = middle + times * (corners - middle)
    return grown
