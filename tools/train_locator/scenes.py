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
from tools.train_locator.laying import across, fingers, paste

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
    if draw < 0.54:
        picture, quads = photo(cards, rng)
    elif draw < 0.71:
        picture, quads = scan(cards, rng)
    elif draw < 0.91:
        picture, quads = screen(cards, rng)
        if rng.random() < 0.6:
            picture, quads = handset(picture, quads, rng)
    else:
        picture, quads = all_card(cards, rng)
    picture = coded(picture, rng)
    out, scale, offset = square(picture)
    return out, np.array(quads, np.float64).reshape(-1, 4, 2) * scale + offset


# --- photos ---------------------------------------------------------------------------------------------------------


def photo(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    width, height = _size(rng)
    picture = any_ground(width, height, rng)
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
            place = _placed(side.shape[1] / side.shape[0], width, height, 1.0 if number == 1 else 0.62, rng)
            if all(_apart(place, q) for q in quads):
                quads.append(place)
                if held and rng.random() < 0.6:
                    fingers(picture, place, int(rng.integers(2, 5)), rng, inside=-0.05)
                if rng.random() < 0.16:
                    _holder(picture, place, rng)
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


def _size(rng: np.random.Generator) -> tuple[int, int]:
    long = int(rng.integers(256, 384))
    short = round(long * float(rng.choice([0.75, 0.75, 0.5625, 0.667, 1.0])))
    return (long, short) if rng.random() < 0.65 else (short, long)


def _placed(ratio: float, width: int, height: int, largest: float, rng: np.random.Generator) -> Quad:
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
    if rng.random() < 0.1:  # beyond the frame
        at = at + rng.uniform(-0.2, 0.2, 2) * span * fits * share
    quad: Quad = seen + at
    return quad


def _holder(picture: Rgb, quad: Quad, rng: np.random.Generator) -> None:
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


def _apart(a: Quad, b: Quad) -> bool:
    area, _ = cv2.intersectConvexConvex(a.astype(np.float32), b.astype(np.float32))
    return float(area) < 1.0


def _page_on_table(picture: Rgb, rng: np.random.Generator) -> None:
    """A letter, a receipt: a sheet with text that is no card."""
    height, width = picture.shape[:2]
    w = float(rng.uniform(0.3, 0.8) * width)
    tall = w * float(rng.choice([1.29, 1.41, 2.2, 3.0])) * float(rng.uniform(0.9, 1.1))
    at = (float(width * rng.uniform(0.3, 0.7)), float(height * rng.uniform(0.3, 0.7)))
    box = cv2.boxPoints((at, (w, tall), float(rng.normal(0, 12))))
    tone = rng.uniform(200, 255)
    cv2.fillPoly(picture, [np.round(box).astype(np.int32)], (tone, tone, tone * 0.98), cv2.LINE_AA)
    text_lines(picture, box, (int(rng.integers(0, 130)),) * 3, rng)


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
            if all(_apart(quad, q) for q in quads):
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
        if all(_apart(box, q) for q in quads):
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


def screen(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """A phone's or a browser's window that shows cards as panels."""
    tall = rng.random() < 0.8
    width = int(rng.integers(170, 260)) if tall else int(rng.integers(330, 520))
    height = round(width * (rng.uniform(1.6, 2.3) if tall else rng.uniform(0.5, 0.8)))
    tone = float(rng.uniform(225, 256)) if rng.random() < 0.6 else float(rng.uniform(0, 60))
    ink = (60, 60, 64) if tone > 128 else (220, 220, 220)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = np.clip(tone + rng.normal(0, 3, 3), 0, 255).astype(np.uint8)
    top = int(height * rng.uniform(0.05, 0.2))
    if rng.random() < 0.6:
        bar = np.clip(tone + rng.normal(0, 40, 3), 0, 255).tolist()
        cv2.rectangle(picture, (0, 0), (width, int(top * rng.uniform(0.6, 0.95))), bar, -1)
    for _ in range(int(rng.integers(1, 6))):
        at = (int(rng.integers(0, width)), int(rng.integers(8, max(9, top))))
        cv2.putText(picture, "Card Menu"[int(rng.integers(0, 6)) :], at, 0, rng.uniform(0.2, 0.5), ink, 1, cv2.LINE_AA)
    quads: list[Quad] = []
    y = float(top)
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.15, 0.35, 0.42, 0.08]))):
        side = cards()
        w = width * rng.uniform(0.82, 0.99) if tall else min(width * rng.uniform(0.3, 0.8), 0.9 * height)
        h = w * side.shape[0] / side.shape[1]
        if y + h > height - 4:
            break
        x = (width - w) / 2 if tall else rng.uniform(0, width - w)
        quad = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
        if rng.random() < 0.2:
            _holder(picture, quad, rng)
        paste(picture, side, quad, rng, flat=rng.random() < 0.7)
        quads.append(quad)
        y += h + width * rng.uniform(0.02, 0.12)
    while y < height - 20:  # lists, buttons
        tall_row = float(rng.uniform(8, 40))
        box = np.array([[8, y + tall_row], [8, y], [width - 8, y], [width - 8, y + tall_row]])
        if rng.random() < 0.4:
            text_lines(picture, box, ink, rng)
        elif rng.random() < 0.3:
            fill = np.clip(tone + rng.normal(0, 60, 3), 0, 255).tolist()
            x0 = int(rng.integers(4, width // 2))
            cv2.rectangle(picture, (x0, int(y)), (width - x0, int(y + tall_row * 0.8)), fill, -1)
        y += tall_row * rng.uniform(1.1, 2.0)
    return picture, quads


def handset(shown: Rgb, quads: list[Quad], rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """The screen on a phone that lies on something, photographed."""
    rim = int(shown.shape[1] * rng.uniform(0.02, 0.07))
    h, w = shown.shape[0] + 2 * rim, shown.shape[1] + 2 * rim
    body = np.full((h, w, 4), int(rng.integers(0, 60)), np.uint8)
    body[rim:-rim, rim:-rim, :3] = shown
    alpha = np.zeros((h, w), np.uint8)
    r = int(w * rng.uniform(0.03, 0.14))
    cv2.rectangle(alpha, (r, 0), (w - r, h), 255, -1)
    cv2.rectangle(alpha, (0, r), (w, h - r), 255, -1)
    for x, y in ((r, r), (w - r - 1, r), (r, h - r - 1), (w - r - 1, h - r - 1)):
        cv2.circle(alpha, (x, y), r, 255, -1, cv2.LINE_AA)
    body[..., 3] = alpha
    width, height = _size(rng)
    picture = any_ground(width, height, rng)
    place = _placed(w / h, width, height, 1.0, rng)
    paste(picture, body, place, rng)
    to = cv2.getPerspectiveTransform(np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32), place.astype(np.float32))
    moved = [cv2.perspectiveTransform((q + rim)[None], to.astype(np.float64))[0] for q in quads]
    if rng.random() < 0.25:
        fingers(picture, place, int(rng.integers(1, 3)), rng)
    return lit(picture, moved, rng), moved


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
