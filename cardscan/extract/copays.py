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
    r"(?:office(?:\s+visits?)?|primary(?:\s+care)?|pcp|specialist|spec\.?|emergency(?:\s+(?:room|care|dept))?"
    r"|urgent(?:\s+care)?|hospital|inpatient|rx|generic|brand|preventive|lab|x-?ray|telehealth|mental health"
    r"|\b(?:er|ed|ov|uc)\b)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s\d{1,2}\b(?!\s?%|\s[a-z])")  # "$1 50": an amount that was torn
_MISREAD = re.compile(r"(?<![A-Za-z\d])[Ss§]\s?\d{2,3}\b")  # "S50"
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
        alone = alone or (_MISREAD.search(placed.line.text) is not None and _VISIT.search(placed.line.text) is not None)
        for amount in MONEY.finditer(placed.line.text):
            visit = _before(placed.line.text[start : amount.start()])
            if visit is None and start == 0 and not placed.line.text[: amount.start()].strip():
                visit = _beside(placed, sheet) or _above(placed, sheet)
            start = amount.end()
            if visit is None:
                alone = alone or amount.group().startswith("$")
            else:
                alone = alone or _GOES_ON.match(placed.line.text, amount.end()) is not None
                pairs.append(_Pair(f"{visit}:{amount.group().replace(' ', '')}", row))
    return pairs, alone


def _before(text: str) -> str | None:
    """The kind of visit that a text ends with."""
    visits = list(_VISIT.finditer(text))
    return visits[-1].group().strip() if visits and len(text) - visits[-1].end() <= _WITHIN else None


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
