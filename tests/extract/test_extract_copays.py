"""Copays: amounts and the kinds of visit that they belong to, wherever a side sets the two."""

from __future__ import annotations

import pytest
from card_text import field_of, sheet, sheet_of, side

from cardscan.extract.fields import extract
from cardscan.layout import View


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (("Office Visit $25",), "Office Visit:$25"),
        (("Office: $25  ER: $300",), "Office:$25; ER:$300"),
        (
            ("PCP: $15", "Specialist: $30", "Urgent Care: $75", "ER: $150"),
            "PCP:$15; Specialist:$30; Urgent Care:$75; ER:$150",
        ),
        (("Specialist 20%",), "Specialist:20%"),
        (("Specialty care visit $50",), "Specialty care visit:$50"),
        (("PCP/Spec $30/$45",), "PCP:$30; Spec:$45"),
        (("PCP / Spec: $30",), "PCP / Spec:$30"),
        (("Tier 1 office visit $15 / Tier 2 office visit $40",), "Tier 1 office visit:$15; Tier 2 office visit:$40"),
        (("Hospital $1,500",), "Hospital:$1,500"),
        (("Ann BRANDVOLD $25",), None),
        (("$25",), None),
        (("Deductible S500",), None),
        (("Office visit S25",), None),
        (("Call the office at 888-831-0761",), None),
    ],
)
def test_copays(texts: tuple[str, ...], value: str | None) -> None:
    assert field_of(side(*texts), "copays").value == value


@pytest.mark.parametrize(
    "view",
    [
        sheet((0, 0, "Office visit"), (30, 0, "$20"), (0, 1, "ER"), (30, 1, "$150")),
        sheet((0, 0, "Office visit"), (30, 0, "ER"), (0, 1, "$20"), (30, 1, "$150")),
    ],
)
def test_copays_in_columns(view: View) -> None:
    found = field_of(view, "copays")
    assert (found.value, found.confidence > 0.9) == ("Office visit:$20; ER:$150", True)


def test_copays_under_heads_that_narrow_columns_break() -> None:
    heads = (0, 0, "PCP"), (6, 0, "Spec."), (12, 0, "Hospital"), (24, 0, "Urgent")
    below = (
        (0, 1, "Visit"),
        (6, 1, "$75"),
        (12, 1, "ER"),
        (24, 1, "Care"),
        (0, 2, "$20"),
        (12, 2, "20%"),
        (24, 2, "$10"),
    )
    assert (
        field_of(sheet(*heads, *below), "copays").value == "PCP Visit:$20; Spec.:$75; Hospital ER:20%; Urgent Care:$10"
    )
    one_line = sheet((0, 0, "PCP  Specialist"), (30, 0, "ER"), (0, 1, "$60  $40"), (30, 1, "$150"))
    assert field_of(one_line, "copays").value == "PCP:$60; Specialist:$40; ER:$150"


def test_copays_over_their_heads() -> None:
    rows = (
        (0, 0, "$25"),
        (6, 0, "$65"),
        (12, 0, "$150"),
        (0, 1, "Primary"),
        (6, 1, "Spec."),
        (12, 1, "ER"),
        (0, 2, "Care"),
    )
    assert field_of(sheet(*rows), "copays").value == "Primary Care:$25; Spec.:$65; ER:$150"


@pytest.mark.parametrize("heads", [((20, 0, "Tier 1"), (30, 0, "Tier 2")), ((20, 0, "Tier1    Tier 2"),)])
def test_copays_of_tiers_in_a_table(heads: tuple[tuple[int, int, str], ...]) -> None:
    rows = (0, 1, "Office visit"), (20, 1, "$20"), (30, 1, "$40"), (0, 2, "ER $30"), (30, 2, "50%")
    found = field_of(sheet(*heads, *rows), "copays")
    assert found.value == "Tier 1 Office visit:$20; Tier 2 Office visit:$40; ER:$30; Tier 2 ER:50%"


@pytest.mark.parametrize(
    "lines", [("Office visit $20", "$75"), ("ER: $1 50",), ("PCP $1 5 / ER $300",), ("ER $100", "Specialist S50")]
)
def test_copays_of_which_a_part_was_lost_are_not_sure(lines: tuple[str, ...]) -> None:
    assert 0 < extract([sheet_of(*lines)])["copays"].confidence <= 0.8


def test_copays_of_the_side_that_has_most() -> None:
    front, back = sheet_of("Office $25", "ER $150"), sheet_of("ER bills over $1,000")
    for sheets in ([back, front], [front, back]):
        assert extract(sheets)["copays"].value == "Office:$25; ER:$150"


def test_the_box_of_copays_holds_all_of_them() -> None:
    found = field_of(sheet((20, 0, "Office $25"), (0, 1, "Spec $40")), "copays")
    assert found.box == ((40, 40), (490, 40), (490, 124), (40, 124))
    stacked = field_of(sheet((0, 0, "Office visit"), (30, 0, "ER"), (0, 1, "$20"), (30, 1, "$150")), "copays")
    assert stacked.box == ((40, 40), (550, 40), (550, 124), (40, 124))
