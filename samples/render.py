"""From words to drawn sides: a plastic card's front and back, or the two panels of a digital card."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from samples.cards import Draft
from samples.fonts import Family, font_of
from samples.kit import Card, Kit, Side
from samples.numbers import chance, pick
from samples.paint import Canvas, rounded

SCREEN = (1170, 2532)
"""Pixels of the phone's screen."""


def render(kit: Kit, draft: Draft, rng: np.random.Generator) -> Card:
    """Draw both sides; the truth receives what was really printed."""
    words = draft.wording
    family = pick(rng, kit.families)
    front_facts = {r.field: r.fact for r in (words.name, *words.rows, *words.rx) if r.field}
    if words.copays:
        front_facts["copays"] = "; ".join(f"{r.label}:{r.value}" for r in words.copays)
    facts = {"front": front_facts, "back": dict(words.loose)}
    digital = draft.truth.kind == "digital"
    dark, radius = chance(rng, 0.35), int(rng.choice([58, 58, 58, 24, 0]))
    layouts = {"front": pick(rng, kit.fronts), "back": pick(rng, kit.backs)}
    sides = []
    for side in ("front", "back"):
        if digital:
            canvas = kit.panel(words, family, rng, side, dark)
        else:
            canvas = Canvas.blank()
            layouts[side](canvas, words, family, rng)
        image = rounded(canvas.image, 36 if digital else radius)
        sides.append(Side(side, image, canvas.lines, facts[side]))
    truth = replace(draft.truth, fields={**facts["front"], **facts["back"]})
    return Card(tuple(sides), truth, "phone" if digital else "card")


def screen(
    kit: Kit, images: list[Image.Image], rng: np.random.Generator, *, dark: bool | None = None
) -> tuple[Image.Image, list[tuple[float, float, float, float]]]:
    """A phone's screen that shows the images under one another; answers it and their boxes (left, top, right, bottom).

    The screen grows where the images need more height, as a long screenshot does.
    """
    dark = chance(rng, 0.4) if dark is None else dark
    family = kit.families[0]
    ground, ink, bar = (
        ((18, 19, 22), (240, 240, 244), (32, 34, 39)) if dark else ((242, 243, 247), (20, 22, 26), (255, 255, 255))
    )
    scaled = [_to_width(i, 1090) for i in images]
    need = 420 + sum(i.height + 50 for i in scaled) + 200
    page = Image.new("RGB", (SCREEN[0], max(SCREEN[1], need)), ground)
    draw = ImageDraw.Draw(page)
    _status_bar(draw, family, ink, rng)
    draw.rectangle((0, 130, SCREEN[0], 290), fill=bar)
    title = pick(rng, ["ID card", "My card", "Digital ID", "Wallet"])
    draw.text((SCREEN[0] / 2, 185), title, font=font_of(family, 50, bold=True), fill=ink, anchor="ma")
    draw.line((60, 210, 36, 232, 60, 254), fill=(10, 132, 255), width=7)
    y, boxes = 340, []
    for image in scaled:
        page.paste(image, (40, y), image)
        boxes.append((40.0, float(y), 40.0 + image.width, float(y + image.height)))
        y += image.height + 50
    _buttons(draw, page.height, family, ink, bar, rng)
    return page, boxes


def _to_width(image: Image.Image, width: int) -> Image.Image:
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def _status_bar(draw: ImageDraw.ImageDraw, family: Family, ink: tuple[int, int, int], rng: np.random.Generator) -> None:
    draw.text(
        (90, 52),
        f"{int(rng.integers(1, 12))}:{int(rng.integers(60)):02d}",
        font=font_of(family, 46, bold=True),
        fill=ink,
    )
    for i in range(4):
        draw.rectangle((860 + i * 18, 92 - 10 * i, 872 + i * 18, 100), fill=ink)
    draw.rounded_rectangle((1000, 62, 1078, 100), 10, outline=ink, width=4)
    draw.rectangle((1006, 68, 1006 + int(rng.integers(18, 66)), 94), fill=ink)
    draw.arc((940, 62, 984, 106), 215, 325, fill=ink, width=8)


def _buttons(
    draw: ImageDraw.ImageDraw,
    height: int,
    family: Family,
    ink: tuple[int, int, int],
    bar: tuple[int, int, int],
    rng: np.random.Generator,
) -> None:
    draw.rectangle((0, height - 170, SCREEN[0], height), fill=bar)
    names = pick(rng, [("Share", "Flip", "Print"), ("Email", "Fax", "Save"), ("Home", "Care", "Messages")])
    for i, name in enumerate(names):
        draw.text(
            (SCREEN[0] * (i + 0.5) / 3, height - 130), name, font=font_of(family, 38), fill=(10, 132, 255), anchor="ma"
        )
    draw.rounded_rectangle((SCREEN[0] / 2 - 210, height - 34, SCREEN[0] / 2 + 210, height - 22), 6, fill=ink)


def handset(page: Image.Image) -> tuple[Image.Image, int]:
    """The phone around a screen, RGBA; answers it and the width of its rim in pixels."""
    rim = 46
    body = Image.new("RGB", (page.width + 2 * rim, page.height + 2 * rim), (22, 22, 24))
    glass = rounded(page, 110)
    body.paste(glass, (rim, rim), glass)
    draw = ImageDraw.Draw(body)
    draw.rounded_rectangle((0, 0, body.width - 1, body.height - 1), 150, outline=(96, 98, 104), width=8)
    return rounded(body, 150), rim
