"""The address for medical claims: from the words that announce it, or the P.O. box itself, to the ZIP code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cardscan.extract.labels import Sheet, across
from cardscan.extract.runs import as_value
from cardscan.layout import Placed, line_above
from cardscan.records import FieldValue

POST_BOX = re.compile(r"\bp\.?\s?[o0]\.?\s?box\b", re.IGNORECASE)
ZIP = re.compile(r"\b[A-Z]{2},?\s*\d{5}(?:-\d{4})?\b")
_CLAIMS = re.compile(r"claims?\b.{0,40}?(?:to|address|:)|cigna medical claims", re.IGNORECASE)
_MEDICAL = re.compile(r"\b(?:medical|health|hospital|facility|professional|all)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:pharmac(?:y|ies)|prescriptions?|rx|drugs?|dental|vision|hearing)\b|\bappeal|\bden(?:y|ied|ial)|grievance",
    re.IGNORECASE,
)
_APPEALS = re.compile(r"\bappeal|grievance", re.IGNORECASE)
_HEAD = re.compile(r"\W*(?!(?:attn|attention|address|mail|p\.?\s?o)\b)[A-Za-z][A-Za-z /&]{1,30}:", re.IGNORECASE)
"""The first words of a line that says something else: "PCP:"."""
_MOST_LINES = 4  # below the one that announces the address
_APART = 2.0  # line heights between two of its lines, at most


def read_claims_address(sheets: Sequence[Sheet]) -> FieldValue:
    """The first address of claims that are said to be medical; else the first of claims of no kind."""
    found = [pair for sheet in sheets for pair in _addresses(sheet)]
    return max(found, key=lambda pair: pair[0], default=(False, FieldValue()))[1]


def _addresses(sheet: Sheet) -> Iterator[tuple[bool, FieldValue]]:
    """The addresses of a side, each with whether it is said to be for medical claims."""
    for row, placed in enumerate(sheet.lines):
        text = placed.line.text
        for start in _CLAIMS.finditer(text):
            said = _sentence_before(row, start.start(), sheet) + start.group()
            medical = _MEDICAL.search(said) is not None
            if _APPEALS.search(said) or (_OTHERS.search(said) and not medical):
                continue
            at = start.start() if "medical claims" in start.group().lower() else start.end()
            value = _address(row, at, sheet)
            if value is not None:
                yield medical, value


def _sentence_before(row: int, end: int, sheet: Sheet) -> str:
    """The words of a sentence before a place in its line, with those in the line above where the line goes on."""
    text = sheet.lines[row].line.text[:end]
    above = line_above(row, sheet.lines)
    if above is not None and sheet.lines[row].line.text[:1].islower():
        text = f"{sheet.lines[above].line.text} {text}"
    return re.split(r"[.;]\s", text)[-1]


def _address(first: int, at: int, sheet: Sheet) -> FieldValue | None:
    """The address that begins at a character of a line and goes on in the lines below, in the same column."""
    gathered, rows = [sheet.lines[first].line.text[at:]], [first]
    for row in _below(first, sheet.lines):
        text = sheet.lines[row].line.text
        whole = ZIP.search(" ".join(gathered)) and not gathered[-1].rstrip().endswith("-")
        if whole or _HEAD.match(text):
            break
        gathered.append(text)
        rows.append(row)
    joined = _spaced(" ".join(gathered)).strip(" :,.")
    end = ZIP.search(joined)
    if end is None or not POST_BOX.search(joined) or _APPEALS.search(joined[: end.end()]):
        return None
    confidence = min(sheet.lines[row].line.confidence for row in rows)
    left = across(sheet.lines[first], at)
    tokens = [t for t in sheet.tokens if t.row in rows and (t.row != first or (t.left + t.right) / 2 > left)]
    box = as_value(tokens, sheet.image, "lines").box if tokens else None
    return FieldValue(
        value=joined[: end.end()], raw=joined, confidence=confidence, status="unchecked", image=sheet.image, box=box
    )


def _below(first: int, lines: Sequence[Placed]) -> Iterator[int]:
    """The lines under another in its column, without a gap between them."""
    head = last = lines[first]
    under = [
        (p.top, row) for row, p in enumerate(lines)
        if p.middle - head.middle > 0.5 * head.height and min(p.right, head.right) > max(p.left, head.left)
    ]  # fmt: skip
    for _, row in sorted(under)[:_MOST_LINES]:
        if lines[row].top - last.bottom > _APART * max(last.height, lines[row].height):
            return
        last = lines[row]
        yield row


def _spaced(text: str) -> str:
    """An address with the spaces that readers lose: "Box188061,Chattanooga,TN37422"; and a box with its letter O."""
    text = re.sub(r"\bP\.\s?0\.", "P.O.", text)
    text = re.sub(r"(?<=\d{5}-)\s+(?=\d{4}\b)", "", text)  # a ZIP code broken over two lines
    return re.sub(r"\s+", " ", re.sub(r"(?<=[A-Za-z])(?=\d)|(?<=,)(?=\S)|(?<=O\.)(?=B)", " ", text))
