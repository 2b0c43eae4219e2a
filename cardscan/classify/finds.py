"""What was found on the sides of a card."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

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
