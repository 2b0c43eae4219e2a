"""Whether a card says of itself that it is not in force on a day: before its effective date, or after its end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein

from cardscan.extract import card_date
from cardscan.extract.fields import all_values
from cardscan.extract.labels import Label, Sheet, known_labels, squeeze
from cardscan.layout import next_line, paragraphs

_BIRTH = {squeeze(label) for label in ("DOB", "Date of Birth", "Birth Date")}
UNREAD = "a last day that cannot be read"
_LEAST_MISREAD = 6  # letters of a label of which one may be misread

_DATE = f"(?:{card_date.PATTERN.pattern}|{card_date.DIGITS})"
_UNTIL = r"(?:through|thru|until|till|to)"
_HASTA = r"(?:\b(?:vence|expira|caduca|termina)|\b(?:v[aá]lid[oa]|vigente|cobertura)\s?hasta)(?:\s(?:el|en))?"
_ENDS = re.compile(
    rf"(?:{_HASTA}|\b(?:valid|good|cov(?:erage|ered)?|elig\w*|active)\s?{_UNTIL}|\bexp(?:ir\w+|\.)?(?:\s?(?:date|on))?|\b(?:not\s?(?:valid|use)|void)\s?after|\bterm(?:ed|inat\w+)?(?:\s?date)?"
    rf"|\bcov(?:erage)?\s?end(?:s|ed)?(?:\s?(?:date|on))?|\b(?:cov(?:erage)?|elig\w*|valid|year|period|from|effective)\W{{0,3}}{_DATE}\s?"
    rf"(?:{_UNTIL}|[-–—])|^\W*{_DATE}\s?(?:{_UNTIL}|[-–—]))\W{{0,3}}(?P<end>{_DATE})",
    re.IGNORECASE | re.MULTILINE,
)

_BEFORE = re.compile(
    rf"^(?!.*(?:eff|start|beg|from|since|iss|birth|dob))[^\n]*?(?P<end>{_DATE})\W{{0,3}}(?:valid\s?{_UNTIL}|cov(?:erage|ered)?\s?(?:{_UNTIL}|ends?)"
    rf"|exp(?:ires|iration)?(?:\sdate)?)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A last day that stands before its label: "2026-12-31 Valid through"."""

_STARTS = re.compile(
    rf"\b(?:on\s(?:and|or)\safter|(?:not\s(?:yet\s)?(?:\w+\s)?|suspended\s|on\shold\s|inactive\s)(?:before|until|till|prior\sto)"
    rf"|(?:from|as\sof|beginning|starting|effective|eff|begins?|starts?|commenc\w+|activ\w+)(?:\s(?:on|as\sof|from|date|with))?)"
    rf"\W{{0,3}}(?:the\s)?(?P<start>{_DATE})",
    re.IGNORECASE,
)
"""A first day in a sentence, or the last of a time in which the card is not in force."""

_NAMED = card_date.MONTH.replace("(", "(?P<name>", 1)
_MONTHS = re.compile(
    rf"(?:{_HASTA}|\b(?:valid|good)\s?{_UNTIL}|\bthr(?:u|ough)|\buntil|\bexp(?:ir\w+|\.)?(?:\s?date)?|\bend(?:s|ed|ing)?"
    rf"|\b(?:not\s?(?:valid|good)|void)\s?(?:after|past|beyond))\W{{0,3}}(?:(?:the\s?)?end\s?of\s?|in\s?)?"
    rf"(?:(?P<month>0?[1-9]|1[0-2])[/-]|{_NAMED},?\s?)(?P<year>20\d\d|(?<=[/-])\d\d)(?![\d/-])",
    re.IGNORECASE,
)

_YEAR = re.compile(
    r"\b(?:benefit|plan|policy|coverage|contract|membership|calendar)\s?(?:yr|year)\b\W{0,3}(?P<year>20\d\d)(?!\s?[-–/\d])"
    r"|\b(?P<before>20\d\d)\s(?:benefit|plan|policy|coverage|contract|membership)\s?(?:yr|year)\b",
    re.IGNORECASE,
)

_DAYS = re.compile(
    rf"\b(?:valid|good)\s?(?:for\s?)?(?P<days>\d{{1,3}})\s?days\s?(?:from|after|beginning)\W{{0,3}}(?P<start>{_DATE})",
    re.I,
)
_SAYS_END = re.compile(
    r"exp|end|thr|until|valid|good|term|use|last|cancel|inactive|lapse|disenrol|venc|hasta|caduc|fin", re.I
)
_SHORT = {"TERM", "TERMED", "TERMINATES", "TERMINATED", "TERMINATION", "ENDS", "ENDED", "THRU", "LASTDAY", "CANCELLED"}
"""Labels that are common words: they stand alone, or with a date behind."""
_NO_DATE = re.compile(rf"(?<!\w)(?!{card_date.MONTH})[A-Z]{{3,}}", re.IGNORECASE)
_PART_OF_LABEL = re.compile(r"\W*(?:end(?:s|ed|ing)?|expire[sd]?|valid)\W*", re.IGNORECASE)
"""All that a narrow column leaves of "Coverage ends" on its second line, or light of "Valid until"."""
_BY_WHOM = re.compile(r"\b(?:are|is|be|been|was|were)\s*$", re.IGNORECASE)
_WORDS = re.compile(r"\W*(?:(?!\d)\w){3,}\W+(?:(?!\d)\w){2,}")
_SENTENCE = re.compile(r"\W*(?:[a-z]{2,}\W+){3}(?!.*\b20\d\d\b)")


