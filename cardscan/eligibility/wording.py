"""Reasons in words: sentences that a person at a desk can act on, each with its rule, dated entry and reference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cardscan.eligibility.judge import Finding, Verdict
from cardscan.eligibility.rules import Entry, NotInForce, Snapshot
from cardscan.eligibility.schema import (
    CIGNA_CLAIMS,
    CIGNA_PHONE,
    CIGNA_PLANS,
    CIGNA_PRECERTIFICATION,
    CLAIMS,
    EXCLUSION,
    EXISTING_PROCESSES,
    ISSUERS,
    KP_PHONE,
    KP_STATES,
    NETWORK,
    PLAN,
    SELF_FUNDED,
    TRAVEL_CARD_PLANS,
    PlanTerms,
    RuleKey,
)
from cardscan.eligibility.states import NAMES
from cardscan.records import Appeals, CardFacts, Plan, Reason, VisitFact

_COVERED = {
    "emergency-and-urgent": "Covered in the Cigna PPO Network: emergency and urgent care only.",
    "most-covered-services": "Covered in the Cigna PPO Network: most covered services, inpatient and outpatient, "
    "emergency and urgent care included. Check eligibility and benefits to determine which.",
    "plan-terms": "Covered are the services of the patient's plan: care is coordinated by the primary care physician "
    "(PCP), with in-network and out-of-network coverage.",
}
_COST_SHARE = {
    "no": "Collect no cost share from the patient up front: nothing is due until Cigna has priced the claim and Kaiser "
    "Permanente has paid it.",
    "after-eligibility-determined": "Collect the applicable cost share up front only once eligibility and benefits are "
    "determined.",
    "with-estimate": "Do not collect coinsurance or deductible at the time of service unless you have an estimate from "
    "the Cigna Cost of Care Estimator, and give the patient a copy of the Explanation of Estimate.",
}
_ASSUMED: dict[VisitFact, str] = {
    "state": "the service is outside of Kaiser Permanente states",
    "date": "the service is today",
    "care": "the care is of a kind that the plan covers in the network",
    "network": "the provider is in the Cigna PPO Network",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What the sentences speak of: a card, and a visit whose day is settled."""

    card: CardFacts
    state: str | None
    day: dt.date
    now: Snapshot

    def reason(self, code: str, text: str, key: RuleKey[Any]) -> Reason:
        return _reason(code, text, self.now.entry(key))

    @property
    def number_to_call(self) -> RuleKey[str]:
        """The rule with the telephone number: Kaiser Permanente's wherever the card can be theirs."""
        theirs = self.card.issuer == "kaiser-permanente"
        may_be = self.card.issuer is None and self.card.plan not in CIGNA_PLANS
        return KP_PHONE if theirs or may_be else CIGNA_PHONE


def reasons_for(
    verdict: Verdict, case: Case, appeals: RuleKey[Appeals] | None, missing: tuple[VisitFact, ...]
) -> tuple[Reason, ...]:
    """All reasons of a decision, the most important first.

    Args:
        appeals: The rule that gave the route for appeals, where there is one.
        missing: Facts of the visit that were assumed.
    """
    if verdict.terms is not None:
        return _eligible(verdict.plans, verdict.terms, case, appeals, missing)
    reasons = [_SENTENCES[finding.code](finding, case) for finding in verdict.findings]
    if verdict.outcome == "not_eligible" and case.card.issuer in (None, "kaiser-permanente"):
        reasons.append(case.reason("existing-processes", case.now.value(EXISTING_PROCESSES), EXISTING_PROCESSES))
    return tuple(reasons)


def _reason(code: str, text: str, entry: Entry[Any]) -> Reason:
    return Reason(code=code, text=text, rule=entry.rule, in_force_from=entry.in_force_from, reference=entry.reference)


