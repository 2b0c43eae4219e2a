"""Laying a card flat, and the way back into the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from cardscan.imaging.dewarp import WIDEST, dewarp, to_photo, whole
from cardscan.records import Corners, Photo, Pixels

UPRIGHT = np.array([[100, 80], [900, 80], [900, 584], [100, 584]], np.float64)
SLANTED = np.array([[140, 90], [880, 130], [930, 560], [90, 640]], np.float64)
STANDING = np.array([[300, 40], [640, 40], [640, 580], [300, 580]], np.float64)


def _photo(pixels: Pixels, grown: float = 1.0) -> Photo:
    """A photo of which ``pixels`` is a copy reduced by ``grown``."""
    height, width = pixels.shape[:2]
    return Photo("a", 0, pixels, round(width * grown), round(height * grown))


def _scene(corners: Corners, size: tuple[int, int] = (1000, 700)) -> Pixels:
    """A card with a red, a green, a blue and a white quarter, from its top-left clockwise."""
    card = np.zeros((540, 856, 3), np.uint8)
    card[:270, :428], card[:270, 428:], card[270:, 428:], card[270:, :428] = (
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255,) * 3,
    )
    source = np.array([[0, 0], [856, 0], [856, 540], [0, 540]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    return np.asarray(cv2.warpPerspective(card, matrix, size), np.uint8)


def _quarters(pixels: Pixels) -> list[str]:
    height, width = pixels.shape[:2]
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white", (0, 0, 0): "black"}
    spots = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
    return [names[tuple(int(v > 128) for v in pixels[int(y * height), int(x * width)])] for x, y in spots]  # type: ignore[index]


@pytest.mark.parametrize("corners", [UPRIGHT, SLANTED], ids=["upright", "slanted"])
def test_a_card_is_laid_flat(corners: Corners) -> None:
    flat = dewarp(_photo(_scene(corners)), corners, 0.8)
    height, width = flat.pixels.shape[:2]
    assert width / height == pytest.approx(85.60 / 53.98, rel=0.01)
    assert _quarters(flat.pixels) == ["red", "green", "blue", "white"]
    assert flat.score == 0.8
    assert flat.corners is not None
    assert np.allclose(flat.corners, corners)


def test_a_standing_card_is_laid_on_its_long_side() -> None:
    flat = dewarp(_photo(_scene(STANDING)), STANDING, 1.0)
    height, width = flat.pixels.shape[:2]
    assert width > height
    assert "black" not in _quarters(flat.pixels)


@pytest.mark.parametrize("corners", [UPRIGHT, SLANTED, STANDING, np.roll(UPRIGHT, 2, axis=0)])
@pytest.mark.parametrize("grown", [1.0, 2.5])
def test_the_way_back_ends_at_the_corners(corners: Corners, grown: float) -> None:
    flat = dewarp(_photo(_scene(corners), grown), corners, 1.0)
    height, width = flat.pixels.shape[:2]
    rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    assert flat.corners is not None
    assert np.allclose(to_photo(flat, rim), flat.corners, atol=1e-3)
    assert {tuple(np.round(c)) for c in flat.corners} == {tuple(np.round(c * grown)) for c in corners}


def test_a_large_card_is_shrunk_without_skipping_pixels() -> None:
    stripes = np.zeros((2400, 3600, 3), np.uint8)
    stripes[:, ::2] = 255
    corners = np.array([[10, 10], [3590, 10], [3590, 2267], [10, 2267]], np.float64)
    flat = dewarp(_photo(stripes), corners, 1.0)
    assert flat.pixels.shape[1] == WIDEST
    assert abs(float(flat.pixels.mean()) - 127) < 12
    assert float(flat.pixels.std()) < 60  # gray, no moire


def test_a_small_card_is_grown_to_a_readable_width() -> None:
    flat = dewarp(_photo(_scene(UPRIGHT * 0.3, (300, 210))), UPRIGHT * 0.3, 1.0)
    assert 900 <= flat.pixels.shape[1] <= WIDEST


def test_another_shape_keeps_its_own_ratio() -> None:
    screen = np.array([[50, 20], [950, 20], [950, 320], [50, 320]], np.float64)
    flat = dewarp(_photo(_scene(screen)), screen, 1.0)
    assert flat.pixels.shape[1] / flat.pixels.shape[0] == pytest.approx(3.0, rel=0.02)


@pytest.mark.parametrize(("size", "grown"), [((300, 200), 1.0), ((4000, 3000), 1.0), ((2000, 1500), 2.0)])
def test_the_whole_picture_stands_in(size: tuple[int, int], grown: float) -> None:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    flat = whole(_photo(pixels, grown))
    assert (flat.corners, flat.score) == (None, 0.0)
    assert max(flat.pixels.shape) <= 2200
    height, width = flat.pixels.shape[:2]
    end = to_photo(flat, np.array([[width, height]], np.float64))[0]
    assert np.allclose(end, np.array(size) * grown, atol=2)


def test_what_is_laid_flat_cannot_be_written_to() -> None:
    for flat in (dewarp(_photo(_scene(UPRIGHT)), UPRIGHT, 1.0), whole(_photo(_scene(UPRIGHT)))):
        assert not flat.pixels.flags.writeable
        assert flat.pixels.flags.c_contiguous


@pytest.mark.parametrize("corners", [UPRIGHT, SLANTED, STANDING])
def test_what_lies_beyond_the_card_can_be_shown_too(corners: Corners) -> None:
    alone = dewarp(_photo(_scene(corners), 2.0), corners, 1.0)
    wider = dewarp(_photo(_scene(corners), 2.0), corners, 1.0, beyond=0.05)
    assert wider.margin == round(0.05 * alone.pixels.shape[1])
    assert wider.card.shape == alone.card.shape == alone.pixels.shape
    assert float(np.abs(wider.card.astype(int) - alone.card).mean()) < 1
    height, width = alone.pixels.shape[:2]
    rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    assert np.allclose(to_photo(wider, rim + wider.margin), to_photo(alone, rim), atol=1e-3)


def test_beyond_the_picture_there_is_nothing() -> None:
    corners = np.array([[0, 0], [999, 0], [999, 629], [0, 629]], np.float64)
    flat = dewarp(_photo(_scene(corners, (1000, 630))), corners, 1.0, beyond=0.05)
    assert {tuple(pixel) for row in flat.pixels[: flat.margin - 2] for pixel in row} == {(128, 128, 128)}
