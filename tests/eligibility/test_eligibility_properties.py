"""What holds for every card and every visit, known or not."""

from __future__ import annotations

import datetime as dt
import time
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from cardscan.eligibility import decide, explain, load_rules
from cardscan.eligibility.facts import CARD_VALUES, VISIT_VALUES
from cardscan.eligibility.schema import KP_PLANS
from cardscan.eligibility.states import NAMES
from cardscan.records import CardFacts, Decision, Visit, VisitFact

RULES = load_rules()
RULES_AGAIN = load_rules()
TODAY = dt.date(2026, 11, 22)
KP_STATES = {"CA", "CO", "DC", "GA", "HI", "MD", "OR", "VA", "WA"}
STARTS = {
    "HMO": dt.date(2022, 8, 1),
    "EPO": dt.date(2022, 8, 1),
    "POS 2-Tier": dt.date(2022, 10, 1),
    "POS 3-Tier": dt.date(2023, 1, 1),
    "PPO": dt.date(2023, 1, 1),
}

FAMILIES = {"hmo-epo-pos2": ("HMO", "EPO", "POS 2-Tier"), "ppo-pos3": ("POS 3-Tier", "PPO")}

unhurried = settings(deadline=None, max_examples=200)  # the machine may be busy with other tests

cards = st.builds(
    CardFacts.model_validate,
    st.fixed_dictionaries({fact: st.sampled_from((None, *values)) for fact, values in CARD_VALUES.items()}),
)
near_a_start = st.builds(
    lambda start, days: start + dt.timedelta(days=days), st.sampled_from(list(STARTS.values())), st.integers(-2, 2)
)
days = st.one_of(st.none(), near_a_start, st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)))
visits = st.builds(
    Visit,
    state=st.sampled_from((None, *NAMES)),
    date=days,
    care=st.sampled_from((None, *VISIT_VALUES["care"])),
    network=st.sampled_from((None, *VISIT_VALUES["network"])),
)


def ask(card: CardFacts, visit: Visit) -> Decision:
    return decide(card, visit, as_of=TODAY, rules=RULES)


def possible_plans(card: CardFacts) -> tuple[str, ...]:
    """The plans that a card of Kaiser Permanente's can be, by its own account."""
    if card.plan in KP_PLANS:
        return (card.plan,)
    by_kind = FAMILIES["hmo-epo-pos2"] if card.kind == "travel" else KP_PLANS
    return tuple(plan for plan in by_kind if plan in FAMILIES.get(card.family or "", KP_PLANS)) or by_kind


def answer(decision: Decision) -> tuple[str, str | None, str | None]:
    return decision.outcome, decision.covered_services, decision.collect_cost_share


@unhurried
@given(cards, visits)
def test_an_exclusion_is_never_eligible(card: CardFacts, visit: Visit) -> None:
    decision = ask(card, visit)
    if card.exclusion:
        assert decision.outcome == "not_eligible"
        assert card.exclusion in {reason.code for reason in decision.reasons}


@unhurried
@given(cards, visits)
def test_eligible_has_nothing_against_it(card: CardFacts, visit: Visit) -> None:
    if ask(card, visit).outcome != "eligible":
        return
    assert card.issuer in ("kaiser-permanente", "cigna") and card.exclusion is None
    if card.issuer == "cigna":
        assert card.plan in ("Cigna POS", "Cigna POS Open Access")
        return
    plans = possible_plans(card)
    assert set(plans) <= set(FAMILIES["hmo-epo-pos2"]) or set(plans) <= set(FAMILIES["ppo-pos3"])
    assert visit.state not in KP_STATES and visit.network != "out" and card.region != "WA"
    assert (visit.date or TODAY) >= max(STARTS[plan] for plan in plans)
    assert card.funding != "self-funded"
    if set(plans) <= set(FAMILIES["ppo-pos3"]):
        assert card.region != "NW"
    else:
        assert visit.care != "routine"


