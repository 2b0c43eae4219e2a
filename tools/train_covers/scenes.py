"""Cards laid flat, as the locator's outlines give them, with things and light on them, or with none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_covers.designs import headed, printed
from tools.train_covers.things import Frame, thing
from tools.train_locator.camera import coded, lit, turned
from tools.train_locator.cards import Rgba
from tools.train_locator.grounds import Rgb, any_ground

WIDTH, HEIGHT = 288, 192
"""Of the picture that the net sees: a card and what is around it."""
FINE = 2  # times as large it is drawn
_BEYOND = 0.06  # of a card's width, shown at every side: as the reader shows it
_COVERED, _LIT = 0.5, 0.25  # shares of the scenes
_DESIGNED = 0.6  # of the cards, get a design beneath their print
_HEADED = 0.15  # of them, have bars with print
_SIDEWAYS = 0.1  # of them, bear print that runs from one long side to the other
_HIDES = 0.6  # of a reflection's strength, from which on print beneath it is lost


def scene(cards: Callable[[], Rgba], rng: np.random.Generator) -> tuple[Rgb, NDArray[np.uint8]]:
    """One training picture, shape (HEIGHT, WIDTH, 3), and what is covered and what is lit on it, (2, h/2, w/2)."""
    size = WIDTH * FINE, HEIGHT * FINE
    picture, card = _laid(cards, size, rng)
    covered = np.zeros((size[1], size[0]), np.float32)
    if rng.random() < _COVERED:
        for _ in range(1 if rng.random() < 0.75 else 2):
            colour, alpha, area = thing(cards, size, card, rng)
            if area is alpha:
                _shadow(picture, alpha, rng)
            picture = picture * (1 - alpha[..., None]) + colour * alpha[..., None]
            covered = np.maximum(covered, area)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    light = np.zeros_like(covered)
    if rng.random() < _LIT:
        light = _light(size, card, rng)
        tint = 255 * np.clip(1 - np.abs(rng.normal(0, 0.25 if rng.random() < 0.25 else 0.02, 3)), 0, 1)
        picture = np.clip(picture * (1 - light[..., None]) + tint * light[..., None] * 1.05, 0, 255).astype(np.uint8)
    if not light.any() and rng.random() < 0.75:
        picture = _lit_without_glare(picture, rng)
    small = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.06:
        small = np.repeat(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    half = (WIDTH // 2, HEIGHT // 2)
    planes = [cv2.resize(np.asarray(p, np.float32), half, interpolation=cv2.INTER_AREA)
              for p in (covered > 0.5, light > _HIDES)]  # fmt: skip
    return coded(small, rng), np.round(np.stack(planes) * 255).astype(np.uint8)


def _lit_without_glare(picture: Rgb, rng: np.random.Generator) -> Rgb:
    """Light and shade, blur and noise of a camera. Its glare would be unmarked: a draw without it is taken."""
    for _ in range(4):
        lighted = lit(picture, [], rng)
        if (lighted.min(2) > 250).mean() <= (picture.min(2) > 250).mean() + 0.02:
            return lighted
    return picture


def _laid(cards: Callable[[], Rgba], size: tuple[int, int], rng: np.random.Generator) -> tuple[NDArray[Any], Frame]:
    """A card on some ground, its outline off by a little: the picture, and where the card is."""
    width, height = size
    ground = any_ground(width // 2, height // 2, rng)
    picture = cv2.resize(ground, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    side = cards()
    while not 1.3 < side.shape[1] / side.shape[0] < 1.95:
        side = cards()
    if rng.random() < _DESIGNED:
        side = printed(side, rng)
    if rng.random() < _HEADED:
        side = headed(side, rng)
    if rng.random() < _SIDEWAYS:
        side = np.ascontiguousarray(np.rot90(cv2.resize(side, side.shape[:2], interpolation=cv2.INTER_AREA)))
    margin_x = width * _BEYOND / (1 + 2 * _BEYOND)
    margin_y = height * _BEYOND * 1.585 / (1 + 2 * _BEYOND * 1.585)
    left, top, right, bottom = margin_x, margin_y, width - margin_x, height - margin_y
    quad = np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) + rng.normal(0, 0.006, (4, 2)) * width
    turns = int(rng.choice([0, 0, 0, 2]))
    h, w = side.shape[:2]
    source = np.roll(np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32), turns, axis=0)
    place = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    alpha = cv2.warpPerspective(side[..., 3], place, size, flags=cv2.INTER_LINEAR).astype(np.float32)[..., None] / 255
    ink = cv2.warpPerspective(side[..., :3], place, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return picture * (1 - alpha) + ink * alpha, (left, top, right, bottom)


def _shadow(picture: NDArray[Any], alpha: NDArray[Any], rng: np.random.Generator) -> None:
    if rng.random() < 0.25:
        return
    shift = np.float32([[1, 0, rng.normal(0, 6)], [0, 1, rng.normal(0, 6)]])
    dark = cv2.warpAffine(alpha, shift, alpha.shape[1::-1])
    dark = cv2.GaussianBlur(dark, (0, 0), rng.uniform(1, 12)) * rng.uniform(0.1, 0.6)
    picture *= 1 - dark[..., None]


def _light(size: tuple[int, int], card: Frame, rng: np.random.Generator) -> NDArray[Any]:
    """How far light drowns what is beneath it, 0-1: a spot, stripes, or a window."""
    width, height = size
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    cx, cy = rng.uniform(card[0], card[2]), rng.uniform(card[1], card[3])
    turn = rng.uniform(0, np.pi)
    u = (xx - cx) * np.cos(turn) + (yy - cy) * np.sin(turn)
    v = (yy - cy) * np.cos(turn) - (xx - cx) * np.sin(turn)
    wide = card[2] - card[0]
    kind = rng.random()
    if kind < 0.55:
        a, b = wide * rng.uniform(0.06, 0.35, 2)
        light = np.exp(-(((u / a) ** 2 + (v / b) ** 2) ** rng.uniform(0.7, 3))) * rng.uniform(0.9, 2.5)
    elif kind < 0.85:
        bent = v + wide * rng.uniform(0, 0.05) * np.sin(u / wide * rng.uniform(3, 18) + rng.uniform(0, 6))
        light = np.zeros_like(u)
        at = 0.0
        for _ in range(int(rng.integers(1, 5))):
            half = wide * rng.uniform(0.015, 0.09)
            light += np.exp(-(np.abs((bent - at) / half) ** rng.uniform(2, 12))) * rng.uniform(0.8, 1.6)
            at += half * rng.uniform(2, 6)
    else:
        a, b = wide * rng.uniform(0.1, 0.3, 2)
        light = ((np.abs(u) < a) & (np.abs(v) < b)).astype(np.float32)
        light[(np.abs(u) < 0.05 * a) | (np.abs(v) < 0.05 * b)] *= rng.choice([0.0, 1.0])
        light = cv2.warpAffine(light, np.hstack([turned(rng.normal(0, 0.05)), [[0], [0]]]).astype(np.float32), size)
        light *= rng.uniform(0.8, 1.3)
    soft = rng.choice([0.8, 2, 6, 14])
    return np.asarray(np.clip(cv2.GaussianBlur(light.astype(np.float32), (0, 0), soft), 0, 1))
