"""From evidence to an outcome: the cases are named as a reader would expect; a wrong "eligible" must be impossible."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from cardscan.classify.finds import Find
from cardscan.classify.identify import Attributes
from cardscan.classify.phrases import Meaning
from cardscan.classify.weights import Conflict
from cardscan.eligibility import decide, load_rules, whom_to_call
from cardscan.extract.validity import UNREAD
from cardscan.imaging.quality import problem
from cardscan.records import CardFacts, Decision, ImageReport, Quality, QualityCode, Side, Visit
from cardscan.verdict import Seen, conclude, without_brand, without_hidden

RULES = load_rules()
TODAY = dt.date(2026, 3, 1)
VISIT = Visit(state="TX", date=TODAY, care="urgent", network="in")
BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def _find(text: str) -> Find:
    return Find(Meaning(text, "region", "CO", 3.0), text, 1.0, 3.0, 0, 0, BOX)


GOOD = Attributes(
    issuer="kaiser-permanente", kind=None, plan="PPO", family="ppo-pos3", region="CO", exclusion=None, funding=None,
    network=3.0, denied=None, health_plan=True, named=True, conflicts=(), doubts=(), decisive={},
)  # fmt: skip
LIMITED = replace(GOOD, plan="HMO", family="hmo-epo-pos2")
CIGNA = replace(GOOD, issuer="cigna", plan="Cigna POS", family="cigna-pos", region=None, network=1.0)
NOBODY = replace(GOOD, issuer=None, plan=None, family=None, region=None, network=0.0, health_plan=False, named=False)
CONFLICT = Conflict("region", _find("Colorado"), _find("Georgia"))


def _image(side: Side, *codes: QualityCode) -> ImageReport:
    quality = Quality(score=0.5 if codes else 1.0, problems=tuple(problem(code) for code in codes))
    return ImageReport(source="a", page=0, width=9, height=9, side=side, corners=None, rotation=0, quality=quality)


BOTH = Seen((_image("front"), _image("back")), 400, 0.97, 0.95, False)
FRONT = replace(BOTH, images=(_image("front"),), letters=120)
BACK = replace(BOTH, images=(_image("back"),), letters=300)
BLURRED = replace(BOTH, images=(_image("front"), _image("back", QualityCode.BLUR)), certainty=0.7)
UNREADABLE = replace(BOTH, images=(_image("unknown", QualityCode.BLUR),), letters=20, certainty=0.4, confidence=0.0)


def _framed(seen: Seen) -> Seen:
    """The same, with an outline in every picture."""
    return replace(seen, images=tuple(image.model_copy(update={"corners": BOX}) for image in seen.images))


def _facts(a: Attributes) -> CardFacts:
    return CardFacts(
        issuer=a.issuer, kind=a.kind, plan=a.plan, region=a.region, exclusion=a.exclusion, funding=a.funding
    )


def _decision(attributes: Attributes, seen: Seen, visit: Visit = VISIT) -> Decision:
    attributes = without_brand(attributes, seen)
    facts = _facts(attributes)
    by_rules = decide(facts, visit, as_of=TODAY, rules=RULES)
    return conclude(attributes, seen, by_rules, whom_to_call(facts, day=TODAY, rules=RULES))


@dataclass(frozen=True)
class Expected:
    """A case: evidence, and the outcome, what to photograph next and the first reason's code."""

    attributes: Attributes
    seen: Seen
    outcome: str
    capture: str | None = None
    code: str | None = None
    visit: dict[str, Any] = field(default_factory=dict)


