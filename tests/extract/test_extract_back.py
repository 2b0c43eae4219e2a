"""What stands on backs beside labels, and is neither a member's number nor a name, nor a code."""

from __future__ import annotations

import pytest
from card_text import field_of, sheet, sheet_of, side

from cardscan.extract.fields import all_values, extract, is_front
from cardscan.layout import View


@pytest.mark.parametrize(
    "line",
    [
        "tax ID 94-1340523",
        "Provider tax ID 94-1340523",
        "use group ID 123456",
        "submitter ID 94134052",
        "provider ID 94134052",
        "Provider ID: 94134052",
        "Claim ID 94134052",
        "claims ID 94134052",
        "Vision ID 94134052",
        "have a photo ID 94134052 ready",
        "their photo ID: 94134052",
        "payer ID 62308",
    ],
)
def test_the_id_of_a_thing_is_no_members(line: str) -> None:
    assert all_values("member_id", [sheet_of(line)]) == []


@pytest.mark.parametrize("line", ["your member ID 0012345678", "Your Member ID: 0012345678", "Member ID 0012345678"])
def test_a_members_number_within_a_sentence(line: str) -> None:
    assert field_of(side(line), "member_id").value == "0012345678"


def test_what_a_sentence_says_of_a_number_yields_to_a_label() -> None:
    view = side("Group 654321", "For claims use group ID 123456 or payer ID 62308")
    fields = extract([sheet_of(*(line.text for line in view.lines))])
    assert (fields["group_number"].value, fields["payer_id"].value) == ("654321", "62308")
    assert fields["group_number"].confidence > 0.9


@pytest.mark.parametrize(
    "lines",
    [
        ("Member appeals", "PO Box 1809"),
        ("Member", "P.O. Box 1809"),
        ("MEMBER", "Nurse Advice Line 800-555-0100"),
        ("MEMBER", "Nurse Advice Line"),
        ("Subscriber: present this", "Employee Assistance Program"),
        ("EMPLOYEE ASSISTANCE LINE", "Name Brand Drugs"),
        ("Customer: Teladoc Virtual Doctors 800-835-2362",),
        ("Customer: Sanvello Coach 800-835-2362",),
        ("Member Name", "Southern California"),
        ("Member: Dual Choice",),
        ("Member: Mail claims", "Delta Dental"),
        ("Insured: Blue Cross Blue Shield",),
        ("MEMBER TELEPHONE NUMBERS",),
    ],
)
def test_what_is_for_members_names_none(lines: tuple[str, ...]) -> None:
    assert all_values("member_name", [sheet_of(*lines)]) == []


@pytest.mark.parametrize("line", ["FEIN ID 12-3456789", "NAIC ID 1234567", "Acme ID: 12345678", "the ID 12345678"])
def test_an_id_that_other_words_explain_is_hardly_a_members(line: str) -> None:
    assert all(value.confidence < 0.6 for value in all_values("member_id", [sheet_of(line)]))


@pytest.mark.parametrize("line", ["Mernber ID 0012345678", "Membor ID: 0012345678", "JANE SAMPLE   ID 0012345678"])
def test_a_misread_word_or_a_gap_before_an_id_leaves_it_the_members(line: str) -> None:
    found = field_of(side(line), "member_id")
    assert (found.value, found.confidence > 0.9) == ("0012345678", True)


def test_a_heading_is_the_label_of_a_name_where_a_number_is() -> None:
    doubtful = field_of(side("Member", "Ann Sample"), "member_name")
    assert (doubtful.value, doubtful.confidence < 0.6) == ("Ann Sample", True)
    assert field_of(side("Member", "Ann Sample", "ID 0012345678"), "member_name").confidence > 0.9


def test_a_doctor_may_have_a_telephone() -> None:
    assert field_of(side("PCP: Grace Yoon 303-338-3800"), "pcp_name").value == "Grace Yoon"


