"""What a card may say, and finding it in text as OCR gives it.

A phrase may mark the part that tells it from its neighbours: ``Kaiser Foundation Health Plan of [Colorado]``. The whole
phrase may be damaged a little; the marked part must be right almost to the letter, or it says nothing. So "Northern" is
never taken for "Southern" just because forty other letters agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from cardscan.classify.folding import fold
from cardscan.classify.necessary import necessary
from cardscan.classify.text import BREAK, DIGIT, Text, bare

_SCORE = 0.86  # share of letters; below this, phrases of one family start to be taken for each other
_SHORT_SCORE = 0.91
_NAME_SCORE = 0.95  # names are told apart by few letters: Molina Healthcare, Cigna Healthcare
_SHORT = 12
_EXACT = 5  # letters; a shorter phrase must be right to the letter
KEY_SCORE = 0.8  # of the letters of a phrase's telling part
SHORTEST_PLACE = 0.8  # of a phrase's length, that a stretch of text must have to say it
_NEAR = 70  # letters to either side
_MOST_PLACES = 6
_GAP = r"[\s.\-–—()/·•]{0,3}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What it means when a card says something.

    Attributes:
        says: The phrase as a person would quote it.
        attribute: Which attribute it speaks about, such as ``region``.
        value: What it says of it, such as ``SCAL``.
        strength: How much it says: 0 nothing (the text is set aside), 1 a hint, 2 clear, 3 sure.
    """

    says: str
    attribute: str
    value: str
    strength: float


def unmarked(text: str) -> str:
    """A phrase as a card says it, without the brackets around its telling part."""
    return text.replace("[", "").replace("]", "")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words, found fuzzily by their letters. ``key`` is the telling part; ``near``: one of these must be close by."""

    meaning: Meaning
    letters: str
    key: tuple[int, int] | None
    near: tuple[str, ...]
    whole_words: bool

    @classmethod
    def of(cls, text: str, meaning: Meaning, near: Sequence[str] = (), *, whole_words: bool = False) -> Phrase:
        match = re.fullmatch(r"(.*?)\[(.+?)\](.*)", text)
        key = None
        if match:
            start = len(fold(match[1]).letters)
            key = (start, start + len(fold(match[2]).letters))
        letters = fold(unmarked(text)).letters
        return cls(meaning, letters, key, tuple(fold(n).letters for n in near), whole_words)


@dataclass(frozen=True, slots=True)
class Expression:
    """A token, a number or a pattern, found by a regular expression in the text as it was read.

    Attributes:
        meaning: What it means.
        pattern: The expression.
        near: One of these must be close by.
        core: It stands in every text, made bare, in which the expression is found.
        pieces: One of them stands in every such text, made small; empty: nothing is known.
    """

    meaning: Meaning
    pattern: re.Pattern[str]
    near: tuple[str, ...] = ()
    core: str = ""
    pieces: tuple[str, ...] = ()

    @classmethod
    def of_pattern(cls, pattern: re.Pattern[str], meaning: Meaning) -> Expression:
        return cls(meaning, pattern, pieces=necessary(pattern))

    @classmethod
    def of_token(cls, token: str, meaning: Meaning, near: Sequence[str] = ()) -> Expression:
        return cls(meaning, token_pattern(token), tuple(fold(n).letters for n in near), bare(token))

    @classmethod
    def of_number(cls, digits: str, meaning: Meaning) -> Expression:
        return cls(meaning, number_pattern(digits), core=bare(digits))

    def hits(self, text: Text) -> list[Hit]:
        """Every place where it stands."""
        if self.core not in text.bare or not _any_in(self.pieces, text):
            return []
        return [
            Hit(self.meaning, 1.0, match.start(), match.end(), text.letters(*match.span()))
            for match in self.pattern.finditer(text.raw)
            if _is_near(self.near, text.raw, *match.span())
        ]


@dataclass(frozen=True, slots=True)
class Title:
    """What a line says that says nothing else: a stamp, the title of a paper."""

    meaning: Meaning
    pattern: re.Pattern[str]

    def hit(self, line: str, start: int) -> Hit | None:
        """The line, if it is this title; ``start`` is its position in the raw text."""
        words = line.strip(" .,:;!*-–—_|\"'“”()[]")
        if not words or not self.pattern.fullmatch(words):
            return None
        return Hit(self.meaning, 1.0, start, start + len(line), len(fold(words).letters))


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: ``start`` and ``end`` are positions in the raw text, ``score`` 0-1, ``explained`` in letters."""

    meaning: Meaning
    score: float
    start: int
    end: int
    explained: float


def token_pattern(token: str) -> re.Pattern[str]:
    """A whole word. Capitals only count as capitals ("PPO"), and may stand in run-together text ("DualChoicePPO")."""
    body = "".join("[O0]" if c == "O" else "[I1l|]" if c == "I" else re.escape(c) for c in token)
    if token.isupper():
        before = after = ""
        if len(token) == 2:  # "Denver, CO 80237" says where, not whose; "in CA, CO," is the rest of a list of states
            before, after = r"(?<![A-Z]{2},\s)(?<![A-Z]{2},)", r"(?!\W{0,3}\d{5})(?!\s?,\s?[A-Z]{2}\b)"
        return re.compile(
            rf"{before}(?<![A-Z0-9]){body}(?![A-Z0-9]|[a-z](?![a-z])){after}"
            rf"|(?<![A-Z0-9]){body}(?=Plan|PLAN|Network)"
        )
    return re.compile(rf"(?<![A-Za-z]){re.escape(token)}(?![a-z])", re.IGNORECASE)


