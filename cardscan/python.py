"""The Python face: ``from cardscan import verify``."""

from __future__ import annotations

import atexit
import datetime as dt
import threading
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from cardscan.eligibility import parse_visit
from cardscan.errors import FileNotFound
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import Verification
from cardscan.settings import load_settings

_lock = threading.Lock()
_pipelines: dict[str, Pipeline] = {}


def verify(
    images: str | PathLike[str] | bytes | Sequence[str | PathLike[str] | bytes],
    *,
    state: str | None = None,
    date: str | dt.date | None = None,
    care: str | None = None,
    network: str | None = None,
    npi: str | None = None,
    engine: str | None = None,
) -> Verification:
    """Pictures of one card to an explained decision.

    The engine is loaded at the first call and kept; later calls take well under a second.

    Args:
        images: Paths or bytes of one or more pictures of one card: front, back, in any order, a PDF, a scan.
        state: Place of service, such as ``"TX"``.
        date: Date of service; None: today.
        care: ``"emergency"``, ``"urgent"`` or ``"routine"``.
        network: ``"in"`` or ``"out"``: whether the provider is in the Cigna PPO Network.
        npi: The provider's NPI, checked and kept with the answer.
        engine: Name of the OCR engine; None: as set.

    Raises:
        UsageError: A fact cannot be understood.
        PictureError: None of the pictures can be opened.
        EngineUnavailable: The engine cannot run here.
    """
    given = {"state": state, "date": date.isoformat() if isinstance(date, dt.date) else date}
    visit = parse_visit({**given, "care": care, "network": network, "npi": npi})
    listed = [images] if isinstance(images, str | PathLike | bytes) else list(images)
    files = [_source(i, image) for i, image in enumerate(listed)]
    return _pipeline(engine).verify(files, visit, as_of=dt.date.today())


def _source(number: int, image: str | PathLike[str] | bytes) -> SourceFile:
    if isinstance(image, bytes):
        return SourceFile(f"picture {number + 1}", image)
    try:
        return SourceFile(str(image), Path(image).read_bytes())
    except OSError:
        raise FileNotFound from None


def _pipeline(engine: str | None) -> Pipeline:
    settings = load_settings(engine=engine)
    with _lock:
        if settings.engine not in _pipelines:
            _pipelines[settings.engine] = Pipeline(settings, ahead=True)
            atexit.register(_pipelines[settings.engine].close)
        return _pipelines[settings.engine]
