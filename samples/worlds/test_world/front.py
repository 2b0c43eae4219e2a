"""The front of a card."""

from __future__ import annotations

import random

from samples.worlds.test_world.cards import CardText, Printed
from samples.worlds.test_world.look import Look, draw_brand, draw_icon, mix, paint_ground, paint_hologram
from samples.worlds.test_world.typeset import Colour, Face, Sheet, flow

WHITE: Colour = (255, 255, 255)
EDGE = 4.2  # mm kept free at the card's edge


def draw_front(card: CardText, look: Look, rng: random.Random, ppm: float, height: float = 53.98) -> Sheet:
    sheet = Sheet(85.6, height, ppm, look.ground)
    paint_ground(sheet, look, rng)
    if look.hologram:
        paint_hologram(sheet, rng)
    left, top, bottom = _header(sheet, card, look, rng)
    bottom = _footer(sheet, card, look, rng, left, bottom)
    right = sheet.width - EDGE
    panel = bool(card.rx or card.copays) and rng.random() < 0.75
    split = right - rng.uniform(27, 31) if panel else right
    below = _main_fields(sheet, card, look, left, top, split - left - 1.5)
    rest = list(card.others)
    if panel:
        _panel(sheet, card, look, rng, split, top, right - split, bottom)
    else:
        rest += card.rx
        if card.copays:
            bottom = _copay_row(sheet, card, look, left, bottom, right - left)
    _grid(sheet, rest, look, (left, below, split - left - 1.5, bottom - below))
    return sheet


def _header(sheet: Sheet, card: CardText, look: Look, rng: random.Random) -> tuple[float, float, float]:
    """Word mark and plan line; answers the left edge, top and bottom of what is left (mm)."""
    left, bottom, colour = EDGE, sheet.height - 3.2, look.accent
    if look.header == "band":
        sheet.rect(0, 0, sheet.width, 12.5, fill=look.accent)
        colour = WHITE
    elif look.header == "sidebar":
        sheet.rect(0, 0, 6.5, sheet.height, fill=look.accent)
        left = 9.5
    elif look.header == "footer-band":
        sheet.rect(0, sheet.height - 4.2, sheet.width, 4.2, fill=look.accent)
        bottom -= 3.0
    elif look.header == "wave":
        points = [(0, 0), (sheet.width, 0), (sheet.width, 9.5), (60, 12), (35, 10.5), (0, 13.5)]
        sheet.pen.polygon([(sheet.px(x), sheet.px(y)) for x, y in points], fill=look.accent)
        colour = WHITE
    right = sheet.width - EDGE
    beside = rng.random() < 0.45
    used = draw_brand(sheet, card.brand, left, 3.2, (right - left) * (0.52 if beside else 0.75), 6.2, colour, look.body)
    face = Face(
        look.body,
        rng.uniform(2.5, 3.3),
        colour if colour == WHITE and beside else mix(look.ink, look.accent, 0.5),
        True,
    )
    if card.employer and not beside:
        sheet.text(
            right,
            7.2,
            card.employer,
            sheet.fit(card.employer, Face(look.body, 2.6, colour, True), right - left - used - 2),
            "rs",
        )
    if beside:
        room = right - left - used - 3
        y = flow(sheet, (left + used + 3, 3.4, room, 8.5), [card.title], face, leading=1.15)
        if card.employer:
            sheet.text(left, 15.6, card.employer, sheet.fit(card.employer, Face(look.body, 2.4, look.ink), 60))
            return left, 17.4, bottom
        return left, max(14.2, y + 0.5), bottom
    sheet.text(left, 16.6, card.title, sheet.fit(card.title, face, right - left))
    return left, 18.6, bottom


def _footer(sheet: Sheet, card: CardText, look: Look, rng: random.Random, left: float, bottom: float) -> float:
    """Network marks and notes along the bottom; answers the new bottom (mm)."""
    right = sheet.width - EDGE
    if card.marks:
        at = right
        for mark in card.marks:
            face = Face(
                rng.choice(("lato", "gothic", "inter")),
                2.5,
                rng.choice([look.accent, (0, 110, 160), (90, 90, 95)]),
                True,
            )
            face = sheet.fit(mark, face, 30)
            width = sheet.measure(mark, face)
            if at - width - 5 < left:
                break
            sheet.text(at - width, bottom, mark, face)
            draw_icon(sheet, at - width - 3.2, bottom - 2.6, 2.7, face.colour, "leaf" if "igna" in mark else "ring")
            at -= width + 6
        bottom -= 4.3
    for note in reversed(card.notes):
        sheet.text(left, bottom, note, sheet.fit(note, Face(look.body, 2.0, look.ink), right - left))
        bottom -= 2.7
    return bottom


