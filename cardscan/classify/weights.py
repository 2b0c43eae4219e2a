"""How much the finds of one attribute weigh, and what it is when two of them cannot both be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
