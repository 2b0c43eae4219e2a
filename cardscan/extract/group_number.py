"""Group number: the employer's or purchaser's contract. Letters, digits and dashes; no check digit."""

from __future__ import annotations

import re

from cardscan.extract.invalid import Invalid


def compact(text: str) -> str:
    """Without spaces, in capitals; dashes are part of it.

    >>> compact("ab 1234-01")
    'AB1234-01'
    """
    return re.sub(r"\s", "", text).replace("–", "-").strip(".,:;#-").upper()


def validate(text: str) -> str:
    """The compact number.

    Raises:
        Invalid: It is not 2-15 letters, digits and dashes with at least two digits.
    """
    number = compact(text)
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9\-]{1,14}", number) or sum(c.isdigit() for c in number) < 2:
        raise Invalid("2 to 15 letters, digits or dashes, at least two of them digits")
    return number


def is_valid(text: str) -> bool:
    """
    >>> is_valid("123456-0001"), is_valid("Number")
    (True, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    return compact(text)
