"""Which of very many phrases a text may say at all, told from their letters by threes.

Whatever the fuzzy search would find has most of its groups of three letters in the text: a wrong letter spoils three of
them at most. So the phrases that have too few there need not be searched for, and none that would be found is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from cardscan.classify.phrases import KEY_SCORE, SHORTEST_PLACE, Phrase, least_score

_CODES = 1 << 18  # three letters of six bits each


class PhraseIndex:
    """Phrases, to be sifted by a text's groups of three letters."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._phrases = tuple(phrases)
        self._lengths = np.array([len(phrase.letters) for phrase in phrases], np.int64)
        self._whole = _Groups([phrase.letters for phrase in phrases], [_least(phrase) for phrase in phrases])
        self._keys = _Groups([_key(phrase) for phrase in phrases], [_least_of_key(phrase) for phrase in phrases])

    def likely(self, letters: str) -> dict[str, list[Phrase]]:
        """The phrases that a text of these folded letters may say, by attribute and in their order."""
        present = np.zeros(_CODES, np.bool_)
        present[_codes(letters)] = True
        fit = self._whole.enough(present) & self._keys.enough(present)
        fit |= self._lengths > len(letters)  # the search takes a text that is shorter than the phrase for its part
        found: dict[str, list[Phrase]] = defaultdict(list)
        for i in np.flatnonzero(fit):
            found[self._phrases[i].meaning.attribute].append(self._phrases[i])
        return found


class _Groups:
    """The groups of three letters of several words, and how many of each must be present."""

    def __init__(self, words: Sequence[str], least: Sequence[int]) -> None:
        codes = [_codes(word) for word in words]
        self._codes = np.concatenate(codes) if codes else np.zeros(0, np.int64)
        self._ends = np.cumsum([len(c) for c in codes], dtype=np.int64)
        self._least = np.array(least, np.int64)

    def enough(self, present: NDArray[np.bool_]) -> NDArray[np.bool_]:
        summed = np.concatenate([[0], np.cumsum(present[self._codes])])[np.concatenate([[0], self._ends])]
        result: NDArray[np.bool_] = np.diff(summed) >= self._least
        return result


def _codes(letters: str) -> NDArray[np.int64]:
    small = np.frombuffer(letters.encode("ascii"), np.uint8).astype(np.int64) & 63
    return (small[:-2] << 12 | small[1:-1] << 6 | small[2:]) if len(small) > 2 else np.zeros(0, np.int64)


def _least(phrase: Phrase) -> int:
    """How many groups of the phrase a text has in which it is found.

    With ``m`` of its ``n`` letters found in a stretch of ``w``, each of the ``n - m`` others spoils three groups and
    each of the ``w - m`` strange ones two; the score is ``2 m / (n + w)``, and ``w`` is at least a share of ``n``.
    """
    n, score = len(phrase.letters), least_score(phrase)
    spoilt = max(n * (3 - 2.5 * score) + w * (2 - 2.5 * score) for w in (n, SHORTEST_PLACE * n))
    return max(0, ceil(n - 2 - spoilt - 1e-9))


def _key(phrase: Phrase) -> str:
    return phrase.letters[slice(*phrase.key)] if phrase.key else ""


def _least_of_key(phrase: Phrase) -> int:
    length = len(_key(phrase))
    wrong = 0 if length < 5 else floor(length * (1 - KEY_SCORE) + 1e-9)
    return max(0, length - 2 - 3 * wrong)
