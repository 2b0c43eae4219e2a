"""What cards are kept in: the window of a wallet, a clear sleeve."""

from __future__ import annotations

import random

import cv2
import numpy as np

from samples.worlds.test_world import camera
from samples.worlds.test_world.flats import Flat, Pixels, Shown, rounded


def in_wallet(flat: Flat, rng: random.Random) -> Flat:
    """The card in the clear window of a wallet: leather around, its rim over the card's, foil with streaks of light."""
    per_mm = flat.pixels.shape[1] / flat.width
    border, lap = 9.0, rng.uniform(0.5, 2.0)
    wide, high = round((flat.width + 2 * border) * per_mm), round((flat.height + 2 * border) * per_mm)
    leather = np.array(rng.choice([(62, 40, 28), (30, 28, 28), (110, 66, 40), (40, 46, 62)]), np.float32)
    noise = np.random.default_rng(rng.randrange(2**31))
    grain = cv2.resize(noise.standard_normal((high // 12, wide // 12)).astype(np.float32), (wide, high))
    board = (leather * (1 + 0.12 * grain[..., None])).clip(0, 255).astype(np.uint8)
    rim = board.copy()
    start = round(border * per_mm)
    inner = board[start : start + flat.pixels.shape[0], start : start + flat.pixels.shape[1]]
    camera.blend(inner, flat.pixels, flat.alpha)
    cut = round((border + lap) * per_mm)
    window = rounded(high - 2 * cut, wide - 2 * cut, round(3 * per_mm))
    hole = np.zeros((high, wide), np.uint8)
    hole[cut : high - cut, cut : wide - cut] = window
    foil = _under_foil(board, rng)
    camera.blend(rim, foil, hole)
    stitch = round(3 * per_mm)
    for x in range(stitch, wide - stitch, round(3.2 * per_mm)):
        for y in (stitch, high - stitch):
            cv2.line(rim, (x, y), (x + round(2 * per_mm), y), (200, 180, 150), max(1, round(0.4 * per_mm)), cv2.LINE_AA)
    alpha = rounded(high, wide, round(2 * per_mm))
    return Flat(rim, alpha, flat.width + 2 * border, flat.height + 2 * border, _moved(flat, start))


def in_sleeve(flat: Flat, rng: random.Random) -> Flat:
    """The card in a clear sleeve, a little wider than it, open on one side: film with streaks of light, welded rims."""
    per_mm = flat.pixels.shape[1] / flat.width
    border = rng.uniform(2.0, 5.0)
    start = round(border * per_mm)
    high, wide = flat.pixels.shape[0] + 2 * start, flat.pixels.shape[1] + 2 * start
    film = np.full((high, wide, 3), rng.randint(215, 240), np.uint8)
    camera.blend(film[start : high - start, start : wide - start], flat.pixels, flat.alpha)
    film = _under_foil(film, rng)
    alpha = np.full((high, wide), rng.randint(30, 80), np.uint8)  # the desk shows through
    inner = alpha[start : high - start, start : wide - start]
    inner[:] = np.maximum(inner, flat.alpha)
    weld = max(2, round(0.8 * per_mm))
    for side in (alpha[:weld], alpha[-weld:], alpha[:, :weld]):
        side[:] = 140
    return Flat(film, alpha, flat.width + 2 * border, flat.height + 2 * border, _moved(flat, start))


def _under_foil(pixels: Pixels, rng: random.Random) -> Pixels:
    """As seen through clear foil, with its haze and streaks of light."""
    high, wide = pixels.shape[:2]
    ys, xs = np.mgrid[0:high:8, 0:wide:8].astype(np.float32)
    streak = np.maximum(
        0, np.sin(xs / wide * rng.uniform(4, 9) + ys / high * rng.uniform(2, 6) + rng.uniform(0, 6)) - 0.75
    ) * rng.uniform(120, 260)
    haze = cv2.resize((rng.uniform(6, 22) + streak).clip(0, 90).astype(np.uint8), (wide, high))
    return cv2.add(pixels, cv2.merge([haze, haze, haze]))


def _moved(flat: Flat, start: int) -> tuple[Shown, ...]:
    return tuple(shown.moved(lambda corners: corners + start) for shown in flat.shows)
