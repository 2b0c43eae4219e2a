"""Things that people photograph instead of a health plan card."""

from __future__ import annotations

import random

from samples.worlds.test_world import people
from samples.worlds.test_world.flats import Flat, card_flat
from samples.worlds.test_world.look import draw_icon
from samples.worlds.test_world.texts_io import texts
from samples.worlds.test_world.typeset import Face, Sheet, flow


def draw_paper(rng: random.Random, ppm: float) -> list[Flat]:
    """One or two flat things that are no health plan card."""
    kind = rng.choice(list(texts("papers")))
    words = [text.replace("{name}", people.full_name(rng).upper()) for text in rng.choice(texts("papers")[kind])]
    makers = {"loyalty": _loyalty, "licence": _licence, "receipt": _receipt, "note": _note, "letter": _letter}
    sheet = makers[kind](rng, words, ppm)
    round_corner = 3.18 if kind in ("loyalty", "licence") else 0.0
    return [card_flat(sheet, "front", round_corner, edge=bool(round_corner))]


def _loyalty(rng: random.Random, words: list[str], ppm: float) -> Sheet:
    ground = rng.choice([(92, 58, 40), (30, 90, 70), (200, 60, 50), (35, 45, 90)])
    sheet = Sheet(85.6, 53.98, ppm, ground)
    draw_icon(sheet, 66, 6, 13, (250, 240, 220), rng.choice(["leaf", "ring", "shield"]))
    sheet.text(
        6,
        14,
        words[0],
        sheet.fit(words[0], Face(rng.choice(["gothic", "palatino", "lato"]), 5.2, (255, 250, 240), True), 58),
    )
    for place, text in enumerate(words[1:]):
        sheet.text(6, 26 + 7 * place, text, Face("lato", 3.4, (245, 236, 220)))
    return sheet


def _licence(rng: random.Random, words: list[str], ppm: float) -> Sheet:
    sheet = Sheet(85.6, 53.98, ppm, rng.choice([(226, 234, 244), (244, 234, 222), (230, 240, 228)]))
    sheet.text(4, 8, words[0], sheet.fit(words[0], Face("nimbus", 4.6, (30, 50, 110), True), 78))
    sheet.rect(4, 12, 25, 32, fill=(190, 198, 206))
    sheet.pen.ellipse(
        (sheet.px(10), sheet.px(16), sheet.px(23), sheet.px(33)),
        fill=rng.choice([(222, 180, 150), (120, 84, 60), (180, 134, 104)]),
    )
    sheet.pen.ellipse((sheet.px(6), sheet.px(34), sheet.px(27), sheet.px(54)), fill=(60, 70, 96))
    sheet.rect(4, 44, 25, 10, fill=sheet.ground)
    for place, text in enumerate(words[1:]):
        sheet.text(
            32,
            16 + 5.6 * place,
            text,
            sheet.fit(text, Face("roboto-condensed", 3.2, (20, 20, 30), place in (0, 2)), 50),
        )
    return sheet


def _receipt(rng: random.Random, words: list[str], ppm: float) -> Sheet:
    sheet = Sheet(80, 18 + 6.5 * len(words), ppm * 0.8, (250, 250, 247))
    for place, text in enumerate(words):
        sheet.text(6, 14 + 6.5 * place, text, sheet.fit(text, Face("mono", 4.2, (60, 60, 66), place == 0), 70))
    return sheet


def _note(rng: random.Random, words: list[str], ppm: float) -> Sheet:
    sheet = Sheet(110, 80, ppm * 0.8, rng.choice([(252, 240, 150), (250, 249, 244), (236, 244, 252)]))
    for y in range(16, 80, 13):
        sheet.rule(0, y + 1.5, 110, y + 1.5, (205, 212, 226))
    family = rng.choice(["hand", "hand", "pen"])
    for place, text in enumerate(words):
        sheet.text(
            8 + rng.uniform(-2, 2),
            16 + 13 * place,
            text,
            sheet.fit(text, Face(family, 7.5 if family == "hand" else 10, (35, 45, 110)), 96),
        )
    return sheet


def _letter(rng: random.Random, words: list[str], ppm: float) -> Sheet:
    sheet = Sheet(215.9, 279.4, min(ppm * 0.5, 11.8), (254, 254, 252))
    sheet.text(
        22,
        30,
        rng.choice(["Kaiser Permanente", "Member Services", "Prairie Family Medicine", "Health Plan Administration"]),
        Face("lato", 7, (20, 70, 120), True),
    )
    sheet.text(22, 46, people.full_name(rng), Face("nimbus-roman", 4.4))
    flow(sheet, (22, 66, 172, 150), words, Face(rng.choice(["nimbus-roman", "open-sans"]), 4.4), 1.35, 5)
    return sheet
