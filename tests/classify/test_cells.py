"""Rows of tables, sentences over two lines, and lines that are no sentences at all."""

from __future__ import annotations

import pytest
from card_text import card, sheet
from classify.test_adversarial import BROAD, LIMITED, MEMBER, front, outcome

from cardscan.classify.catalogue import load_catalogue
from cardscan.classify.identify import settle
from cardscan.classify.match import match

PPO = front("PPO Plan - Colorado")


@pytest.mark.parametrize(
    ("cell", "denied"),
    [
        ("Not included", True),
        ("No", True),
        ("N/A", True),
        ("Employees only", True),
        ("Yes", False),
        ("Included", False),
    ],
)
def test_a_row_of_a_table_takes_the_network_away(cell: str, denied: bool) -> None:
    heads = ("Where to get care", "Kaiser Permanente facilities", "Cigna PPO Network", "Emergency rooms")
    table = [(0.0, row, text) for row, text in enumerate(heads)]
    table += [(60.0, row, text) for row, text in enumerate(("This plan", "Yes", cell, "Yes"))]
    back = sheet(*sorted(table, key=lambda p: p[1]), image=1)
    finds = match([*card(["KAISER PERMANENTE", "EPO - Colorado", *MEMBER]), back], load_catalogue())
    assert (settle(finds).denied is not None) == denied


def test_a_sentence_that_runs_on_is_not_cut_before_a_word_that_labels_begin_with() -> None:
    denial = ("Services at Cigna PPO Network providers are the", "member's own expense, not the plan's.")
    assert outcome(PPO, (*BROAD, *denial)) == "call"


@pytest.mark.parametrize(
    "lines",
    [
        ("Non-KP states: Cigna PPO Network. KP states: PHCS /", "MultiPlan."),
        ("For providers: eligibility or precertification, Cigna PPO only: 888-831-0761",),
        ("CIGNA CLAIMS Payer ID 62308",),
        ("Claims payer ID: 62308",),
    ],
)
def test_lines_that_say_whose_a_network_or_a_number_is_take_nothing_away(lines: tuple[str, ...]) -> None:
    assert outcome(PPO, (*BROAD, "", *lines)) == "eligible"


@pytest.mark.parametrize(
    "line",
    [
        "KP states: PHCS only, in no others.",
        "Claims payer: the employer",
        "Cigna PPO only for employees: 888-831-0761",
        "La red Cigna PPO no está disponible para este miembro.",
        "Cobertura terminada.",
    ],
)
def test_what_looks_like_them_and_takes_something_away_is_no_yes(line: str) -> None:
    assert outcome(PPO, (*BROAD, "", line)) != "eligible"
    assert outcome(front("HMO"), (*LIMITED, "", line)) != "eligible"
