"""Pieces of text without which a regular expression finds nothing.

Most of what the catalogue looks for stands on no given card. Whether one of a few pieces is in a text at all is known a
hundred times sooner than where an expression matches in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]  # the only reader of patterns there is; not promised to stay
except ImportError:  # pragma: no cover - then every expression is searched for
    _parser = None

_MOST = 32  # pieces
_SHORTEST = 2  # letters of a piece; single ones are everywhere
_LIKE_ASCII = str.maketrans({"İ": "i", "ı": "i", "ſ": "s"})  # what patterns that ignore case take for these letters
_ZERO_WIDTH = {"AT", "ASSERT", "ASSERT_NOT"}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a part of a pattern.

    Attributes:
        all: Every string that it can match; None: too many, or unknown.
        one_of: One of these is in whatever it matches; empty: unknown.
    """

    all: frozenset[str] | None = None
    one_of: frozenset[str] = frozenset()

    @property
    def best(self) -> frozenset[str]:
        return _better(self.one_of, self.all or frozenset())


_UNKNOWN = _Known()
_NOTHING = _Known(frozenset({""}))


def small(text: str) -> str:
    """The text in small letters, as the pieces are."""
    return text.translate(_LIKE_ASCII).lower()


def necessary(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Pieces, one of which is in every text (made ``small``) in which the pattern is found; empty: nothing is known."""
    if _parser is None:  # pragma: no cover
        return ()
    return tuple(sorted(_sequence(_parser.parse(pattern.pattern, pattern.flags)).best))


def _sequence(items: Iterable[tuple[Any, Any]]) -> _Known:
    """Parts one after the other: those next to each other of which all is known make longer pieces."""
    run, best, whole = frozenset({""}), frozenset[str](), True
    for item in items:
        known = _part(*item)
        if known.all is not None and len(run) * len(known.all) <= _MOST:
            run = frozenset(a + b for a, b in product(run, known.all))
            continue
        best, run, whole = _better(_better(best, run), known.best), frozenset({""}), False
    return _Known(run if whole else None, _better(best, run))


def _part(kind: Any, what: Any) -> _Known:
    match str(kind):
        case "LITERAL":
            return _Known(frozenset({small(chr(what))}))
        case "IN":
            return _letters(what)
        case "SUBPATTERN":
            return _sequence(what[-1])
        case "BRANCH":
            return _any([_sequence(branch) for branch in what[1]])
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, body = what
            known = _sequence(body)
            if most == 1:
                return known if least else _any([known, _NOTHING])
            return _Known(None, known.best) if least else _UNKNOWN
        case name:
            return _NOTHING if name in _ZERO_WIDTH else _UNKNOWN


def _letters(members: Iterable[tuple[Any, Any]]) -> _Known:
    """One letter of a few."""
    found = set()
    for kind, what in members:
        if str(kind) != "LITERAL":
            return _UNKNOWN
        found.add(small(chr(what)))
    return _Known(frozenset(found))


def _any(branches: list[_Known]) -> _Known:
    """One of several parts."""
    whole = frozenset[str]().union(*(known.all or () for known in branches))
    one_of = frozenset[str]().union(*(known.best for known in branches))
    return _Known(
        whole if len(whole) <= _MOST and all(known.all is not None for known in branches) else None,
        one_of if len(one_of) <= _MOST and all(known.best for known in branches) else frozenset(),
    )


def _better(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """Those of two sets of pieces that tell more: the shortest of them is longer, or they are fewer."""

    def worth(pieces: frozenset[str]) -> tuple[int, int]:
        shortest = min(map(len, pieces), default=0)
        return (shortest, -len(pieces)) if shortest >= _SHORTEST else (0, 0)

    return max(a, b, key=worth) if worth(max(a, b, key=worth))[0] else frozenset()
