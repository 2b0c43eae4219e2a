"""Lines that are a person's name: a member called Washington is of no region."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cardscan.layout import Placed

_PLACES = "washington|georgia|virginia|colorado|oregon|hawaii|maryland"
_NO_SURNAME = f"california|district of columbia|{_PLACES}|ca|co|ga|hi|md|or|va|wa|dc|inc|llc|corp|options"
_NO_PERSON = (
    "kaiser|permanente|kp|plans?|health|regions?|of|inc|hmo|epo|ppo|pos|core|connect|access|choice|bronze|silver"
    "|gold|platinum|medicare|advantage|card|network|state|group|tier|options?|value|basic|standard|dual|series"
)
_PLAN_WORD = re.compile(rf"\b(?:{_NO_PERSON})\b", re.IGNORECASE)
_LETTER = r"(?:[^\W\d_]|['’-])"
_WORD = r"(?:[^\W\d_]|['’.-])+"
_SUFFIX = r"(?:jr|sr|ii|iii|iv)\b\.?"
_COMMA = re.compile(rf"(?:{_PLACES}),\s?(?!(?:{_NO_SURNAME})\b){_LETTER}{{2,}}(?:\s[a-z]\.?)?", re.IGNORECASE)
_FULL = rf"(?!.*\b(?:{_NO_PERSON})\b)(?:\s?{_WORD}){{1,3}}\s(?:{_PLACES})(?:-{_LETTER}+)?(?:\s{_SUFFIX})?"
_NAME_LABEL = r"(?:(?:member|subscriber|patient|enrollee|insured|cardholder|customer)(?:['’]s)?(?:\sname)?|name)"
_AFTER_LABEL = re.compile(
    rf"(?:(?:(?:member|subscriber)?(?:['’]s)?\s?name|member)\s?:|subscriber\b:?){_FULL}", re.IGNORECASE
)
_OF_A_PERSON = re.compile(  # no plan is called "junior", and none has an initial
    rf"(?!.*\b(?:{_NO_PERSON})\b)(?:(?:{_WORD}\s){{1,3}}(?:{_PLACES}),?\s{_SUFFIX}"
    rf"|(?:{_PLACES})\s{_SUFFIX},\s?{_LETTER}+(?:\s[a-z]\.?)?"
    rf"|{_LETTER}{{2,}}\s[a-z]\.?\s(?:{_PLACES})|(?:{_PLACES}),\s?{_LETTER}{{2,}}\s[a-z]\.?)",
    re.IGNORECASE,
)
_BESIDE_LABEL = re.compile(_FULL, re.IGNORECASE)
_BEFORE_LABEL = re.compile(
    rf"(?!.*\b(?:north|south|east|west)){_FULL}\s(?:member|subscriber|patient|insured|cardholder)(?:['’]s)?\sname",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"\W*{_NAME_LABEL}\W*", re.IGNORECASE)
_FAR = 12.0  # line heights between a label and a name to its right
_NEXT = 1.9  # the same for one above or below


def is_name(text: str, *, labelled: bool = False) -> bool:
    """Whether a line is a name with a state in it: "WASHINGTON, SVETLANA", "Name: MEI-LING WASHINGTON".

    Args:
        text: The line.
        labelled: Whether a label beside it says that it is a name: then "Thomas Washington" is one, too.
    """
    text = text.strip()
    forms = (_COMMA, _AFTER_LABEL, _BEFORE_LABEL, _OF_A_PERSON, *((_BESIDE_LABEL,) if labelled else ()))
    return any(form.fullmatch(text) for form in forms)


def is_sure(text: str, *, labelled: bool) -> bool:
    """Whether its form, or a label in or beside it, says that it is a name, and no word in it speaks of a plan."""
    told = labelled or any(form.fullmatch(text.strip()) for form in (_AFTER_LABEL, _BEFORE_LABEL, _OF_A_PERSON))
    return told and not _PLAN_WORD.search(text)


def names_beside_labels(placed: Sequence[Placed]) -> frozenset[int]:
    """Ids of the lines that stand right of, above or below a line that is a name's label and no more."""
    labels = [p for p in placed if _LABEL.fullmatch(p.line.text)]
    return frozenset(id(p.line) for p in placed for label in labels if p is not label and _belongs(p, label))


def _belongs(line: Placed, label: Placed) -> bool:
    if min(line.bottom, label.bottom) - max(line.top, label.top) > 0.5 * min(line.height, label.height):
        return -0.5 <= line.left - label.right < _FAR
    apart = abs(line.middle - label.middle)
    return apart < _NEXT * max(line.height, label.height) and line.left < label.right and line.right > label.left
