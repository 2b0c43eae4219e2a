"""Rules: dated entries from a folder of YAML, checked as a whole; each day has exactly one answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import TypeAdapter

from cardscan.eligibility.schema import RuleKey

T = TypeVar("T")

BUILT_IN = Path(__file__).parent / "rules"
ALWAYS = dt.date.min
"""The ``from`` of an entry whose document names no first day."""

_JSON: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A dated entry of a rule.

    Attributes:
        rule: Id of the rule.
        start: First day on which it is in force.
        value: What is in force.
        reference: The document and its section.
        verified_on: When someone last held the entry against the document.
        ended: Last day on which it is in force, where an end was said; None: until the next entry, or for good.
    """

    rule: str
    start: dt.date
    value: T
    reference: str
    verified_on: dt.date
    ended: dt.date | None = None

    @property
    def in_force_from(self) -> dt.date | None:
        """First day; None where the document names none."""
        return None if self.start == ALWAYS else self.start


@dataclass(frozen=True)
class NotInForce(Generic[T]):
    """A rule that is not in force on a day.

    Attributes:
        why: ``not-yet``: before its first entry; ``ended``: after its last one.
        nearest: Its first entry, or its last one.
    """

    why: Literal["not-yet", "ended"]
    nearest: Entry[T]


@dataclass(frozen=True)
class Rule:
    """A rule and its entries, oldest first."""

    id: str
    title: str
    entries: tuple[Entry[Any], ...]

    @cached_property
    def starts(self) -> list[dt.date]:
        return [entry.start for entry in self.entries]

    def at(self, day: dt.date) -> Entry[Any] | NotInForce[Any]:
        place = bisect_right(self.starts, day) - 1
        if place < 0:
            return NotInForce("not-yet", self.entries[0])
        entry = self.entries[place]
        if entry.ended is not None and day > entry.ended:
            return NotInForce("ended", entry)
        return entry


class Snapshot:
    """All rules as they are on one day."""

    def __init__(self, rules: Mapping[str, Rule], day: dt.date) -> None:
        self._found = {name: rule.at(day) for name, rule in rules.items()}

    def at(self, key: RuleKey[T]) -> Entry[T] | NotInForce[T]:
        return self._found[key.id]

    def entry(self, key: RuleKey[T]) -> Entry[T]:
        """The entry in force, or the nearest one.

        Only a plan's access has a first day that decides. What holds for all of them (an exclusion, the states, an
        address) is not contradicted by any document for the days before it was written down.
        """
        found: Entry[T] | NotInForce[T] = self._found[key.id]
        return found.nearest if isinstance(found, NotInForce) else found

    def value(self, key: RuleKey[T]) -> T:
        return self.entry(key).value


class Rules:
    """All rules of a folder. Immutable; share one between threads and questions."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = dict(sorted(rules.items()))

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __getitem__(self, rule_id: str) -> Rule:
        return self._rules[rule_id]

    def at(self, rule_id: str, day: dt.date) -> Entry[Any] | NotInForce[Any]:
        """The one entry of a rule that is in force on a day, or why there is none.

        Raises:
            KeyError: There is no such rule.
        """
        return self._rules[rule_id].at(day)

    def on(self, day: dt.date) -> Snapshot:
        """All rules as they are on a day; days between two changes share one snapshot."""
        return self._snapshots[bisect_right(self.turning_days, day)]

    @cached_property
    def turning_days(self) -> tuple[dt.date, ...]:
        """Days on which something begins, and days after which something has ended; in order."""
        days: set[dt.date] = set()
        for rule in self:
            for entry in rule.entries:
                days.add(entry.start)
                if entry.ended is not None and entry.ended < dt.date.max:
                    days.add(entry.ended + dt.timedelta(days=1))
        return tuple(sorted(days))

    @cached_property
    def _snapshots(self) -> tuple[Snapshot, ...]:
        # turning_days begins with ALWAYS or a later day; the snapshot before the first one serves the days before it.
        return tuple(Snapshot(self._rules, day) for day in (ALWAYS, *self.turning_days))

    @cached_property
    def version(self) -> str:
        """Twelve hex digits of the contents: comments, spacing and the order of files do not matter, all else does."""
        contents = [
            [
                rule.id,
                rule.title,
                [
                    [
                        entry.start.isoformat(),
                        _JSON.dump_python(entry.value, mode="json"),
                        entry.reference,
                        entry.verified_on.isoformat(),
                        entry.ended.isoformat() if entry.ended else None,
                    ]
                    for entry in rule.entries
                ],
            ]
            for rule in self
        ]
        canonical = json.dumps(contents, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]
