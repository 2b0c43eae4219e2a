"""Sentences of writers that the judge never learned from: how many it understands.

``legit`` may stand on a valid card, ``deny`` takes the network away or limits it (or says that the member is of those
who have no access), ``other`` shows that the card is not in force, ``urgent`` leaves emergency and urgent care alone:
less than a PPO member has, all that an HMO member has. The shares are floors.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cardscan.classify.sentences import Judgement, judge

FOLDER = Path(__file__).parent / "sentences"


FIRST = ("adversary", "clauses", "documents", "membership", "ordinary", "registrar")
TRICKY = ("print", "twins", "holders")
"""Written to deceive, most lines beside a near twin of the other kind."""
LATER = ("dates", "papers", "persons", "tongues")
"""Of kinds that deceived whole cards: days in words, other papers, other persons, codes and other languages."""

LAST = ("fragments", "others")
"""What runs together or is cut where a card has no full stops; access that is others', was, will be, or needs more."""
PLAIN = ("boilerplate", "desks", "networks", "travels")
"""The ordinary print of cards and of desks, what the network is, conditions that grant; and near twins that deny."""
KINDS = ("kinds", "offices", "places")
"""What cards tell offices, where and for whom the network applies, kinds of care; near twins that deny."""
FIELDS = ("care", "chatty", "labels", "legal", "money", "people", "screens", "where")
"""Eight writers, each with a field of its own."""


def _judged(name: str, writers: tuple[str, ...] = FIRST) -> list[Judgement]:
    files = [file for writer in writers if (file := FOLDER / writer / f"{name}.txt").exists()]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    assert len(lines) > (80 if writers == FIRST else 30 if writers == PLAIN else 40)
    return judge().judge(lines)


@pytest.mark.parametrize(
    ("writers", "name", "least"),
    [
        *((FIRST, "deny", 0.86), (FIRST, "other", 0.95), (FIRST, "urgent", 0.93)),
        *((TRICKY, "deny", 0.91), (TRICKY, "other", 0.78)),
        *((LATER, "deny", 0.94), (LATER, "other", 0.75)),
        *((LAST, "deny", 0.86), (LAST, "other", 0.78)),
        *((PLAIN, "deny", 0.9), (PLAIN, "other", 0.93)),
        *((KINDS, "deny", 0.93), (FIELDS, "deny", 0.93), (FIELDS, "other", 0.9), (FIELDS, "urgent", 0.93)),
    ],
)
def test_what_takes_something_away_is_seen(writers: tuple[str, ...], name: str, least: float) -> None:
    judged = _judged(name, writers)
    assert sum(judgement.effect is not None for judgement in judged) >= least * len(judged)


@pytest.mark.parametrize(
    ("writers", "least"),
    [(FIRST, 0.92), (TRICKY, 0.86), (LATER, 0.91), (LAST, 0.88), (PLAIN, 0.925), (KINDS, 0.91), (FIELDS, 0.85)],
)
def test_what_takes_nothing_away_is_let_pass(writers: tuple[str, ...], least: float) -> None:
    judged = _judged("legit", writers)
    assert sum(judgement.effect is None for judgement in judged) >= least * len(judged)


def test_what_leaves_urgent_care_alone_is_known_from_what_takes_that_away_too() -> None:
    judged = _judged("urgent")
    assert sum(judgement.effect == "urgent" for judgement in judged) >= 0.8 * len(judged)
