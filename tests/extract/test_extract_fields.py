"""Labels and values as cards lay them out; and no value where there is none."""

from __future__ import annotations

import pytest
from card_text import LETTER, card, field_of, line_at, sheet, sheet_of, side

from cardscan.extract.fields import all_values, extract, names_alone
from cardscan.extract.labels import read_sheet
from cardscan.layout import View
from cardscan.records import FIELD_NAMES, Line

MRN = "0012345678"


TABLE = sheet(
    *((0, 0, "Group #"), (50, 0, "540126")),
    *((0, 1, "RXBIN"), (50, 1, "003585")),
    *((0, 2, "RXPCN"), (51, 2, "56340")),
    *((0, 3, "RXGRP"), (52, 3, "KPIC")),
    (0, 4, "Your cost"),
    (0, 5, "UC: $75 Emergency: $150"),
)


@pytest.mark.parametrize(
    ("view", "name", "value"),
    [
        # the value to the right, in the same line
        (side("Member ID: 0012345678"), "member_id", MRN),
        (side("Member ID 0012345678"), "member_id", MRN),
        (side("Health/Medical Record Number 0012345678"), "member_id", MRN),
        (side("Medical Record # 0012345678"), "member_id", MRN),
        (side("MRN 0012345678"), "member_id", MRN),
        (side("Group Number: 123456-0001"), "group_number", "123456-0001"),
        (side("Payer ID 62308."), "payer_id", "62308"),
        (side("Effective Date: Jan 31, 2026"), "effective_date", "2026-01-31"),
        (side("Issue Date 01/31/2026"), "issue_date", "2026-01-31"),
        (side("Member Name: JANE Q SAMPLE"), "member_name", "JANE Q SAMPLE"),
        (side("Health Plan (80840) 911-87726-04"), "issuer_number", "9118772604"),
        # spaces lost
        (side("MemberID:0012345678"), "member_id", MRN),
        (side("GroupNumber123456"), "group_number", "123456"),
        (side("RxBIN:003585"), "rx_bin", "003585"),
        (side("EffectiveDate:01/31/2026"), "effective_date", "2026-01-31"),
        # to the right, in a line of its own
        (sheet((0, 0, "Member ID"), (16, 0, MRN)), "member_id", MRN),
        (sheet((0, 0, "Group"), (12, 0, "123456")), "group_number", "123456"),
        # below
        (sheet((0, 0, "Member ID"), (0, 1, MRN)), "member_id", MRN),
        (sheet((0, 0, "Member Name"), (0, 1, "JANE Q SAMPLE")), "member_name", "JANE Q SAMPLE"),
        (sheet((0, 0, "Member ID"), (30, 0, "Group No"), (0, 1, MRN), (30, 1, "123456")), "group_number", "123456"),
        (sheet((0, 0, "Member ID"), (30, 0, "Group No"), (0, 1, MRN), (30, 1, "123456")), "member_id", MRN),
        # two columns of label and value
        (side("RxBIN 003585     RxPCN KP01"), "rx_bin", "003585"),
        (side("RxBIN 003585     RxPCN KP01"), "rx_pcn", "KP01"),
        (sheet((0, 0, "Member ID 0012345678"), (40, 0, "RxGrp KPRX")), "rx_group", "KPRX"),
        (sheet((0, 0, "Member ID 0012345678"), (40, 0, "RxGrp KPRX")), "member_id", MRN),
        # wrapped
        (side("Send claims electronically with Payer ID", "62308 or by mail"), "payer_id", "62308"),
        (sheet((0, 0, "Send claims to Cigna Medical Claims. Payer ID"), (20, 1, "62308.")), "payer_id", "62308"),
        # a table: labels flush left, values flush right
        (TABLE, "rx_bin", "003585"),
        (TABLE, "rx_pcn", "56340"),
        (TABLE, "rx_group", "KPIC"),
        (TABLE, "group_number", "540126"),
        # the next column's title is no part of a name
        (sheet((0, 0, "Member Name: JANE Q SAMPLE"), (29, 0, "Copayments")), "member_name", "JANE Q SAMPLE"),
        # the network's own among several
        (side("Medical claims: Payer ID 94320", "Cigna PPO Network claims: Payer ID 62308"), "payer_id", "62308"),
        # a payer ID without its name, behind the ZIP code
        (side("Claims: P.O. Box 188061, Chattanooga, TN 37422-8061 (62308)."), "payer_id", "62308"),
        (side("PO Box 188061 Chattanooga TN 37422-8061 /62308"), "payer_id", "62308"),
        (side("Chattanooga, Tenn. 37422-8061 (EDIpayer 62308). PHCS"), "payer_id", "62308"),
        # names
        (side("Customer: SIOBHAN D. SAMPLE"), "member_name", "SIOBHAN D. SAMPLE"),
        (side("Member: Keiko Washington"), "member_name", "Keiko Washington"),
        (side("Member Name: JANE D.SAMPLE-DOE"), "member_name", "JANE D. SAMPLE-DOE"),
        (side("Name: Sample,Jane"), "member_name", "Sample, Jane"),
        # a number in groups
        (side("Member ID 0012 345 678"), "member_id", MRN),
        (side("Member ID: 0012-345678"), "member_id", MRN),
    ],
)
def test_layouts(view: View, name: str, value: str) -> None:
    found = field_of(view, name)
    assert found.value == value
    assert found.status in ("valid", "unchecked")
    assert found.confidence > 0.9
    assert found.image == view.image


