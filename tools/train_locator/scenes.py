"""Scenes with cards, and where the cards are: photos, scanned pages, screens, pictures that are all card, no card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_locator.camera import coded, lit, turned
from tools.train_locator.cards import Rgba
from tools.train_locator.grounds import (
    BUSY,
    Rgb,
    add_things,
    any_ground,
    page,
    text_lines,
    white,
)
from tools.train_locator.laying import across, apart, fingers, holder, paste, photo_size, placed
from tools.train_locator.screens import browser, handset, monitor, phone_page

Quad: TypeAlias = NDArray[Any]
Draw: TypeAlias = Callable[[], Rgba]

INPUT = 256
"""Side of the square that the net sees."""
MARGIN = 8
"""Empty rim around the picture in that square, so that a card may reach beyond the picture."""
EMPTY = 127


def square(picture: Rgb, side: int = INPUT, margin: int = MARGIN) -> tuple[Rgb, float, tuple[float, float]]:
    """The picture fitted into the square; answers it, the scale and the offset."""
    height, width = picture.shape[:2]
    scale = (side - 2 * margin) / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    out = np.full((side, side, 3), EMPTY, np.uint8)
    out[top : top + size[1], left : left + size[0]] = small
    return out, scale, (left, top)


def scene(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, Quad]:
    """One training picture: the square, and the quads (n, 4, 2) of its cards in pixels of it."""
    draw = rng.random()
    if draw < 0.56:
        picture, quads = photo(cards, rng)
    elif draw < 0.68:
        picture, quads = scan(cards, rng)
    elif draw < 0.81:
        picture, quads = phone_page(cards, rng)
        if rng.random() < 0.5:
            picture, quads = handset(picture, quads, rng)
    elif draw < 0.93:
        picture, quads = browser(cards, rng)
        if rng.random() < 0.65:
            picture, quads = monitor(picture, quads, rng)
    else:
        picture, quads = all_card(cards, rng)
    picture = coded(picture, rng)
    out, scale, offset = square(picture)
    return out, np.array(quads, np.float64).reshape(-1, 4, 2) * scale + offset


# --- photos ---------------------------------------------------------------------------------------------------------


def photo(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    width, height = photo_size(rng)
    picture = any_ground(width, height, rng)
    if rng.random() < 0.25:
        for _ in range(int(rng.integers(1, 4))):
            _sheet(picture, rng)
    if rng.random() < 0.3:
        add_things(picture, int(rng.integers(1, 5)), rng)
    held = rng.random() < 0.2
    if held:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 5))
    number = int(rng.choice([0, 1, 2, 3], p=[0.1, 0.72, 0.13, 0.05]))
    quads: list[Quad] = []
    for _ in range(number):
        side = cards()
        for _try in range(8):
            place = placed(side.shape[1] / side.shape[0], width, height, 1.0 if number == 1 else 0.62, rng)
            if all(apart(place, q) for q in quads):
                quads.append(place)
                if held and rng.random() < 0.6:
                    fingers(picture, place, int(rng.integers(2, 5)), rng, inside=-0.05)
                if rng.random() < 0.16:
                    holder(picture, place, rng)
                paste(picture, side, place, rng)
                break
    if number == 0 and rng.random() < 0.5:
        _page_on_table(picture, rng)
    for quad in quads:
        if rng.random() < (0.8 if held else 0.2):
            fingers(picture, quad, int(rng.integers(1, 3)), rng)
        if rng.random() < 0.04:
            across(picture, quad, rng)
    return lit(picture, quads, rng), quads


def _page_on_table(picture: Rgb, rng: np.random.Generator) -> None:
    """A receipt: a sheet with text whose shape is no card's."""
    height, width = picture.shape[:2]
    w = float(rng.uniform(0.3, 0.8) * width)
    tall = w * float(rng.choice([2.4, 3.0])) * float(rng.uniform(0.95, 1.1))
    at = (float(width * rng.uniform(0.3, 0.7)), float(height * rng.uniform(0.3, 0.7)))
    box = cv2.boxPoints((at, (w, tall), float(rng.normal(0, 12))))
    tone = rng.uniform(200, 255)
    cv2.fillPoly(picture, [np.round(box).astype(np.int32)], (tone, tone, tone * 0.98), cv2.LINE_AA)
    text_lines(picture, box, (int(rng.integers(0, 130)),) * 3, rng)


def _sheet(picture: Rgb, rng: np.random.Generator) -> None:
    """A printed sheet or a form that lies about, often half outside the picture; a card may come to lie on it."""
    height, width = picture.shape[:2]
    size = rng.uniform(0.35, 0.9) * max(width, height)
    at = (float(width * rng.uniform(0, 1)), float(height * rng.uniform(0, 1)))
    turn = float(rng.choice([0, 90]) + rng.normal(0, 14))
    box = cv2.boxPoints((at, (float(size), float(size * rng.uniform(0.6, 1.4))), turn))
    tone, warm = float(rng.uniform(205, 255)), float(rng.uniform(0.9, 1.0))
    cv2.fillPoly(picture, [np.round(box).astype(np.int32)], (tone, tone, tone * warm), cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 3))):
        text_lines(picture, box, (int(rng.integers(20, 140)),) * 3, rng)


# --- pages and screens ----------------------------------------------------------------------------------------------


