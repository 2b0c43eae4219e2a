"""Which files are the two sides of one card, told from their names alone. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_WORDS = {"front": 0, "back": 1, "rear": 1, "recto": 0, "verso": 1, "frontside": 0, "backside": 1}
_SEPARATORS = re.compile(r"([ _.\-]+)")
# A number or a letter at the end, alone or after one of these words: x_1, x-page2, x.side_b, f
_COUNTED = re.compile(r"(?P<word>page|side|p)?[ _.\-]?(?P<value>[0-9]{1,4}|[a-z])", re.IGNORECASE)
_COUNTED_LENGTH = len("page_0000")
_PAIRS = (("1", "2"), ("a", "b"), ("f", "b"))


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one card: its name, and the places of the files in the list that was given, front first."""

    name: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a stem says: which files it belongs with, which of them it is, and the name of the whole."""

    key: tuple[str, ...]
    value: str
    name: str


def pair(paths: Sequence[str]) -> list[Group]:
    """The cards in a list of files, in the order of their first files.

    Files belong together only within one folder, and only where both sides are there. A number or a letter counts
    as a side only where there is no third one: ``scan_1`` to ``scan_4`` are four cards.

    Args:
        paths: Paths with ``/`` between their parts.
    """
    alone = set(range(len(paths)))
    groups: list[Group] = []
    for read, sides in ((_word_mark, _sides_of_words), (_count_mark, _sides_of_counts)):
        for fold in (False, True):  # first as written; then without regard to case
            found = _gather(paths, alone, read, fold)
            for marks in found.values():
                places = sides(marks)
                if places:
                    groups.append(Group(dict(marks)[places[0]].name, places))
                    alone -= set(places)
    groups += [Group(PurePosixPath(paths[place]).stem or paths[place], (place,)) for place in alone]
    return sorted(groups, key=lambda group: min(group.places))


def _gather(
    paths: Sequence[str], alone: set[int], read: Callable[[str, str], _Mark | None], fold: bool
) -> dict[Hashable, list[tuple[int, _Mark]]]:
    found: dict[Hashable, list[tuple[int, _Mark]]] = defaultdict(list)
    for place in sorted(alone):
        path = PurePosixPath(paths[place])
        mark = read(path.stem, path.parent.name)
        if mark is not None:
            key = tuple(part.casefold() for part in mark.key) if fold else mark.key
            found[(str(path.parent), *key)].append((place, mark))
    return found


def _word_mark(stem: str, folder: str) -> _Mark | None:
    """A side said in words anywhere in the stem: x_front, back-x, x front 2."""
    parts = _SEPARATORS.split(stem)
    at = [i for i in range(0, len(parts), 2) if parts[i].casefold() in _WORDS]
    if len(at) != 1:
        return None
    place = at[0]
    rest = place + 1
    if [part.casefold() for part in parts[rest + 1 : rest + 2]] == ["side"]:  # front_side
        rest += 2
    before, after = "".join(parts[: max(0, place - 1)]), "".join(parts[rest + 1 :])
    joint = parts[rest] if before and after and rest < len(parts) else ""
    name = f"{before}{joint}{after}" or folder or stem
    return _Mark((before, after), str(_WORDS[parts[place].casefold()]), name)


def _sides_of_words(marks: Sequence[tuple[int, _Mark]]) -> tuple[int, ...]:
    if {mark.value for _, mark in marks} != {"0", "1"}:
        return ()
    return tuple(place for place, mark in sorted(marks, key=lambda found: (found[1].value, found[0])))


def _count_mark(stem: str, folder: str) -> _Mark | None:
    """A side said by a number or a letter at the end of the stem."""
    # Only the end is looked at: one pattern for the whole takes time by the square of the length of a stranger's name.
    for start in (*range(max(1, len(stem) - _COUNTED_LENGTH), len(stem)), 0):
        match = _COUNTED.fullmatch(stem, start)
        if match is None or (start and stem[start - 1] not in " _.-"):
            continue
        base, word, value = stem[:start].rstrip(" _.-"), (match["word"] or "").casefold(), match["value"].casefold()
        if not (base or word):  # 1.jpg and 2.jpg are as likely two cards
            return None
        kind = "number" if value.isdigit() else "letter"
        return _Mark((base, word, kind), value.lstrip("0") or "0", base or folder or stem)
    return None


def _sides_of_counts(marks: Sequence[tuple[int, _Mark]]) -> tuple[int, ...]:
    values = {mark.value for _, mark in marks}
    for sides in _PAIRS:
        if values == set(sides):
            return tuple(
                place for place, mark in sorted(marks, key=lambda found: (sides.index(found[1].value), found[0]))
            )
    return ()