def not_in_force(sheets: Sequence[Sheet], effective: str | None, day: dt.date) -> str | None:
    """The date by which the card is not in force on a day, as YYYY-MM-DD; None where it says nothing of the kind.

    Where the label of a last day is seen and no date can be read, ``UNREAD``: it may be past.

    Args:
        sheets: Sides of the card, with their labels.
        effective: The card's effective date, where it was read.
        day: Of the visit.
    """
    texts = list(_texts(sheets))
    starts = (date for text in texts for date in _dates_of(_STARTS, "start", text))
    first = max((date for date in (effective, *starts) if date), default="")
    if first > day.isoformat():
        return first
    ends = list(_ends(sheets, texts))
    if not ends and any(map(_has_label, sheets)):
        return UNREAD
    return min((end for end in ends if end < day.isoformat()), default=None)


def has_unlabelled_date(sheets: Sequence[Sheet], day: dt.date) -> bool:
    """Whether a side shows a past day more than it shows labels of days: one of them may be the card's last.

    Args:
        sheets: Sides of the card, with their labels.
        day: Of the visit.
    """
    return any(_dates(sheet, day) > sum(_is_of_date(label) for label in sheet.labels) for sheet in sheets)


def _dates(sheet: Sheet, day: dt.date) -> int:
    """How many days stand on a side; none where all of them are still to come."""
    texts = [match.group() for placed in sheet.lines for match in card_date.PATTERN.finditer(placed.line.text)]
    days = [card_date.validate(text) for text in texts if card_date.is_valid(text)]
    return len(days) if any(date < day.isoformat() for date in days) else 0


def _is_of_date(label: Label) -> bool:
    return label.field in ("effective_date", "issue_date", "end_date") or label.words in _BIRTH


def _has_label(sheet: Sheet) -> bool:
    """Whether the label of a last day stands on a side, on one line or broken over two."""
    texts = [placed.line.text for placed in sheet.lines]
    broken = any(_PART_OF_LABEL.fullmatch(text) or _is_misread(text) for text in texts)
    return broken or any(_is_label(label, sheet) for label in sheet.labels)


def _is_misread(text: str) -> bool:
    """Whether all of a line, but a day, is the label of a last one with a letter misread: "Explres"."""
    words = squeeze(card_date.PATTERN.sub("", text))
    return len(words) >= _LEAST_MISREAD and any(
        Levenshtein.distance(words, end, score_cutoff=1) == 1 for end in _last()
    )


@cache
def _last() -> tuple[str, ...]:
    return tuple(label for field, label in known_labels() if field == "end_date" and len(label) >= _LEAST_MISREAD)


def _is_label(label: Label, sheet: Sheet) -> bool:
    """Whether the label of a last day stands there, not "coverage ends" within a sentence."""
    text = sheet.lines[label.row].line.text
    said = _SAYS_END.search(text[label.start : label.end])  # "coverage and" is nearly "coverage end"
    if (label.words in _SHORT and not _is_alone(label, text)) or _goes_through_whom(label, sheet):
        return False
    return label.field == "end_date" and said is not None and _SENTENCE.match(text[label.end :] + " ") is None


def _goes_through_whom(label: Label, sheet: Sheet) -> bool:
    """Whether a sentence goes on behind it, on its line or the next one: "services are covered through the Network"."""
    text = sheet.lines[label.row].line.text
    if not label.words.startswith("COVERED") and _BY_WHOM.search(text[: label.start]) is None:
        return False
    following = next_line(label.row, sheet.lines) if not text[label.end :].strip() else None
    row, start = (label.row, label.end) if following is None else (following, 0)
    rest = sheet.lines[row].line.text[start:]
    others = (other.start - start for other in sheet.labels if other.row == row and other.start >= start)
    is_head = any(not rest[:gap].strip() for gap in others)
    return not is_head and _WORDS.match(rest) is not None


def _is_alone(label: Label, text: str) -> bool:
    """Whether a label of one word is all of its line but a date: "Long-Term Care", "TERM LIFE"."""
    return not any(c.isalnum() for c in text[: label.start]) and not _NO_DATE.search(text[label.end :])


def _ends(sheets: Sequence[Sheet], texts: Sequence[str]) -> Iterator[str]:
    for value in all_values("end_date", sheets):
        if value.value is not None:
            yield value.value
    for text in texts:
        yield from _dates_of(_ENDS, "end", text)
        yield from _dates_of(_BEFORE, "end", text)
        for days in _DAYS.finditer(text):
            if card_date.is_valid(days["start"]):
                start = dt.date.fromisoformat(card_date.validate(days["start"]))
                yield (start + dt.timedelta(days=int(days["days"]))).isoformat()
        for named in _YEAR.finditer(text):
            yield f"{named['year'] or named['before']}-12-31"
        for month in _MONTHS.finditer(text):
            number = int(month["month"]) if month["month"] else card_date.month_number(month["name"])
            yield card_date.end_of_month(int(month["year"]), number)


def _texts(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The paragraphs: a sentence is broken where its line ends."""
    for sheet in sheets:
        for chain in paragraphs(sheet.lines):
            yield "\n".join(placed.line.text for placed in chain)


def _dates_of(pattern: re.Pattern[str], group: str, text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        if card_date.is_valid(match[group]):
            yield card_date.validate(match[group])
