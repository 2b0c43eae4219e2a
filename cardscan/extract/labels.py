"""Labels on a card, and the words that stand where a label's value stands: to its right, or below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from rapidfuzz import fuzz, process

from cardscan.layout import Placed, View, place
from cardscan.records import Box, Corners, Line, box_of

_MIN_FUZZY = 9  # letters; shorter labels must be right to the letter
_FUZZY_SCORE = 88.0
_NEAR_GAP = 3.0  # line heights
_FAR_GAP = 24.0
_FLUSH = 1.5
_WORD_GAP = 1.6  # within a line
_HIDDEN_GAP = 8.0  # within which digits without a label may be the rest of a number
_PART_GAP = 1.0  # between two lines of one row: more, and another column begins


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
    """A label as found: which field it names, in which words (squeezed), and where."""

    field: str
    words: str
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
    for known, search in ((known_labels(), _exact), (_likely(letters), _fuzzy)):  # to the letter before what is like it
        for field, label in known:
            for start, end in search(label, letters):
                if any(taken[start:end]) or not _word_ends(text, kept[start][1], kept[end - 1][1] + 1):
                    continue
                taken[start:end] = [True] * (end - start)
                first, last = kept[start][1], kept[end - 1][1] + 1
                left, right = _across(placed, first), _across(placed, last)
                yield Label(field, label, row, first, last, left, right, placed.top, placed.bottom)


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


def _word_ends(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start].islower() and not text[end:].lstrip().startswith((":", "#")):
        return False  # "when the member is away": a word of a sentence
    if after == ",":
        return False  # "OR, ID, MT": one of a list
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


@dataclass(frozen=True, slots=True)
class Habit:
    """How a side sets labels and values.

    Attributes:
        stacked: Where the values of labels that stand alone are: "below" or "above" them.
        table: They stand in a column of their own, far to the right.
    """

    stacked: str = "below"
    table: bool = False


def habit_of(sheet: Sheet, is_right: Callable[[str, str], bool]) -> Habit:
    """How a side sets labels that stand alone.

    Args:
        sheet: The side.
        is_right: Whether a text has the form of a field's value: where more of them do is where they are; if above and
            below are alike, the closer one.
    """
    votes = table = 0.0
    for label in sheet.labels:
        gaps = _gaps(label, sheet)
        if gaps is None:
            continue
        runs = (_stacked(label, sheet, "above"), _stacked(label, sheet, "below"), _right(label, sheet, _FAR_GAP))
        texts = [" ".join(t.text for t in run) for run in runs]
        above, below, far = (bool(text) and is_right(label.field, text) for text in texts)
        votes += 2.0 * (above - below) + 0.5 * ((gaps[0] < gaps[1]) - (gaps[1] < gaps[0]))
        table += far - (above or below)
    return Habit("above" if votes > 0 else "below", table > 0)


def values_of(label: Label, sheet: Sheet, habit: Habit) -> Iterator[Value]:
    """What may be the value of a label, likeliest first.

    Close to its right, wrapped into the next line, below or above it; far to its right last, unless the side is set as
    a table: that may be the value of the next column's label.
    """
    near = _right(label, sheet, _NEAR_GAP)
    far = [] if near else _right(label, sheet, _FAR_GAP)
    stacked = _stacked(label, sheet, habit.stacked)
    alone = [("right", far), (habit.stacked, stacked)] if habit.table else [(habit.stacked, stacked), ("right", far)]
    for how, run in (("right", near), ("wrapped", _wrapped(label, sheet)), *alone):
        if run:
            value = as_value(run, sheet.image, how)
            yield replace(value, confidence=0.5 * value.confidence) if _goes_on(run, label, sheet) else value


def _goes_on(run: Sequence[Token], label: Label, sheet: Sheet) -> bool:
    """Whether digits without a label stand further on in the row of a number: a part between may be hidden."""
    if not run[-1].text[-1:].isdigit():
        return False
    height = label.bottom - label.top
    after = [t for t in sheet.tokens if t.left > run[-1].right and _same_row(label, t, height) and t.row != run[-1].row]
    first = min(after, key=lambda t: t.left, default=None)
    if first is None or first.left - run[-1].right > _HIDDEN_GAP or not first.text[0].isdigit():
        return False
    return not any(run[-1].right < o.left < first.left and _same_row(label, o, height) for o in sheet.labels)


def as_value(run: Sequence[Token], image: int, how: str) -> Value:
    box = np.array([run[0].box[0], run[-1].box[1], run[-1].box[2], run[0].box[3]])
    return Value(" ".join(t.text for t in run), min(t.confidence for t in run), box_of(box), image, how)


def _right(label: Label, sheet: Sheet, first_gap: float) -> list[Token]:
    height = label.bottom - label.top
    stop = min(
        (o.left for o in sheet.labels if o is not label and o.left > label.right - 0.3 and _same_row(label, o, height)),
        default=float("inf"),
    )
    beside = [
        t for t in sheet.tokens if t.left >= label.right - 0.6 and t.left < stop - 0.2 and _same_row(label, t, height)
    ]
    return _run(sorted(beside, key=lambda t: t.left), label.right, first_gap=first_gap)


def _wrapped(label: Label, sheet: Sheet) -> list[Token]:
    """The first words of the next line of a paragraph, for a label that ends its line."""
    line = sheet.lines[label.row]
    if label.end < len(line.line.text.rstrip(" :.#")) or label.start == 0:
        return []
    row = next_line(label.row, sheet)
    return [] if row is None else sorted((t for t in sheet.tokens if t.row == row), key=lambda t: t.left)[:2]


def next_line(row: int, sheet: Sheet) -> int | None:
    """The line in which a paragraph goes on, set flush left or centred; None where it ends."""
    line = sheet.lines[row]
    under = [
        (p.top, number) for number, p in enumerate(sheet.lines)
        if 0 < p.middle - line.middle < 1.9 * line.height
        and min(abs(p.left - line.left), abs(p.left + p.right - line.left - line.right) / 2) < _FLUSH
    ]  # fmt: skip
    return min(under)[1] if under else None


def _stacked(label: Label, sheet: Sheet, where: str) -> list[Token]:
    """The words of the nearest line below or above a label, in its column."""
    row = _nearest_row(label, sheet, where)
    if row is None:
        return []
    height = label.bottom - label.top
    stop = min(
        (o.left for o in sheet.labels if o.left > label.left + 0.5 and _same_row(label, o, height)),
        default=float("inf"),
    )
    middle = (row.top + row.bottom) / 2
    beside = [
        t for t in sheet.tokens
        if abs((t.top + t.bottom) / 2 - middle) < 0.6 * (t.bottom - t.top) and label.left - 1.2 < t.left < stop - 0.2
    ]  # fmt: skip
    beside.sort(key=lambda t: t.left)
    if beside and (beside[0].text.endswith(":") or any(_between(label, o, beside[0]) for o in sheet.labels)):
        return []  # what stands there is a label itself, or belongs to a label of its own
    return _run(beside, label.left, first_gap=3)


def _between(label: Label, other: Label, token: Token) -> bool:
    """Whether another label of the column stands before a word in its line, or in a line between the two."""
    if other.row == token.row:
        return other.left <= token.left
    low, high = sorted(((label.top + label.bottom) / 2, (token.top + token.bottom) / 2))
    in_column = label.left - 1.2 < other.left < label.right + 1
    return other is not label and in_column and low < (other.top + other.bottom) / 2 < high


def _nearest_row(label: Label, sheet: Sheet, where: str) -> Token | None:
    """A word of the nearest line below or above that stands in the label's column."""
    height = label.bottom - label.top
    near: list[tuple[float, Token]] = []
    for t in sheet.tokens:
        gap = (t.top - label.bottom) if where == "below" else (label.top - t.bottom)
        beyond = -0.5 * height < gap < 1.9 * max(height, t.bottom - t.top) and t.row != label.row
        apart = (t.top + t.bottom - label.top - label.bottom) / 2 * (1 if where == "below" else -1) > 0.5 * height
        if beyond and apart and label.left - 1.2 < t.left < label.right + 1:
            near.append((gap, t))
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _gaps(label: Label, sheet: Sheet) -> tuple[float, float] | None:
    """How far above and below a label that stands alone the next words are; None if some stand to its right."""
    if label.start > 0 or _right(label, sheet, _NEAR_GAP):
        return None
    far = 9.0
    above, below = _nearest_row(label, sheet, "above"), _nearest_row(label, sheet, "below")
    if above is None and below is None:
        return None
    return (label.top - above.bottom if above else far, below.top - label.bottom if below else far)


def _run(tokens: Sequence[Token], start: float, *, first_gap: float) -> list[Token]:
    """Tokens one after the other until a gap that separates columns."""
    run: list[Token] = []
    for token in tokens:
        space = token.left - (run[-1].right if run else start)
        most = first_gap if not run else _WORD_GAP if token.row == run[-1].row else _PART_GAP
        if space > most:
            break
        run.append(token)
    return run


def _same_row(a: Label, b: Label | Token, height: float) -> bool:
    overlap = min(a.bottom, b.bottom) - max(a.top, b.top)
    return overlap > 0.5 * min(height, b.bottom - b.top)
