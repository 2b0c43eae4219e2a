"""The reference wording as sides of cards, and the ways in which OCR and layouts damage it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from card_text import card, wrapped

from cardscan.classify.calibrate import ranking
from cardscan.classify.catalogue import Catalogue, load_catalogue
from cardscan.classify.finds import Find
from cardscan.classify.identify import Attributes, settle
from cardscan.classify.match import match
from cardscan.layout import View

REGION_NAMES = ("Southern California", "Northern California", "Colorado", "Georgia", "Hawaii", "Mid-Atlantic States")
_PERSON = ("Member Name: JANE Q SAMPLE", "Health/Medical Record Number: 0012345678", "Group Number: 123456-0001")
_CONFUSED = {
    "O": "0", "0": "O", "l": "1", "1": "l", "I": "l", "S": "5", "5": "S", "B": "8", "e": "c", "c": "e", "a": "o",
    "o": "a", "n": "h", "h": "b", "t": "f", "i": "l", "u": "v", "v": "y", "r": "t", "m": "n", "d": "cl", "g": "q",
    "s": "z", "P": "F",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """A card of the reference: its variant, and the printed lines of its two sides."""

    variant: str
    front: tuple[str, ...]
    back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the classifier makes of some sides."""

    variant: str | None
    attributes: Attributes
    finds: tuple[Find, ...]

    @property
    def about(self) -> set[str]:
        """What the card contradicts itself about."""
        return {conflict.about for conflict in self.attributes.conflicts}


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def data() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "wording.yaml").read_text(encoding="utf-8"))
    return content


def identify(views: Sequence[View]) -> Found:
    finds = match(views, catalogue())
    attributes = settle(finds)
    candidates = ranking(attributes, finds, catalogue())
    sure = candidates[0].fits and not attributes.conflicts
    return Found(candidates[0].id if sure else None, attributes, finds)


def read(*sides: Sequence[str]) -> Found:
    """Identify sides given as lines."""
    return identify(card(*sides))


def wordings() -> Iterator[Wording]:
    """Every card of the reference, for every plan and region it may be printed for."""
    common = data()["common"]
    for variant, entry in data()["cards"].items():
        brand = "Cigna" if variant.startswith("cigna") else "KAISER PERMANENTE"
        back = tuple(sentence.format(**common) for sentence in entry["back"])
        for plan in entry["plans"]:
            for region in REGION_NAMES if "{" in entry["front_title"] else ("",):
                title = entry["front_title"].format(plan=plan, region_name=region)
                yield Wording(variant, (brand, title, *_PERSON), back)


def printed(texts: Sequence[str], width: int = 62) -> list[str]:
    """Sentences as a card prints them: in lines, an empty one between paragraphs."""
    return [line for text in texts for line in (*wrapped(text, width), "")]


def without_spaces(texts: Sequence[str], rng: Random, share: float) -> list[str]:
    """A share of the spaces lost, as detectors and recognisers lose them."""
    return ["".join(c for c in text if c != " " or rng.random() >= share) for text in texts]


def confused(texts: Sequence[str], rng: Random, rate: float) -> tuple[list[str], int]:
    """A share of the letters and digits misread, and how many were."""
    damaged, count = [], 0
    for text in texts:
        letters = []
        for c in text:
            if c.isalnum() and rng.random() < rate:
                count += 1
                c = _CONFUSED.get(c) or rng.choice("abcdefghijklmnopqrstuvwxyz0123456789")
            letters.append(c)
        damaged.append("".join(letters))
    return damaged, count


def broken(text: str, rng: Random) -> list[str]:
    """A paragraph broken at random words into lines of about one length."""
    return wrapped(text, rng.randint(34, 80))


ONE_EACH = tuple({wording.variant: wording for wording in wordings()}.values())
"""One card of each variant."""