def test_the_box_lies_on_the_value() -> None:
    view = side("Member ID: 0012345678", image=3)
    found = field_of(view, "member_id")
    assert found.image == 3
    assert found.box is not None
    xs, ys = [x for x, _ in found.box], [y for _, y in found.box]
    assert min(xs) == pytest.approx(40 + LETTER * 11, abs=1)
    assert max(xs) == pytest.approx(40 + LETTER * 21, abs=1)
    assert (min(ys), max(ys)) == (40, 74)


@pytest.mark.parametrize(
    ("text", "name", "raw"),
    [
        ("RxBIN: 6100140", "rx_bin", "6100140"),
        ("RxBIN 61001", "rx_bin", "61001"),
        ("Issuer (80840) 911-87726-05", "issuer_number", "911-87726-05"),
        ("Effective Date: 02/30/2026", "effective_date", "02/30/2026"),
        ("Issue Date: 13/13/2026", "issue_date", "13/13/2026"),
    ],
)
def test_a_wrong_number_is_said_to_be_wrong(text: str, name: str, raw: str) -> None:
    found = field_of(side(text), name)
    assert (found.value, found.status) == (None, "invalid")
    assert found.raw == raw
    assert found.confidence <= 0.5
    assert found.box is not None


@pytest.mark.parametrize(
    "texts",
    [
        ("This card is for identification only and is not a guarantee of coverage or eligibility.",),
        ("Members must show the member ID card at every visit.",),
        ("Your group is responsible for the plan. Call 888-831-0761.",),
        ("The name of the member stands on the front.",),
        ("Please have your health record ready when you call 1-800-555-0199 for an appointment.",),
        ("Cigna PPO Network providers: for eligibility, benefits and precertification call 888-831-0761.",),
        ("Kaiser Permanente", "Point-of-Service (POS) Plan", "Southern California"),
        ("P.O. Box 188061, Chattanooga, TN 37422-8061",),
    ],
)
def test_nothing_is_guessed_from_prose(texts: tuple[str, ...]) -> None:
    fields = extract([sheet_of(*texts)])
    guessed = {
        name: f.value for name, f in fields.items() if f.value is not None and name not in ("phones", "claims_address")
    }
    assert guessed == {}


def test_every_field_is_always_there() -> None:
    for views in ([], [side()], [side("nothing")]):
        fields = extract(list(map(read_sheet, views)))
        assert tuple(fields) == FIELD_NAMES
        assert all(f.status == "not_found" and f.value is None and f.box is None for f in fields.values())


def test_a_name_without_a_label_beside_the_number() -> None:
    found = field_of(sheet((0, 0, "JANE Q SAMPLE"), (0, 1, "Medical Record Number 0012345678")), "member_name")
    assert found.value == "JANE Q SAMPLE"
    assert found.confidence < 0.75
    two = sheet((0, 0, "JANE Q SAMPLE"), (0, 1, "Medical Record Number 0012345678"), (0, 2, "JOHN R SAMPLE"))
    assert field_of(two, "member_name").value is None


def test_the_doctor_is_not_the_member() -> None:
    view = side("Member ID 0012345678", "Primary Care Physician: MARY B DOCTORSON", "Member Name: JANE Q SAMPLE")
    fields = extract([read_sheet(view)])
    assert fields["member_name"].value == "JANE Q SAMPLE"
    assert fields["pcp_name"].value == "MARY B DOCTORSON"


