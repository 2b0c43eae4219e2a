"""How the cards of the calibration world are laid out: three fronts, three backs and one phone panel."""

from __future__ import annotations

import numpy as np

from samples.blocks import WHITE, boxed, copay_strip, partner, row_above, rows_above, rows_beside
from samples.fonts import Family, font_of
from samples.kit import Row, Theme, Wording
from samples.numbers import chance
from samples.paint import (
    HEIGHT,
    WIDTH,
    Canvas,
    Colour,
    barcode,
    emblem,
    fitted,
    matrix_code,
    paragraphs,
    stripe,
    wrapped,
)


def _pale(colour: Colour, share: float) -> Colour:
    r, g, b = (round(255 - (255 - c) * share) for c in colour)
    return r, g, b


def _stacked_brand(canvas: Canvas, w: Wording, x: float, y: float, width: float, family: Family, ink: Colour) -> float:
    """Emblem above the wordmark, which is broken where it is too long; answers the bottom."""
    emblem(canvas, w.theme.emblem, x, y, 92, ink)
    y += 120
    longest = max(w.wordmark.split(), key=len)
    font = fitted(family, longest, 46, width, bold=True)
    for line in wrapped(w.wordmark, font, width):
        canvas.text(x, y, line, font, ink)
        y += 54
    return y


