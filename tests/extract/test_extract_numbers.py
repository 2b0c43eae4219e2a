"""The modules of printed numbers: one shape, and what each accepts."""

from __future__ import annotations

import datetime as dt
import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardscan import luhn
from cardscan.extract import (
    card_date,
    group_number,
    issuer_number,
    member_id,
    npi,
    payer_id,
    person_name,
    phone,
    rx_bin,
    rx_code,
)
from cardscan.extract.copays import MONEY
from cardscan.extract.invalid import Invalid

MODULES = (card_date, group_number, issuer_number, member_id, npi, payer_id, person_name, phone, rx_bin, rx_code)


@pytest.mark.parametrize("module", [*MODULES, luhn], ids=lambda m: m.__name__.rsplit(".", 1)[1])
def test_examples_in_the_documentation_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert result.failed == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rsplit(".", 1)[1])
@pytest.mark.parametrize("text", ["", " ", "-", "?!", "\n", "é", "１２３", "x" * 500, "9" * 500])
def test_nonsense_is_invalid_and_never_quoted(module: ModuleType, text: str) -> None:
    assert module.is_valid(text) is False
    with pytest.raises(Invalid) as caught:
        module.validate(text)
    assert len(text) < 3 or text not in str(caught.value)


@pytest.mark.parametrize(
    ("module", "text", "value"),
    [
        (rx_bin, "003585", "003585"),
        (rx_bin, "610 014", "610014"),
        (rx_bin, "61001400", "61001400"),
        (rx_bin, "6100140", None),
        (rx_bin, "61001", None),
        (rx_bin, "61001A", None),
        (rx_bin, "610014001", None),
        (npi, "1234567893", "1234567893"),
        (npi, "1234567890", None),
        (npi, "3234567893", None),
        (npi, "123456789", None),
        (issuer_number, "(80840) 911-87726-04", "9118772604"),
        (issuer_number, "9118772604", "9118772604"),
        (issuer_number, "9118772605", None),
        (issuer_number, "(80840) 911-87726-40", None),
        (issuer_number, "911877260", None),
        (payer_id, "62308", "62308"),
        (payer_id, "SB580", "SB580"),
        (payer_id, "NW002", "NW002"),
        (payer_id, "623O8X", None),
        (payer_id, "CLAIM", None),
        (phone, "(888) 831-0761", "8888310761"),
        (phone, "1-888-831-0761", "8888310761"),
        (phone, "188-831-0761", None),
        (phone, "888-831-076", None),
        (member_id, "00123456", "00123456"),
        (member_id, "0012 345-678", "0012345678"),
        (member_id, "U12345678 01", "U1234567801"),
        (member_id, "1234", None),
        (member_id, "ABCDE12345", None),
        (member_id, "PLAN", None),
        (member_id, "123456789012345", None),
        (group_number, "123456-0001", "123456-0001"),
        (group_number, "ab 12", "AB12"),
        (group_number, "Number", None),
        (group_number, "7", None),
        (rx_code, "kp rx 01", "KPRX01"),
        (rx_code, "A", None),
        (card_date, "01/31/2026", "2026-01-31"),
        (card_date, "1-31-26", "2026-01-31"),
        (card_date, "2026-01-31", "2026-01-31"),
        (card_date, "Jan 31, 2026", "2026-01-31"),
        (card_date, "January 31, 2026", "2026-01-31"),
        (card_date, "31 JAN 2026", "2026-01-31"),
        (card_date, "JAN312026", "2026-01-31"),
        (card_date, "02/29/2024", "2024-02-29"),
        (card_date, "02/29/2025", None),
        (card_date, "13/01/2026", None),
        (card_date, "00/10/2026", None),
        (card_date, "01/31/1826", None),
        (card_date, "Jan 2026", None),
        (person_name, "JANE Q SAMPLE", "JANE Q SAMPLE"),
        (person_name, "Sample, Jane", "Sample, Jane"),
        (person_name, "María José O’Neil-Díaz", "María José O’Neil-Díaz"),
        (person_name, "Ludwig van der Berg", "Ludwig van der Berg"),
        (person_name, "Jane", None),
        (person_name, "Jane Sample 2", None),
        (person_name, "Group Number", None),
        (person_name, "Kaiser Permanente", None),
        (person_name, "Outside Kaiser", None),
        (person_name, "until the end of", None),
        (person_name, "Southern California", None),
    ],
)
def test_values(module: ModuleType, text: str, value: str | None) -> None:
    assert module.is_valid(text) is (value is not None)
    if value is not None:
        assert module.validate(text) == value
        assert module.validate(value) == value


@given(st.integers(0, 10**9 - 1))
def test_one_of_ten_last_digits_is_right(number: int) -> None:
    body = f"{luhn.HEALTH_PREFIX}{number:09d}"
    assert sum(luhn.is_valid(body + str(digit)) for digit in range(10)) == 1


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_in_every_form(day: dt.date) -> None:
    for form in ("%m/%d/%Y", "%m-%d-%y", "%Y-%m-%d", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y"):
        assert card_date.validate(day.strftime(form)) == day.isoformat()


@given(st.text(max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    for module in MODULES:
        if module.is_valid(text):
            assert module.validate(text)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Office $25 ER $300", ["$25", "$300"]),
        ("$1,500 / $3,000", ["$1,500", "$3,000"]),
        ("20% after deductible", ["20%"]),
        ("$ 30", ["$ 30"]),
        ("$12.50", ["$12.50"]),
        ("S25", []),  # an S is an S: no amount is made of it
        ("25", []),
        ("Suite 250", []),
    ],
)
def test_money(text: str, amounts: list[str]) -> None:
    assert [match.group() for match in MONEY.finditer(text)] == amounts
