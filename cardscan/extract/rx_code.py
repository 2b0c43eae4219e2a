"""RxPCN, RxGrp and RxID: short codes of the pharmacy processor, letters and digits, no check digit."""

from __future__ import annotations

import re

from cardscan.extract.invalid import Invalid

_WORDS = re.compile(
    r"SEE|NONE|CALL|NOT|NA|NO|SAME|USE|BACK|FRONT|ABOVE|BELOW|REFER|CONTACT|VISIT|INCLUDED|REQUIRED|APPLICABLE|ASSIGNED"
)
"""What a label's line says where the card has no such code: "RxPCN: SEE BACK"."""


def compact(text: str) -> str:
    """
    >>> compact(" kp rx 01 ")
    'KPRX01'
    """
    return re.sub(r"\s", "", text).strip(".,:;#").upper()


def validate(text: str) -> str:
    """The compact code.

    Raises:
        Invalid: Not 2-15 letters, digits and dashes, or a word: codes are printed in capitals.
    """
    code = compact(text)
    if _WORDS.fullmatch(code) or re.fullmatch(r"\W*[A-Za-z]?[a-z]{2,}\W*", text):
        raise Invalid("a word")
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9\-]{1,14}", code):
        raise Invalid("2 to 15 letters, digits or dashes")
    return code


def is_valid(text: str) -> bool:
    """
    >>> is_valid("ASPROD1"), is_valid("A"), is_valid("A&B")
    (True, False, False)
    """
    try:
        validate(text)
    except Invalid:
        return False
    return True


def format(text: str) -> str:
    return compact(text)
