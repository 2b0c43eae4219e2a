"""Things that are no insurance card: a business card, a licence, a receipt, a page of text, the plan's own web page."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from samples.case import Truth
from samples.fonts import Family, font_of
from samples.kit import Card, Kit, Side
from samples.numbers import digits, person, phone, pick
from samples.paint import HEIGHT, WIDTH, Canvas, barcode, emblem, fitted, paragraphs, rounded, wrapped

KINDS = ("business", "licence", "receipt", "page", "web")


@lru_cache(maxsize=4)
def _words(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def noncard(kit: Kit, rng: np.random.Generator, kind: str | None = None) -> Card:
    """One of ``KINDS``. Its only side is called "none": it is not a side of a card."""
    kind = kind or pick(rng, KINDS)
    words, family = _words(kit.folder / "noncards.yaml"), pick(rng, kit.families)
    draw = {"business": _business, "licence": _licence, "receipt": _receipt, "page": _page, "web": _web}[kind]
    canvas = draw(words, kit, family, rng)
    image = rounded(canvas.image, 40 if kind == "licence" else 0)
    # The web page names plan and network: that is a reason to ask or to call, never to accept.
    outcomes = ("retake", "call", "not_eligible") if kind in ("web", "page") else ("retake", "not_eligible")
    truth = Truth(variant=None, category="not-a-card", outcomes=outcomes)
    sheet = {"receipt": "receipt", "page": "page", "web": "web"}.get(kind, "card")
    return Card((Side("none", image, canvas.lines, {}),), truth, sheet)


def _business(words: Any, kit: Kit, family: Family, rng: np.random.Generator) -> Canvas:
    canvas = Canvas.blank((252, 251, 248))
    hue = tuple(int(v) for v in rng.integers(10, 140, 3))
    colour = (hue[0], hue[1], hue[2])
    entry = pick(rng, words["business"])
    emblem(canvas, pick(rng, ["cross", "tree", "rings", "shield"]), 110, 120, 150, colour)
    canvas.text(300, 150, entry["firm"], fitted(family, entry["firm"], 66, 1200, bold=True), colour)
    name = person(rng, *kit.people)
    canvas.text(110, 470, name, font_of(family, 60, bold=True), (30, 30, 30))
    canvas.text(110, 545, entry["role"], font_of(family, 36), (80, 80, 80))
    for i, line in enumerate((f"T {phone(rng)}", f"F {phone(rng)}", entry["address"], entry["site"])):
        canvas.text(110, 680 + i * 56, line, font_of(family, 34), (40, 40, 40))
    return canvas


def _licence(words: Any, kit: Kit, family: Family, rng: np.random.Generator) -> Canvas:
    canvas = Canvas.blank()
    canvas.gradient((0, 0, WIDTH, HEIGHT), (228, 238, 246), (246, 226, 214))
    entry = pick(rng, words["licence"])
    canvas.text(60, 50, entry["state"], font_of(family, 64, bold=True), (30, 50, 110))
    canvas.text(WIDTH - 60, 64, entry["title"], font_of(family, 46, bold=True), (150, 30, 40), align="r")
    canvas.draw.rectangle((60, 170, 500, 760), fill=(176, 190, 204))
    canvas.draw.ellipse((180, 250, 380, 500), fill=(140, 150, 162))
    canvas.draw.pieslice((100, 520, 460, 1000), 180, 360, fill=(140, 150, 162))
    canvas.draw.rectangle((60, 760, 500, 1009), fill=(232, 232, 236))
    rows = (
        f"DL {digits(rng, 8)}",
        f"EXP {int(rng.integers(1, 13)):02d}/14/2029",
        f"LN {person(rng, *kit.people).split()[-1]}",
        entry["address"],
        f"DOB {int(rng.integers(1, 13)):02d}/{int(rng.integers(1, 28)):02d}/1981",
        "CLASS C",
        "SEX F",
        "HGT 5'-06\"",
        f"DD {digits(rng, 10)}",
    )
    for i, row in enumerate(rows):
        canvas.text(560, 180 + i * 84, row, font_of(family, 40, bold=i < 3), (20, 20, 30))
    return canvas


def _receipt(words: Any, kit: Kit, family: Family, rng: np.random.Generator) -> Canvas:
    entry = pick(rng, words["receipt"])
    canvas = Canvas.blank((250, 249, 245), (900, 1900))
    y, total = 60.0, 0.0
    for line in entry["head"]:
        canvas.text(450, y, line, fitted(family, line, 44, 820, bold=True), (40, 40, 44), align="m")
        y += 62
    y += 40
    for item in entry["items"]:
        price = float(rng.integers(199, 4900)) / 100
        total += price
        canvas.text(60, y, item, font_of(family, 36), (40, 40, 44), record=False)
        canvas.text(840, y, f"{price:.2f}", font_of(family, 36), (40, 40, 44), align="r", record=False)
        canvas.printed.append((y, 60, f"{item} {price:.2f}"))
        y += 58
    y += 30
    canvas.text(60, y, f"TOTAL ${total:.2f}", font_of(family, 48, bold=True), (20, 20, 24))
    canvas.text(60, y + 80, f"CARD ENDING {digits(rng, 4)}  APPROVED", font_of(family, 34), (40, 40, 44))
    barcode(canvas, (140, y + 200, 760, y + 330), rng)
    canvas.text(450, y + 380, entry["foot"], font_of(family, 36), (40, 40, 44), align="m")
    canvas.image = canvas.image.crop((0, 0, 900, round(min(1900, y + 480))))
    return canvas


def _page(words: Any, kit: Kit, family: Family, rng: np.random.Generator) -> Canvas:
    entry = pick(rng, words["page"])
    canvas = Canvas.blank((254, 254, 252), (1700, 2200))
    canvas.text(170, 180, entry["title"], fitted(family, entry["title"], 56, 1360, bold=True), (20, 20, 20))
    paragraphs(canvas, (170, 300, 1530, 2060), tuple(entry["text"]), family, (30, 30, 30), largest=33)
    return canvas


def _web(words: Any, kit: Kit, family: Family, rng: np.random.Generator) -> Canvas:
    """A desktop browser on the portal's page."""
    entry = pick(rng, words["web"])
    canvas = Canvas.blank((255, 255, 255), (1920, 1200))
    canvas.draw.rectangle((0, 0, 1920, 110), fill=(222, 225, 230))
    canvas.draw.rounded_rectangle((220, 30, 1700, 86), 28, fill=(255, 255, 255))
    canvas.text(260, 40, entry["site"], font_of(family, 30), (60, 64, 70))
    canvas.draw.rectangle((0, 110, 1920, 230), fill=(0, 84, 140))
    canvas.text(90, 142, entry["title"], fitted(family, entry["title"], 52, 1700, bold=True), (255, 255, 255))
    font, y = font_of(family, 29), 270.0
    for text in entry["text"]:
        for line in wrapped(text, font, 1700):
            if y < 1160:
                canvas.text(90, y, line, font, (40, 44, 50))
            y += 40
        y += 22
    return canvas
