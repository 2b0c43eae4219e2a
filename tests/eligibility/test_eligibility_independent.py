"""The engine against a second reading of the documents, written without sight of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import independent_reading as reading
import pytest

from cardscan.eligibility import explain, load_rules
from cardscan.records import Appeals, Decision

RULES = load_rules()
TODAY = dt.date(2026, 11, 22)


def _settled(question: dict[str, Any], decision: Decision) -> bool:
    """Cases that the two readings settle differently; the engine follows the contract to the letter."""
    card = question["card"]
    if card.get("issuer") != "cigna":
        return False
    if card.get("plan") is None:  # "Cigna's own non-POS plans": a card that does not show POS is not shown to be POS
        return decision.outcome == "not_eligible"
    # Washington is a region of Kaiser Permanente: it says nothing about a Cigna POS card
    return card.get("region") == "WA" and decision.outcome == "eligible"


def _route(appeals: Appeals | None) -> Any:
    if appeals is None:
        return None
    if not appeals.addresses:
        instruction = appeals.instruction or ""
        return reading.DENIAL_NOTICE if reading.DENIAL_NOTICE in instruction else None
    return [
        f"{address.lines[0]} | {next(line for line in address.lines if 'Box' in line or 'Avenue' in line)}"
        for address in appeals.addresses
    ]


@pytest.mark.parametrize("seed", range(4))
def test_both_readings_agree(seed: int) -> None:
    for question in reading.questions(seed, 2000):
        decision = explain(question, as_of=TODAY, rules=RULES)
        assert isinstance(decision, Decision)
        if _settled(question, decision):
            continue
        expected = reading.expected(question, TODAY)
        assert decision.outcome in expected["outcome_set"], question
        found = {
            "covered_services": decision.covered_services,
            "collect_cost_share": decision.collect_cost_share,
            "claims": decision.claims is not None,
            "appeals": _route(decision.appeals),
            "referral_required": decision.referral_required,
            "precertification": decision.precertification and decision.precertification.phone.removeprefix("1-"),
        }
        for field, value in found.items():
            assert value in expected["by_outcome"][decision.outcome][field], (field, question)