def test_two_different_numbers_are_two_values_and_neither_is_sure() -> None:
    views = card(["Member ID 0012345678"], ["Member ID 0087654321"])
    assert {v.value for v in all_values("member_id", list(map(read_sheet, views)))} == {"0012345678", "0087654321"}
    assert extract(list(map(read_sheet, views)))["member_id"].confidence <= 0.5
    same = card(["Member ID 0012345678"], ["Member ID 0012345678"])
    assert extract(list(map(read_sheet, same)))["member_id"].confidence > 0.9


def test_the_weaker_reading_of_one_number_does_not_shake_the_stronger() -> None:
    views = [side("Member ID 0012345678"), side("Member ID 0012345878", image=1, confidence=0.5)]
    found = extract(list(map(read_sheet, views)))["member_id"]
    assert (found.value, found.image) == ("0012345678", 0)
    assert found.confidence > 0.9


def test_a_doubtful_number_is_not_given() -> None:
    assert field_of(side("Member ID 0012345678", confidence=0.25), "member_id").value is None
    assert field_of(side("Member ID 0012345678", confidence=0.6), "member_id").confidence == pytest.approx(0.6)


def test_a_value_belongs_to_the_nearest_label() -> None:
    """Beside one label stands the value of another column's, which is over it."""
    left = (0, 0, "Subscriber"), (0, 1, "JANE SAMPLE"), (0, 2, "Identification Number"), (0, 3, "ZGY485015448")
    right = (27, 1, "RxBIN"), (27, 2, "011552"), (27, 3, "RxPCN"), (27, 4, "BCBS")
    fields = extract([read_sheet(sheet(*left, *right))])
    assert [fields[n].value for n in ("member_id", "rx_bin", "rx_pcn")] == ["ZGY485015448", "011552", "BCBS"]
    assert fields["member_id"].confidence > 0.9


def test_a_table_of_two_columns_with_values_to_the_right() -> None:
    rows = (0, 0, "Grp #"), (16, 0, "840310048 RxGrp"), (44, 0, "KPC01"), (0, 1, "RxBIN"), (16, 1, "61234500 RxPCN")
    fields = extract([read_sheet(sheet(*rows, (44, 1, "KPIC")))])
    found = [fields[n].value for n in ("group_number", "rx_bin", "rx_group", "rx_pcn")]
    assert found == ["840310048", "61234500", "KPC01", "KPIC"]


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (("BIN 004336 PCN A4 Rx", "Group 51KP2"), "rx_group", "51KP2"),
        (("Medical Record", "Number: 0012345678"), "member_id", "0012345678"),
        (("Effective", "Date", "01/02/2026"), "effective_date", "2026-01-02"),
        (("Effective 01/02/2026", "Date of Birth 03/04/1980"), "effective_date", "2026-01-02"),
        (("Group 123456", "Number of visits 20"), "group_number", "123456"),
        (("Point-of-Service Plan", "Name", "SAMPLE, JANE"), "member_name", "SAMPLE, JANE"),
    ],
)
def test_a_label_broken_over_two_lines_is_one(lines: tuple[str, ...], field: str, value: str) -> None:
    fields = extract([sheet_of(*lines)])
    assert fields[field].value == value
    assert fields["group_number"].value is None or field == "group_number"


def test_values_before_their_labels_in_one_line() -> None:
    lines = "JANE Q SAMPLE < Name", "7140 6986 ID Number", "006048 GRP #", "610011<RxBIN", "KPC<RxPCN", "RX7720<RxGroup"
    fields = extract([sheet_of("PPO", *lines, "2025-09-23 Effective")])
    names = "member_name", "member_id", "group_number", "rx_bin", "rx_pcn", "rx_group", "effective_date"
    found = [fields[name].value for name in names]
    assert found == ["JANE Q SAMPLE", "71406986", "006048", "610011", "KPC", "RX7720", "2025-09-23"]


def test_several_labels_with_their_values_in_one_word() -> None:
    fields = extract([sheet_of("BIN: 004336·RXPCN: COMMADV·RXGRP: RX7720")])
    assert [fields[name].value for name in ("rx_bin", "rx_pcn", "rx_group")] == ["004336", "COMMADV", "RX7720"]


def test_values_above_some_labels_and_below_others() -> None:
    above = (0, 0, "U90621411-05"), (0, 1, "Member ID"), (20, 2, "Group"), (20, 3, "681540"), (0, 5, "Amara N. Obi")
    fields = extract([read_sheet(sheet(*above, (0, 6, "Member Name")))])
    assert [fields[n].value for n in ("member_id", "group_number", "member_name")] == [
        *("U9062141105", "681540", "Amara N. Obi"),
    ]  # fmt: skip


