"""What lines of text say without labels: telephone numbers, and a payer ID within a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardscan.extract import phone
from cardscan.extract.labels import Sheet, Token
from cardscan.extract.runs import as_value
from cardscan.layout import next_line
from cardscan.records import FieldValue

_GAP = r"(?:(?!\b(?:mail|box|address)\b)[^.\d])"
_PAYER = re.compile(
    rf"(?:\bpay[eo]r|EDI\s?pay[eo]r|\bEDI)\b{_GAP}{{0,25}}?\b(\d{{5}})\b(?![-\d])"
    rf"|\belectronic(?:ally)?\b{_GAP}{{0,40}}?\b(\d{{5}})\b(?![-\d])"
    r"|\b\d{5}-\d{4}\s?[(/,;]\s?(\d{5})\b(?![-\d])",  # behind the ZIP code of the claims address
    re.IGNORECASE,
)
_POSTAL = re.compile(r"(?:\b(?i:box)|\b(?!ID|NO)[A-Z]{2},?)\s*#?\s*$")


def is_postal(before: str) -> bool:
    """Whether the number behind some words is one of a box or a ZIP code.

    >>> is_postal("mail to PO Box "), is_postal("Chattanooga, TN "), is_postal("payer ID ")
    (True, True, False)
    """
    return _POSTAL.search(before) is not None


def payers(sheets: Sequence[Sheet]) -> Iterator[FieldValue]:
    """ "… or send it electronically to payer 62308": a payer ID inside a sentence, wrapped or not."""
    for sheet in sheets:
        for row, placed in enumerate(sheet.lines):
            follow = next_line(row, sheet.lines)
            text = placed.line.text + (f" {sheet.lines[follow].line.text}" if follow is not None else "")
            match = _PAYER.search(text)
            if match is None or is_postal(text[: match.start(match.lastindex or 0)]):
                continue
            number = match[match.lastindex or 0]
            token = next((t for t in sheet.tokens if t.row >= row and number in t.text), None)
            if token is not None:
                value = as_value([token], sheet.image, "prose")
                yield FieldValue(
                    value=number, raw=token.text, confidence=value.confidence, status="valid",
                    image=sheet.image, box=value.box,
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Call:
    """A telephone number: how sure it is, and where it stands."""

    confidence: float
    image: int
    words: tuple[Token, ...]


def read_phones(sheets: Sequence[Sheet], least: float) -> FieldValue:
    """All telephone numbers in reading order, as sure as the one that was read worst.

    Args:
        sheets: Sides of the card.
        least: The confidence from which a number is given.
    """
    found: dict[str, _Call] = {}
    for sheet in sheets:
        for row, placed in enumerate(sheet.lines):
            call = _Call(placed.line.confidence, sheet.image, tuple(t for t in sheet.tokens if t.row == row))
            for match in phone.PATTERN.finditer(_with_broken_number(row, sheet)):
                number = phone.format(match.group())
                known = found.get(number)
                if phone.is_valid(number) and call.confidence >= max(least, known.confidence if known else 0.0):
                    found[number] = call
    if not found:
        return FieldValue()
    image = next(iter(found.values())).image
    tokens = [token for call in found.values() if call.image == image for token in call.words]
    box = as_value(tokens, image, "line").box if tokens else None
    text, confidence = "; ".join(found), min(call.confidence for call in found.values())
    return FieldValue(value=text, raw=text, confidence=confidence, status="valid", image=image, box=box)


def _with_broken_number(row: int, sheet: Sheet) -> str:
    """A line, and where a dash ends it, the first word of the next: "1-888-831-" and "0761"."""
    text = sheet.lines[row].line.text.rstrip()
    below = next_line(row, sheet.lines) if re.search(r"\d[-–—]$", text) else None
    return text if below is None else text + sheet.lines[below].line.text.split()[0]
