"""Whether a card's wording about its network is one that the catalogue knows, or a new design says it otherwise.

The decision does not rest on this: attributes are read from phrases in many forms. It tells an operator that the texts,
which the documents call subject to change, have changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from cardscan.classify.catalogue import Catalogue
from cardscan.classify.folding import fold
from cardscan.layout import View, paragraphs, place

_KNOWN = 80.0  # partial ratio from which on a sentence is one that is known
_LEAST_LETTERS = 120  # of sentences about the network; less says nothing either way
_SHORTEST = 30  # letters of a sentence
_NEW_SHARE = 0.5
_ABOUT = re.compile(r"Cigna|Kaiser|KPIC|\bPPO\b|network|underwritten|\b(?:tier|option)s?\b", re.IGNORECASE)
_END = re.compile(r"(?<=[a-z0-9)])[.;]\s+(?=[A-Z])")


def unfamiliar(views: Sequence[View], catalogue: Catalogue, contenders: Iterable[str]) -> bool:
    """Whether most of what a card says of its network is said in words that no card like it is known to say.

    Args:
        views: The sides of the card.
        catalogue: What is known.
        contenders: Ids of the variants that it may be.
    """
    known = [_letters(sentence) for sentence in catalogue.shared]
    known += [phrase.letters for variant in contenders for phrase in catalogue.said[variant]]
    total = new = 0
    for sentence in sentences_of(views):
        letters = fold(sentence).letters
        total += len(letters)
        if not any(fuzz.partial_ratio(letters, k, score_cutoff=_KNOWN) for k in known):
            new += len(letters)
    return total >= _LEAST_LETTERS and new > _NEW_SHARE * total


def sentences_of(views: Sequence[View]) -> list[str]:
    """The sentences about plan and network on the sides of a card, as they were read."""
    found = []
    for view in views:
        for chain in paragraphs(place(view)):
            text = " ".join(placed.line.text for placed in chain)
            found += [s.strip() for s in _END.split(text) if _ABOUT.search(s) and len(fold(s).letters) >= _SHORTEST]
    return found


@lru_cache(maxsize=256)
def _letters(known: str) -> str:
    return fold(known).letters
