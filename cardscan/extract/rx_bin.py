"""RxBIN: six digits by which a pharmacy finds the processor; eight are an IIN (NCPDP, since 2017); seven are wrong."""

from __future__ import annotations

import re

from cardscan.extract.invalid import Invalid


def compact(text: str) -> str:
    """
    >>> compact("004 336")
    '004336'
    """
    return re.sub(r"[\s\-–.]", "", text)


def validate(text: str) -> str:
    """The compact number.

    Raises:
        Invalid: Not six or eight digits.
    """
    number = compact(text)
    if not number.isdigit() or len(number) not in (6, 8):
        raise Invalid("six digits, or eight for an IIN")
    return number


def is_valid(text: str) -> bool:
    """
    >>> is_valid("003585"), is_valid("61001400"), is_valid("6100140"), is_valid("PCN001")
    (True, True, False, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    return compact(text)
