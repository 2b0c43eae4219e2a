"""Flat things that can lie before a camera or under a scanner: a card, a phone that shows one, a sheet of paper."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samples.worlds.test_world.fonts import font
from samples.worlds.test_world.typeset import Colour, Face, Sheet

Pixels = NDArray[Any]  # uint8; OpenCV's type hints know no more than that it is an array
Points = NDArray[np.float64]
Side = Literal["front", "back"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A card side within a flat thing: its corners in the thing's pixels (None: no outline) and its lines."""

    side: Side
    corners: Points | None
    lines: tuple[str, ...]

    def moved(self, move: Callable[[Points], Points]) -> Shown:
        """The same, where its thing lies now."""
        return Shown(self.side, None if self.corners is None else move(self.corners), self.lines)


@dataclass(frozen=True, slots=True)
class Flat:
    """``pixels`` RGB with ``alpha`` (0-255) and a size in mm."""

    pixels: Pixels
    alpha: Pixels
    width: float
    height: float
    shows: tuple[Shown, ...]


def frame_of(width: float, height: float, x: float = 0, y: float = 0) -> Points:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def rounded(height: int, width: int, radius: int) -> Pixels:
    """A mask: 255 inside a rectangle with round corners."""
    mask = np.zeros((height, width), np.uint8)
    if radius < 1:
        mask[:] = 255
        return mask
    cv2.rectangle(mask, (radius, 0), (width - 1 - radius, height - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (width - 1, height - 1 - radius), 255, -1)
    for cx in (radius, width - 1 - radius):
        for cy in (radius, height - 1 - radius):
            cv2.circle(mask, (cx, cy), radius, 255, -1, cv2.LINE_AA)
    return mask


def card_flat(sheet: Sheet, side: Side, radius: float = 3.18, edge: bool = True) -> Flat:
    """A plastic card: round corners and the thin light or dark line of its rim."""
    pixels = np.array(sheet.image)
    high, wide = pixels.shape[:2]
    alpha = rounded(high, wide, sheet.px(radius))
    if edge:
        inner = cv2.erode(alpha, np.ones((3, 3), np.uint8), iterations=max(1, round(sheet.ppm * 0.1)), borderValue=0)
        rim = (alpha > 0) & (inner == 0)
        pixels[rim] = (pixels[rim] * 0.82).astype(np.uint8)
    return Flat(pixels, alpha, sheet.width, sheet.height, (Shown(side, frame_of(wide, high), sheet.lines()),))


def worn_flat(flat: Flat, rng: random.Random) -> Flat:
    """Years in a pocket: faded print, scratches, rubbed edges, dirt."""
    noise = np.random.default_rng(rng.randrange(2**31))
    pixels: Pixels = flat.pixels.astype(np.float32)
    high, wide = pixels.shape[:2]
    fade = cv2.resize(noise.random((5, 8), np.float32), (wide, high), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    rub = cv2.resize(noise.random((90, 140), np.float32), (wide, high), interpolation=cv2.INTER_LINEAR)
    lost = (fade * rng.uniform(0.3, 0.62) + (rub > 0.86) * rng.uniform(0.15, 0.4))[..., None].clip(0, 0.75)
    paper = np.array([232, 229, 221], np.float32)
    pixels = pixels * (1 - lost) + paper * lost
    scratched = pixels.astype(np.uint8)
    for _ in range(rng.randint(25, 70)):
        x, y, angle, length = (
            rng.randrange(wide),
            rng.randrange(high),
            rng.gauss(0.2, 0.5),
            rng.uniform(0.03, 0.5) * wide,
        )
        end = (round(x + length * np.cos(angle)), round(y + length * np.sin(angle)))
        tone = rng.choice([(248, 248, 246), (190, 186, 178), (150, 146, 138)])
        cv2.line(scratched, (x, y), end, tone, max(1, round(wide / 1700)), cv2.LINE_AA)
    dirt = cv2.resize(noise.random((24, 38), np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    dark: Pixels = np.where(dirt > 0.8, 0.9, 1.0).astype(np.float32)
    dark = cv2.GaussianBlur(dark, (0, 0), wide / 150)[..., None]
    return Flat((scratched * dark).clip(0, 255).astype(np.uint8), flat.alpha, flat.width, flat.height, flat.shows)


def embossed(sheet: Sheet) -> Sheet:
    """Print whose ink is raised: a light edge above and a dark one below each stroke."""
    grey = np.array(sheet.image.convert("L")).astype(np.int16)
    shift = max(1, round(sheet.ppm * 0.09))
    relief = (np.roll(grey, (-shift, -shift), (0, 1)) - np.roll(grey, (shift, shift), (0, 1))) // 3
    raised = (np.array(sheet.image).astype(np.int16) + relief[..., None]).clip(0, 255).astype(np.uint8)
    sheet.image.paste(Image.fromarray(raised))
    return sheet


def paste(canvas: Pixels, flat: Flat, x: int, y: int, width: int) -> tuple[Shown, ...]:
    """Lay a flat thing, unturned, on a canvas at ``width`` pixels; answers what it shows, in the canvas's pixels."""
    scale = width / flat.pixels.shape[1]
    height = round(flat.pixels.shape[0] * scale)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    pixels = cv2.resize(flat.pixels, (width, height), interpolation=method)
    alpha = cv2.resize(flat.alpha, (width, height), interpolation=cv2.INTER_AREA)[..., None].astype(np.uint16)
    under = canvas[y : y + height, x : x + width]  # a page may end before the thing does
    pixels, alpha = pixels[: under.shape[0], : under.shape[1]], alpha[: under.shape[0], : under.shape[1]]
    canvas[y : y + height, x : x + width] = ((pixels * alpha + under * (255 - alpha)) // 255).astype(np.uint8)
    shift = np.array([x, y], np.float64)
    return tuple(shown.moved(lambda corners: corners * scale + shift) for shown in flat.shows)


def beside(flats: list[Flat], rng: random.Random) -> Flat:
    """Cards that lie side by side, or one below the other, with some of the desk between them."""
    gap = rng.uniform(3, 22)
    stacked = rng.random() < 0.6
    ppm = flats[0].pixels.shape[1] / flats[0].width
    width = max(f.width for f in flats) if stacked else sum(f.width + gap for f in flats) - gap
    height = sum(f.height + gap for f in flats) - gap if stacked else max(f.height for f in flats)
    size = round(height * ppm) + 1, round(width * ppm) + 1
    pixels, alpha = np.zeros((*size, 3), np.uint8), np.zeros(size, np.uint8)
    shows: tuple[Shown, ...] = ()
    at = 0
    for flat in flats:
        x, y = (0, at) if stacked else (at, 0)
        shows += paste(pixels, flat, x, y, round(flat.width * ppm))
        high, wide = flat.alpha.shape
        alpha[y : y + high, x : x + wide] = flat.alpha[: size[0] - y, : size[1] - x]
        at += round(((flat.height if stacked else flat.width) + gap) * ppm)
    return Flat(pixels, alpha, width, height, shows)


def shadow_under(canvas: Pixels, box: tuple[int, int, int, int], strength: float, spread: int) -> None:
    """A soft drop shadow for box (x, y, width, height), in place."""
    high, wide = canvas.shape[:2]
    x, y, w, h = box
    mask = np.zeros((high // 4 + 1, wide // 4 + 1), np.float32)
    cv2.rectangle(mask, (x // 4, (y + spread // 2) // 4), ((x + w) // 4, (y + h + spread // 2) // 4), strength, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.8, spread / 8))
    full = cv2.resize(mask, (wide, high))[..., None]
    canvas[:] = (canvas * (1 - full)).astype(np.uint8)


def label(
    canvas: Pixels,
    x: float,
    y: float,
    text: str,
    size: float,
    colour: Colour,
    family: str = "inter",
    bold: bool = False,
    anchor: str = "ls",
) -> None:
    """Words of the surroundings (not of the card), in pixels."""
    image = Image.fromarray(canvas)
    ImageDraw.Draw(image).text((x, y), text, font=font(family, max(6, round(size)), bold), fill=colour, anchor=anchor)
    canvas[:] = np.array(image)


def write_words(sheet: Sheet, rng: random.Random, top: float, family: str) -> float:
    """Head of a letter, a fax cover or a print-out; answers the y below it (mm)."""
    heads = [
        "Front desk copy",
        "INSURANCE CARD COPY",
        "Patient registration - scanned document",
        "Fw: my insurance card",
        "Page 1 of 1",
    ]
    sheet.text(20, top, rng.choice(heads), Face(family, 4.2, bold=True))
    sheet.text(
        20,
        top + 7,
        f"Acct {rng.randint(10000, 99999)}    {rng.randint(1, 12)}/{rng.randint(1, 28)}/2026",
        Face(family, 3.2),
    )
    return top + 14
