"""National Provider Identifier: ten digits, Luhn check digit with the prefix 80840."""

from __future__ import annotations

import re

from cardscan import luhn
from cardscan.extract.invalid import Invalid


def compact(text: str) -> str:
    return re.sub(r"[\s\-]", "", text)


def validate(text: str) -> str:
    """The ten digits.

    Raises:
        Invalid: Not ten digits, or a wrong check digit.
    """
    digits = compact(text)
    if not luhn.is_npi(digits):
        raise Invalid("ten digits, the first of them 1 or 2, with a check digit")
    return digits


def is_valid(text: str) -> bool:
    """
    >>> is_valid("1234567893"), is_valid("1234567898")
    (True, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    return compact(text)
