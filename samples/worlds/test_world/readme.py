"""This project's own README on a screen: it says everything that a card says, and is none."""

from __future__ import annotations

import random
import textwrap
from functools import lru_cache
from pathlib import Path

from samples.worlds.test_world.flats import Flat, card_flat
from samples.worlds.test_world.typeset import Face, Sheet

_ROOT = Path(__file__).parents[3]
_ROWS = 34
_LEADING = 5.4  # mm


@lru_cache(maxsize=1)
def _lines() -> tuple[str, ...]:
    text = (_ROOT / "README.md").read_text(encoding="utf-8")
    return tuple(row for line in text.splitlines() for row in textwrap.wrap(line, 104) or [""])


def draw_readme(rng: random.Random, ppm: float) -> Flat:
    """A part of it, as a browser or an editor shows it, light or dark. ``ppm``: pixels per mm."""
    lines = _lines()
    start = rng.randrange(max(1, len(lines) - _ROWS))
    dark, plain = rng.random() < 0.3, rng.random() < 0.5
    ground, ink, faint = (
        ((24, 27, 33), (226, 230, 236), (150, 156, 166)) if dark else ((253, 253, 254), (32, 36, 42), (110, 116, 124))
    )
    sheet = Sheet(260, 16 + _LEADING * (_ROWS + 1), ppm, ground)
    sheet.rect(0, 0, 260, 9, fill=(44, 48, 56) if dark else (224, 227, 232))
    sheet.text(10, 6.4, "README.md", Face("lato", 3.6, faint))
    for row, text in enumerate(lines[start : start + _ROWS]):
        heading = text.startswith("#")
        family = "mono" if plain else "lato"
        face = Face(family, 5.0 if heading else 3.8, ink, heading)
        sheet.text(10, 18 + _LEADING * row, text.lstrip("# ") if heading else text, sheet.fit(text, face, 240))
    return card_flat(sheet, "front", 0.0, edge=False)
