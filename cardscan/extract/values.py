"""The words that stand where a label's value stands: to its right, or below or above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from cardscan.extract.labels import Label, Sheet, Token, is_number_sign
from cardscan.extract.runs import Value, as_value, text_of
from cardscan.layout import line_above, next_line

_NEAR_GAP = 3.0  # line heights
_FAR_GAP = 32.0  # nearly a card's width, in small print
_FLUSH = 1.5
_WORD_GAP = 1.6  # within a line
_HIDDEN_GAP = 8.0  # within which digits without a label may be the rest of a number
_PART_GAP = 1.0  # between two lines of one row: more, and another column begins
_BESIDE = 1.2  # by which a value may begin before its label, or end behind it
_ALIGNED = 0.6  # by which what begins or ends together may be apart
_TORN_GAP = 2.5  # within which the rest of a value stands that is not whole
_MOST_RESTS = 3
_LEAST_FIRST = 2  # more labels with a value before them than with one behind
_UNUSUAL = 0.85  # of its confidence has a value that stands where those of other labels do not

GoesOn = Callable[[str, str], bool]
"""Whether a text is no whole value, and another that stands behind or below it is its rest."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How a side sets labels and values.

    Attributes:
        stacked: Where the values of labels that stand alone are: "below" or "above" them.
        table: They stand in a column of their own, far to the right.
        first: Values stand before their labels in one row: "0012345678 Member ID".
    """

    stacked: str = "below"
    table: bool = False
    first: bool = False


def habit_of(sheet: Sheet, is_right: Callable[[str, str], bool]) -> Habit:
    """How a side sets labels that stand alone.

    Args:
        sheet: The side.
        is_right: Whether a text has the form of a field's value: where more of them do is where they are; if above and
            below are alike, the closer one.
    """
    votes = table = first = 0.0
    for label in sheet.labels:
        left, right = _left(label, sheet), _right(label, sheet, _FAR_GAP)
        before, far = (bool(run) and is_right(label.field, " ".join(t.text for t in run)) for run in (left, right))
        first += before - (far and not sheet.points_on(label))  # a colon says where the value is, of this label
        gaps = _gaps(label, sheet)
        if gaps is None:
            continue
        texts = (" ".join(t.text for t in _stacked(label, sheet, where)) for where in ("above", "below"))
        above, below = (bool(text) and is_right(label.field, text) for text in texts)
        votes += 2.0 * (above - below) + 0.5 * ((gaps[0] < gaps[1]) - (gaps[1] < gaps[0]))
        table += far - (above or below)
    return Habit("above" if votes > 0 else "below", table > 0, first >= _LEAST_FIRST)


def ends_open(text: str, _rest: str) -> bool:
    """Whether a text ends as no value does: "2025-01-", "Feb 1,"."""
    return text.endswith(("-", ","))


def values_of(label: Label, sheet: Sheet, habit: Habit, goes_on: GoesOn = ends_open) -> Iterator[Value]:
    """What may be the value of a label, likeliest first.

    Close to its right, wrapped into the next line, below or above it; far to its right last, unless the side is set as
    a table: that may be the value of the next column's label. A value that a narrow column breaks comes whole first.
    Where no other label of the side has its value is looked at last, and believed less.
    """
    if sheet.follows(label):
        yield from [as_value(run, sheet.image, "left") for run in [_left(label, sheet)] if run]
        return
    near = _right(label, sheet, _NEAR_GAP)
    far = [] if near else _right(label, sheet, _FAR_GAP)
    stacked = _stacked(label, sheet, habit.stacked)
    alone = [("right", far), (habit.stacked, stacked)] if habit.table else [(habit.stacked, stacked), ("right", far)]
    before = [("left", _left(label, sheet))] if habit.first and not sheet.points_on(label) else []
    other = "below" if habit.stacked == "above" else "above"
    against = [] if near else [(other, _stacked(label, sheet, other))]
    for how, run in (*before, ("right", near), ("wrapped", _wrapped(label, sheet)), *alone, *against):
        if run:
            for words in _whole_or_not(run, how, label, sheet, goes_on):
                value = as_value(words, sheet.image, how)
                doubt = 0.5 if _digits_follow(words, sheet) else _UNUSUAL if how == other else 1.0
                sure, distance = doubt * value.confidence, _distance(label, words[0])
                yield replace(value, confidence=sure, distance=distance, before=_before(words[0], sheet))


def _whole_or_not(run: list[Token], how: str, label: Label, sheet: Sheet, goes_on: GoesOn) -> Iterator[list[Token]]:
    """A value with its rest, if it has one; as it stands; and above a label with what may stand above it."""
    whole = _with_rest(run, label, sheet, goes_on)
    if len(whole) > len(run):
        yield whole
    yield run
    if how == "above" and len(torn := _with_first(run, sheet, goes_on)) > len(run):
        yield torn


def _before(token: Token, sheet: Sheet) -> str:
    """The words before another in its line, or the line above if it is the first."""
    before = [t for t in sheet.tokens if t.row == token.row and t.right <= token.left + 0.1]
    if before:
        return text_of(sorted(before, key=lambda t: t.left))
    above = line_above(token.row, sheet.lines)
    return "" if above is None else sheet.lines[above].line.text


def _distance(label: Label, token: Token) -> float:
    across = max(token.left - label.right, label.left - token.right, 0.0)
    down = max(token.top - label.bottom, label.top - token.bottom, 0.0)
    return across + down


def _with_rest(run: list[Token], label: Label, sheet: Sheet, goes_on: GoesOn) -> list[Token]:
    """The words of a value with those behind a gap or in the lines below, as long as they are its rest."""
    for _ in range(_MOST_RESTS):
        rests = (_behind(run, label, sheet), _beneath(run, label, sheet))
        rest = next((rest for rest in rests if rest and goes_on(text_of(run), text_of(rest))), None)
        if rest is None:
            break
        run = [*run, *rest]
    return run


def _behind(run: Sequence[Token], label: Label, sheet: Sheet) -> list[Token]:
    last = run[-1]
    labels = [o.left for o in sheet.labels if o is not label and o.left > last.right and _level(o, last)]
    stop = min(labels, default=float("inf"))
    after = [t for t in sheet.tokens if last.right <= t.left < stop and _level(t, last)]
    return _run(sorted(after, key=lambda t: t.left), last.right, first_gap=_TORN_GAP)


def _with_first(run: list[Token], sheet: Sheet, goes_on: GoesOn) -> list[Token]:
    """The words of a value with those in the lines above, as long as it is their rest."""
    for _ in range(_MOST_RESTS):
        above = next((p for p in _lines_near(run[0], -1, sheet) if _are_flush(p, run, (run[0].left,))), None)
        if above is None or not goes_on(text_of(above), text_of(run)):
            break
        run = [*above, *run]
    return run


def _beneath(run: Sequence[Token], label: Label, sheet: Sheet) -> list[Token]:
    """The words of the next line that begins where a value or its label begins, or ends where the value ends.

    None, if a label stands before them.
    """
    below = _lines_near(run[-1], 1, sheet)
    part = next((p for p in below if _are_flush(p, run, (run[0].left, label.left))), None)
    if part is None:
        return []
    column = label.left - _BESIDE
    labelled = any(o is not label and column < o.left < part[0].right and _level(o, part[0]) for o in sheet.labels)
    return [] if labelled else part


def _lines_near(token: Token, way: int, sheet: Sheet) -> list[list[Token]]:
    """The lines of words right below a word (``way`` 1) or above it (-1), cut at gaps and labels, the nearest first."""
    height = token.bottom - token.top
    near = [
        t for t in sheet.tokens
        if 0.5 * height < way * (t.top + t.bottom - token.top - token.bottom) / 2 < 1.6 * max(height, t.bottom - t.top)
    ]  # fmt: skip
    lines: list[list[Token]] = []
    for t in sorted(near, key=lambda t: (t.row, t.left)):
        last = lines[-1][-1] if lines and lines[-1][-1].row == t.row else None
        if last and t.left - last.right <= _WORD_GAP and not any(_parts_words(o, last, t) for o in sheet.labels):
            lines[-1].append(t)
        else:
            lines.append([t])
    return sorted(lines, key=lambda line: way * line[0].top)


def _parts_words(label: Label, before: Token, after: Token) -> bool:
    return before.right - 0.2 <= label.left and label.right <= after.left + 0.2 and _level(label, after)


def _are_flush(line: Sequence[Token], run: Sequence[Token], lefts: Sequence[float]) -> bool:
    """Whether a line begins at one of some places, or ends where a value does."""
    return any(abs(line[0].left - left) < _FLUSH for left in lefts) or abs(line[-1].right - run[-1].right) < _ALIGNED


def _level(a: Label | Token, b: Label | Token) -> bool:
    """Whether two stand in one row."""
    return min(a.bottom, b.bottom) - max(a.top, b.top) > 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def _digits_follow(run: Sequence[Token], sheet: Sheet) -> bool:
    """Whether digits without a label stand further on in the row of a number: a part between may be hidden."""
    last = run[-1]
    if not last.text[-1:].isdigit():
        return False
    after = [t for t in sheet.tokens if t.left > last.right and t.row != last.row and _level(t, last)]
    first = min(after, key=lambda t: t.left, default=None)
    if first is None or first.left - last.right > _HIDDEN_GAP or not first.text[0].isdigit():
        return False
    between = any(last.right < o.left < first.left and _level(o, last) for o in sheet.labels)
    return not between and not any(_heads(o, first) for o in sheet.labels)


def _heads(label: Label, token: Token) -> bool:
    """Whether a label stands over or under a word, in its column."""
    near = 0 < abs(token.top - label.top) < 1.9 * max(label.bottom - label.top, token.bottom - token.top)
    return near and abs(token.left - label.left) < _BESIDE


def _right(label: Label, sheet: Sheet, first_gap: float) -> list[Token]:
    stop = min(
        (o.left for o in sheet.labels if o is not label and o.left > label.right - 0.3 and _level(label, o)),
        default=float("inf"),
    )
    beside = [t for t in sheet.tokens if t.left >= label.right - 0.6 and t.left < stop - 0.2 and _level(label, t)]
    beside = [t for t in beside if not is_number_sign(t.text)]
    start = min((t.left for t in beside), default=0.0)
    first = min((t for t in beside if t.left < start + 0.5), key=lambda t: t.top, default=None)
    upper = [t for t in beside if first and _level(t, first)]  # of two lines beside a label, the first
    return _run(sorted(upper, key=lambda t: t.left), label.right, first_gap=first_gap)


def _left(label: Label, sheet: Sheet) -> list[Token]:
    """The words that end where a label begins, in its row."""
    stop = max(
        (o.right for o in sheet.labels if o is not label and o.right < label.left + 0.3 and _level(o, label)),
        default=-float("inf"),
    )
    beside = [t for t in sheet.tokens if stop - 0.2 < t.left and t.right <= label.left + 0.6 and _level(label, t)]
    run: list[Token] = []
    for token in sorted(beside, key=lambda t: -t.right):
        space = (run[0].left if run else label.left) - token.right
        if space > (_gap(token, run[0]) if run else _NEAR_GAP):
            break
        run.insert(0, token)
    return run


def _wrapped(label: Label, sheet: Sheet) -> list[Token]:
    """The first words of the next line of a paragraph, for a label that ends its line."""
    if sheet.behind(label) or label.start == 0:
        return []
    row = next_line(label.row, sheet.lines)
    words = sorted((t for t in sheet.tokens if t.row == row), key=lambda t: t.left)
    if words and _labelled_in_row(words[0], sheet):
        return []
    digits = len(list(takewhile(lambda t: t.text.isdigit(), words)))  # "0053 1480 6677" is one number
    return words[: max(2, digits)]


def _stacked(label: Label, sheet: Sheet, where: str) -> list[Token]:
    """The words of the nearest line below or above a label, in its column; a line is cut only where it has a gap."""
    row = _nearest_row(label, sheet, where)
    if row is None:
        return []
    middle = (row.top + row.bottom) / 2
    level = [t for t in sheet.tokens if abs((t.top + t.bottom) / 2 - middle) < 0.6 * (t.bottom - t.top)]
    rivals = [o for o in sheet.labels if o.field != label.field and _level(label, o)]
    owned = (_own(label, _from(label, part), rivals) for part in _parts(level))
    parts = [part for part in owned if part and _is_under(label, part)]
    part = max(parts, key=lambda part: _under(label, part), default=[])
    if part and (part[0].text.endswith(":") or any(_between(label, o, part[0]) for o in sheet.labels)):
        return []  # what stands there is a label itself, or belongs to a label of its own
    return [] if part and not _is_aligned(label, part) and _labelled_in_row(part[0], sheet) else part


def _from(label: Label, part: list[Token]) -> list[Token]:
    """The words of a row from where a label's column begins, if an amount or a line of another column ends there."""
    for i, (before, token) in enumerate(pairwise(part), start=1):
        ended = before.row != token.row or before.text.startswith("$") or before.text.endswith("%")
        if ended and abs(token.left - label.left) < _ALIGNED and before.right < label.left + _ALIGNED:
            return part[i:]
    return part


