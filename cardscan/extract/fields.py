"""The fields of a card: label, format, position and check digit must agree; no value is better than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from cardscan.extract.copays import read_copays
from cardscan.extract.invalid import Invalid
from cardscan.extract.labels import Label, Sheet
from cardscan.extract.values import GoesOn, Habit, Value, as_value, ends_open, habit_of, values_of
from cardscan.layout import next_line
from cardscan.records import FIELD_NAMES, Box, FieldStatus, FieldValue

_LEAST = 0.5  # a value read with less confidence than this is not given at all
_INVALID_FACTOR = 0.5
_AMBIGUOUS = re.compile(r"^[01][A-Z]{2}")  # "0SC…": a letter O or I at the head of letters, most likely
_AMBIGUOUS_CODE = re.compile(r"[A-Z][OI]\d|\d[OI]")  # "KPICO1": a digit among digits, most likely
_DOUBTED = 0.8
_NAME_REACH = 5.0  # line heights
_NAME_APART = 1.0


PERSONAL = ("member_name", "member_id", "group_number", "rx_id", "pcp_name")
"""Fields whose values are a person's own."""


@dataclass(frozen=True, slots=True)
class _Spec:
    """How a labelled field is read.

    Attributes:
        validate: Gives the value, or raises Invalid.
        checked: Whether a right form proves something (a check digit or a calendar); else the status is ``unchecked``
            when only the form is right.
        words: Which words may belong to the value: ``any``; ``numbers``: up to the first without a digit; ``one``.
        goes_on: Which text behind or below a value that is not whole is its rest.
    """

    validate: Callable[[str], str]
    checked: bool
    words: Literal["any", "numbers", "one"] = "any"
    goes_on: GoesOn = ends_open


_SPECS = {
    "member_name": _Spec(person_name.validate, checked=False, goes_on=person_name.goes_on),
    "member_id": _Spec(member_id.validate, checked=True, words="numbers"),
    "group_number": _Spec(group_number.validate, checked=True, words="numbers"),
    "rx_bin": _Spec(rx_bin.validate, checked=True, words="numbers"),
    "rx_pcn": _Spec(rx_code.validate, checked=True, words="one"),
    "rx_group": _Spec(rx_code.validate, checked=True, words="one"),
    "rx_id": _Spec(member_id.validate, checked=True, words="numbers"),
    "payer_id": _Spec(payer_id.validate, checked=True, words="numbers"),
    "issuer_number": _Spec(issuer_number.validate, checked=True, words="numbers"),
    "issue_date": _Spec(card_date.validate, checked=True),
    "effective_date": _Spec(card_date.validate, checked=True),
    "end_date": _Spec(card_date.validate_last, checked=True),
    "pcp_name": _Spec(person_name.validate, checked=False, goes_on=person_name.goes_on),
}


_SHORT_NUMBER = 6
_NOT_SURE = 0.85


def extract(sheets: Sequence[Sheet]) -> dict[str, FieldValue]:
    """Fields of the card that the sheets show together."""
    habits = [habit_of(sheet, _has_form) for sheet in sheets]
    wanted = {name: list(_values(name, sheets, habits)) for name in _SPECS}
    owners = _nearest_labels(wanted)
    fields = {name: _labelled(name, _candidates(name, wanted[name], owners), sheets, habits) for name in _SPECS}
    fields["member_id"] = _unsure_where_short(fields["member_id"])
    fields["copays"] = read_copays(sheets)
    fields["phones"] = _phones(sheets)
    fields["claims_address"] = _claims_address(sheets)
    if fields["member_name"].status != "not_found" and fields["member_name"].value == fields["pcp_name"].value:
        fields["member_name"] = FieldValue()  # a name without a label that is the doctor's
    return {name: fields.get(name, FieldValue()) for name in FIELD_NAMES}


def _unsure_where_short(number: FieldValue) -> FieldValue:
    """A member's number of six characters may be the rest of one that light or a hand hides in part."""
    if number.value is None or len(number.value) > _SHORT_NUMBER:
        return number
    return number.model_copy(update={"confidence": min(number.confidence, _NOT_SURE)})


def all_values(name: str, sheets: Sequence[Sheet]) -> list[FieldValue]:
    """Every labelled value of one field, one per place: two different member IDs are two people's cards."""
    labelled = [sheet for sheet in sheets if any(label.field == name for label in sheet.labels)]
    habits = [habit_of(sheet, _has_form) for sheet in labelled]
    return [value for _, value in _candidates(name, _values(name, labelled, habits))]


