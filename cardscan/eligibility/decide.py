"""The decision: what the documents allow for a card and a visit, where to turn, and why. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

from cardscan.eligibility.facts import parse_question, parse_state
from cardscan.eligibility.judge import Verdict, judge
from cardscan.eligibility.rules import Rules, Snapshot
from cardscan.eligibility.schema import (
    APPEALS_BY_REGION,
    APPEALS_PPO_POS3,
    APPEALS_REGION_UNKNOWN,
    APPEALS_SELF_FUNDED,
    CLAIMS,
    KP_STATES,
    PLAN,
    RuleKey,
)
from cardscan.eligibility.states import NAMES
from cardscan.eligibility.wording import Case, reasons_for
from cardscan.records import Appeals, CardFacts, Care, Decision, NetworkUse, Precertification, Visit, VisitFact

_CARE: tuple[Care, ...] = ("emergency", "urgent", "routine")
_NETWORK: tuple[NetworkUse, ...] = ("in", "out")


def decide(card: CardFacts, visit: Visit, *, as_of: dt.date, rules: Rules) -> Decision:
    """The decision on a card and a visit.

    Args:
        as_of: The day that counts as today; it stands for a date of service that was not given.

    Raises:
        InvalidState: The visit's state is not a state, DC or a territory.
    """
    state = parse_state(visit.state)
    day = visit.date or as_of
    now = rules.on(day)
    verdict = judge(card, state, visit.care, visit.network, now)
    missing = _missing(card, state, visit.date is not None, visit.care, visit.network, now, rules)
    case = Case(card, state, day, now)
    appeals = _appeals_rule(card, verdict)
    terms = verdict.terms
    return Decision(
        outcome=verdict.outcome,
        covered_services=terms.covered_services if terms else None,
        collect_cost_share=terms.collect_cost_share if terms else None,
        claims=now.value(CLAIMS[terms.family]) if terms and terms.family in CLAIMS else None,
        appeals=now.value(appeals) if appeals else None,
        referral_required=terms.referral_required if terms else None,
        precertification=(
            None if verdict.outcome == "not_eligible" else Precertification(phone=now.value(case.number_to_call))
        ),
        missing=missing,
        reasons=reasons_for(verdict, case, appeals, missing),
    )


def whom_to_call(card: CardFacts, *, day: dt.date, rules: Rules) -> Precertification:
    """The number to call about a card on a day, whatever is decided: Kaiser Permanente's where it can be theirs."""
    now = rules.on(day)
    return Precertification(phone=now.value(Case(card, None, day, now).number_to_call))


def explain(question: object, *, as_of: dt.date, rules: Rules) -> Decision | list[Decision]:
    """The decision on a question in plain JSON or, for a list of questions, the decisions in the same order.

    Raises:
        UsageError: A fact cannot be understood; see `cardscan.eligibility.facts.parse_question`.
    """
    if isinstance(question, list):
        return [decide(*parse_question(one), as_of=as_of, rules=rules) for one in question]
    return decide(*parse_question(question), as_of=as_of, rules=rules)


def _appeals_rule(card: CardFacts, verdict: Verdict) -> RuleKey[Appeals] | None:
    if verdict.outcome == "call" and any(finding.code == "self-funded" for finding in verdict.findings):
        return APPEALS_SELF_FUNDED
    if verdict.terms is None or verdict.terms.family == "cigna-pos":
        return None
    if card.funding == "self-funded":
        return APPEALS_SELF_FUNDED
    if verdict.terms.family == "ppo-pos3":
        return APPEALS_PPO_POS3
    return APPEALS_BY_REGION.get(card.region, APPEALS_REGION_UNKNOWN) if card.region else APPEALS_REGION_UNKNOWN


@lru_cache(maxsize=1 << 16)
def _missing(
    card: CardFacts,
    state: str | None,
    date_given: bool,
    care: Care | None,
    network: NetworkUse | None,
    now: Snapshot,
    rules: Rules,
) -> tuple[VisitFact, ...]:
    """Facts of the visit that were not given and with which the answer would be another: found by trying them."""
    answer = judge(card, state, care, network, now).answer
    tries: dict[VisitFact, Iterator[Verdict]] = {}
    if state is None:
        tries["state"] = (judge(card, place, care, network, now) for place in state_classes(now))
    if not date_given:
        tries["date"] = (judge(card, state, care, network, other) for other in _other_days(rules))
    if care is None:
        tries["care"] = (judge(card, state, kind, network, now) for kind in _CARE)
    if network is None:
        tries["network"] = (judge(card, state, care, use, now) for use in _NETWORK)
    return tuple(fact for fact, verdicts in tries.items() if any(verdict.answer != answer for verdict in verdicts))


def state_classes(now: Snapshot) -> tuple[str, ...]:
    """One state of each kind: within Kaiser Permanente states, and outside of them."""
    inside = now.value(KP_STATES)
    outside = next((code for code in NAMES if code not in inside), None)
    return (inside[0], outside) if outside else (inside[0],)


def _other_days(rules: Rules) -> Iterator[Snapshot]:
    """The rules on each plan's first day and the day before, and so for each end."""
    for key in PLAN.values():
        for entry in rules[key.id].entries:
            days = [entry.start] + ([entry.ended] if entry.ended else [])
            for day in days:
                yield rules.on(day)
            if entry.start > dt.date.min:
                yield rules.on(entry.start - dt.timedelta(days=1))
            if entry.ended and entry.ended < dt.date.max:
                yield rules.on(entry.ended + dt.timedelta(days=1))
