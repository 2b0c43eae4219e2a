"""Values where narrow columns leave them: broken over lines, flush right, close behind another column."""

from __future__ import annotations

import numpy as np
import pytest
from card_text import field_of, sheet, side

from cardscan.extract.runs import hull
from cardscan.layout import View
from cardscan.records import Line, Word


def test_a_name_that_is_broken_and_flush_right() -> None:
    view = sheet(
        (0, 0, "Member"), (20, 0, "LORENZO D"), (32, 0, "Service area"), (19, 1, "MCALLISTER"), (0, 2, "Group 4711")
    )
    assert field_of(view, "member_name").value == "LORENZO D MCALLISTER"


def test_a_name_of_two_lines_above_its_label() -> None:
    view = sheet(
        (0, 0, "CORINNE"), (0, 1, "DELGADO-RUIZ"), (0, 2, "Cardholder"),
        (0, 3, "06340989465"), (0, 4, "Medical Record Number"),
        (20, 0, "01/01/2026"), (20, 1, "Effective Date"), (20, 3, "123456"), (20, 4, "Group"),
    )  # fmt: skip
    assert field_of(view, "member_name").value == "CORINNE DELGADO-RUIZ"
    assert field_of(view, "member_id").value == "06340989465"


def test_a_whole_name_above_its_label_takes_no_line_above_it() -> None:
    view = sheet(
        (0, 0, "WELCOME"), (0, 1, "JANE SAMPLE"), (0, 2, "Member Name"), (0, 3, "0012345678"), (0, 4, "Member ID"),
        (20, 1, "123456"), (20, 2, "Group"),
    )  # fmt: skip
    assert field_of(view, "member_name").value == "JANE SAMPLE"


def test_an_amount_that_ends_close_before_a_column_is_none_of_its_value() -> None:
    view = sheet(
        (0, 0, "Copays"), (20, 0, "Group Number"), (0, 1, "Primary Care"), (16, 1, "$15"), (19.5, 1, "5712842"),
        (0, 2, "Member ID"), (0, 3, "41890816"),
    )  # fmt: skip
    assert field_of(view, "group_number").value == "5712842"
    assert field_of(view, "copays").value == "Primary Care:$15"


def test_two_values_read_as_one_line_under_two_labels() -> None:
    view = sheet((0, 0, "SUBSCRIBER"), (17, 0, "ID"), (0, 1, "Petrov, Keiko J  U735626102"), (0, 3, "Group 39980"))
    assert field_of(view, "member_name").value == "Petrov, Keiko J"
    assert field_of(view, "member_id").value == "U735626102"


def test_a_value_that_ends_before_a_label_is_not_under_it() -> None:
    view = sheet(
        (0, 0, "MRN"), (12, 0, "029376442"), (22, 0, "Eff. date"), (33, 0, "1/1/2023"),
        (22, -1, "Group"), (34, -1, "90431"),
    )  # fmt: skip
    assert field_of(view, "member_id").value == "029376442"
    assert field_of(view, "group_number").value == "90431"


def test_dashes_behind_labels() -> None:
    view = sheet((0, 0, "Cardholder – ZELDA MCALLISTER"), (0, 1, "MRN — 031948699"), (0, 2, "Eff. date – 10/1/2023"))
    assert field_of(view, "member_name").value == "ZELDA MCALLISTER"
    assert field_of(view, "member_id").value == "031948699"
    assert field_of(view, "effective_date").value == "2023-10-01"


def test_a_visit_is_no_doctor_and_a_stay_has_its_whole_name() -> None:
    rows = [("PCP Visit", "$25"), ("Specialty Visit", "$40"), ("Inpatient Stay", "10%"), ("Urgent Caré", "$50")]
    placed = [(x, i, text) for i, row in enumerate(rows) for x, text in zip((0, 18), row, strict=True)]
    view = sheet((0, -1, "Member ID 0012345678"), *placed)
    assert field_of(view, "pcp_name").value is None
    assert field_of(view, "copays").value == "PCP Visit:$25; Specialty Visit:$40; Inpatient Stay:10%; Urgent Caré:$50"


def test_two_labels_one_below_the_other_with_their_values_beside_them_are_not_one_broken_label() -> None:
    card = sheet((0, 0, "MEMBER"), (18, 0, "ANN Q SAMPLE"), (0, 1, "ID NO."), (18, 1, "0651934701"))
    assert (field_of(card, "member_name").value, field_of(card, "member_id").value) == ("ANN Q SAMPLE", "0651934701")


def test_a_sign_that_was_read_apart_from_its_label_is_no_value() -> None:
    card = sheet((0, 0, "EMPLOYER GROUP"), (16, 0, "NO."), (24, 0, "0006874"))
    assert field_of(card, "group_number").value == "0006874"