def test_a_value_beside_a_label_of_two_lines() -> None:
    view = sheet((0, 0, "Health/Medical Record"), (0, 1, "number"), (30, 0.5, "0012345678"))
    assert field_of(view, "member_id").value == "0012345678"


def test_leading_zeros_stay() -> None:
    fields = extract([sheet_of("Member ID 0000012345", "Group 000123", "RxBIN 004336")])
    assert [fields[n].value for n in ("member_id", "group_number", "rx_bin")] == ["0000012345", "000123", "004336"]


def test_an_engine_without_words_gives_no_wrong_values() -> None:
    whole = line_at("Member ID 0012345678", 40, 40)
    view = View(0, (Line(whole.text, whole.confidence, whole.box),))
    assert field_of(view, "member_id").status == "not_found"


def test_a_state_in_a_list_is_no_label_and_a_telephone_number_no_members_number() -> None:
    view = side("First Choice Health (WA, OR, ID, MT, AK) nationwide", "Nurse Service 1-800-297-6877 day and night")
    assert field_of(view, "member_id").value is None
    assert field_of(side("ID 1-800-297-6877"), "member_id").value is None


def test_a_number_that_goes_on_behind_a_gap_is_in_doubt() -> None:
    whole = field_of(sheet((0, 0, "Member ID: 11636320")), "member_id")
    cut = field_of(sheet((0, 0, "Member ID: 116363"), (20, 0, "20")), "member_id")
    assert whole.confidence > 0.9
    assert cut.value is None or cut.confidence < 0.6
    labelled = field_of(sheet((0, 0, "Member ID: 11636320"), (24, 0, "Group 123456")), "member_id")
    assert labelled.confidence > 0.9


def test_a_sentence_about_the_doctor_names_none() -> None:
    view = side("Specialist services need a referral from the PCP SHOWN ON THE FRONT.")
    assert field_of(view, "pcp_name").value is None


def test_a_name_without_a_label_is_not_the_doctors() -> None:
    view = side("Mei-Ling J. Sample", "ID: U76816382 01", "Carla Mendes DO")
    assert field_of(view, "member_name").value == "Mei-Ling J. Sample"


def test_a_record_number_is_the_members_beside_another_id() -> None:
    found = field_of(side("Health/Medical Record No.: 11880061", "OHP ID 67329318"), "member_id")
    assert (found.value, found.confidence > 0.9) == ("11880061", True)
    two = field_of(side("Member ID: 11880061", "Subscriber ID: 67329318"), "member_id")
    assert two.confidence < 0.6


def test_persons_are_told_from_places_and_firms() -> None:
    front = ("Group 123456", "RxBIN 003585", "Halcyon Software, Inc.", "Dr. Ann Sample, MD", "Portland, Oregon")
    assert names_alone(sheet_of(*front, "SAMPLE, PRIYA G.", "Jane Q Doe")) == ["SAMPLE, PRIYA G", "Jane Q Doe"]
    assert names_alone(sheet_of("Chattanooga, Tennessee", "Sample, Jane")) == []
    assert all_values("member_name", [sheet_of("ATTENTION PROVIDERS: THIS", "MEMBER MAY RECEIVE CARE")]) == []


def test_a_zip_code_near_a_photo_id_is_no_members_number() -> None:
    sheet = sheet_of(
        "P.O. Box 188061, Chattanooga, TN 37422-8061, payer 62308.",
        "Please present this card with a photo ID at each visit: 37422-8061",
    )
    assert all_values("member_id", [sheet]) == []


def test_a_zero_at_the_head_of_letters_is_never_sure() -> None:
    """ "0SC958672311": the O of a prefix and a zero look the same to every reader."""
    values = {v: extract([sheet_of(f"Member ID: {v}")])["member_id"].confidence for v in ("0SC95867231", "OSC95867231")}
    assert values["0SC95867231"] <= 0.8 < values["OSC95867231"]


@pytest.mark.parametrize(("number", "sure"), [("315469", False), ("1315469", True)])
def test_a_short_number_may_be_the_rest_of_a_longer_one(number: str, sure: bool) -> None:
    found = extract([read_sheet(side(f"Medical Record Number: {number}", "Group 123456"))])["member_id"]
    assert found.value == number
    assert (found.confidence >= 0.9) == sure


