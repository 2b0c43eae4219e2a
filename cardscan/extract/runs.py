"""Words that are read as one value: their text, how sure it is, and the box that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cardscan.extract.labels import Token
from cardscan.records import Box, Corners, box_of


@dataclass(frozen=True, slots=True)
class Value:
    """Words that stand where the value of a label stands.

    Attributes:
        text: With a space between words.
        confidence: That of the word that was read worst.
        box: In pixels of the picture.
        image: Number of the picture.
        how: Where they stand: "right", "below", …
        distance: From their label, in line heights.
        before: What stands before them in their line, or in the line above where they begin theirs.
    """

    text: str
    confidence: float
    box: Box
    image: int
    how: str
    distance: float = 0.0
    before: str = ""


def as_value(run: Sequence[Token], image: int, how: str) -> Value:
    return Value(text_of(run), min(t.confidence for t in run), hull(t.box for t in run), image, how)


def text_of(run: Sequence[Token]) -> str:
    """Words with spaces between them; none behind a dash that ends a line."""
    pairs = zip(run, [*run[1:], None], strict=True)
    return "".join(a.text + ("" if b is None or (b.row != a.row and a.text[-1] == "-") else " ") for a, b in pairs)


def hull(boxes: Iterable[Corners]) -> Box:
    """The box that holds all of some boxes in the direction of their text, clockwise from its upper left."""
    corners = np.array(list(boxes))
    along = (corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]).sum(axis=0)
    along = along / (np.linalg.norm(along) or 1.0)
    axes = np.array([along, [-along[1], along[0]]])
    places = corners.reshape(-1, 2) @ axes.T
    (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
    return box_of(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ axes)
