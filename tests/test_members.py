"""Whether two sides name different members."""

from __future__ import annotations

import pytest
from card_text import sheet_of

from cardscan.members import two_members


@pytest.mark.parametrize(
    ("first", "second", "two"),
    [
        (("Member: Ann Doe", "MRN 11920457"), ("Member: Ann Doe", "MRN 11920457"), False),
        (("Member: Ann Doe", "MRN 11920457"), ("Member: Bea Doe", "MRN 11920463"), True),
        (("MRN 11920457",), ("MRN 11920463",), True),  # two of one family
        (("MRN 0011920457",), ("MRN 11920457",), False),
        (("MRN 11920457",), ("MRN 1192045701",), False),  # with the suffix of a dependent
        (("Member: Hector S Montoya",), ("Member: Irene S Montoya",), True),
        (("Member: Hector S Montoya",), ("Member: MONTOYA, HECTOR",), False),
        (("Member: Maria Lopez",), ("Member: Maria Lopez Garcia",), False),
        (("Member: Jose Garcia",), ("Member: José Garcia",), False),
        (("Member: Hector Montoya",), ("Member: Hecfor Montoya",), False),  # misread
        (("Member: Ann Doe",), ("Claims: P.O. Box 188061",), False),
    ],
)
def test_sides_of_two_members(first: tuple[str, ...], second: tuple[str, ...], two: bool) -> None:
    assert two_members([sheet_of(*first), sheet_of(*second)]) is two


def test_a_subscriber_and_a_member_on_one_side_are_no_two_cards() -> None:
    assert not two_members([sheet_of("Member: Ann Doe", "Member ID 11920457", "Subscriber ID 11920463")])


@pytest.mark.parametrize(
    "back",
    [
        ("Providers: tax ID 94-1340523",),
        ("Providers use group ID 123456",),
        ("Send claims with submitter ID 94134052",),
        ("provider ID 94134052", "Claim ID 94134052", "Vision ID 94134052", "photo ID 94134052"),
        ("Member appeals", "PO Box 1809"),
        ("MEMBER", "Nurse Advice Line 800-555-0100"),
        ("Subscriber: present this", "Employee Assistance Program"),
        ("EMPLOYEE ASSISTANCE LINE", "Name Brand Drugs"),
        ("Customer: Teladoc Virtual Doctors 800-835-2362",),
        ("Customer Number 303-338-3800", "ID", "01-15-1980"),
        ("FEIN ID 12-3456789", "UHC ID 87726001"),
        ("Subscriber", "Delta Trust"),
    ],
)
def test_the_print_of_a_back_is_no_other_member(back: tuple[str, ...]) -> None:
    fronts = (
        ("JANE SAMPLE", "0012345678"),
        ("Member Name: JANE SAMPLE", "Member ID: 0012345678", "Group 654321"),
    )
    for front in fronts:
        assert not two_members([sheet_of(*front), sheet_of(*back)])


@pytest.mark.parametrize(
    ("numbers", "two"),
    [
        (("Health/Medical Record Number: 00417726", "MRN: 00581902"), True),
        (("Medical Record Number: 00417726", "MRN: 417726"), False),
        (("Medical Record Number: 00417726", "Subscriber ID: 00581902"), False),
    ],
)
def test_two_numbers_of_medical_records_are_two_members(numbers: tuple[str, ...], two: bool) -> None:
    assert two_members([sheet_of("Member: Ann Doe", *numbers)]) is two
