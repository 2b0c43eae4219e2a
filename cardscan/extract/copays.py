"""Copays: a kind of visit and the amount beside or below it, such as "Office:$25; ER:$300"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cardscan.extract.labels import Sheet, Token, as_value
from cardscan.records import FieldValue

MONEY = re.compile(r"\$\s?\d{1,3}(?:,\d{3})*(?:\.\d{2})?(?!\d)|\$\s?\d+(?:\.\d{2})?(?!\d)|(?<![\d$.])\d{1,3}\s?%")
_VISIT = re.compile(
    r"(?:office(?:\s+visits?)?|primary(?:\s+care)?|pcp|specialist|spec\.?|emergency(?:\s+(?:room|care|dept))?|\ber\b|\bed\b"
    r"|urgent(?:\s+care)?|hospital|inpatient|rx|generic|brand|preventive|lab|x-?ray|telehealth|mental health)",
    re.IGNORECASE,
)


def read_copays(sheets: Sequence[Sheet]) -> FieldValue:
    """All kinds of visit with an amount, in reading order; an amount without its kind is left out."""
    pairs: list[str] = []
    used: list[Token] = []
    image = 0
    for sheet in sheets:
        for row, placed in enumerate(sheet.lines):
            found = _in_line(placed.line.text)
            if found:
                pairs += [pair for pair in found if pair not in pairs]
                used += [t for t in sheet.tokens if t.row == row]
                image = sheet.image
        if pairs:
            break
    if not pairs:
        return FieldValue()
    text = "; ".join(pairs)
    box = as_value(used, image, "line").box if used else None
    confidence = min((t.confidence for t in used), default=0.5)
    return FieldValue(value=text, raw=text, confidence=confidence, status="unchecked", image=image, box=box)


def _in_line(text: str) -> list[str]:
    """Pairs within one line: each amount belongs to the nearest kind of visit before it."""
    pairs = []
    visits = list(_VISIT.finditer(text))
    start = 0
    for amount in MONEY.finditer(text):
        before = [v for v in visits if start <= v.start() and v.end() <= amount.start()]
        if before and amount.start() - before[-1].end() <= 15:
            pairs.append(f"{before[-1].group().strip()}:{amount.group().replace(' ', '')}")
        start = amount.end()
    return pairs