@pytest.mark.parametrize(
    "lines",
    [
        ("Submit claims electronically or to PO Box 30783, Salt Lake City, UT 84130",),
        ("File electronically or mail to Cigna, Chattanooga, TN 37422",),
        ("Electronic claims or paper to PO Box", "30783, Salt Lake City, UT 84130"),
        ("Payer: see front. Box 30783",),
    ],
)
def test_a_box_or_a_zip_code_is_no_payer(lines: tuple[str, ...]) -> None:
    assert field_of(side(*lines), "payer_id").value is None


@pytest.mark.parametrize("line", ["Submit claims electronically to 62308 or to PO Box 30783", "EDI ID 62308"])
def test_a_payer_in_a_sentence_is_one_still(line: str) -> None:
    assert field_of(side(line), "payer_id").value == "62308"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("RxPCN: See back", "rx_pcn"),
        ("RxPCN: SEE BACK", "rx_pcn"),
        ("RxGrp: None", "rx_group"),
        ("RxGrp Call 800-555-0100", "rx_group"),
        ("RxGrp: pharmacist", "rx_group"),
    ],
)
def test_a_word_is_no_code(line: str, field: str) -> None:
    found = field_of(side(line), field)
    assert (found.value, found.status) == (None, "not_found")


@pytest.mark.parametrize("code", ["ADV", "KPIC", "COMMADV", "A4", "KPIc"])
def test_a_code_of_letters_is_one(code: str) -> None:
    assert field_of(side(f"RxPCN: {code}"), "rx_pcn").value == code.upper()


@pytest.mark.parametrize(
    ("view", "field"),
    [
        (sheet((0, 0, "ID"), (0, 1, "01-15-1980")), "member_id"),
        (side("Medical Record Number 01/15/1980"), "member_id"),
        (side("Customer Number 303-338-3800"), "member_id"),
        (side("Customer Number (303) 338-3800"), "member_id"),
        (side("ID 1-800-297-6877"), "member_id"),
        (side("ID 1-800-297-6877, 24 hours"), "member_id"),
        (side("Group Number", "303-338-3800"), "group_number"),
        (side("Group Number", "(303) 338-3800"), "group_number"),
    ],
)
def test_a_day_or_a_telephone_number_is_no_number_of_a_member_or_group(view: View, field: str) -> None:
    assert field_of(view, field).value is None


@pytest.mark.parametrize("number", ["303 338 3800", "0112-1980-55", "13-45-1980"])
def test_a_number_in_groups_is_a_members_still(number: str) -> None:
    assert field_of(side(f"Member ID: {number}"), "member_id").value == number.replace(" ", "").replace("-", "")


@pytest.mark.parametrize("label", ["ID", "Member ID", "Medical Record Number", "member ID"])
def test_a_wrong_number_is_said_to_be_wrong_under_every_label(label: str) -> None:
    found = field_of(side(f"{label}: 123456789012345"), "member_id")
    assert (found.value, found.status, found.raw) == (None, "invalid", "123456789012345")


@pytest.mark.parametrize(
    ("line", "field", "sure"),
    [
        ("Member ID: OO123456", "member_id", False),
        ("Member ID: 12O456789", "member_id", False),
        ("Member ID: 123456I", "member_id", False),
        ("Group No: I23456", "group_number", False),
        ("Member ID: W123456789", "member_id", True),
        ("Member ID: XYZ123456789", "member_id", True),
        ("Member ID: ZGI123456789", "member_id", True),
    ],
)
def test_a_letter_that_looks_like_a_digit_among_digits_is_in_doubt(line: str, field: str, sure: bool) -> None:
    found = field_of(side(line), field)
    assert found.value is not None
    assert (found.confidence >= 0.9) == sure


def test_what_a_sentence_says_makes_no_front() -> None:
    assert not is_front(sheet_of("Have your member ID 0012345678 and", "the group ID 123456 ready"))
    assert is_front(sheet_of("Member ID 0012345678", "Group ID 123456"))
