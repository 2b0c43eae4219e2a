"""Days on a card: the first and the last of it, and one that no label explains."""

from __future__ import annotations

import datetime as dt

import pytest
from card_text import sheet_of

from cardscan.extract.fields import extract
from cardscan.extract.validity import UNREAD, has_unlabelled_date, not_in_force


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Valid through 12/31/2025", "2025-12-31"),
        ("Not valid after Dec 31, 2025", "2025-12-31"),
        ("Coverage 01/01/2025 - 12/31/2025", "2025-12-31"),
        ("01/01/2025 - 12/31/2025", "2025-12-31"),
        ("End date: Ju1 31, 2025", "2025-07-31"),
        ("Exp 12/24", "2024-12-31"),
        ("This card is not valid after December 2024.", "2024-12-31"),
        ("Coverage runs through the end of Feb. 2026", "2026-02-28"),
        ("Form 6047 stock 11/23 best before end Dec 2025", "2025-12-31"),
        ("Valid until 31.12.2025", "2025-12-31"),
        ("Cov 010124-123124", "2024-12-31"),
        ("Benefit yr 2025", "2025-12-31"),
        ("2025 plan year", "2025-12-31"),
        ("Coverage 01012024 - 12312024", "2024-12-31"),
        ("Elig thru 033124", "2024-03-31"),
        ("TERM 063024", "2024-06-30"),
        ("Cov end 063024", "2024-06-30"),
        ("Term date: 06/30/2024", "2024-06-30"),
        ("Term: 2025-11-30", "2025-11-30"),
        ("Thru 02/28/2026", "2026-02-28"),
        ("Last day of coverage: January 31, 2026", "2026-01-31"),
        ("Long-Term Care 1-800-555-0100", None),
        ("TERM LIFE 1-800-555-0100", None),
        ("Short Term Disability", None),
        ("Benefits are available for services on and after 15 March 2026.", "2026-03-15"),
        ("Not valid before April 1, 2026", "2026-04-01"),
        ("Access is suspended until 04/15/2026.", "2026-04-15"),
        ("Network access begins with 05/01/2026", "2026-05-01"),
        ("Effective as of 01/01/2026", None),
        ("Not valid after March 2026", None),
        ("In force through December 2026", None),
        ("Valid until J", UNREAD),
        ("Good thrü J", UNREAD),
        ("Straße 5, Valid until J", UNREAD),
        ("This card expired on 12/31/2025.", "2025-12-31"),
        ("Termed 01/31/2026", "2026-01-31"),
        ("Do not use after 12/31/2024", "2024-12-31"),
        ("Temporary card valid for 30 days from 01/05/2026", "2026-02-04"),
        ("Temporary card - good for 30 days from 01/05/2026", "2026-02-04"),
        ("Benefit year ends 12/31/2025", "2025-12-31"),
        ("Benefit year ends 12/31/2026", None),
        ("Valid through 12/31/2026", None),
        ("Temporary card valid for 90 days from 01/05/2026", None),
        ("Coverage ends on the date that your group leaves", None),
        ("Benefits are subject to the terms of the plan", None),
        ("the Evidence of Coverage and", None),
        ("EVIDENCE OF COVERAGE AND CERTIFICATE OF INSURANCE", None),
        ("Exp Date Group Number Plan Code", UNREAD),
        ("Expires the last day of December 2024", UNREAD),
        ("Effective 01/01/2025", None),
        ("DOB 01/02/1980 Eff. Date 01/01/2025", None),
    ],
)
def test_a_card_that_is_past_its_end(line: str, date: str | None) -> None:
    assert not_in_force([sheet_of("Member ID 0012345678", line)], None, dt.date(2026, 3, 1)) == date


@pytest.mark.parametrize("rest", ["ends", "Expires:", "ended"])
def test_the_label_of_a_last_day_broken_over_two_lines_is_one(rest: str) -> None:
    sheet = sheet_of("Member ID 0012345678", "Coverage", rest)
    assert not_in_force([sheet], None, dt.date(2026, 3, 1)) == UNREAD


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (("URGENT CARE SERVICES ARE COVERED THROUGH", "CIGNA PPO NETWORK PROVIDERS OUTSIDE OF"), None),
        (("SERVICES ARE COVERED THROUGH CIGNA PPO NETWORK",), None),
        (("MEMBER IS COVERED THROUGH", "1?/31/?0"), UNREAD),
        (("MEMBER IS COVERED THROUGH JUN ?",), UNREAD),
        (("COVERED THROUGH",), UNREAD),
        (("Covered through    Group No.", "1?/31/?0           12345"), UNREAD),
        (("Covered through 12/31/2025",), "2025-12-31"),
        (("Urgent care covered through Cigna PPO Network",), None),
    ],
)
def test_what_care_is_covered_through_is_no_last_day(lines: tuple[str, ...], date: str | None) -> None:
    assert not_in_force([sheet_of("Member ID 0012345678", *lines)], None, dt.date(2026, 3, 1)) == date


@pytest.mark.parametrize("rest", [("Valid", "08"), ("VALID:",), ("Valid", "Group 08")])
def test_what_light_leaves_of_the_label_of_a_last_day_is_one(rest: tuple[str, ...]) -> None:
    assert not_in_force([sheet_of("Member ID 0012345678", *rest)], None, dt.date(2026, 3, 1)) == UNREAD


