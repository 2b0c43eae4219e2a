"""How a card looks: colours, type, where labels stand. Chosen once per card."""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from samples.worlds.test_world.cards import Brand
from samples.worlds.test_world.typeset import Colour, Face, Sheet

SANS = (
    "roboto",
    "lato",
    "open-sans",
    "noto",
    "nimbus",
    "inter",
    "cantarell",
    "oxygen",
    "roboto-condensed",
    "nimbus-narrow",
    "gothic",
    "lato-heavy",
    "inter-medium",
    "roboto-medium",
)
SERIF = ("noto-serif", "palatino", "nimbus-roman")


@dataclass(frozen=True, slots=True)
class Look:
    ground: Colour
    ink: Colour
    accent: Colour
    soft: Colour
    body: str
    values: str
    header: str  # plain, band, sidebar, footer-band, wave
    labels: str  # left, above, below, table
    columns: int
    rx_box: str  # none, box, shade
    pattern: str  # none, gradient, waves, dots, landscape
    stripe: bool
    back_columns: int
    back_centred: bool
    heavy_values: bool
    hologram: bool


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """``share`` of b in a."""
    r, g, bl = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return (r, g, bl)


def choose_look(rng: random.Random, brand: Brand, *, white: bool = False, digital: bool = False) -> Look:
    accent = brand.colour
    white_card = white or rng.random() < 0.5
    ground = (
        (255, 255, 255)
        if white_card
        else rng.choice(
            [mix((255, 255, 255), accent, 0.07), (250, 248, 242), (243, 246, 249), mix((255, 255, 255), accent, 0.14)]
        )
    )
    body = rng.choice(SANS if rng.random() < 0.9 else SERIF)
    worn_type = not digital and rng.random() < 0.12
    return Look(
        ground=ground,
        ink=rng.choice([(15, 15, 20), (35, 35, 40), mix((0, 0, 0), accent, 0.4), (55, 58, 64)]),
        accent=accent,
        soft=mix((255, 255, 255), accent, 0.16),
        body=body,
        values=rng.choice(["ocr-a", "courier", "mono", "inconsolata"])
        if worn_type
        else rng.choice([body, body, "roboto", "nimbus"]),
        header="plain" if white else rng.choice(["plain", "plain", "band", "sidebar", "footer-band", "wave"]),
        labels="table"
        if digital and rng.random() < 0.5
        else rng.choice(["left", "left", "above", "above", "below", "table"]),
        columns=rng.choice([1, 2, 2, 3]),
        rx_box=rng.choice(["none", "box", "shade"]),
        pattern="none" if white else rng.choice(["none", "none", "none", "gradient", "waves", "dots", "landscape"]),
        stripe=not digital and rng.random() < 0.15,
        back_columns=rng.choice([1, 1, 1, 2]),
        back_centred=rng.random() < 0.12,
        heavy_values=rng.random() < 0.6,
        hologram=not digital and rng.random() < 0.1,
    )


def paint_ground(sheet: Sheet, look: Look, rng: random.Random) -> None:
    """The printed ground under the text: faint, as issuers keep it."""
    if look.pattern == "none":
        return
    wide, high = sheet.image.size
    ys, xs = np.mgrid[0:high:4, 0:wide:4].astype(np.float32)
    if look.pattern == "gradient":
        share = (xs / wide * rng.uniform(0, 1) + ys / high) / 2
    elif look.pattern == "waves":
        share = 0.5 + 0.5 * np.sin(ys / high * rng.uniform(8, 25) + 2 * np.sin(xs / wide * rng.uniform(3, 8)))
        share = (share > rng.uniform(0.3, 0.7)).astype(np.float32)
    elif look.pattern == "dots":
        step = wide / rng.uniform(18, 45)
        share = ((xs % step - step / 2) ** 2 + (ys % step - step / 2) ** 2 < (step * 0.22) ** 2).astype(np.float32)
    else:
        noise = np.random.default_rng(rng.randrange(2**31)).random((5, 8)).astype(np.float32)
        share = cv2.resize(noise, (xs.shape[1], xs.shape[0]), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    share = share[..., None] * rng.uniform(0.06, 0.17)
    ground = np.array(look.ground, np.float32)
    small = ground + (np.array(look.accent, np.float32) - ground) * share
    full = cv2.resize(small.clip(0, 255).astype(np.uint8), (wide, high), interpolation=cv2.INTER_LINEAR)
    sheet.image.paste(Image.fromarray(full))


def paint_hologram(sheet: Sheet, rng: random.Random) -> None:
    """A patch of foil that shows all colours, with a fine grid in it, where it lies under no words: an upper corner."""
    wide, high = rng.uniform(9, 15), rng.uniform(7, 11)
    left = sheet.px(sheet.width - wide - 2.5)
    top, width, height = sheet.px(2.5), sheet.px(wide), sheet.px(high)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    hue = (xs / width * rng.uniform(60, 160) + ys / height * rng.uniform(40, 120) + rng.uniform(0, 180)) % 180
    grid = 200 + 40 * np.sin(xs / sheet.ppm * rng.uniform(6, 14)) * np.sin(ys / sheet.ppm * rng.uniform(6, 14))
    foil = np.dstack([hue, np.full_like(hue, rng.uniform(60, 130)), grid]).astype(np.uint8)
    patch = Image.fromarray(np.asarray(cv2.cvtColor(foil, cv2.COLOR_HSV2RGB)))
    mask = Image.new("L", patch.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), sheet.px(1.2), fill=235)
    sheet.image.paste(patch, (left, top), mask)


