"""Payer ID for electronic claims: five letters or digits, such as 62308."""

from __future__ import annotations

import re

from cardscan.extract.invalid import Invalid

CIGNA = "62308"
"""The one that the plan's documents name for claims under the Cigna PPO Network."""


def compact(text: str) -> str:
    """
    >>> compact("62308.")
    '62308'
    """
    return re.sub(r"[\s.,:;#]", "", text).upper()


def validate(text: str) -> str:
    """The compact ID.

    Raises:
        Invalid: Not five letters and digits with at least two digits.
    """
    number = compact(text)
    if not re.fullmatch(r"[A-Z0-9]{5}", number) or sum(c.isdigit() for c in number) < 2:
        raise Invalid("five letters or digits")
    return number


def is_valid(text: str) -> bool:
    """
    >>> is_valid("62308"), is_valid("SB580"), is_valid("6230")
    (True, True, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    return compact(text)
