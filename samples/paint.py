"""A canvas that remembers what was printed on it, and the small drawn things of a card: logos, bars, codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from samples.fonts import Family, font_of

Colour = tuple[int, int, int]
Rect = tuple[float, float, float, float]

WIDTH = 1600
"""Width in pixels of every card side as it is drawn."""

HEIGHT = 1009
"""Height of an ISO ID-1 card at that width."""

SMALLEST = 22
"""Smallest body text in pixels at that width."""


@dataclass(slots=True)
class Canvas:
    """One side of a card while it is drawn; ``printed`` holds every line with its place."""

    image: Image.Image
    printed: list[tuple[float, float, str]] = field(default_factory=list)

    @classmethod
    def blank(cls, colour: Colour = (255, 255, 255), size: tuple[int, int] = (WIDTH, HEIGHT)) -> Canvas:
        return cls(Image.new("RGB", size, colour))

    @property
    def draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    @property
    def lines(self) -> tuple[str, ...]:
        """The printed lines, top to bottom and left to right."""
        return tuple(text for _, _, text in sorted(self.printed, key=lambda p: (round(p[0] / 14), p[1])))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        font: ImageFont.FreeTypeFont,
        fill: Colour,
        *,
        align: str = "l",
        record: bool = True,
    ) -> float:
        """Print one line with its top at ``y``; answers its right edge. ``align`` is l, m or r about ``x``."""
        self.draw.text((x, y), text, font=font, fill=fill, anchor=f"{align}a")
        width = font.getlength(text)
        left = x - {"l": 0.0, "m": width / 2, "r": width}[align]
        if record:
            self.printed.append((y, left, text))
        return left + width

    def gradient(self, box: Rect, start: Colour, end: Colour, *, vertical: bool = False) -> None:
        """Fill a box with a straight gradient."""
        x0, y0, x1, y1 = (round(v) for v in box)
        w, h = x1 - x0, y1 - y0
        ramp = np.linspace(0, 1, h if vertical else w)[:, None]
        strip = np.asarray(start) * (1 - ramp) + np.asarray(end) * ramp
        block = np.repeat(strip[:, None] if vertical else strip[None], w if vertical else h, axis=1 if vertical else 0)
        self.image.paste(Image.fromarray(block.astype(np.uint8)), (x0, y0))


def fitted(family: Family, text: str, size: float, width: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The face at ``size`` or, where the text is too long for ``width``, smaller (never below 60 %)."""
    font = font_of(family, size, bold=bold)
    while font.getlength(text) > width and size > 18:
        size *= 0.95
        font = font_of(family, size, bold=bold)
    return font


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Words of a paragraph set into lines no wider than ``width``."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def paragraphs(
    canvas: Canvas,
    box: Rect,
    texts: tuple[str, ...],
    family: Family,
    fill: Colour,
    *,
    largest: float = 34,
    gap: float = 0.55,
    bullet: str = "",
) -> float:
    """Set paragraphs into a box at the largest size at which they fit (at least ``SMALLEST``); answers the bottom."""
    x0, y0, x1, y1 = box
    size, font, sets, height = largest, font_of(family, largest), [[""]], 0.0
    while True:
        font = font_of(family, size)
        sets = [wrapped(bullet + t, font, x1 - x0) for t in texts]
        height = sum(len(s) for s in sets) * size * 1.26 + gap * size * max(0, len(sets) - 1)
        if height <= y1 - y0 or size <= SMALLEST - 2:
            break
        size -= 1
    y = y0
    for lines in sets:
        for line in lines:
            canvas.text(x0, y, line, font, fill)
            y += size * 1.26
        y += gap * size
    return y


# --- small drawn things ---------------------------------------------------------------------------------------------


