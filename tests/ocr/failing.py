"""Engines that fail on purpose. What the pipeline makes of them must never look like a card without text."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from cardscan.errors import EngineFailed
from cardscan.records import Line, Pixels, Reading, Word

SECRET = "CANARY MEMBER 0012345678"
"""Card text that an engine puts into its error, and that no caller may see."""


class Failing:
    """Reads with the function it is given."""

    version = "0"

    def __init__(self, name: str, read: Callable[[Pixels], Reading]) -> None:
        self.name = name
        self._read = read

    def warm_up(self) -> None:
        """Nothing to load."""

    def read(self, pixels: Pixels) -> Reading:
        return self._read(pixels)


def one_line(**changes: object) -> Reading:
    """A reading of one sound line, save for what is changed in it."""
    box = np.array([[10, 10], [200, 10], [200, 40], [10, 40]], np.float64)
    plain = {"text": "Member ID", "confidence": 0.9, "box": box, "words": (Word("Member", 0.9, box),)}
    return Reading((Line(**{**plain, **changes}),), "failing", "0")  # type: ignore[arg-type]


def crash(_: Pixels) -> Reading:
    raise ZeroDivisionError(SECRET)


def out_of_memory(_: Pixels) -> Reading:
    raise MemoryError(SECRET)


def give_up(_: Pixels) -> Reading:
    raise EngineFailed


def hang(_: Pixels) -> Reading:
    """As long as the engine's own time limit lets it, which then raises."""
    time.sleep(0.2)
    raise EngineFailed("It took longer than the setting engine_seconds allows.")


def nothing(_: Pixels) -> Reading:
    return None  # type: ignore[return-value]


_BOX = np.array([[10, 10], [200, 10], [200, 40], [10, 40]], np.float64)
GARBAGE: dict[str, Reading] = {
    "confidence is not a number": one_line(confidence=float("nan")),
    "confidence in per cent": one_line(confidence=97.0),
    "negative confidence": one_line(confidence=-1.0),
    "box far outside": one_line(box=_BOX + 1e6),
    "box left of the picture": one_line(box=_BOX - 300),
    "infinite box": one_line(box=np.full((4, 2), np.inf)),
    "box is not a number": one_line(box=np.full((4, 2), np.nan)),
    "two corners": one_line(box=_BOX[:2]),
    "empty text": one_line(text=""),
    "only spaces": one_line(text="  "),
    "word without text": one_line(words=(Word("", 0.9, _BOX),)),
    "word without confidence": one_line(words=(Word("Member", float("nan"), _BOX),)),
    "word outside": one_line(words=(Word("Member", 0.9, _BOX + 1e6),)),
    "an unheard-of turn": Reading((), "failing", "0", 45),  # type: ignore[arg-type]
}


def empty(_: Pixels) -> Reading:
    """An honest engine that sees no text."""
    return Reading((), "failing", "0")
