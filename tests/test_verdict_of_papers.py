"""What is decided of a letter that speaks of a card, and of a plan that stands on one side alone."""

from __future__ import annotations

from dataclasses import replace

from test_verdict import BOTH, BOX, CIGNA, GOOD, _decision

from cardscan.classify.finds import Find
from cardscan.classify.phrases import Meaning

LETTER = Find(Meaning("a letter, not a card", "card", "form", 3.0), "Dear M", 1.0, 3.0, 0, 0, BOX)


def test_a_letter_without_a_members_number_is_no_card_and_says_so() -> None:
    for attributes in (GOOD, CIGNA):
        decision = _decision(replace(attributes, denied=LETTER), replace(BOTH, member=False))
        assert (decision.outcome, decision.next_capture) == ("retake", "same_side_again")
        assert decision.reasons[0].code == "no-card"
        assert "This is a letter, not a card: “Dear M”." in decision.reasons[0].text


def test_a_letter_about_a_member_is_a_call() -> None:
    decision = _decision(replace(GOOD, denied=LETTER), BOTH)
    assert (decision.outcome, decision.reasons[0].code) == ("call", "network-denied")


def test_a_plan_that_the_members_side_does_not_show_is_a_call() -> None:
    decision = _decision(GOOD, replace(BOTH, titled=False))
    assert (decision.outcome, decision.reasons[0].code) == ("call", "plan-doubtful")
    assert _decision(GOOD, BOTH).outcome == "eligible"