def scan(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """A flatbed's or a copier's page with some cards, or a page of text."""
    height = int(rng.integers(330, 620))
    width = round(height * rng.choice([0.773, 0.707, 0.773, 1.29, 1.0]))
    picture = np.full((height, width, 3), int(rng.integers(225, 256)), np.uint8)
    draw = rng.random()
    if draw < 0.12:
        picture = cv2.resize(page(400, rng), (width, height), interpolation=cv2.INTER_AREA)
    elif draw < 0.25:
        picture = cv2.resize(white(400, rng), (width, height), interpolation=cv2.INTER_AREA)
    elif draw < 0.3:
        picture[:] = int(rng.integers(0, 90))
    number = int(rng.choice([0, 1, 2, 3], p=[0.1, 0.4, 0.43, 0.07]))
    quads: list[Quad] = []
    shared = rng.uniform(0.3, 0.95)
    for _ in range(number):
        side = cards()
        for _try in range(8):
            ratio = side.shape[1] / side.shape[0]
            w = width * np.clip(shared * rng.uniform(0.9, 1.1), 0.25, 0.97)
            w = min(w, 0.97 * height * ratio, 0.97 * (height / number * 1.1) * ratio if number > 1 else 1e9)
            turn = rng.normal(0, 0.03) if rng.random() < 0.85 else rng.uniform(0, 6.28)
            quad = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [w, w / ratio] @ turned(turn).T
            low, high = -quad.min(0), np.array([width, height]) - quad.max(0)
            quad = quad + rng.uniform(np.minimum(low, high), np.maximum(low, high))
            if all(apart(quad, q) for q in quads):
                quads.append(quad)
                paste(picture, side, quad, rng, flat=True)
                _scanned_rim(picture, quad, rng)
                break
    if draw > 0.85:  # text beside the cards: a form
        _form(picture, quads, rng)
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 0.9))
    out = picture.astype(np.float32) + rng.normal(0, rng.uniform(0, 4), picture.shape)
    picture = np.clip(out, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        picture[:] = picture.mean(2, keepdims=True).astype(np.uint8)
    if rng.random() < 0.22:
        picture = _faxed(picture, rng)
    return picture, quads


def _scanned_rim(picture: Rgb, quad: Quad, rng: np.random.Generator) -> None:
    draw = rng.random()
    if draw < 0.45:
        tone = int(rng.integers(140, 235))
        cv2.polylines(picture, [np.round(quad * 8).astype(np.int32)], True, (tone, tone, tone), 1, cv2.LINE_AA, 3)
    elif draw < 0.75:  # the lid's shadow on two sides
        k, tone = int(rng.integers(4)), int(rng.integers(90, 220))
        line = np.roll(quad, -k, 0)[:3]
        thick = int(rng.integers(1, 4))
        cv2.polylines(picture, [np.round(line * 8).astype(np.int32)], False, (tone, tone, tone), thick, cv2.LINE_AA, 3)


def _form(picture: Rgb, quads: Sequence[Quad], rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    for _ in range(4):
        x, y = rng.uniform(0, 0.6) * width, rng.uniform(0, 0.8) * height
        w, h = rng.uniform(0.2, 0.5) * width, rng.uniform(0.05, 0.3) * height
        box = np.array([[x, y + h], [x, y], [x + w, y], [x + w, y + h]])
        if all(apart(box, q) for q in quads):
            text_lines(picture, box, (int(rng.integers(0, 110)),) * 3, rng)


def _faxed(picture: Rgb, rng: np.random.Generator) -> Rgb:
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    big = cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    level: Any = rng.uniform(110, 215)
    if rng.random() < 0.6:
        level = np.minimum(
            cv2.GaussianBlur(big, (0, 0), rng.uniform(4, 20)) - rng.uniform(6, 25), rng.uniform(150, 215)
        )
    bits = np.where(big + rng.normal(0, rng.uniform(0, 8), big.shape) > level, 255, 0).astype(np.uint8)
    small = cv2.resize(bits, gray.shape[::-1], interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.repeat(small[..., None], 3, 2))


def all_card(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """A picture that is all card, or nearly: a render, a close crop, a scan cut to the card."""
    side = cards()
    ratio = side.shape[1] / side.shape[0]
    width = int(rng.integers(260, 420))
    height = round(width / ratio * (1 if rng.random() < 0.5 else rng.uniform(0.95, 1.05)))
    if rng.random() < 0.6:
        picture = np.full((height, width, 3), (255, 255, 0, int(rng.integers(0, 256)))[int(rng.integers(4))], np.uint8)
    else:
        picture = any_ground(width, height, rng)
    if rng.random() < 0.5:
        quad = np.array([[0.0, 0], [width, 0], [width, height], [0, height]])
        if rng.random() < 0.4:
            side = side.copy()
            side[..., 3] = 255
        paste(picture, side, quad, rng, flat=True)
    else:
        grow = rng.uniform(0.86, 1.02)
        quad = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [width, height] * grow
        quad = quad @ turned(rng.normal(0, 0.015)).T + np.array([width, height]) * (0.5 + rng.normal(0, 0.01, 2))
        quad = quad + rng.normal(0, 0.006, (4, 2)) * width
        paste(picture, side, quad, rng)
    turns = int(rng.choice([0, 0, 0, 1, 2, 3]))
    for _ in range(turns):
        picture = np.ascontiguousarray(np.rot90(picture))
        quad = np.stack([quad[:, 1], picture.shape[0] - quad[:, 0]], 1)
    quads = [quad]
    if rng.random() < 0.5:
        picture = lit(picture, quads, rng)
    return picture, quads


__all__ = ["BUSY", "EMPTY", "INPUT", "MARGIN", "Quad", "scene", "square"]
