"""``from cardscan import verify``."""

from __future__ import annotations

import datetime as dt
import os
import signal
import tracemalloc
from pathlib import Path

import pytest

import cardscan
from cardscan import python
from cardscan.errors import (
    EngineUnavailable,
    FileNotFound,
    FileTooLarge,
    InvalidDate,
    InvalidNpi,
    InvalidState,
    NoPicture,
    NotAPicture,
    TooManyPictures,
)
from cardscan.pipeline import Pipeline
from cardscan.settings import load_settings

SAMPLE = Path(__file__).parents[1] / "samples" / "finished" / "digital-screenshot-a.png"


@pytest.fixture(autouse=True)
def _one_engine(real_pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipeline that is loaded already stands in for the one the call would build."""
    monkeypatch.setattr(python, "_pipelines", {load_settings(): real_pipeline})


def test_a_path_and_a_visit() -> None:
    answer = cardscan.verify(SAMPLE, state="TX", date="2026-03-01", care="urgent", network="in", npi="1234567893")
    assert answer.decision.outcome == "eligible"
    assert answer.card.variant == "digital-hmo-epo-pos2"
    assert answer.source == (str(SAMPLE),)
    assert answer.visit.date == dt.date(2026, 3, 1)
    assert answer.visit.npi == "1234567893"


def test_text_bytes_and_lists_are_the_same() -> None:
    answer = cardscan.verify(
        [str(SAMPLE), SAMPLE.read_bytes()], state="TX", date=dt.date(2026, 3, 1), care="urgent", network="in"
    )
    assert answer.source == (str(SAMPLE), "picture 2")
    assert answer.decision.outcome == "eligible"


def test_errors_are_the_products_own(tmp_path: Path) -> None:
    with pytest.raises(FileNotFound) as caught:
        cardscan.verify(tmp_path / "none.jpg")
    assert str(tmp_path) not in caught.value.message
    with pytest.raises(FileNotFound):
        cardscan.verify(tmp_path)
    with pytest.raises(NotAPicture):
        cardscan.verify(b"no picture")
    with pytest.raises(NoPicture):
        cardscan.verify([])
    with pytest.raises(EngineUnavailable):
        cardscan.verify(SAMPLE, engine="none")


def test_facts_of_the_visit_are_checked_before_anything_is_opened(tmp_path: Path) -> None:
    missing = tmp_path / "none.jpg"
    with pytest.raises(InvalidState):
        cardscan.verify(missing, state="ZZ")
    with pytest.raises(InvalidDate):
        cardscan.verify(missing, date="2026-02-30")
    with pytest.raises(InvalidNpi):
        cardscan.verify(missing, npi="1234567890")


def test_an_engine_is_loaded_once() -> None:
    assert python._pipeline(load_settings()) is python._pipeline(load_settings(engine="ppocr"))


def test_a_setting_that_changes_counts_from_the_next_call_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDSCAN_MAX_PICTURES", "1")
    with pytest.raises(TooManyPictures):
        cardscan.verify([b"1", b"2"])


def test_a_picture_that_is_missing_is_a_problem_where_another_is_there(tmp_path: Path) -> None:
    answer = cardscan.verify([SAMPLE, tmp_path / "none.jpg", "a\0b"], state="TX", care="urgent")
    assert answer.decision.outcome == "eligible"
    assert answer.source == (str(SAMPLE), str(tmp_path / "none.jpg"), "a\0b")
    assert [problem.code for problem in answer.problems][-2:] == ["file_not_found", "file_not_found"]
    with pytest.raises(FileNotFound):
        cardscan.verify("a\0b")


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(300_000_000)
    tracemalloc.start()
    with pytest.raises(FileTooLarge):
        cardscan.verify(large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_is_told_and_does_not_wait_without_end() -> None:
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            cardscan.verify(b"no picture")
        except EngineUnavailable:
            os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
