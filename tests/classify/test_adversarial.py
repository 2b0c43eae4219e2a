"""Cards and papers that look like the right card and are not: none of them may be called eligible."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest
from card_text import side
from reference import catalogue

from cardscan.eligibility import decide, load_rules, whom_to_call
from cardscan.eligibility.rules import Rules
from cardscan.reader import Side
from cardscan.records import Decision, Flat, Photo, Quality, Reading, Visit
from cardscan.synthesis import identify_card
from cardscan.verdict import conclude

TODAY = dt.date(2026, 3, 1)
VISIT = Visit(state="TX", date=TODAY, care="urgent", network="in")
MEMBER = ("Member Name: JANE Q SAMPLE", "Health/Medical Record Number: 0012345678", "Group Number: 123456-0001")
PROVIDERS = "Cigna PPO Network providers: for eligibility, benefits and precertification call 888-831-0761."
CLAIMS = "Send claims to: Cigna Medical Claims, P.O. Box 188061, Chattanooga, TN 37422-8061. Payer ID 62308."
TRAVELING = "For emergency and urgent care outside of Kaiser Permanente states, members may use the Cigna PPO Network."
KPIC = "Underwritten by Kaiser Permanente Insurance Company (KPIC)."
PHCS = "Participating providers: PHCS Network in Kaiser Permanente states, Cigna PPO Network in other states."
NO_GUARANTEE = "This card is for identification only and is not a guarantee of coverage or eligibility."
LIMITED = (TRAVELING, PROVIDERS, CLAIMS, NO_GUARANTEE)
BROAD = (KPIC, PHCS, PROVIDERS, CLAIMS, NO_GUARANTEE)
PARTNER = ("Cigna PPO Network", CLAIMS, "Precertification 888-555-1212", NO_GUARANTEE)
CIGNA = ("Cigna", "Member Name: JOHN DOE", "ID U1234567801", "Group 3331234")
CIGNA_BACK = ("myCigna.com 1-800-882-4462", CLAIMS, "An ID card is not a guarantee of coverage")


@cache
def _rules() -> Rules:
    return load_rules()


def outcome(*texts: tuple[str, ...], hidden: tuple[int, ...] = ()) -> str:
    """The outcome for sides of these lines; on some, print is hidden."""
    return decision(*texts, hidden=hidden).outcome


def decision(
    *texts: tuple[str, ...], hidden: tuple[int, ...] = (), visit: Visit = VISIT, certainty: float = 0.99
) -> Decision:
    """The decision for sides of these lines, of which the engine was so certain."""
    pixels = np.zeros((4, 4, 3), np.uint8)
    corners = np.array([[0, 0], [1500, 0], [1500, 900], [0, 900]], float)
    views = [side(*lines, image=i, confidence=certainty) for i, lines in enumerate(texts)]
    flat, nothing = Flat(pixels, np.eye(3), corners, 0.9), Reading((), "lines", 0)
    sides = [Side(v, flat, Quality(score=0.9), nothing, i in hidden) for i, v in enumerate(views)]
    photos = [Photo(str(i), 0, pixels, 1600, 1000) for i in range(len(views))]
    identity = identify_card(sides, photos, catalogue())
    by_rules = decide(identity.facts, visit, as_of=TODAY, rules=_rules())
    number = whom_to_call(identity.facts, day=TODAY, rules=_rules())
    return conclude(identity.attributes, identity.seen, by_rules, number)


def front(*lines: str) -> tuple[str, ...]:
    return ("KAISER PERMANENTE", *lines, *MEMBER)


@pytest.mark.parametrize("line", ["HMO Plan", "EPO", "Deductible HMO", "HMO - Northwest", "HMO Oregon/SW Washington"])
def test_the_cards_that_the_traps_are_made_of_are_eligible(line: str) -> None:
    assert outcome(front(line), LIMITED) == "eligible"


def test_a_clear_picture_of_a_side_makes_up_for_one_that_hides_print() -> None:
    card_front = front("HMO")
    assert outcome(card_front, LIMITED, hidden=(1,)) == "retake"
    assert outcome(card_front, LIMITED, LIMITED, hidden=(1,)) == "eligible"
    assert outcome(card_front, LIMITED, LIMITED[:-1], hidden=(1,)) == "retake"  # which shows less


def test_the_capital_is_not_the_state() -> None:
    capital = front("HMO", "Kaiser Permanente, Washington, DC", "PCP: Washington Hospital Center")
    assert outcome(capital, LIMITED) == "eligible"


@pytest.mark.parametrize(
    "line",
    [
        *("WA", "KPWA", "KFHPWA Options, Inc.", "Kaiser WA", "Plan - WA", "State of Washington PEBB"),
        "Washington State",
        *("Seattle, WA 98101", "Puget Sound", "Spokane Washington", "206-630-4636", "SEBB"),
        *("Senior Adv (HMO)", "Sr. Adv.", "Medicar", "Medi care", "M edicare", "Senior", "Part A and Part B", "MA-PD"),
        *("CMS H0524", "HMO SNP", "Dual Eligible Special Needs Plan", "PDP"),
        *(
            "Medi Cal",
            "Med -Cal",
            "Medi-Ca1",
            "Mecli-Col",
            "Medlcaid",
            "MEDICAL MANAGED CARE",
            "FAMIS",
            "Cardinal Care",
            "CCC Plus",
        ),
        *("Hawaii QUEST", "QUEST", "OHP", "Health First Colorado", "CHP+", "Healthy Families", "PeachCare for Kids"),
        *("Medallion 4.0", "CHIP", "MCHP", "CIN 91234567A"),
    ],
)
def test_a_trace_of_an_excluded_product_is_never_eligible(line: str) -> None:
    assert outcome(front("HMO", line), LIMITED) != "eligible"


@pytest.mark.parametrize("place", ["Oregon", "KFHPNW", "kp.org/nw", "NW", "Northwest"])
def test_a_product_name_of_one_region_does_not_hide_the_northwest(place: str) -> None:
    assert outcome(front("Dual Choice PPO", place), BROAD) != "eligible"


@pytest.mark.parametrize(
    "words",
    [
        *("Administered by KPIC", "ASO", "TPA: KPIC", "Administrative Services Only", "Your employer funds this plan"),
        *("Funded by ACME Corp", "Claims are paid by the employer", "KPIC does not insure the benefits"),
        "self-funding",
        *("5elf-Fundcd Plan", "Se1f-lnsured Plan", "Level funded plan", "non-insured", "Plan sponsor: ACME Corp"),
        *("Kaiser Permanente Insurance Company, Claims Administrator", "Not underwritten by KPIC"),
    ],
)
def test_words_of_an_employers_own_money_are_never_eligible(words: str) -> None:
    assert outcome(front("PPO Plan - Colorado"), (words, *BROAD[1:])) != "eligible"


@pytest.mark.parametrize(
    "words",
    [
        *("No Cigna PPO Network access.", "Cigna PPO Network: No", "Cigna PPO Network: N/A"),
        "Except Cigna PPO Network",
        *("Cigna PPO Network does not apply", "Not a Cigna PPO Network plan.", "without Cigna PPO Network"),
        *("The Cigna PPO Network isn’t available to this member", "Cigna PPO Network providers are not covered"),
        *("Cigna PPO Network no longer available", "Not elgible for Cigna PPO Network", "not in Cigna PPO Network"),
        *("This HMO has no access to Cigna PPO Network", "Cigna PPO Network benefits have been terminated"),
        "No access to Cigna PPO Network providers outside of Kaiser Permanente states",
        "Members do not have Cigna PPO Network access",
    ],
)
def test_a_network_named_only_to_deny_it_is_never_eligible(words: str) -> None:
    back = ("Outside of Kaiser Permanente states emergency and urgent care only.", words, "kp.org 1-800-464-4000")
    assert outcome(front("HMO Plan"), back) != "eligible"


@pytest.mark.parametrize(
    "lines",
    [
        ("KAISER ALUMINUM & CHEMICAL", "PPO Colorado"),
        ("Kaiser Steel Retirees", "HMO"),
        ("Group: Kaiser Permanente", "PPO", "Northern California"),
        ("Employees of Kaiser Permanente", "PPO", "Northern California"),
        ("UFCW Benefit Fund", "PPO Colorado", "Kaiser Permanente members call kp.org"),
        ("Student Health Insurance Plan", "PPO Colorado", "Kaiser Permanente"),
        ("Community Health Options", "PPO", "Kaiser Permanente Georgia"),
    ],
)
def test_a_partners_card_with_the_name_on_it_is_never_eligible(lines: tuple[str, ...]) -> None:
    assert outcome((*lines, *MEMBER), PARTNER) != "eligible"


@pytest.mark.parametrize(
    "line",
    [
        *("Explanation of Benefits", "This is not a bill", "COBRA CONTINUATION COVERAGE", "Dear Jane Sample", "VOID"),
        *("Your coverage has ended", "Termination date 12/31/2024", "SAMPLE - NOT A VALID CARD", "Dental PPO Plan"),
        *("Pharmacy Discount Card", "Your card is enclosed", "MEMBER CLAIM FORM", "PATIENT REGISTRATION"),
        *("Primary insurance: see below", "INVOICE", "Eligibility Response", "Coverage Period: 2026"),
        "Monthly premium $9",
        *("Provider Details for an HMO Member", "Sign-On or Register to access KP Online Affiliate"),
    ],
)
def test_a_paper_about_the_plan_is_not_a_card(line: str) -> None:
    assert outcome((line, *front("HMO")), LIMITED) != "eligible"


@pytest.mark.parametrize(
    "words",
    [
        *("Point of service maximum $50", "Payment due at point of service", "POS terminal accepted", "Pharmacy POS"),
        *("Rx claims at POS", "Coinsurance at point of service 20%", "Choice POS II"),
    ],
)
def test_a_point_of_service_that_is_a_place_is_no_plan(words: str) -> None:
    assert outcome((*CIGNA, words), CIGNA_BACK) != "eligible"


@pytest.mark.parametrize("product", ["OAP", "Open Access Plus", "LocalPlus", "SureFit", "Choice Fund", "Indemnity"])
def test_another_cigna_product_beside_pos_is_a_contradiction(product: str) -> None:
    assert outcome((*CIGNA, f"{product} POS"), CIGNA_BACK) != "eligible"


@pytest.mark.parametrize("lines", [("POS Open Access",), ("Point of Service (POS)", "Referral required: yes")])
def test_cignas_own_pos_cards_stay_eligible(lines: tuple[str, ...]) -> None:
    assert outcome((*CIGNA, *lines), CIGNA_BACK) == "eligible"


@pytest.mark.parametrize(
    ("front", "back"),
    [
        (front("Travel Card"), BROAD),
        (front("HMO"), BROAD),
        (front("HMO - Colorado"), ("Tier 2 and Tier 3 are underwritten by KPIC.", *BROAD[1:])),
        (front("PPO Plan - Colorado"), LIMITED),
        (front("POS 3-Tier - Colorado"), LIMITED),
        (("Cigna", "Point of Service (POS)", *MEMBER[:1]), LIMITED),
        (("Cigna", "Point of Service (POS)", "Kaiser Permanente", *MEMBER[:1]), CIGNA_BACK),
    ],
)
def test_the_front_of_one_card_with_the_back_of_another_is_never_eligible(
    front: tuple[str, ...], back: tuple[str, ...]
) -> None:
    assert outcome(front, back) != "eligible"


@pytest.mark.parametrize(
    "words", ["Thls plon docs nof inclvde the Cigna PPO Network.", "nat cavered: Cigna PPO Network"]
)
def test_a_misread_denial_is_not_taken_for_the_networks_name(words: str) -> None:
    back = ("Kaiser Permanente kp.org", words, "Emergency and urgent care only outside of Kaiser Permanente states.")
    assert outcome(front("HMO"), back) != "eligible"