_FRONT = {"member_id", "group_number", "rx_bin", "rx_pcn", "rx_group", "issue_date", "effective_date", "issuer_number"}
_PERSONS = re.compile(r"^[^\W\d_]{2,},\s*[^\W\d_]{2,}|\s[^\W\d_]\.?(\s|$)")


def is_front(sheet: Sheet) -> bool:
    """Whether a side has the labels of a card's front."""
    return len({label.field for label in sheet.labels} & _FRONT) > 1


def names_alone(sheet: Sheet) -> list[str]:
    """Lines of a front that can be nothing but a person's name: "Sample, Jane", "JANE Q SAMPLE", label or none.

    A front is told by its labels: on a back, "Chattanooga, Tennessee" is a line like that, too.
    """
    if not is_front(sheet):
        return []
    texts = [placed.line.text.strip(" .,:") for placed in sheet.lines]
    return [text for text in texts if _PERSONS.search(text) and person_name.is_members(text)]


def _labelled(
    name: str, found: Iterable[tuple[int, FieldValue]], sheets: Sequence[Sheet], habits: Sequence[Habit]
) -> FieldValue:
    ranked = list(found)
    top = max((rank for rank, value in ranked if value.value is not None), default=0)
    candidates = [value for rank, value in ranked if rank == top]
    if not candidates and name == "member_name":
        candidates = list(_names_without_label(sheets, habits))
    if name == "payer_id" and not any(c.status == "valid" for c in candidates):
        candidates += _payer_in_prose(sheets)
    if not candidates:
        return FieldValue()
    order: dict[FieldStatus, int] = {"valid": 2, "unchecked": 2, "invalid": 1, "not_found": 0}
    network = [c for c in candidates if name == "payer_id" and c.value == payer_id.CIGNA and c.confidence >= _LEAST]
    if network:  # the others are those of claims that do not go to the network
        return max(network, key=lambda c: c.confidence)
    best = max(candidates, key=lambda c: (order[c.status], c.confidence))
    others = [c for c in candidates if c.value != best.value and order[c.status] == order[best.status]]
    rival = max((c.confidence for c in others), default=0.0)
    if rival > 0.8 * best.confidence:
        best = best.model_copy(update={"confidence": best.confidence * 0.5})
    return best if best.value is None or best.confidence >= _LEAST else FieldValue()


_Spot = tuple[int, Box]
"""The picture and the place in it where a value stands."""


def _values(name: str, sheets: Sequence[Sheet], habits: Sequence[Habit]) -> Iterator[tuple[Label, list[Value]]]:
    """The labels of a field, each with what may be its value."""
    for sheet, habit in zip(sheets, habits, strict=True):
        for label in sheet.labels:
            if label.field == name:
                yield label, list(values_of(label, sheet, habit, _SPECS[name].goes_on))


def _nearest_labels(wanted: Mapping[str, Iterable[tuple[Label, Sequence[Value]]]]) -> dict[_Spot, str]:
    """Of each place where several fields would take their value, the field whose label is nearest."""
    nearest: dict[_Spot, tuple[float, str]] = {}
    for name, found in wanted.items():
        for _, values in found:
            value = next((v for v in values if _first_good(_SPECS[name], [v]) is not None), None)
            if value is not None:
                spot = value.image, value.box
                nearest[spot] = min(nearest.get(spot, (value.distance, name)), (value.distance, name))
    return {spot: name for spot, (_, name) in nearest.items()}


def _candidates(
    name: str, wanted: Iterable[tuple[Label, Sequence[Value]]], owners: Mapping[_Spot, str] | None = None
) -> Iterator[tuple[int, FieldValue]]:
    """Values by label, each with how plainly its label names the field; none that belongs to another field's label."""
    for label, values in wanted:
        own = [v for v in values if (owners or {}).get((v.image, v.box), name) == name]
        found = _first_good(_SPECS[name], own)
        if found is not None:
            yield _plainness(label), found


_RECORD = re.compile(r"RECORD|MRN|HRN|MR#|MEDREC")
_BARE = re.compile(r"ID|ID#|IDNO|IDNUMBER|IDENTIFICATIONNUMBER")


def _plainness(label: Label) -> int:
    """A Medical Record Number is the member's whatever other "ID" the card has: a state's, a subscriber's."""
    if label.field != "member_id":
        return 0
    return 2 if _RECORD.search(label.words) else 0 if _BARE.fullmatch(label.words) else 1


