"""Laying a card into a scene: its shadow, its rim, the fingers that hold it and what lies across it."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_locator.camera import turned
from tools.train_locator.cards import Rgba
from tools.train_locator.grounds import Rgb

Quad: TypeAlias = NDArray[Any]


def paste(picture: Rgb, side: Rgba, quad: Quad, rng: np.random.Generator, *, flat: bool = False) -> None:
    """Put a card on the picture, with its shadow and, now and then, a light or dark rim."""
    height, width = picture.shape[:2]
    wide = max(float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[2] - quad[3])))
    scale = min(1.0, 1.15 * wide / side.shape[1])
    if scale < 1:
        size = max(2, round(side.shape[1] * scale)), max(2, round(side.shape[0] * scale))
        side = cv2.resize(side, size, interpolation=cv2.INTER_AREA)
    h, w = side.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - 0.5
    place = cv2.getPerspectiveTransform(source, quad.astype(np.float32) - 0.5)
    alpha = cv2.warpPerspective(side[..., 3], place, (width, height), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    if not flat and rng.random() < 0.85:
        _shadow(picture, quad, wide, rng)
    ink = side[..., :3]
    if not flat and rng.random() < 0.5:
        ink = np.clip(ink.astype(np.float32) * rng.uniform(0.75, 1.0) * rng.uniform(0.94, 1.0, 3), 0, 255).astype(
            np.uint8
        )
    colour = cv2.warpPerspective(ink, place, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    picture[:] = (picture * (1 - alpha[..., None]) + colour * alpha[..., None]).astype(np.uint8)
    if rng.random() < 0.15:
        tone = float(rng.uniform(100, 255)) if rng.random() < 0.7 else float(rng.uniform(0, 100))
        cv2.polylines(picture, [np.round(quad * 8).astype(np.int32)], True, (tone, tone, tone), 1, cv2.LINE_AA, 3)


def _shadow(picture: Rgb, quad: Quad, wide: float, rng: np.random.Generator) -> None:
    dark: Any = np.zeros(picture.shape[:2], np.float32)
    shift = rng.normal(0, 0.018, 2) * wide
    cv2.fillConvexPoly(dark, np.round(quad + shift).astype(np.int32), 1.0)
    dark = cv2.GaussianBlur(dark, (0, 0), max(0.6, wide * rng.uniform(0.003, 0.035)))
    picture[:] = (picture * (1 - dark[..., None] * rng.uniform(0.05, 0.6))).astype(np.uint8)


SKINS = np.array([[255, 219, 190], [224, 172, 132], [198, 134, 66], [141, 85, 54], [90, 56, 37], [240, 190, 170]])


def fingers(picture: Rgb, quad: Quad, count: int, rng: np.random.Generator, *, inside: float = 0.1) -> None:
    """Fingers that reach from outside over the rim of the card by about ``inside`` of its width."""
    skin = SKINS[int(rng.integers(len(SKINS)))] * rng.uniform(0.7, 1.05)
    middle, k = quad.mean(0), int(rng.integers(4))
    wide = float(np.linalg.norm(quad[1] - quad[0]))
    thick = wide * rng.uniform(0.09, 0.2)
    base = rng.uniform(0.1, 0.9)
    for i in range(count):
        at = quad[k] + (quad[(k + 1) % 4] - quad[k]) * np.clip(base + i * 1.1 * thick / wide, -0.1, 1.1)
        inward = (middle - at) / max(1.0, float(np.linalg.norm(middle - at)))
        inward = turned(rng.normal(0, 0.3)) @ inward
        tip = at + inward * wide * (inside + rng.normal(0, 0.04))
        root = tip - inward * wide * rng.uniform(0.6, 1.6)
        for width, shade in ((1.0, 0.8), (0.8, 0.93), (0.5, 1.0)):
            colour = np.clip(skin * shade, 0, 255).tolist()
            ends = [(round(float(p[0]) * 8), round(float(p[1]) * 8)) for p in (root, tip)]
            cv2.line(picture, ends[0], ends[1], colour, max(1, round(thick * width)), cv2.LINE_AA, 3)
        if rng.random() < 0.5:
            nail = tip + inward * thick * 0.1
            size = (max(1, round(thick * 0.3)), max(1, round(thick * 0.22)))
            turn = float(np.degrees(np.arctan2(inward[1], inward[0])))
            at_px = (round(float(nail[0])), round(float(nail[1])))
            cv2.ellipse(picture, at_px, size, turn, 0, 360, np.clip(skin * 1.12, 0, 255).tolist(), -1, cv2.LINE_AA)


def across(picture: Rgb, quad: Quad, rng: np.random.Generator) -> None:
    """A pen or a band lies over a side of the card."""
    k = int(rng.integers(4))
    at = quad[k] + (quad[(k + 1) % 4] - quad[k]) * rng.uniform(0.1, 0.9)
    along = rng.normal(0, 1, 2)
    along = along / np.linalg.norm(along) * np.linalg.norm(quad[1] - quad[0]) * rng.uniform(0.15, 0.6)
    a, b = at - along, at + along
    colour = tuple(int(v) for v in rng.integers(0, 256, 3))
    thick = int(rng.integers(2, 14))
    cv2.line(picture, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), colour, thick, cv2.LINE_AA)


def photo_size(rng: np.random.Generator) -> tuple[int, int]:
    """A photo's width and height."""
    long = int(rng.integers(256, 384))
    short = round(long * float(rng.choice([0.75, 0.75, 0.5625, 0.667, 1.0])))
    return (long, short) if rng.random() < 0.65 else (short, long)


