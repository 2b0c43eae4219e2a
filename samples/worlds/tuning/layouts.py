"""How the cards of the tuning world are laid out: three fronts, three backs and one phone panel."""

from __future__ import annotations

import numpy as np

from samples.blocks import WHITE, boxed, brand, copay_strip, partner, row_above, rows_above, rows_beside, watermark
from samples.fonts import Family, font_of
from samples.kit import Row, Wording
from samples.numbers import chance, pick
from samples.paint import HEIGHT, WIDTH, Canvas, barcode, fitted, matrix_code, paragraphs, stripe


def front_band(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """A coloured header band, rows beside their labels, a pharmacy box on the right, copays at the foot."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    if chance(rng, 0.4):
        tint = tuple(round(255 - (255 - c) * 0.10) for c in w.theme.main)
        watermark(canvas, rng, (tint[0], tint[1], tint[2]), (0, 230, WIDTH, HEIGHT - 60))
    canvas.gradient((0, 0, WIDTH, 190), w.theme.main, w.theme.second)
    both = w.partner in ("front", "both")
    brand(canvas, w, 60, 62, 62, family, WHITE, width=880 if both else 1300)
    if both:
        partner(canvas, w, WIDTH - 80, 70, 40, family, plate=True)
    y = _titles(canvas, w, 60, 216, 1480, family)
    right = 1040 if w.rx else 1540
    y = (
        row_above(canvas, w.name, 60, y + 6, right - 90, family, w.theme, size=44)
        if w.name.label and chance(rng, 0.5)
        else rows_beside(canvas, [w.name], 60, y + 6, right - 90, family, w.theme, size=42)
    )
    size = 35 if len(w.rows) < 5 else 32
    rows_beside(canvas, w.rows, 60, y + 10, right - 90, family, w.theme, size=size, step=1.5)
    if w.rx:
        title = pick(rng, ["Rx", "Pharmacy", "Prescription"])
        boxed(canvas, w.rx, (1060, 400, 1550, 470 + 52 * len(w.rx)), family, w.theme, title=title, size=31)
    _foot(canvas, w, family, rng)


def _titles(canvas: Canvas, w: Wording, x: float, y: float, width: float, family: Family) -> float:
    for i, line in enumerate(w.title):
        size = 44 if i == 0 else 36
        canvas.text(x, y, line, fitted(family, line, size, width, bold=i == 0), w.theme.main)
        y += size * 1.3
    return y


def _foot(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    small = font_of(family, 22)
    if w.copays:
        canvas.draw.line((60, 868, WIDTH - 60, 868), fill=w.theme.main, width=3)
        copay_strip(
            canvas,
            w.copays,
            (60, 888, WIDTH - 60, 930),
            family,
            w.theme.ink,
            title=pick(rng, ["Copays", "", "Copayments"]),
            size=32,
        )
    if w.employer:
        canvas.text(WIDTH - 60, 826, w.employer, font_of(family, 28, bold=True), w.theme.ink, align="r")
    if w.form:
        canvas.text(60, 954, w.form, small, (110, 110, 110))


def front_plain(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """White card: logo left, plan right, labels above values in two columns, a coloured foot."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    brand(canvas, w, 70, 70, 58, family, w.theme.main, width=900)
    if w.partner in ("front", "both"):
        partner(canvas, w, WIDTH - 70, 76, 42, family)
    y = 170.0
    for i, line in enumerate(w.title):
        font = fitted(family, line, 40 if i == 0 else 33, 1460, bold=True)
        canvas.text(WIDTH - 70, y, line, font, w.theme.ink if i else w.theme.second, align="r")
        y += 54
    canvas.draw.line((70, y + 8, WIDTH - 70, y + 8), fill=w.theme.second, width=4)
    items = [w.name if w.name.label else Row("Name", w.name.value), *w.rows, *w.rx]
    count = len(items)
    columns = 2 if count <= 6 else 3
    size = 38 if count <= 6 else 34
    rows_above(canvas, items, (70, y + 36, WIDTH - 70, 860), family, w.theme, columns=columns, size=size)
    canvas.gradient((0, HEIGHT - 112, WIDTH, HEIGHT), w.theme.main, w.theme.second)
    if w.copays:
        copay_strip(canvas, w.copays, (70, HEIGHT - 78, WIDTH - 70, HEIGHT), family, WHITE, title="", size=33)
    if w.employer:
        canvas.text(WIDTH - 70, HEIGHT - 160, w.employer, font_of(family, 28), w.theme.ink, align="r")


def front_shade(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """A pale gradient, wordmark top right, numbers in the middle, the name large at the foot."""
    light = tuple(round(255 - (255 - c) * 0.22) for c in w.theme.second)
    canvas.gradient((0, 0, WIDTH, HEIGHT), w.theme.paper, (light[0], light[1], light[2]), vertical=chance(rng, 0.5))
    brand(canvas, w, WIDTH - 70, 66, 56, family, w.theme.main, width=860, align="r")
    if w.partner in ("front", "both"):
        partner(canvas, w, 70, 74, 40, family, align="l")
    y = _titles(canvas, w, 70, 176, 1440, family)
    half = 880 if (w.rx or w.copays) else 1460
    rows_beside(canvas, w.rows, 70, y + 24, half - 70, family, w.theme, size=34, step=1.55, column=340, mark="")
    top = y + 20
    if w.rx:
        bottom = top + 66 + 46 * len(w.rx)
        boxed(canvas, w.rx, (920, top, 1530, bottom), family, w.theme, title="", size=31, tint=WHITE)
        top = bottom + 20
    for row in w.copays:
        rows_beside(canvas, [row], 940, top, 560, family, w.theme, size=30, step=1.3)
        top += 41
    label = w.name.label or "Member"
    canvas.text(70, HEIGHT - 176, label, font_of(family, 26), w.theme.ink)
    canvas.text(70, HEIGHT - 140, w.name.value, fitted(family, w.name.value, 52, 1000, bold=True), w.theme.ink)
    if w.employer:
        canvas.text(WIDTH - 70, HEIGHT - 100, w.employer, font_of(family, 28), w.theme.ink, align="r")


# --- backs ----------------------------------------------------------------------------------------------------------


def back_stripe(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """Magnetic stripe, paragraphs on the left, phones on the right."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    stripe(canvas, 60, 130)
    column = 1070 if w.phones else 1540
    paragraphs(canvas, (60, 222, column, 940), w.back, family, w.theme.ink, largest=31)
    if w.phones:
        canvas.draw.line((column + 30, 230, column + 30, 800), fill=w.theme.main, width=3)
        rows_above(canvas, w.phones, (column + 60, 226, 1560, 800), family, w.theme, columns=1, size=30)
    if w.partner in ("back", "both"):
        partner(canvas, w, WIDTH - 60, 880, 36, family)


def back_columns(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """Two columns of paragraphs with a rule between, phones at the foot, perhaps a bar code."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    canvas.draw.rectangle((0, 0, WIDTH, 26), fill=w.theme.main)
    canvas.text(60, 46, w.wordmark, font_of(family, 30, bold=True), w.theme.main)
    if w.partner in ("back", "both"):
        partner(canvas, w, WIDTH - 60, 46, 34, family)
    split = _balanced(w.back)
    paragraphs(canvas, (60, 112, 775, 760), w.back[:split], family, w.theme.ink, largest=31)
    paragraphs(canvas, (825, 112, 1540, 760), w.back[split:], family, w.theme.ink, largest=31)
    canvas.draw.line((800, 116, 800, 750), fill=w.theme.second, width=2)
    if w.phones:
        rows_above(canvas, w.phones, (60, 790, 1080, 980), family, w.theme, columns=2, size=28)
    if chance(rng, 0.6):
        barcode(canvas, (1160, 810, 1530, 920), rng)


def _balanced(texts: tuple[str, ...]) -> int:
    """Where to break the paragraphs so that both columns are about as long."""
    whole = sum(map(len, texts))
    return min(range(1, len(texts) + 1), key=lambda i: abs(sum(map(len, texts[:i])) - whole / 2))


def back_full(canvas: Canvas, w: Wording, family: Family, rng: np.random.Generator) -> None:
    """Phones in a tinted head, paragraphs over the full width, a code block in the corner."""
    canvas.draw.rectangle((0, 0, WIDTH, HEIGHT), fill=w.theme.paper)
    tint = tuple(round(255 - (255 - c) * 0.13) for c in w.theme.main)
    canvas.draw.rectangle((0, 0, WIDTH, 200), fill=(tint[0], tint[1], tint[2]))
    rows_above(canvas, w.phones, (60, 40, WIDTH - 60, 190), family, w.theme, columns=max(2, len(w.phones)), size=28)
    code = chance(rng, 0.5)
    bottom = paragraphs(canvas, (60, 232, WIDTH - 60, 800 if code else 900), w.back, family, w.theme.ink, largest=33)
    if code:
        matrix_code(canvas, WIDTH - 210, max(bottom, 810), 150, rng)
    if w.partner in ("back", "both"):
        partner(canvas, w, 60, 924, 36, family, align="l")
    elif w.form:
        canvas.text(60, 944, w.form, font_of(family, 22), (110, 110, 110))


# --- the phone's own card -------------------------------------------------------------------------------------------


def panel(w: Wording, family: Family, rng: np.random.Generator, side: str, dark: bool) -> Canvas:
    """One side of a digital card as an app shows it: 1090 px wide, as high as its text needs."""
    paper, ink = ((38, 41, 48), (236, 238, 242)) if dark else ((255, 255, 255), (28, 30, 34))
    canvas = Canvas.blank(paper, (1090, 1700))
    theme = type(w.theme)(w.theme.main, w.theme.second, paper, ink, w.theme.emblem)
    faint = (165, 170, 180) if dark else (100, 104, 112)
    if side == "front":
        canvas.gradient((0, 0, 1090, 130), w.theme.main, w.theme.second)
        brand(canvas, w, 40, 42, 46, family, WHITE, width=860)
        y = 156.0
        for line in w.title:
            canvas.text(40, y, line, fitted(family, line, 38, 1010, bold=True), ink)
            y += 54
        y = row_above(canvas, w.name, 40, y + 8, 1010, family, theme, size=40, faint=faint)
        for row in (*w.rows, *w.rx):
            y = row_above(canvas, row, 40, y + 2, 1010, family, theme, size=33, faint=faint)
        if w.copays:
            copay_strip(canvas, w.copays, (40, y + 8, 1050, y + 60), family, ink, title="Copays", size=30)
            y += 60
        if w.partner in ("front", "both"):
            partner(canvas, w, 1050, y, 34, family, plate=dark)
            y += 70
    else:
        y = paragraphs(canvas, (40, 36, 1050, 1500), w.back, family, ink, largest=31)
        for row in w.phones:
            y = rows_beside(canvas, [row], 40, y + 4, 1010, family, theme, size=29, step=1.35)
        if w.partner in ("back", "both"):
            partner(canvas, w, 1050, y + 8, 32, family, plate=dark)
            y += 70
    canvas.image = canvas.image.crop((0, 0, 1090, round(y + 30)))
    return canvas
