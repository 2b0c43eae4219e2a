"""Copays: a kind of visit and the amount beside or below it, such as "Office:$25; ER:$300"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cardscan.extract.labels import Sheet, across
from cardscan.extract.runs import hull
from cardscan.layout import Placed
from cardscan.records import FieldValue

MONEY = re.compile(r"\$\s?\d{1,3}(?:,\d{3})*(?:\.\d{2})?(?!\d)|\$\s?\d+(?:\.\d{2})?(?!\d)|(?<![\d$.])\d{1,3}\s?%")
_VISIT = re.compile(
    r"(?<![A-Za-z])(?:(?:tier\s*\d\s+)?(?:office|doctor|primary(?:\s*care)?|pcp|special(?:ists?|ty)(?:\s*care)?)"
    r"(?:\s*visits?)?|spec\b\.?|emergency(?:\s*(?:room|care|dept))?|urgent(?:\s*car[eé])?|hospital(?:\s+(?:er|stay|admission))?"
    r"|inpatient(?:\s*(?:stay|care|hospital|admission))?|outpatient(?:\s*(?:surgery|care|visit))?|imaging|ambulance|virtual(?:\s*(?:visit|care))?"
    r"|rx(?:\s+(?:generic|brand))?|(?:generic|brand)(?:\s+rx)?|preventive|lab|x-?ray|telehealth|mental health"
    r"|er|ed|ov|uc)(?![A-Za-z]|\d\d)",
    re.IGNORECASE,
)
_SECOND_LINE = re.compile(r"(?:visits?|care|stay|room|dept\.?|er|(?:generic|brand)(?:\s+rx)?|\d)\W*", re.IGNORECASE)
"""What a narrow column leaves of a kind of visit, or of a tier, on its second line."""
_TIER = re.compile(r"\b(?:tier|option)(?:\s?\d)?\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s?(\d)")  # of "Tier1"
_GOES_ON = re.compile(r"\s\d{1,2}\b(?!\s?%|\s[a-z])")  # "$1 50": an amount that was torn
_MISREAD = re.compile(r"(?<![A-Za-z\d])[Ss§]\s?\d{2,3}\b")  # "S50"
_SLASH = re.compile(r"\s*/\s*")
_WITHIN = 15  # letters between a kind of visit and its amount in one line
_FAR = 30.0  # line heights between the two in one row
_BELOW = 1.9  # the same for an amount under its kind of visit
_FLUSH = 0.8  # by which two lines of one kind of visit may begin apart
_IN_DOUBT = 0.8  # the most confidence where an amount is left without its kind


@dataclass(frozen=True, slots=True)
class _Spot:
    """Some words of a line and where they stand, in the units of ``Placed``."""

    text: str
    row: int
    left: float
    right: float
    middle: float
    height: float
    first: float  # the middle of the first of its lines


@dataclass(frozen=True, slots=True)
class _Pair:
    """An amount and its kind of visit, or None; where that stands in the order of reading; whether it seems torn."""

    amount: _Spot
    visit: str | None
    order: tuple[int, float]
    torn: bool

    @property
    def text(self) -> str:
        return f"{self.visit}:{self.amount.text.replace(' ', '')}"


def read_copays(sheets: Sequence[Sheet]) -> FieldValue:
    """The kinds of visit with an amount on the side that has most, in reading order.

    An amount without its kind is left out, and a doubt.
    """
    found = [_pairs(sheet) for sheet in sheets]
    best = max(range(len(sheets)), key=lambda i: len({pair.text for pair in found[i] if pair.visit}), default=None)
    if best is None:
        return FieldValue()
    sheet, pairs = sheets[best], sorted((pair for pair in found[best] if pair.visit), key=lambda pair: pair.order)
    if not pairs:
        return FieldValue()
    used = [t for t in sheet.tokens if t.row in {pair.amount.row for pair in pairs}]
    text = "; ".join(dict.fromkeys(pair.text for pair in pairs))
    confidence = min((t.confidence for t in used), default=0.5)
    confidence = min(confidence, _IN_DOUBT) if _lacks_some(found[best], sheet) else confidence
    rows = {row for pair in pairs for row in (pair.amount.row, pair.order[0])}
    box = hull(sheet.lines[row].line.box for row in rows)
    return FieldValue(value=text, raw=text, confidence=confidence, status="unchecked", image=sheet.image, box=box)


def _pairs(sheet: Sheet) -> list[_Pair]:
    """The amounts of a side, each with its kind of visit, if it has one."""
    visits = list(_heads(_VISIT, sheet))
    tiers = [head for head in _heads(_TIER, sheet) if head.text[-1].isdigit()]
    return [pair for row in range(len(sheet.lines)) for pair in _in_line(row, sheet, visits, tiers)]


def _lacks_some(found: Sequence[_Pair], sheet: Sheet) -> bool:
    """Whether an amount was left without its kind, or one of them seems torn or misread."""
    alone = any(pair.torn if pair.visit else pair.amount.text.startswith("$") for pair in found)
    return alone or any(_MISREAD.search(p.line.text) and _VISIT.search(p.line.text) for p in sheet.lines)


def _in_line(row: int, sheet: Sheet, visits: Sequence[_Spot], tiers: Sequence[_Spot]) -> Iterator[_Pair]:
    text, start = sheet.lines[row].line.text, 0
    visit: str | None = None
    others: list[str] = []
    for amount in _spots(MONEY, row, sheet):
        at = text.index(amount.text, start)
        before, start = text[start:at], at + len(amount.text)
        named, last = amount, visit
        visit = others.pop(0) if others and _SLASH.fullmatch(before) else _before(before)
        if visit is None and not before.strip():
            visit = (last if tiers else None) or _beside(amount, sheet, passing=bool(tiers))
            if visit is None and (head := _over(amount, visits, _BELOW) or _under(amount, visits)):
                visit, named = head.text, head
        if visit and "/" in visit and _SLASH.match(text, start):
            visit, *others = _SLASH.split(visit)
        torn = _GOES_ON.match(text, start) is not None
        yield _Pair(amount, visit and _with_tier(visit, amount, tiers), (named.row, named.left), torn)


def _spots(pattern: re.Pattern[str], row: int, sheet: Sheet) -> Iterator[_Spot]:
    placed = sheet.lines[row]
    for match in pattern.finditer(placed.line.text):
        left, right = across(placed, match.start()), across(placed, match.end())
        yield _Spot(match.group().strip(), row, left, right, placed.middle, placed.height, placed.middle)


def _heads(pattern: re.Pattern[str], sheet: Sheet) -> Iterator[_Spot]:
    """Heads of columns: kinds of visit or tiers, alone in their lines, whole where they are broken over two."""
    rests: set[int] = set()
    for row, placed in enumerate(sheet.lines):
        if row in rests or pattern.sub("", placed.line.text).strip(" :/"):
            continue
        for head in _spots(pattern, row, sheet):
            rest = next((number for number, p in enumerate(sheet.lines) if _is_rest(head, p, pattern)), None)
            if rest is None:
                yield head
            else:
                rests.add(rest)
                below = sheet.lines[rest]
                text = f"{head.text} {below.line.text.strip(' :')}"
                yield replace(head, text=text, right=max(head.right, below.right), middle=below.middle)


def _is_rest(head: _Spot, below: Placed, pattern: re.Pattern[str]) -> bool:
    near = 0 < below.middle - head.middle < 1.5 * max(head.height, below.height)
    if not near or abs(below.left - head.left) > _FLUSH or not _SECOND_LINE.fullmatch(below.line.text):
        return False
    return pattern.fullmatch(f"{head.text} {below.line.text.strip(' :')}") is not None


def _before(text: str) -> str | None:
    """The kind of visit that a text ends with."""
    visits = list(_VISIT.finditer(text))
    if not visits or len(text) - visits[-1].end() > _WITHIN:
        return None
    first = len(visits) - 1
    while first and _SLASH.fullmatch(text[visits[first - 1].end() : visits[first].start()]):
        first -= 1  # "PCP/Spec"
    return text[visits[first].start() : visits[-1].end()].strip()


def _beside(amount: _Spot, sheet: Sheet, *, passing: bool) -> str | None:
    """The kind of visit in the nearest line to the left in the row of an amount.

    Args:
        passing: Whether amounts may stand between them: those of other tiers.
    """
    row = [
        p for p in sheet.lines
        if p.right <= amount.left + 0.5 and amount.left - p.right < _FAR
        and abs(p.middle - amount.middle) < 0.5 * min(p.height, amount.height)
        and not (passing and not MONEY.sub("", p.line.text).strip())
    ]  # fmt: skip
    nearest = max(row, key=lambda p: p.right, default=None)
    return _before(MONEY.sub("", nearest.line.text) if passing else nearest.line.text) if nearest else None


def _over(amount: _Spot, heads: Sequence[_Spot], reach: float) -> _Spot | None:
    """The head of the column that an amount stands in.

    Args:
        reach: Line heights between the two, at most.
    """
    over = [
        h for h in heads
        if 0 < amount.middle - h.middle < reach * max(h.height, amount.height) and _shared(h, amount) > 0
    ]  # fmt: skip
    lowest = max((h.middle for h in over), default=0.0)
    row = [h for h in over if lowest - h.middle < 0.5 * h.height]
    return max(row, key=lambda h: _shared(h, amount), default=None)


def _under(amount: _Spot, heads: Sequence[_Spot]) -> _Spot | None:
    """The head that stands under an amount, on sides that set values above their labels."""
    near = [h for h in heads if 0 < h.first - amount.middle < _BELOW * max(h.height, amount.height)]
    return max((h for h in near if _shared(h, amount) > 0), key=lambda h: _shared(h, amount), default=None)


def _shared(a: _Spot, b: _Spot) -> float:
    return min(a.right, b.right) - max(a.left, b.left)


def _with_tier(visit: str, amount: _Spot, tiers: Sequence[_Spot]) -> str:
    """A kind of visit with the tier whose column the amount stands in."""
    tier = _over(amount, tiers, _FAR)
    return visit if tier is None or _TIER.search(visit) else _NUMBER.sub(r" \1", tier.text) + f" {visit}"