@pytest.mark.parametrize(
    ("label", "field", "value"),
    [
        ("Subscriber #", "member_id", "084641545"),
        ("Identification No.", "member_id", "U69969793-03"),
        ("Insured's ID", "member_id", "084641545"),
        ("Purchaser/Group", "group_number", "981873"),
        ("Effective from", "effective_date", "01-JAN-2025"),
        ("Print date", "issue_date", "O1-O8-2025"),
    ],
)
def test_labels_that_other_designs_have(label: str, field: str, value: str) -> None:
    found = field_of(sheet((0, 0, label), (0, 1, value)), field).value
    assert found == {"effective_date": "2025-01-01", "issue_date": "2025-01-08"}.get(field, value.replace("-", ""))


def test_a_label_in_small_letters_behind_its_value_has_no_other() -> None:
    """Where one side sets labels behind values and a row of codes behind their labels."""
    card = side("April 1, 2025 coverage begins", "00313398 Member ID", "RxBIN: 071165 PCN: PDMI54 RxGrp: KPIC740")
    found = {
        name: field_of(card, name).value for name in ("effective_date", "member_id", "rx_bin", "rx_pcn", "rx_group")
    }
    assert found == {
        "effective_date": "2025-04-01", "member_id": "00313398", "rx_bin": "071165", "rx_pcn": "PDMI54",
        "rx_group": "KPIC740",
    }  # fmt: skip


@pytest.mark.parametrize("quarter", range(4))
def test_the_box_of_a_broken_name_holds_its_parts_whatever_way_the_text_runs(quarter: int) -> None:
    view = sheet((0, 0, "Member"), (4, 1, "SAMPLE,"), (0, 2, "JANE Q"), (0, 3, "Group 123456"))
    turn = np.linalg.matrix_power(np.array([[0.0, 1.0], [-1.0, 0.0]]), quarter)
    lines = [
        Line(o.text, o.confidence, o.box @ turn, tuple(Word(w.text, w.confidence, w.box @ turn) for w in o.words))
        for o in view.lines
    ]
    words = [word for line in lines[1:3] for word in line.words]
    box = np.array(hull(word.box for word in words)) @ turn.T
    assert box.round().tolist() == [[40, 90], [205, 90], [205, 174], [40, 174]]
    found = field_of(View(0, tuple(lines)), "member_name")
    assert (found.value, found.box) == ("SAMPLE, JANE Q", hull(word.box for word in words))


def test_in_a_table_of_two_columns_no_value_of_the_first_is_wrapped_into_the_next_line() -> None:
    view = sheet(
        (0, 0, "Group #"), (20, 0, "08970-854 Rx BIN"), (60, 0, "015574"),
        (0, 1, "Card Issued"), (20, 1, "09/28/2024 Rx PCN"), (61, 1, "ADV"),
        (0, 2, "Issuer (80840)"), (20, 2, "9954301302 Rx GRP"), (61, 2, "KPC01"),
    )  # fmt: skip
    values = {"group_number": "08970-854", "rx_bin": "015574", "rx_pcn": "ADV", "rx_group": "KPC01"}
    assert {name: field_of(view, name).value for name in values} == values
    assert field_of(view, "issuer_number").value == "9954301302"


def test_a_row_of_copays_is_no_value_of_the_label_above_it() -> None:
    view = sheet(
        (0, 0, "GRP"), (24, 0, "153422 9496 Rx Grp #"), (68, 0, "KPIC"),
        (0, 1, "Effective Date"), (24, 1, "04-01-2025 Rx ID"), (66, 1, "04230621"),
        (0, 2, "Rx Bin #"), (28, 2, "003585"), (0, 3, "UC: $75 ER: $350"),
    )  # fmt: skip
    assert field_of(view, "rx_bin").value == "003585"
    assert field_of(view, "rx_id").value == "04230621"


def test_a_label_in_two_languages_broken_over_lines() -> None:
    view = sheet(
        (0, 0, "ID del miembro /"), (24, 0, "295255145"), (0, 1, "Member ID"),
        (0, 2, "Grupo / Group no."), (24, 2, "547693"), (0, 3, "RxBIN"), (24, 3, "610295"),
    )  # fmt: skip
    assert (field_of(view, "member_id").value, field_of(view, "group_number").value) == ("295255145", "547693")
    view = sheet(
        (0, 0, "ID del miembro / Member"), (28, 0, "231513326"), (0, 1, "ID"), (0, 2, "RxBIN"), (28, 2, "003585")
    )
    assert field_of(view, "member_id").value == "231513326"
