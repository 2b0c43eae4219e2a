"""Laying a card flat, at the resolution that the readers need."""

from __future__ import annotations

import cv2
import numpy as np

from cardscan.imaging.outline import ID1_RATIO
from cardscan.records import Corners, Flat, Photo, Pixels

WIDEST = 1400  # more does not make small print clearer for the engines measured
_NARROWEST = 960
_WHOLE_SIDE = 2200
_NOTHING = (128, 128, 128)


def dewarp(photo: Photo, corners: Corners, score: float, *, beyond: float = 0.0) -> Flat:
    """The card under an outline, flat, long side horizontal.

    Args:
        photo: The picture.
        corners: The outline in pixels of ``photo.pixels``, clockwise.
        score: 0-1, how card-like the outline is.
        beyond: How much to show beyond the outline, as a share of the card's width. Gray where the picture ends.
    """
    lengths = np.linalg.norm(np.roll(corners, -1, 0) - corners, axis=1)
    across, down = (lengths[0] + lengths[2]) / 2, (lengths[1] + lengths[3]) / 2
    if down > across:
        corners, across, down = np.roll(corners, -1, axis=0), down, across
    ratio = across / max(down, 1.0)
    if 1.3 < ratio < 1.95:
        ratio = ID1_RATIO  # a card seen at a slant; other shapes (screens, pages) keep their own
    width = int(np.clip(round(across), _NARROWEST, WIDEST))
    height = max(64, round(width / ratio))
    margin = round(beyond * width)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) + np.float32(margin)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    source = photo.pixels
    shrink = across / width
    if shrink > 1.6:  # warping skips pixels when it shrinks a lot
        smaller = cv2.resize(source, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        source = np.asarray(smaller, np.uint8)
        matrix = matrix @ np.diag([shrink, shrink, 1.0])
    size = (width + 2 * margin, height + 2 * margin)
    way = cv2.INTER_LINEAR if shrink >= 1 else cv2.INTER_CUBIC  # in less than half the time
    pixels = cv2.warpPerspective(source, matrix, size, flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=_NOTHING)
    back = np.linalg.inv(cv2.getPerspectiveTransform((corners * photo.scale).astype(np.float32), target))
    return Flat(_sealed(pixels), np.asarray(back, np.float64), corners * photo.scale, score, margin)


def whole(photo: Photo) -> Flat:
    """The whole picture, where no card was found in it."""
    scale = min(1.0, _WHOLE_SIDE / max(photo.pixels.shape[:2]))
    pixels = photo.pixels
    if scale < 1:
        smaller = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        pixels = np.asarray(smaller, np.uint8)
    to_photo = photo.width / pixels.shape[1]
    return Flat(_sealed(pixels), np.diag([to_photo, to_photo, 1.0]), None, 0.0)


def to_photo(flat: Flat, points: Corners) -> Corners:
    """Points of the flat card in pixels of the full picture. Shape (n, 2) both ways."""
    mapped = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), flat.to_photo)
    return np.asarray(mapped.reshape(-1, 2), np.float64)


def _sealed(pixels: cv2.typing.MatLike) -> Pixels:
    array = np.ascontiguousarray(pixels, np.uint8)
    array.flags.writeable = False
    return array
