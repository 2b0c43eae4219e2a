"""Spaces that a line shows and its reader lost."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from cardscan.ocr.spacing import Glyph, with_spaces
from cardscan.records import Pixels

FONT = ImageFont.truetype("DejaVuSans.ttf", 30)


def _line(text: str) -> tuple[Pixels, list[Glyph]]:
    """A line as drawn, and its letters without any space, each where it stands."""
    width = round(FONT.getlength(text)) + 20
    image = Image.new("RGB", (width, 48), (246, 246, 240))
    ImageDraw.Draw(image).text((10, 6), text, font=FONT, fill=(30, 34, 60))
    glyphs = []
    for i, letter in enumerate(text):
        middle = 10 + (FONT.getlength(text[:i]) + FONT.getlength(text[: i + 1])) / 2
        if letter != " ":
            glyphs.append(Glyph(letter, 0.9, middle / width))
    return np.asarray(image), glyphs


def _text(glyphs: list[Glyph]) -> str:
    return "".join(glyph.text for glyph in glyphs)


@pytest.mark.parametrize(
    "text",
    [
        "FARROKHZAD, MARIBEL K",
        "DANIEL H HILL",
        "Rx BIN: 004336",
        "Chattanooga, TN 37422-8061. Payer ID",
        "Group #: 20-1181",
        "(TTY 711) Call 1-888-831-0761",
        "Office: $25 Urgent: $1,200.50",
        "Illinois llama 11111 will fill",
    ],
)
def test_spaces_come_back_where_the_line_shows_them(text: str) -> None:
    strip, glyphs = _line(text)
    assert _text(with_spaces(glyphs, strip)) == text


def test_a_space_that_was_read_is_not_doubled() -> None:
    strip, glyphs = _line("Member ID")
    read = [*glyphs[:6], Glyph(" ", 1.0, 0.7), *glyphs[6:]]
    assert _text(with_spaces(read, strip)) == "Member ID"


def test_letters_set_wide_apart_are_one_word() -> None:
    strip, glyphs = _line("H E A L T H")
    assert _text(with_spaces(glyphs, strip)) == "HEALTH"


@pytest.mark.parametrize("text", ["", "A", "ID"])
def test_short_lines(text: str) -> None:
    strip, glyphs = _line(text or " ")
    assert _text(with_spaces(glyphs, strip)) == text


def test_a_shadow_over_a_line_parts_no_word() -> None:
    strip, glyphs = _line("Out-of-Area providers may be seen by members of this plan")
    shade = np.where(np.arange(strip.shape[1]) % 120 < 70, 0.22, 1.0)[None, :, None]
    dark = (strip * shade).astype(np.uint8)
    assert _text(with_spaces(glyphs, dark)) == _text(with_spaces(glyphs, strip))
