"""What may lie under and around a card: surfaces, keyboards, papers, objects. All drawn by chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tools.train_locator.cards import any_face, font, words

Rgb: TypeAlias = NDArray[Any]
Ground: TypeAlias = Callable[[int, np.random.Generator], Rgb]


def _noise(side: int, across: int, down: int, rng: np.random.Generator) -> NDArray[Any]:
    coarse = rng.normal(0, 1, (max(2, down), max(2, across))).astype(np.float32)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def _colour(rng: np.random.Generator) -> NDArray[Any]:
    """Any surface's colour: mostly dull, often grey, white or black."""
    tone = rng.uniform(5, 250)
    return np.clip(tone + rng.normal(0, rng.choice([2, 12, 45]), 3), 0, 255).astype(np.float32)


def _tinted(field: NDArray[Any], rng: np.random.Generator, contrast: float) -> Rgb:
    base, other = _colour(rng), rng.normal(0, 1, 3).astype(np.float32) * 0.3 + 1
    return np.clip(base + field[..., None] * contrast * other, 0, 255).astype(np.uint8)


def plain(side: int, rng: np.random.Generator) -> Rgb:
    return _tinted(_noise(side, 3, 3, rng), rng, rng.uniform(0, 16))


def white(side: int, rng: np.random.Generator) -> Rgb:
    out = (
        rng.uniform(205, 255)
        + _noise(side, 3, 3, rng) * rng.uniform(0, 6)
        + _noise(side, side, side, rng) * rng.uniform(0, 3)
    )
    return np.clip(out[..., None] + rng.normal(0, 3, 3), 0, 255).astype(np.uint8)


