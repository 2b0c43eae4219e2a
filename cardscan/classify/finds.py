"""What was found on the sides of a card, and how far it speaks for each variant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cardscan.classify.catalogue import STATED, Variant, stated
from cardscan.classify.phrases import Meaning
from cardscan.records import Box


@dataclass(frozen=True, slots=True)
class Find:
    """One thing a card says.

    Attributes:
        meaning: What it means.
        matched: The text as it was read.
        score: 0-1, how exactly it was found.
        strength: How much it says here; a phrase alone on its line (a title) says more.
        view: Index of the side it stands on.
        image: Index of the picture.
        box: Where, in that picture.
        title: It is all that its line says.
    """

    meaning: Meaning
    matched: str
    score: float
    strength: float
    view: int
    image: int
    box: Box
    title: bool = False


def by_value(finds: Sequence[Find], attribute: str) -> dict[str, list[Find]]:
    """The finds of one attribute, by the value they speak for, strongest first."""
    grouped: dict[str, list[Find]] = defaultdict(list)
    for found in finds:
        if found.meaning.attribute == attribute:
            grouped[found.meaning.value].append(found)
    return grouped


CONTENDERS = 20
"""So many of the variants for which most speaks are asked for their sentences; what others say changes nothing."""


class Support:
    """What the finds say for a variant: support for what it states, less the best support for what it does not."""

    def __init__(self, finds: Sequence[Find]) -> None:
        self._best = {attribute: best_by_value(finds, attribute) for attribute in STATED}
        self._known: dict[tuple[str | None, ...], float] = {}

    def of(self, variant: Variant) -> float:
        what = stated(variant)
        if what not in self._known:
            self._known[what] = sum(self._of(attribute, value) for attribute, value in zip(STATED, what, strict=True))
        return self._known[what]

    def _of(self, attribute: str, value: str | None) -> float:
        values = {value, "POS"} if attribute == "plan" and value and "POS" in value else {value}
        found = self._best[attribute]
        own = max((found.get(v, 0.0) for v in values if v), default=0.0)
        rival = max((w for v, w in found.items() if v not in values), default=0.0)
        return own - 0.7 * rival if value else -0.2 * rival


def best_by_value(finds: Sequence[Find], attribute: str) -> dict[str, float]:
    """The weight of the best find for each value of an attribute."""
    return {v: max(f.strength * f.score for f in fs) for v, fs in by_value(finds, attribute).items()}
