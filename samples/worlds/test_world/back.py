"""The back of a card."""

from __future__ import annotations

import random

from samples.worlds.test_world.cards import CardText
from samples.worlds.test_world.fonts import has
from samples.worlds.test_world.look import Look, draw_brand, mix, paint_ground
from samples.worlds.test_world.typeset import Face, Sheet, flow


def draw_back(card: CardText, look: Look, rng: random.Random, ppm: float, height: float = 53.98) -> Sheet:
    sheet = Sheet(85.6, height, ppm, (255, 255, 255) if rng.random() < 0.5 else look.ground)
    if rng.random() < 0.3:
        paint_ground(sheet, look, rng)
    edge = rng.uniform(3.4, 5.0)
    top, bottom = 4.0, sheet.height - 3.4
    if look.stripe:
        sheet.rect(0, 3.5, sheet.width, 10.5, fill=rng.choice([(22, 20, 20), (45, 38, 32), (10, 10, 14)]))
        top = 15.6
    if card.back_member:
        words = "   ".join(f"{p.label} {p.value}".strip() for p in card.back_member)
        sheet.text(
            edge, top + 2.2, words, sheet.fit(words, Face(look.body, 2.2, look.ink, True), sheet.width - 2 * edge)
        )
        top += 3.8
    if rng.random() < 0.3 and not look.stripe:
        draw_brand(sheet, card.brand, edge, top - 0.6, 40, 4.0, look.accent, look.body)
        top += 5.0
    bottom = _foot(sheet, card, look, rng, edge, bottom)
    sm = "℠" if has(look.body, "℠") else "SM"
    paragraphs = [text.replace("℠", sm) for text in card.back]
    face = Face(look.body, rng.uniform(1.75, 2.4), look.ink if rng.random() < 0.7 else mix(look.ink, look.accent, 0.6))
    leading = rng.uniform(1.14, 1.32)
    if look.back_columns == 2 and len(paragraphs) > 2:
        _two_columns(sheet, paragraphs, face, leading, (edge, top, sheet.width - 2 * edge, bottom - top))
    else:
        flow(
            sheet,
            (edge, top, sheet.width - 2 * edge, bottom - top),
            paragraphs,
            face,
            leading,
            rng.uniform(0.5, 1.3),
            look.back_centred,
        )
    return sheet


def _two_columns(
    sheet: Sheet, paragraphs: list[str], face: Face, leading: float, box: tuple[float, float, float, float]
) -> None:
    x, y, width, height = box
    sizes = [len(text) for text in paragraphs]
    cut = min(range(1, len(paragraphs)), key=lambda n: abs(sum(sizes[:n]) - sum(sizes[n:])))
    half = width / 2 - 1.5
    flow(sheet, (x, y, half, height), paragraphs[:cut], face, leading)
    flow(sheet, (x + width / 2 + 1.5, y, half, height), paragraphs[cut:], face, leading)
    sheet.rule(x + width / 2, y, x + width / 2, y + height * 0.9, (190, 190, 195), 0.12)


def _foot(sheet: Sheet, card: CardText, look: Look, rng: random.Random, edge: float, bottom: float) -> float:
    """A web address, a form number or a bar code at the foot; answers the new bottom (mm)."""
    kind = rng.choice(["none", "web", "form", "bars", "web", "matrix"])
    if kind == "none":
        return bottom
    if kind == "matrix":
        return _matrix_code(sheet, rng, edge, bottom)
    if kind == "bars":
        x, right = edge, edge + 34.0
        while x < right:
            width = rng.choice([0.17, 0.17, 0.34, 0.51])
            sheet.rect(x, bottom - 4.2, width, 4.2, fill=(10, 10, 10))
            x += width + rng.choice([0.17, 0.34, 0.51])
        return bottom - 5.6
    words = {"Kaiser": "kp.org", "KAISER": "kp.org", "Cigna": "myCigna.com", "cigna": "my.cigna.com"}
    web = next((site for word, site in words.items() if word in card.brand.name), "www.memberportal.example")
    text = (
        web
        if kind == "web"
        else f"{rng.randint(100000, 999999)}-{rng.choice('ABC')} {rng.randint(1, 12):02d}/{rng.randint(22, 25)}"
    )
    size = 2.3 if kind == "web" else 1.5
    sheet.text(
        sheet.width - edge if rng.random() < 0.5 else edge + sheet.measure(text, Face(look.body, size)),
        bottom,
        text,
        Face(look.body, size, look.accent, kind == "web"),
        "rs",
    )
    return bottom - size - 1.0


def _matrix_code(sheet: Sheet, rng: random.Random, edge: float, bottom: float) -> float:
    """A two-dimensional code of square dots; answers the new bottom (mm)."""
    dots, size = 21, rng.uniform(0.34, 0.44)
    left, top = sheet.width - edge - dots * size, bottom - dots * size
    for row in range(dots):
        for column in range(dots):
            if row in (0, dots - 1) or column in (0, dots - 1) or rng.random() < 0.5:
                sheet.rect(left + column * size, top + row * size, size, size, fill=(10, 10, 10))
    return top - 1.0
