"""What lies over the ends of lines, whatever its colour; and what is only drawn beside them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from cardscan.imaging.patches import patches
from cardscan.records import Corners, Pixels

TEXT = "This plan does not include the network named below"
SIZE, PAPER, INK = 0.8, (236, 238, 240), (20, 22, 30)
TOPS = range(60, 500, 60)
END = 60 + cv2.getTextSize(TEXT, 0, SIZE, 2)[0][0]


def _card() -> Pixels:
    card = np.full((560, 900, 3), PAPER, np.uint8)
    for top in TOPS:
        cv2.putText(card, TEXT, (60, top + 24), 0, SIZE, INK, 2, cv2.LINE_AA)
    return card


def _lines(cut_at: dict[int, int] | None = None) -> list[Corners]:
    """Boxes as the detector gives them, a little larger than the print; some end where something lies on them."""
    ends = {i: (cut_at or {}).get(i, END) + 6 for i in range(len(TOPS))}
    return [
        np.array([(54, top), (ends[i], top), (ends[i], top + 32), (54, top + 32)], np.float64)
        for i, top in enumerate(TOPS)
    ]


def test_plain_print_is_covered_by_nothing() -> None:
    assert patches(_card(), _lines()) == []


@pytest.mark.parametrize("colour", [(250, 220, 80), (150, 105, 80), (120, 120, 124), (20, 60, 160)])
def test_a_slip_on_the_end_of_a_line_is_seen_whatever_its_colour(colour: tuple[int, int, int]) -> None:
    card = _card()
    cv2.rectangle(card, (400, 100), (800, 170), colour, -1)
    (found,) = patches(card, _lines({1: 400}))
    assert found[:, 0].min() < 400 < found[:, 0].max()
    assert found[:, 1].min() < 136 < found[:, 1].max()


def test_a_thumb_is_seen() -> None:
    card = _card()
    cv2.ellipse(card, (420, 120), (60, 110), 0, 0, 360, (176, 124, 98), -1, cv2.LINE_AA)
    assert len(patches(card, _lines({1: 362}))) == 1


def test_a_heading_that_fills_its_bar_is_not_covered_by_the_paper() -> None:
    card = _card()
    cv2.rectangle(card, (58, 298), (END, 334), (30, 130, 180), -1)
    cv2.putText(card, TEXT, (60, 324), 0, SIZE, (255, 255, 255), 2, cv2.LINE_AA)
    assert patches(card, _lines()) == []


def test_the_edge_of_a_shadow_covers_nothing() -> None:
    x = np.clip((np.arange(900) - 380) / 40, 0, 1)  # it takes more than a line's height to grow dark
    card = (_card() * (1 - 0.5 * x)[None, :, None]).astype(np.uint8)
    assert patches(card, _lines(dict.fromkeys(range(len(TOPS)), 398))) == []


def test_a_mark_beside_a_name_covers_nothing() -> None:
    card = _card()
    cv2.rectangle(card, (END + 2, 170), (END + 34, 214), (200, 30, 60), -1)
    assert patches(card, _lines()) == []
