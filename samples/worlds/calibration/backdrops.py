"""What lies under the cards of the calibration world. Each draws RGB at the size asked for, random by ``rng``."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.kit import Backdrop
from samples.numbers import pick

Rgb: TypeAlias = NDArray[Any]


def _cloud(width: int, height: int, rng: np.random.Generator, octaves: int = 5) -> Any:
    """Cloudy field of several octaves in 0..1."""
    total, weight = np.zeros((height, width), np.float32), 0.0
    for o in range(octaves):
        n = 3 * 2**o
        total += (
            cv2.resize(rng.random((n, n)).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) / 2**o
        )
        weight += 1 / 2**o
    return total / weight


def _mix(t: Any, low: tuple[int, int, int], high: tuple[int, int, int]) -> Rgb:
    t = np.clip(t, 0, 1)[..., None]
    mixed: Rgb = np.asarray(low, np.float32) * (1 - t) + np.asarray(high, np.float32) * t
    return mixed.astype(np.uint8)


def granite(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A speckled counter top."""
    low, high = pick(
        rng, [((70, 70, 74), (150, 148, 146)), ((120, 100, 84), (206, 190, 172)), ((24, 26, 30), (84, 88, 94))]
    )
    speck = rng.random((height, width)).astype(np.float32)
    return _mix(0.6 * _cloud(width, height, rng) + 0.5 * cv2.GaussianBlur(speck, (0, 0), 1.2) - 0.05, low, high)


def marble(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """Pale stone with grey veins."""
    field = _cloud(width, height, rng, 6)
    veins = np.abs(np.sin(field * 14 + np.linspace(0, 5, width, dtype=np.float32)[None]))
    return _mix(np.clip(veins * 3, 0, 1), (150, 152, 158), (228, 226, 222))


def tiles(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """Ceramic tiles with joints."""
    low, high = pick(rng, [((150, 160, 160), (206, 212, 208)), ((60, 96, 110), (110, 150, 160))])
    out = _mix(_cloud(width, height, rng, 4), low, high)
    pitch, joint = int(rng.integers(120, 220)), pick(rng, [(96, 96, 94), (232, 230, 224)])
    for x in range(int(rng.integers(pitch)), width, pitch):
        cv2.line(out, (x, 0), (x, height), joint, 5)
    for y in range(int(rng.integers(pitch)), height, pitch):
        cv2.line(out, (0, y), (width, y), joint, 5)
    return out


def leather(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A couch or a wallet: pores and creases."""
    low, high = pick(rng, [((44, 26, 18), (108, 66, 42)), ((16, 16, 18), (56, 54, 54)), ((110, 40, 34), (170, 84, 70))])
    pores = cv2.GaussianBlur(rng.random((height, width)).astype(np.float32), (0, 0), 2.5)
    return _mix((pores - 0.5) * 3 + _cloud(width, height, rng, 3), low, high)


def carpet(width: int, height: int, rng: np.random.Generator) -> Rgb:
    low, high = pick(rng, [((70, 62, 54), (140, 128, 112)), ((36, 54, 44), (90, 116, 96))])
    pile = cv2.blur(rng.random((height, width)).astype(np.float32), (2, 5))
    return _mix(0.7 * pile + 0.35 * _cloud(width, height, rng, 2), low, high)


def print_page(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A newspaper: columns of grey words, headlines and a picture."""
    out = np.full((height, width, 3), (222, 218, 208), np.uint8)
    column = width // int(rng.integers(4, 6))
    for x in range(12, width - 20, column):
        y = int(rng.integers(-40, 10))
        while y < height:
            kind = rng.random()
            if kind < 0.04:
                cv2.rectangle(out, (x, y), (x + column - 24, y + 130), [int(v) for v in rng.integers(70, 190, 3)], -1)
                y += 150
            elif kind < 0.12:
                cv2.line(out, (x, y + 14), (x + int(column * rng.uniform(0.5, 0.9)), y + 14), (34, 34, 36), 15)
                y += 44
            else:
                end = x + int((column - 24) * (1.0 if rng.random() < 0.8 else rng.uniform(0.3, 0.9)))
                for u in range(x, end, 30):
                    cv2.line(out, (u, y), (min(u + int(rng.integers(12, 27)), end), y), (112, 110, 108), 4)
                y += 13
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-25, 25)), 1.35)
    return cv2.warpAffine(out, turn, (width, height), borderMode=cv2.BORDER_REFLECT)


def counter_things(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A counter with coins, keys' rings, sticky notes and envelopes near its rim."""
    out = granite(width, height, rng)
    for _ in range(9):
        x = float(rng.choice([rng.uniform(0, 0.2), rng.uniform(0.8, 1)]) * width)
        y = float(rng.uniform(0, 1) * height)
        if rng.random() < 0.5:
            x, y = (
                float(rng.uniform(0, 1) * width),
                float(rng.choice([rng.uniform(0, 0.16), rng.uniform(0.84, 1)]) * height),
            )
        centre, kind = (round(x), round(y)), rng.random()
        if kind < 0.35:
            tone = pick(rng, [(176, 178, 182), (184, 130, 84)])
            cv2.circle(out, centre, 46, tone, -1, cv2.LINE_AA)
            cv2.circle(out, centre, 38, tuple(int(c * 0.8) for c in tone), 4, cv2.LINE_AA)
        elif kind < 0.55:
            cv2.circle(out, centre, 60, (120, 122, 126), 9, cv2.LINE_AA)
        else:
            shape = cv2.boxPoints(
                ((x, y), (width * 0.24, width * float(rng.uniform(0.13, 0.24))), float(rng.uniform(0, 90)))
            )
            tone = pick(rng, [(250, 236, 130), (214, 186, 146), (246, 246, 244), (160, 206, 240)])
            cv2.fillPoly(out, [np.round(shape).astype(np.int32)], tone, cv2.LINE_AA)
    return out


def white_desk(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A white board or sheet, nearly without texture."""
    return _mix(_cloud(width, height, rng, 3), (224, 225, 228), (250, 250, 250))


ALL: dict[str, Backdrop] = {
    "granite": granite, "marble": marble, "tiles": tiles, "leather": leather, "carpet": carpet, "print": print_page,
    "things": counter_things, "white": white_desk,
}  # fmt: skip
