"""Labels on a side of a card, and the other words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import yaml
from rapidfuzz import fuzz, process

from cardscan.layout import Placed, View, next_line, place
from cardscan.records import Corners, Line

_MIN_FUZZY = 9  # letters; shorter labels must be right to the letter
_FUZZY_SCORE = 88.0
_MISREAD_SCORE = 80.0  # the same of a short one
_VALUE = 5  # digits before a label in small letters that ends its line: "April 1, 2025 coverage begins"
_MARKS = ":#.)=-–—|·•<> "
_MOST_TAIL = 3  # words of a broken label in its first line
_MOST_HEAD = 2  # the same in its second
_WORD = re.compile(r"\S+")
_CHOICE = re.compile(r"\(([^()|]*\|[^()]*)\)")
_NUMBERS = {"member_id", "group_number", "rx_bin", "rx_pcn", "rx_group", "rx_id", "payer_id", "issuer_number"}
_NUMBER = re.compile(r"\W{0,2}\b(?:no\b|num\b|number\b)\.?|\W{0,2}#|/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or the rest of one after a label. Positions in the units of `Placed`."""

    text: str
    confidence: float
    row: int
    left: float
    right: float
    top: float
    bottom: float
    box: Corners


@dataclass(frozen=True, slots=True)
class Label:
    """A label as found: which field it names, in which words (squeezed), where, and whether other words explain it."""

    field: str
    words: str
    row: int
    start: int
    end: int
    left: float
    right: float
    top: float
    bottom: float
    prose: bool = False


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Sheet:
    """One side of a card as labels and the other words."""

    image: int
    labels: tuple[Label, ...]
    tokens: tuple[Token, ...]
    lines: tuple[Placed, ...]

    def behind(self, label: Label) -> str:
        """What stands behind a label in its line."""
        return self.lines[label.row].line.text[label.end :].strip(" :.#)/")

    def follows(self, label: Label) -> bool:
        """Whether a label stands behind its value, in small letters: "April 1, 2025 coverage begins"."""
        return label.start > 0 and self.lines[label.row].line.text[label.start].islower() and not self.behind(label)

    def points_on(self, label: Label) -> bool:
        """Whether a colon right behind a label points to its value."""
        return self.lines[label.row].line.text[label.end :].lstrip().startswith(":")


def is_number_sign(text: str) -> bool:
    """Whether a word is the end of a label that was read apart from it, "NO.", or parts it from another, "/"."""
    return _NUMBER.fullmatch(text) is not None


@cache
def known_labels() -> tuple[tuple[str, str], ...]:
    """(field, folded label), longest first. ``none`` names things that are not fields."""
    data = yaml.safe_load((Path(__file__).parent / "labels.yaml").read_text(encoding="utf-8"))
    pairs = [(field, squeeze(text)) for field, texts in data.items() for short in texts for text in _written_out(short)]
    return tuple(sorted(set(pairs), key=lambda p: (-len(p[1]), p)))


def _written_out(short: str) -> Iterator[str]:
    """What "(a|b) c" stands for; a part in brackets without a bar is of the label itself."""
    parts = _CHOICE.split(short)  # every second one is a choice
    choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    return map("".join, product(*choices))


def squeeze(text: str) -> str:
    """Letters, digits and # in capitals; what a label is compared by."""
    return "".join(_capital(c) for c in text if c.isalnum() or c == "#")


@cache
def _capital(character: str) -> str:
    """One capital without accents, which readers see in specks: "Good thrü"."""
    return unicodedata.normalize("NFKD", character).upper()[0]


def read_sheet(view: View) -> Sheet:
    lines = place(view)
    labels = [label for row, placed in enumerate(lines) for label in _labels_in(row, placed)]
    for row in range(len(lines)):
        labels = _joined_below(row, lines, labels)
    own: dict[int, list[Label]] = {}
    for label in labels:
        own.setdefault(label.row, []).append(label)
    tokens = [token for row, placed in enumerate(lines) for token in _tokens_in(row, placed, own.get(row, []))]
    return Sheet(view.image, tuple(labels), tuple(tokens), lines)


@cache
def _by_words() -> dict[str, str]:
    return {words: field for field, words in reversed(known_labels())}


def _joined_below(row: int, lines: Sequence[Placed], labels: list[Label]) -> list[Label]:
    """The labels, one that is broken over two lines as a whole: "... PCN 0215COMM Rx" above "Group 51KP2"."""
    below = next_line(row, lines)
    if below is None:
        return labels
    upper, lower = lines[row].line.text.rstrip(), lines[below].line.text
    tails = [word.start() for word in _WORD.finditer(upper)][-_MOST_TAIL:]
    heads = [word.end() for word in _WORD.finditer(lower)][:_MOST_HEAD]
    for first, last in product(tails, reversed(heads)):  # the longest first
        field = _by_words().get(words := squeeze(upper[first:] + lower[:last]))
        if field is None or not _is_broken(upper[first:], lower, last) or (field == "none" and first > 0):
            continue  # "Point-of-Service Plan" above "Name" is no "Plan Name"
        parts = [o for o in labels if (o.row == row and o.end > first) or (o.row == below and o.start < last)]
        if {o.row for o in parts if o.field != "none"} == {row, below}:
            continue  # two labels, each with a value of its own: "Member" above "ID No."
        if all(o.start >= first if o.row == row else o.end <= last for o in parts):
            return [o for o in labels if o not in parts] + [
                _whole(field, words, (lines[row], first), (below, last), lines)
            ]
    return labels


