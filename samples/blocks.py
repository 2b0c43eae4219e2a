"""Blocks of which the worlds compose their layouts: rows, boxes, strips and wordmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samples.fonts import Family, font_of
from samples.kit import Row, Theme, Wording
from samples.paint import Canvas, Colour, Rect, emblem, fitted

WHITE: Colour = (255, 255, 255)


def rows_beside(
    canvas: Canvas,
    rows: Sequence[Row],
    x: float,
    y: float,
    width: float,
    family: Family,
    theme: Theme,
    *,
    size: float = 32,
    step: float = 1.45,
    column: float | None = None,
    mark: str = ":",
) -> float:
    """Label to the left of its value, one row a line; ``column`` is where all values start. Answers the bottom."""
    for row in rows:
        label = f"{row.label}{mark}".strip() if row.label else ""
        text = f"{label} {row.value}".strip()
        scale = min(1.0, width / max(1.0, font_of(family, size, bold=True).getlength(text) + (column or 0) * 0.25))
        plain, bold = font_of(family, size * scale), font_of(family, size * scale, bold=True)
        gap = plain.getlength(label + " ") if label else 0.0
        canvas.text(x, y, label, plain, theme.ink, record=False)
        canvas.text(x + max(gap, column or 0.0), y, row.value, bold, theme.ink, record=False)
        canvas.printed.append((y, x, text))
        y += size * step
    return y


def row_above(
    canvas: Canvas,
    row: Row,
    x: float,
    y: float,
    width: float,
    family: Family,
    theme: Theme,
    *,
    size: float = 34,
    faint: Colour = (95, 100, 108),
) -> float:
    """A small label above its value; answers the bottom."""
    if row.label:
        canvas.text(x, y, row.label, fitted(family, row.label, max(22, size * 0.74), width), faint)
        y += max(26, size * 0.9)
    canvas.text(x, y, row.value, fitted(family, row.value, size, width, bold=True), theme.ink)
    return y + size * 1.3


def rows_above(
    canvas: Canvas, rows: Sequence[Row], box: Rect, family: Family, theme: Theme, *, columns: int = 2, size: float = 34
) -> float:
    """Labels above their values in a grid, filled row by row; answers the bottom."""
    x0, y0, x1, _ = box
    width = (x1 - x0) / columns
    y, bottom = y0, y0
    for i, row in enumerate(rows):
        if i % columns == 0:
            y = bottom + (size * 0.3 if i else 0)
        bottom = max(
            bottom, row_above(canvas, row, x0 + width * (i % columns), y, width * 0.94, family, theme, size=size)
        )
    return bottom


def boxed(
    canvas: Canvas,
    rows: Sequence[Row],
    box: Rect,
    family: Family,
    theme: Theme,
    *,
    title: str,
    size: float = 29,
    tint: Colour | None = None,
    radius: int = 14,
) -> None:
    """Rows in a frame with a heading."""
    x0, y0, x1, y1 = box
    canvas.draw.rounded_rectangle(box, radius, outline=theme.main, width=3, fill=tint)
    y = y0 + 14
    if title:
        canvas.text(x0 + 20, y, title, fitted(family, title, size, x1 - x0 - 40, bold=True), theme.main)
        y += size * 1.4
    room = (y1 - y - 6) / max(1, len(rows))
    step = min(1.4, room / size)
    rows_beside(canvas, rows, x0 + 20, y, x1 - x0 - 40, family, theme, size=min(size, room / 1.05), step=step)


def copay_strip(
    canvas: Canvas, rows: Sequence[Row], box: Rect, family: Family, ink: Colour, *, title: str, size: float = 29
) -> None:
    """Copays in one line: ``Copays  Office: $25  ER: $300``, smaller where they do not fit."""
    x0, y0, x1, _ = box
    parts = [f"{r.label}: {r.value}" for r in rows]
    whole = "   ".join([title, *parts] if title else parts)
    while font_of(family, size, bold=True).getlength(whole) > x1 - x0 and size > 18:
        size -= 1
    bold, plain, x = font_of(family, size, bold=True), font_of(family, size), x0
    if title:
        x = canvas.text(x, y0, title, bold, ink, record=False) + size * 0.9
    for part in parts:
        x = canvas.text(x, y0, part, plain, ink, record=False) + size * 0.9
    canvas.printed.append((y0, x0, " ".join(whole.split())))


def brand(
    canvas: Canvas,
    wording: Wording,
    x: float,
    y: float,
    size: float,
    family: Family,
    ink: Colour,
    *,
    width: float = 800,
    align: str = "l",
) -> float:
    """The issuer's emblem and wordmark; answers the right edge."""
    font = fitted(family, wording.wordmark, size, width, bold=True)
    if align == "r":
        left = x - font.getlength(wording.wordmark)
        emblem(canvas, wording.theme.emblem, left - size * 1.35, y - size * 0.02, size * 1.1, ink)
        return canvas.text(left, y, wording.wordmark, font, ink)
    right = emblem(canvas, wording.theme.emblem, x, y - size * 0.02, size * 1.1, ink)
    return canvas.text(right + size * 0.3, y, wording.wordmark, font, ink)


def partner(
    canvas: Canvas,
    wording: Wording,
    x: float,
    y: float,
    size: float,
    family: Family,
    *,
    align: str = "r",
    plate: bool = False,
    ink: Colour = (0, 101, 163),
) -> None:
    """The wordmark of the partner network, on a white plate where the ground is coloured."""
    name = wording.partner_name
    font = font_of(family, size, bold=True)
    width = font.getlength(name) + size * 1.2
    left = x - width if align == "r" else x
    if plate:
        box = (left - size * 0.5, y - size * 0.35, left + width + size * 0.5, y + size * 1.45)
        canvas.draw.rounded_rectangle(box, 12, fill=WHITE)
    emblem(canvas, "tree", left, y, size * 1.05, (88, 160, 60))
    canvas.text(left + size * 1.2, y, name, font, ink)


def watermark(canvas: Canvas, rng: np.random.Generator, colour: Colour, box: Rect) -> None:
    """Faint waves behind the text, as on many cards."""
    x0, y0, x1, y1 = box
    for i in range(int(rng.integers(3, 7))):
        amplitude, phase, base = rng.uniform(15, 50), rng.uniform(0, 6.3), y0 + (y1 - y0) * rng.random()
        xs = np.arange(x0, x1, 20)
        ys = base + amplitude * np.sin(xs / rng.uniform(150, 320) + phase + i)
        canvas.draw.line([(float(a), float(b)) for a, b in zip(xs, ys, strict=True)], fill=colour, width=4)
