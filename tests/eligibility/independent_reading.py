"""What the documents alone say about a card and a visit: a second opinion to hold the rules engine against.

Written from the contract, the portal's pages and the card facts, without sight of the engine. Settled readings:

* The start date, Kaiser-state, network and routine-care rules are about Kaiser Permanente's programme. Cigna's page on
  POS plans names no state, no date, and covers out-of-network care: none of the four speaks against a Cigna POS card.
* An exclusion beats everything on any card, even where plan or region contradict it ("exclusion beats inclusion").
* Washington as the region excludes every plan, known or not; Northwest excludes PPO and POS 3-Tier only.
* A visit before 2022-08-01 comes before every plan's start, so no plan need be known. Start dates are inclusive. The
  travel card's mailing ("late-November") is no start date. No end date is known; a date to come is like any other.
* Region, kind or funding unknown is no fact against a card with a known plan. An EPO is taken as participating.
* Territories lie outside the nine Kaiser states, so they count as covered.
* A physical HMO, EPO or POS 2-Tier card is fine: the home page lists "Physical or Digital" for all members.
* Northern California keeps both dispute addresses whatever the care; the flattened page's first address is read as
  the one for authorized services, its second as the one for emergency services.
* `not_eligible` and `retake` route no claim to Cigna, and name neither covered services nor a cost share to collect.

Open readings, kept as sets of outcomes (`outcome_set`, the likeliest first):

1. Issuer unknown: `call` or `retake`, never `eligible` for a Kaiser plan's name alone. A visit that bars every Kaiser
   card may also give `not_eligible`. A Cigna POS plan names its issuer, so `eligible` is tolerated unless a Kaiser
   region or a travel card contradicts it.
2. Plan unknown, but every plan it could be is barred for reasons of its own (Northwest and routine, say): `call` or
   `not_eligible`.
3. Plan unknown on a travel card: only HMO, EPO and POS 2-Tier are known to have one, so where all three would be
   eligible, `eligible` is tolerated beside `call`.
4. A travel card with PPO or POS 3-Tier: no rule bars it (`eligible`), yet it is a conflict (`call`).
5. Issuer Kaiser Permanente with a Cigna POS plan: a conflict, `call`; barred by the visit: `not_eligible` or `call`.
6. Issuer Cigna with POS 2-Tier or POS 3-Tier, or with a Kaiser plan on a travel card (the portal calls the travel card
   "Cigna-branded"): `not_eligible` or `call`. Issuer Cigna, plan unknown: `call` (with region WA also `not_eligible`).
7. A Cigna POS card with a Kaiser region or kind travel: `eligible`, or `call` for the conflict; with region WA:
   `not_eligible` or `call`.
8. A self-funded Cigna POS card: `call` by the letter of the order; `eligible` tolerated, for the page speaks of plans
   Cigna administers, and the open self-funded case is Kaiser Permanente's.

Open fields (several values in `by_outcome`): what `call` says of services, cost share, claims and appeals; appeals and
the phone on `not_eligible`; appeals of a self-funded PPO or POS 3-Tier plan; the self-funded address beside that of the
region where funding is unknown; the phone of a Cigna POS card (Cigna's page has a general line, none to precertify).
"""

import random
from datetime import date, timedelta
from typing import Any

KAISER_STATES = frozenset({"CA", "CO", "DC", "GA", "HI", "MD", "OR", "VA", "WA"})
STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
    "OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI"
)
TWO_TIER = ("HMO", "EPO", "POS 2-Tier")
THREE_TIER = ("POS 3-Tier", "PPO")
CIGNA_POS = ("Cigna POS", "Cigna POS Open Access")
STARTS = {
    "HMO": date(2022, 8, 1),
    "EPO": date(2022, 8, 1),
    "POS 2-Tier": date(2022, 10, 1),
    "PPO": date(2023, 1, 1),
    "POS 3-Tier": date(2023, 1, 1),
}
KAISER_PHONE = "888-831-0761"
CIGNA_PHONE = "800-882-4462"
DENIAL_NOTICE = "denial notice"
SELF_FUNDED_APPEALS = "Kaiser Permanente Insurance Company | P.O. Box 30547"
APPEALS = {
    "NCAL": [
        "Kaiser Referral Invoice Center (RISC) | 2829 Watt Avenue, Suite #130",
        "Kaiser Foundation Health Plan, Inc. | P.O. Box 23100",
    ],
    "SCAL": ["Kaiser Foundation Health Plan, Inc. | Post Office Box 7006"],
    "CO": ["Kaiser Permanente Colorado – Provider Appeals | PO Box 373150"],
    "GA": ["Kaiser Permanente Georgia – Provider Appeals | PO Box 370010"],
    "HI": ["Kaiser Permanente Hawaii – Provider Appeals | PO Box 378021"],
    "MAS": ["Kaiser Permanente MAS - Provider Appeals | P.O. Box 371860"],
    "NW": ["Kaiser Permanente Northwest – Provider Appeals | PO Box 370050"],
}
FACTS: dict[str, dict[str, tuple[str, ...]]] = {
    "card": {
        "issuer": ("kaiser-permanente", "kaiser-permanente", "kaiser-permanente", "cigna", "other"),
        "kind": ("physical", "travel", "digital"),
        "plan": TWO_TIER + THREE_TIER + CIGNA_POS,
        "region": ("SCAL", "NCAL", "CO", "GA", "HI", "MAS", "NW", "WA"),
        "exclusion": ("washington", "northwest-ppo-pos3", "medicare", "medicaid"),
        "funding": ("insured", "insured", "insured", "self-funded"),
    },
    "visit": {
        "state": tuple(STATES.split()),
        "date": (),
        "care": ("emergency", "urgent", "routine"),
        "network": ("in", "in", "in", "in", "out"),
    },
}