def _is_under(label: Label, part: Sequence[Token]) -> bool:
    """Whether words stand in a label's column, or begin a little behind it: none that end before it."""
    return _under(label, part) > 0 and part[-1].right > label.left


def _is_aligned(label: Label, part: Sequence[Token]) -> bool:
    """Whether words begin where a label does, or have their middle where it has its own."""
    left, right = part[0].left, part[-1].right
    return min(abs(left - label.left), abs(left + right - label.left - label.right) / 2) < _BESIDE


def _labelled_in_row(token: Token, sheet: Sheet) -> bool:
    """Whether a label with nothing below ends its line to the left of a word: a table's label and value."""
    before = [t.right for t in sheet.tokens if t.right <= token.left and _level(t, token)]
    last = max(before, default=-float("inf"))
    return any(
        last < o.right <= token.left < o.right + _FAR_GAP
        and _level(o, token)
        and not sheet.behind(o)
        and not _stacked(o, sheet, "below")
        for o in sheet.labels
    )


def _own(label: Label, part: list[Token], rivals: Sequence[Label]) -> list[Token]:
    """What of a part is under a label: all, or where words begin under other labels too, those up to the next."""
    sharing = [o for o in rivals if any(abs(t.left - o.left) < _BESIDE for t in part)]
    if not sharing:
        return part if _under(label, part) > max((_under(o, part) for o in rivals), default=0.0) else []
    stop = min((o.left for o in sharing if o.left > label.left), default=float("inf"))
    begins = any(abs(t.left - label.left) < _ALIGNED for t in part)
    return [t for t in part if label.left - (_ALIGNED if begins else _BESIDE) < t.left < stop - 0.2]


