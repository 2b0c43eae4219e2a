"""Cards to train on: drawn at random, nothing like any real issuer's, and the renders of two sample worlds."""

from __future__ import annotations

import importlib
import string
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Rgba: TypeAlias = NDArray[Any]
Colour: TypeAlias = tuple[int, int, int]

WIDE = 420
"""Pixels of a card's width in the cache; more is lost anyway at the size the net looks at."""

_FONTS = Path("/usr/share/fonts/truetype")
_FOLDERS = ("dejavu", "liberation", "freefont")
_LETTERS = np.array(list(string.ascii_letters + string.digits))


def world_cards(count: int) -> list[Rgba]:
    """Sides of ``count`` cards of each of the worlds that may be learned from. Never the test world."""
    from samples.cards import SUBJECTS, draft
    from samples.noncards import noncard
    from samples.render import render

    sides = []
    for world in ("tuning", "calibration"):
        kit = importlib.import_module(f"samples.worlds.{world}").KIT
        for seed in range(count):
            rng = np.random.default_rng([77, seed])
            subject = SUBJECTS[seed % len(SUBJECTS)]
            card = noncard(kit, rng) if subject == "not-a-card" else render(kit, draft(kit, subject, rng), rng)
            if card.sheet in ("card", "phone"):
                sides += [_shrunk(side.image) for side in card.sides]
    return sides


def _shrunk(image: Image.Image) -> Rgba:
    size = (WIDE, round(image.height * WIDE / image.width))
    return np.asarray(image.convert("RGBA").resize(size, Image.Resampling.BOX))


@lru_cache(maxsize=256)
def font(name: str, size: int) -> Any:
    return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)


@lru_cache(maxsize=1)
def _faces() -> tuple[str, ...]:
    found = sorted(str(p) for folder in _FOLDERS for p in (_FONTS / folder).glob("*.ttf"))
    return tuple(found) or ("",)


def any_face(rng: np.random.Generator) -> str:
    return _faces()[int(rng.integers(len(_faces())))]


def random_card(rng: np.random.Generator, *, bare: bool = False) -> Rgba:
    """A card of no issuer: paper, bands, emblem, columns of text, boxes, bars. RGBA with its corners cut round.

    Args:
        bare: Nothing but text on white paper.
    """
    draw = rng.random()
    ratio = rng.normal(1.586, 0.02) if draw < 0.7 else rng.uniform(1.25, 1.8) if draw < 0.85 else rng.uniform(0.5, 1.3)
    width, height = WIDE, max(200, round(WIDE / ratio))
    paper = _paper(rng)
    if bare:
        tone = int(rng.integers(240, 256))
        paper = tone, tone, tone
        image = Image.new("RGB", (width, height), paper)
        _texts(ImageDraw.Draw(image), (0, 0, width, height), paper, rng)
        return _rounded(image, rng)
    image = Image.fromarray(_ground(width, height, paper, rng))
    pen = ImageDraw.Draw(image)
    free = _bands(pen, width, height, paper, rng)
    for _ in range(int(rng.integers(0, 3))):
        _emblem(pen, free, rng)
    _texts(pen, free, paper, rng)
    _extras(pen, free, rng)
    if rng.random() < 0.15:
        inset = int(rng.integers(1, 22))
        box = (inset, inset, width - 1 - inset, height - 1 - inset)
        pen.rounded_rectangle(box, int(rng.integers(0, 20)), outline=_any(rng), width=int(rng.integers(1, 4)))
    return _rounded(image, rng)


def _any(rng: np.random.Generator) -> Colour:
    r, g, b = (int(v) for v in rng.integers(0, 256, 3))
    return r, g, b


def _paper(rng: np.random.Generator) -> Colour:
    kind = rng.random()
    if kind < 0.55:
        tone = int(rng.integers(235, 256))
        return tone, tone, max(0, tone - int(rng.integers(0, 10)))
    low, high = (190, 256) if kind < 0.75 else (40, 230) if kind < 0.9 else (5, 70)
    r, g, b = (int(v) for v in rng.integers(low, high, 3))
    return r, g, b


