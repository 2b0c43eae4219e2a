"""Words that are nearly others. A wrong answer here is a wrong card, so every pair is tried both ways."""

from __future__ import annotations

import pytest
from card_text import sheet, side
from reference import catalogue, identify, read

from cardscan.classify.identify import settle
from cardscan.classify.match import STATE_LIST, match

BRAND = "Kaiser Permanente"
NETWORK = "Cigna PPO Network providers: for eligibility, benefits and precertification call 888-831-0761."


def _said(attribute: str, *texts: str) -> dict[str, float]:
    """What lines say of one attribute: the best strength times score for each value."""
    found: dict[str, float] = {}
    for find in match([side(*texts)], catalogue()):
        if find.meaning.attribute == attribute and find.strength:
            weight = find.strength * find.score
            found[find.meaning.value] = max(found.get(find.meaning.value, 0.0), weight)
    return found


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Kaiser Foundation Health Plan, Inc., Southern California Region", "SCAL"),
        ("Kaiser Foundation Health Plan, Inc., Northern California Region", "NCAL"),
        ("KaiserFoundationHealthPlan,Inc.,SouthernCaliforniaRegion", "SCAL"),
        ("Kaiser Foundation Health Plan, Inc., Northem Califomia Region", "NCAL"),
        ("Kaiser Foundation Health Plan, Inc., Southem Ca1ifornia Region", "SCAL"),
        ("Kaiser Foundation Health Plan of Colorado", "CO"),
        ("Kaiser Foundation Health Plan of Georgia, Inc.", "GA"),
        ("Kaiser Foundation Health Plan, Inc., Hawaii Region", "HI"),
        ("Kaiser Foundation Health Plan of the Mid-Atlantic States, Inc.", "MAS"),
        ("Kaiser Foundation Health Plan of the Northwest", "NW"),
        ("Kaiser Foundation Health Plan of Washington", "WA"),
        ("Point-of-Service (POS) Plan - Southern California", "SCAL"),
        ("Point-of-Service (POS) Plan - Northern California", "NCAL"),
        ("PPO Plan - SCAL", "SCAL"),
        ("PPO Plan - NCAL", "NCAL"),
        ("PPO Plan - Colorado", "CO"),
    ],
)
def test_regions_are_told_apart(text: str, region: str) -> None:
    said = _said("region", BRAND, text)
    assert list(said) == [region]
    assert said[region] >= 2.0


@pytest.mark.parametrize(
    "text",
    [
        "Kaiser Foundation Health Plan of Colombia",
        "Kaiser Permanente, 10350 E. Dakota Ave, Denver, CO 80237",
        "P.O. Box 188061, Chattanooga, TN 37422-8061",
        "Atlanta, GA 30305",
        "393 E. Walnut Street, Pasadena, CA 91188",
        "Portland, OR 97232",
        "outside of Kaiser Permanente states (CA, CO, DC, GA, HI, MD, OR, VA and WA)",
        "outside of CA, CO, GA, HI, MD, OR, VA, WA and DC",
        "California, Colorado, Georgia, Hawaii, Maryland, Oregon, Virginia, Washington and the District of Columbia",
        "(California, Colorado, District of Columbia, Georgia, Hawaii, Maryland, Oregon, Virginia and Washington)",
        "CA | CO | DC | GA | HI | MD | OR | VA | WA",
    ],
)
def test_an_address_or_a_list_of_states_is_no_region(text: str) -> None:
    assert max(_said("region", BRAND, "PPO Plan", text).values(), default=0.0) < 1.8
    assert read([BRAND, "PPO Plan", "Member ID 0012345678"], [NETWORK, text]).attributes.region is None


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("CA, CO, DC, GA, HI, MD, OR, VA and WA", True),
        ("California, Colorado, Georgia", True),
        ("Denver, CO 80237", False),
        ("California and Colorado", False),
        ("Colorado and Georgia", False),
    ],
)
def test_three_states_in_a_row_are_a_list(text: str, is_list: bool) -> None:
    assert bool(STATE_LIST.search(text)) is is_list


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("POS 2-Tier", "POS 2-Tier"),
        ("POS 3-Tier", "POS 3-Tier"),
        ("2-Tier POS", "POS 2-Tier"),
        ("3-Tier POS", "POS 3-Tier"),
        ("3-TierPOS", "POS 3-Tier"),
        ("Point-of-Service (POS) 3-Tier Plan", "POS 3-Tier"),
        ("Point-of-Service (POS), two tiers", "POS 2-Tier"),
        ("Preferred Provider Organization (PPO) Plan", "PPO"),
        ("Exclusive Provider Organization", "EPO"),
        ("HMO", "HMO"),
        ("EPO Plan", "EPO"),
        ("Dual Choice PPO", "PPO"),
        ("DualChoicePPO", "PPO"),
        ("Flexible Choice", "POS 3-Tier"),
    ],
)
def test_plans_are_told_apart(text: str, plan: str) -> None:
    said = _said("plan", BRAND, text)
    assert max(said, key=lambda value: said[value]) == plan
    rivals = {value for value in said if value not in (plan, "POS")}
    assert not rivals


