"""Whole cards that are in force, by writers of whom nothing was learned: whether a sentence on them is misjudged.

A misjudged one is a call where there was no need of any. The share is a floor.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from card_text import card
from reference import catalogue

from cardscan.classify.identify import settle
from cardscan.classify.match import match

FOLDER = Path(__file__).parent / "whole_cards"


def _cards() -> Iterator[tuple[list[str], list[str]]]:
    for file in sorted(FOLDER.glob("*.txt")):
        for text in file.read_text("utf-8").split("===")[1:]:
            lines = [line for line in text.splitlines() if line[1:2] == "|"]
            front, back = ([line[2:].strip() for line in lines if line[0] == side] for side in "FB")
            yield front, back


def test_most_have_nothing_on_them_that_denies() -> None:
    denied = [settle(match(card(*sides), catalogue())).denied for sides in _cards()]
    assert len(denied) == 180
    assert sum(found is None for found in denied) >= 0.8 * len(denied)