def _whole(field: str, words: str, upper: tuple[Placed, int], lower: tuple[int, int], lines: Sequence[Placed]) -> Label:
    """A label of two lines, from a place in the upper to one in the lower: as high as both where it stands alone."""
    row, last = lower
    placed = lines[row]
    left, right = across(placed, 0), across(placed, last)
    if placed.line.text[last:].strip(" :.#"):
        return Label(field, words, row, 0, last, left, right, placed.top, placed.bottom)
    above, first = upper
    left, right = min(left, across(above, first)), max(right, above.right)
    return Label(field, words, row, 0, last, left, right, above.top, placed.bottom)


def _is_broken(tail: str, lower: str, last: int) -> bool:
    """Whether the words at the end of a line and at the start of the next are a label's, not a sentence's."""
    alone = not lower[last:].strip(" :.#")
    return tail[0].isupper() and (alone or (lower[0].isupper() and not _GOES_ON.match(lower, last)))


def _labels_in(row: int, placed: Placed) -> Iterator[Label]:
    text = placed.line.text
    kept = [(_capital(c), i) for i, c in enumerate(text) if c.isalnum() or c == "#"]
    letters = "".join(c for c, _ in kept)
    taken = [False] * len(letters)
    said = [pair for pair in known_labels() if pair[1] in letters]
    for known, search in ((said, _exact), (_likely(letters), _fuzzy)):  # to the letter before what is like it
        within = taken.copy()  # of a sentence, too: "tax ID" has no "ID" in it
        for field, label in known:
            for start, end in search(label, letters):
                first, last = kept[start][1], kept[end - 1][1] + 1
                if any(within[start:end]) or not _is_set_off(text, first, last):
                    continue
                within[start:end] = [True] * (end - start)
                prose = _is_prose(text, first, last)
                if prose and not _names_number(field, text, first, last):
                    continue
                taken[start:end] = [True] * (end - start)
                if field in _NUMBERS and (number := _NUMBER.match(text, last)):
                    last = number.end()
                left, right = across(placed, first), across(placed, last)
                prose = prose or _is_somes(placed, first)
                yield Label(field, label, row, first, last, left, right, placed.top, placed.bottom, prose)


def _exact(label: str, letters: str) -> Iterator[tuple[int, int]]:
    at = letters.find(label)
    while at >= 0:
        yield at, at + len(label)
        at = letters.find(label, at + len(label))


@cache
def _long_labels() -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    long = tuple((field, label) for field, label in known_labels() if len(label) >= _MIN_FUZZY)
    return long, tuple(label for _, label in long)


def _likely(letters: str) -> list[tuple[str, str]]:
    """The labels that a line may say with a letter or two misread."""
    pairs, labels = _long_labels()
    scores = process.cdist([letters], labels, scorer=fuzz.partial_ratio, score_cutoff=_FUZZY_SCORE)[0]
    return [pair for pair, score in zip(pairs, scores, strict=True) if score]


def _fuzzy(label: str, letters: str) -> Iterator[tuple[int, int]]:
    if len(letters) >= len(label) - 2:
        found = fuzz.partial_ratio_alignment(label, letters, score_cutoff=_FUZZY_SCORE)
        if found is not None and found.dest_end - found.dest_start >= len(label) - 2:
            yield found.dest_start, found.dest_end


