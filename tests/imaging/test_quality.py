"""What is wrong with a picture, where, and that a person is told what to do about it."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np
import pytest

from cardscan.imaging.dewarp import dewarp, whole
from cardscan.imaging.quality import MESSAGES, assess, problem, sharpness
from cardscan.records import Corners, Photo, Pixels, Quality, QualityCode

SIZE = (1400, 1000)
CORNERS = np.array([[150, 120], [1250, 120], [1250, 814], [150, 814]], np.float64)
C = QualityCode


def _scene(corners: Corners = CORNERS, size: tuple[int, int] = SIZE) -> Pixels:
    """A card full of print on a dark desk."""
    card = np.full((694, 1100, 3), (236, 238, 232), np.uint8)
    cv2.rectangle(card, (0, 0), (1100, 110), (20, 60, 110), -1)
    for row in range(9):
        text = f"Member {row * 1234567} Group {row}12 Plan number {row * 77}"
        cv2.putText(card, text, (40, 180 + 56 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (25, 25, 30), 2, cv2.LINE_AA)
    scene = np.full((size[1], size[0], 3), (70, 62, 55), np.uint8)
    source = np.array([[0, 0], [1100, 0], [1100, 694], [0, 694]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    cv2.warpPerspective(card, matrix, size, scene, borderMode=cv2.BORDER_TRANSPARENT, flags=cv2.INTER_AREA)
    return scene


def _blurred(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 7), np.uint8)


def _quality(pixels: Pixels, corners: Corners = CORNERS) -> Quality:
    height, width = pixels.shape[:2]
    photo = Photo("a", 0, pixels, width, height)
    return assess(dewarp(photo, corners, 1.0), (width, height)).quality


def _codes(quality: Quality) -> list[QualityCode]:
    return [p.code for p in quality.problems]


@pytest.mark.parametrize("shape", [(4, 1600), (3199, 1), (1, 3199), (1, 1)])
def test_a_strip_of_pixels_is_not_grown_to_a_cards_width(shape: tuple[int, int]) -> None:
    height, width = shape
    photo = Photo("a", 0, np.full((height, width, 3), 200, np.uint8), width, height)
    tracemalloc.start()
    assess(whole(photo), (width, height))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 200e6  # 4.5 GB for a strip of four columns


def test_a_good_picture_has_no_problem() -> None:
    quality = _quality(_scene())
    assert (_codes(quality), quality.score) == ([], 1.0)


def test_blur() -> None:
    assert C.BLUR in _codes(_quality(_blurred(_scene())))


def test_dark() -> None:
    assert C.DARK in _codes(_quality((_scene() * 0.15).astype(np.uint8)))


def test_small() -> None:
    corners = CORNERS * 0.3 + (300, 300)
    assert C.SMALL in _codes(_quality(_scene(corners), corners))


def test_a_card_too_small_is_not_called_blurred() -> None:
    corners = CORNERS * 0.15 + (300, 300)
    assert _codes(_quality(_blurred(_scene(corners)), corners)) == [C.SMALL]


def test_an_outline_of_no_cards_shape_is_that_of_a_part() -> None:
    corners = np.array([[150, 120], [1250, 120], [1250, 420], [150, 420]], np.float64)
    assert C.COVERED in _codes(_quality(_scene(), corners))


def test_what_lies_around_a_card_that_was_not_found_is_not_called_blurred() -> None:
    scene, line = _scene(), np.array([[190, 270], [900, 270], [900, 310], [190, 310]], np.float64)
    around = _blurred(scene)
    assert C.BLUR in _codes(assess(whole(Photo("a", 0, around, *SIZE)), SIZE).quality)
    sharp = around.copy()
    sharp[250:330, 170:920] = scene[250:330, 170:920]
    assert C.BLUR not in _codes(assess(whole(Photo("a", 0, sharp, *SIZE)), SIZE, [line]).quality)


def test_cut_off() -> None:
    corners = CORNERS - (400, 0)
    assert C.CUT_OFF in _codes(_quality(_scene(corners), corners))


def test_a_card_that_fills_the_picture_is_not_cut_off() -> None:
    corners = np.array([[0, 0], [1100, 0], [1100, 694], [0, 694]], np.float64)
    assert C.CUT_OFF not in _codes(_quality(_scene(corners, (1100, 694)), corners))


@pytest.mark.parametrize(("left", "cut"), [(1.0, False), (0.95, False), (0.7, True), (0.55, True)])
def test_a_card_of_which_a_part_is_beyond_the_rim_is_cut_off(left: float, cut: bool) -> None:
    """Its outline ends with the picture; how much of it is left shows in its shape. No more of it can be known."""
    corners = np.array([[1, 120], [1100 * left, 120], [1100 * left, 814], [1, 814]], np.float64)
    seen = assess(dewarp(Photo("a", 0, _scene(corners), *SIZE), corners, 1.0), SIZE)
    assert (C.CUT_OFF in _codes(seen.quality), seen.hidden) == (cut, cut)


def _lines(left: float, right: float) -> list[Corners]:
    return [np.array([[left, y], [right, y], [right, y + 30], [left, y + 30]], np.float64) for y in range(200, 500, 50)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (_lines(200, 1100), False),
        (_lines(600, 1398), True),
        (_lines(4, 900), True),
        ([*_lines(200, 1100), _lines(600, 1398)[0]], False),  # one line of many
        ([], False),
    ],
)
def test_text_that_goes_on_beyond_the_picture_is_cut_off(text: list[Corners], cut: bool) -> None:
    """Whatever was taken for the card's outline, and where none was found."""
    pixels = _scene()
    photo = Photo("a", 0, pixels, *SIZE)
    for flat in (dewarp(photo, CORNERS, 1.0), whole(photo)):
        assert (C.CUT_OFF in _codes(assess(flat, SIZE, text).quality)) == cut