def emblem(canvas: Canvas, kind: str, x: float, y: float, size: float, fill: Colour) -> float:
    """A simple drawn logo in a square; answers its right edge."""
    d = canvas.draw
    if kind == "people":
        for i, (dx, r) in enumerate(((0.22, 0.11), (0.5, 0.14), (0.78, 0.11))):
            cx, top = x + dx * size, y + (0.1 if i == 1 else 0.2) * size
            d.ellipse((cx - r * size, top, cx + r * size, top + 2 * r * size), fill=fill)
            d.pieslice((cx - 0.2 * size, top + 2.3 * r * size, cx + 0.2 * size, y + 1.25 * size), 180, 360, fill=fill)
    elif kind == "tree":
        d.rectangle((x + 0.45 * size, y + 0.5 * size, x + 0.55 * size, y + size), fill=fill)
        for cx, cy, r in ((0.5, 0.25, 0.22), (0.25, 0.45, 0.18), (0.75, 0.45, 0.18), (0.5, 0.5, 0.18)):
            box = (x + (cx - r) * size, y + (cy - r) * size, x + (cx + r) * size, y + (cy + r) * size)
            d.ellipse(box, fill=fill)
    elif kind == "cross":
        d.rectangle((x + 0.38 * size, y + 0.08 * size, x + 0.62 * size, y + 0.92 * size), fill=fill)
        d.rectangle((x + 0.08 * size, y + 0.38 * size, x + 0.92 * size, y + 0.62 * size), fill=fill)
    elif kind == "shield":
        d.polygon(
            [(x + a * size, y + b * size) for a, b in ((0.1, 0.1), (0.9, 0.1), (0.9, 0.55), (0.5, 0.98), (0.1, 0.55))],
            fill=fill,
        )
    elif kind == "rings":
        for i in range(3):
            box = (x + 0.1 * i * size, y + 0.1 * i * size, x + (1 - 0.1 * i) * size, y + (1 - 0.1 * i) * size)
            d.ellipse(box, outline=fill, width=max(2, round(0.05 * size)))
    else:
        d.polygon([(x + a * size, y + b * size) for a, b in ((0.5, 0), (1, 0.9), (0, 0.9))], fill=fill)
    return x + size


def stripe(canvas: Canvas, y: float, height: float) -> None:
    """A magnetic stripe across the card."""
    canvas.gradient((0, y, canvas.image.width, y + height), (34, 31, 30), (16, 16, 18))


def barcode(canvas: Canvas, box: Rect, rng: np.random.Generator) -> None:
    """Bars as of a one-dimensional code; it encodes nothing."""
    x0, y0, x1, y1 = box
    canvas.draw.rectangle((x0 - 14, y0 - 8, x1 + 14, y1 + 8), fill=(255, 255, 255))
    x = x0
    while x < x1:
        w = float(rng.choice([3, 3, 6, 9]))
        canvas.draw.rectangle((x, y0, min(x + w, x1) - 1, y1), fill=(12, 12, 12))
        x += w + float(rng.choice([3, 3, 6, 9]))


def matrix_code(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator) -> None:
    """A block as of a two-dimensional code with its three finder squares; it encodes nothing."""
    n = 25
    cells = rng.random((n, n)) < 0.5
    for r, c in ((0, 0), (0, n - 7), (n - 7, 0)):
        cells[r : r + 7, c : c + 7] = True
        cells[r + 1 : r + 6, c + 1 : c + 6] = False
        cells[r + 2 : r + 5, c + 2 : c + 5] = True
    block = Image.fromarray(np.where(cells, 20, 255).astype(np.uint8)).resize((round(size), round(size)), 0)
    canvas.draw.rectangle((x - 10, y - 10, x + size + 10, y + size + 10), fill=(255, 255, 255))
    canvas.image.paste(block.convert("RGB"), (round(x), round(y)))


def rounded(image: Image.Image, radius: int) -> Image.Image:
    """The card as RGBA with its corners cut round (``radius`` in pixels; 0 leaves them square)."""
    mask = Image.new("L", (image.width * 2, image.height * 2), 0)
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * 2, fill=255)
    out = image.convert("RGBA")
    out.putalpha(mask.resize(image.size, Image.Resampling.LANCZOS))
    return out
