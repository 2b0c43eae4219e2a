"""Names as labels say them, whole; and none where the label's own cannot be read."""

from __future__ import annotations

import pytest
from card_text import field_of, sheet, side

from cardscan.extract.fields import all_values
from cardscan.extract.labels import read_sheet
from cardscan.layout import View

NUMBER = "Member ID 0012345678"


@pytest.mark.parametrize(
    "name", ["HUNG TO", "TO, HUNG", "YOUNG NO", "MARY SILVER", "ADAM BACK", "JOY CARE", "Sarah J. Gold"]
)
def test_a_name_may_be_a_word_where_a_label_says_that_it_is_one(name: str) -> None:
    assert field_of(side(f"Name: {name}", NUMBER), "member_name").value == name
    assert field_of(side(name, NUMBER), "member_name").value is None


def test_the_label_of_the_name_decides_whose_it_is() -> None:
    found = field_of(side("Member Name", "SARAH GOLD", "JOHN GOODMAN", NUMBER), "member_name")
    assert (found.value, found.confidence > 0.9) == ("SARAH GOLD", True)
    unread = side("Member Name", "S4RAH G0LD", "JOHN GOODMAN", NUMBER)
    assert field_of(unread, "member_name").value is None
    heading = side("Subscriber", "S4RAH G0LD", "JOHN GOODMAN", NUMBER)
    assert field_of(heading, "member_name").value is None


def test_words_for_members_do_not_hide_a_name_without_a_label() -> None:
    assert field_of(side("JANE SAMPLE", NUMBER, "", "Member appeals"), "member_name").value == "JANE SAMPLE"


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (sheet((0, 0, "Last Name"), (20, 0, "First Name"), (0, 1, "SAMPLE"), (20, 1, "JANE")), "JANE SAMPLE"),
        (side("Last Name: SAMPLE", "First Name: JANE", NUMBER), "JANE SAMPLE"),
        (side("First Name", "MARY ANN", "Last Name", "DE LA CRUZ", NUMBER), "MARY ANN DE LA CRUZ"),
        (side("First Name: JANE", NUMBER), None),
    ],
)
def test_a_name_in_two_parts(view: View, name: str | None) -> None:
    found = field_of(view, "member_name")
    assert (found.value, found.box is not None) == (name, name is not None)
    assert [v.value for v in all_values("member_name", [read_sheet(view)])] == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ANNA MARIA DE LA CRUZ GARCIA LOPEZ", "ANNA MARIA DE LA CRUZ GARCIA LOPEZ"),
        ("01 JOHN SMITH", "JOHN SMITH"),
        ("JOHN SMITH 01", "JOHN SMITH"),
        ("SEAN O‘BRIEN", "SEAN O’BRIEN"),
        ("SEAN O`BRIEN", "SEAN O’BRIEN"),
        ("SEAN O'BRIEN", "SEAN O'BRIEN"),
    ],
)
def test_a_name_is_read_whole(text: str, name: str) -> None:
    found = field_of(side(f"Member Name: {text}", NUMBER), "member_name")
    assert (found.value, found.confidence > 0.9) == (name, True)


def test_a_member_may_have_the_name_of_the_doctor_but_for_one_without_a_label() -> None:
    assert field_of(side("Member Name: JANE SAMPLE", NUMBER, "PCP: JANE SAMPLE"), "member_name").value == "JANE SAMPLE"
    assert field_of(side("JANE SAMPLE", NUMBER, "PCP: JANE SAMPLE"), "member_name").value is None


def test_a_label_with_a_colon_takes_no_line_above_it_for_the_name() -> None:
    front = side("CIGNA", "Redwood Transit District", "Name: Stef an A Delacroix-Hayes", "ID# U2380174702")
    assert field_of(front, "member_name").value == "Stefan A Delacroix-Hayes"
    unread = side("CIGNA", "Redwood Transit District", "Name: 5tefan of the A", "ID# U2380174702")
    assert field_of(unread, "member_name").value is None


def test_a_member_called_like_a_state_is_found_without_a_label() -> None:
    front = side("Cigna - Point of Service (POS)", "WASHINGTON, OCTAVIO", "Member ID: U5417169402", "RXBIN: 017010")
    assert field_of(front, "member_name").value == "WASHINGTON, OCTAVIO"
