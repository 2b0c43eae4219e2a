"""How each labelled field is read: what proves a value, and which words belong to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cardscan.extract import (
    card_date,
    group_number,
    issuer_number,
    member_id,
    payer_id,
    person_name,
    phone,
    rx_bin,
    rx_code,
)
from cardscan.extract.claims import POST_BOX, ZIP
from cardscan.extract.invalid import Invalid
from cardscan.extract.labels import Label, Sheet
from cardscan.extract.runs import Value
from cardscan.extract.values import GoesOn, ends_open
from cardscan.records import FieldStatus, FieldValue

_INVALID_FACTOR = 0.5
_DOUBTED = 0.8
_AMBIGUOUS = re.compile(r"^[01][A-Z]{2}|^[OI]+\d|\d[OI]")
"""A letter O or I among digits, or at their head, which is most likely one of them; "0SC…": the other way round."""
_AMBIGUOUS_CODE = re.compile(r"[A-Z][OI]\d")  # "KPICO1"
_PLACE = re.compile(rf"\D*{ZIP.pattern}")  # "San Antonio, TX 78201": what looks like a name before a ZIP code is none


@dataclass(frozen=True, slots=True)
class Spec:
    """How a labelled field is read.

    Attributes:
        validate: Gives the value, or raises Invalid.
        checked: Whether a right form proves something (a check digit or a calendar); else the status is ``unchecked``
            when only the form is right.
        words: Which words may belong to the value: ``any``; ``numbers``: up to the first without a digit; ``one``.
        goes_on: Which text behind or below a value that is not whole is its rest.
        alone: Whether no telephone number stands behind the value: "Customer: Teladoc 800-835-2362" is no person.
    """

    validate: Callable[[str], str]
    checked: bool
    words: Literal["any", "numbers", "one"] = "any"
    goes_on: GoesOn = ends_open
    alone: bool = False


SPECS = {
    "member_name": Spec(person_name.validate_labelled, checked=False, goes_on=person_name.goes_on),
    "first_name": Spec(person_name.validate_part, checked=False),
    "last_name": Spec(person_name.validate_part, checked=False),
    "member_id": Spec(member_id.validate, checked=True, words="numbers"),
    "group_number": Spec(group_number.validate, checked=True, words="numbers"),
    "rx_bin": Spec(rx_bin.validate, checked=True, words="numbers"),
    "rx_pcn": Spec(rx_code.validate, checked=True, words="one"),
    "rx_group": Spec(rx_code.validate, checked=True, words="one"),
    "rx_id": Spec(member_id.validate, checked=True, words="numbers"),
    "payer_id": Spec(payer_id.validate, checked=True, words="numbers"),
    "issuer_number": Spec(issuer_number.validate, checked=True, words="numbers"),
    "issue_date": Spec(card_date.validate, checked=True),
    "effective_date": Spec(card_date.validate, checked=True),
    "end_date": Spec(card_date.validate_last, checked=True),
    "pcp_name": Spec(person_name.validate_labelled, checked=False, goes_on=person_name.goes_on),
}


def is_heading(label: Label, sheet: Sheet) -> bool:
    """Whether a label of persons may as well be the head of a paragraph: "Member", not "Member Name" or "Member:"."""
    persons = label.field in ("member_name", "pcp_name")
    return persons and "NAME" not in label.words and not sheet.points_on(label)


def spec_of(label: Label, sheet: Sheet) -> Spec:
    """How the value of a label is read: with more care where it does not say that it names a person."""
    spec = SPECS[label.field]
    if is_heading(label, sheet):
        spec = replace(spec, validate=person_name.validate)
    return replace(spec, alone=label.field == "member_name" and "NAME" not in label.words)


def has_form(name: str, text: str) -> bool:
    """Whether a text has the form of a field's value."""
    spec = SPECS.get(name)
    if spec is None or (spec.words != "any" and _is_other(text)):
        return False
    try:
        spec.validate(text.strip("().,:;| "))
    except Invalid:
        return False
    return True


def first_good(spec: Spec, values: Sequence[Value]) -> FieldValue | None:
    """The first that is a right value; else, if a number stands right behind the label, that it is a wrong one."""
    for value in values:
        for text in _shortened(value.text, spec):
            try:
                clean = spec.validate(text)
            except Invalid:
                continue
            status: FieldStatus = "valid" if spec.checked else "unchecked"
            doubtful = _AMBIGUOUS.search(clean) or (spec.words == "one" and _AMBIGUOUS_CODE.search(clean))
            confidence = value.confidence * (_DOUBTED if doubtful else 1)
            return FieldValue(
                value=clean, raw=text, confidence=confidence, status=status, image=value.image, box=value.box
            )
    wrong = next((v for v in values if spec.checked and v.how == "right" and _is_long_number(v.text)), None)
    if wrong is None or (spec.words != "any" and (_is_other(wrong.text) or phone.PATTERN.search(wrong.text))):
        return None
    return FieldValue(
        value=None, raw=wrong.text, confidence=wrong.confidence * _INVALID_FACTOR,
        status="invalid", image=wrong.image, box=wrong.box,
    )  # fmt: skip


def _is_long_number(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 5 and len(text) <= 20


def _shortened(text: str, spec: Spec) -> Iterator[str]:
    """The text, then without its last words one after the other: what follows a value is not always a new column."""
    if _is_other(text) if spec.words != "any" else _is_contact(text, spec):
        return
    words = text.split()
    most = {"any": len(words), "one": 1}.get(spec.words, min(len(words), 6))
    if spec.words == "numbers":
        most = next((i for i, word in enumerate(words) if not any(c.isdigit() for c in word)), most)
    for count in range(min(len(words), most), 0, -1):
        yield " ".join(words[:count]).strip("().,:;| ")


def _is_contact(text: str, spec: Spec) -> bool:
    """Whether a text says where to write or whom to ring: what stands before the number is no person."""
    if spec.checked:
        return False
    place = POST_BOX.search(text) or _PLACE.match(text)
    return place is not None or (spec.alone and phone.PATTERN.search(text) is not None)


def _is_other(text: str) -> bool:
    """Whether a text begins with a telephone number or a day, which are no numbers of persons and firms."""
    date = card_date.PATTERN.match(text.strip())
    return phone.begins(text) or (date is not None and card_date.is_valid(date.group()))
