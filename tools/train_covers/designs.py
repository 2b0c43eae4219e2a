"""What is printed on cards and does not lie on them: grounds beneath text (waves, hills, rings), bars of headings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tools.train_locator.cards import Rgba, any_face, font, words

Tint: TypeAlias = NDArray[Any]
"""Shape (h, w, 3), 0-1: what is left of the light that falls on each point."""


def printed(side: Rgba, rng: np.random.Generator) -> Rgba:
    """A card's side with a design beneath its print: dark print stays dark on it, and light print light."""
    height, width = side.shape[:2]
    tint = _tint(width, height, rng)
    ink = side[..., :3].astype(np.float32)
    dark = float(np.median(ink)) < 110
    ink = 255 - (255 - ink) * tint if dark else ink * tint
    return np.dstack([np.clip(ink, 0, 255).astype(np.uint8), side[..., 3]])


def headed(side: Rgba, rng: np.random.Generator) -> Rgba:
    """A card's side with bars on it that bear print: the headings of paragraphs and tables, one colour for all."""
    image = Image.fromarray(np.ascontiguousarray(side[..., :3]))
    pen = ImageDraw.Draw(image)
    width, height = image.size
    fill = tuple(int(level) for level in rng.integers(0, 256, 3))
    light = sum(fill) < 380
    ink = tuple(int(level) for level in rng.integers(*((225, 256) if light else (0, 60)), 3))
    tall = height * rng.uniform(0.05, 0.11)
    left, wide = (rng.uniform(0.02, 0.1), rng.uniform(0.3, 0.9)) if rng.random() < 0.6 else (0, 1)
    face = font(any_face(rng), max(7, round(tall * rng.uniform(0.5, 0.8))))
    y = height * rng.uniform(0.02, 0.4)
    for _ in range(int(rng.integers(1, 4))):
        box = (left * width, y, min(1, left + wide) * width, y + tall)
        pen.rounded_rectangle(box, tall * rng.choice([0, 0, 0.2, 0.5]), fill=fill)
        at = (box[0] + rng.uniform(0.2, 1) * tall, y + tall / 2)
        pen.text(at, words(rng, int(rng.integers(6, 30))), fill=ink, font=face, anchor="lm")
        y += tall * rng.uniform(1.5, 6)
        if y + tall > height:
            break
    return np.dstack([np.asarray(image), side[..., 3]])


def _tint(width: int, height: int, rng: np.random.Generator) -> Tint:
    tint = np.ones((height, width, 3), np.float32)
    kinds: tuple[Callable[[Tint, np.random.Generator], None], ...] = (
        _waves,
        _hills,
        _stripes,
        _rings,
        _shapes,
        _picture,
    )
    for _ in range(int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))):
        kinds[int(rng.integers(len(kinds)))](tint, rng)
    if rng.random() < 0.5:
        tint = cv2.GaussianBlur(tint, (0, 0), rng.uniform(0.3, 4))
    return tint


def _pale(rng: np.random.Generator) -> NDArray[Any]:
    return 1 - rng.uniform(0, 1, 3) * rng.choice([0.1, 0.25, 0.5])


def _fill(tint: Tint, points: Any, colour: NDArray[Any]) -> None:
    mask = np.zeros(tint.shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round(np.asarray(points) * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    tint *= 1 - mask[..., None] * (1 - colour)


def _curve(width: int, level: float, swing: float, rng: np.random.Generator) -> NDArray[Any]:
    x = np.linspace(0, width, 60)
    y = sum(swing / k * np.sin(x / width * 2 * np.pi * rng.uniform(0.3, 1.6) * k + rng.uniform(0, 6)) for k in (1, 2))
    return np.stack([x, level + y], 1)


def _waves(tint: Tint, rng: np.random.Generator) -> None:
    height, width = tint.shape[:2]
    for _ in range(int(rng.integers(1, 6))):
        upper = _curve(width, rng.uniform(0, height), height * rng.uniform(0.03, 0.15), rng)
        lower = upper + np.array([0, height * rng.uniform(0.05, 0.4)])
        if rng.random() < 0.5:
            lower = _curve(width, float(lower[:, 1].mean()), height * rng.uniform(0.03, 0.15), rng)
        _fill(tint, np.concatenate([upper, lower[::-1]]), _pale(rng))


def _hills(tint: Tint, rng: np.random.Generator) -> None:
    height, width = tint.shape[:2]
    level = height * rng.uniform(0.3, 0.8)
    for _ in range(int(rng.integers(1, 5))):
        ridge = _curve(width, level, height * rng.uniform(0.02, 0.15), rng)
        _fill(tint, np.concatenate([ridge, [(width, height), (0, height)]]), _pale(rng))
        level += height * rng.uniform(0.02, 0.2)


def _stripes(tint: Tint, rng: np.random.Generator) -> None:
    height, width = tint.shape[:2]
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    turn, pitch = rng.uniform(0, np.pi), float(rng.choice([rng.uniform(3, 12), rng.uniform(12, 80)]))
    wave = np.sin((xx * np.cos(turn) + yy * np.sin(turn)) * 2 * np.pi / pitch)
    mask = (wave > rng.uniform(-0.5, 0.9)).astype(np.float32) if rng.random() < 0.7 else (wave + 1) / 2
    tint *= 1 - mask[..., None] * (1 - _pale(rng))


def _rings(tint: Tint, rng: np.random.Generator) -> None:
    height, width = tint.shape[:2]
    for _ in range(int(rng.integers(1, 9))):
        mask = np.zeros((height, width), np.float32)
        centre = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        thick = -1 if rng.random() < 0.6 else int(rng.integers(1, 16))
        cv2.circle(mask, centre, int(rng.uniform(4, 0.6 * height)), 1.0, thick, cv2.LINE_AA)
        tint *= 1 - mask[..., None] * (1 - _pale(rng))


def _shapes(tint: Tint, rng: np.random.Generator) -> None:
    height, width = tint.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        if rng.random() < 0.5:  # a slanted band from rim to rim
            x, thick, lean = rng.uniform(-0.2, 1) * width, rng.uniform(0.05, 0.5) * width, rng.normal(0, 0.4) * width
            points: Any = [(x, 0), (x + thick, 0), (x + thick + lean, height), (x + lean, height)]
        else:
            points = rng.uniform(-0.2, 1.2, (int(rng.integers(3, 6)), 2)) * [width, height]
        _fill(tint, cv2.convexHull(np.asarray(points, np.float32)).reshape(-1, 2), _pale(rng))


def _picture(tint: Tint, rng: np.random.Generator) -> None:
    height, width = tint.shape[:2]
    fine = int(rng.integers(3, 30))
    coarse = rng.uniform(1 - rng.choice([0.15, 0.4]), 1, (fine, fine, 3)).astype(np.float32)
    if rng.random() < 0.4:
        coarse[:] = coarse[..., :1]
    tint *= np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0.3, 1)