@pytest.mark.parametrize(
    "text",
    [
        "CIGNA PPO NETWORK",
        "Cigna Healthcare PPO Network",
        "CignaHealthcareSM PPO Network",
        "Cigna Healthcare℠ PPO Network in non-Kaiser Permanente states",
        "Cigna PPO",
        "PHCS and Cigna PPO Network providers",
        "The Cigna PPO Network refers to providers contracted as part of the Cigna PPO for Shared Administration.",
        "CIGNAPPONETWORK",
    ],
)
def test_the_networks_name_is_no_plan(text: str) -> None:
    assert _said("plan", BRAND, text) == {}
    assert _said("network", BRAND, text)["cigna"] >= 2.0


@pytest.mark.parametrize(
    "text",
    [
        "Kaiser Permanente members with HMO or participating EPO plans have access to emergency and urgent care",
        "KPIC PPO and POS 3-Tier members have access to the Cigna PPO Network",
        "For HMO, EPO and POS 2-Tier members",
        "HMO & EPO members",
    ],
)
def test_a_page_about_several_plans_names_none(text: str) -> None:
    assert _said("plan", BRAND, text) == {}


@pytest.mark.parametrize(
    ("text", "medicaid", "medicare"),
    [
        ("Medi-Cal", True, False),
        ("MediCal member", True, False),
        ("Medicaid", True, False),
        ("CIN# 91234567A", True, False),
        ("Medical Record Number 0012345678", False, False),
        ("Cigna Medical Claims", False, False),
        ("Medical deductible", False, False),
        ("Medical d", False, False),
        ("MEDICAL CALL 1-800-555-0199", False, False),
        ("Kaiser Permanente Senior Advantage", False, True),
        ("Medicare", False, True),  # below "…Permanente" it is nearly "not a Medicare"
        ("Part of Medicare", False, True),
        ("Kaiser Permanente Medical Care Program", False, False),
    ],
)
def test_medicaid_medicare_and_medical_are_three_words(text: str, medicaid: bool, medicare: bool) -> None:
    said = _said("exclusion", BRAND, text)
    assert ("medicaid" in said, "medicare" in said) == (medicaid, medicare)


@pytest.mark.parametrize(
    "text",
    [
        "This card is not a Medicare card.",
        "Not available to Medicare or Medicaid members.",
        "Medicare or Medicaid members are not eligible.",
        "Claims above the Medicare limiting charge are not paid.",
    ],
)
def test_an_exclusion_that_speaks_of_others_is_none(text: str) -> None:
    found = read([BRAND, "PPO Plan - Colorado", "Member ID 0012345678"], [NETWORK, "", text])
    assert found.attributes.exclusion is None


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Health Net", True),
        ("Health Network", False),
        ("HealthNetwork", False),
        ("Cigna Health Network", False),
        ("Blue Shield of California", True),
        ("Aetna", True),
        ("AETNA OPEN CHOICE PPO", True),
        ("Anthem Blue Cross", True),
        ("Oxbridge Health", True),
        ("Providence Health Plan", True),
        ("Providence, RI 02903", False),
        ("Kaiser Foundation Health Plan", False),
        ("Oscar Sample", False),
    ],
)
def test_other_issuers_by_their_own_name_only(text: str, other: bool) -> None:
    assert (_said("issuer", text).get("other", 0.0) >= 2.0) is other


