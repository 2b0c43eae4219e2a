"""Text as OCR really gives it, folded so that what is easily confused becomes equal.

Spaces, punctuation, accents and case go; 0/O, 1/l/I/|, 5/S/$, 8/B and rn/m become one letter each. Phrases are folded
the same way, so a dropped space or a confused letter costs nothing, and every folded letter knows the character it came
from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SAME = str.maketrans({"0": "O", "Q": "O", "1": "I", "L": "I", "|": "I", "!": "I", "$": "S", "5": "S", "8": "B"})
_MARKS = "™℠®"


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded letters, and for each the index of the character it came from."""

    letters: str
    origin: tuple[int, ...]


def fold(text: str) -> Folded:
    letters: list[str] = []
    origin: list[int] = []
    for i, character in enumerate(text):
        for letter in _plain(character):
            if letter == "N" and letters and letters[-1] == "R" and origin[-1] == i - 1:
                letters[-1] = "M"  # rn looks like m
                continue
            letters.append(letter)
            origin.append(i)
    return Folded("".join(letters), tuple(origin))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """The letters and digits that a character stands for: none, one, or more ("½")."""
    if character in _MARKS:
        return ""
    plain = unicodedata.normalize("NFKD", character).upper().translate(_SAME)
    return "".join(letter for letter in plain if letter.isalnum() and letter.isascii())
