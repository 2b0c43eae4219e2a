"""From what a card says to which card it is: evidence, exclusions, contradictions, cards that look alike."""

from __future__ import annotations

import pytest
from card_text import card, sheet
from reference import ONE_EACH, Found, catalogue, identify, printed, read

from cardscan.classify.desk import without_desk
from cardscan.classify.identify import settle
from cardscan.classify.match import match

KAISER = "KAISER PERMANENTE"
MEMBER = ("Member Name: JANE Q SAMPLE", "Medical Record Number 0012345678", "Group Number 123456")
NETWORK = "Cigna PPO Network providers: for eligibility, benefits and precertification call 888-831-0761."
CLAIMS = "Send claims to: Cigna Medical Claims, P.O. Box 188061, Chattanooga, TN 37422-8061. Payer ID 62308."
KPIC = "Underwritten by Kaiser Permanente Insurance Company (KPIC)."
BACK = (KPIC, "", NETWORK, "", CLAIMS)


def _card(title: str, *back: str) -> Found:
    return read([KAISER, title, *MEMBER], printed(back or BACK))


@pytest.mark.parametrize(
    ("text", "exclusion"),
    [
        ("Kaiser Permanente Senior Advantage (HMO)", "medicare"),
        ("Medicare", "medicare"),
        ("MedicareRx", "medicare"),
        ("Medi-Cal", "medicaid"),
        ("Medicaid", "medicaid"),
        ("Maryland HealthChoice", "medicaid"),
        ("Kaiser Foundation Health Plan of Washington", "washington"),
        ("Kaiser Foundation Health Plan of Washington Options, Inc.", "washington"),
        ("Access PPO", "washington"),
        ("kp.org/wa", "washington"),
    ],
)
@pytest.mark.parametrize("place", ["front", "back"])
def test_an_exclusion_beats_every_inclusion(text: str, exclusion: str, place: str) -> None:
    front, back = [KAISER, "PPO Plan - Colorado", *MEMBER], [*printed(BACK)]
    (front if place == "front" else back).extend(["", text])
    found = read(front, back)
    assert found.attributes.exclusion == exclusion
    assert found.variant is None
    assert found.attributes.network >= 2.0


@pytest.mark.parametrize("plan", ["PPO Plan", "Point-of-Service (POS) 3-Tier Plan"])
def test_northwest_with_ppo_or_three_tiers_is_excluded(plan: str) -> None:
    found = read(
        [KAISER, f"{plan} - Northwest", *MEMBER], printed(("Kaiser Foundation Health Plan of the Northwest", "", *BACK))
    )
    assert (found.attributes.exclusion, found.variant) == ("northwest-ppo-pos3", None)


@pytest.mark.parametrize("plan", ["HMO", "EPO Plan", "POS 2-Tier"])
def test_northwest_with_the_others_is_not(plan: str) -> None:
    found = read(
        [KAISER, f"{plan} - Northwest", *MEMBER],
        printed(("Kaiser Foundation Health Plan of the Northwest", "", NETWORK)),
    )
    assert (found.attributes.exclusion, found.attributes.region) == (None, "NW")


@pytest.mark.parametrize(
    ("title", "statement", "about"),
    [
        ("PPO Plan - Southern California", "Kaiser Foundation Health Plan, Inc., Northern California Region", "region"),
        ("PPO Plan - Colorado", "Kaiser Foundation Health Plan of Georgia, Inc.", "region"),
        ("Point-of-Service (POS) Plan - Colorado", "Preferred Provider Organization (PPO) Plan", "plan"),
    ],
)
def test_two_statements_that_exclude_each_other_are_a_conflict(title: str, statement: str, about: str) -> None:
    found = _card(title, statement, "", *BACK)
    assert about in found.about
    assert found.variant is None


def test_a_travel_card_of_a_ppo_plan_is_a_conflict() -> None:
    found = read([KAISER, "Travel Card", "PPO Plan", *MEMBER], printed(BACK))
    assert found.variant is None
    assert "plan" in found.about


def test_the_sides_of_two_different_cards_are_a_conflict() -> None:
    by_id = {wording.variant: wording for wording in ONE_EACH}
    for a, b in (("scal-pos", "ncal-pos"), ("scal-ppo", "co-ppo"), ("co-pos", "ga-dual-choice-ppo")):
        found = read(printed(by_id[a].front), printed(by_id[b].back))
        assert found.variant is None, (a, b)
        assert found.about, (a, b)


THREE_TIERS = (
    "Point-of-Service plan, three tiers. Tier 1: Kaiser Foundation Health Plan of Colorado. Tiers 2 and 3: KPIC."
)


