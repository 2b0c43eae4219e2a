"""What lies under the cards of the tuning world. Each draws RGB at the size asked for, random by ``rng``."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.kit import Backdrop
from samples.numbers import pick

Rgb: TypeAlias = NDArray[Any]


def _smooth(width: int, height: int, cells: tuple[int, int], rng: np.random.Generator) -> Any:
    """Smooth random field in -1..1 with about ``cells`` bumps across and down."""
    coarse = rng.uniform(-1, 1, (max(2, cells[1]), max(2, cells[0]))).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def _coloured(field: Any, dark: tuple[int, int, int], light: tuple[int, int, int]) -> Rgb:
    t = np.clip(field, 0, 1)[..., None]
    mixed: Rgb = np.asarray(dark, np.float32) * (1 - t) + np.asarray(light, np.float32) * t
    return mixed.astype(np.uint8)


def wood(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """Boards of a desk: long grain, and dark joints."""
    grain = 0.5 + 0.3 * _smooth(width, height, (4, height // 6), rng) + 0.25 * _smooth(width, height, (3, 14), rng)
    dark, light = pick(
        rng, [((92, 58, 34), (172, 124, 80)), ((150, 112, 74), (214, 180, 138)), ((48, 32, 24), (98, 68, 50))]
    )
    out = _coloured(grain, dark, light)
    for y in range(int(rng.integers(60, 260)), height, int(rng.integers(240, 420))):
        out[y : y + 3] = (np.asarray(dark) * 0.6).astype(np.uint8)
    return out


def cloth(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """Woven cloth with soft folds."""
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    weave = 0.5 + 0.16 * np.sin(xx * 1.9) * np.sin(yy * 1.9) + 0.3 * _smooth(width, height, (4, 3), rng)
    dark, light = pick(
        rng, [((40, 52, 80), (92, 110, 146)), ((110, 104, 96), (180, 172, 160)), ((86, 30, 34), (150, 70, 70))]
    )
    return _coloured(weave, dark, light)


def papers(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """Loose printed sheets over one another."""
    out = np.full((height, width, 3), 120, np.uint8)
    for _ in range(7):
        centre = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        w, h, angle = rng.uniform(0.4, 0.7) * width, rng.uniform(0.5, 0.8) * height, float(rng.uniform(-50, 50))
        box = cv2.boxPoints((centre, (float(w), float(h)), angle))
        tone = int(rng.integers(205, 250))
        cv2.fillPoly(out, [np.round(box + 5).astype(np.int32)], (70, 70, 72), cv2.LINE_AA)
        cv2.fillPoly(out, [np.round(box).astype(np.int32)], (tone, tone, tone - int(rng.integers(0, 14))), cv2.LINE_AA)
        _greek(out, box, rng)
    return out


def _greek(out: Rgb, box: Any, rng: np.random.Generator) -> None:
    """Grey dashes in the place of words, inside a sheet."""
    origin, across, down = box[1], box[2] - box[1], box[0] - box[1]
    for v in np.arange(0.08, 0.92, 0.045):
        u = 0.08
        while u < 0.9:
            length = float(rng.uniform(0.02, 0.08))
            a, b = origin + across * u + down * v, origin + across * min(u + length, 0.92) + down * v
            cv2.line(out, _at(a), _at(b), (128, 128, 132), 3, cv2.LINE_AA)
            u += length + 0.015


def _at(point: Any) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def keyboard(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """Rows of keys."""
    base, key = pick(rng, [((28, 29, 32), (58, 60, 64)), ((168, 170, 174), (232, 233, 236))])
    out = np.full((height, width, 3), base, np.uint8)
    pitch = width // int(rng.integers(9, 13))
    for row, y in enumerate(range(-pitch // 2, height, pitch)):
        for x in range(-pitch + (row * pitch) // 3 % pitch, width, pitch):
            shade = np.clip(np.asarray(key) + int(rng.integers(-6, 7)), 0, 255).tolist()
            cv2.rectangle(out, (x + 6, y + 6), (x + pitch - 6, y + pitch - 6), shade, -1, cv2.LINE_AA)
            mark = 200 if key[0] < 128 else 70
            cv2.putText(
                out,
                chr(65 + int(rng.integers(26))),
                (x + pitch // 3, y + pitch // 2),
                0,
                pitch / 95,
                (mark, mark, mark),
                2,
                cv2.LINE_AA,
            )
    return out


def dark_page(width: int, height: int, rng: np.random.Generator) -> Rgb:
    tone = int(rng.integers(18, 60))
    return _coloured(
        0.5 + 0.5 * _smooth(width, height, (3, 3), rng), (tone, tone, tone), (tone + 12, tone + 11, tone + 14)
    )


def white_page(width: int, height: int, rng: np.random.Generator) -> Rgb:
    tone = int(rng.integers(226, 244))
    return _coloured(
        0.5 + 0.5 * _smooth(width, height, (4, 3), rng), (tone, tone, tone - 3), (tone + 8, tone + 8, tone + 6)
    )


def gradient(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A lit table top of one colour."""
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 6.28)
    t = 0.5 + 0.5 * (np.cos(angle) * (xx / width - 0.5) + np.sin(angle) * (yy / height - 0.5))
    start = rng.integers(40, 150, 3)
    end = np.clip(start + rng.integers(20, 80, 3), 0, 235)
    return _coloured(t, (int(start[0]), int(start[1]), int(start[2])), (int(end[0]), int(end[1]), int(end[2])))


def desk_things(width: int, height: int, rng: np.random.Generator) -> Rgb:
    """A desk with pens, other cards and a cup's foot around the middle."""
    out = wood(width, height, rng)
    for _ in range(6):
        angle, away = rng.uniform(0, 6.28), rng.uniform(0.38, 0.55)
        centre = (float(width * (0.5 + away * np.cos(angle))), float(height * (0.5 + away * np.sin(angle))))
        turn = float(rng.uniform(0, 180))
        if rng.random() < 0.5:
            box = cv2.boxPoints((centre, (width * 0.30, width * 0.19), turn))
            colour = [int(c) for c in rng.integers(30, 240, 3)]
            cv2.fillPoly(out, [np.round(box + 4).astype(np.int32)], (30, 24, 20), cv2.LINE_AA)
            cv2.fillPoly(out, [np.round(box).astype(np.int32)], colour, cv2.LINE_AA)
            _greek(out, box, rng)
        elif rng.random() < 0.75:
            box = cv2.boxPoints((centre, (width * 0.5, width * 0.022), turn))
            cv2.fillPoly(out, [np.round(box + 5).astype(np.int32)], (40, 30, 24), cv2.LINE_AA)
            cv2.fillPoly(out, [np.round(box).astype(np.int32)], [int(c) for c in rng.integers(10, 180, 3)], cv2.LINE_AA)
        else:
            cv2.circle(out, _at(centre), width // 9, (235, 235, 232), -1, cv2.LINE_AA)
            cv2.circle(out, _at(centre), width // 11, (70, 42, 24), -1, cv2.LINE_AA)
    return out


ALL: dict[str, Backdrop] = {
    "wood": wood, "cloth": cloth, "papers": papers, "keyboard": keyboard, "dark": dark_page, "white": white_page,
    "gradient": gradient, "things": desk_things,
}  # fmt: skip
CLUTTER = ("papers", "keyboard", "things")
