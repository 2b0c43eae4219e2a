"""Light, a hand or a thing on a card, and the areas of a picture that are taken for such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.records import Corners, QualityCode

__all__ = ["Cover", "blobs"]


@dataclass(frozen=True, slots=True)
class Cover:
    """Light or a hand on a card.

    Attributes:
        code: ``GLARE`` or ``COVERED``.
        corners: The rectangle around it, in pixels of the picture that was looked at.
        area: In the same pixels.
        hides: Whether print goes on beneath it: a line ends at a hand, or grows pale toward the light.
    """

    code: QualityCode
    corners: Corners
    area: int
    hides: bool


def blobs(mask: NDArray[np.uint8], least: float) -> Iterator[tuple[NDArray[np.uint8], Corners, int]]:
    """The connected areas of a size, each with the rectangle around it and its pixels."""
    if cv2.countNonZero(mask) < least:
        return
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    for i, (x, y, w, h, area) in enumerate(stats[1:].tolist(), start=1):
        if area >= least:
            corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float64)
            yield (labels == i).astype(np.uint8), corners, area
