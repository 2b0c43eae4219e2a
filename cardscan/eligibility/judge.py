"""The judgement: what speaks against a card and a visit, what is open, and which plans the card can be.

A fact of the card that is not known is weighed by all the values it can have; a fact of the visit that was not given
speaks against nothing. Something certain against a card decides before anything open, and that before `eligible`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from cardscan.eligibility.rules import NotInForce, Snapshot
from cardscan.eligibility.schema import (
    CIGNA_PLANS,
    EXCLUSION,
    ISSUERS,
    KP_PLANS,
    KP_STATES,
    NETWORK,
    PLAN,
    SELF_FUNDED,
    TRAVEL_CARD_PLANS,
    PlanTerms,
)
from cardscan.records import CardFacts, Care, NetworkUse, Plan


class Finding(NamedTuple):
    """Something that speaks against, or that is open.

    Attributes:
        code: Stable name, also the code of the reason.
        rule: Id of the rule that it comes from.
        plans: The plans that it concerns; empty: whatever the plan.
    """

    code: str
    rule: str
    plans: tuple[Plan, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement before it is put into words.

    Attributes:
        findings: What is against (`not_eligible`) or open (`call`); empty for `eligible`.
        plans: With `eligible`: the plan, or the plans that the card can be, which all give the same.
        terms: With `eligible`: what those plans give.
    """

    outcome: Literal["eligible", "not_eligible", "call"]
    findings: tuple[Finding, ...] = ()
    plans: tuple[Plan, ...] = ()
    terms: PlanTerms | None = None

    @property
    def answer(self) -> tuple[str, str | None, str | None]:
        """What a person at a desk does by it: the outcome, the covered services and the cost share."""
        if self.terms is None:
            return self.outcome, None, None
        return self.outcome, self.terms.covered_services, self.terms.collect_cost_share


@lru_cache(maxsize=1 << 16)
def judge(card: CardFacts, state: str | None, care: Care | None, network: NetworkUse | None, now: Snapshot) -> Verdict:
    """The verdict on a card and a visit, by the rules as they are on the day of the visit.

    Args:
        state: Two-letter code of the place of service; None: not given.
    """
    if card.issuer is None:
        return _unknown_issuer(card, state, care, network, now)
    if card.issuer == "other" or card.issuer not in now.value(ISSUERS):
        return Verdict("not_eligible", (Finding("other-issuer", ISSUERS.id), *_card_exclusion(card)))
    if card.issuer == "cigna":
        return _cigna(card, care, now)
    return _kaiser_permanente(card, state, care, network, now)


def possible_plans(card: CardFacts, now: Snapshot) -> tuple[Plan, ...]:
    """The Kaiser Permanente plans that a card can be: its own, or all that its kind and its terms allow."""
    if card.plan in KP_PLANS:
        return (card.plan,)
    if card.plan is not None:
        return KP_PLANS
    by_kind = now.value(TRAVEL_CARD_PLANS) if card.kind == "travel" else KP_PLANS
    by_terms = tuple(plan for plan in by_kind if now.value(PLAN[plan]).family == card.family)
    return by_terms or by_kind


def _cigna(card: CardFacts, care: Care | None, now: Snapshot) -> Verdict:
    against = list(_card_exclusion(card))
    if card.plan not in CIGNA_PLANS:
        against.insert(0, Finding("cigna-not-pos", PLAN["Cigna POS"].id))
        return Verdict("not_eligible", tuple(against))
    against += _against_plan(card.plan, care, now)
    if against:
        return Verdict("not_eligible", tuple(against))
    return Verdict("eligible", (), (card.plan,), now.value(PLAN[card.plan]))


