"""How much the finds of one attribute weigh, for a variant too, and what it is when two of them cannot both be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cardscan.classify.catalogue import STATED, Variant, stated
from cardscan.classify.finds import Find, by_value

SURE, STRONG, CLEAR, LIKELY = 3.0, 2.5, 2.0, 1.5


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two things a card says that cannot both be true of it."""

    about: str
    first: Find
    second: Find


class Weights:
    """The finds of one attribute, weighed: the best of each value, the others adding a little."""

    def __init__(self, finds: Sequence[Find], attribute: str) -> None:
        self.finds = by_value(finds, attribute)

    def best(self, value: str) -> float:
        return max((f.strength * f.score for f in self.finds.get(value, ())), default=0.0)

    def total(self, value: str) -> float:
        weights = sorted((f.strength * f.score for f in self.finds.get(value, ())), reverse=True)
        return sum(weights[:1]) + 0.25 * sum(weights[1:5])

    def top(self, value: str) -> Find | None:
        return max(self.finds.get(value, ()), key=lambda f: f.strength * f.score, default=None)

    def ranked(self) -> list[str]:
        return sorted(self.finds, key=self.total, reverse=True)


CONTENDERS = 20
"""So many of the variants for which most speaks are asked for their sentences; what others say changes nothing."""


class Support:
    """What the finds say for a variant: support for what it states, less the best support for what it does not."""

    def __init__(self, finds: Sequence[Find]) -> None:
        self._weights = {attribute: Weights(finds, attribute) for attribute in STATED}
        self._known: dict[tuple[str | None, ...], float] = {}

    def of(self, variant: Variant) -> float:
        what = stated(variant)
        if what not in self._known:
            self._known[what] = sum(self._of(attribute, value) for attribute, value in zip(STATED, what, strict=True))
        return self._known[what]

    def _of(self, attribute: str, value: str | None) -> float:
        values = {value, "POS"} if attribute == "plan" and value and "POS" in value else {value}
        weights = self._weights[attribute]
        own = max(weights.best(v) for v in values if v) if value else 0.0
        rival = max((weights.best(v) for v in weights.finds if v not in values), default=0.0)
        return own - 0.7 * rival if value else -0.2 * rival
