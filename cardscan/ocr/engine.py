"""What an OCR engine is, and where they are found by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, runtime_checkable

from cardscan.errors import EngineUnavailable
from cardscan.records import Pixels, Reading
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
        """Load everything, so that the next call is fast.

        Raises:
            EngineUnavailable: Something the engine needs is missing.
        """
        ...


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
