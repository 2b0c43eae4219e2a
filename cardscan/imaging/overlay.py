"""What lies on a card laid flat: a small net of our own marks things (hands, slips, tape, bars, stamps) and light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.inference import Net
from cardscan.records import Pixels

__all__ = ["Overlay", "OverlayMask", "overlay_mask"]

SHA256 = {
    "covers.xml": "2d76ee0187e5a294c3c9e81227b83a9367ebe1442d8e5dacc818ea959b8f3a9e",
    "covers.bin": "805a76780d5fe25f70fa86f7dffd391228dd9a1584625c9eebc9c3b41726b0ee",
}
_FOLDER = Path(__file__).parent / "models"
_SIZE = 288, 192  # a card with what is around it, as the reader lays it flat


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