@pytest.mark.parametrize(
    ("title", "variant"),
    [
        ("Cigna POS", "cigna-pos"),
        ("Cigna PPO", None),
        ("Point of Service (POS)", "cigna-pos"),
        ("POS Open Access", "cigna-pos-open-access"),
        ("Open Access POS", "cigna-pos-open-access"),
        ("Open Access Plus", None),
        ("Open Access Plus (OAP)", None),
        ("LocalPlus", None),
        ("Cigna HMO", None),
        ("Cigna EPO", None),
    ],
)
def test_cignas_own_plans(title: str, variant: str | None) -> None:
    referral = (
        "No referral is required to see a specialist."
        if variant != "cigna-pos"
        else "Referrals from the PCP are required."
    )
    back = [
        referral,
        "",
        "For customer service call 1-800-88CIGNA (1-800-882-4462).",
        "Administered by Cigna Health and Life Insurance Company",
    ]
    found = read(["Cigna", title, "Member ID U12345678 01"], back)
    assert found.attributes.issuer == "cigna"
    assert found.variant == variant
    assert (found.attributes.family == "cigna-pos") is (variant is not None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("888-831-0761", True),
        ("1-888-831-0761", True),
        ("(888) 831.0761", True),
        ("8888310761", True),
        ("888-831-076l", True),
        ("B88-831-O761", True),
        ("888-831-0767", False),
        ("88883107619", False),
        ("888-831-07", False),
    ],
)
def test_the_number_for_providers(text: str, value: bool) -> None:
    assert ("kaiser-permanente" in _said("issuer", f"call {text} today")) is value


def test_columns_do_not_run_into_each_other() -> None:
    view = sheet(
        (0, 0, BRAND), (0, 2, "Northern"), (0, 3, "Region office"), (40, 2, "California"), (40, 3, "Street 12"), image=0
    )
    assert identify([view]).attributes.region is None
    run_on = sheet((0, 0, BRAND), (0, 2, "Point-of-Service (POS) Plan, Northern"), (0, 3, "California"))
    assert identify([run_on]).attributes.region == "NCAL"


@pytest.mark.parametrize(
    "text",
    [
        "The claim is priced by Cigna and paid by Kaiser Permanente. WA), members may use",
        "Kaiser Foundation Health Plan, Inc., a Medical health plan of California",
    ],
)
def test_what_is_nearly_an_exclusion_is_none(text: str) -> None:
    assert _said("exclusion", BRAND, text) == {}


@pytest.mark.parametrize(
    ("text", "exclusion"),
    [("Kaiser Permanente WA", "washington"), ("Kaiser Permanente - WA", "washington"), ("KP (WA)", "washington"),
     ("A Medicare health plan", "medicare"), ("a Medicaro health plan", "medicare")],
)  # fmt: skip
def test_exclusions_said_shortly_or_misread_are_exclusions(text: str, exclusion: str) -> None:
    assert exclusion in _said("exclusion", BRAND, text)


def test_a_cigna_card_whose_title_is_misread_and_that_speaks_of_referrals_may_be_pos() -> None:
    front = side("Cigha Healthcare (PO", "ID: U43213880 01", "Group: 3510728", "PCP: Carla Mendes DO")
    back = side(
        "Patients select a primary care physician (PCP). Referrals from the PCP are required for",
        "coverage at the in-network benefit level. For customer service call 1-800-88CIGNA (1-800-882-4462).",
    )
    for title, doubted in ((front, True), (side("Cigna HMO", "ID: U43213880 01"), False)):
        attributes = settle(match([title, back], catalogue()))
        assert attributes.issuer == "cigna"
        assert ("plan" in attributes.doubts) == doubted