def placed(ratio: float, width: int, height: int, largest: float, rng: np.random.Generator) -> Quad:
    """The outline of a card of this ratio, seen from anywhere."""
    spin = rng.normal(0, 0.15) if rng.random() < 0.5 else rng.uniform(0, 2 * np.pi)
    tilt = np.radians(abs(rng.normal(0, 7)) if rng.random() < 0.55 else rng.uniform(0, 38))
    axis, away = rng.uniform(0, 2 * np.pi), rng.uniform(2.0, 5.0)
    plane = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [1, 1 / ratio]
    plane = plane @ turned(spin + axis).T
    depth = away + plane[:, 1] * np.sin(tilt)
    seen = np.stack([plane[:, 0], plane[:, 1] * np.cos(tilt)], 1) * (away / depth)[:, None]
    seen = seen @ turned(-axis).T
    span = seen.max(0) - seen.min(0)
    fits = min(width / span[0], height / span[1])
    share = rng.uniform(0.5, 1.0) if rng.random() < 0.65 else rng.uniform(0.17, 0.6)
    seen = seen * fits * share * largest
    low, high = -seen.min(0), np.array([width, height]) - seen.max(0)
    at = rng.uniform(np.minimum(low, high), np.maximum(low, high))
    draw = rng.random()
    if draw < 0.08:  # a little beyond the frame
        at = at + rng.uniform(-0.2, 0.2, 2) * span * fits * share
    elif draw < 0.2:  # cut off by one side of it
        k = int(rng.integers(2))
        over = rng.uniform(0.08, 0.65) * span[k] * fits * share
        at[k] = low[k] - over if rng.random() < 0.5 else high[k] + over
    quad: Quad = seen + at
    return quad


def holder(picture: Rgb, quad: Quad, rng: np.random.Generator) -> None:
    """What a card lies in or on and is not the card: a wallet's window, a sleeve, a mat, a larger panel."""
    middle = quad.mean(0)
    base = rng.uniform(0, 1, 3) * rng.choice([60, 255])
    for grow in sorted(rng.uniform(1.05, 1.5, int(rng.integers(1, 3))), reverse=True):
        around = middle + (quad - middle) * grow + rng.normal(0, 0.015, (4, 2)) * np.linalg.norm(quad[1] - quad[0])
        tone = np.clip(base * rng.uniform(0.7, 1.3), 0, 255).tolist()
        cv2.fillConvexPoly(picture, np.round(around * 8).astype(np.int32), tone, cv2.LINE_AA, 3)
        if rng.random() < 0.5:  # a seam
            seam = middle + (around - middle) * rng.uniform(0.9, 0.97)
            cv2.polylines(picture, [np.round(seam).astype(np.int32)], True, [float(v) for v in base * 1.4 + 20], 1)


def apart(a: Quad, b: Quad) -> bool:
    """Whether two outlines share nothing."""
    area, _ = cv2.intersectConvexConvex(a.astype(np.float32), b.astype(np.float32))
    return float(area) < 1.0
