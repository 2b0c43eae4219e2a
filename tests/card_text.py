"""Sides of cards from plain lines, as an engine would give them: for what reasons about text and places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cardscan.extract.fields import extract
from cardscan.extract.labels import Sheet, read_sheet
from cardscan.layout import View
from cardscan.records import Corners, FieldValue, Line, Word

LETTER, HEIGHT, STEP = 15.0, 34.0, 50.0
"""Width of a letter, height of a line and distance between lines, in pixels."""


def box_at(x: float, y: float, letters: int) -> Corners:
    return np.array(
        [[x, y], [x + LETTER * letters, y], [x + LETTER * letters, y + HEIGHT], [x, y + HEIGHT]], np.float64
    )


def line_at(text: str, x: float, y: float, confidence: float = 0.99) -> Line:
    """A line and its words, every letter as wide as the others."""
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append(Word(word, confidence, box_at(x + LETTER * at, y, len(word))))
        at += len(word)
    return Line(text, confidence, box_at(x, y, len(text)), tuple(words))


def side(*texts: str, image: int = 0, confidence: float = 0.99) -> View:
    """Lines one below the other; an empty one leaves its place free."""
    return View(image, tuple(line_at(text, 40, 40 + STEP * i, confidence) for i, text in enumerate(texts) if text))


def sheet_of(*texts: str) -> Sheet:
    """The labels and words of lines one below the other."""
    return read_sheet(side(*texts))


def field_of(view: View, name: str) -> FieldValue:
    """One field of what a side says."""
    return extract([read_sheet(view)])[name]


def sheet(*placed: tuple[float, float, str], image: int = 0) -> View:
    """Lines at (column in letters, row) each."""
    return View(image, tuple(line_at(text, 40 + LETTER * x, 40 + STEP * y) for x, y, text in placed))


def wrapped(text: str, width: int) -> list[str]:
    """A paragraph broken into lines of at most ``width`` letters, where a word allows it."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def card(*sides: Sequence[str]) -> list[View]:
    """Sides of a card, each in a picture of its own."""
    return [side(*texts, image=i) for i, texts in enumerate(sides)]