def number_pattern(digits: str) -> re.Pattern[str]:
    """A number however it is punctuated, letters that look like digits allowed, not part of a longer number."""
    body = _GAP.join(DIGIT.get(d, d) for d in digits)
    country = rf"(?:1{_GAP})?" if len(digits) == 10 else ""
    return re.compile(rf"(?<!\d){country}{body}(?!\d)")


class Says(Protocol):
    """What is found in a text: an expression, or what a net makes of its sentences."""

    def hits(self, text: Text) -> list[Hit]:
        """Every place where it is said."""


def find(phrases: Iterable[Phrase], expressions: Iterable[Says], text: Text) -> list[Hit]:
    """What the text says of one attribute; of rival readings of one stretch only the best explanation."""
    hits = [hit for phrase in phrases for hit in _find_phrase(phrase, text)]
    hits += [hit for expression in expressions for hit in expression.hits(text)]
    return without_rivals(hits)


def _any_in(pieces: Sequence[str], text: Text) -> bool:
    return not pieces or any(piece in text.small for piece in pieces)


def _find_phrase(phrase: Phrase, text: Text) -> list[Hit]:
    """Every place that says the phrase. What is set aside must be found each time, or a rest of it would speak."""
    hits = []
    letters, origin = text.folded.letters, text.folded.origin
    for _ in range(_MOST_PLACES):
        span = _next_place(phrase, letters)
        if span is None:
            break
        score, start, end = span
        hit = _checked(phrase, score, text.folded.letters[start:end], origin[start], origin[end - 1] + 1, text.raw)
        if hit is not None:
            hits.append(hit)
        letters = letters[:start] + "#" * (end - start) + letters[end:]
    return hits


def _next_place(phrase: Phrase, letters: str) -> tuple[float, int, int] | None:
    needle = phrase.letters
    at = letters.find(needle)
    if at >= 0:
        return 1.0, at, at + len(needle)
    if len(needle) < _EXACT or len(needle) > len(letters) * 1.1 + 2:
        return None
    found = fuzz.partial_ratio_alignment(needle, letters, score_cutoff=100 * least_score(phrase))
    if found is None or found.dest_end - found.dest_start < len(needle) * SHORTEST_PLACE:
        return None
    return found.score / 100, found.dest_start, found.dest_end


def least_score(phrase: Phrase) -> float:
    """The share of letters (0-1) that must be right where a phrase is found."""
    length = len(phrase.letters)
    if length < _EXACT:
        return 1.0
    return _NAME_SCORE if phrase.whole_words else _SHORT_SCORE if length < _SHORT else _SCORE


def _checked(phrase: Phrase, score: float, found: str, first: int, last: int, raw: str) -> Hit | None:
    if phrase.key and not _key_is_right(phrase, found):
        return None
    if BREAK in raw[first:last] or not _is_near(phrase.near, raw, first, last):
        return None
    if phrase.whole_words and not _stands_alone(raw, first, last):
        return None
    return Hit(phrase.meaning, score, first, last, score * len(phrase.letters))


def _key_is_right(phrase: Phrase, found: str) -> bool:
    assert phrase.key is not None
    start, end = phrase.key
    wrong = sum(
        start <= op.src_pos < end or (op.tag == "insert" and start < op.src_pos < end)
        for op in Levenshtein.editops(phrase.letters, found)
    )
    length = end - start
    return wrong == 0 if length < 5 else 1 - wrong / length >= KEY_SCORE


def _is_near(near: tuple[str, ...], raw: str, start: int, end: int) -> bool:
    if not near:
        return True
    low = max(raw.rfind(BREAK, 0, start) + 1, start - _NEAR)
    stop = raw.find(BREAK, end)
    around = fold(raw[low : min(stop if stop >= 0 else len(raw), end + _NEAR)]).letters
    return any(word in around for word in near)


def _stands_alone(raw: str, start: int, end: int) -> bool:
    """No letter runs on at either end, save where a small letter meets a capital (a dropped space)."""
    before, first = raw[start - 1 : start], raw[start]
    last, after = raw[end - 1], raw[end : end + 1]
    left = not before.isalpha() or (before.islower() and first.isupper())
    return left and (not after.isalpha() or (last.islower() and after.isupper()))


def without_rivals(hits: list[Hit]) -> list[Hit]:
    """Where hits overlap, only the one that explains most letters stays; equals of one span stay together."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: h.explained, reverse=True):
        rivals = [k for k in kept if _overlap(hit, k) > 0.5 * min(hit.end - hit.start, k.end - k.start)]
        if all(k.start == hit.start and k.end == hit.end and k.explained == hit.explained for k in rivals):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def _overlap(a: Hit, b: Hit) -> int:
    return min(a.end, b.end) - max(a.start, b.start)
