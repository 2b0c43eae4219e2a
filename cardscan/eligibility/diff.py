"""Which decisions change between two folders of rules: both are asked a systematic grid of questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import get_args

from cardscan.eligibility.decide import decide
from cardscan.eligibility.rules import Rules
from cardscan.eligibility.schema import CIGNA_PLANS, EXCLUSIONS, KP_PLANS, KP_STATES
from cardscan.eligibility.states import NAMES
from cardscan.records import CardFacts, Care, Decision, NetworkUse, Region, Visit

_PARTS = tuple(name for name in Decision.model_fields if name != "reasons")
_VISITS: tuple[tuple[Care | None, NetworkUse | None], ...] = (
    (None, None),
    ("emergency", "in"),
    ("urgent", "in"),
    ("routine", "in"),
    ("emergency", "out"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A question that the two folders answer differently.

    Attributes:
        parts: Names of the parts of the decision that differ, such as ``outcome`` or ``claims``.
    """

    card: CardFacts
    visit: Visit
    before: Decision
    after: Decision
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulesDiff:
    """What a change of rules does.

    Attributes:
        asked: How many questions were asked.
        changes: Those whose decision differs in more than its reasons.
        reasons_only: How many of the others have reasons that differ: a sentence, a date or a reference.
    """

    old_version: str
    new_version: str
    asked: int
    changes: tuple[Change, ...]
    reasons_only: int

    def summary(self) -> tuple[tuple[str, int, Change], ...]:
        """What changes, how often, and the first question of its kind; the most frequent first."""
        kinds: dict[str, list[Change]] = {}
        for change in self.changes:
            kinds.setdefault(_kind(change), []).append(change)
        ordered = sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple((kind, len(found), found[0]) for kind, found in ordered)


def diff(old: Rules, new: Rules) -> RulesDiff:
    """The questions of a systematic grid that two sets of rules answer differently.

    The grid: every issuer, plan, region, exclusion and funding in the combinations that cards have; each day on which
    something begins in either set, and the day before; one state for each way in which the two sets treat states; kinds
    of care in and out of the network. It takes some seconds.
    """
    changes: list[Change] = []
    asked = reasons_only = 0
    for card, visit in questions(old, new):
        asked += 1
        day = visit.date or dt.date.max
        before, after = (decide(card, visit, as_of=day, rules=rules) for rules in (old, new))
        if before == after:
            continue
        parts = tuple(name for name in _PARTS if getattr(before, name) != getattr(after, name))
        if parts:
            changes.append(Change(card, visit, before, after, parts))
        else:
            reasons_only += 1
    return RulesDiff(old.version, new.version, asked, tuple(changes), reasons_only)


def questions(old: Rules, new: Rules) -> Iterator[tuple[CardFacts, Visit]]:
    """The grid of questions for two sets of rules."""
    visits = [
        Visit(state=state, date=day, care=care, network=network)
        for state, day, (care, network) in product(_states(old, new), _days(old, new), _VISITS)
    ]
    for card in _cards():
        for visit in visits:
            yield card, visit


def _cards() -> Iterator[CardFacts]:
    regions: tuple[Region, ...] = get_args(Region)
    for plan in KP_PLANS:
        for region in (None, *regions):
            yield CardFacts(issuer="kaiser-permanente", plan=plan, region=region)
        for exclusion in EXCLUSIONS:
            yield CardFacts(issuer="kaiser-permanente", plan=plan, exclusion=exclusion)
        yield CardFacts(issuer="kaiser-permanente", plan=plan, funding="self-funded")
        yield CardFacts(plan=plan)
    for region in (None, *regions):
        yield CardFacts(issuer="kaiser-permanente", kind="travel", region=region)
        yield CardFacts(issuer="kaiser-permanente", region=region)
    for plan in CIGNA_PLANS:
        yield CardFacts(issuer="cigna", plan=plan)
        yield CardFacts(issuer="kaiser-permanente", plan=plan)
    yield CardFacts(issuer="kaiser-permanente", kind="travel", funding="self-funded")
    yield CardFacts(issuer="cigna")
    yield CardFacts(issuer="other")
    yield CardFacts()


def _states(old: Rules, new: Rules) -> tuple[str | None, ...]:
    """No state, and one state for each way in which the two sets treat states over time."""
    entries = [entry for rules in (old, new) for entry in rules[KP_STATES.id].entries]
    ways: dict[tuple[bool, ...], str] = {}
    for code in NAMES:
        ways.setdefault(tuple(code in entry.value for entry in entries), code)
    return (None, *ways.values())


def _days(old: Rules, new: Rules) -> tuple[dt.date, ...]:
    """Each day on which something changes in either set, and the day before it."""
    days: set[dt.date] = set()
    for day in {*old.turning_days, *new.turning_days}:
        days.add(day)
        if day > dt.date.min:
            days.add(day - dt.timedelta(days=1))
    return tuple(sorted(days))


def _kind(change: Change) -> str:
    if "outcome" in change.parts:
        return f"outcome: {change.before.outcome} -> {change.after.outcome}"
    return ", ".join(change.parts)
