"""Facts from plain JSON: every value, every way to write a state, and an error for all else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cardscan.eligibility import parse_card, parse_date, parse_npi, parse_question, parse_state, parse_visit
from cardscan.eligibility.facts import CARD_VALUES, VISIT_VALUES
from cardscan.eligibility.states import NAMES
from cardscan.errors import CardscanError, InvalidDate, InvalidFact, InvalidNpi, InvalidState
from cardscan.records import CardFacts, Visit


def test_every_state_by_code_and_name_in_any_case() -> None:
    assert len(NAMES) == 56
    for code, name in NAMES.items():
        for text in (code, code.lower(), code.title(), name, name.upper(), name.lower(), f"  {name} "):
            assert parse_state(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Washington, DC", "DC"),
        ("Washington DC", "DC"),
        ("washington, d.c.", "DC"),
        ("D.C.", "DC"),
        ("District Of Columbia", "DC"),
        ("Washington", "WA"),
        ("U.S. Virgin Islands", "VI"),
        ("New\tYork", "NY"),
        ("", None),
        ("   ", None),
        (None, None),
    ],
)
def test_state(text: str | None, code: str | None) -> None:
    assert parse_state(text) == code


@pytest.mark.parametrize(
    "text", ["AA", "AE", "AP", "XX", "T X", "Texas!", "Ontario", "DCX", "ＴＸ", 5, True, ["TX"], {}]
)
def test_not_a_state(text: Any) -> None:
    with pytest.raises(InvalidState):
        parse_state(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", dt.date(2026, 3, 1)),
        (" 2024-02-29 ", dt.date(2024, 2, 29)),
        ("", None),
        (None, None),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 1)),
    ],
)
def test_date(text: Any, day: dt.date | None) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2025-02-29", "2026-13-01", "0000-01-01", "03/01/2026", "20260301", "2026-W09-7", "2026-3-1",
        "2026-03-01T00:00:00", "today", "２０２６-03-01", 20260301, 1.5, True, ["2026-03-01"], dt.datetime(2026, 3, 1),
    ],
)  # fmt: skip
def test_not_a_date(text: Any) -> None:
    with pytest.raises(InvalidDate):
        parse_date(text)


def test_npi() -> None:
    assert parse_npi("1234567893") == "1234567893"
    assert parse_npi(" 1234567893 ") == "1234567893"
    assert parse_npi("") is None and parse_npi(None) is None


@pytest.mark.parametrize(
    "text",
    [
        "1234567898",
        "123456789",
        "12345678931",
        "123-456-7893",
        "123456789３",
        "0000000000",
        "abcdefghij",
        1234567893,
        True,
    ],
)
def test_not_an_npi(text: Any) -> None:
    with pytest.raises(InvalidNpi):
        parse_npi(text)


def test_exactly_one_check_digit_is_right() -> None:
    for stem in ("123456789", "100000000", "287654321"):
        right = []
        for digit in "0123456789":
            try:
                right.append(parse_npi(stem + digit))
            except InvalidNpi:
                continue
        assert len(right) == 1


@pytest.mark.parametrize("question", [{}, {"card": None}, {"card": {}, "visit": None}, {"card": "", "visit": {}}])
def test_nothing_given_is_nothing_known(question: dict[str, Any]) -> None:
    assert parse_question(question) == (CardFacts(), Visit())


def test_every_value_is_taken() -> None:
    for fact, values in CARD_VALUES.items():
        for value in values:
            assert getattr(parse_card({fact: value}), fact) == value
    for fact, values in VISIT_VALUES.items():
        for value in values:
            assert getattr(parse_visit({fact: value}), fact) == value


def test_a_whole_question() -> None:
    card, visit = parse_question(
        {
            "card": {"issuer": "kaiser-permanente", "plan": "POS 2-Tier", "kind": "", "region": None},
            "visit": {"state": "texas", "date": "2026-03-01", "care": "urgent", "network": "in", "npi": "1234567893"},
        }
    )
    assert card == CardFacts(issuer="kaiser-permanente", plan="POS 2-Tier")
    assert visit == Visit(state="TX", date=dt.date(2026, 3, 1), care="urgent", network="in", npi="1234567893")


@pytest.mark.parametrize(
    "question",
    [
        None, [], "card", 5, {"cards": {}}, {"card": []}, {"card": 5}, {"visit": "TX"}, {"card": {"plans": "HMO"}},
        {"visit": {"zip": "75001"}}, {"card": {"plan": "hmo"}}, {"card": {"plan": "POS"}}, {"card": {"plan": 5}},
        {"card": {"plan": ["HMO"]}}, {"card": {"plan": False}}, {"card": {"exclusion": False}},
        {"visit": {"care": "none"}}, {"visit": {"network": True}}, {"card": {1: "HMO"}},
    ],
)  # fmt: skip
def test_not_a_question(question: Any) -> None:
    with pytest.raises(InvalidFact):
        parse_question(question)


def test_an_error_lists_what_is_allowed_and_repeats_nothing() -> None:
    for question, allowed in (
        ({"card": {"plan": "Jane Roe 0012345"}}, CARD_VALUES["plan"]),
        ({"card": {"Jane Roe 0012345": "HMO"}}, tuple(CARD_VALUES)),
        ({"visit": {"care": "Jane Roe 0012345"}}, VISIT_VALUES["care"]),
        ({"visit": {"state": "Jane Roe 0012345"}}, ("DC", "PR")),
        ({"visit": {"date": "Jane Roe 0012345"}}, ()),
        ({"visit": {"npi": "Jane Roe 0012345"}}, ()),
    ):
        with pytest.raises(CardscanError) as caught:
            parse_question(question)
        assert all(value in caught.value.message for value in allowed)
        assert "Roe" not in caught.value.message
