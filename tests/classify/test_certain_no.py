"""A "no" rests on something certain, whatever else is open; what is only inferred asks for more first."""

from __future__ import annotations

import datetime as dt

import pytest
from classify.test_adversarial import BROAD, CIGNA, CIGNA_BACK, KPIC, LIMITED, VISIT, decision, front, outcome

ROUTINE = VISIT.model_copy(update={"care": "routine"})
EARLY = VISIT.model_copy(update={"date": dt.date(2022, 12, 31)})
POS = front("Point-of-Service (POS) Plan - Southern California", "Copays: Office $20 ER/Urgent $100")
DIGITAL = front("Your digital membership card", "Region: Southern California")
NORTHWEST = ("Kaiser Foundation Health Plan of the Northwest", *LIMITED)


def test_a_copay_for_urgent_care_is_no_limit_to_urgent_care() -> None:
    assert decision(POS, visit=ROUTINE).reasons[0].code == "no-network-evidence"
    assert decision(POS, BROAD, visit=ROUTINE).outcome == "eligible"


def test_tiers_that_follow_from_terms_alone_take_nothing_away_while_a_side_is_unseen() -> None:
    worded = (*POS, "Emergency and urgent care when you travel")
    asked = decision(worded, visit=ROUTINE)
    assert (asked.outcome, asked.next_capture, asked.reasons[0].code) == ("retake", "back", "plan-unknown")
    assert decision(worded, LIMITED, visit=ROUTINE).outcome == "not_eligible"
    assert decision(front("POS 2-Tier Plan"), visit=ROUTINE).outcome == "not_eligible"


@pytest.mark.parametrize(("plan", "visit"), [("HMO Plan", ROUTINE), ("PPO Plan - Colorado", EARLY)])
def test_a_plan_line_that_can_hardly_be_read_takes_nothing_away(plan: str, visit: object) -> None:
    sides = (front(plan), (KPIC, *LIMITED) if "HMO" in plan else BROAD)
    assert decision(*sides, visit=visit, certainty=0.45).reasons[0].code == "unreadable"  # type: ignore[arg-type]
    assert decision(*sides, visit=visit).outcome == "not_eligible"  # type: ignore[arg-type]


@pytest.mark.parametrize("excluded", ["Medicare Advantage", "Medi-Cal"])
def test_an_exclusion_beats_a_contradiction_on_a_card_of_cigna_too(excluded: str) -> None:
    assert outcome((*CIGNA, "HMO POS"), CIGNA_BACK) == "call"
    assert outcome((*CIGNA, "HMO POS", excluded), CIGNA_BACK) == "not_eligible"


def test_a_call_about_a_card_of_cigna_goes_to_cigna() -> None:
    about = decision((*CIGNA, "HMO POS"), CIGNA_BACK)
    assert about.outcome == "call"
    assert about.precertification is not None
    assert about.precertification.phone == "1-800-882-4462"


def test_a_northwest_plan_that_says_two_tiers_is_not_excluded_for_its_name() -> None:
    assert outcome(front("Added Choice POS 3-Tier - Northwest"), NORTHWEST) == "not_eligible"
    assert outcome(front("Added Choice - Northwest"), NORTHWEST) == "not_eligible"
    assert outcome(front("Added Choice POS 2-Tier - Northwest"), NORTHWEST) == "call"  # it is sold there with three
    assert outcome(front("POS 2-Tier - Northwest"), NORTHWEST) == "eligible"


DIM = (
    "Underwrmen by Karser Permanente Insurance Company (KPIC. a subudiary of Kaiser",
    "Foundation Heath Plan. Inc Cokorade PPO",
    "Particpating prowviders: PHCS Nerwork for KPIC in Kaiser Permanente statec Cigna Healthcare",
    "PPO Network in noa-Kaiser Permaneote state",
    "Cigna PPO Network providers: for elgibikry. benchts and preceruifcataoncall 888-831-0761",
    "Send claums to: Cigna Medical Claims, PO. Box 188061. Chastanooga. TN 37422-8061. Payer ID 62308.",
    "comrazed av pant of the Chena PPO kor Shared.Adminetraton. This card is ke adenuifcaton tush",
)


def test_a_side_of_words_that_are_none_is_asked_for_again() -> None:
    card = front("Flexible Choice (POS 3-Tier) - Mid-Atlantic States")
    asked = decision(card, DIM, certainty=0.9)
    assert (asked.outcome, asked.reasons[0].code) == ("retake", "print-unclear")
    assert decision(card, BROAD, certainty=0.9).outcome == "eligible"
    spanish = "Para ayuda en español llame al número que figura abajo; los servicios de intérprete son gratuitos."
    assert (
        decision(
            card, (*BROAD, spanish, "Guarde esta tarjeta y muéstrela cada vez que reciba atención médica.")
        ).outcome
        == "eligible"
    )


def test_plans_of_one_family_that_have_the_same_need_not_be_told_apart() -> None:
    both = decision(DIGITAL, LIMITED)
    assert (both.outcome, both.covered_services) == ("eligible", "emergency-and-urgent")
    assert "HMO, EPO or POS 2-Tier" in both.reasons[0].text
    assert decision(DIGITAL, LIMITED, visit=ROUTINE).outcome == "not_eligible"
    alone = decision(LIMITED)
    assert (alone.outcome, alone.next_capture) == ("retake", "front")