def expected(question: dict[str, Any], today: date) -> dict[str, Any]:
    """Answer one question from the documents.

    Args:
        question: `{"card": {...}, "visit": {...}}` as `POST /v1/decisions` takes it; any fact may be null or absent.
        today: The day that stands in for a visit without a date.

    Returns:
        `outcome` (the likeliest) and `outcome_set` (all that are acceptable); for that outcome `covered_services`,
        `collect_cost_share`, `claims` (whether they go to Cigna Medical Claims), `appeals` (a list of "first line | box
        or street", the word `DENIAL_NOTICE`, or None), `referral_required`, `precertification` (a phone: compare
        digits, or None); and `by_outcome`, which gives for each acceptable outcome the acceptable values of each field.
    """
    card = question.get("card") or {}
    visit = question.get("visit") or {}
    outcomes = _outcomes(card, visit, today)
    by_outcome = {outcome: _consequences(outcome, card) for outcome in outcomes}
    likeliest = {field: values[0] for field, values in by_outcome[outcomes[0]].items()}
    return {"outcome": outcomes[0], "outcome_set": outcomes, **likeliest, "by_outcome": by_outcome}


def _outcomes(card: dict[str, Any], visit: dict[str, Any], today: date) -> list[str]:
    """Return the acceptable outcomes, the likeliest first."""
    issuer, plan, region = card.get("issuer"), card.get("plan"), card.get("region")
    travel, self_funded = card.get("kind") == "travel", card.get("funding") == "self-funded"
    day = date.fromisoformat(visit["date"]) if visit.get("date") else today

    if card.get("exclusion") or issuer == "other":
        return ["not_eligible"]
    if issuer == "cigna":
        return _outcomes_of_cigna(plan, region, travel, self_funded)

    unread = ["retake"] if issuer is None else []
    barred = visit.get("state") in KAISER_STATES or visit.get("network") == "out" or day < min(STARTS.values())

    if plan in CIGNA_POS and issuer is None:
        if region == "WA":
            return ["not_eligible", "call", "retake"]
        if region or travel:
            return ["call", "retake", "not_eligible"] if barred else ["call", "retake"]
        return ["call", "eligible", "retake"]
    if region == "WA" or (region == "NW" and plan in THREE_TIER):
        return ["not_eligible"]
    if barred:
        sure = issuer is not None and plan not in CIGNA_POS
        return ["not_eligible"] if sure else ["not_eligible", "call", *unread]
    if plan in CIGNA_POS:
        return ["call"]

    def barred_for(name: str) -> bool:
        routine = name in TWO_TIER and visit.get("care") == "routine"
        return day < STARTS[name] or routine or (region == "NW" and name in THREE_TIER)

    if plan is None:
        possible = TWO_TIER if travel else TWO_TIER + THREE_TIER
        if all(barred_for(name) for name in possible):
            return ["call", "not_eligible", *unread]
        if travel and issuer and not self_funded and not any(barred_for(name) for name in possible):
            return ["call", "eligible"]
        return ["call", *unread]
    if barred_for(plan):
        return ["not_eligible"] if issuer else ["not_eligible", "call", "retake"]
    if issuer is None or self_funded:
        return ["call", *unread]
    return ["eligible", "call"] if travel and plan in THREE_TIER else ["eligible"]


def _outcomes_of_cigna(plan: str | None, region: str | None, travel: bool, self_funded: bool) -> list[str]:
    """Return the acceptable outcomes of a card of Cigna's own, no exclusion on it."""
    if plan in CIGNA_POS:
        if region == "WA":
            return ["not_eligible", "call"]
        if self_funded:
            return ["call", "eligible"]
        return ["eligible", "call"] if region or travel else ["eligible"]
    if plan is None:
        return ["not_eligible", "call"] if region == "WA" else ["call"]
    return ["not_eligible", "call"] if travel or plan in ("POS 2-Tier", "POS 3-Tier") else ["not_eligible"]