def _put(sheet: Sheet, field: Printed, look: Look, x: float, y: float, room: float, size: float, labels: str) -> None:
    """One label and value in a cell whose top left is (x, y) mm."""
    value_face = Face(look.values, size, look.ink, look.heavy_values)
    label_face = Face(look.body, size * 0.74, mix(look.ink, look.accent, 0.45))
    if labels in ("left", "table"):
        label_face = Face(look.body, size * 0.9, label_face.colour)
        label = field.label if labels == "table" or field.label.endswith(("#", ":")) else field.label + ":"
        whole = sheet.measure(label, label_face) + 1 + sheet.measure(field.value, value_face)
        while whole > room:  # whole pixels round up: one step may not be enough
            shrink = room / whole * 0.98
            label_face, value_face = (
                Face(f.family, f.size * shrink, f.colour, f.bold) for f in (label_face, value_face)
            )
            whole = sheet.measure(label, label_face) + 1 + sheet.measure(field.value, value_face)
        used = sheet.text(x, y + size, label, label_face, note=False)
        if labels == "table":
            sheet.text(x + room, y + size, field.value, value_face, "rs", note=False)
        else:
            sheet.text(x + used + 0.9, y + size, field.value, value_face, note=False)
        sheet.runs.append((y + size, x, f"{label} {field.value}"))
        return
    value_face = sheet.fit(field.value, value_face, room)
    label_face = sheet.fit(field.label, label_face, room)
    first, second = (field.label, field.value) if labels == "above" else (field.value, field.label)
    faces = (label_face, value_face) if labels == "above" else (value_face, label_face)
    sheet.text(x, y + size * 0.8, first, faces[0])
    sheet.text(x, y + size * 1.85, second, faces[1])


def _main_fields(sheet: Sheet, card: CardText, look: Look, left: float, top: float, room: float) -> float:
    for field in card.main:
        if not field.label:
            face = sheet.fit(field.value, Face(look.values, 3.4, look.ink, True), room)
            sheet.text(left, top + 3.2, field.value, face)
            top += 4.6
        else:
            crowded = len(card.others) + len(card.rx) > 4
            labels = "left" if look.labels == "table" or crowded else look.labels
            _put(sheet, field, look, left, top, room, 2.9, labels)
            top += 3.9 if labels == "left" else 6.4
    return top + 0.6


def _grid(sheet: Sheet, fields: list[Printed], look: Look, box: tuple[float, float, float, float]) -> None:
    if not fields:
        return
    x, y, width, height = box
    columns = 1 if look.labels == "table" else min(look.columns, len(fields))
    rows = -(-len(fields) // columns)
    tall = 1.5 if look.labels in ("left", "table") else 2.55
    if look.labels == "left":
        columns = 1 if width < 52 else min(columns, 2)
        rows = -(-len(fields) // columns)
    while columns < (2 if look.labels == "left" else 3) and height / rows / tall < 2.0:
        columns += 1
        rows = -(-len(fields) // columns)
    size = max(1.2, min(2.5, height / rows / tall))
    cell = width / columns
    for place, field in enumerate(fields):
        row, column = place % rows, place // rows
        _put(sheet, field, look, x + column * cell, y + row * size * tall, cell - 1.2, size, look.labels)


def _panel(
    sheet: Sheet, card: CardText, look: Look, rng: random.Random, x: float, y: float, width: float, bottom: float
) -> None:
    """Pharmacy numbers and copays in a block of their own at the right."""
    rows = len(card.rx) + len(card.copays)
    size = min(2.4, (bottom - y - 5) / max(rows, 1) / 1.45)
    if look.rx_box != "none":
        fill = look.soft if look.rx_box == "shade" else None
        sheet.rect(
            x - 1.2,
            y - 0.5,
            width + 1.6,
            rows * size * 1.45 + (4.4 if card.copays else 1.4),
            fill,
            look.accent if look.rx_box == "box" else None,
            0.8,
        )
    for field in card.rx:
        _put(sheet, field, look, x, y, width - 1, size, "table" if look.labels == "table" else "left")
        y += size * 1.45
    if card.copays:
        head = rng.choice(["Copays", "Copayments", "Member cost share", "Your cost"])
        sheet.text(x, y + size + 0.5, head, Face(look.body, size * 0.9, look.accent, True))
        y += size * 1.45 + 0.4
        style = rng.choice(["table", "left"])
        for label, amount in card.copays:
            _put(sheet, Printed(label, amount), look, x, y, width - 1, size, style)
            y += size * 1.45


def _copay_row(sheet: Sheet, card: CardText, look: Look, left: float, bottom: float, room: float) -> float:
    words = "   ".join(f"{label}: {amount}" for label, amount in card.copays)
    sheet.text(left, bottom, words, sheet.fit(words, Face(look.body, 2.2, look.ink, True), room))
    return bottom - 3.2
