"""Lines of print that something lies over: a slip, a sticker, a thumb, whatever its colour.

Print keeps its distance from all that is drawn beside it. Where a letter touches something larger than its line, the
line goes on beneath it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.records import Corners, Pixels

_LONG = 4.0  # line heights: a shorter line may be a mark on a badge
_SCALE = 12  # pixels to which a line's height is brought
_INNER, _OUTER = 2.5, 2.2  # line heights that are looked at before and beyond the end of a line
_TALL = 0.8  # the same above and below its middle
_BAND = 0.35  # of the height, where its letters are
_FROM, _TO = -1.0, 0.6  # line heights from the end of a line's box, between which what covers it begins
_WIDE = 1.4  # line heights that it is wide, at least: more than a mark beside a name
_APART = 40  # levels of a colour
_ALIKE = 26
_FULL = 0.93  # of a column, that it takes up
_EDGE = 0.17  # line heights within which it begins: a shadow's edge is wider
_STILL = 13  # levels that the ground before it may be off its colour
_EVEN = 0.85  # of what is around the letters, that has the ground's colour
_TOUCHES = 0.25  # line heights between it and a letter
_COMMON = 0.2  # of the print's length, that stands on ground of one colour: what is beside a bar is the card's own


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a line: where it is, one line height outward, its length, and what is around it."""

    place: NDArray[np.float64]
    out: NDArray[np.float64]
    length: float
    strip: Pixels
    ground: NDArray[np.float64]


def patches(pixels: Pixels, lines: Sequence[Corners]) -> list[Corners]:
    """The places where lines end at something that lies on them.

    Args:
        pixels: The card laid flat, RGB.
        lines: Boxes of the lines of text on it, in the same pixels.
    """
    ends = [end for box in lines for end in _ends(pixels, box)]
    found = [(end, colour) for end in ends if (colour := _on_it(end)) is not None]
    total = sum(end.length for end in ends)
    return [
        _around(end) for end, colour in found
        if sum(other.length for other in ends if _near(other.ground, colour)) < _COMMON * total
    ]  # fmt: skip


def _near(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(np.abs(a - b).max() < _ALIKE)


def _ends(pixels: Pixels, box: Corners) -> Iterator[_End]:
    first, last = (box[0] + box[3]) / 2, (box[1] + box[2]) / 2
    height = float(np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])) / 2
    length = float(np.linalg.norm(last - first))
    if height < 4 or length < _LONG * height:
        return
    along = (last - first) * (height / length)
    for place, out in ((first, -along), (last, along)):
        strip = _strip(pixels, place, out)
        inner = strip[:, : round((_INNER + _FROM) * _SCALE)]
        yield _End(place, out, length, strip, np.median(inner.reshape(-1, 3), axis=0))


def _strip(pixels: Pixels, end: NDArray[np.float64], out: NDArray[np.float64]) -> Pixels:
    """What is around the end of a line, which runs to the right in it."""
    down = np.array([-out[1], out[0]])
    start = end - _INNER * out - _TALL * down
    matrix = np.column_stack([out / _SCALE, down / _SCALE, start])
    size = round((_INNER + _OUTER) * _SCALE), round(2 * _TALL * _SCALE)
    strip = cv2.warpAffine(
        pixels, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, np.uint8)


def _on_it(end: _End) -> NDArray[np.float64] | None:
    """The colour of what the letters at the end of a line touch, if that is as tall as the strip; else None."""
    apart = np.abs(end.strip.astype(np.int16) - end.ground).max(2)
    other = apart > _APART
    full = other.mean(0) >= _FULL
    middle, reach = end.strip.shape[0] // 2, round(_BAND * _SCALE)
    around = np.ones(end.strip.shape[0], np.bool_)
    around[middle - reach : middle + reach] = False
    wide, edge, touches = (max(1, round(share * _SCALE)) for share in (_WIDE, _EDGE, _TOUCHES))
    for at in range(round((_INNER + _FROM) * _SCALE), round((_INNER + _TO) * _SCALE)):
        if full[at : at + wide].all():
            sharp = np.median(apart[around, at - edge]) < _STILL
            even = (apart[around, : at - edge] < _ALIKE).mean() >= _EVEN
            inked = other[middle - reach : middle + reach, at - touches : at].any()
            colour: NDArray[np.float64] = np.median(end.strip[:, at + edge : at + wide].reshape(-1, 3), axis=0)
            return colour if sharp and even and inked else None
    return None


def _around(end: _End) -> Corners:
    (x, y), height = end.place + 0.5 * end.out, float(np.linalg.norm(end.out))
    low, high = (x - height, y - height), (x + height, y + height)
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])])