NUMBERLESS = ("retake", "same_side_again", "number-hidden")
CASES = {
    "a complete card read well goes to the rules": Expected(GOOD, BOTH, "eligible"),
    "an HMO card too": Expected(LIMITED, BOTH, "eligible"),
    "a Cigna POS card too": Expected(CIGNA, BOTH, "eligible"),
    "a front that says everything needs no back": Expected(GOOD, FRONT, "eligible"),
    "a back that says everything needs no front": Expected(GOOD, BACK, "eligible"),
    "no visit given is still eligible, with what was assumed": Expected(
        GOOD, BOTH, "eligible", visit=dict.fromkeys(("state", "date", "care", "network"))
    ),
    # what is missing
    "front without the network: the back is wanted": Expected(
        replace(GOOD, network=0.0), FRONT, "retake", "back", "no-network-evidence"
    ),
    "back without the network: the front is wanted": Expected(
        replace(GOOD, network=1.0), BACK, "retake", "front", "no-network-evidence"
    ),
    "both sides without the network: call": Expected(
        replace(GOOD, network=1.9), BOTH, "call", None, "no-network-evidence"
    ),
    "both sides without the network, blurred: again": Expected(
        replace(GOOD, network=1.0), BLURRED, "retake", "same_side_again", "no-network-evidence"
    ),
    "PPO without a region on the back: the front": Expected(
        replace(GOOD, region=None), BACK, "retake", "front", "region-unknown"
    ),
    "PPO without a region on both: call": Expected(replace(GOOD, region=None), BOTH, "call", None, "region-unknown"),
    "POS 3-Tier without a region on both: call": Expected(
        replace(GOOD, plan="POS 3-Tier", region=None), BOTH, "call", None, "region-unknown"
    ),
    "HMO without a region is no matter": Expected(replace(LIMITED, region=None), BOTH, "eligible"),
    "no plan on the back: the front": Expected(
        replace(GOOD, plan=None, family=None), BACK, "retake", "front", "plan-unknown"
    ),
    "no plan on both: call": Expected(replace(GOOD, plan=None, family=None), BOTH, "call", None, "plan-unknown"),
    "one picture of both sides counts as both": Expected(
        replace(GOOD, network=0.0), replace(BOTH, images=(_image("both"),)), "call", None, "no-network-evidence"
    ),
    "two pictures that are not told apart count as both": Expected(
        replace(GOOD, network=0.0),
        replace(BOTH, images=(_image("unknown"), _image("unknown"))),
        "call",
        None,
        "no-network-evidence",
    ),
    # doubts
    "low confidence: call": Expected(GOOD, replace(BOTH, confidence=0.49), "call", None, "low-confidence"),
    "low confidence, of Cigna: call": Expected(CIGNA, replace(BOTH, confidence=0.3), "call", None, "low-confidence"),
    "a contradiction: call": Expected(replace(GOOD, conflicts=(CONFLICT,)), BOTH, "call", None, "evidence-in-conflict"),
    "two members: call": Expected(GOOD, replace(BOTH, two_members=True), "call", None, "two-members"),
    "perhaps excluded: call": Expected(replace(GOOD, doubts=("exclusion",)), BOTH, "call", None, "possible-exclusion"),
    "perhaps self-funded: call": Expected(
        replace(GOOD, doubts=("funding",)), BOTH, "call", None, "possibly-self-funded"
    ),
    "network taken away: call": Expected(
        replace(GOOD, denied=_find("not valid at Cigna")), BOTH, "call", None, "network-denied"
    ),
    "self-funded: call, as the rules say": Expected(replace(GOOD, funding="self-funded"), BOTH, "call"),
    # what cannot be read
    "unreadable: again": Expected(NOBODY, UNREADABLE, "retake", "same_side_again", "unreadable"),
    "unreadable, whatever was guessed: again": Expected(
        GOOD, replace(UNREADABLE, confidence=0.9), "retake", "same_side_again", "unreadable"
    ),
    "uncertain text: again": Expected(GOOD, replace(BOTH, certainty=0.59), "retake", "same_side_again", "unreadable"),
    "few letters: again": Expected(GOOD, replace(BOTH, letters=39), "retake", "same_side_again", "unreadable"),
    "not a card: again": Expected(NOBODY, BOTH, "retake", "same_side_again", "no-card"),
    "a health plan's card read badly: again": Expected(
        replace(NOBODY, health_plan=True), BLURRED, "retake", "same_side_again", "issuer-unreadable"
    ),
    # a page about cards is no card
    "neither an outline nor a member's number: again": Expected(
        GOOD, replace(BOTH, member=False), "retake", "same_side_again", "no-card"
    ),
    "an outline without a member's number: again": Expected(GOOD, _framed(replace(BOTH, member=False)), *NUMBERLESS),
    "glare where the plan line may be: again": Expected(
        LIMITED,
        replace(BOTH, titled=False, images=(_image("front", QualityCode.GLARE), _image("back"))),
        "retake",
        "same_side_again",
        "plan-hidden",
    ),
    "glare where the member's number may be: again": Expected(
        GOOD,
        _framed(replace(BOTH, member=False, images=(_image("front", QualityCode.GLARE), _image("back")))),
        *NUMBERLESS,
    ),
    "a plan inferred from terms in a clear picture": Expected(LIMITED, replace(BOTH, titled=False), "eligible"),
    # a certain no
    "Medicare: no": Expected(replace(GOOD, exclusion="medicare"), BOTH, "not_eligible"),
    "Medicaid: no": Expected(replace(GOOD, exclusion="medicaid"), BOTH, "not_eligible"),
    "Washington: no": Expected(replace(GOOD, exclusion="washington", region="WA"), BOTH, "not_eligible"),
    "Northwest PPO: no": Expected(replace(GOOD, exclusion="northwest-ppo-pos3", region="NW"), BOTH, "not_eligible"),
    "a certain no beats a retake": Expected(replace(GOOD, exclusion="medicare"), UNREADABLE, "not_eligible"),
    "a certain no beats a missing side": Expected(
        replace(GOOD, exclusion="medicare", network=0.0), FRONT, "not_eligible"
    ),
    "a certain no beats a contradiction": Expected(
        replace(GOOD, exclusion="medicare", conflicts=(CONFLICT,)), BOTH, "not_eligible"
    ),
    "a certain no beats low confidence": Expected(
        replace(GOOD, exclusion="medicaid"), replace(BOTH, confidence=0.0), "not_eligible"
    ),
    "service in a Kaiser Permanente state: no": Expected(GOOD, BOTH, "not_eligible", visit={"state": "CA"}),
    "service in a Kaiser Permanente state, back not seen: no": Expected(
        replace(GOOD, network=0.0), FRONT, "not_eligible", visit={"state": "CO"}
    ),
    "routine care on an HMO card: no": Expected(LIMITED, BOTH, "not_eligible", visit={"care": "routine"}),
    "routine care on a PPO card: yes": Expected(GOOD, BOTH, "eligible", visit={"care": "routine"}),
    "another issuer: no": Expected(replace(NOBODY, issuer="other", health_plan=True), FRONT, "not_eligible"),
    "another issuer, unreadable: again": Expected(
        replace(NOBODY, issuer="other"), UNREADABLE, "retake", "same_side_again", "unreadable"
    ),
    "a health plan's card without Kaiser or Cigna, read clearly: no": Expected(
        replace(NOBODY, health_plan=True), BOTH, "not_eligible"
    ),
    "Cigna's own plan, both sides: no": Expected(replace(CIGNA, plan=None, family=None), BOTH, "not_eligible"),
    "Cigna's front without a plan: the back": Expected(
        replace(CIGNA, plan=None, family=None), FRONT, "retake", "back", "plan-unknown"
    ),
    "Cigna's back without a plan: the front": Expected(
        replace(CIGNA, plan=None, family=None), BACK, "retake", "front", "plan-unknown"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name]
    decision = _decision(case.attributes, case.seen, VISIT.model_copy(update=case.visit))
    assert decision.outcome == case.outcome
    assert decision.next_capture == case.capture
    assert decision.reasons
    assert case.code is None or decision.reasons[0].code == case.code
    assert all(reason.text.strip() for reason in decision.reasons)
    if case.outcome == "call":
        assert decision.precertification is not None
        assert decision.precertification.phone
    if case.outcome in ("call", "retake"):
        assert (decision.covered_services, decision.claims) == (None, None)


ATTRIBUTES: dict[str, list[Any]] = {
    "issuer": ["kaiser-permanente", "cigna", "other", None],
    "plan": ["PPO", "HMO", None],
    "region": ["CO", "NW", None],
    "network": [3.0, 1.0],
    "exclusion": [None, "medicare"],
    "doubts": [(), ("exclusion",), ("funding",)],
    "conflicts": [(), (CONFLICT,)],
    "funding": [None, "self-funded"],
    "denied": [None, _find("not valid at Cigna")],
}
FAMILIES = {"PPO": "ppo-pos3", "HMO": "hmo-epo-pos2", None: None}


def _sound(a: Attributes, seen: Seen) -> bool:
    """What an "eligible" needs, said a second time and differently."""
    doubtful = a.exclusion or a.conflicts or seen.two_members or not seen.readable or seen.confidence < 0.5
    if doubtful or a.issuer not in ("kaiser-permanente", "cigna"):
        return False
    if a.issuer == "cigna":
        return a.plan is not None
    fine = a.network >= 2 and not a.denied and not a.doubts and not a.funding and a.plan is not None
    return fine and (a.plan == "HMO" or a.region == "CO")


def test_a_wrong_eligible_is_impossible() -> None:
    """Every combination of what may be known, missing and in doubt."""
    counted = {True: 0, False: 0}
    views = (BOTH, FRONT, UNREADABLE, replace(BOTH, confidence=0.2), replace(BOTH, two_members=True), BLURRED)
    for values in itertools.product(*ATTRIBUTES.values()):
        given = dict(zip(ATTRIBUTES, values, strict=True))
        plan = given["plan"]
        if given["issuer"] == "cigna":
            plan = {"PPO": "Cigna POS", "HMO": "Cigna POS Open Access", None: None}[plan]
        elif given["issuer"] != "kaiser-permanente":
            plan = None
        family = "cigna-pos" if given["issuer"] == "cigna" and plan else FAMILIES.get(plan)
        attributes = replace(GOOD, **{**given, "plan": plan, "family": family})
        facts = _facts(attributes)
        by_rules = decide(facts, VISIT, as_of=TODAY, rules=RULES) if facts not in _decided else _decided[facts]
        _decided[facts] = by_rules
        for seen in views:
            outcome = conclude(attributes, seen, by_rules, None).outcome
            counted[outcome == "eligible"] += 1
            if outcome == "eligible":
                assert _sound(attributes, seen), (given, seen)
    assert counted[True] > 10
    assert counted[False] > 10_000


_decided: dict[CardFacts, Decision] = {}


def test_reasons_say_what_is_wrong_with_the_picture_once() -> None:
    seen = replace(
        BLURRED, images=(_image("front", QualityCode.BLUR), _image("back", QualityCode.BLUR, QualityCode.GLARE))
    )
    codes = [reason.code for reason in _decision(replace(GOOD, network=1.0), seen).reasons]
    assert codes == ["no-network-evidence", "blur", "glare"]


def test_a_retake_always_says_how() -> None:
    codes = [reason.code for reason in _decision(NOBODY, BOTH).reasons]
    assert codes == ["no-card", "take-again"]
    front = _decision(replace(GOOD, network=0.0), FRONT)
    assert any("back" in reason.text for reason in front.reasons if reason.code == "side-missing")


def test_a_front_with_the_name_of_a_network_alone_asks_for_the_back() -> None:
    decision = _decision(replace(NOBODY, health_plan=True, named=True), FRONT)
    assert (decision.outcome, decision.next_capture) == ("retake", "back")
    assert decision.reasons[0].code == "issuer-unreadable"


@pytest.mark.parametrize(("ended", "outcome"), [("2024-09-17", "call"), (UNREAD, "retake"), (None, "retake")])
def test_a_card_past_its_end_is_a_call_whatever_else_is_hidden(ended: str | None, outcome: str) -> None:
    by_rules = decide(_facts(GOOD), VISIT, as_of=TODAY, rules=RULES)
    decision = conclude(GOOD, replace(BOTH, hidden=True), by_rules, None, not_in_force=ended)
    assert decision.outcome == outcome
    assert (decision.reasons[0].code == "not-in-force") is (outcome == "call")


def test_a_date_without_a_label_is_looked_at_again_where_the_picture_is_poor() -> None:
    by_rules = decide(_facts(GOOD), VISIT, as_of=TODAY, rules=RULES)
    dark = replace(BOTH, images=(_image("front", QualityCode.DARK), _image("back")))
    poor = conclude(GOOD, dark, by_rules, None, unlabelled_date=True)
    assert (poor.outcome, poor.reasons[0].code) == ("retake", "date-unread")
    assert conclude(GOOD, dark, by_rules, None).outcome == "eligible"
    assert conclude(GOOD, BOTH, by_rules, None, unlabelled_date=True).outcome == "eligible"


def test_a_contradiction_is_quoted() -> None:
    decision = _decision(replace(GOOD, conflicts=(CONFLICT,)), BOTH)
    assert "Colorado" in decision.reasons[0].text
    assert "Georgia" in decision.reasons[0].text


def test_a_card_without_a_brand_is_somebody_elses_only_if_read_clearly() -> None:
    nobodys = replace(NOBODY, health_plan=True)
    assert without_brand(nobodys, BOTH).issuer == "other"
    assert without_brand(nobodys, BLURRED).issuer is None
    assert without_brand(NOBODY, BOTH).issuer is None
    assert without_brand(replace(nobodys, conflicts=(CONFLICT,)), BOTH).issuer is None
    assert without_brand(replace(nobodys, named=True), BOTH).issuer == "other"
    assert without_brand(replace(nobodys, named=True), FRONT).issuer is None  # the back says whose it is
    assert without_brand(GOOD, BOTH) is GOOD


def test_an_eligible_says_that_a_card_is_no_guarantee() -> None:
    assert any("guarantee" in reason.text for reason in _decision(GOOD, BOTH).reasons)


def test_missing_facts_of_the_visit_are_listed() -> None:
    assert set(_decision(GOOD, BOTH, Visit()).missing) >= {"state"}
    assert _decision(GOOD, BOTH).missing == ()


def test_unfamiliar_wording_is_told_and_changes_no_outcome() -> None:
    for attributes, seen in ((GOOD, BOTH), (CIGNA, BOTH), (replace(GOOD, network=0.0), BOTH)):
        plain, strange = _decision(attributes, seen), _decision(attributes, replace(seen, strange=True))
        assert strange.outcome == plain.outcome
        assert [reason.code for reason in strange.reasons] == [*(r.code for r in plain.reasons), "unfamiliar-wording"]
    for attributes, seen in ((GOOD, UNREADABLE), (NOBODY, BOTH), (replace(GOOD, issuer="other"), BOTH)):
        codes = [reason.code for reason in _decision(attributes, replace(seen, strange=True)).reasons]
        assert "unfamiliar-wording" not in codes


def test_a_cigna_pos_card_under_glare_that_says_nothing_of_referrals_is_not_named() -> None:
    silent = replace(CIGNA, doubts=("referral",))
    hidden = replace(BOTH, images=(_image("front", QualityCode.GLARE), _image("back")))
    assert without_hidden(silent, BOTH).plan == "Cigna POS"
    assert _decision(without_hidden(silent, hidden), hidden).outcome == "retake"
    assert without_hidden(CIGNA, hidden).plan == "Cigna POS"


def test_a_cigna_card_that_may_be_pos_is_no_certain_no() -> None:
    other = replace(CIGNA, plan=None, family=None)
    assert _decision(other, BOTH).outcome == "not_eligible"
    doubtful = _decision(replace(other, doubts=("plan",)), BOTH)
    assert (doubtful.outcome, doubtful.reasons[0].code) == ("retake", "plan-unknown")


def test_where_a_picture_could_not_be_opened_one_side_is_not_enough() -> None:
    def decision(seen: Seen, *, unopened: bool) -> Decision:
        by_rules = decide(_facts(GOOD), VISIT, as_of=TODAY, rules=RULES)
        return conclude(GOOD, seen, by_rules, None, unopened=unopened)

    assert decision(BACK, unopened=False).outcome == "eligible"
    again = decision(BACK, unopened=True)
    assert (again.outcome, again.next_capture, again.reasons[0].code) == ("retake", "front", "not-opened")
    assert decision(BOTH, unopened=True).outcome == "eligible"


def test_a_card_that_is_not_in_force_on_the_day_is_a_call() -> None:
    by_rules = decide(_facts(GOOD), VISIT, as_of=TODAY, rules=RULES)
    past = conclude(GOOD, BOTH, by_rules, None, not_in_force="2025-12-31")
    assert (past.outcome, past.reasons[0].code) == ("call", "not-in-force")
    assert "2025-12-31" in past.reasons[0].text


def test_a_picture_that_shows_nothing_may_be_of_the_side_that_excludes() -> None:
    blank = _image("unknown").model_copy(update={"quality": Quality(score=0.0)})
    again = _decision(GOOD, replace(BACK, images=(*BACK.images, blank)))
    assert (again.outcome, again.next_capture, again.reasons[0].code) == ("retake", "front", "side-unread")
    assert _decision(GOOD, replace(BOTH, images=(*BOTH.images, blank))).outcome == "eligible"


def test_print_that_is_hidden_may_exclude() -> None:
    hidden = _decision(GOOD, replace(BOTH, hidden=True))
    assert (hidden.outcome, hidden.next_capture, hidden.reasons[0].code) == (
        "retake",
        "same_side_again",
        "print-hidden",
    )
    assert _decision(replace(GOOD, exclusion="medicare"), replace(BOTH, hidden=True)).outcome == "not_eligible"
