"""Copays: a kind of visit and the amount beside or below it, such as "Office:$25; ER:$300"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cardscan.extract.labels import Sheet
from cardscan.extract.values import as_value
from cardscan.layout import Placed
from cardscan.records import FieldValue

MONEY = re.compile(r"\$\s?\d{1,3}(?:,\d{3})*(?:\.\d{2})?(?!\d)|\$\s?\d+(?:\.\d{2})?(?!\d)|(?<![\d$.])\d{1,3}\s?%")
_VISIT = re.compile(
    r"(?:(?:tier\s*\d\s+)?(?:office|doctor|primary(?:\s+care)?|pcp|special(?:ist|ty)(?:\s+care)?)(?:\s+visits?)?|spec\.?"
    r"|emergency(?:\s+(?:room|care|dept))?|urgent(?:\s+care)?|hospital|inpatient|rx|generic|brand|preventive|lab|x-?ray"
    r"|telehealth|mental health|\b(?:er|ed|ov|uc)\b)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s\d{1,2}\b(?!\s?%|\s[a-z])")  # "$1 50": an amount that was torn
_MISREAD = re.compile(r"(?<![A-Za-z\d])[Ss§]\s?\d{2,3}\b")  # "S50"
_SLASH = re.compile(r"\s*/\s*")
_WITHIN = 15  # letters between a kind of visit and its amount in one line
_FAR = 20.0  # line heights between the two in one row
_BELOW = 1.9  # the same for an amount under its kind of visit
_IN_DOUBT = 0.8  # the most confidence where an amount is left without its kind


@dataclass(frozen=True, slots=True)
class _Pair:
    text: str
    row: int


def read_copays(sheets: Sequence[Sheet]) -> FieldValue:
    """All kinds of visit with an amount, in reading order; an amount without its kind is left out, and a doubt."""
    for sheet in sheets:
        pairs, alone = _pairs(sheet)
        if not pairs:
            continue
        used = [t for t in sheet.tokens if t.row in {pair.row for pair in pairs}]
        text = "; ".join(dict.fromkeys(pair.text for pair in pairs))
        confidence = min((t.confidence for t in used), default=0.5)
        confidence = min(confidence, _IN_DOUBT) if alone else confidence
        box = as_value(used, sheet.image, "line").box if used else None
        return FieldValue(value=text, raw=text, confidence=confidence, status="unchecked", image=sheet.image, box=box)
    return FieldValue()


def _pairs(sheet: Sheet) -> tuple[list[_Pair], bool]:
    """Visits with their amounts, and whether an amount was left without its kind."""
    pairs, alone = [], False
    for row, placed in enumerate(sheet.lines):
        start = 0
        others: list[str] = []
        alone = alone or (_MISREAD.search(placed.line.text) is not None and _VISIT.search(placed.line.text) is not None)
        for amount in MONEY.finditer(placed.line.text):
            before = placed.line.text[start : amount.start()]
            visit = others.pop(0) if others and _SLASH.fullmatch(before) else _before(before)
            if visit is None and start == 0 and not before.strip():
                visit = _beside(placed, sheet) or _above(placed, sheet)
            start = amount.end()
            if visit and "/" in visit and _SLASH.match(placed.line.text, start):
                visit, *others = _SLASH.split(visit)
            if visit is None:
                alone = alone or amount.group().startswith("$")
            else:
                alone = alone or _GOES_ON.match(placed.line.text, amount.end()) is not None
                pairs.append(_Pair(f"{visit}:{amount.group().replace(' ', '')}", row))
    return pairs, alone


def _before(text: str) -> str | None:
    """The kind of visit that a text ends with."""
    visits = list(_VISIT.finditer(text))
    if not visits or len(text) - visits[-1].end() > _WITHIN:
        return None
    first = len(visits) - 1
    while first and _SLASH.fullmatch(text[visits[first - 1].end() : visits[first].start()]):
        first -= 1  # "PCP/Spec"
    return text[visits[first].start() : visits[-1].end()].strip()


def _beside(amount: Placed, sheet: Sheet) -> str | None:
    """The kind of visit in the nearest line to the left in the row of an amount that begins its line."""
    row = [
        p for p in sheet.lines
        if p is not amount and p.right <= amount.left + 0.5 and amount.left - p.right < _FAR
        and min(p.bottom, amount.bottom) - max(p.top, amount.top) > 0.5 * min(p.height, amount.height)
    ]  # fmt: skip
    nearest = max(row, key=lambda p: p.right, default=None)
    return _before(nearest.line.text) if nearest else None


def _above(amount: Placed, sheet: Sheet) -> str | None:
    """The kind of visit that stands over an amount, as a line of its own."""
    over = [
        p for p in sheet.lines
        if 0 < amount.middle - p.middle < _BELOW * max(p.height, amount.height)
        and p.left < amount.right and p.right > amount.left
    ]  # fmt: skip
    nearest = max(over, key=lambda p: p.middle, default=None)
    whole = nearest and _VISIT.fullmatch(nearest.line.text.strip(" :"))
    return whole.group() if whole else None
