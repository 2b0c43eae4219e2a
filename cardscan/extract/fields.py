"""The fields of a card: label, format, position and check digit must agree; no value is better than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from cardscan.extract import payer_id, person_name
from cardscan.extract.claims import read_claims_address
from cardscan.extract.copays import read_copays
from cardscan.extract.labels import Label, Sheet
from cardscan.extract.prose import is_postal, payers, read_phones
from cardscan.extract.runs import Value, as_value, hull
from cardscan.extract.specs import SPECS, Spec, first_good, has_form, is_heading, spec_of
from cardscan.extract.values import Habit, habit_of, values_of
from cardscan.layout import next_line
from cardscan.records import FIELD_NAMES, Box, FieldStatus, FieldValue

_LEAST = 0.5  # a value read with less confidence than this is not given at all
_NAME_REACH = 5.0  # line heights
_NAME_APART = 1.0
_CLOSE = 1.0  # the same, from a word to the next of its sentence, at most
_HARDLY = 0.6  # of its confidence has a value under words that say other things as well
_SHORT_NUMBER = 6
_NOT_SURE = 0.85

PERSONAL = ("member_name", "member_id", "group_number", "rx_id", "pcp_name")
"""Fields whose values are a person's own."""


def extract(sheets: Sequence[Sheet]) -> dict[str, FieldValue]:
    """Fields of the card that the sheets show together."""
    wanted = {name: list(_values(name, sheets)) for name in SPECS}
    owners = _nearest_labels(wanted)
    fields = {name: _labelled(name, _candidates(wanted[name], owners), sheets) for name in SPECS}
    fields["member_id"] = _unsure_where_short(fields["member_id"])
    if fields["member_name"].value is None:
        others = (name for name in _names_without_label(sheets) if name.value != fields["pcp_name"].value)
        fields["member_name"] = _best("member_name", list(_names_in_parts(sheets)) or list(others))
    fields["copays"] = read_copays(sheets)
    fields["phones"] = read_phones(sheets, _LEAST)
    fields["claims_address"] = read_claims_address(sheets)
    return {name: fields.get(name, FieldValue()) for name in FIELD_NAMES}


def _unsure_where_short(number: FieldValue) -> FieldValue:
    """A member's number of six characters may be the rest of one that light or a hand hides in part."""
    if number.value is None or len(number.value) > _SHORT_NUMBER:
        return number
    return number.model_copy(update={"confidence": min(number.confidence, _NOT_SURE)})


def all_values(name: str, sheets: Sequence[Sheet]) -> list[FieldValue]:
    """Every labelled value of one field, one per place: two different member IDs are two people's cards."""
    values = [value for _, value in _candidates(_values(name, sheets))]
    return [*values, *_names_in_parts(sheets)] if name == "member_name" else values


def personal_texts(sheets: Sequence[Sheet]) -> list[str]:
    """All on the sides of one or of several cards that may be a person's own, as given and as it was read."""
    found = [value for name in PERSONAL for value in all_values(name, sheets)]
    found += [fields[name] for fields in (extract([sheet]) for sheet in sheets) for name in PERSONAL]  # without labels
    texts = [text for value in found for text in (value.value, value.raw) if text]
    return [*texts, *(name for sheet in sheets for name in names_alone(sheet))]


_FRONT = {"member_id", "group_number", "rx_bin", "rx_pcn", "rx_group", "issue_date", "effective_date", "issuer_number"}
_PERSONS = re.compile(r"^[^\W\d_]{2,},\s*[^\W\d_]{2,}|\s[^\W\d_]\.?(\s|$)")


def is_front(sheet: Sheet) -> bool:
    """Whether a side has the labels of a card's front."""
    return len({label.field for label in sheet.labels if not label.prose} & _FRONT) > 1


def names_alone(sheet: Sheet) -> list[str]:
    """Lines of a front that can be nothing but a person's name: "Sample, Jane", "JANE Q SAMPLE", label or none.

    A front is told by its labels: on a back, "Chattanooga, Tennessee" is a line like that, too.
    """
    if not is_front(sheet):
        return []
    texts = [placed.line.text.strip(" .,:") for placed in sheet.lines]
    return [text for text in texts if _PERSONS.search(text) and person_name.is_members(text)]


def _labelled(name: str, found: Iterable[tuple[int, FieldValue]], sheets: Sequence[Sheet]) -> FieldValue:
    ranked = list(found)
    top = max((rank for rank, value in ranked if value.value and value.confidence >= _LEAST), default=None)
    candidates = [value for rank, value in ranked if top is None or rank == top]
    if name == "payer_id" and not any(c.status == "valid" for c in candidates):
        candidates += payers(sheets)
    return _best(name, candidates)


