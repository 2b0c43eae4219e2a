"""Which parts of a picture are card: a small net of our own on OpenVINO, offline, one thread.

The net sees the picture fitted into a square and answers two planes at half that size: how likely each point is on a
card, and how likely it is in the heart of one (the card shrunk about its middle). Hearts never touch: each is a card.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.inference import Net
from cardscan.records import Corners, Pixels

Heat = NDArray[np.float32]

SHA256 = {
    "locator.xml": "96f84bff9a1b2d920a0632f9fccbcf000b8e930465c575ebb825794ad438cc1a",
    "locator.bin": "656c3cc4d24b96a9b5650f0a1404c7517e2fccce99d861ab22a1e045dcea78cf",
}
_FOLDER = Path(__file__).parent / "models"
_INPUT = 192
_MARGIN = 6  # empty rim around the picture, so that a card may reach beyond it
_EMPTY = 127


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture, in its pixels: left, top, right, bottom."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Sight:
    """What the net saw in a window. Planes are 0-1; their point (i, j) is ``scale * (i, j) + shift`` of the picture."""

    card: Heat
    heart: Heat
    scale: float
    shift: tuple[float, float]

    def to_picture(self, points: NDArray[Any]) -> Corners:
        moved: Corners = np.asarray(points, np.float64) * self.scale + self.shift
        return moved

    def from_picture(self, points: NDArray[Any]) -> Corners:
        moved: Corners = (np.asarray(points, np.float64) - self.shift) / self.scale
        return moved


class CardMask:
    """Marks what is card. Safe to call from several threads."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._net = Net(folder, SHA256)

    def look(self, pixels: Pixels, window: Window | None = None, *, both_ways: bool = False) -> Sight:
        """Look at a picture or a part of it.

        Args:
            pixels: RGB.
            window: The part to look at, inside the picture; None for all of it.
            both_ways: Look at it upside down, too, and answer the mean: twice the time, fewer cards overlooked.

        Raises:
            EngineUnavailable: The model is missing, was changed, or OpenVINO cannot run.
        """
        window = window or Window(0, 0, pixels.shape[1], pixels.shape[0])
        part = pixels[window.top : window.bottom, window.left : window.right]
        height, width = part.shape[:2]
        scale = (_INPUT - 2 * _MARGIN) / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        left, top = (_INPUT - size[0]) // 2, (_INPUT - size[1]) // 2
        seen = np.full((_INPUT, _INPUT, 3), _EMPTY, np.uint8)
        seen[top : top + size[1], left : left + size[0]] = small
        planes = self._net.infer(seen.transpose(2, 0, 1)[None].astype(np.float32))
        if both_ways:
            turned = self._net.infer(np.ascontiguousarray(seen[::-1, ::-1].transpose(2, 0, 1))[None].astype(np.float32))
            planes = np.asarray((planes + turned[:, ::-1, ::-1]) * np.float32(0.5), np.float32)
        # point i of a plane covers 2i to 2i + 2 of the square
        shift = ((1 - left) / scale + window.left, (1 - top) / scale + window.top)
        return Sight(planes[0], planes[1], 2 / scale, shift)


@lru_cache(maxsize=1)
def card_mask() -> CardMask:
    """The one of this process: the model is loaded at its first look."""
    return CardMask()
