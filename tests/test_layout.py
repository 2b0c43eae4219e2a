"""Rows, columns and paragraphs, whichever way the card was held."""

from __future__ import annotations

import numpy as np
import pytest
from card_text import HEIGHT, sheet, side

from cardscan.layout import Placed, View, paragraphs, place
from cardscan.records import Line


def _texts(chains: list[list[Placed]]) -> list[list[str]]:
    return sorted([p.line.text for p in chain] for chain in chains)


def _turned(view: View, degrees: float, scale: float = 1.0) -> View:
    angle = np.radians(degrees)
    matrix = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return View(view.image, tuple(Line(ln.text, ln.confidence, ln.box @ matrix.T + 500, ln.words) for ln in view.lines))


TWO_COLUMNS = sheet(
    (0, 0, "first column"), (0, 1, "goes on here"), (40, 0, "second one"), (40, 1, "on its own"), (0, 4, "apart")
)


def test_nothing_to_place() -> None:
    assert place(View(0, ())) == ()
    assert paragraphs([]) == []


def test_units_are_line_heights() -> None:
    (placed,) = place(side("0123456789", image=2))
    assert placed.height == pytest.approx(1.0)
    assert placed.image == 2
    assert placed.right - placed.left == pytest.approx(150 / HEIGHT)
    assert placed.middle == pytest.approx((placed.top + placed.bottom) / 2)


def test_columns_and_gaps_divide_paragraphs() -> None:
    assert _texts(paragraphs(place(TWO_COLUMNS))) == [
        ["apart"],
        ["first column", "goes on here"],
        ["second one", "on its own"],
    ]


@pytest.mark.parametrize("degrees", [0, 7, -12, 30, 90, 180, 270])
@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_the_way_the_card_was_held_makes_no_difference(degrees: float, scale: float) -> None:
    view = _turned(TWO_COLUMNS, degrees, scale)
    assert _texts(paragraphs(place(view))) == _texts(paragraphs(place(TWO_COLUMNS)))
    straight, turned = place(TWO_COLUMNS), place(view)
    for a, b in zip(straight, turned, strict=True):
        assert b.height == pytest.approx(a.height, abs=0.02)
        assert b.left - turned[0].left == pytest.approx(a.left - straight[0].left, abs=0.1)
        assert b.top - turned[0].top == pytest.approx(a.top - straight[0].top, abs=0.1)


def test_lines_of_another_size_do_not_run_on() -> None:
    small, large = side("a heading that is large").lines[0], side("text").lines[0]
    box = large.box * (1.0, 0.5) + (0, 60)
    chains = paragraphs(place(View(0, (small, Line("text", 0.9, box)))))
    assert len(chains) == 2


def test_boxes_without_size_break_nothing() -> None:
    view = View(0, (Line("x", 0.9, np.zeros((4, 2))), Line("y", 0.9, np.ones((4, 2)))))
    assert len(place(view)) == 2
    assert paragraphs(place(view))
