"""Spaces that a reader lost, put back where the line shows them.

The readers drop the space after a colon or before an initial now and then, although the gap is there to be seen. A gap
counts where no ink stands between two letters for longer than between other letters of the line. Digits are never
parted: a number with a wide figure one in it is one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.records import Pixels

_FAINT = 0.3  # of the line's contrast: a column with less is paper
_LEAST = 10  # columns of a gap after a mark, of a line 48 pixels high
_LEAST_BETWEEN = 11  # the same between letters
_WIDER = 1.5  # than the line's usual gap, after a mark
_WIDER_BETWEEN = 2.2
_MARKS = ".,:;#)"
_OPENING = "(#$&"
_THIN = "lIi|!"  # two of them stand far apart in any word


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as read: ``x`` is its centre as a fraction of the line's width."""

    text: str
    confidence: float
    x: float


def with_spaces(glyphs: Sequence[Glyph], strip: Pixels) -> list[Glyph]:
    """The characters of a line with the spaces that its picture shows and that were not read.

    Args:
        glyphs: In reading order.
        strip: RGB, the line upright, 48 pixels high.
    """
    if len(glyphs) < 3:
        return list(glyphs)
    gaps = _gaps(glyphs, strip)
    inside = [gap for gap, a, b in zip(gaps, glyphs, glyphs[1:], strict=False) if " " not in (a.text, b.text)]
    usual = max(1.0, float(np.median(inside))) if inside else 1.0
    spaced = [glyphs[0]]
    for gap, before, glyph in zip(gaps, glyphs, glyphs[1:], strict=False):
        if _parts(before.text, glyph.text, gap, usual):
            spaced.append(Glyph(" ", 1.0, (before.x + glyph.x) / 2))
        spaced.append(glyph)
    return spaced


def _parts(left: str, right: str, gap: int, usual: float) -> bool:
    """Whether a gap between two characters is one between words."""
    if not (right.isalnum() or right in _OPENING):
        return False
    if left in _MARKS:
        number_goes_on = left in ".," and right.isdigit()
        return not number_goes_on and gap >= max(_LEAST, _WIDER * usual)
    if not left.isalnum() or (left.isdigit() and right.isdigit()) or (left in _THIN and right in _THIN):
        return False
    return gap >= max(_LEAST_BETWEEN, _WIDER_BETWEEN * usual)


def _gaps(glyphs: Sequence[Glyph], strip: Pixels) -> list[int]:
    """For each two neighbours, the most columns without ink side by side between their middles."""
    width = strip.shape[1]
    columns = np.arange(width)
    run = columns - np.maximum.accumulate(np.where(_is_empty(strip), -1, columns))  # columns without ink so far
    middles = np.clip(np.array([glyph.x * width for glyph in glyphs]).astype(np.int64), 0, width - 1)
    middles = np.maximum.accumulate(middles)
    most = np.maximum.reduceat(run, middles)[:-1]
    gaps: list[int] = np.minimum(most, np.diff(middles)).tolist()
    return gaps


def _is_empty(strip: Pixels) -> NDArray[np.bool_]:
    """Which columns show no ink."""
    gray = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    ground = gray.max(0).astype(np.float32)
    contrast = (ground - gray.min(0)) / np.maximum(ground, 1)  # of the ground: print in a shadow is print
    ordered = np.sort(contrast)
    low, high = ordered[len(ordered) // 20], ordered[len(ordered) * 19 // 20]
    empty: NDArray[np.bool_] = contrast < low + _FAINT * (high - low)
    return empty