_PAYER = re.compile(
    r"(?:\bpay[eo]r|EDI\s?pay[eo]r|\bEDI)\b[^.\d]{0,25}?\b(\d{5})\b(?![-\d])"
    r"|\belectronic(?:ally)?\b[^.\d]{0,40}?\b(\d{5})\b(?![-\d])"
    r"|\b\d{5}-\d{4}\s?[(/,;]\s?(\d{5})\b(?![-\d])",  # behind the ZIP code of the claims address
    re.IGNORECASE,
)


def _payer_in_prose(sheets: Sequence[Sheet]) -> Iterator[FieldValue]:
    """ "… or send it electronically to payer 62308": a payer ID inside a sentence, wrapped or not."""
    for sheet in sheets:
        for row, placed in enumerate(sheet.lines):
            follow = next_line(row, sheet.lines)
            match = _PAYER.search(
                placed.line.text + (f" {sheet.lines[follow].line.text}" if follow is not None else "")
            )
            if match is None:
                continue
            number = next(group for group in match.groups() if group)
            token = next((t for t in sheet.tokens if t.row >= row and number in t.text), None)
            if token is not None:
                value = as_value([token], sheet.image, "prose")
                yield FieldValue(
                    value=number, raw=token.text, confidence=value.confidence, status="valid",
                    image=sheet.image, box=value.box,
                )  # fmt: skip


def _has_form(name: str, text: str) -> bool:
    spec = _SPECS.get(name)
    if spec is None:
        return False
    try:
        spec.validate(text.strip("().,:;| "))
    except Invalid:
        return False
    return True


def _names_without_label(sheets: Sequence[Sheet], habits: Sequence[Habit]) -> Iterator[FieldValue]:
    """A line that is nothing but a name, the closest to the label of the member's number by a clear distance."""
    for sheet, habit in zip(sheets, habits, strict=True):
        anchors = [
            label for label in sheet.labels
            if label.field == "member_id" and _first_good(_SPECS["member_id"], list(values_of(label, sheet, habit)))
        ]  # fmt: skip
        labelled = {row for label in sheet.labels for row in (label.row, _line_of_value(label, sheet, habit))}
        near = sorted(
            (min(abs(line.middle - (a.top + a.bottom) / 2) for a in anchors), row)
            for row, line in enumerate(sheet.lines)
            if anchors and row not in labelled and person_name.is_members(line.line.text)
        )
        if not near or near[0][0] > _NAME_REACH or (len(near) > 1 and near[1][0] < near[0][0] + _NAME_APART):
            continue
        row = near[0][1]
        line = sheet.lines[row].line
        tokens = [t for t in sheet.tokens if t.row == row]
        if tokens:
            value = as_value(tokens, sheet.image, "alone")
            yield FieldValue(
                value=person_name.validate(line.text), raw=line.text, confidence=0.7 * value.confidence,
                status="unchecked", image=sheet.image, box=value.box,
            )  # fmt: skip


def _line_of_value(label: Label, sheet: Sheet, habit: Habit) -> int | None:
    """The line that holds another field's value alone: below "Group name", or beside it, stands no member's name."""
    placed = sheet.lines[label.row]
    if label.start > 0 or sheet.behind(label) or label.field == "member_id":
        return None
    below = next_line(label.row, sheet.lines) if habit.stacked == "below" else None
    if below is not None and not any(other.row == below for other in sheet.labels):
        return below
    beside = [
        (p.left, row) for row, p in enumerate(sheet.lines)
        if p.left > placed.right - 0.6 and abs(p.middle - placed.middle) < 0.5 * max(p.height, placed.height)
    ]  # fmt: skip
    return min(beside)[1] if beside else None


def _first_good(spec: _Spec, values: Sequence[Value]) -> FieldValue | None:
    for value in values:
        for text in _shortened(value.text, spec.words):
            try:
                clean = spec.validate(text)
            except Invalid:
                continue
            status: FieldStatus = "valid" if spec.checked else "unchecked"
            doubtful = _AMBIGUOUS.match(clean) or (spec.words == "one" and _AMBIGUOUS_CODE.search(clean))
            confidence = value.confidence * (_DOUBTED if doubtful else 1)
            return FieldValue(
                value=clean, raw=text, confidence=confidence, status=status, image=value.image, box=value.box
            )
    for value in values:  # something stands there and looks like a number, but is not a right one: say so
        if (
            spec.checked
            and value.how == "right"
            and sum(c.isdigit() for c in value.text) >= 5
            and len(value.text) <= 20
        ):
            return FieldValue(
                value=None, raw=value.text, confidence=value.confidence * _INVALID_FACTOR,
                status="invalid", image=value.image, box=value.box,
            )  # fmt: skip
    return None