def test_a_number_is_cut_only_where_a_gap_is() -> None:
    labels = ((0, 0, "MRN/Member ID"), (30, 0, "Group No"))
    found = field_of(sheet(*labels, (0, 1, "0053 1480 6677"), (30, 1, "123456")), "member_id")
    assert found.value == "005314806677"
    assert field_of(sheet(*labels, (0, 1, "0053 1480 6677"), (30, 1, "123456")), "group_number").value == "123456"


def test_a_centred_value_keeps_its_first_word() -> None:
    centred = sheet((10, 0, "Member Name"), (4, 1, "MAXIMILIANA Q MEDINA"), (12, 3, "RxBIN"), (12, 4, "003585"))
    assert field_of(centred, "member_name").value == "MAXIMILIANA Q MEDINA"


@pytest.mark.parametrize("line", ["INSURED BY KAISER", "COLLECT NOTHING FROM THE MEMBER NOT A GUARANTEE"])
def test_a_word_of_a_sentence_in_capitals_is_no_label(line: str) -> None:
    assert all_values("member_name", [sheet_of(line, "Group 123456", "RxBIN 003585")]) == []


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (sheet((0, 0, "Member"), (0, 1, "SAMPLE,"), (0, 2, "JANE"), (0, 3, "Group 123456")), "SAMPLE, JANE"),
        (sheet((0, 0, "Name: JANE Q"), (0, 1, "SAMPLE"), (0, 2, "Gold Plan")), "JANE Q SAMPLE"),
        (sheet((0, 0, "Name: JANE SAMPLE"), (0, 1, "Tri-County Schools")), "JANE SAMPLE"),
        (sheet((0, 0, "Name: SAMPLE, JANE Q"), (0, 1, "Acme Freight")), "SAMPLE, JANE Q"),
        (sheet((0, 0, "Member"), (0, 1, "JANE"), (8, 1, "DE LA"), (17, 1, "CRUZ")), "JANE DE LA CRUZ"),
        (sheet((0, 0, "Member"), (0, 1, "DE LA CRUZ1 JANE")), "DE LA CRUZ, JANE"),
        (sheet((0, 0, "Member"), (0, 1, "PEñALOZA, óSCAR")), "PEÑALOZA, ÓSCAR"),
    ],
)
def test_a_name_that_a_narrow_column_breaks_is_read_whole(view: View, name: str) -> None:
    assert field_of(view, "member_name").value == name


def test_what_another_label_names_is_no_members_name() -> None:
    view = sheet((0, 0, "ID#"), (14, 0, "12345678"), (0, 1, "Group name"), (14, 1, "Tri-County Schools"))
    assert field_of(view, "member_name").value is None
    below = sheet((0, 0, "ID# 12345678"), (0, 1, "Group name"), (0, 2, "Tri-County Schools"))
    assert field_of(below, "member_name").value is None


def test_a_date_that_a_narrow_column_breaks_is_read_whole() -> None:
    assert field_of(sheet((0, 0, "Issue date"), (0, 1, "2025-01-"), (0, 2, "15")), "issue_date").value == "2025-01-15"
    assert field_of(sheet((0, 0, "Issue date"), (0, 1, "Feb 1,"), (0, 2, "2025")), "issue_date").value == "2025-02-01"


def test_a_number_in_groups_below_its_label_is_read_whole() -> None:
    stacked = sheet((0, 0, "Group"), (30, 0, "ID No. / MRN"), (28, 1, "0053 1480 6677"), (0, 1, "12345"))
    assert field_of(stacked, "member_id").value == "005314806677"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Employer Group No. 682314", "group_number", "682314"),
        ("Group/Policy No. 682314", "group_number", "682314"),
        ("Member ID No. 0012345678", "member_id", "0012345678"),
        ("Payor ID Number: 62308", "payer_id", "62308"),
        ("Rx IIN 003585", "rx_bin", "003585"),
        ("Processor control no. ADV", "rx_pcn", "ADV"),
        ("RxGRP: RX2487", "rx_group", "RX2487"),
        ("Rx Group RX0081", "rx_group", "RX0081"),
    ],
)
def test_a_number_may_be_called_one_behind_its_label(line: str, field: str, value: str) -> None:
    assert field_of(side(line), field).value == value


@pytest.mark.parametrize("place", ["Plano, TX 75026.", "San Antonio, TX 78201"])
def test_a_place_before_its_zip_code_is_no_ones_name(place: str) -> None:
    assert field_of(side(f"Member: {place}"), "member_name").value is None
    assert field_of(side("Member: Antonio, Jane 12"), "member_name").value == "Antonio, Jane"
