"""What lies on a card laid flat: a small net of our own marks things (hands, slips, tape, bars, stamps) and light."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.cover import Cover, blobs
from cardscan.inference import Net
from cardscan.records import Corners, Pixels, QualityCode

__all__ = ["Overlay", "OverlayMask", "overlay_mask", "seen", "seen_on_text"]

SHA256 = {
    "covers.xml": "2d76ee0187e5a294c3c9e81227b83a9367ebe1442d8e5dacc818ea959b8f3a9e",
    "covers.bin": "0b2c7dee8fa07d740e9c9693f7204c6e865ad9b1354cde21bb4e1c9c549a0a86",
}
_FOLDER = Path(__file__).parent / "models"
_LIKELY = 0.5  # likeliness from which on the net sees something on a card
_LEAST_SHARE = 0.01  # of the card, that it takes up where print is
_GROUND_LEVEL = 80  # percent of what is around light, that is darker than its ground
_BRIGHTER = 6  # levels
_LEAST_WIDE, _MOST_WIDE = 1.35, 1.65  # width over height of a flat card with what is around it
_SIZE = 288, 192  # a card with what is around it, as the reader lays it flat
_MARGIN = 0.054  # of that width, what is around it at every side
_ROOM = 0.25  # of the width of text, what is shown around it where the card's outline is not known
_COLUMNS = 3  # titles side by side on the head of a table, at least
_BAND = 4  # line heights that a head of a table is high, at most
_FINE = 2  # times as large as the net sees it, such a card is looked at


@dataclass(frozen=True, slots=True)
class Overlay:
    """How likely each point of a flat card is beneath a thing, or beneath light that drowns print: 0-1.

    Both have half the size of what the net saw: (96, 144), whatever the size of the card.
    """

    things: NDArray[np.float32]
    light: NDArray[np.float32]


class OverlayMask:
    """Marks what lies on cards. Safe to call from several threads."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._net = Net(folder, SHA256)

    def look(self, pixels: Pixels) -> Overlay:
        """Look at a card.

        Args:
            pixels: The card laid flat, RGB, with a little of what is around it.

        Raises:
            EngineUnavailable: The model is missing, was changed, or OpenVINO cannot run.
        """
        small = cv2.resize(pixels, _SIZE, interpolation=cv2.INTER_AREA)
        things, light = self._net.infer(small.transpose(2, 0, 1)[None].astype(np.float32))
        return Overlay(things, light)


@lru_cache(maxsize=1)
def overlay_mask() -> OverlayMask:
    """The one of this process: the model is loaded at its first look."""
    return OverlayMask()


def seen(
    pixels: Pixels, gray: NDArray[np.uint8], margin: int, lines: Sequence[Corners], known: Collection[QualityCode] = ()
) -> Iterator[Cover]:
    """What the net sees where print is: it may be wholly beneath it.

    Args:
        pixels: The card laid flat, RGB, with what lies around it, at any size.
        gray: The same in grey, at any size.
        margin: Pixels of ``gray`` at every side that lie beyond the card.
        lines: Boxes of the lines of text on it, in pixels of ``gray``.
        known: What is known to hide print already; it is not looked for.
    """
    if margin == 0 or not lines or not _LEAST_WIDE < pixels.shape[1] / pixels.shape[0] < _MOST_WIDE:
        return  # it knows cards with what is around them
    overlay, shape = overlay_mask().look(pixels), gray.shape
    printed = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(printed, cv2.convexHull(np.concatenate(lines).astype(np.float32)).astype(np.int32), 1)
    card = np.zeros(shape, np.uint8)
    card[margin : shape[0] - margin, margin : shape[1] - margin] = 1
    least = _LEAST_SHARE * card.sum()
    for code, plane in ((QualityCode.COVERED, overlay.things), (QualityCode.GLARE, overlay.light)):
        likely = cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
        over = np.asarray((likely > _LIKELY) & (card > 0), np.uint8)
        for blob, corners, size in blobs(over, least) if code not in known else ():
            if (blob & printed).sum() <= least:
                continue
            if _shines(blob, gray) if code == QualityCode.GLARE else not _is_head_of_table(corners, lines):
                yield Cover(code, corners, size, hides=True)


def seen_on_text(pixels: Pixels, lines: Sequence[Corners]) -> Iterator[Cover]:
    """The same where no card's outline was found: its text is taken for the middle of a card.

    Args:
        pixels: The picture, RGB.
        lines: Boxes of the lines of text in it; the covers' corners are in the same pixels.
    """
    if not lines:
        return
    (x, y), (wide, high), turn = cv2.minAreaRect(np.concatenate(lines).astype(np.float32))
    if high > wide:
        wide, high, turn = high, wide, turn + 90
    room = _ROOM * wide
    across = max(wide + room, (high + room) * _SIZE[0] / _SIZE[1])
    width, height = (_FINE * side for side in _SIZE)
    there = np.asarray(cv2.getRotationMatrix2D((x, y), turn, width / across), np.float64)
    there[:, 2] += np.array([width / 2 - x, height / 2 - y])
    part = np.asarray(cv2.warpAffine(pixels, there, (width, height), flags=cv2.INTER_AREA), np.uint8)
    gray = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8)
    moved = [line @ there[:, :2].T + there[:, 2] for line in lines]
    back = cv2.invertAffineTransform(there)
    for cover in seen(part, gray, round(_MARGIN * width), moved):
        yield replace(cover, corners=cover.corners @ back[:, :2].T + back[:, 2])


def _is_head_of_table(area: Corners, lines: Sequence[Corners]) -> bool:
    """Whether what was marked is a coloured bar with titles of columns on it: a strip of tape or ink has none."""
    (left, top), (right, bottom) = area[0], area[2]
    on = [line for line in lines if left <= line.mean(0)[0] <= right and top <= line.mean(0)[1] <= bottom]
    if len(on) < _COLUMNS:
        return False
    height = float(np.median([np.linalg.norm(line[3] - line[0]) for line in on]))
    in_row = max(sum(abs(one.mean(0)[1] - other.mean(0)[1]) < height / 2 for other in on) for one in on)
    return in_row >= _COLUMNS and bool(bottom - top < _BAND * height)


def _shines(blob: NDArray[np.uint8], gray: NDArray[np.uint8]) -> bool:
    """Whether an area is brighter than the ground around it; on paper that is white all over no light shows."""
    around = cv2.dilate(blob, np.ones((25, 25), np.uint8)) - blob
    ground = float(np.percentile(gray[around > 0], _GROUND_LEVEL)) if around.any() else 255.0
    return float(np.median(gray[blob > 0])) > ground + _BRIGHTER