def _shortened(text: str, kind: str) -> Iterator[str]:
    """The text, then without its last words one after the other: what follows a value is not always a new column."""
    if kind == "any" and _PLACE.match(text):
        return
    words = text.split()
    most = 6 if kind == "any" else 1
    if kind == "numbers":
        most = next((i for i, word in enumerate(words) if not any(c.isdigit() for c in word)), min(len(words), 6))
    for count in range(min(len(words), most), 0, -1):
        yield " ".join(words[:count]).strip("().,:;| ")


def _phones(sheets: Sequence[Sheet]) -> FieldValue:
    found: dict[str, tuple[float, Sheet, int]] = {}
    for sheet in sheets:
        for row, placed in enumerate(sheet.lines):
            for match in phone.PATTERN.finditer(_with_broken_number(row, sheet)):
                if phone.is_valid(match.group()):
                    found.setdefault(phone.format(match.group()), (placed.line.confidence, sheet, row))
    if not found:
        return FieldValue()
    confidence, sheet, row = next(iter(found.values()))
    tokens = [t for t in sheet.tokens if t.row == row]
    box = as_value(tokens, sheet.image, "line").box if tokens else None
    text = "; ".join(found)
    return FieldValue(value=text, raw=text, confidence=confidence, status="valid", image=sheet.image, box=box)


def _with_broken_number(row: int, sheet: Sheet) -> str:
    """A line, and where a dash ends it, the first word of the next: "1-888-831-" and "0761"."""
    text = sheet.lines[row].line.text.rstrip()
    below = next_line(row, sheet.lines) if re.search(r"\d-$", text) else None
    return text if below is None else text + sheet.lines[below].line.text.split()[0]


_CLAIMS = re.compile(r"claims?\b.{0,40}?(?:to|address|:)|cigna medical claims", re.IGNORECASE)
_ZIP = re.compile(r"\b[A-Z]{2},?\s*\d{5}(?:-\d{4})?\b")
_PLACE = re.compile(rf"\D*{_ZIP.pattern}")  # "San Antonio, TX 78201": what looks like a name before a ZIP code is none
_BOX = re.compile(r"p\.?\s?o\.?\s?box", re.IGNORECASE)


def _spaced(text: str) -> str:
    """An address with the spaces that readers lose: "Box188061,Chattanooga,TN37422"; and a box with its letter O."""
    text = re.sub(r"\bP\.\s?0\.", "P.O.", text)
    text = re.sub(r"(?<=\d{5}-)\s+(?=\d{4}\b)", "", text)  # a ZIP code broken over two lines
    return re.sub(r"\s+", " ", re.sub(r"(?<=[A-Za-z])(?=\d)|(?<=,)(?=\S)|(?<=O\.)(?=B)", " ", text))


def _claims_address(sheets: Sequence[Sheet]) -> FieldValue:
    """From the words that announce it (or the P.O. box itself) to the ZIP code."""
    for sheet in sheets:
        for first, placed in enumerate(sheet.lines):
            text = placed.line.text
            start = _CLAIMS.search(text)
            if start is None:
                continue
            gathered, rows = (
                [text[start.end() :] if "medical claims" not in start.group().lower() else text[start.start() :]],
                [first],
            )
            for row in range(first + 1, min(first + 5, len(sheet.lines))):
                if _ZIP.search(" ".join(gathered)) and not gathered[-1].rstrip().endswith("-"):
                    break
                below = sheet.lines[row]
                if min(below.right, placed.right) - max(below.left, placed.left) > 0:
                    gathered.append(below.line.text)
                    rows.append(row)
            joined = _spaced(" ".join(gathered)).strip(" :,.")
            end = _ZIP.search(joined)
            if end is None or not _BOX.search(joined):
                continue
            value = joined[: end.end()]
            confidence = min(sheet.lines[row].line.confidence for row in rows)
            tokens = [t for t in sheet.tokens if t.row in rows]
            box = as_value(tokens[:1] + tokens[-1:], sheet.image, "lines").box if tokens else None
            return FieldValue(
                value=value, raw=joined, confidence=confidence, status="unchecked", image=sheet.image, box=box
            )
    return FieldValue()