def wood(side: int, rng: np.random.Generator) -> Rgb:
    fine = int(rng.integers(20, 120))
    field = _noise(side, int(rng.integers(2, 6)), fine, rng) + 0.6 * _noise(side, 3, fine // 4, rng)
    out = _tinted(field, rng, rng.uniform(4, 22))
    if rng.random() < 0.7:
        step = int(rng.integers(side // 10, side // 2))
        for y in range(int(rng.integers(0, step)), side, step):
            out[y : y + int(rng.integers(1, 4))] = (out[y] * rng.uniform(0.3, 0.8)).astype(np.uint8)
    return out


def grain(side: int, rng: np.random.Generator) -> Rgb:
    """Stone, leather, carpet: noise of several sizes."""
    field = np.zeros((side, side), np.float32)
    for cells in (4, 12, 40, 120):
        field += _noise(side, cells, cells, rng) * rng.uniform(0, 1)
    if rng.random() < 0.3:
        field = np.abs(field)
    return _tinted(field, rng, rng.uniform(3, 28))


def weave(side: int, rng: np.random.Generator) -> Rgb:
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32)
    a, b = rng.uniform(0.05, 2.2, 2)
    field = np.sin(xx * a) * np.sin(yy * b) if rng.random() < 0.5 else np.sin(xx * a) + np.sin(yy * b)
    if rng.random() < 0.4:
        field = np.sign(field)
    return _tinted((field + 0.5 * _noise(side, 4, 4, rng)).astype(np.float32), rng, rng.uniform(3, 30))


def tiles(side: int, rng: np.random.Generator) -> Rgb:
    w, h = (int(v) for v in rng.integers(side // 14, side // 2, 2))
    field = np.zeros((side, side), np.float32)
    shift = int(rng.integers(0, w))
    for j, y in enumerate(range(-h // 2, side, h)):
        for x in range(-w + (j % 2) * shift, side, w):
            cv2.rectangle(field, (x + 1, y + 1), (x + w - 2, y + h - 2), float(rng.normal(1.5, 0.5)), -1)
    return _tinted(field + 0.3 * _noise(side, 40, 40, rng), rng, rng.uniform(6, 40) * rng.choice([-1, 1]))


def keyboard(side: int, rng: np.random.Generator) -> Rgb:
    base, key, mark = (_colour(rng) for _ in range(3))
    if rng.random() < 0.5:
        key, mark = base + rng.uniform(10, 45), np.full(3, rng.choice([30.0, 220.0]), np.float32)
    out = np.empty((side, side, 3), np.uint8)
    out[:] = np.clip(base, 0, 255).astype(np.uint8)
    pitch = int(rng.integers(side // 18, side // 6))
    gap = max(1, int(pitch * rng.uniform(0.04, 0.12)))
    for row, y in enumerate(range(-pitch // 2, side, pitch)):
        x = -pitch + int(row * pitch * 0.3) % pitch
        while x < side:
            long = pitch * (int(rng.integers(2, 6)) if rng.random() < 0.06 else 1)
            shade = np.clip(key + rng.normal(0, 3), 0, 255).tolist()
            cv2.rectangle(out, (x + gap, y + gap), (x + long - gap, y + pitch - gap), shade, -1, cv2.LINE_AA)
            where = (x + pitch // 3, y + (2 * pitch) // 3)
            cv2.putText(out, chr(65 + int(rng.integers(26))), where, 0, pitch / 60, mark.tolist(), 1, cv2.LINE_AA)
            x += long
    return out


def text_lines(out: Any, box: Any, ink: Any, rng: np.random.Generator) -> None:
    """Lines of words (as dashes or letters) inside a turned box."""
    origin, across, down = box[1], box[2] - box[1], box[0] - box[1]
    tall = float(np.linalg.norm(down))
    step = rng.uniform(5, 14) / max(tall, 30)
    thick = max(1, int(step * tall * 0.35))
    for v in np.arange(rng.uniform(0.04, 0.15), rng.uniform(0.6, 0.97), step):
        if rng.random() < 0.1:
            continue
        u, until = rng.uniform(0.05, 0.12), rng.choice([0.93, rng.uniform(0.2, 0.93)])
        while u < until:
            length = rng.uniform(0.01, 0.1)
            a, b = origin + across * u + down * v, origin + across * min(u + length, 0.95) + down * v
            cv2.line(out, _at(a), _at(b), ink, thick, cv2.LINE_AA)
            u += length + rng.uniform(0.008, 0.03)


def _at(point: Any) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def papers(side: int, rng: np.random.Generator) -> Rgb:
    """Sheets that lie about. They are large or long: a whole sheet of a card's size and shape would be a card."""
    out = plain(side, rng)
    for _ in range(int(rng.integers(1, 8))):
        centre = (float(rng.uniform(0, side)), float(rng.uniform(0, side)))
        large = rng.random() < 0.7
        w = float((rng.uniform(0.6, 1.1) if large else rng.uniform(0.12, 0.35)) * side)
        tall = w * float(rng.uniform(1.29, 1.45) if large else rng.uniform(2.3, 4.0))
        box = cv2.boxPoints((centre, (w, tall), float(rng.uniform(-90, 90))))
        tone = rng.uniform(190, 255) + rng.normal(0, 5, 3) if rng.random() < 0.8 else _colour(rng)
        cv2.fillPoly(out, [np.round(box + rng.uniform(-4, 4, 2)).astype(np.int32)], (tone * 0.6).tolist(), cv2.LINE_AA)
        cv2.fillPoly(out, [np.round(box).astype(np.int32)], np.clip(tone, 0, 255).tolist(), cv2.LINE_AA)
        if rng.random() < 0.8:
            text_lines(out, box, np.clip(tone * rng.uniform(0.1, 0.7), 0, 255).tolist(), rng)
    return out


def page(side: int, rng: np.random.Generator) -> Rgb:
    """One printed page that fills everything."""
    out = white(side, rng)
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(0, 0.5, 2) * side
        w, h = rng.uniform(0.3, 0.9, 2) * side
        text_lines(
            out, np.array([[x, y + h], [x, y], [x + w, y], [x + w, y + h]]), (int(rng.integers(0, 120)),) * 3, rng
        )
    for _ in range(int(rng.integers(0, 6))):
        a, b = rng.uniform(0, side, (2, 2))
        b[int(rng.integers(2))] = a[int(rng.integers(2))]
        cv2.rectangle(out, _at(a), _at(b), (int(rng.integers(0, 180)),) * 3, int(rng.integers(1, 3)), cv2.LINE_AA)
    return out


def form(side: int, rng: np.random.Generator) -> Rgb:
    """A sheet of labels and rules to fill in, close enough for its letters to be as tall as a card's."""
    image = Image.fromarray(white(side, rng))
    pen = ImageDraw.Draw(image)
    ink = (int(rng.integers(0, 140)),) * 3
    face = font(any_face(rng), max(5, round(side * rng.uniform(0.014, 0.06))))
    tall = float(face.size)
    step, gap = tall * rng.uniform(1.3, 3.2), tall * rng.uniform(0.5, 6)
    ruled = rng.random() < 0.7
    y = -tall * rng.random()
    while y < side:
        x = side * rng.uniform(-0.3, 0.1)
        while x < side:
            label = words(rng, int(rng.integers(4, 26)))
            pen.text((x, y), label, font=face, fill=ink)
            x += pen.textlength(label, font=face)
            if ruled:
                pen.line((x + 2, y + tall, x + gap, y + tall), fill=ink, width=1)
            x += gap
        y += step
    return np.array(image)


def shapes(side: int, rng: np.random.Generator) -> Rgb:
    """Areas of colour, as of packages, screens, mats."""
    out = plain(side, rng)
    for _ in range(int(rng.integers(2, 12))):
        centre = (float(rng.uniform(0, side)), float(rng.uniform(0, side)))
        size = (float(rng.uniform(0.05, 1) * side), float(rng.uniform(0.02, 0.7) * side))
        box = cv2.boxPoints((centre, size, float(rng.choice([0, rng.uniform(-90, 90)]))))
        cv2.fillPoly(out, [np.round(box).astype(np.int32)], _colour(rng).tolist(), cv2.LINE_AA)
    return out


def things(side: int, rng: np.random.Generator) -> Rgb:
    """A surface with pens, cups, notes and cables about."""
    out = SURFACES[int(rng.integers(len(SURFACES)))](side, rng).copy()
    add_things(out, int(rng.integers(2, 9)), rng)
    return out


def add_things(out: Rgb, count: int, rng: np.random.Generator) -> None:
    side = out.shape[1]
    for _ in range(count):
        kind, colour = rng.random(), _colour(rng).tolist()
        x, y = (float(v) for v in rng.uniform(0, 1, 2) * [out.shape[1], out.shape[0]])
        if kind < 0.35:  # a pen, a ruler
            size = (float(rng.uniform(0.2, 0.9) * side), float(rng.uniform(0.01, 0.05) * side))
            box = cv2.boxPoints(((x, y), size, float(rng.uniform(0, 180))))
            cv2.fillPoly(out, [np.round(box + rng.uniform(-4, 4, 2)).astype(np.int32)], (30, 28, 26), cv2.LINE_AA)
            cv2.fillPoly(out, [np.round(box).astype(np.int32)], colour, cv2.LINE_AA)
        elif kind < 0.6:  # a cup, a coin
            r = int(rng.uniform(0.02, 0.16) * side)
            cv2.circle(out, (int(x), int(y)), r, colour, -1, cv2.LINE_AA)
            cv2.circle(out, (int(x), int(y)), int(r * rng.uniform(0.5, 0.95)), _colour(rng).tolist(), -1, cv2.LINE_AA)
        elif kind < 0.85:  # a note, a book
            size = (float(rng.uniform(0.1, 0.6) * side), float(rng.uniform(0.1, 0.6) * side))
            box = cv2.boxPoints(((x, y), size, float(rng.uniform(0, 180))))
            cv2.fillPoly(out, [np.round(box + rng.uniform(-5, 5, 2)).astype(np.int32)], (30, 28, 26), cv2.LINE_AA)
            cv2.fillPoly(out, [np.round(box).astype(np.int32)], colour, cv2.LINE_AA)
        else:  # a cable
            points = np.cumsum(rng.normal(0, side / 6, (4, 2)), 0) + np.array([x, y])
            t = np.linspace(0, 1, 24)[:, None]
            b = (
                (1 - t) ** 3 * points[0]
                + 3 * t * (1 - t) ** 2 * points[1]
                + 3 * t * t * (1 - t) * points[2]
                + t**3 * points[3]
            )
            cv2.polylines(out, [np.round(b).astype(np.int32)], False, colour, int(rng.integers(2, 8)), cv2.LINE_AA)


SURFACES: tuple[Ground, ...] = (plain, wood, grain, weave, tiles)
BUSY: tuple[Ground, ...] = (keyboard, keyboard, papers, papers, page, form, form, form, shapes, things, things, tiles)


def any_ground(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A ground seen from any direction."""
    draw = rng.random()
    kinds = SURFACES if draw < 0.45 else (white,) if draw < 0.58 else BUSY
    side = 400
    drawn = kinds[int(rng.integers(len(kinds)))](side, rng)
    # Look at a part of it, turned and in perspective.
    angle, part = (
        (rng.uniform(0, 6.28) if rng.random() < 0.6 else rng.normal(0, 0.06)),
        rng.uniform(0.4, 0.9) * side / 2,
    )
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * part * [1, min(1.0, height / width)]
    corners = corners * rng.uniform(0.75, 1.0, (4, 1)) @ turn + side / 2
    goal = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    place = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    return cv2.warpPerspective(drawn, place, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
