"""Outlines that cut lines of text: their sides are no rims of cards, but lines of print or of what lies under them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cardscan.imaging.outline import grown, is_sound, text_height
from cardscan.records import Corners

_OF_HEIGHT = 0.35  # of a line's height must lie on either side of an outline that cuts it
_OF_LENGTH = 0.1  # and so much of its length
_SLANT = 0.09  # sine of the angle between a line of the card's own and the outline
_ROOM = 0.5  # line heights between a line and the side that is moved out to hold it


def holding(corners: Corners, text: Sequence[Corners], size: tuple[int, int], sides: Sequence[bool]) -> Corners:
    """An outline with some of its sides moved outwards until they cut no line of text.

    Args:
        corners: Clockwise, in pixels of the picture.
        sides: Which sides may be moved, from the one after the first corner on.
        text: Boxes of lines of text in the same picture.
        size: Width and height of that picture.

    Returns:
        The outline itself where it cuts no line, or where no sound outline would hold those it cuts.
    """
    by = [_offset(corners[i], corners[(i + 1) % 4], text) if sides[i] else 0.0 for i in range(4)]
    if not any(by):
        return corners
    held = np.clip(grown(corners, np.array(by), np.inf), 0, np.array(size, np.float64))
    return held if is_sound(held, size) else corners


def _offset(start: Corners, end: Corners, text: Sequence[Corners]) -> float:
    """How far a side must be moved outwards."""
    along = (end - start) / max(1e-6, float(np.linalg.norm(end - start)))
    normal = np.array([along[1], -along[0]])
    furthest = 0.0
    for box in text:
        middle = float((box.mean(0) - start) @ along)
        if not 0 < middle < float((end - start) @ along) or _slant(box, along) > _SLANT:
            continue  # elsewhere, or of another thing that lies at another angle
        out = (box - start) @ normal
        height = text_height(box)
        least = _OF_HEIGHT * height + _OF_LENGTH * max(0.0, float(np.ptp(out)) - height)
        if min(out.max(), -out.min()) > least:
            furthest = max(furthest, float(out.max()) + _ROOM * height)
    return furthest


def _slant(box: Corners, along: Corners) -> float:
    """Sine of the angle between a box's long sides and a direction, or the one across it."""
    sides = box[1] - box[0], box[3] - box[0]
    long = max(sides, key=lambda side: float(np.linalg.norm(side)))
    part = abs(float(long @ along)) / max(1e-6, float(np.linalg.norm(long)))
    return min(part, float(np.sqrt(max(0.0, 1 - part * part))))
