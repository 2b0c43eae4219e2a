"""Outlines of cards in scenes drawn here, with nothing of the scenes the net was trained on."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from cardscan.errors import EngineUnavailable
from cardscan.imaging import mask as mask_module
from cardscan.imaging.locate import Outline, locate, locate_far
from cardscan.imaging.mask import CardMask, Window
from cardscan.imaging.outline import clockwise, fit_quad, is_sound, overlap, refine
from cardscan.records import Corners, Pixels

_WIDTH, _HEIGHT = 856, 540


def _card(seed: int, band: str = "top") -> Pixels:
    """A made-up card: a band, a name, rows of numbers."""
    rng = np.random.default_rng(seed)
    out = np.full((_HEIGHT, _WIDTH, 3), 250, np.uint8)
    colour = tuple(int(v) for v in rng.integers(20, 160, 3))
    if band == "top":
        cv2.rectangle(out, (0, 0), (_WIDTH, 110), colour, -1)
        cv2.putText(out, "NORTHWIND HEALTH", (40, 72), cv2.FONT_HERSHEY_DUPLEX, 1.5, (255, 255, 255), 3, cv2.LINE_AA)
    else:
        cv2.rectangle(out, (0, 455), (_WIDTH, _HEIGHT), (16, 18, 40), -1)
        cv2.putText(out, "Northwind Health", (40, 80), cv2.FONT_HERSHEY_DUPLEX, 1.5, colour, 3, cv2.LINE_AA)
    for row, label in enumerate(("Member name", "Member ID", "Group", "Effective", "Copay")):
        value = f"{label}: {int(rng.integers(10**6, 10**8))}"
        cv2.putText(out, value, (40, 180 + 55 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.95, (30, 30, 36), 2, cv2.LINE_AA)
    cv2.rectangle(out, (560, 200), (800, 330), (90, 90, 100), 2)
    cv2.putText(out, "Rx 004336", (585, 275), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (30, 30, 36), 2, cv2.LINE_AA)
    return out


def _corners(width: float, centre: tuple[float, float], turn: float, tilt: float = 0.0) -> Corners:
    """A card's outline: ``width`` pixels wide, turned by ``turn`` degrees, its far edge shortened by ``tilt`` (0-1)."""
    half = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [width, width * _HEIGHT / _WIDTH]
    half[:2, 0] *= 1 - tilt
    half[:, 1] *= 1 - 0.7 * tilt
    a = np.radians(turn)
    return half @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + centre


def _put(scene: Pixels, card: Pixels, corners: Corners, shadow: float = 0.25) -> None:
    """Lay a card with round corners on a scene, over its own soft shadow."""
    size = (scene.shape[1], scene.shape[0])
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    dark = np.zeros(scene.shape[:2], np.float32)
    cv2.fillConvexPoly(dark, np.round(corners + 0.01 * wide).astype(np.int32), shadow)
    dark = cv2.GaussianBlur(dark, (0, 0), 0.012 * wide)[..., None]
    alpha = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    cv2.rectangle(alpha, (30, 0), (_WIDTH - 30, _HEIGHT), 255, -1)
    cv2.rectangle(alpha, (0, 30), (_WIDTH, _HEIGHT - 30), 255, -1)
    for x in (30, _WIDTH - 31):
        for y in (30, _HEIGHT - 31):
            cv2.circle(alpha, (x, y), 30, 255, -1)
    source = np.array([[0, 0], [_WIDTH, 0], [_WIDTH, _HEIGHT], [0, _HEIGHT]], np.float32)
    place = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    over = cv2.warpPerspective(alpha, place, size, flags=cv2.INTER_LINEAR)[..., None] / 255.0
    seen = cv2.warpPerspective(card, place, size, flags=cv2.INTER_AREA)
    scene[:] = ((scene * (1 - dark)) * (1 - over) + seen * over).astype(np.uint8)


def _desk(seed: int, width: int = 1200, height: int = 900) -> Pixels:
    rng = np.random.default_rng(seed)
    grain = cv2.resize(rng.normal(0, 1, (60, 4)), (width, height), interpolation=cv2.INTER_CUBIC)
    fine = rng.normal(0, 2, (height, width))
    return np.clip(np.array([126, 92, 64]) + (grain * 9 + fine)[..., None], 0, 255).astype(np.uint8)