def _eligible(
    plans: tuple[Plan, ...],
    terms: PlanTerms,
    case: Case,
    appeals: RuleKey[Appeals] | None,
    missing: tuple[VisitFact, ...],
) -> tuple[Reason, ...]:
    plan = max((PLAN[plan] for plan in plans), key=lambda key: case.now.entry(key).start)
    cigna = terms.family == "cigna-pos"
    reasons = [
        case.reason("access", _access(plans), plan),
        case.reason("covered-services", _COVERED[terms.covered_services], plan),
        case.reason("cost-share", _COST_SHARE[terms.collect_cost_share], plan),
    ]
    if cigna:
        reasons += [
            case.reason("referral", _referral(terms), plan),
            case.reason("claims", case.now.value(CIGNA_CLAIMS), CIGNA_CLAIMS),
            case.reason("precertification", case.now.value(CIGNA_PRECERTIFICATION), CIGNA_PRECERTIFICATION),
        ]
    else:
        reasons += _routes(terms, case, appeals)
    if missing:
        assumed = "; ".join(_ASSUMED[fact] for fact in missing)
        text = f"Not given, and the answer may change with it: {', '.join(missing)}. It was assumed that {assumed}."
        reasons.append(Reason(code="assumptions", text=text))
    number = case.number_to_call
    call = f"Verify eligibility and benefits at {case.now.value(number)}."
    reasons.append(case.reason("no-guarantee", f"A card is no guarantee of coverage. {call}", number))
    return tuple(reasons)


def _access(plans: tuple[Plan, ...]) -> str:
    if plans[0] in CIGNA_PLANS:
        return f"The card is a {plans[0]} card: its plan decides, whatever the state, date or network."
    if len(plans) == 1:
        taking_part = "participating " if plans[0] == "EPO" else ""
        return (
            f"{_sentence_case(f'{taking_part}{plans[0]}')} members of Kaiser Permanente have access to the Cigna PPO "
            "Network outside of its states."
        )
    return (
        f"The card does not name its plan; it can be {_or(plans)}, and members of each of them have access to the "
        "Cigna PPO Network outside of Kaiser Permanente states."
    )


def _referral(terms: PlanTerms) -> str:
    if terms.referral_required:
        return (
            "A referral from the PCP is required for coverage at the in-network benefit level; without it there is "
            "out-of-network coverage."
        )
    return "Patients of this plan may visit specialists without a referral."


def _routes(terms: PlanTerms, case: Case, appeals: RuleKey[Appeals] | None) -> list[Reason]:
    reasons = []
    if terms.family in CLAIMS:
        key = CLAIMS[terms.family]
        claims = case.now.value(key)
        text = f"Send claims to {claims.name}, {', '.join(claims.address)}, payer ID {claims.payer_id}."
        reasons.append(case.reason("claims", text, key))
    if appeals is not None:
        route = case.now.value(appeals)
        text = route.instruction or "Send appeals and payment disputes to the address given under appeals."
        reasons.append(case.reason("appeals", text, appeals))
    return reasons


# --- what is against, and what is open -------------------------------------------------------------------------------


def _exclusion(finding: Finding, case: Case) -> Reason:
    key = next(key for key in EXCLUSION.values() if key.id == finding.rule)
    text = f"The Cigna PPO Network is not available to {case.now.value(key).who.rstrip('.')}."
    return case.reason(finding.code, text, key)


def _other_issuer(finding: Finding, case: Case) -> Reason:
    text = (
        "The card is neither Kaiser Permanente's nor a Cigna POS card: it gives no access by these rules. Ask the "
        "issuer that the card names."
    )
    return case.reason(finding.code, text, ISSUERS)


def _cigna_not_pos(finding: Finding, case: Case) -> Reason:
    text = (
        "The card is Cigna's, but not shown to be a Cigna POS card: these rules give it no access. Ask Cigna customer "
        f"service at {case.now.value(CIGNA_PHONE)}."
    )
    return case.reason(finding.code, text, PLAN["Cigna POS"])