def _consequences(outcome: str, card: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the acceptable values of each field under an outcome, the likeliest first."""
    issuer, plan = card.get("issuer"), card.get("plan")
    if plan in CIGNA_POS:
        services, share = "plan-terms", "with-estimate"
    elif plan in TWO_TIER or (plan is None and card.get("kind") == "travel"):
        services, share = "emergency-and-urgent", "no"
    elif plan in THREE_TIER:
        services, share = "most-covered-services", "after-eligibility-determined"
    else:
        services, share = None, None
    cigna_card = issuer == "cigna" or (issuer is None and plan in CIGNA_POS)
    referral = plan == "Cigna POS" if plan in CIGNA_POS else None
    appeals = [None] if cigna_card or issuer == "other" else _appeals(card, services)

    if outcome == "eligible":
        return {
            "covered_services": [services],
            "collect_cost_share": [share],
            "claims": [not cigna_card],
            "appeals": appeals,
            "referral_required": [referral],
            "precertification": [None, CIGNA_PHONE] if cigna_card else [KAISER_PHONE],
        }
    if outcome == "call":
        return {
            "covered_services": _distinct([None, services]),
            "collect_cost_share": _distinct([None, share]),
            "claims": [False] if cigna_card else [False, True],
            "appeals": _distinct([*appeals, None]),
            "referral_required": _distinct([referral, None]),
            "precertification": _phones_to_call(issuer, cigna_card),
        }
    return {
        "covered_services": [None],
        "collect_cost_share": [None],
        "claims": [False],
        "appeals": _distinct([None, *appeals]) if outcome == "not_eligible" else [None],
        "referral_required": _distinct([None, referral]),
        "precertification": [None, CIGNA_PHONE] if issuer == "cigna" else [None, KAISER_PHONE],
    }


def _appeals(card: dict[str, Any], services: str | None) -> list[Any]:
    """Return the acceptable ways to appeal for a card that is, or may be, Kaiser Permanente's."""
    region, funding = card.get("region"), card.get("funding")
    if services == "most-covered-services":
        return [DENIAL_NOTICE, [SELF_FUNDED_APPEALS], None] if funding == "self-funded" else [DENIAL_NOTICE]
    if funding == "self-funded":
        return [[SELF_FUNDED_APPEALS], None]
    if services != "emergency-and-urgent" or region not in APPEALS:
        return [None]
    if funding is None:
        return [APPEALS[region], [*APPEALS[region], SELF_FUNDED_APPEALS]]
    return [APPEALS[region]]


def _phones_to_call(issuer: str | None, cigna_card: bool) -> list[str | None]:
    """Return the acceptable numbers to call: `call` always has one, save that Cigna's page has none for the purpose."""
    if not cigna_card:
        return [KAISER_PHONE]
    return [CIGNA_PHONE, None] if issuer == "cigna" else [CIGNA_PHONE, KAISER_PHONE, None]


def _distinct(values: list[Any]) -> list[Any]:
    """Return the values without repetition, in order."""
    return [value for place, value in enumerate(values) if value not in values[:place]]


def questions(seed: int, count: int) -> list[dict[str, Any]]:
    """Draw random questions, silly combinations included.

    Args:
        seed: Of the draw; the same seed gives the same questions.
        count: How many questions to draw.

    Returns:
        Questions in the form of `POST /v1/decisions`; an unknown fact is null or absent.
    """
    draw = random.Random(seed)
    return [_question(draw) for _ in range(count)]


def _question(draw: random.Random) -> dict[str, Any]:
    """Draw one question; each draws its own share of unknown facts, so full and empty ones both occur."""
    unknown = draw.choice((0.0, 0.1, 0.3, 0.6))
    question: dict[str, Any] = {}
    for part, facts in FACTS.items():
        question[part] = {}
        for fact, values in facts.items():
            if draw.random() < (max(unknown, 0.8) if fact == "exclusion" else unknown):
                if draw.random() < 0.5:
                    question[part][fact] = None
            elif fact == "date":
                question[part][fact] = _day(draw).isoformat()
            elif fact == "state" and draw.random() < 0.05:
                question[part][fact] = draw.choice(sorted(KAISER_STATES))
            else:
                question[part][fact] = draw.choice(values)
    return question


def _day(draw: random.Random) -> date:
    """Draw a date: at a start or within two days of it, or anywhere from 2021 to 2028."""
    if draw.random() < 0.4:
        return draw.choice(sorted(set(STARTS.values()))) + timedelta(days=draw.randint(-2, 2))
    return date(2021, 1, 1) + timedelta(days=draw.randrange(8 * 365))
