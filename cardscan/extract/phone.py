"""Telephone numbers of the North American numbering plan."""

from __future__ import annotations

import re

from cardscan.extract.invalid import Invalid

# groups must be set apart: ten digits in a row are as likely a member's number
PATTERN = re.compile(
    r"(?<![\d\-–—])(?:1[\s.\-–—]{0,2})?\(?([2-9]\d{2})(?:\)\s?|[\s.\-–—]{1,3})([2-9]\d{2})[\s.\-–—]{1,3}(\d{4})"
    r"(?![\d\-–—])"
)

_TOLL_FREE = {"800", "833", "844", "855", "866", "877", "888"}


def compact(text: str) -> str:
    """The ten digits.

    >>> compact("1-888-831-0761"), compact("888.831.0761")
    ('8888310761', '8888310761')
    """
    digits = re.sub(r"\D", "", text)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def validate(text: str) -> str:
    """The ten digits.

    Raises:
        Invalid: Not a number of that plan.
    """
    digits = compact(text)
    if not re.fullmatch(r"[2-9]\d{2}[2-9]\d{6}", digits):
        raise Invalid("ten digits of the North American numbering plan")
    return digits


def is_valid(text: str) -> bool:
    """
    >>> is_valid("(888) 831-0761"), is_valid("123-456-7890")
    (True, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def begins(text: str) -> bool:
    """Whether a text begins with a telephone number; where spaces part its groups, only with one free of charge.

    >>> begins("1-888-831-0761"), begins("303-338-3800 or"), begins("303 338 3800"), begins("888 831 0761 02")
    (True, True, False, False)
    """
    plain = text.strip()
    match = PATTERN.match(plain)
    if match is None:
        return False
    alone = not re.match(r"\W*\d", plain[match.end() :])
    return re.search(r"[).\-–—]", match.group()) is not None or (alone and match[1] in _TOLL_FREE)


def format(text: str) -> str:
    """
    >>> format("8888310761")
    '888-831-0761'
    """
    digits = compact(text)
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