def _ground(width: int, height: int, paper: Colour, rng: np.random.Generator) -> Rgba:
    out = np.full((height, width, 3), paper, np.float32)
    if rng.random() < 0.35:  # a gradient to another colour
        other = np.asarray(_paper(rng), np.float32)
        angle = rng.uniform(0, 6.28)
        yy, xx = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
        t = np.clip(0.5 + (xx - 0.5) * np.cos(angle) + (yy - 0.5) * np.sin(angle), 0, 1)[..., None]
        out = out * (1 - t) + other * t
    if rng.random() < 0.15:  # a picture
        coarse = rng.normal(0, rng.uniform(10, 50), (int(rng.integers(3, 9)), int(rng.integers(3, 9)), 3))
        out += cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(out, 0, 255).astype(np.uint8)


def _bands(pen: Any, width: int, height: int, paper: Colour, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Bands along any side; answers the room left: left, top, right, bottom."""
    left, top, right, bottom = 0, 0, width, height

    def colour() -> Colour:
        return _any(rng) if rng.random() < 0.6 else tuple(int(v) for v in rng.integers(0, 50, 3))  # type: ignore[return-value]

    if rng.random() < 0.45:
        top = int(height * rng.uniform(0.05, 0.32))
        pen.rectangle((0, 0, width, top), fill=colour())
    if rng.random() < 0.3:
        bottom = int(height * rng.uniform(0.72, 0.96))
        pen.rectangle((0, bottom, width, height), fill=colour())
    if rng.random() < 0.12:
        left = int(width * rng.uniform(0.03, 0.34))
        pen.rectangle((0, top if rng.random() < 0.5 else 0, left, height), fill=colour())
    elif rng.random() < 0.1:
        right = int(width * rng.uniform(0.66, 0.97))
        pen.rectangle((right, 0, width, height), fill=colour())
    if rng.random() < 0.16:  # a magnetic stripe
        y = int(height * rng.uniform(0.04, 0.2))
        thick = int(height * rng.uniform(0.1, 0.22))
        pen.rectangle((0, y, width, y + thick), fill=(int(rng.integers(0, 50)),) * 3)
        top = max(top, y + thick)
    return left, top, right, bottom


def _emblem(pen: Any, free: tuple[int, int, int, int], rng: np.random.Generator) -> None:
    x, y = int(rng.integers(10, WIDE - 60)), int(rng.integers(5, max(6, free[3] - 30)))
    size, colour = int(rng.integers(15, 60)), _any(rng)
    shape = int(rng.integers(4))
    if shape == 0:
        pen.ellipse((x, y, x + size, y + size), fill=colour)
    elif shape == 1:
        pen.rectangle((x, y, x + 2 * size, y + size), fill=colour)
    elif shape == 2:
        pen.polygon([(x + int(a), y + int(b)) for a, b in rng.integers(0, size, (5, 2))], fill=colour)
    else:
        pen.arc((x, y, x + size, y + size), 0, 300, fill=colour, width=5)


def words(rng: np.random.Generator, letters: int) -> str:
    text = "".join(rng.choice(_LETTERS, letters))
    return " ".join(text[i : i + int(rng.integers(3, 9))] for i in range(0, letters, 7))


def _texts(pen: Any, free: tuple[int, int, int, int], paper: Colour, rng: np.random.Generator) -> None:
    """Columns of labels and values, or paragraphs; a title; words in the bands."""
    left, top, right, bottom = free
    face = any_face(rng)
    dark = sum(paper) < 330
    ink = tuple(int(v) for v in (rng.integers(190, 256, 3) if dark else rng.integers(0, 110, 3)))
    if rng.random() < 0.8:  # in the top band or on the paper
        big = int(rng.integers(14, 32))
        colour = (255, 255, 255) if top > big and rng.random() < 0.8 else ink
        pen.text((int(rng.integers(8, 120)), max(2, (top - big) // 2)), words(rng, int(rng.integers(5, 20))),
                 font=font(face, big), fill=colour)  # fmt: skip
    columns = int(rng.integers(1, 4))
    for i in range(columns):
        x = left + int((right - left) * (i + rng.uniform(0.03, 0.15)) / columns)
        y, size = top + int(rng.integers(4, 40)), int(rng.integers(7, 19))
        room = max(4, int((right - left) / columns / (0.55 * size)) - 2)
        until = bottom - size - int(rng.integers(2, 50)) if rng.random() < 0.7 else int(rng.integers(top, bottom))
        while y < until:
            letters = int(rng.integers(3, room + 1)) if rng.random() < 0.6 else room
            pen.text((x, y), words(rng, letters)[:room], font=font(face, size), fill=ink)
            y += int(size * rng.choice([1.15, 1.3, 1.3, 2.0]))
    if bottom < pen.im.size[1] - 12 and rng.random() < 0.6:
        pen.text((10, bottom + 2), words(rng, 30), font=font(face, 11), fill=(255, 255, 255))


def _extras(pen: Any, free: tuple[int, int, int, int], rng: np.random.Generator) -> None:
    left, top, right, bottom = free
    if rng.random() < 0.2:  # a bar code or a square code
        x, y = int(rng.integers(left, max(left + 1, right - 110))), int(rng.integers(top, max(top + 1, bottom - 50)))
        if rng.random() < 0.6:
            for dx in np.flatnonzero(rng.random(100) < 0.5):
                pen.line((x + int(dx), y, x + int(dx), y + 34), fill=(20, 20, 20))
        else:
            for a, b in np.argwhere(rng.random((16, 16)) < 0.5):
                pen.rectangle(
                    (x + 3 * int(a), y + 3 * int(b), x + 3 * int(a) + 2, y + 3 * int(b) + 2), fill=(15, 15, 15)
                )
    if rng.random() < 0.4:
        _panel(pen, free, rng)
    for _ in range(int(rng.integers(0, 3))):  # boxes and rules
        x, y = int(rng.integers(left, right)), int(rng.integers(top, bottom))
        if rng.random() < 0.5:
            pen.line((x, y, x + int(rng.integers(40, 300)), y), fill=_any(rng), width=int(rng.integers(1, 4)))
        else:
            w, h = int(rng.integers(60, 160)), int(rng.integers(25, 100))
            fill = _any(rng) if rng.random() < 0.3 else None
            pen.rounded_rectangle((x, y, x + w, y + h), 6, outline=_any(rng), fill=fill, width=2)


def _panel(pen: Any, free: tuple[int, int, int, int], rng: np.random.Generator) -> None:
    """A box with lines of text, as cards have for the pharmacy: no card of its own, though it has its shape."""
    left, top, right, bottom = free
    w, h = int((right - left) * rng.uniform(0.2, 0.5)), int((bottom - top) * rng.uniform(0.18, 0.5))
    x, y = int(rng.integers(left, max(left + 1, right - w - 4))), int(rng.integers(top, max(top + 1, bottom - h - 2)))
    line = (int(rng.integers(0, 200)),) * 3 if rng.random() < 0.5 else _any(rng)
    fill = None if rng.random() < 0.3 else (255, 255, 255) if rng.random() < 0.7 else _any(rng)
    pen.rounded_rectangle(
        (x, y, x + w, y + h), int(rng.integers(0, 14)), outline=line, fill=fill, width=int(rng.integers(1, 4))
    )
    size = int(rng.integers(7, 17))
    face = font(any_face(rng), size)
    ink = (int(rng.integers(0, 90)),) * 3
    for at in range(y + 4, y + h - size - 2, int(size * rng.uniform(1.1, 1.9))):
        pen.text((x + 6, at), words(rng, max(4, int(rng.uniform(0.3, 0.9) * w / (0.6 * size)))), font=face, fill=ink)


def _rounded(image: Image.Image, rng: np.random.Generator) -> Rgba:
    radius = WIDE * (rng.uniform(0.025, 0.06) if rng.random() < 0.65 else rng.uniform(0, 0.02))
    alpha = Image.new("L", (2 * image.width, 2 * image.height), 0)
    ImageDraw.Draw(alpha).rounded_rectangle((0, 0, alpha.width - 1, alpha.height - 1), 2 * radius, fill=255)
    image.putalpha(alpha.resize(image.size, Image.Resampling.BOX))
    return np.asarray(image)
