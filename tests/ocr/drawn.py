"""Text drawn on white, and what a test asks of its reading."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cardscan.records import Corners, Pixels, Reading

LINES = (
    "Kaiser Permanente",
    "Member ID 0012345678",
    "Group Number 123456",
    "Cigna PPO Network providers",
    "call 888-831-0761",
)


def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font: no font of the machine is needed."""
    chosen = ImageFont.load_default(size)
    assert isinstance(chosen, ImageFont.FreeTypeFont)
    return chosen


def draw(places: Sequence[tuple[int, int, str]], size: tuple[int, int] = (1000, 600), height: int = 36) -> Pixels:
    """Text at (x, y) each, black on white. ``size``: width, height."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for x, y, text in places:
        pen.text((x, y), text, fill="black", font=font(height))
    return sealed(np.asarray(image))


def page(lines: Sequence[str] = LINES) -> Pixels:
    """Lines one below the other, with room around."""
    return draw([(60, 60 + 90 * i, text) for i, text in enumerate(lines)])


def turned(pixels: Pixels, degrees: int) -> Pixels:
    """The picture turned clockwise."""
    return sealed(np.ascontiguousarray(np.rot90(pixels, -degrees // 90)))


def sealed(pixels: Pixels) -> Pixels:
    pixels = pixels.copy()
    pixels.flags.writeable = False
    return pixels


def letters(reading: Reading) -> list[str]:
    """The lines without spaces and punctuation, which engines disagree about."""
    return ["".join(c for c in line.text.lower() if c.isalnum()) for line in reading.lines]


def plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def ink(pixels: Pixels, box: Corners) -> float:
    """Share of dark pixels in the rectangle around a box."""
    x0, y0 = np.maximum(np.floor(box.min(0)).astype(int), 0)
    x1, y1 = np.ceil(box.max(0)).astype(int)
    return float((pixels[y0:y1, x0:x1] < 128).mean())