def draw_icon(sheet: Sheet, x: float, y: float, size: float, colour: Colour, kind: str) -> None:
    """An invented emblem in the place of a trade mark: figures, leaf, shield, ring or none. (x, y): top left, mm."""
    pen, px = sheet.pen, sheet.px
    if kind == "figures":
        for place, lift in enumerate((0.22, 0.05, 0.0, 0.12)):
            cx, top = x + size * (0.14 + 0.24 * place), y + size * lift
            pen.ellipse((px(cx - size * 0.07), px(top), px(cx + size * 0.07), px(top + size * 0.14)), fill=colour)
            body = [(cx - size * 0.11, y + size), (cx, top + size * 0.17), (cx + size * 0.11, y + size)]
            pen.polygon([(px(a), px(b)) for a, b in body], fill=colour)
    elif kind == "leaf":
        for dx, dy, grow in ((0.5, 0.3, 0.2), (0.25, 0.42, 0.16), (0.75, 0.42, 0.16), (0.5, 0.08, 0.1)):
            cx, cy, r = x + size * dx, y + size * dy, size * grow
            pen.ellipse((px(cx - r), px(cy - r), px(cx + r), px(cy + r)), fill=colour)
        sheet.rule(x + size / 2, y + size * 0.4, x + size / 2, y + size, colour, size * 0.08)
    elif kind == "shield":
        points = [(0.1, 0.05), (0.9, 0.05), (0.9, 0.55), (0.5, 1.0), (0.1, 0.55)]
        pen.polygon([(px(x + size * a), px(y + size * b)) for a, b in points], fill=colour)
        sheet.rule(x + size * 0.5, y + size * 0.2, x + size * 0.5, y + size * 0.75, (255, 255, 255), size * 0.1)
        sheet.rule(x + size * 0.28, y + size * 0.4, x + size * 0.72, y + size * 0.4, (255, 255, 255), size * 0.1)
    elif kind == "ring":
        box = (px(x), px(y), px(x + size), px(y + size))
        pen.arc(box, 20, 320, fill=colour, width=max(2, px(size * 0.18)))


def draw_brand(
    sheet: Sheet, brand: Brand, x: float, y: float, room: float, height: float, colour: Colour, family: str
) -> float:
    """The word mark with its emblem, top left at (x, y) mm; answers the width in mm."""
    icon = height if brand.icon != "none" else 0.0
    if icon:
        draw_icon(sheet, x, y, height, colour, brand.icon)
    at = x + icon + (1.2 if icon else 0)
    face = sheet.fit(brand.name, Face(family, height * (0.62 if brand.tagline else 0.8), colour, True), room - (at - x))
    width = sheet.text(at, y + height * (0.55 if brand.tagline else 0.8), brand.name, face)
    if brand.tagline:
        under = sheet.fit(brand.tagline, Face(family, height * 0.36, colour), room - (at - x))
        width = max(width, sheet.text(at, y + height * 0.98, brand.tagline, under))
    return at - x + width