_GOES_ON = re.compile(
    r"\s+(?:by|must|should|shall|is|has|are|not|or|and|of|from|to|if|at|when|who|whose"
    r"|(?:may|will)\s(?:be|not|have|only|use|receive|obtain|seek|go|pay))\b",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\s?(?=[\w-]*\d[\d-]{3,}\d\b)")
_OTHERS_ID = re.compile(r"\b[a-z]+\s$")
_SOMES_ID = re.compile(r"[^\W\d_]\w+\.?\s$")
_WITHIN = 0.8  # line heights between the words of one label, at most
_COMES_FROM = re.compile(r"\b(?:the|by|from|an?|this|your|each|every|any|if|when|our)\s+$", re.IGNORECASE)


def _is_set_off(text: str, start: int, end: int) -> bool:
    """Whether letters are words of their own, not parts of longer ones."""
    before, after = text[start - 1 : start], text[end : end + 1]
    left_free = not before.isalnum() or (before.islower() and text[start].isupper())
    # a label may run into its value where the spaces were lost: "Group123456", "NameJANE"
    right_free = not after.isalpha() or (text[end - 1].islower() and after.isupper())
    if end - start <= 4 and after.isalnum():
        return False  # "GRP3522" is a value, not a label with its value
    return left_free and right_free


def _names_number(field: str, text: str, start: int, end: int) -> bool:
    """Whether a number stands right behind its label, which is one even within a sentence: "use group ID 123456"."""
    return field in _NUMBERS and _LONG_NUMBER.match(text, end) is not None and not _is_things(text, start)


def _is_things(text: str, start: int) -> bool:
    """Whether an "ID" is one of a thing, not of a member: "photo ID"."""
    return text.startswith("ID", start) and _OTHERS_ID.search(text[:start]) is not None


def _is_somes(placed: Placed, start: int) -> bool:
    """Whether a word right before an "ID" says whose it is, and it is no member's: "FEIN ID", not "Mernber ID"."""
    text = placed.line.text
    before = _SOMES_ID.search(text[:start]) if text.startswith("ID", start) else None
    if before is None or across(placed, start) - across(placed, before.end() - 1) > _WITHIN:
        return False
    said, members = squeeze(before.group() + "ID"), [words for field, words in known_labels() if field == "member_id"]
    return process.extractOne(said, members, scorer=fuzz.ratio, score_cutoff=_MISREAD_SCORE) is None


def _is_prose(text: str, start: int, end: int) -> bool:
    """Whether the words of a label are words of a sentence."""
    rest = text[end:]
    whole = start == 0 and end - start >= _MIN_FUZZY and not rest.strip(" :#.")  # "overage ends": its C was cut off
    behind_value = not rest.strip(" :.#") and sum(map(str.isdigit, text[:start])) >= _VALUE
    pointing = rest.lstrip().startswith((":", "#"))
    if text[start].islower() and not (whole or behind_value or pointing):
        return True  # "when the member is away"
    if rest.startswith(",") or _GOES_ON.match(text, end):
        return True  # "OR, ID, MT": one of a list; "INSURED BY KAISER", a sentence in capitals
    if _COMES_FROM.search(text[:start]) and not pointing:
        return True  # "FROM THE MEMBER"
    return _is_things(text, start)


def across(placed: Placed, character: int) -> float:
    """Where a character of a line stands, from the boxes of its words."""
    line = placed.line
    if not line.words:
        return placed.left + (placed.right - placed.left) * character / max(1, len(line.text))
    spans = word_spans(line)
    for (start, end), (left, right) in zip(spans, _word_sides(placed), strict=True):
        if character <= end:
            inside = min(max((character - start) / max(1, end - start), 0.0), 1.0)
            return left + inside * (right - left)
    return placed.right


def word_spans(line: Line) -> list[tuple[int, int]]:
    """Character positions of the words of a line."""
    spans, at = [], 0
    for word in line.words:
        start = line.text.find(word.text, at)
        start = at if start < 0 else start
        at = start + len(word.text)
        spans.append((start, at))
    return spans


def _word_sides(placed: Placed) -> list[tuple[float, float]]:
    """Left and right of each word, in the units of the line's own frame."""
    line = placed.line
    along = line.box[1] - line.box[0]
    length = float(along @ along) or 1.0
    width = placed.right - placed.left
    sides = []
    for word in line.words:
        left = float((word.box[0] - line.box[0]) @ along) / length
        right = float((word.box[1] - line.box[0]) @ along) / length
        sides.append((placed.left + left * width, placed.left + right * width))
    return sides


def _tokens_in(row: int, placed: Placed, labels: Sequence[Label]) -> Iterator[Token]:
    """The words of a line, or what is left of them beside labels: "004336" and "COMMADV" of "004336·RXPCN:COMMADV"."""
    line = placed.line
    if not line.words:
        return  # an engine without words: labels are found, values are not
    for word, (start, end), (left, right) in zip(line.words, word_spans(line), _word_sides(placed), strict=True):
        own = sorted((label.start, label.end) for label in labels if label.start < end and label.end > start)
        for first, last in pairwise([start, *(min(max(at, start), end) for label in own for at in label), end]):
            text = line.text[first:last].lstrip(_MARKS)
            text = text if last == end else text.rstrip(_MARKS)
            if not text or any(first >= begin and last <= stop for begin, stop in own):
                continue
            at = line.text.index(text, first)
            low, high = (at - start) / max(1, end - start), (at + len(text) - start) / max(1, end - start)
            upper, lower = word.box[1] - word.box[0], word.box[2] - word.box[3]
            a, b = word.box[0], word.box[3]
            box = np.array([a + low * upper, a + high * upper, b + high * lower, b + low * lower])
            x0, x1 = left + low * (right - left), left + high * (right - left)
            yield Token(text, word.confidence, row, x0, x1, placed.top, placed.bottom, box)