def test_a_title_that_says_only_ppo_contradicts_a_back_that_names_three_tiers() -> None:
    back = printed((THREE_TIERS, "", NETWORK, "", CLAIMS))
    assert "plan" in read([KAISER, "PPO", "Colorado", *MEMBER], back).about
    # the network's own name is no title of a plan
    assert not read([KAISER, "POS 3-Tier", "Colorado", *MEMBER, "Cigna PPO Network"], back).about


def test_two_columns_do_not_run_into_each_other() -> None:
    left = ("This card is for identification and confers no", "right to services. It is not a guarantee.")
    right = ("Cigna network providers call 888-831-0761", "before treatment, for precertification.")
    columns = [(0.0, row, text) for row, text in enumerate(left)] + [(50.0, row, t) for row, t in enumerate(right)]
    front = card([KAISER, "PPO Plan - Colorado", *MEMBER])
    back = sheet(*sorted(columns, key=lambda p: p[1]), image=1)
    assert identify([*front, back]).attributes.denied is None


def test_the_end_of_one_column_does_not_run_into_the_next_row_of_another() -> None:
    left = ("Members who travel in California, Colorado, Georgia", "or Washington, may obtain urgently needed", "care.")
    right = (
        "Cigna is not affiliated with Kaiser Foundation Health Plan,",
        "Inc. or its subsidiary health plans.",
        "KP",
    )
    columns = [(0.0, row, text) for row, text in enumerate(left)] + [(55.0, row, t) for row, t in enumerate(right)]
    front = card([KAISER, "Travel ID Card", *MEMBER])
    back = sheet(*sorted(columns, key=lambda p: p[1]), image=1)
    assert identify([*front, back]).attributes.exclusion is None


def test_what_a_paragraph_sets_aside_does_not_speak_where_another_column_breaks_it() -> None:
    left = ("This card is no proof of membership. Not valid for", "members with Medicare or Medicaid", "coverage.")
    right = ("Kaiser Permanente's line for Cigna PPO", "providers and precertification", "is 1-888-831-0761.")
    columns = [(0.0, row, text) for row, text in enumerate(left)] + [(55.0, row, t) for row, t in enumerate(right)]
    front = card([KAISER, "Travel ID Card", *MEMBER])
    back = sheet(*sorted(columns, key=lambda p: p[1]), image=1)
    assert identify([*front, back]).attributes.exclusion is None


def test_a_form_under_the_card_takes_nothing_away() -> None:
    views = card([KAISER, "PPO Plan - Colorado", *MEMBER], printed(BACK), ["Patient registration", "Primary insurance"])
    finds = match(views, catalogue())
    assert settle(finds).denied is not None
    assert settle(without_desk(finds, {2})).denied is None
    only_form = match(views[2:], catalogue())  # without a card that names the network it is what it is: a form
    assert settle(without_desk(only_form, {0})).denied is not None


def test_a_form_under_another_issuers_card_says_nothing_of_it() -> None:
    views = card(
        ["Health Net", "Elect POS", "Subscriber ID: R54321"], ["Patient name", "Deferred by", "Emergency contact"]
    )
    finds = match(views, catalogue())
    assert {f.view for f in finds} == {0, 1}
    assert {f.view for f in without_desk(finds, {1})} == {0}
    assert {f.view for f in without_desk(finds, ())} == {0, 1}


def test_a_few_words_beside_the_card_take_something_away_only_if_they_say_so() -> None:
    for words, denied in (("Scheduling insurance card", False), ("card cancelled", True), ("Card is not valid", True)):
        views = card(
            [KAISER, "PPO Plan - Colorado", *MEMBER], printed(BACK), ["Front desk", "Clinic newsletter", words]
        )
        assert (settle(without_desk(match(views, catalogue()), {2})).denied is not None) == denied, words


def test_what_lies_beside_the_card_in_its_shape_takes_nothing_away() -> None:
    passes = ["Riverside Gym", "Visitor pass, 10 entries", "Not valid without a photo", "remember the agenda"]
    views = card([KAISER, "PPO Plan - Colorado", *MEMBER], printed(BACK), passes)
    assert settle(without_desk(match(views, catalogue()), ())).denied is None
    views = card([KAISER, "PPO Plan - Colorado", *MEMBER], printed(BACK), ["Coverage terminated", "This card is void"])
    assert settle(without_desk(match(views, catalogue()), ())).denied is not None


def test_an_exception_that_cannot_be_read_is_a_call() -> None:
    for said, denied in (("Exception: t", True), ("Exceptions:", True), ("Exceptions: none", False)):
        found = _card("PPO Plan - Colorado", *BACK, "", said)
        assert (found.attributes.denied is not None) is denied, said


