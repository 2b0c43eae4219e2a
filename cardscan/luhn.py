"""The Luhn check digit (ISO/IEC 7812), with the prefix 80840 that health cards and NPIs share."""

from __future__ import annotations

import re

HEALTH_PREFIX = "80840"


def is_valid(digits: str) -> bool:
    """Whether the last digit is the right check digit.

    >>> is_valid("808401234567893")
    True
    >>> is_valid("808401234567890")
    False
    """
    if not digits.isdigit():
        return False
    total = 0
    for i, character in enumerate(reversed(digits)):
        digit = int(character)
        if i % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def is_npi(digits: str) -> bool:
    """Whether this is a National Provider Identifier: ten digits, the first 1 or 2, a check digit over 80840 and all.

    >>> is_npi("1234567893"), is_npi("1234567898"), is_npi("9234567893")
    (True, False, False)
    """
    return re.fullmatch(r"[12][0-9]{9}", digits) is not None and is_valid(HEALTH_PREFIX + digits)
