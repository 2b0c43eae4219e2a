"""Whether the sides that were sent name different members: two people's cards, or one's front with another's back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from itertools import combinations, permutations

from rapidfuzz.distance import Levenshtein

from cardscan.extract.fields import all_values, is_front, names_alone
from cardscan.extract.labels import Sheet

_READ = 0.6  # confidence from which a member's number or name speaks against another's
_SURE = 0.95  # the same of a number that has no letter misread: those of one family differ by one
_RECORD = r"\brec(?:ord)?\b\.?\s?(?:no\b\.?|number|#)|\b[mh]rn\b"
_NUMBER = r"\s?[:#.]{0,2}\s?(\d{6,12})\b"
_NUMBER_IN_LINE = re.compile(rf"(?:{_RECORD}|\bmember\s?id\b){_NUMBER}", re.IGNORECASE)
_RECORD_IN_LINE = re.compile(rf"(?:{_RECORD}){_NUMBER}", re.IGNORECASE)
_PROSE = 45  # letters; a back has more than one line as long
_MISREAD = 2  # letters by which two readings of one number or name may differ
_FULL = 2  # letters; a longer word of a name is no initial


def two_members(sheets: Sequence[Sheet]) -> bool:
    """Whether two sides name different members: no number, or no part of a name, in common, or two given names.

    Two different numbers on one side are no sign of it: some cards print a subscriber's and a member's. Two numbers of
    medical records are: nobody has two.
    """
    read = [_values("member_id", sheet) for sheet in sheets]
    sure = [{number for number, confidence in values.items() if confidence > _SURE} for values in read]
    in_line = [_in_line(_NUMBER_IN_LINE, sheet) for sheet in sheets]
    records = [_in_line(_RECORD_IN_LINE, sheet) for sheet in sheets]
    numbers = [values.keys() | others for values, others in zip(read, in_line, strict=True)]
    persons = [_values("member_name", sheet).keys() for sheet in sheets]
    names = [_words(person) for person in persons]
    alone = [_words(names_alone(sheet)) for sheet in sheets]
    return (
        any(
            _differ(numbers[i], numbers[j])
            or _differ(names[i], names[j])
            or (not names[j] and (_differ(names[i], alone[j]) or _unknown(names[i], sheets[j])))
            or (not numbers[j] and _unknown(in_line[i], sheets[j]))
            for i, j in permutations(range(len(sheets)), 2)
        )
        or any(
            _are_others(sure[i], sure[j]) or _are_relatives(persons[i], persons[j])
            for i, j in combinations(range(len(sheets)), 2)
        )
        or any(not _alike(a, b) for own in records for a, b in combinations(sorted(own), 2))
    )


def _values(name: str, sheet: Sheet) -> dict[str, float]:
    """The values of a field on a side that speak against another's, each with its confidence."""
    return {v.value: v.confidence for v in all_values(name, [sheet]) if v.value and v.confidence > _READ}


def _are_others(some: Set[str], others: Set[str]) -> bool:
    """Whether both are known, and no two are the same: leading zeros or a dependent's suffix may be left out."""
    pairs = [(a.lstrip("0"), b.lstrip("0")) for a in some for b in others]
    return bool(pairs) and not any(a.startswith(b) or b.startswith(a) for a, b in pairs)


def _are_relatives(some: Set[str], others: Set[str]) -> bool:
    """Whether each side names one person, and each name has a word that the other has not: "Ann Doe", "Bea Doe"."""
    if len(some) != 1 or len(others) != 1:
        return False
    first, second = ({word for word in _words(names) if len(word) > _FULL} for names in (some, others))
    return all(
        any(not any(_alike(a, b) for b in theirs) for a in mine) for mine, theirs in ((first, second), (second, first))
    )


def _in_line(pattern: re.Pattern[str], sheet: Sheet) -> set[str]:
    """Members' numbers right behind their label, however the labels and values of the rest of the side stand."""
    lines = (placed.line for placed in sheet.lines if placed.line.confidence > _READ)
    return {match.group(1) for line in lines for match in pattern.finditer(line.text)}


def _words(names: Iterable[str]) -> set[str]:
    """The words of names, without initials."""
    words = (word.strip(".,'’") for name in names for word in name.upper().replace(",", " ").split())
    return {word for word in words if len(word) > 1}


def _differ(some: Set[str], others: Set[str]) -> bool:
    """Whether both are known, and none of the one is among the others, misread or not."""
    return bool(some and others) and not any(_alike(a, b) for a in some for b in others)


def _alike(a: str, b: str) -> bool:
    return Levenshtein.distance(a, b) <= min(_MISREAD, len(a) // 3)


def _unknown(known: Set[str], front: Sheet) -> bool:
    """Whether the front of a card, which names its member, shows nothing of what another side says of its own."""
    long = sum(len(placed.line.text) > _PROSE for placed in front.lines)
    if not known or not is_front(front) or long > 1:
        return False
    texts = [placed.line.text.upper() for placed in front.lines]
    shown = _words(texts) | {"".join(c for c in text if c.isdigit()) for text in texts}
    return not any(_alike(a, b) or (len(a) > 3 and a in b) for a in known for b in shown)
