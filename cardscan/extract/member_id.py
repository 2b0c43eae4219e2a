"""Health/Medical Record number, or another issuer's member ID.

A string, never a number: leading zeros belong to it (NCI Connect study form, reference/card-facts.md 1.4). No check
digit is known, so a right form is all that can be checked.
"""

from __future__ import annotations

import re

from cardscan.extract.invalid import Invalid

_ZIP = re.compile(r"\d{5}-\d{4}")


def compact(text: str) -> str:
    """Without spaces and dashes.

    >>> compact("0012 345-678")
    '0012345678'
    """
    return re.sub(r"[\s\-–—.]", "", text).upper()


def validate(text: str) -> str:
    """The compact number.

    Raises:
        Invalid: It is not 6-14 characters, or has fewer than 5 digits, or more than 4 letters, or is a ZIP code.
    """
    if _ZIP.fullmatch(text.strip(" .,;")):
        raise Invalid("a ZIP code")
    number = compact(text)
    if not number.isalnum() or not number.isascii():
        raise Invalid("other than letters and digits")
    if not 6 <= len(number) <= 14:  # five digits are a payer ID or a ZIP code
        raise Invalid("6 to 14 characters")
    if sum(c.isdigit() for c in number) < 5 or sum(c.isalpha() for c in number) > 4:
        raise Invalid("at least five digits and at most four letters")
    return number


def is_valid(text: str) -> bool:
    """
    >>> is_valid("00123456"), is_valid("1234"), is_valid("MEMBER")
    (True, False, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    """As it is written on the card: in one piece."""
    return compact(text)
