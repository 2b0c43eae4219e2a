"""What a camera does to a scene: light and shade, glare, darkness, blur, noise, the file's own losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_locator.grounds import Rgb


def turned(angle: float) -> NDArray[Any]:
    """The matrix that turns by an angle in radians."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def lit(picture: Rgb, quads: Sequence[NDArray[Any]], rng: np.random.Generator) -> Rgb:
    """Light that falls off, shadows, glare, colour, darkness, blur, noise."""
    height, width = picture.shape[:2]
    light = np.ones((height, width), np.float32)
    if rng.random() < 0.8:
        coarse = rng.normal(1, rng.uniform(0.02, 0.2), (3, 3)).astype(np.float32)
        light *= np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0.3, 1.6)
    if rng.random() < 0.25:
        light *= _cast_shadow(width, height, rng)
    out = picture.astype(np.float32) * light[..., None]
    if rng.random() < 0.2:
        out += _glare(width, height, quads, rng)[..., None]
    out *= 1 + rng.normal(0, rng.choice([0.02, 0.1]), 3)
    level = rng.uniform(0.12, 0.6) if rng.random() < 0.2 else rng.uniform(0.7, 1.12)
    out = 255 * np.clip(out / 255 * level, 0, 1) ** rng.uniform(0.75, 1.35)
    if rng.random() < 0.6:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.0 if rng.random() < 0.8 else 2.2))
    if rng.random() < 0.1:
        out = _smeared(out, rng)
    out += rng.normal(0, rng.uniform(0, 4 if rng.random() < 0.7 else 11), out.shape).astype(np.float32)
    if rng.random() < 0.08:
        out[:] = out.mean(2, keepdims=True)
    return np.clip(out, 0, 255).astype(np.uint8)


def _cast_shadow(width: int, height: int, rng: np.random.Generator) -> NDArray[Any]:
    shade = np.ones((height, width), np.float32)
    points = rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * [width, height]
    hull = cv2.convexHull(points.astype(np.float32))
    cv2.fillPoly(shade, [np.round(hull).astype(np.int32)], float(rng.uniform(0.3, 0.85)))
    return cv2.GaussianBlur(shade, (0, 0), rng.uniform(0.6, 16))


def _glare(width: int, height: int, quads: Sequence[NDArray[Any]], rng: np.random.Generator) -> NDArray[Any]:
    centre = rng.uniform(0, 1, 2) * [width, height]
    if quads and rng.random() < 0.8:
        centre = rng.dirichlet(np.ones(4)) @ quads[0]
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    a, b = rng.uniform(0.04, 0.3, 2) * max(width, height)
    turn = rng.uniform(0, 3.14)
    u = (xx - centre[0]) * np.cos(turn) + (yy - centre[1]) * np.sin(turn)
    v = (yy - centre[1]) * np.cos(turn) - (xx - centre[0]) * np.sin(turn)
    spot: NDArray[Any] = np.exp(-(((u / a) ** 2 + (v / b) ** 2) ** rng.uniform(0.7, 2))) * rng.uniform(60, 300)
    return spot


def _smeared(out: Any, rng: np.random.Generator) -> Any:
    length = int(rng.integers(2, 8))
    kernel = np.zeros((9, 9), np.float32)
    along = turned(rng.uniform(0, 3.14)) @ [length / 2, 0]
    cv2.line(
        kernel, tuple(np.round(4 - along).astype(int).tolist()), tuple(np.round(4 + along).astype(int).tolist()), 1
    )
    return cv2.filter2D(out, -1, kernel / kernel.sum())


def coded(picture: Rgb, rng: np.random.Generator) -> Rgb:
    if rng.random() < 0.7:
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 97))])[1]
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return picture