def _keys(width: int = 1200, height: int = 900) -> Pixels:
    out = np.full((height, width, 3), 30, np.uint8)
    for y in range(-20, height, 95):
        for x in range(-(y // 3) % 95 - 95, width, 95):
            cv2.rectangle(out, (x + 5, y + 5), (x + 90, y + 90), (62, 63, 68), -1)
            cv2.putText(out, chr(65 + (x * 7 + y) % 26), (x + 32, y + 60), 0, 1.0, (210, 210, 214), 2, cv2.LINE_AA)
    return out


def _noisy(scene: Pixels, seed: int = 5) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, 3, scene.shape)
    return np.clip(cv2.GaussianBlur(scene, (0, 0), 0.9) + noise, 0, 255).astype(np.uint8)


def _best(found: list[Outline], truth: Corners) -> float:
    return max((overlap(o.corners, truth) for o in found), default=0.0)


def _overlaps_on_a_desk() -> list[float]:
    """Cards with a band of colour, at every turn; without the text that a reader would tell of."""
    overlaps = []
    for turn in (0, 14, 77, 120, 180, 236, 301):
        for band in ("top", "bottom"):
            scene, truth = _desk(turn), _corners(640, (610, 440), turn)
            _put(scene, _card(1, band), truth)
            overlaps.append(_best(locate(_noisy(scene)), truth))
    return overlaps


def test_cards_on_a_desk_are_found_however_they_lie() -> None:
    overlaps = _overlaps_on_a_desk()
    assert min(overlaps) > 0.6  # never something else
    assert sum(o > 0.9 for o in overlaps) >= 12  # of 14; a floor that only rises


def test_tilted_cards_are_found() -> None:
    overlaps = []
    for turn in (5, -20, 160, 48, -75):
        scene, truth = _desk(3), _corners(700, (600, 460), turn, tilt=0.18)
        _put(scene, _card(2), truth)
        overlaps.append(_best(locate(_noisy(scene)), truth))
    assert min(overlaps) > 0.7
    assert sum(o > 0.9 for o in overlaps) >= 4  # of 5; a floor that only rises


def test_keys_are_not_mistaken_for_the_rim_of_a_card() -> None:
    scene, truth = _keys(), _corners(600, (620, 450), 6)
    _put(scene, _card(3), truth)
    assert _best(locate(_noisy(scene)), truth) > 0.9


def test_a_dark_card_in_a_dim_picture_is_found() -> None:
    scene, truth = _desk(8), _corners(620, (560, 460), -9)
    _put(scene, _card(4, "bottom"), truth)
    assert _best(locate(_noisy((scene * 0.35).astype(np.uint8))), truth) > 0.94


def test_a_white_card_on_a_white_page_is_found_by_its_faint_rim_and_its_text() -> None:
    scene, truth = np.full((900, 1200, 3), 243, np.uint8), _corners(640, (600, 430), 4)
    _put(scene, _card(5), truth, shadow=0.12)
    assert _best(locate(_noisy(scene)), truth) > 0.92


def test_a_small_card_is_found() -> None:
    scene, truth = _desk(4, 1600, 1200), _corners(380, (900, 520), 12)
    _put(scene, _card(6), truth)
    assert _best(locate(_noisy(scene)), truth) > 0.93


@pytest.mark.parametrize("seed", range(3))
def test_a_card_far_away_is_found_part_by_part(seed: int) -> None:
    scene = _desk(seed, 2400, 1800)
    corners = _corners(170, (700 + 500 * seed, 500 + 300 * seed), 25.0 * seed)
    _put(scene, _card(seed), corners)
    assert _best(locate_far(_noisy(scene)), corners) > 0.8


def test_a_finger_over_the_rim_does_not_cut_the_card() -> None:
    scene, truth = _desk(6), _corners(640, (600, 450), -4)
    _put(scene, _card(7), truth)
    cv2.line(scene, (1190, 560), (860, 500), (214, 160, 130), 90, cv2.LINE_AA)
    assert _best(locate(_noisy(scene)), truth) > 0.9


def test_both_sides_of_a_card_on_one_scanned_page_come_back_apart() -> None:
    page = np.full((1650, 1275, 3), 250, np.uint8)
    first, second = _corners(505, (520, 420), 1.0), _corners(505, (640, 1120), -1.5)
    for card, place in ((_card(8), first), (_card(9, "bottom"), second)):
        _put(page, card, place, shadow=0.0)
        cv2.polylines(page, [np.round(place).astype(np.int32)], True, (205, 205, 205), 2, cv2.LINE_AA)
    found = locate(_noisy(page))
    assert len(found) == 2
    assert _best(found, first) > 0.93
    assert _best(found, second) > 0.93
    assert overlap(found[0].corners, found[1].corners) == 0


def test_two_cards_side_by_side_come_back_apart() -> None:
    scene = _desk(9, 1400, 800)
    left, right = _corners(560, (350, 400), 3), _corners(560, (1000, 410), -4)
    _put(scene, _card(10), left)
    _put(scene, _card(11, "bottom"), right)
    found = locate(_noisy(scene))
    assert len(found) == 2
    assert min(_best(found, left), _best(found, right)) > 0.93


@pytest.mark.parametrize("band", ["top", "bottom"])
def test_a_picture_that_is_all_card_is_that_card(band: str) -> None:
    whole = np.array([[0, 0], [_WIDTH, 0], [_WIDTH, _HEIGHT], [0, _HEIGHT]], np.float64)
    found = locate(_card(12, band))
    assert _best(found, whole) > 0.95
    assert (found[0].corners >= 0).all()
    assert (found[0].corners <= [_WIDTH, _HEIGHT]).all()


@pytest.mark.parametrize(
    "scene",
    [_desk(20), _keys(), np.full((900, 1200, 3), 250, np.uint8), np.zeros((900, 1200, 3), np.uint8)],
    ids=["desk", "keyboard", "white", "black"],
)
def test_no_card_no_outline(scene: Pixels) -> None:
    assert locate(_noisy(scene)) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (24, 24)])
