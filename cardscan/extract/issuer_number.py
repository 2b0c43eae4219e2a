"""Card issuer number "(80840) 911-87726-04": ten digits, Luhn check digit over 80840 and all ten (WEDI, INCITS 284)."""

from __future__ import annotations

import re

from cardscan import luhn
from cardscan.extract.invalid import Invalid


def compact(text: str) -> str:
    """The ten digits, without the prefix.

    >>> compact("(80840) 911-87726-04")
    '9118772604'
    """
    digits = re.sub(r"\D", "", text)
    return digits[5:] if len(digits) == 15 and digits.startswith(luhn.HEALTH_PREFIX) else digits


def validate(text: str) -> str:
    """The ten digits.

    Raises:
        Invalid: Not ten digits, or a wrong check digit.
    """
    digits = compact(text)
    if len(digits) != 10:
        raise Invalid("ten digits after 80840")
    if not luhn.is_valid(luhn.HEALTH_PREFIX + digits):
        raise Invalid("check digit")
    return digits


def is_valid(text: str) -> bool:
    """
    >>> is_valid("(80840) 911-80708-01"), is_valid("(80840) 691-87726-01")
    (True, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    """
    >>> format("9118772604")
    '911-87726-04'
    """
    digits = compact(text)
    return f"{digits[:3]}-{digits[3:8]}-{digits[8:]}"
