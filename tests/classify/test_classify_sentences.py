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


def _judged(name: str) -> list[Judgement]:
    lines = [line for file in sorted(FOLDER.glob(f"*/{name}.txt")) for line in file.read_text("utf-8").splitlines()]
    assert len(lines) > 80
    return judge().judge(lines)


@pytest.mark.parametrize(("name", "least"), [("deny", 0.7), ("other", 0.95), ("urgent", 0.9)])
def test_what_takes_something_away_is_seen(name: str, least: float) -> None:
    judged = _judged(name)
    assert sum(judgement.effect is not None for judgement in judged) >= least * len(judged)


def test_what_takes_nothing_away_is_let_pass() -> None:
    judged = _judged("legit")
    assert sum(judgement.effect is None for judgement in judged) >= 0.9 * len(judged)


def test_what_leaves_urgent_care_alone_is_known_from_what_takes_that_away_too() -> None:
    judged = _judged("urgent")
    assert sum(judgement.effect == "urgent" for judgement in judged) >= 0.8 * len(judged)