def test_a_heading_names_no_product_of_other_regions() -> None:
    found = read([KAISER, "HMO Plan", "Southern California", *MEMBER], printed(("Out of area", "", *BACK)))
    assert found.attributes.region == "SCAL"


def test_two_variants_never_both_fit_one_wording() -> None:
    for wording in ONE_EACH:
        sides = [printed(wording.front), printed(wording.back)]
        assert read(*sides).variant == wording.variant
        assert read(*sides, *sides).variant == wording.variant  # the same card pictured twice


def test_the_brand_without_the_network() -> None:
    found = _card("PPO Plan - Colorado", KPIC, "", "Participating providers: PHCS Network.")
    assert found.attributes.issuer == "kaiser-permanente"
    assert found.attributes.network < 2.0
    assert found.variant is None


def test_the_network_without_the_brand() -> None:
    found = read(["PPO Plan", *MEMBER], printed((CLAIMS, "", "Cigna PPO Network")))
    assert found.attributes.issuer != "kaiser-permanente"
    assert found.variant is None


@pytest.mark.parametrize(
    "text",
    [
        "Members do not have access to the Cigna PPO Network.",
        "This card is not valid at Cigna providers.",
        "The Cigna PPO Network is not available to this member.",
    ],
)
def test_wording_that_takes_the_network_away(text: str) -> None:
    assert _card("PPO Plan - Colorado", *BACK, "", text).attributes.denied is not None
    assert _card("PPO Plan - Colorado").attributes.denied is None


@pytest.mark.parametrize(
    "text",
    [
        "KPIC Self-Funded Plan",
        "Self-Funded",
        "KPIC Self-funded Claims Administrator, P.O. Box 30547, Salt Lake City, UT 84130-0547",
    ],
)
def test_self_funded(text: str) -> None:
    found = _card("PPO Plan - Colorado", *BACK, "", text)
    assert found.attributes.funding == "self-funded"
    assert found.variant is None