def front_side_panel(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """A coloured panel on the left with brand and copays, everything else on the right."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    canvas.gradient((0, 0, 440, HEIGHT), w.theme.main, w.theme.second, vertical=True)
    y = _stacked_brand(canvas, w, 46, 60, 350, family, WHITE) + 50
    light = Theme(w.theme.main, w.theme.second, w.theme.paper, WHITE, w.theme.emblem)
    if w.copays:
        canvas.text(46, y, "Cost shares", font_of(family, 30, bold=True), WHITE)
        rows_beside(canvas, w.copays, 46, y + 46, 370, family, light, size=29, step=1.4)
    y = 66.0
    for i, line in enumerate(w.title):
        canvas.text(490, y, line, fitted(family, line, 46 - 8 * min(i, 1), 1060, bold=True), w.theme.main)
        y += 58
    canvas.draw.line((490, y + 8, 1550, y + 8), fill=w.theme.main, width=5)
    y = row_above(canvas, Row(w.name.label or "Subscriber", w.name.value), 490, y + 30, 1040, family, w.theme, size=44)
    y = rows_above(canvas, w.rows, (490, y + 4, 1550, 760), family, w.theme, columns=2, size=35)
    if w.rx:
        rows_above(canvas, w.rx, (490, y + 16, 1550, 900), family, w.theme, columns=len(w.rx), size=31)
    if w.employer:
        canvas.text(490, 930, w.employer, font_of(family, 29, bold=True), w.theme.ink)
    if w.partner in ("front", "both"):
        partner(canvas, w, 1550, 916, 38, family)


def front_wave(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """A curved head, rows with values in one column, the pharmacy rows in a tinted box, name first."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    canvas.draw.ellipse((-500, -820, WIDTH + 700, 236), fill=w.theme.second)
    canvas.draw.ellipse((-600, -850, WIDTH + 300, 206), fill=w.theme.main)
    emblem(canvas, w.theme.emblem, 70, 46, 84, WHITE)
    canvas.text(180, 62, w.wordmark, fitted(family, w.wordmark, 60, 1000, bold=True), WHITE)
    y = 262.0
    canvas.text(70, y, w.name.value, fitted(family, w.name.value, 48, 1400, bold=True), w.theme.ink)
    y += 72
    for line in w.title:
        canvas.text(70, y, line, fitted(family, line, 38, 1420), w.theme.main)
        y += 52
    right = 990 if w.rx else 1520
    rows_beside(canvas, w.rows, 70, y + 18, right - 80, family, w.theme, size=34, step=1.5, column=420, mark=" ")
    if w.rx:
        tint = _pale(w.theme.main, 0.1)
        boxed(
            canvas, w.rx, (1020, y + 12, 1540, y + 60 + 50 * len(w.rx)), family, w.theme, title="", tint=tint, radius=4
        )
    if w.copays:
        canvas.draw.rectangle((0, HEIGHT - 130, WIDTH, HEIGHT - 66), fill=_pale(w.theme.main, 0.14))
        copay_strip(canvas, w.copays, (70, HEIGHT - 118, 1530, HEIGHT), family, w.theme.ink, title="You pay", size=34)
    foot = HEIGHT - 52
    if w.employer:
        canvas.text(70, foot, w.employer, font_of(family, 28, bold=True), w.theme.ink)
    if w.partner in ("front", "both"):
        partner(canvas, w, 1530, 258, 40, family)


def front_form(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """A paper card: a frame, plain black rows in two halves, as printed at home."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    canvas.draw.rectangle((26, 26, WIDTH - 26, HEIGHT - 26), outline=w.theme.main, width=5)
    canvas.text(70, 66, w.wordmark, fitted(family, w.wordmark, 54, 840, bold=True), w.theme.main)
    if w.partner in ("front", "both"):
        partner(canvas, w, 1540, 74, 38, family)
    canvas.draw.line((70, 148, 1530, 148), fill=w.theme.main, width=3)
    y = 170.0
    for line in w.title:
        canvas.text(800, y, line, fitted(family, line, 42, 1440, bold=True), w.theme.ink, align="m")
        y += 56
    label = w.name.label or "Enrollee"
    halves = (Row(label, w.name.value), *w.rows)
    left = rows_beside(
        canvas, halves, 70, y + 24, 860 if (w.rx or w.copays) else 1440, family, w.theme, size=36, step=1.6
    )
    right = y + 24
    right = rows_beside(canvas, w.rx, 1000, right, 540, family, w.theme, size=32, step=1.5, column=180)
    rows_beside(canvas, w.copays, 1000, right + 20, 540, family, w.theme, size=32, step=1.45)
    if w.employer:
        canvas.text(70, max(left + 14, 880), w.employer, font_of(family, 32), w.theme.ink)
    if w.form:
        canvas.text(1530, 936, f"Form {w.form}", font_of(family, 24), (90, 90, 90), align="r")


# --- backs ----------------------------------------------------------------------------------------------------------


def back_boxed(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """Bulleted paragraphs in a frame, phones in a tinted column on the left."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    canvas.draw.rectangle((0, 0, 400, HEIGHT), fill=_pale(w.theme.main, 0.12))
    y = 60.0
    for row in w.phones:
        y = row_above(canvas, row, 40, y, 340, family, w.theme, size=31) + 22
    if w.partner in ("back", "both"):
        partner(canvas, w, 40, 900, 30, family, align="l")
    if chance(rng, 0.5):
        matrix_code(canvas, 110, 680, 180, rng)
    paragraphs(
        canvas, (450, 60, 1540, 960), w.back, family, w.theme.ink, largest=35, bullet="• " if chance(rng, 0.5) else ""
    )


def back_low_stripe(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """Paragraphs over the full width, phones in one row below, the stripe at the foot."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    paragraphs(canvas, (64, 54, 1536, 640), w.back, family, w.theme.ink, largest=34)
    rows_above(canvas, w.phones, (64, 690, 1536, 800), family, w.theme, columns=max(2, len(w.phones)), size=29)
    if w.partner in ("back", "both"):
        partner(canvas, w, 1536, 800, 32, family)
    stripe(canvas, 862, 110)


def back_card_of_two(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """A coloured head with the brand, a wide and a narrow column, a bar code upright on the right."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    canvas.gradient((0, 0, WIDTH, 96), w.theme.second, w.theme.main)
    canvas.text(64, 26, w.wordmark, fitted(family, w.wordmark, 40, 800, bold=True), WHITE)
    cut = max(1, len(w.back) * 2 // 3)
    bottom = paragraphs(canvas, (64, 130, 1010, 830), w.back[:cut], family, w.theme.ink, largest=32)
    paragraphs(canvas, (1060, 130, 1540, 620), w.back[cut:], family, w.theme.ink, largest=30)
    rows_beside(canvas, w.phones, 1060, 660, 480, family, w.theme, size=27, step=1.6)
    if w.partner in ("back", "both"):
        partner(canvas, w, 64, min(max(bottom + 20, 850), 920), 36, family, align="l")
    elif chance(rng, 0.5):
        barcode(canvas, (64, 880, 520, 960), rng)


# --- the phone's own card -------------------------------------------------------------------------------------------


def panel(w: Wording, family: Family, rng: np.random.Generator, side: str, dark: bool) -> Canvas:
    """One side of a digital card: labels left and values right on the front, headed text on the back."""
    paper, ink, faint = (
        ((24, 32, 46), (232, 236, 244), (150, 164, 184)) if dark else ((255, 255, 255), (24, 26, 30), (96, 100, 110))
    )
    canvas = Canvas.blank(paper, (1090, 1800))
    theme = Theme(w.theme.main, w.theme.second, paper, ink, w.theme.emblem)
    head = (120, 176, 226) if dark else w.theme.main
    canvas.draw.rectangle((0, 0, 1090, 14), fill=w.theme.main)
    if side == "front":
        emblem(canvas, w.theme.emblem, 40, 50, 76, head)
        canvas.text(140, 62, w.wordmark, fitted(family, w.wordmark, 48, 900, bold=True), head)
        y = 160.0
        canvas.text(40, y, w.name.value, fitted(family, w.name.value, 50, 1000, bold=True), ink)
        y += 74
        for line in w.title:
            canvas.text(40, y, line, fitted(family, line, 38, 1000), ink)
            y += 52
        y += 16
        for row in (*w.rows, *w.rx, *w.copays):
            canvas.draw.line((40, y, 1050, y), fill=_between(paper, faint), width=2)
            canvas.text(40, y + 14, row.label, fitted(family, row.label, 33, 560), faint, record=False)
            canvas.text(
                1050, y + 14, row.value, fitted(family, row.value, 34, 460, bold=True), ink, align="r", record=False
            )
            canvas.printed.append((y, 40, f"{row.label} {row.value}"))
            y += 68
    else:
        y = 44.0
        canvas.text(40, y, "For providers", font_of(family, 40, bold=True), head)
        y = paragraphs(canvas, (40, y + 66, 1050, 1500), w.back, family, ink, largest=33) + 8
        y = rows_above(canvas, w.phones, (40, y, 1050, 1700), family, theme, columns=2, size=31)
    if w.partner in (side, "both"):
        partner(canvas, w, 40, y + 20, 34, family, align="l", plate=dark)
        y += 80
    canvas.image = canvas.image.crop((0, 0, 1090, round(y + 36)))
    return canvas


def _between(a: Colour, b: Colour) -> Colour:
    return (a[0] * 2 + b[0]) // 3, (a[1] * 2 + b[1]) // 3, (a[2] * 2 + b[2]) // 3
