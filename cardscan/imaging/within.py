"""Cards within what was taken for one: a screen or a page of a card's shape, whose print is too small for a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cardscan.imaging.dewarp import to_photo
from cardscan.imaging.locate import Outline, locate
from cardscan.imaging.outline import clockwise, is_elongated, likeness
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
    if not _is_small(text, flat):
        return []
    found = [o for o in locate(flat.card) if o.score >= _SURE and likeness(o.corners) >= _SHAPED]
    return [replace(o, corners=clockwise(to_photo(flat, o.corners + flat.margin))) for o in found]


def _is_small(text: Sequence[Corners], flat: Flat) -> bool:
    """Whether most lines are less high than any card's."""
    heights = [_height(box) for box in text if is_elongated(box, _LONG)]
    return len(heights) >= _LEAST_LINES and float(np.median(heights)) < _SMALLEST * min(flat.card.shape[:2])


def _height(box: Corners) -> float:
    return min(float(np.linalg.norm(box[3] - box[0])), float(np.linalg.norm(box[1] - box[0])))
