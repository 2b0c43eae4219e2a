"""Cards within what was taken for one: a screen or a page of a card's shape, whose print is too small for a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cardscan.imaging.dewarp import to_photo
from cardscan.imaging.locate import Outline, locate
from cardscan.imaging.outline import clockwise, inside, is_elongated, likeness, shortest_side, text_height
from cardscan.records import Corners, Flat

__all__ = ["cards_within"]

_SMALLEST = 0.032  # of a card's short side: the height of a line as it is read, 4 to 5 point
_LONG = 3.0  # times its height: what is shorter is a word or a key
_LEAST_LINES = 3
_SURE = 0.5  # score of an outline
_SHAPED = 0.6  # likeness to a card's shape


def cards_within(flat: Flat, text: Sequence[Corners]) -> list[Outline]:
    """The cards that a flattened outline holds if its print is too small for a card's; none where it is not.

    Args:
        flat: What was taken for a card.
        text: Boxes of the lines of text in it, in its pixels.

    Returns:
        Outlines in pixels of the full picture.

    Raises:
        EngineUnavailable: The net's model cannot be loaded.
    """
    height, width = flat.card.shape[:2]
    boxes = [box - flat.margin for box in text if is_elongated(box, _LONG)]
    if not _is_small(boxes, np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)):
        return []
    found = [
        o for o in locate(flat.card)
        if o.score >= _SURE and likeness(o.corners) >= _SHAPED and not _is_small(boxes, o.corners)
    ]  # fmt: skip
    return [replace(o, corners=clockwise(to_photo(flat, o.corners + flat.margin))) for o in found]


def _is_small(text: Sequence[Corners], corners: Corners) -> bool:
    """Whether most lines within an outline are less high than any card's."""
    heights = [text_height(box) for box in text if inside(corners, box.mean(0))]
    return len(heights) >= _LEAST_LINES and float(np.median(heights)) < _SMALLEST * shortest_side(corners)