def test_pictures_of_odd_sizes_are_no_error(size: tuple[int, int]) -> None:
    assert isinstance(locate(np.full((*size, 3), 200, np.uint8)), list)


def test_the_same_picture_has_the_same_outlines_in_every_thread() -> None:
    scene = _desk(2)
    _put(scene, _card(14), _corners(600, (600, 450), 9))
    expected, answers = locate(scene), []

    def ask() -> None:
        answers.append(locate(scene))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    for answer in answers:
        np.testing.assert_array_equal([o.corners for o in answer], [o.corners for o in expected])


def test_a_look_through_a_window_is_in_pixels_of_the_picture() -> None:
    scene, truth = _desk(7, 1600, 1200), _corners(420, (1100, 800), 0)
    _put(scene, _card(15), truth)
    sight = CardMask().look(scene, Window(820, 580, 1400, 1040))
    quad = fit_quad((sight.card > 0.5).astype(np.uint8))
    assert quad is not None
    assert overlap(sight.to_picture(quad), truth) > 0.9
    np.testing.assert_allclose(sight.from_picture(sight.to_picture(quad)), quad)


def test_a_changed_or_missing_model_is_refused(tmp_path: Path) -> None:
    picture = np.zeros((50, 50, 3), np.uint8)
    with pytest.raises(EngineUnavailable, match="missing"):
        CardMask(tmp_path).look(picture)
    for name in mask_module.SHA256:
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(EngineUnavailable, match="hash"):
        CardMask(tmp_path).look(picture)


def test_the_recorded_hashes_are_those_of_the_files() -> None:
    folder = Path(mask_module.__file__).parent / "models"
    for name, expected in mask_module.SHA256.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected


# --- outlines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [0, 10, 45, 80])
def test_four_sides_are_fitted_to_an_area_with_round_corners_and_a_bite(turn: float) -> None:
    truth = _corners(90, (64, 64), turn)
    area = np.zeros((128, 128), np.uint8)
    cv2.fillConvexPoly(area, np.round(truth * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    bite = (truth[1] + truth[2]) / 2
    cv2.circle(area, (round(bite[0]), round(bite[1])), 7, 0, -1)
    area = cv2.morphologyEx(area, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    quad = fit_quad(area)
    assert quad is not None
    assert overlap(quad, truth) > 0.93


def test_nothing_is_fitted_to_an_empty_area() -> None:
    assert fit_quad(np.zeros((50, 50), np.uint8)) is None


def test_an_outline_that_is_a_little_off_is_moved_onto_the_edges() -> None:
    scene, truth = _desk(1), clockwise(_corners(650, (600, 450), 8))
    _put(scene, _card(16), truth)
    off = truth + np.array([[4, -3], [-3, 4], [4, 3], [-4, -3]])
    corners, support = refine(off, scene)
    assert np.abs(corners - truth).max() < 2
    assert support.min() > 0.5


def test_an_outline_on_nothing_stays_where_it_is() -> None:
    off = clockwise(_corners(300, (400, 300), 5))
    corners, support = refine(off, np.full((600, 800, 3), 90, np.uint8))
    np.testing.assert_allclose(corners, off, atol=1e-6)
    assert not support.any()


def test_crossed_tiny_and_far_outlines_are_not_sound() -> None:
    good = _corners(300, (400, 300), 5)
    assert is_sound(good, (800, 600))
    assert not is_sound(good[[0, 2, 1, 3]], (800, 600))
    assert not is_sound(good * 0.01, (800, 600))
    assert not is_sound(good + 5000, (800, 600))
    assert not is_sound(good * np.nan, (800, 600))
    tapered = np.array([(100, 100), (700, 100), (500, 400), (300, 400)], np.float64)
    assert not is_sound(tapered, (800, 600))  # no camera sees a card so
    assert is_sound(np.array([(100, 100), (700, 100), (580, 400), (220, 400)], np.float64), (800, 600))


def test_corners_run_clockwise_from_the_top_left() -> None:
    good = _corners(300, (400, 300), 5)
    for start in range(4):
        np.testing.assert_array_equal(clockwise(np.roll(good, start, 0)), good)
        np.testing.assert_array_equal(clockwise(np.roll(good, start, 0)[::-1]), good)
