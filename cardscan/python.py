"""The Python face: ``from cardscan import verify``."""

from __future__ import annotations

import atexit
import datetime as dt
import os
import threading
from collections.abc import Sequence
from os import PathLike

from cardscan.disk import read_up_to
from cardscan.eligibility import parse_visit
from cardscan.errors import EngineUnavailable, FileNotFound, PictureError
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import Problem, Verification
from cardscan.settings import Settings, load_settings

_lock = threading.Lock()
_pipelines: dict[Settings, Pipeline] = {}
_forked = False


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

    The engine is loaded at the first call and kept; later calls take well under a second. Where some pictures open and
    others do not, the decision is made from those that do, and the others are listed under ``problems``.

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
        EngineUnavailable: The engine cannot run here, such as in a process forked off one that had read a card.
        BadSettings: A setting has a value that cannot be used.
    """
    given = {"state": state, "date": date.isoformat() if isinstance(date, dt.date) else date}
    visit = parse_visit({**given, "care": care, "network": network, "npi": npi})
    listed = [images] if isinstance(images, str | PathLike | bytes) else list(images)
    settings = load_settings(engine=engine)
    files, problems = _read(listed, settings)
    answer = _pipeline(settings).verify(files, visit, as_of=dt.date.today())
    source = tuple(_name(number, image) for number, image in enumerate(listed, 1))
    return answer.model_copy(update={"source": source, "problems": (*answer.problems, *problems)})


def _read(listed: Sequence[str | PathLike[str] | bytes], settings: Settings) -> tuple[list[SourceFile], list[Problem]]:
    """The pictures that can be read, and what is wrong with the others. Raises the last error where none can."""
    files: list[SourceFile] = []
    problems: list[Problem] = []
    for number, image in enumerate(listed, 1):
        name = _name(number, image)
        try:
            files.append(SourceFile(name, image if isinstance(image, bytes) else _bytes(image, settings)))
        except PictureError as error:
            problems.append(Problem(source=name, code=error.code, message=error.message, remedy=error.remedy))
            if len(problems) == len(listed):
                raise
    return files, problems


def _name(number: int, image: str | PathLike[str] | bytes) -> str:
    """What the caller is shown; bytes of a path that are not UTF-8 become replacement characters."""
    return f"picture {number}" if isinstance(image, bytes) else os.fsencode(image).decode("utf-8", "replace")


def _bytes(path: str | PathLike[str], settings: Settings) -> bytes:
    if not os.path.isfile(path):  # a pipe would be waited for without end
        raise FileNotFound
    return read_up_to(path, int(settings.max_file_mb * 1e6))


def _pipeline(settings: Settings) -> Pipeline:
    if _forked:
        raise EngineUnavailable(
            "It was forked off a process that had read a card: start it with 'spawn', or fork before the first card."
        )
    with _lock:
        if settings not in _pipelines:
            _pipelines[settings] = Pipeline(settings, ahead=True)
            atexit.register(_pipelines[settings].close)
        return _pipelines[settings]


def _after_fork() -> None:
    """The threads and processes of a pipeline stay with the parent: the child would wait for them without end."""
    global _forked, _lock
    _lock = threading.Lock()
    _forked = _forked or bool(_pipelines)
    for pipeline in _pipelines.values():
        atexit.unregister(pipeline.close)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
