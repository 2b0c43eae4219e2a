"""The Luhn check digit (ISO/IEC 7812), with the prefix 80840 that health cards and NPIs share."""

from __future__ import annotations

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