def test_glare_and_where() -> None:
    scene = _scene()
    cv2.ellipse(scene, (900, 500), (190, 120), 20, 0, 360, (255, 255, 255), -1)
    quality = _quality(scene)
    (found,) = [p for p in quality.problems if p.code == C.GLARE]
    assert found.box is not None
    middle = np.mean(found.box, axis=0)
    assert np.linalg.norm(middle - (900, 500)) < 60


def test_a_thumb_and_where() -> None:
    scene = _scene()
    cv2.ellipse(scene, (1240, 700), (200, 150), 0, 0, 360, (224, 172, 140), -1)
    quality = _quality(scene)
    (found,) = [p for p in quality.problems if p.code == C.COVERED]
    assert found.box is not None
    x, y = np.mean(found.box, axis=0)
    assert x > 1000
    assert y > 500


def test_white_paper_is_no_glare() -> None:
    white = np.full((1000, 1400, 3), 255, np.uint8)
    for row in range(12):
        cv2.putText(
            white,
            f"Member {row * 98765}",
            (180, 180 + 50 * row),
            cv2.FONT_HERSHEY_SIMPLEX,
            1.2,
            (0, 0, 0),
            2,
            cv2.LINE_AA,
        )
    assert C.GLARE not in _codes(_quality(white))


def test_a_white_box_beside_a_reflection_is_no_glare() -> None:
    scene = _scene()
    cv2.rectangle(scene, (800, 600), (1200, 760), (20, 20, 24), 6)
    cv2.rectangle(scene, (803, 603), (1197, 757), (255, 255, 255), -1)
    assert C.GLARE not in _codes(_quality(scene))
    cv2.ellipse(scene, (500, 400), (150, 90), 20, 0, 360, (255, 255, 255), -1)
    (found,) = [p for p in _quality(scene).problems if p.code == C.GLARE]
    assert found.box is not None
    assert np.linalg.norm(np.mean(found.box, axis=0) - (500, 400)) < 60


def test_more_problems_make_a_lower_score() -> None:
    dark = (_scene() * 0.15).astype(np.uint8)
    both = _blurred(dark)
    scores = [_quality(pixels).score for pixels in (_scene(), dark, both)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_of_nothing_is_assessed(value: int) -> None:
    pixels = np.full((300, 500, 3), value, np.uint8)
    quality = assess(whole(Photo("a", 0, pixels, 500, 300)), (500, 300)).quality
    assert 0 <= quality.score < 1
    assert sharpness(pixels[:, :, 0]) == 0.0


def test_every_problem_says_what_to_do() -> None:
    for code in QualityCode:
        assert len(problem(code).message.split()) > 8
        assert ":" in MESSAGES[code]


def test_what_lies_beyond_the_card_does_not_count() -> None:
    scene = _scene()
    photo = Photo("a", 0, scene, scene.shape[1], scene.shape[0])
    size = (photo.width, photo.height)
    burnt = scene.copy()
    cv2.circle(burnt, tuple(int(v) for v in CORNERS.mean(0)), 60, (255, 255, 255), -1)
    burnt = np.asarray(cv2.GaussianBlur(burnt, (0, 0), 5), np.uint8)
    for pixels in (scene, burnt):
        photo = Photo("a", 0, pixels, *size)
        alone, wider = (assess(dewarp(photo, CORNERS, 1.0, beyond=beyond), size).quality for beyond in (0.0, 0.06))
        assert _codes(wider) == _codes(alone)
        for one, other in zip(alone.problems, wider.problems, strict=True):
            assert (one.box is None) == (other.box is None)
            if one.box is not None and other.box is not None:
                assert np.allclose(one.box, other.box, atol=4)
