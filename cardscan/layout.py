"""Where lines of text stand to each other: rows, columns and paragraphs, whatever way the card was held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cardscan.records import Line

_NEXT = 1.9  # line heights from one line of a paragraph to the next, at most
_FLUSH = 1.5  # by which they may begin apart, or have their middles apart


@dataclass(frozen=True, slots=True)
class View:
    """One side of a card as it was read: lines with boxes in pixels of picture number ``image``."""

    image: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A line in the text's own upright frame. Units: the median height of the lines of its view."""

    line: Line
    image: int
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def place(view: View) -> tuple[Placed, ...]:
    """The lines of a view in an upright frame, in reading order."""
    if not view.lines:
        return ()
    boxes = np.array([line.box for line in view.lines])
    right = np.sum(boxes[:, 1] - boxes[:, 0] + boxes[:, 2] - boxes[:, 3], axis=0)
    right = right / (np.linalg.norm(right) or 1.0)
    down = np.array([-right[1], right[0]])
    unit = float(np.median(np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1))) or 1.0
    x, y = boxes @ right / unit, boxes @ down / unit
    placed = []
    for i, line in enumerate(view.lines):
        # the mean of the two upper corners, not their minimum: a slightly tilted line is not a tall one
        top, bottom = float(y[i, :2].mean()), float(y[i, 2:].mean())
        placed.append(Placed(line, view.image, float(x[i].min()), float(x[i].max()), top, bottom))
    return tuple(placed)


def next_line(row: int, lines: Sequence[Placed]) -> int | None:
    """The line in which a paragraph goes on, set flush left or centred; None where it ends."""
    line = lines[row]
    under = [
        (p.top, number) for number, p in enumerate(lines)
        if 0 < p.middle - line.middle < _NEXT * line.height
        and min(abs(p.left - line.left), abs(p.left + p.right - line.left - line.right) / 2) < _FLUSH
    ]  # fmt: skip
    return min(under)[1] if under else None


def line_above(row: int, lines: Sequence[Placed]) -> int | None:
    """The line that goes on in this one; None where a paragraph begins."""
    below = lines[row]
    near = (number for number, p in enumerate(lines) if 0 < below.middle - p.middle < _NEXT * p.height)
    return next((number for number in near if next_line(number, lines) == row), None)


def paragraphs(lines: Sequence[Placed]) -> list[list[Placed]]:
    """Lines that run on below one another: overlapping columns, alike in height, little space between."""
    chains: list[list[Placed]] = []
    for line in sorted(lines, key=lambda p: p.middle):
        best = max((c for c in chains if _continues(c[-1], line)), key=lambda c: c[-1].bottom, default=None)
        if best is None:
            chains.append([line])
        else:
            best.append(line)
    return chains


def _continues(above: Placed, below: Placed) -> bool:
    gap = below.top - above.bottom
    height = max(above.height, below.height)
    overlap = min(above.right, below.right) - max(above.left, below.left)
    alike = min(above.height, below.height) / max(height, 1e-6) > 0.6
    return (
        alike
        and -0.5 * height < gap < 1.1 * height
        and overlap > 0.3 * min(above.right - above.left, below.right - below.left)
    )