def _kaiser_permanente(
    card: CardFacts, state: str | None, care: Care | None, network: NetworkUse | None, now: Snapshot
) -> Verdict:
    conflict = card.plan in CIGNA_PLANS
    plans = possible_plans(card, now)
    always = [*_card_exclusion(card), *_against_visit(state, network, now)]
    against = {plan: [*always, *_region_exclusion(card, plan, now), *_against_plan(plan, care, now)] for plan in plans}
    common = _common(against)
    if common or (all(against.values()) and not conflict):
        return Verdict("not_eligible", tuple(common or _distinct([f for found in against.values() for f in found])))
    open_ = []
    if conflict:
        open_.append(Finding("facts-in-conflict", ISSUERS.id))
    elif any(against.values()) or not _agree(plans, now):
        open_.append(Finding("plan-unknown", TRAVEL_CARD_PLANS.id if card.kind == "travel" else PLAN["PPO"].id, plans))
    if card.funding == "self-funded" and now.value(SELF_FUNDED) == "call":
        open_.append(Finding("self-funded", SELF_FUNDED.id))
    if open_:
        return Verdict("call", tuple(open_))
    return Verdict("eligible", (), plans, now.value(PLAN[plans[0]]))


def _unknown_issuer(
    card: CardFacts, state: str | None, care: Care | None, network: NetworkUse | None, now: Snapshot
) -> Verdict:
    """Only what holds for every issuer that the card can have decides; the rest is a case for the telephone."""
    if card.plan in KP_PLANS:
        as_theirs = _kaiser_permanente(card, state, care, network, now)
        if as_theirs.outcome == "not_eligible":
            return as_theirs
        return Verdict("call", (Finding("issuer-unknown", ISSUERS.id),))
    against = list(_card_exclusion(card))
    if card.plan is None:  # regions are Kaiser Permanente's: one that is excluded with all its plans is an exclusion
        region = {plan: _region_exclusion(card, plan, now) for plan in possible_plans(card, now)}
        against += _common(region)
    if against:
        return Verdict("not_eligible", tuple(_distinct(against)))
    return Verdict("call", (Finding("issuer-unknown", ISSUERS.id),))


def _card_exclusion(card: CardFacts) -> list[Finding]:
    return [Finding(card.exclusion, EXCLUSION[card.exclusion].id)] if card.exclusion else []


def _region_exclusion(card: CardFacts, plan: Plan, now: Snapshot) -> list[Finding]:
    """Exclusions that follow from the region and the plan, whether or not the card says so itself."""
    if card.region is None:
        return []
    return [
        Finding(name, key.id)
        for name, key in EXCLUSION.items()
        if name != card.exclusion and (terms := now.value(key)).region == card.region and plan in terms.plans
    ]


def _against_visit(state: str | None, network: NetworkUse | None, now: Snapshot) -> list[Finding]:
    against = []
    if state is not None and state in now.value(KP_STATES):
        against.append(Finding("kaiser-permanente-state", KP_STATES.id))
    if network is not None and network not in now.value(NETWORK):
        against.append(Finding("out-of-network", NETWORK.id))
    return against


def _against_plan(plan: Plan, care: Care | None, now: Snapshot) -> list[Finding]:
    key = PLAN[plan]
    found = now.at(key)
    against = []
    if isinstance(found, NotInForce):
        against.append(Finding("before-start" if found.why == "not-yet" else "after-end", key.id, (plan,)))
    if care is not None and care not in now.value(key).care:
        against.append(Finding("care-not-covered", key.id, (plan,)))
    return against


def _agree(plans: tuple[Plan, ...], now: Snapshot) -> bool:
    first = now.value(PLAN[plans[0]])
    return all(now.value(PLAN[plan]) == first for plan in plans)


def _common(against: dict[Plan, list[Finding]]) -> list[Finding]:
    """Findings whose code stands against every plan, each once and with all the plans that it concerns."""
    everyone = list(against.values())
    common = []
    for finding in everyone[0]:
        same = [next((other for other in found if other.code == finding.code), None) for found in everyone]
        if all(same):
            concerned = tuple(plan for other in same if other for plan in other.plans)
            common.append(finding._replace(plans=concerned))
    return common


def _distinct(findings: list[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))
