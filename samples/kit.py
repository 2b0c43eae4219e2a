"""What a world brings along, and what a card says before it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples.case import Truth
from samples.fonts import Family
from samples.paint import Canvas, Colour


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value. ``field`` is the name under which the truth knows it, ``true`` its value there."""

    label: str
    value: str
    field: str | None = None
    true: str | None = None

    @property
    def fact(self) -> str:
        return self.true if self.true is not None else self.value


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours, logo and letter of an issuer."""

    main: Colour
    second: Colour
    paper: Colour = (255, 255, 255)
    ink: Colour = (30, 32, 36)
    emblem: str = "cross"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a card says.

    Attributes:
        title: Plan lines of the front.
        name: The member's row (label may be empty).
        rows: Numbers of the front, member id first.
        rx: Rows of the pharmacy box, maybe none.
        copays: Label and amount pairs, maybe none.
        back: Paragraphs of the back.
        phones: Label and number pairs of the back.
        partner: Sides on which the partner network's wordmark is printed: "", "front", "back" or "both".
        loose: Facts that stand inside a paragraph of the back (field name to value).
    """

    theme: Theme
    wordmark: str
    title: tuple[str, ...]
    name: Row
    rows: tuple[Row, ...]
    rx: tuple[Row, ...] = ()
    copays: tuple[Row, ...] = ()
    note: str = ""
    back: tuple[str, ...] = ()
    phones: tuple[Row, ...] = ()
    partner: str = ""
    partner_name: str = "Cigna Healthcare"
    employer: str = ""
    form: str = ""
    loose: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a card, drawn: RGBA, and what is printed on it."""

    side: str
    image: Image.Image
    lines: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """Both sides of a card and what is true of it. ``sheet`` is "card", "phone", "page", "receipt" or "web"."""

    sides: tuple[Side, ...]
    truth: Truth
    sheet: str = "card"


Layout = Callable[[Canvas, Wording, Family, np.random.Generator], None]
Panel = Callable[[Wording, Family, np.random.Generator, str, bool], Canvas]
Backdrop = Callable[[int, int, np.random.Generator], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Camera:
    """A world's phones: picture sizes (landscape), and ranges of what their pictures suffer."""

    sizes: Sequence[tuple[int, int]]
    noise: tuple[float, float]
    blur: tuple[float, float]
    focal: tuple[float, float]
    warmth: float
    vignette: float


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything that is a world's own."""

    name: str
    folder: Path
    families: Sequence[Family]
    fronts: Sequence[Layout]
    backs: Sequence[Layout]
    panel: Panel
    themes: Mapping[str, Sequence[Theme]]
    labels: Mapping[str, Sequence[str]]
    people: tuple[Sequence[str], Sequence[str]]
    employers: Sequence[str]
    copays: Sequence[Sequence[str]]
    backdrops: Mapping[str, Backdrop]
    camera: Camera
