"""Labels on a card, and the words that stand where a label's value stands: to its right, or below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from rapidfuzz import fuzz

from cardscan.layout import Placed, View, place
from cardscan.records import Box, Corners, Line, box_of

_MIN_FUZZY = 9  # letters; shorter labels must be right to the letter
_FUZZY_SCORE = 88.0


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
    """A label as found: which field it names, and where."""

    field: str
    row: int
    start: int
    end: int
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One side of a card as labels and the other words."""

    image: int
    labels: tuple[Label, ...]
    tokens: tuple[Token, ...]
    lines: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """Words that stand where the value of a label stands."""

    text: str
    confidence: float
    box: Box
    image: int
    how: str


@cache
def known_labels() -> tuple[tuple[str, str], ...]:
    """(field, folded label), longest first. ``none`` names things that are not fields."""
    data = yaml.safe_load((Path(__file__).parent / "labels.yaml").read_text(encoding="utf-8"))
    pairs = [(field, squeeze(text)) for field, texts in data.items() for text in texts]
    return tuple(sorted(set(pairs), key=lambda p: (-len(p[1]), p)))


def squeeze(text: str) -> str:
    """Letters, digits and # in capitals; what a label is compared by."""
    return "".join(c for c in text.upper() if c.isalnum() or c == "#")


def read_sheet(view: View) -> Sheet:
    lines = place(view)
    labels: list[Label] = []
    tokens: list[Token] = []
    for row, placed in enumerate(lines):
        found = list(_labels_in(row, placed))
        labels += found
        tokens += _tokens_in(row, placed, found)
    return Sheet(view.image, tuple(labels), tuple(tokens), lines)


def _labels_in(row: int, placed: Placed) -> Iterator[Label]:
    text = placed.line.text
    kept = [(c.upper(), i) for i, c in enumerate(text) if c.isalnum() or c == "#"]
    letters = "".join(c for c, _ in kept)
    taken = [False] * len(letters)
    for search in (_exact, _fuzzy):  # what stands there to the letter comes before what is only like it
        for field, label in known_labels():
            for start, end in search(label, letters):
                if any(taken[start:end]) or not _word_ends(text, kept[start][1], kept[end - 1][1] + 1):
                    continue
                taken[start:end] = [True] * (end - start)
                first, last = kept[start][1], kept[end - 1][1] + 1
                left, right = _across(placed, first), _across(placed, last)
                yield Label(field, row, first, last, left, right, placed.top, placed.bottom)


def _exact(label: str, letters: str) -> Iterator[tuple[int, int]]:
    at = letters.find(label)
    while at >= 0:
        yield at, at + len(label)
        at = letters.find(label, at + len(label))


def _fuzzy(label: str, letters: str) -> Iterator[tuple[int, int]]:
    if len(label) >= _MIN_FUZZY and len(letters) >= len(label) - 2:
        found = fuzz.partial_ratio_alignment(label, letters, score_cutoff=_FUZZY_SCORE)
        if found is not None and found.dest_end - found.dest_start >= len(label) - 2:
            yield found.dest_start, found.dest_end


def _word_ends(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    left_free = not before.isalnum() or (before.islower() and text[start].isupper())
    # a label may run into its value where the spaces were lost: "Group123456", "NameJANE"
    right_free = not after.isalpha() or (text[end - 1].islower() and after.isupper())
    if end - start <= 4 and after.isalnum():
        return False  # "GRP3522" is a value, not a label with its value
    return left_free and right_free


def _across(placed: Placed, character: int) -> float:
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
    line = placed.line
    if not line.words:
        return  # an engine without words: labels are found, values are not
    for word, (start, end), (left, right) in zip(line.words, word_spans(line), _word_sides(placed), strict=True):
        cut = max([start, *(min(label.end, end) for label in labels if label.start < end and label.end > start)])
        text = line.text[cut:end].lstrip(":#.)=- ")
        if not text:
            continue
        share = (end - len(text) - start) / max(1, end - start)
        box = word.box.copy()
        box[0], box[3] = box[0] + share * (box[1] - box[0]), box[3] + share * (box[2] - box[3])
        yield Token(text, word.confidence, row, left + share * (right - left), right, placed.top, placed.bottom, box)


def values_of(label: Label, sheet: Sheet) -> Iterator[Value]:
    """What may be the value of a label, likeliest first: to the right, wrapped into the next line, below."""
    runs = (("right", _right(label, sheet)), ("wrapped", _wrapped(label, sheet)), ("below", _below(label, sheet)))
    for how, run in runs:
        if run:
            yield as_value(run, sheet.image, how)


def as_value(run: Sequence[Token], image: int, how: str) -> Value:
    box = np.array([run[0].box[0], run[-1].box[1], run[-1].box[2], run[0].box[3]])
    return Value(" ".join(t.text for t in run), min(t.confidence for t in run), box_of(box), image, how)


def _right(label: Label, sheet: Sheet) -> list[Token]:
    height = label.bottom - label.top
    stop = min(
        (o.left for o in sheet.labels if o is not label and o.left > label.right - 0.3 and _same_row(label, o, height)),
        default=float("inf"),
    )
    beside = [
        t for t in sheet.tokens if t.left >= label.right - 0.6 and t.left < stop - 0.2 and _same_row(label, t, height)
    ]
    return _run(sorted(beside, key=lambda t: t.left), label.right, first_gap=14, gap=1.6)


def _wrapped(label: Label, sheet: Sheet) -> list[Token]:
    """The first words of the next line of a paragraph, for a label that ends its line."""
    line = sheet.lines[label.row]
    if label.end < len(line.line.text.rstrip(" :.#")) or label.start == 0:
        return []
    under = [
        (p.top, row) for row, p in enumerate(sheet.lines)
        if 0 < p.middle - line.middle < 1.9 * line.height and abs(p.left - line.left) < 1.5
    ]  # fmt: skip
    if not under:
        return []
    row = min(under)[1]
    return sorted((t for t in sheet.tokens if t.row == row), key=lambda t: t.left)[:2]


def _below(label: Label, sheet: Sheet) -> list[Token]:
    height = label.bottom - label.top
    under = [
        t for t in sheet.tokens
        if 0 < (t.top + t.bottom) / 2 - label.bottom < 2.4 * max(height, t.bottom - t.top) and t.left > label.left - 1.2
    ]  # fmt: skip
    if not under:
        return []
    nearest = min(((t.top + t.bottom) / 2 for t in under if t.left < label.right + 1), default=None)
    if nearest is None:
        return []
    stop = min(
        (o.left for o in sheet.labels if o.left > label.left + 0.5 and _same_row(label, o, height)),
        default=float("inf"),
    )
    row = [t for t in under if abs((t.top + t.bottom) / 2 - nearest) < 0.6 * (t.bottom - t.top) and t.left < stop - 0.2]
    row.sort(key=lambda t: t.left)
    if row and any(o.row == row[0].row and o.left <= row[0].left for o in sheet.labels):
        return []  # what stands below belongs to a label of its own
    return _run(row, label.left, first_gap=3, gap=1.6)


def _run(tokens: Sequence[Token], start: float, *, first_gap: float, gap: float) -> list[Token]:
    """Tokens one after the other until a gap that separates columns."""
    run: list[Token] = []
    for token in tokens:
        space = token.left - (run[-1].right if run else start)
        if space > (gap if run else first_gap):
            break
        run.append(token)
    return run


def _same_row(a: Label, b: Label | Token, height: float) -> bool:
    overlap = min(a.bottom, b.bottom) - max(a.top, b.top)
    return overlap > 0.5 * min(height, b.bottom - b.top)