@unhurried
@given(cards, visits, st.sampled_from(sorted(KP_STATES)), st.sampled_from(CARD_VALUES["exclusion"]))
def test_a_fact_against_never_makes_eligible(card: CardFacts, visit: Visit, state: str, exclusion: str) -> None:
    before = ask(card, visit).outcome
    for worse_card, worse_visit in (
        (card, visit.model_copy(update={"state": state})),
        (card, visit.model_copy(update={"network": "out"})),
        (card, visit.model_copy(update={"date": dt.date(2022, 7, 31)})),
        (card.model_copy(update={"exclusion": exclusion}), visit),
        (card.model_copy(update={"region": "WA"}), visit),
    ):
        after = ask(worse_card, worse_visit).outcome
        assert after != "eligible" or before == "eligible"
        assert after == "not_eligible" or card.issuer != "kaiser-permanente"
    assert before == "eligible" or ask(card.model_copy(update={"funding": "self-funded"}), visit).outcome != "eligible"


@unhurried
@given(cards, visits)
def test_a_plan_that_is_not_known_promises_only_what_every_plan_keeps(card: CardFacts, visit: Visit) -> None:
    open_card = card.model_copy(update={"plan": None, "issuer": "kaiser-permanente"})
    decision = ask(open_card, visit)
    known = [ask(open_card.model_copy(update={"plan": plan}), visit) for plan in possible_plans(open_card)]
    if all(one.outcome == "not_eligible" for one in known):
        assert decision.outcome == "not_eligible"
    elif len({answer(one) for one in known}) == 1:
        assert answer(decision) == answer(known[0])
    else:
        assert decision.outcome == "call"


@unhurried
@given(cards, visits)
def test_missing_is_what_could_change_the_answer(card: CardFacts, visit: Visit) -> None:
    decision = ask(card, visit)
    tries: dict[VisitFact, list[object]] = {
        "state": list(NAMES),
        "date": [start + dt.timedelta(days=day) for start in STARTS.values() for day in (-1, 0)],
        "care": list(VISIT_VALUES["care"]),
        "network": list(VISIT_VALUES["network"]),
    }
    changing = tuple(
        fact
        for fact, values in tries.items()
        if getattr(visit, fact) is None
        and any(answer(ask(card, visit.model_copy(update={fact: value}))) != answer(decision) for value in values)
    )
    assert decision.missing == changing


@unhurried
@given(cards, visits)
def test_a_decision_depends_on_its_arguments_alone(card: CardFacts, visit: Visit) -> None:
    decision = ask(card, visit)
    assert decision == decide(card, visit, as_of=TODAY, rules=RULES_AGAIN)
    assert Decision.model_validate_json(decision.model_dump_json(by_alias=True)) == decision
    dated = visit.model_copy(update={"date": visit.date or TODAY})
    assert answer(ask(card, dated)) == answer(decision)


def test_a_state_by_name_is_the_state() -> None:
    card = CardFacts(issuer="kaiser-permanente", plan="PPO")
    assert ask(card, Visit(state="california")).outcome == "not_eligible"


def test_four_thousand_questions_take_less_than_two_seconds() -> None:
    combinations = product(
        ("kaiser-permanente", "cigna", None),
        ("HMO", "PPO", "Cigna POS", None),
        (None, "CO"),
        (None, "TX", "ca", "Ohio"),
    )
    questions = [
        {
            "card": {"issuer": issuer, "plan": plan, "region": region},
            "visit": {"state": state, "date": f"20{year}-03-0{day}"},
        }
        for issuer, plan, region, state in combinations
        for year in range(21, 29)
        for day in range(1, 7)
    ]
    assert len(questions) >= 4000
    start = time.perf_counter()
    decisions = explain(questions, as_of=TODAY, rules=load_rules())
    assert time.perf_counter() - start < 2
    assert isinstance(decisions, list) and len(decisions) == len(questions)
    for place in range(0, len(questions), 397):  # in the same order
        assert decisions[place] == explain(questions[place], as_of=TODAY, rules=RULES)