@pytest.mark.parametrize(
    ("name", "doubt"),
    [
        *(("WASHINGTON, SVETLANA", True), ("Washington, Denzel H.", False), ("Washington, Core", True)),
        *(("MEMBER NAME: MEI-LING WASHINGTON", False), ("Name: Booker T. Washington", False)),
        ("KEISHA M WASHINGTON-BRIGGS Patient Name", False),
        ("GEORGIA, ANA-LUISA", False),
    ],
)
def test_a_members_name_is_no_region(name: str, doubt: bool) -> None:
    """Where no label or initial says that it is a name, it is a doubt: "Washington, Core" is a plan."""
    said = _said("exclusion", BRAND, name, "Health/Medical Record Number 11584257")
    assert set(said) == ({"washington"} if doubt else set())
    assert max(said.values(), default=0.0) < 2
    assert not {"WA", "GA"} & set(_said("region", "Preferred Provider Organization (PPO)", BRAND, name))


@pytest.mark.parametrize("rest", ["Washington", "Washington, Inc.", "Washington Options, Inc."])
def test_a_region_on_a_line_of_its_own_is_one(rest: str) -> None:
    assert "washington" in _said("exclusion", "Kaiser Foundation Health Plan of", rest)


def test_a_name_at_the_end_of_a_line_is_no_issuers_first_word() -> None:
    said = _said("issuer", BRAND, "Subscriber", "SAMPLE, OSCAR", "Health Record Number 12345678")
    assert said.get("other", 0.0) <= 1 < said["kaiser-permanente"]
    assert _said("issuer", "Oscar Health")["other"] > 1


def test_a_dental_plan_is_no_dual_choice() -> None:
    assert _said("plan", "Kaiser Permanente Dental Choice PPO") == _said("region", BRAND, "Dental Choice PPO") == {}
    assert _said("region", BRAND, "Dual Choice PPO")["GA"] >= 2.0


@pytest.mark.parametrize("line", ["Program Medi-Cal Managed Care", "Medi-Cal Managed Care", "Medi Cal Managed Care"])
def test_medi_cal_is_more_than_a_doubt_whatever_stands_behind_it(line: str) -> None:
    assert _said("exclusion", BRAND, "Plan HMO", line)["medicaid"] >= 2.0


@pytest.mark.parametrize(("issuer", "exclusion"), [("Blue Cross Blue Shield", None), (BRAND, "washington")])
def test_a_plan_name_of_one_region_excludes_no_other_issuers_members(issuer: str, exclusion: str | None) -> None:
    assert settle(match([side(issuer, "Elect PPO")], catalogue())).exclusion == exclusion


@pytest.mark.parametrize(
    "lines",
    [
        ("Plan type: HMO",),
        ("Product name: POS 3-Tier",),
        ("PPO - N. California",),
        ("ER = emergency room",),
        ("OV = office visit; UC = urgent care",),
        ("Cigna healthcare", "You must choose a primary care physician."),
        ("Precertification for all other providers: 1-888-529-1553", "Provider appeals: Dispute Unit, P.O. Box 23100"),
        ("For providers", "Providers in the Cigna PPO Network: verify eligibility and request precertification"),
    ],
)
def test_headings_logos_and_lists_of_numbers_are_no_part_of_the_next_sentence(lines: tuple[str, ...]) -> None:
    assert _said("limit", *lines) == {}


@pytest.mark.parametrize("before", ["Payer ID 62308", "For members", "Cigna Healthcare", "Plan type: PPO"])
def test_a_denial_below_them_is_one(before: str) -> None:
    assert _said("limit", before, "The Cigna PPO Network is not part of this plan.")


@pytest.mark.parametrize(
    "line",
    [
        "Cigna Healthcare PPO Network applies to groups 88120 and 88124 only.",
        "Only groups 88120 and 88124 may use the Cigna PPO Network.",
        "CPN = not covered under this plan",
        "Class 07 - visiting student. Campus health center services only.",
        "Name: JANE Q MEMBER HRN 00000000",
        "PROOF",
        "PROOF - NOT ISSUED",
        "SAMPLE CARDS FOR TRAINING",
    ],
)
def test_others_groups_students_and_proofs_have_no_network(line: str) -> None:
    assert _said("limit", line)


@pytest.mark.parametrize("line", ["Coverage Begins 4/29/23", "Effective date: Jan 1, 2026", "Issued 01-02-2025"])
def test_a_first_day_alone_is_no_limit(line: str) -> None:
    assert _said("limit", line) == {}
