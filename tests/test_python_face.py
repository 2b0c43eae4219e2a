"""``from cardscan import verify``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import cardscan
from cardscan import python
from cardscan.errors import (
    EngineUnavailable,
    FileNotFound,
    InvalidDate,
    InvalidNpi,
    InvalidState,
    NoPicture,
    NotAPicture,
)
from cardscan.pipeline import Pipeline

SAMPLE = Path(__file__).parents[1] / "samples" / "finished" / "digital-screenshot-a.png"


@pytest.fixture(autouse=True)
def _one_engine(real_pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipeline that is loaded already stands in for the one the call would build."""
    monkeypatch.setattr(python, "_pipelines", {"ppocr": real_pipeline})


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
    assert python._pipeline(None) is python._pipeline("ppocr")
