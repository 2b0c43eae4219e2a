"""What lies under and around a card: made at a quarter of the size, which is enough for what is out of focus."""

from __future__ import annotations

import random

import cv2
import numpy as np
from PIL import Image, ImageDraw

from samples.worlds.test_world.flats import Pixels
from samples.worlds.test_world.fonts import font
from samples.worlds.test_world.typeset import Colour

WOODS: list[Colour] = [(146, 104, 66), (101, 67, 42), (190, 152, 108), (210, 180, 140), (74, 52, 38), (168, 120, 82)]
PLAINS: list[Colour] = [
    (52, 56, 62),
    (28, 30, 34),
    (120, 124, 130),
    (176, 178, 180),
    (92, 110, 128),
    (60, 84, 70),
    (140, 60, 55),
    (205, 198, 186),
]


def _noise(rng: random.Random) -> np.random.Generator:
    return np.random.default_rng(rng.randrange(2**31))


def _field(noise: np.random.Generator, rows: int, columns: int, high: int, wide: int) -> Pixels:
    small = noise.standard_normal((max(2, rows), max(2, columns))).astype(np.float32)
    return cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC)


def wood(rng: random.Random, high: int, wide: int) -> Pixels:
    noise = _noise(rng)
    grain = _field(noise, high // 3, 6, high, wide) * 0.5 + _field(noise, high // 14, 4, high, wide) * 0.8
    base = np.array(rng.choice(WOODS), np.float32)
    return (base * (1 + 0.09 * grain[..., None])).clip(0, 255).astype(np.uint8)


def plain(rng: random.Random, high: int, wide: int) -> Pixels:
    noise = _noise(rng)
    base = np.array(rng.choice(PLAINS), np.float32)
    return (base * (1 + 0.02 * _field(noise, 5, 6, high, wide))[..., None]).clip(0, 255).astype(np.uint8)


def speckle(rng: random.Random, high: int, wide: int) -> Pixels:
    noise = _noise(rng)
    base = np.array(rng.choice([(198, 192, 182), (120, 118, 116), (84, 82, 80), (222, 218, 210)]), np.float32)
    spots = _field(noise, high // 3, wide // 3, high, wide)
    big = _field(noise, high // 9, wide // 9, high, wide)
    tone = 1 + 0.12 * (spots > 1.1) - 0.2 * (spots < -1.2) + 0.1 * (big > 1.2) - 0.15 * (big < -1.4)
    spotted: Pixels = (base * tone[..., None]).clip(0, 255).astype(np.uint8)
    return spotted


def cloth(rng: random.Random, high: int, wide: int) -> Pixels:
    noise = _noise(rng)
    base = np.array(
        rng.choice([(70, 80, 105), (110, 100, 92), (160, 150, 140), (46, 50, 58), (128, 60, 66)]), np.float32
    )
    ys, xs = np.mgrid[0:high, 0:wide].astype(np.float32)
    step = rng.uniform(4, 9)
    weave = np.sin(xs * 6.283 / step) * np.sin(ys * 6.283 / step)
    folds = _field(noise, 3, 4, high, wide)
    woven: Pixels = (base * (1 + 0.08 * weave + 0.12 * folds)[..., None]).clip(0, 255).astype(np.uint8)
    return woven


def form(rng: random.Random, high: int, wide: int) -> Pixels:
    """A white intake form with grey print, lying askew."""
    page = np.full((high, wide, 3), rng.choice([250, 244, 238]), np.uint8)
    image = Image.fromarray(page)
    pen = ImageDraw.Draw(image)
    words = [
        "Patient name",
        "Date",
        "Allergies",
        "I consent to treatment",
        "Emergency contact",
        "Signature",
        "Pharmacy",
        "Referred by",
        "Reason for visit",
        "Please complete all sections",
        "List current medications",
        "Employer",
        "Phone (home)",
        "Notice of privacy practices",
    ]
    size = max(8, high // rng.randint(34, 52))
    for y in range(size, high, round(size * 1.9)):
        x = rng.randint(0, wide // 12)
        while x < wide:
            text = rng.choice(words)
            pen.text((x, y), text, font=font("nimbus", size), fill=(90, 90, 95))
            x += int(size * 0.55 * len(text)) + rng.randint(size, size * 5)
            pen.line((x - size, y + size, x + size * 4, y + size), fill=(150, 150, 155))
            x += size * 5
    turned = cv2.getRotationMatrix2D((wide / 2, high / 2), rng.uniform(-18, 18), 1.25)
    return cv2.warpAffine(np.array(image), turned, (wide, high), borderMode=cv2.BORDER_REFLECT)


def white_table(rng: random.Random, high: int, wide: int) -> Pixels:
    noise = _noise(rng)
    base = np.array(rng.choice([(246, 246, 244), (250, 249, 247), (240, 241, 243)]), np.float32)
    return (base * (1 + 0.008 * _field(noise, 4, 5, high, wide))[..., None]).clip(0, 255).astype(np.uint8)


def room(rng: random.Random, high: int, wide: int) -> Pixels:
    """A waiting room far out of focus."""
    canvas = np.full((high, wide, 3), rng.choice([(200, 196, 188), (170, 180, 186), (120, 110, 100)]), np.uint8)
    for _ in range(rng.randint(6, 14)):
        x, y = rng.randrange(wide), rng.randrange(high)
        tone = tuple(rng.randint(30, 240) for _ in range(3))
        cv2.rectangle(
            canvas, (x, y), (x + rng.randint(wide // 12, wide // 3), y + rng.randint(high // 10, high // 2)), tone, -1
        )
    return cv2.GaussianBlur(canvas, (0, 0), wide / 45)


def clutter(rng: random.Random, high: int, wide: int) -> Pixels:
    """A busy desk: a form, sticky notes, a keyboard's corner, pens, coins."""
    canvas = rng.choice([wood, plain, form])(rng, high, wide)
    for _ in range(rng.randint(2, 4)):
        note = (
            form(rng, high // 2, wide // 2)
            if rng.random() < 0.6
            else np.full(
                (high // 4, high // 4, 3), rng.choice([(250, 232, 110), (180, 220, 250), (250, 190, 200)]), np.uint8
            )
        )
        h, w = note.shape[:2]
        x, y = rng.randint(-w // 2, wide - w // 2), rng.randint(-h // 2, high - h // 2)
        x0, y0, x1, y1 = max(0, x), max(0, y), min(wide, x + w), min(high, y + h)
        canvas[y0:y1, x0:x1] = note[y0 - y : y1 - y, x0 - x : x1 - x]
    if rng.random() < 0.6:
        key = high // rng.randint(12, 18)
        top = rng.choice([0, high - 3 * key])
        cv2.rectangle(canvas, (0, top), (wide, top + 3 * key + key // 3), (35, 36, 38), -1)
        for row in range(3):
            for column in range(wide // key + 1):
                x, y = column * key + row * key // 3, top + row * key + key // 6
                cv2.rectangle(canvas, (x, y), (x + key - key // 7, y + key - key // 7), (62, 63, 66), -1)
                cv2.putText(
                    canvas,
                    chr(65 + rng.randrange(26)),
                    (x + key // 4, y + key // 2),
                    cv2.FONT_HERSHEY_SIMPLEX,
                    key / 70,
                    (220, 220, 220),
                    1,
                    cv2.LINE_AA,
                )
    for _ in range(rng.randint(1, 3)):
        a, b = (rng.randrange(wide), rng.randrange(high)), (rng.randrange(wide), rng.randrange(high))
        tone = rng.choice([(20, 40, 130), (15, 15, 18), (180, 30, 40), (210, 180, 60)])
        cv2.line(canvas, a, b, tone, max(3, high // 45), cv2.LINE_AA)
    for _ in range(rng.randint(0, 5)):
        centre, radius = (rng.randrange(wide), rng.randrange(high)), high // rng.randint(20, 28)
        cv2.circle(canvas, centre, radius, rng.choice([(184, 140, 84), (190, 190, 194)]), -1, cv2.LINE_AA)
        cv2.circle(canvas, centre, round(radius * 0.85), (120, 100, 70), 1, cv2.LINE_AA)
    return canvas


def bezel(rng: random.Random, high: int, wide: int) -> Pixels:
    """The black rim of a monitor."""
    return np.full((high, wide, 3), rng.choice([14, 24, 34]), np.uint8)


DESKS = (wood, wood, plain, plain, speckle, cloth, form)


def desk(rng: random.Random, width: int, height: int, kind: str = "any") -> Pixels:
    """A background of width x height pixels. ``kind``: any, white, cluttered, room."""
    maker = {"white": white_table, "cluttered": clutter, "room": room, "bezel": bezel}.get(kind) or rng.choice(DESKS)
    quarter = maker(rng, height // 4, width // 4)
    return cv2.resize(quarter, (width, height), interpolation=cv2.INTER_LINEAR)
