"""Engines that crash, hang, answer garbage or see nothing: a failure is an error, nothing to read is a decision."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator

import pytest
from failing import GARBAGE, SECRET, Failing, crash, empty, give_up, hang, nothing, one_line, out_of_memory
from PIL import Image

from cardscan.errors import CardscanError, EngineFailed, EngineUnavailable
from cardscan.ocr.engine import ENGINES, Engine, create_engine, validated
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import Visit
from cardscan.settings import Settings

TODAY = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def frame() -> Iterator[Pipeline]:
    """A pipeline whose engine each test sets."""
    with Pipeline(Settings(), Failing("empty", empty)) as built:
        yield built


def _picture() -> SourceFile:
    data = io.BytesIO()
    Image.new("RGB", (800, 500), "white").save(data, "PNG")
    return SourceFile("a.png", data.getvalue())


def _with(frame: Pipeline, engine: Engine) -> Pipeline:
    frame.engine = engine
    frame._reader._engine = engine
    return frame


@pytest.mark.parametrize("read", [crash, out_of_memory, give_up, hang, nothing], ids=lambda f: f.__name__)
def test_a_failure_is_an_error(frame: Pipeline, read: object) -> None:
    engine = Failing("failing", read)  # type: ignore[arg-type]
    with pytest.raises(EngineFailed) as caught:
        _with(frame, engine).verify([_picture()], Visit(), as_of=TODAY)
    assert SECRET not in caught.value.message
    assert (caught.value.code, caught.value.exit_status, caught.value.http_status) == ("engine_failed", 4, 503)


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_an_error(frame: Pipeline, name: str) -> None:
    engine = Failing("garbage", lambda _: GARBAGE[name])
    with pytest.raises(EngineFailed) as caught:
        _with(frame, engine).verify([_picture()], Visit(), as_of=TODAY)
    assert "Member" not in caught.value.message


def test_nothing_to_read_is_a_decision(frame: Pipeline) -> None:
    answer = _with(frame, Failing("empty", empty)).verify([_picture()], Visit(), as_of=TODAY)
    assert answer.decision.outcome == "retake"
    assert answer.decision.next_capture == "same_side_again"
    assert answer.card.variant is None
    assert answer.decision.reasons


def test_one_of_two_pictures_failing_is_an_error_too(frame: Pipeline) -> None:
    answers = iter([one_line()])

    def once(pixels: object) -> object:
        try:
            return next(answers)
        except StopIteration:
            raise ValueError(SECRET) from None

    with pytest.raises(EngineFailed):
        _with(frame, Failing("once", once)).verify([_picture()] * 2, Visit(), as_of=TODAY)  # type: ignore[arg-type]


def test_a_sound_reading_passes() -> None:
    reading = one_line()
    assert validated(reading, 800, 500) is reading


def test_boxes_may_grow_a_little_over_the_rim() -> None:
    reading = one_line(box=GARBAGE["only spaces"].lines[0].box - 15)
    assert validated(reading, 800, 500) is reading


def test_failing_engines_are_engines() -> None:
    assert isinstance(Failing("empty", empty), Engine)


def test_the_service_maps_an_engines_failure() -> None:
    for error in (EngineFailed(), EngineUnavailable()):
        assert isinstance(error, CardscanError)
        assert (error.exit_status, error.http_status) == (4, 503)
        assert "--engine" in error.remedy


def test_an_unknown_engine_is_refused_by_name() -> None:
    with pytest.raises(EngineUnavailable) as caught:
        create_engine(Settings(engine="replay"))
    assert all(name in caught.value.message for name in ENGINES)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "other", "no_such_package_here:Other")
    with pytest.raises(EngineUnavailable, match="no_such_package_here"):
        create_engine(Settings(engine="other"))


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_every_engine_is_built_by_its_name(name: str) -> None:
    engine = create_engine(Settings(engine=name))
    assert isinstance(engine, Engine)
    assert engine.name == name