def _parts(level: Sequence[Token]) -> list[list[Token]]:
    """The words of one row, apart where gaps separate columns."""
    parts: list[list[Token]] = []
    for token in sorted(level, key=lambda t: t.left):
        last = parts[-1][-1] if parts else None
        if last and token.left - last.right <= _gap(token, last):
            parts[-1].append(token)
        else:
            parts.append([token])
    return parts


def _under(label: Label, part: Sequence[Token]) -> float:
    """How far words reach into a label's column; below 0 they are beside it."""
    return min(part[-1].right, label.right + _BESIDE) - max(part[0].left, label.left - _BESIDE)


def _between(label: Label, other: Label, token: Token) -> bool:
    """Whether another label of the column stands before a word in its line, or in a line between the two."""
    if other.row == token.row:
        return other.left <= token.left
    low, high = sorted(((label.top + label.bottom) / 2, (token.top + token.bottom) / 2))
    in_column = label.left - _BESIDE < other.left < label.right + 1
    return other is not label and in_column and low < (other.top + other.bottom) / 2 < high


def _nearest_row(label: Label, sheet: Sheet, where: str) -> Token | None:
    """A word of the nearest line below or above that stands in the label's column."""
    height = label.bottom - label.top
    near: list[tuple[float, Token]] = []
    for t in sheet.tokens:
        gap = (t.top - label.bottom) if where == "below" else (label.top - t.bottom)
        beyond = -0.5 * height < gap < 1.9 * max(height, t.bottom - t.top) and t.row != label.row
        apart = (t.top + t.bottom - label.top - label.bottom) / 2 * (1 if where == "below" else -1) > 0.5 * height
        if beyond and apart and t.right > label.left - _BESIDE and t.left < label.right + 1:
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


def _gap(one: Token, other: Token) -> float:
    """How far apart two words of one row may be: more, and another column begins."""
    return _WORD_GAP if one.row == other.row else _PART_GAP


def _run(tokens: Sequence[Token], start: float, *, first_gap: float) -> list[Token]:
    """Tokens one after the other until a gap that separates columns."""
    run: list[Token] = []
    for token in tokens:
        space = token.left - (run[-1].right if run else start)
        if space > (_gap(token, run[-1]) if run else first_gap):
            break
        run.append(token)
    return run