def _state(finding: Finding, case: Case) -> Reason:
    place = NAMES[case.state] if case.state else "the place of service"
    text = (
        f"The service is in a Kaiser Permanente state ({place}): the Cigna PPO Network is only for care outside of "
        "Kaiser Permanente states, so the Cigna route is not the one to take."
    )
    return case.reason(finding.code, text, KP_STATES)


def _network(finding: Finding, case: Case) -> Reason:
    return case.reason(finding.code, "The provider is not in the Cigna PPO Network.", NETWORK)


def _before_start(finding: Finding, case: Case) -> Reason:
    entry = min((_nearest(plan, case) for plan in finding.plans), key=lambda entry: entry.start)
    whose = "the first day on which" if len(finding.plans) == 1 else "and no day before that is one on which"
    text = (
        f"The date of service, {case.day}, is before {entry.start}, {whose} {_or(finding.plans)} members have access "
        "to the Cigna PPO Network."
    )
    return _reason(finding.code, text, entry)


def _after_end(finding: Finding, case: Case) -> Reason:
    entry = max((_nearest(plan, case) for plan in finding.plans), key=lambda entry: entry.ended or dt.date.max)
    text = (
        f"The date of service, {case.day}, is after {entry.ended}, the last day on which {_or(finding.plans)} members "
        "had this access."
    )
    return _reason(finding.code, text, entry)


def _care(finding: Finding, case: Case) -> Reason:
    key = PLAN[finding.plans[0]]
    covered = " and ".join(case.now.value(key).care)
    text = f"For {_or(finding.plans)} members the Cigna PPO Network gives access to {covered} care only."
    return case.reason(finding.code, text, key)


def _plan_unknown(finding: Finding, case: Case) -> Reason:
    text = (
        f"The card does not show which plan it is; it can be {_or(finding.plans)}, and their answers differ. Call "
        f"{case.now.value(KP_PHONE)} to verify eligibility and benefits."
    )
    key = TRAVEL_CARD_PLANS if finding.rule == TRAVEL_CARD_PLANS.id else PLAN["PPO"]
    return case.reason(finding.code, text, key)


def _conflict(finding: Finding, case: Case) -> Reason:
    text = (
        "The card is Kaiser Permanente's, but the plan is one of Cigna's own: the facts contradict each other. Call "
        f"{case.now.value(KP_PHONE)} to verify eligibility and benefits."
    )
    return case.reason(finding.code, text, ISSUERS)


def _issuer_unknown(finding: Finding, case: Case) -> Reason:
    number = case.now.value(case.number_to_call)
    text = f"It is not known who issued the card. Call {number} to verify eligibility and benefits."
    return case.reason(finding.code, text, ISSUERS)


def _self_funded(finding: Finding, case: Case) -> Reason:
    text = (
        "The plan is self-funded, and the documents leave open whether its members have access to the Cigna PPO "
        f"Network. Call {case.now.value(KP_PHONE)} to verify eligibility and benefits."
    )
    return case.reason(finding.code, text, SELF_FUNDED)


def _nearest(plan: Plan, case: Case) -> Entry[PlanTerms]:
    found = case.now.at(PLAN[plan])
    return found.nearest if isinstance(found, NotInForce) else found


def _sentence_case(text: str) -> str:
    return text[0].upper() + text[1:]


def _or(plans: tuple[Plan, ...]) -> str:
    return plans[0] if len(plans) == 1 else f"{', '.join(plans[:-1])} or {plans[-1]}"


_SENTENCES: dict[str, Callable[[Finding, Case], Reason]] = {
    **dict.fromkeys(EXCLUSION, _exclusion),
    "other-issuer": _other_issuer,
    "cigna-not-pos": _cigna_not_pos,
    "kaiser-permanente-state": _state,
    "out-of-network": _network,
    "before-start": _before_start,
    "after-end": _after_end,
    "care-not-covered": _care,
    "plan-unknown": _plan_unknown,
    "facts-in-conflict": _conflict,
    "issuer-unknown": _issuer_unknown,
    "self-funded": _self_funded,
}
