"""The sieve before the fuzzy search: it holds back much, and nothing that the search would find."""

from __future__ import annotations

import random

import pytest

from cardscan.classify.catalogue import load_catalogue
from cardscan.classify.folding import fold
from cardscan.classify.index import PhraseIndex
from cardscan.classify.phrases import Meaning, Phrase, find
from cardscan.classify.text import Text

CATALOGUE = load_catalogue()
EVERY = [phrase for phrases in CATALOGUE.phrases.values() for phrase in phrases]


def _likely(index: PhraseIndex, letters: str) -> list[Phrase]:
    return [phrase for phrases in index.likely(letters).values() for phrase in phrases]


def _damaged(text: str, rng: random.Random, share: float) -> str:
    """Letters dropped, doubled and confused."""
    out = []
    for letter in text:
        if rng.random() >= share:
            out.append(letter)
        else:
            out.append(rng.choice(["", letter * 2, rng.choice("abcdefghijklmnopqrstuvwxyz")]))
    return "".join(out)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.15, 0.2])
def test_nothing_that_the_search_finds_is_held_back(share: float) -> None:
    rng = random.Random(round(share * 100))
    index = PhraseIndex(EVERY)
    found = 0
    for start in range(0, len(EVERY), 12):
        said = ". ".join(p.meaning.says for p in EVERY[start : start + 12])
        text = fold(_damaged(said, rng, share))
        raw = text.letters
        likely = set(map(id, _likely(index, raw)))
        for phrase in EVERY:
            if find([phrase], [], Text(raw)):
                found += 1
                assert id(phrase) in likely, phrase.meaning.says
    assert found > (50 if share > 0.1 else 400)


def test_most_phrases_are_held_back() -> None:
    text = fold("Kaiser Permanente Point of Service. Members may see any provider of the Cigna PPO Network.").letters
    assert len(_likely(PhraseIndex(EVERY), text)) < len(EVERY) / 3


def test_a_short_text_and_an_empty_index() -> None:
    long = Phrase.of("Underwritten by a company of a long name", Meaning("x", "issuer", "x", 3.0))
    assert _likely(PhraseIndex([long]), "ab") == [long]
    assert _likely(PhraseIndex([]), "KAISER") == []
    assert _likely(PhraseIndex([Phrase.of("HMO", Meaning("x", "plan", "HMO", 3.0))]), "AHMOB") != []
