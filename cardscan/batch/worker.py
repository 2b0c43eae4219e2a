"""What one worker process does: reads the pictures of a card, asks the pipeline, and answers with one line of JSON."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cardscan.batch.documents import extract, page_name
from cardscan.batch.files import Card, LazyFile, fingerprint
from cardscan.errors import BadData, BadSettings, CardscanError, EngineUnavailable, PictureError
from cardscan.imaging.intake import Intake, Limits
from cardscan.pipeline import SourceFile
from cardscan.records import Problem, Verification, Visit
from cardscan.settings import Settings


class Verifier(Protocol):
    """What the batch needs of a pipeline."""

    def warm_up(self) -> None: ...

    def verify(self, files: Sequence[SourceFile], visit: Visit, *, as_of: dt.date) -> Verification: ...


Factory = Callable[[Settings], Verifier]
"""Makes a pipeline. Must be a function or class at the top of a module: it is named to the worker, not sent."""

FATAL = (BadData, BadSettings, EngineUnavailable)
"""Errors that every card would have: the batch stops."""


@dataclass(frozen=True, slots=True)
class Line:
    """A result as it is written, and what is counted of it: an outcome, or the code of an error."""

    text: str
    outcome: str = ""
    error: str = ""


class _Desk:
    """What a worker keeps from card to card."""

    def __init__(self, factory: Factory, settings: Settings) -> None:
        limits = Limits.from_settings(settings)
        self.max_bytes = limits.max_bytes
        self.intake = Intake(limits, workers=1)  # costs nothing until a document has to be split
        self.pipeline = factory(settings)
        # Finds out at once whether an engine can run at all. And one thread must be the first to use OpenVINO: two that
        # do so together can wait for each other without end (one for the GIL, one for a lock within the library).
        self.pipeline.warm_up()


_desk: _Desk | None = None
_start: tuple[Factory, Settings] | None = None


def enter(factory: Factory, settings: Settings) -> None:
    """First thing in a worker process."""
    global _start
    _start = (factory, settings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what stops
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # Python's handler would wait for a hanging engine
    os.dup2(2, 1)  # stdout is the result's
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def read_card(card: Card[LazyFile], as_of: dt.date) -> Line | CardscanError:
    """The result for a card; an error of the `FATAL` ones where no card could be read."""
    global _desk
    try:
        if _desk is None:
            assert _start is not None  # enter() came first
            _desk = _Desk(*_start)
        return verify(card, _desk, as_of)
    except FATAL as error:
        return type(error)(error.detail)
    except CardscanError as error:
        return error_line(card, error)
    except Exception as error:  # noqa: BLE001 - a fault of the program costs one card, not the batch
        return error_line(card, CardscanError(f"({type(error).__name__})"))


def verify(card: Card[LazyFile], desk: _Desk, as_of: dt.date) -> Line:
    """The decision on a card from those of its files that can be opened.

    Raises:
        CardscanError: None of them can, or the pipeline fails.
    """
    files: list[SourceFile] = []
    problems: list[Problem] = []
    first: CardscanError | None = None
    for file in card.files:
        try:
            data = file.read(desk.max_bytes)
            files += extract(desk.intake, file.name, data, file.pages) if file.pages else [SourceFile(file.name, data)]
        except PictureError as error:
            first = first or error
            problems.append(Problem(source=file.name, code=error.code, message=error.message, remedy=error.remedy))
    if not files and first is not None:
        raise first
    verification = desk.pipeline.verify(files, card.visit, as_of=as_of)
    return _line(card, verification, problems)


def _line(card: Card[LazyFile], verification: Verification, problems: Sequence[Problem]) -> Line:
    pages = {page_name(file.name, page): (file.name, page) for file in card.files for page in file.pages}
    images = tuple(
        image.model_copy(update=dict(zip(("source", "page"), pages[image.source], strict=True)))
        if image.source in pages
        else image
        for image in verification.images
    )
    listed = tuple(
        problem.model_copy(update={"source": pages.get(problem.source, (problem.source, 0))[0]})
        for problem in verification.problems
    )
    whole = verification.model_copy(update={"source": card.source, "images": images, "problems": (*listed, *problems)})
    text = f"{_key(card)[:-1]}, {whole.to_json()[1:]}"
    return Line(text, outcome=whole.decision.outcome)


def error_line(card: Card[LazyFile], error: CardscanError) -> Line:
    """The line of a card none of whose pictures could be opened, or that could not be read."""
    told = {"source": card.source, "error": {"code": error.code, "message": error.message, "remedy": error.remedy}}
    return Line(f"{_key(card)[:-1]}, {json.dumps(told, ensure_ascii=False)[1:]}", error=error.code)


def _key(card: Card[LazyFile]) -> str:
    return json.dumps({"card_id": card.card_id, "fingerprint": fingerprint(card)}, ensure_ascii=False)
