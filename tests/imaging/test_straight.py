"""Cards that lie on printed sheets: the text within an outline tells whether it is theirs."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from cardscan.imaging import straight
from cardscan.imaging.outline import overlap
from cardscan.imaging.straight import is_slanted, straightened
from cardscan.records import Corners, Pixels

CARD = np.array([(0, 0), (430, 0), (430, 270), (0, 270)], np.float64)
ROWS = [(30, 30, 200, 24), (30, 80, 330, 14), (30, 110, 260, 14), (30, 140, 300, 14), (30, 170, 120, 14)]


def _turned(points: Any, degrees: float, to: tuple[float, float] = (280, 230)) -> Corners:
    a = np.radians(degrees)
    turn = np.array([(np.cos(a), -np.sin(a)), (np.sin(a), np.cos(a))])
    return np.asarray(points, np.float64) @ turn.T + to


def _box(x: float, y: float, width: float, height: float) -> Corners:
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def _scene(card_turned: float, sheet_turned: float) -> tuple[Pixels, list[Corners], Corners]:
    """A light card on a white sheet with lines of print all over it: picture, boxes of text, the card's corners."""
    pixels = np.full((750, 1000, 3), 245, np.uint8)
    text = []
    corners = _turned(CARD, card_turned)
    for y in range(-200, 1000, 45):
        for x in range(-200, 1200, 210):
            box = _turned(_box(x + y % 90, y, 150, 14), sheet_turned, (0, 0))
            cv2.fillConvexPoly(pixels, box.astype(np.int32), (90, 90, 90))
            if (
                cv2.pointPolygonTest(corners.astype(np.float32), box.mean(0).tolist(), True) < -80
                and (box > 5).all()
                and (box < (990, 740)).all()
            ):
                text.append(box)
    cv2.fillConvexPoly(pixels, corners.astype(np.int32), (205, 225, 235))
    for row in ROWS:
        box = _turned(_box(*row), card_turned)
        cv2.fillConvexPoly(pixels, box.astype(np.int32), (30, 60, 90))
        text.append(box)
    return pixels, text, corners


@pytest.mark.parametrize("turned", [-20, -6, 0, 11, 44, 90])
def test_text_along_the_sides_of_an_outline_is_its_own(turned: float) -> None:
    _, text, corners = _scene(turned, turned + 30)
    assert not is_slanted(corners, text)


def test_text_across_an_outline_is_not() -> None:
    _, text, corners = _scene(8, -9)
    assert is_slanted(corners + np.array([(-90, -110), (0, 0), (0, 0), (0, 0)]), text)
    assert is_slanted(_turned(_box(-60, -60, 500, 400), 0), text)


def test_seen_from_the_side_a_cards_text_still_runs_along_its_sides() -> None:
    flat = CARD.astype(np.float32)
    seen = np.array([(250, 260), (640, 180), (720, 520), (210, 470)], np.float32)
    view = cv2.getPerspectiveTransform(flat, seen)
    text = [cv2.perspectiveTransform(_box(*row).astype(np.float32)[None], view)[0].astype(np.float64) for row in ROWS]
    assert not is_slanted(seen.astype(np.float64), text)


def test_fewer_than_three_lines_say_nothing() -> None:
    _, text, _ = _scene(8, -9)
    assert not is_slanted(_turned(_box(0, 0, 430, 270), 30), text[-2:])


@pytest.mark.parametrize(("card", "sheet"), [(8, -9), (-14, 3), (25, 40), (-9, 7)])
def test_the_card_is_found_around_its_text(card: float, sheet: float) -> None:
    pixels, text, corners = _scene(card, sheet)
    found = straightened(_turned(_box(-60, -60, 500, 400), 0), (0.3,) * 4, text, pixels)
    assert found is not None
    outline, edges = found
    assert overlap(outline, corners) > 0.95
    assert edges.min() > 0.8


def test_where_nothing_has_edges_all_around_there_is_no_card() -> None:
    pixels, text, _ = _scene(8, -9)
    doubtful = _turned(_box(-60, -60, 500, 400), 0)
    assert straightened(doubtful, (0.3,) * 4, text, np.full_like(pixels, 245)) is None
    assert straightened(doubtful, (0.3,) * 4, [], pixels) is None


def test_an_outline_that_its_text_bears_out_gives_way_only_to_one_with_edges_all_around() -> None:
    pixels, text, corners = _scene(8, -9)
    half = np.array([corners[0], corners[1], (corners[1] + corners[2]) / 2, (corners[0] + corners[3]) / 2])
    assert not is_slanted(half, text)
    found = straightened(half, (0.5,) * 4, text, pixels)
    assert found is not None
    assert overlap(found[0], corners) > 0.95
    assert straightened(half, (0.7,) * 4, text, pixels) is None  # it has edges itself


def test_a_frame_printed_on_a_card_without_a_rim_is_not_the_card() -> None:
    pixels, text, corners = _scene(8, -9)
    middle = corners.mean(0)
    assert straightened(middle + 1.2 * (corners - middle), (0.1,) * 4, text[-len(ROWS) :], pixels) is None


def test_an_outline_with_a_hand_in_it_gives_way_to_one_of_a_cards_own_shape() -> None:
    pixels, text, corners = _scene(8, -9)
    right = (corners[1] - corners[0]) * 0.15
    longer = corners + np.array([(0, 0), right, right, (0, 0)])
    own = text[-len(ROWS) :]
    found = straightened(longer, (0.4,) * 4, own, pixels)
    assert found is not None
    assert overlap(found[0], corners) > 0.95
    assert straightened(longer, (1.0, 0.4, 1.0, 1.0), own, pixels) is None  # three whole sides are more than a shape


def test_where_its_text_runs_across_an_outline_a_long_box_printed_on_the_card_is_not_the_card_either() -> None:
    pixels, text = np.full((750, 1000, 3), 205, np.uint8), []
    box = _turned(_box(0, 0, 430, 100), 12)
    cv2.fillConvexPoly(pixels, box.astype(np.int32), (120, 140, 160))
    for y in (20, 45, 70):
        line = _turned(_box(20, y, 250, 12), 12)
        cv2.fillConvexPoly(pixels, line.astype(np.int32), (30, 60, 90))
        text.append(line)
    around = _turned(_box(-80, -80, 590, 370), 0)
    assert is_slanted(around, text)
    assert straightened(around, (0.3,) * 4, text, pixels) is None


def test_on_a_page_of_small_print_only_the_largest_blocks_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(straight, "_around_block", lambda block, *_: tried.append(len(block)) or iter(()))
    blocks = [(x, y, 4 if (x, y) == (0, 0) else 3) for x in range(0, 3000, 200) for y in range(0, 3000, 200)]
    text = [_box(x, y + 16 * i, 90, 12) for x, y, rows in blocks for i in range(rows)]
    assert straight.around_text(text, np.zeros((3000, 3000, 3), np.uint8)) is None
    assert len(tried) < 50
    assert tried[0] == 4


def test_what_is_joined_to_some_lines_is_all_that_follows_them() -> None:
    text = [_box(0, 30 * i, 300, 14) for i in range(6)] + [_box(0, 400, 300, 14)]
    seeds = [True, *[False] * 6]
    assert straight.connected(seeds, text) == [True] * 6 + [False]
    assert straight.connected([False] * 7, text) == [False] * 7
    assert straight.connected([], []) == []