LOOK_ALIKES = {
    "Oxbridge Health": (
        ["Oxbridge Health", "PPO", "Member ID 123456789"],
        [
            "Cigna Medical Claims, PO Box 188061, Chattanooga, TN 37422",
            "Payer ID 62308",
            "Cigna PPO Network",
            "PHCS Network",
        ],
    ),
    "Providence": (
        ["Providence Health Plan", "Cigna Healthcare", "Member ID 123456789", "PPO"],
        ["Outside the service area: Cigna PPO Network", "Send claims to Providence Health Plan"],
    ),
    "NALC": (
        ["NALC Health Benefit Plan", "Cigna Healthcare PPO", "Member ID N12345678"],
        ["National Association of Letter Carriers", "Payer ID 62308", "Cigna Healthcare PPO Network"],
    ),
    "Aetna": (["Aetna", "Open Choice PPO", "ID W1234 56789"], ["Payer ID 60054"]),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_others_who_print_cignas_network_and_address(name: str) -> None:
    found = read(*LOOK_ALIKES[name])
    assert found.attributes.issuer == "other"
    assert found.variant is None


@pytest.mark.parametrize("title", ["PPO Plan (KPPP)", "PPO Plus Plan (KPPOA)", "Open Access Plus"])
def test_kaisers_employees_have_a_cigna_plan(title: str) -> None:
    front = ["Cigna", title, "Kaiser Permanente employees", "Member ID U12345678 01"]
    back = [
        "Administered by Cigna Health and Life Insurance Company",
        "Customer service 1-855-429-1426",
        CLAIMS,
        "Cigna PPO Network",
    ]
    found = read(front, printed(back))
    assert found.attributes.issuer == "cigna"
    assert found.variant is None


def test_another_issuer_and_kaiser_permanente_on_one_card_is_a_conflict() -> None:
    found = read([KAISER, "PPO Plan - Colorado", "Aetna", *MEMBER], printed(BACK))
    assert "issuer" in found.about
    assert (found.variant, found.attributes.issuer) == (None, None)


def test_a_front_of_kaiser_permanente_with_the_back_of_another_issuer_is_a_conflict() -> None:
    back = printed(("Humana ChoiceCare Network. Customer service 1-800-448-6262.", "", "Payer ID 61101"))
    found = read([KAISER, "Point of Service, 3 tiers", "Northern California", *MEMBER], back)
    assert "issuer" in found.about
    assert found.variant is None


def test_every_find_says_where() -> None:
    found = _card("PPO Plan - Colorado")
    for find in found.finds:
        assert find.matched.strip()
        assert find.image in (0, 1)
        assert all(0 <= x < 4000 and 0 <= y < 2000 for x, y in find.box)
        assert 0 < find.score <= 1


@pytest.mark.parametrize(
    ("title", "place", "conflict"),
    [
        ("Out of Area PPO Plan", "Colorado", True),
        ("Out-of-Area PPO - Mid-Atlantic States", "Mid-Atlantic States", False),
        ("Dual Choice PPO", "Colorado", True),
        ("Dual Choice PPO", "Georgia", False),
        ("PPO Plan", "Colorado", False),
    ],
)
def test_a_product_of_some_regions_on_a_card_of_another(title: str, place: str, conflict: bool) -> None:
    back = printed((f"KPIC underwrites this {place} PPO plan.", "", NETWORK, "", CLAIMS))
    about = read([KAISER, title, *MEMBER], back).about
    assert ("region" in about) == conflict


@pytest.mark.parametrize(("place", "conflict"), [("Colorado", True), ("Southern California", False)])
def test_a_region_that_only_the_other_side_names_is_one_of_another_card(place: str, conflict: bool) -> None:
    back = printed((f"Preferred Provider Organization plan for {place}, insured by KPIC.", "", NETWORK, "", CLAIMS))
    about = read([KAISER, "PPO Plan", "Southern California", *MEMBER], back).about
    assert ("region" in about) == conflict


def test_a_medical_record_number_is_no_call_to_medicare() -> None:
    front = [KAISER, "PPO Plan - Colorado", "08953800", "Medical Record Number", *MEMBER]
    views = [*card(front), sheet(*[(0.0, row, text) for row, text in enumerate((NETWORK, CLAIMS))], image=1)]
    assert "exclusion" not in identify(views).attributes.doubts


@pytest.mark.parametrize(
    ("title", "line", "conflict"),
    [
        ("Flexible Choice (POS 3-Tier) - Mid-Atlantic States", "Tiers 2 and 3 outside of California: see kp.org", True),
        ("PPO Plan - Colorado", "Tier 2 outside of Maryland, Virginia: see kp.org", True),
        ("PPO Plan - Southern California", "Tiers 2 and 3 outside of California: see kp.org", False),
        ("PPO Plan - Colorado", "Kaiser Permanente, 1 Kaiser Plaza, Oakland, California 94612", False),
        ("PPO Plan - Colorado", "Outside of Maryland, Virginia and the District of Columbia: see kp.org", True),
        ("PPO Plan - Colorado", "Kaiser Permanente providers in DC, MD and VA", True),
        ("PPO Plan - Colorado", "not in CA, CO, DC, GA, HI, MD, OR, VA or WA", False),
        ("PPO Plan - Colorado", "in Georgia, Hawaii, Maryland, Oregon, Virginia and the District of Columbia", False),
        ("PPO Plan - Southern California", "In metro Atlanta: kp.org/ga", True),
        ("Out-of-Area PPO - Mid-Atlantic States", "In Maryland, Virginia and D.C. see kp.org", False),
        ("Out-of-Area PPO - Mid-Atlantic States", "In CA see a Kaiser Permanente provider", True),
    ],
)
def test_where_a_plan_is_at_home_tells_its_region(title: str, line: str, conflict: bool) -> None:
    assert ("region" in _card(title, line, *BACK).about) is conflict


@pytest.mark.parametrize("title", ["California PPO", "Kaiser Permanente California PPO Plan"])
def test_california_alone_is_neither_half_of_it(title: str) -> None:
    found = _card(title)
    assert (found.attributes.region, found.variant, found.about) == (None, None, set())


@pytest.mark.parametrize(
    ("claims", "doubt"),
    [
        ("Send claims to PO Box 3018, Missoula, MT 59806-3018 or EDI 81040.", True),
        ("Claims: Payer ID 39026", True),
        ("Claims: Electronic Payer # SB580", True),
        ("Cigna PPO providers call 888-831-0761. Send claims to: Halcyon Claims Services, Payer ID 73145.", True),
        ("Payer ID 81040 for dental claims. Medical claims: Payer ID 62308", False),
        ("Claims: Payer ID 94135", False),
        ("Claims: payer ID 62308", False),
        ("EDI helpdesk 80123-4567", False),
    ],
)
def test_claims_of_another_payer_put_the_issuer_in_doubt(claims: str, doubt: bool) -> None:
    found = _card("PPO Plan - Colorado", KPIC, "Cigna PPO Network. Cigna PPO providers: see the directory.", claims)
    assert ("issuer" in found.attributes.doubts) is doubt


def test_a_title_below_the_name_of_the_network_is_not_set_aside_with_it() -> None:
    found = read(
        [KAISER, "with Cigna PPO", "Preferred Provider Organization - Northern California", *MEMBER], printed(BACK)
    )
    assert any(f.meaning.value == "PPO" and f.view == 0 for f in found.finds)
    assert found.variant == "ncal-ppo"