def _best(name: str, candidates: Sequence[FieldValue]) -> FieldValue:
    """The likeliest of some values of a field; less sure where another is nearly as likely."""
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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A label, how its value is read, and what may be its value."""

    label: Label
    spec: Spec
    values: list[Value]


_HABITS: WeakKeyDictionary[Sheet, Habit] = WeakKeyDictionary()


def _habit(sheet: Sheet) -> Habit:
    """How a side sets labels and values, found out once."""
    known = _HABITS.get(sheet)
    if known is None:
        known = _HABITS[sheet] = habit_of(sheet, has_form)
    return known


def _values(name: str, sheets: Sequence[Sheet]) -> Iterator[_Wanted]:
    """The labels of a field, each with what may be its value."""
    for sheet in sheets:
        for label in sheet.labels:
            if label.field == name:
                yield _wanted(label, sheet)


def _wanted(label: Label, sheet: Sheet) -> _Wanted:
    """What may be the value of a label; less sure where the label says little."""
    spec = spec_of(label, sheet)
    values = list(values_of(label, sheet, _habit(sheet), spec.goes_on))
    close = [v for v in values if v.how == "right" and v.distance < _CLOSE]
    if close and (spec.alone or sheet.points_on(label)):
        values = close  # "Member appeals", "Name: JANE": it stands right there, or nowhere
    if label.field == "payer_id":
        values = [v for v in values if not is_postal(v.before)]
    if _says_little(label, sheet):
        values = [replace(v, confidence=_HARDLY * v.confidence) for v in values]
    return _Wanted(label, spec, values)


def _says_little(label: Label, sheet: Sheet) -> bool:
    """Whether a label is as likely one of other things: "ID" behind other words, or "Member" where no number is."""
    if label.field == "member_id":
        return label.prose and _BARE.fullmatch(label.words) is not None
    return is_heading(label, sheet) and not any(o.field in _FRONT and not o.prose for o in sheet.labels)


def _nearest_labels(wanted: Mapping[str, Iterable[_Wanted]]) -> dict[_Spot, str]:
    """Of each place where several fields would take their value, the field whose label is nearest."""
    nearest: dict[_Spot, tuple[float, str]] = {}
    for name, found in wanted.items():
        for one in found:
            value = next((v for v in one.values if first_good(one.spec, [v]) is not None), None)
            if value is not None:
                spot = value.image, value.box
                nearest[spot] = min(nearest.get(spot, (value.distance, name)), (value.distance, name))
    return {spot: name for spot, (_, name) in nearest.items()}


def _candidates(
    wanted: Iterable[_Wanted], owners: Mapping[_Spot, str] | None = None
) -> Iterator[tuple[int, FieldValue]]:
    """Values by label, each with how plainly its label names the field; none that belongs to another field's label."""
    for one in wanted:
        name = one.label.field
        own = [v for v in one.values if (owners or {}).get((v.image, v.box), name) == name]
        found = first_good(one.spec, own)
        if found is not None:
            yield _plainness(one.label), found


_RECORD = re.compile(r"RECORD|MRN|HRN|MR#|MEDREC")
_BARE = re.compile(r"ID|ID#|IDNO|IDNUMBER|IDENTIFICATIONNUMBER")


def _plainness(label: Label) -> int:
    """How plainly a label names its field: less within a sentence; "Member Name" more than "Member".

    A Medical Record Number is the member's whatever other "ID" the card has: a state's, a subscriber's.
    """
    if label.prose:
        return -1
    if label.field == "member_name":
        return int("NAME" in label.words)
    if label.field != "member_id":
        return 0
    return 2 if _RECORD.search(label.words) else 0 if _BARE.fullmatch(label.words) else 1


def _names_in_parts(sheets: Sequence[Sheet]) -> Iterator[FieldValue]:
    """First and last name of a side that has one label for each."""
    for sheet in sheets:
        parts = [all_values(name, [sheet]) for name in ("first_name", "last_name")]
        if any(len(part) != 1 for part in parts):
            continue
        (first,), (last,) = parts
        boxes = [np.array(part.box) for part in (first, last) if part.box is not None]
        name = f"{first.value} {last.value}"
        yield FieldValue(
            value=name, raw=name, confidence=min(first.confidence, last.confidence), status="unchecked",
            image=sheet.image, box=hull(boxes) if boxes else None,
        )  # fmt: skip


def _has_names_label(sheet: Sheet) -> bool:
    """Whether a side says which name is the member's: another that stands there is someone else's."""
    labels = [o for o in sheet.labels if o.field in ("member_name", "first_name", "last_name") and not o.prose]
    return any(not is_heading(o, sheet) or not sheet.behind(o) for o in labels)


def _names_without_label(sheets: Sequence[Sheet]) -> Iterator[FieldValue]:
    """A line that is nothing but a name, the closest to the label of the member's number by a clear distance."""
    for sheet in sheets:
        if _has_names_label(sheet):
            continue
        anchors = [one.label for one in _values("member_id", [sheet]) if first_good(one.spec, one.values)]
        labelled = {row for label in sheet.labels for row in (label.row, _line_of_value(label, sheet))}
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


def _line_of_value(label: Label, sheet: Sheet) -> int | None:
    """The line that holds another field's value alone: below "Group name", or beside it, stands no member's name."""
    placed = sheet.lines[label.row]
    if label.start > 0 or sheet.behind(label) or label.field == "member_id":
        return None
    below = next_line(label.row, sheet.lines) if _habit(sheet).stacked == "below" else None
    if below is not None and not any(other.row == below for other in sheet.labels):
        return below
    beside = [
        (p.left, row) for row, p in enumerate(sheet.lines)
        if p.left > placed.right - 0.6 and abs(p.middle - placed.middle) < 0.5 * max(p.height, placed.height)
    ]  # fmt: skip
    return min(beside)[1] if beside else None
