"""Pipelines that answer at once, crash or hang by what the file holds; named to the workers, therefore a module."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Sequence

from cardscan.errors import BadData, EmptyFile, EngineFailed, EngineUnavailable, NotAPicture
from cardscan.pipeline import SourceFile
from cardscan.records import (
    CardIdentity,
    Decision,
    FieldValue,
    ImageReport,
    Problem,
    Quality,
    Reason,
    Timing,
    Verification,
    Versions,
    Visit,
)
from cardscan.settings import Settings

PICTURE = b"\xff\xd8\xff picture"


class FakePipeline:
    """Files that begin as a JPEG open; ``crash``, ``hang``, ``slow`` and ``fail`` in them are orders."""

    def __init__(self, settings: Settings, *, ahead: bool = False) -> None:
        self.settings = settings

    def verify(self, files: Sequence[SourceFile], visit: Visit, *, as_of: dt.date) -> Verification:
        told = b" ".join(file.data for file in files)
        if b"crash" in told:
            os._exit(11)
        if b"hang" in told:
            time.sleep(600)
        if b"slow" in told:
            time.sleep(0.2)
        if b"fail" in told:
            raise EngineFailed
        if b"wrong" in told:
            raise ZeroDivisionError("0123456789 of a card")
        return _verification(files, visit)

    def warm_up(self) -> None:
        pass

    def close(self) -> None:
        pass


def _verification(files: Sequence[SourceFile], visit: Visit) -> Verification:
    problems = [_problem(file) for file in files if not file.data.startswith(b"\xff\xd8\xff")]
    if len(problems) == len(files):
        raise EmptyFile if not files[0].data else NotAPicture
    opened = [file for file in files if file.data.startswith(b"\xff\xd8\xff")]
    return Verification(
        id="0",
        created_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        source=tuple(file.name for file in files),
        card=CardIdentity(issuer="kaiser-permanente", confidence=0.5),
        fields={"member_name": FieldValue(value="=SUM(A1)", status="valid")},
        images=tuple(
            ImageReport(source=file.name, page=0, width=1, height=1, side="front", corners=None, rotation=0,
                        quality=Quality(score=1))
            for file in opened
        ),
        decision=Decision(outcome="call", missing=("state",), reasons=(Reason(code="why", text="Because."),)),
        visit=visit,
        problems=tuple(problems),
        timing_ms=Timing(total=1),
        versions=Versions(cardscan="0", catalogue="0", rules="0", engine="fake 0"),
    )  # fmt: skip


def _problem(file: SourceFile) -> Problem:
    return Problem(source=file.name, code="not_a_picture", message="No.", remedy="None.")


def no_engine(settings: Settings) -> FakePipeline:
    raise EngineUnavailable


def bad_rules(settings: Settings) -> FakePipeline:
    raise BadData("rules.yaml:3: no")


class DyingPipeline(FakePipeline):
    """Takes the pool's worker along before it can say anything."""

    def __init__(self, settings: Settings, *, ahead: bool = False) -> None:
        os._exit(3)
