"""Outlines that cut lines of text are moved out to hold them; those that only touch what lies under a card are not."""

from __future__ import annotations

import numpy as np
import pytest

from cardscan.imaging.cut import holding
from cardscan.records import Corners

SIZE = (1600, 1000)
ALL = (True,) * 4
CARD = np.array([(600, 200), (1400, 200), (1400, 800), (600, 800)], np.float64)


def line(left: float, top: float, right: float, bottom: float, turn: float = 0.0) -> Corners:
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)
    middle, angle = corners.mean(0), np.radians(turn)
    turned: Corners = middle + (corners - middle) @ np.array(
        [(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))]
    )
    return turned


def test_a_side_through_lines_is_moved_out_to_hold_them() -> None:
    held = holding(CARD, [line(300, 300, 900, 340), line(320, 400, 800, 440), line(1000, 500, 1300, 540)], SIZE, ALL)
    np.testing.assert_allclose(held, [(280, 200), (1400, 200), (1400, 800), (280, 800)])


def test_a_side_along_a_line_is_moved_over_it() -> None:
    held = holding(CARD, [line(620, 780, 1300, 820)], SIZE, ALL)
    np.testing.assert_allclose(held, [(600, 200), (1400, 200), (1400, 840), (600, 840)])


def test_a_turned_outline_is_moved_along_its_own_sides() -> None:
    turn = np.radians(30)
    about = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    card = (CARD - CARD.mean(0)) * 0.6 @ about + np.array([800, 500])
    side = (card[3] + card[0]) / 2
    along = (card[1] - card[0]) / np.linalg.norm(card[1] - card[0])
    reach = np.array([100, 15])
    held = holding(card, [line(*(side - reach), *(side + reach), turn=30)], SIZE, ALL)
    np.testing.assert_allclose(held[0], card[0] - 115 * along, atol=1e-6)
    np.testing.assert_allclose(held[3], card[3] - 115 * along, atol=1e-6)
    np.testing.assert_allclose(held[[1, 2]], card[[1, 2]], atol=1e-6)


@pytest.mark.parametrize(
    "box",
    [
        line(300, 300, 620, 340),  # a form's line that ends under the card: its box reaches in by half a letter
        line(300, 300, 560, 340),
        line(700, 300, 1300, 340),
        line(300, 100, 900, 140),  # above the card
    ],
)
def test_what_ends_at_a_side_or_stands_elsewhere_moves_none(box: Corners) -> None:
    assert holding(CARD, [box], SIZE, ALL) is CARD


def test_no_outline_reaches_beyond_the_picture() -> None:
    held = holding(CARD, [line(4, 300, 900, 340)], SIZE, ALL)
    assert held[:, 0].min() == 0


def test_a_side_that_follows_a_rim_stays() -> None:
    through = [line(300, 300, 900, 340)]
    assert holding(CARD, through, SIZE, (True, True, True, False)) is CARD
    assert holding(CARD, through, SIZE, (False, False, False, True))[0, 0] < 300