@pytest.mark.parametrize(("label", "value"), [("Benefit yr", "2025"), ("Cov thru", "12/25"), ("Expires", "12/2025")])
def test_a_last_month_or_year_below_its_label(label: str, value: str) -> None:
    sheet = sheet_of("Member ID 0012345678", label, value)
    assert not_in_force([sheet], None, dt.date(2026, 3, 1)) == "2025-12-31"
    assert not_in_force([sheet_of("Plan year deductible $1,500")], None, dt.date(2026, 3, 1)) is None


def test_a_card_that_is_not_yet_in_force() -> None:
    assert not_in_force([], "2026-07-01", dt.date(2026, 3, 1)) == "2026-07-01"
    assert not_in_force([], "2026-03-01", dt.date(2026, 3, 1)) is None


@pytest.mark.parametrize("line", ["Coverage starts 01/01/2028", "Coverage begins on 01/01/2028", "Effective: 1/1/2028"])
def test_the_first_day_of_a_card(line: str) -> None:
    assert extract([sheet_of("Member ID 0012345678", line)])["effective_date"].value == "2028-01-01"


@pytest.mark.parametrize(
    ("lines", "unlabelled"),
    [
        (("Effective 01/01/2025", "DOB 02/03/1980"), False),
        (("01/01/2025", "Eff. Date"), False),
        (("Cand I", "September 17, 2023", "Effective 2023-07-01"), True),
        (("Issued 12/13/2025", "2027-01-01"), True),
        (("Member ID 0012345678", "12/31/2030"), False),  # all days are still to come
        (("Member ID 0012345678",), False),
    ],
)
def test_a_past_day_without_a_label(lines: tuple[str, ...], unlabelled: bool) -> None:
    assert has_unlabelled_date([sheet_of(*lines)], dt.date(2026, 3, 1)) is unlabelled


def test_a_label_that_lost_its_first_letter_is_one_if_it_is_all_of_its_line() -> None:
    day = dt.date(2026, 3, 1)
    below = sheet_of("Member ID 0012345678", "overage ends", "12-14-2025")
    assert not_in_force([below], None, day) == "2025-12-14"
    assert not_in_force([sheet_of("Claims after your", "overage ends are denied on 12-14-2025")], None, day) is None


def test_a_day_in_a_sentence_that_is_broken_over_two_lines() -> None:
    sheet = sheet_of("Member ID 0012345678", "", "Benefits are available for services on and after 15", "March 2026.")
    assert not_in_force([sheet], None, dt.date(2026, 3, 1)) == "2026-03-15"
    assert not_in_force([sheet], None, dt.date(2026, 3, 15)) is None


@pytest.mark.parametrize("label", ["Term", "Ends", "Thru"])
def test_a_last_day_below_a_short_label(label: str) -> None:
    sheet = sheet_of("Member ID 0012345678", "", label, "2025-11-30")
    assert not_in_force([sheet], None, dt.date(2026, 3, 1)) == "2025-11-30"


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (("Vence", "31 de enero de 2026"), "2026-01-31"),
        (("Esta tarjeta vence el 31 de agosto de 2025.",), "2025-08-31"),
        (("Válida hasta dic 2025",), "2025-12-31"),
        (("Fecha de vencimiento: 01/31/2026",), "2026-01-31"),
        (("Vigente hasta 31/01/2026",), UNREAD),  # a day before the month
        (("Vence 31 de diciembre de 2027",), None),
    ],
)
def test_a_last_day_in_spanish(lines: tuple[str, ...], date: str | None) -> None:
    assert not_in_force([sheet_of("Member ID 0012345678", *lines)], None, dt.date(2026, 3, 1)) == date


def test_the_labels_of_a_card_in_spanish() -> None:
    lines = ("Nombre: JACINTO PEÑALOZA", "Grupo: SC-2204", "Número de miembro: 20447718", "Vigencia: 1 ago 2025")
    values = {name: value.value for name, value in extract([sheet_of(*lines)]).items() if value.value}
    assert values == {
        "member_name": "JACINTO PEÑALOZA", "group_number": "SC-2204", "member_id": "20447718",
        "effective_date": "2025-08-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (("PCN 2025-12-31 Valid through",), "2025-12-31"),
        (("12/31/2025 coverage ends",), "2025-12-31"),
        (("PCN 2026-12-31 Valid through",), None),
        (("Effective 01/01/2025 Expires", "12/31/2026"), None),
    ],
)
def test_a_last_day_may_stand_before_its_label(lines: tuple[str, ...], end: str | None) -> None:
    assert not_in_force([sheet_of("KAISER PERMANENTE", *lines)], None, dt.date(2026, 3, 1)) == end


@pytest.mark.parametrize(
    ("line", "unread"),
    [("Explres", True), ("Explres: 08/27/2025", True), ("Va1id thru", True), ("Express", False), ("Expert", False)],
)
def test_a_label_of_a_last_day_with_a_letter_misread_is_one(line: str, unread: bool) -> None:
    found = not_in_force([sheet_of("KAISER PERMANENTE", "Aug 27, 2025", line)], None, dt.date(2026, 3, 1))
    assert (found is not None) is unread
