"""What an OCR engine is, and where they are found by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Protocol, runtime_checkable

import cv2
import numpy as np

from cardscan.errors import CardscanError, EngineFailed, EngineUnavailable
from cardscan.records import Corners, Line, Pixels, Reading, Word
from cardscan.settings import Settings


@runtime_checkable
class Engine(Protocol):
    """Reads a picture. Safe to call from several threads.

    An engine settles by itself which way the text stands, and says so in ``Reading.rotation``. A picture without text
    gives a reading without lines; a failure is always an error.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def read(self, pixels: Pixels) -> Reading:
        """Read RGB pixels, shape (h, w, 3).

        Raises:
            EngineFailed: The engine crashed, hung or answered nonsense.
        """
        ...

    def warm_up(self) -> None:
        """Load what every reading needs, so that the next call is fast.

        Raises:
            EngineUnavailable: Something the engine needs is missing.
        """
        ...


@runtime_checkable
class CardEngine(Engine, Protocol):
    """An engine that can spare itself work, knowing what is wanted of a card."""

    def read_card(self, pixels: Pixels, *, margin: int, skim: bool) -> Reading:
        """As ``read``.

        Args:
            pixels: RGB.
            margin: See ``read_with``.
            skim: Words rather than numbers, sooner: for a decision only.

        Raises:
            EngineFailed: The engine crashed, hung or answered nonsense.
        """
        ...


_ON_CARD = 0.35  # of a line, at least, lies on the card

ENGINES: dict[str, str] = {
    "ppocr": "cardscan.ocr.ppocr:PpOcr",
    "tesseract": "cardscan.ocr.tesseract:Tesseract",
}
"""Name → where its class is. A class is imported only when its engine is chosen."""


def create_engine(settings: Settings) -> Engine:
    """The engine that the settings name.

    Raises:
        EngineUnavailable: There is no engine of that name, or it cannot run here.
    """
    try:
        module, name = ENGINES[settings.engine].split(":")
    except KeyError:
        known = ", ".join(sorted(ENGINES))
        raise EngineUnavailable(f"There is no engine of that name; there are: {known}.") from None
    try:
        factory: Callable[[Settings], Engine] = getattr(import_module(module), name)
    except ImportError as error:
        raise EngineUnavailable(f"A Python package is missing: {error.name}.") from None
    return factory(settings)


def read_with(engine: Engine, pixels: Pixels, *, margin: int = 0, skim: bool = False) -> Reading:
    """What the engine reads, checked: a failure of any kind is an error and never an empty reading.

    Args:
        engine: The engine.
        pixels: RGB.
        margin: Pixels at every side that show what lies beyond the card: lines that stand there are left out, and
            those that reach onto the card are read.
        skim: Have words rather than numbers, sooner, from an engine that can do that.

    Raises:
        EngineFailed: The engine raised an error of its own, or its reading makes no sense.
        EngineUnavailable: Something the engine needs is missing.
    """
    try:
        if isinstance(engine, CardEngine):
            reading = engine.read_card(pixels, margin=margin, skim=skim)
        else:
            reading = engine.read(pixels)
    except CardscanError:
        raise
    except Exception as error:
        raise EngineFailed(f"({type(error).__name__})") from error
    height, width = pixels.shape[:2]
    checked = validated(reading, width, height)
    return replace(checked, lines=tuple(line for line in checked.lines if on_card(line.box, (width, height), margin)))


def on_card(box: Corners, size: tuple[int, int], margin: int) -> bool:
    """Whether enough of a line lies on the card.

    Args:
        box: The line's corners.
        size: Width and height of the picture, in pixels.
        margin: Pixels at every side that show what lies beyond the card.
    """
    if not margin:
        return True
    low, high = box.min(0), box.max(0)
    if low.min() >= margin and (high <= np.array(size) - margin).all():
        return True
    width, height = (length - margin for length in size)
    card = np.array([(margin, margin), (width, margin), (width, height), (margin, height)], np.float32)
    corners = box.astype(np.float32)
    common, _ = cv2.intersectConvexConvex(corners, card)
    return bool(common > _ON_CARD * cv2.contourArea(corners))


def find_text_with(engine: Engine, pixels: Pixels) -> list[Corners]:
    """Boxes of lines of text, from an engine that can tell without reading; none from one that cannot.

    Raises:
        EngineFailed: The engine raised an error of its own.
    """
    find = getattr(engine, "find_text", None)
    if find is None:
        return []
    try:
        boxes: list[Corners] = find(pixels)
    except CardscanError:
        raise
    except Exception as error:
        raise EngineFailed(f"({type(error).__name__})") from error
    return boxes


def validated(reading: object, width: int, height: int) -> Reading:
    """The reading, if it is one of a picture of that size.

    Raises:
        EngineFailed: A confidence is not 0-1, a text is empty, or a box is not four finite corners around a point of
            the picture. (Corners may lie a little outside: detectors grow their boxes.)
    """
    if not isinstance(reading, Reading) or reading.rotation not in (0, 90, 180, 270):
        raise EngineFailed("Its answer is not a reading.")
    for line in reading.lines:
        parts: tuple[Line | Word, ...] = (line, *line.words)
        for part in parts:
            if not _makes_sense(part, width, height):
                raise EngineFailed("Its answer makes no sense: a text, a confidence or a box is impossible.")
    return reading


def _makes_sense(part: Line | Word, width: int, height: int) -> bool:
    if not part.text.strip() or not 0 <= part.confidence <= 1:  # not-a-number is not in any range
        return False
    box = np.asarray(part.box)
    if box.shape != (4, 2) or not np.isfinite(box).all():
        return False
    x, y = box.mean(axis=0)
    return bool(-1 <= x <= width + 1 and -1 <= y <= height + 1)
