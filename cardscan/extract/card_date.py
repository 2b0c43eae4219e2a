"""Dates as cards print them: 1/31/2026, 1-31-26, 013126, 2026-01-31, Jan 31, 2026, 31 JAN 2026; month first.

Months in Spanish, too: 31 de enero de 2026.
"""

from __future__ import annotations

import datetime as dt
import re

from cardscan.extract.invalid import Invalid

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_IN_SPANISH = ("ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC")
_LOOKS = {"B": "[B8]", "G": "[G6]", "L": "[L1I]", "O": "[O0]", "S": "[S5]"}
"""Digits that readers take for letters: "Ju1 31"."""
_LIKE = ["".join(_LOOKS.get(letter, letter) for letter in month) for month in _MONTHS + _IN_SPANISH]
_OF = r"(?:\s*DEL?\b)?"
MONTH = "(" + "|".join(dict.fromkeys(_LIKE)) + r")[A-Z]*\.?"
_FORMS = (
    (re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$"), (0, 1, 2)),
    (re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})$"), (2, 0, 1)),
    (re.compile(r"^(\d{2})(\d{2})(\d{4}|\d{2})$"), (2, 0, 1)),
    (re.compile(rf"^{MONTH}\s*(\d{{1,2}}),?\s*(\d{{4}})$"), (2, 0, 1)),
    (re.compile(rf"^(\d{{1,2}}){_OF}[\s\-]*{MONTH},?{_OF}[\s\-]*(\d{{4}})$"), (2, 1, 0)),
)
_ZERO = re.compile(r"(?<![A-Z])O(?=[\dO]?[-/.]?\d)|(?<=\d)O(?![A-Z])")
"""A nought that was taken for a letter: "O1-O1-2025"."""
_MONTH_END = re.compile(r"^(?:(?P<month>0?[1-9]|1[0-2])[/-](?=\d))?(?P<year>20\d\d|(?<=[/-])\d\d)$")
DIGITS = r"(?<!\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:20)?\d\d(?!\d)"
"""A date of digits alone, which is one only where a label or a second one says so: 013126."""
PATTERN = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})(?!\d)"
    rf"|{MONTH}\s*\d{{1,2}},?\s*\d{{4}}|\d{{1,2}}{_OF}[\s\-]*{MONTH},?{_OF}[\s\-]*\d{{4}}",
    re.IGNORECASE,
)


def compact(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .,:;").upper()


def validate(text: str) -> str:
    """The date as YYYY-MM-DD.

    >>> validate("O1-O1-2025"), validate("1O OCT 2O25"), validate("31 de enero de 2026")
    ('2025-01-01', '2025-10-10', '2026-01-31')

    Raises:
        Invalid: Not a date, or not a calendar date between 1900 and 2099.
    """
    plain = _ZERO.sub("0", compact(text))
    for pattern, order in _FORMS:
        match = pattern.match(plain)
        if not match:
            continue
        year, month, day = (_number(match.groups()[i]) for i in order)
        year += 2000 if year < 100 else 0
        if month > 12 >= day and re.fullmatch(r"[\d.]+", plain):
            month, day = day, month  # only where points part them: in 13/01/2026 a digit may be misread
        try:
            date = dt.date(year, month, day)
        except ValueError:
            raise Invalid("no such day in the calendar") from None
        if not 1900 <= date.year <= 2099:
            raise Invalid("a year between 1900 and 2099")
        return date.isoformat()
    raise Invalid("a date")


def validate_last(text: str) -> str:
    """The last day that a text names, as YYYY-MM-DD: a date, the end of a month, or of a year.

    >>> validate_last("02/2028"), validate_last("12/25"), validate_last("2025"), validate_last("1/31/2026")
    ('2028-02-29', '2025-12-31', '2025-12-31', '2026-01-31')

    Raises:
        Invalid: As in ``validate``.
    """
    month = _MONTH_END.match(compact(text))
    if month is None:
        return validate(text)
    return end_of_month(int(month["year"]), int(month["month"] or 12))


def end_of_month(year: int, month: int) -> str:
    """Its last day, as YYYY-MM-DD; a year of two digits is one of this century."""
    following = dt.date(year + (2000 if year < 100 else 0) + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).isoformat()


def _number(text: str) -> int:
    return int(text) if text.isdigit() else month_number(text)


def month_number(name: str) -> int:
    """The number of a month from the first letters of its name, as readers give them.

    >>> month_number("Ju1"), month_number("December"), month_number("agosto")
    (7, 12, 8)
    """
    return next(i % 12 + 1 for i, like in enumerate(_LIKE) if re.match(like, name.upper()))


def is_valid(text: str) -> bool:
    """
    >>> is_valid("1/31/2026"), is_valid("31.12.2025"), is_valid("13/31/2026"), is_valid("Jan 5, 2026")
    (True, True, False, True)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    """
    >>> format("Jan 5, 2026")
    '2026-01-05'
    """
    return validate(text)
