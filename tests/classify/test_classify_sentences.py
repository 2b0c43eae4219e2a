"""Sentences that others wrote, without knowing the catalogue, each on a complete card: how many are understood.

``legit.txt`` may stand on a valid card, ``deny.txt`` takes the network away or limits it, ``other.txt`` makes the card
no card in force. Half of them were seen when the catalogue's words were chosen: the shares are floors, not figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from classify.test_adversarial import BROAD, front, outcome

PPO = front("PPO Plan - Colorado")


@pytest.mark.parametrize(
    ("name", "eligible", "least"), [("legit", True, 0.94), ("deny", False, 0.97), ("other", False, 0.9)]
)
def test_sentences_of_others(name: str, eligible: bool, least: float) -> None:
    lines = (Path(__file__).parent / "sentences" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if (outcome(PPO, (*BROAD, line)) == "eligible") is not eligible]
    assert len(lines) > 150
    assert 1 - len(wrong) / len(lines) >= least, wrong
