"""Flat things that can be photographed, scanned or saved: card sides, phones and pages, with where the sides lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples.case import Corner, SideTruth
from samples.kit import Card, Kit, Side
from samples.render import handset, screen

Rgba: TypeAlias = NDArray[Any]
Quad: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """RGBA pixels and the card sides on them (outline in pixels of the sheet)."""

    pixels: Rgba
    sides: tuple[tuple[Side, Quad], ...]


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def truth_of(side: Side, quad: Quad | None) -> SideTruth | None:
    """The record of a side in a picture; None for what is no card side."""
    if side.side not in ("front", "back"):
        return None
    corners: tuple[Corner, Corner, Corner, Corner] | None = None
    if quad is not None:
        a, b, c, d = ((round(float(x), 2), round(float(y), 2)) for x, y in quad)
        corners = (a, b, c, d)
    return SideTruth("front" if side.side == "front" else "back", corners, side.lines)


def one_by_one(card: Card) -> list[Sheet]:
    """Each side as a sheet of its own, cut to its outline."""
    return [Sheet(np.asarray(s.image), ((s, box(0, 0, *s.image.size)),)) for s in card.sides]


def on_screen(kit: Kit, card: Card, rng: np.random.Generator) -> Sheet:
    """A phone's screen that shows all sides."""
    page, boxes = screen(kit, [s.image for s in card.sides], rng)
    return Sheet(np.asarray(page.convert("RGBA")), tuple((s, box(*b)) for s, b in zip(card.sides, boxes, strict=True)))


def on_phone(kit: Kit, card: Card, rng: np.random.Generator) -> Sheet:
    """A phone whose screen shows all sides."""
    shown = on_screen(kit, card, rng)
    body, rim = handset(Image.fromarray(shown.pixels).convert("RGB"))
    return Sheet(np.asarray(body), tuple((s, q + rim) for s, q in shown.sides))


def to_photograph(kit: Kit, card: Card, rng: np.random.Generator) -> list[Sheet]:
    """What lies before the camera: two plastic sides one after the other, or a phone."""
    return [on_phone(kit, card, rng)] if card.sheet == "phone" else one_by_one(card)


def on_page(
    card_sides: tuple[Side, ...],
    rng: np.random.Generator,
    *,
    dpi: int,
    enlarged: float = 1.0,
    skew: float = 1.5,
    paper: int = 252,
) -> Sheet:
    """A letter page from a flatbed, with the sides anywhere on it (under one another where there are two).

    Args:
        card_sides: What lies on the glass; a page-like side fills the sheet.
        dpi: Pixels per inch of the page.
        enlarged: How much larger than life a copier made the cards.
        skew: Largest turn of a card, in degrees.
        paper: Grey of the empty page.
    """
    width, height = round(8.5 * dpi), round(11 * dpi)
    page = Image.new("RGB", (width, height), (paper, paper, paper))
    placed = []
    band = height / len(card_sides)
    for i, side in enumerate(card_sides):
        inches = 3.37 * enlarged if side.image.width >= side.image.height else 2.9
        wide = min(inches * dpi, width * 0.94)
        scale = min(wide / side.image.width, band * 0.94 / side.image.height)
        small = side.image.resize(
            (round(side.image.width * scale), round(side.image.height * scale)), Image.Resampling.LANCZOS
        )
        angle = float(rng.uniform(-skew, skew))
        turned = small.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
        x = int(rng.uniform(0.02, 0.98) * max(1, width - turned.width))
        y = int(i * band + rng.uniform(0.05, 0.95) * max(1, band - turned.height))
        page.paste(turned, (x, y), turned)
        placed.append((side, _turned_box(small.size, turned.size, angle) + np.array([x, y])))
    return Sheet(np.asarray(page.convert("RGBA")), tuple(placed))


def _turned_box(before: tuple[int, int], after: tuple[int, int], angle: float) -> Quad:
    """Corners of an image turned counter-clockwise by ``angle`` degrees about its middle, in the larger image."""
    a = np.radians(angle)
    centred = box(0, 0, *before) - np.array(before) / 2
    turned: Quad = centred @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return turned + np.array(after) / 2
