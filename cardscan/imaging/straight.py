"""Outlines that the text within contradicts: laid flat, a card's lines of print run along its sides.

Where they do not, the outline holds what lies under the card, such as a printed sheet; the card is then looked for
around lines that are near each other and parallel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nlargest
from itertools import islice
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.outline import (
    ID1_RATIO,
    NO_EDGE,
    Floats,
    clockwise,
    grown,
    inside,
    is_elongated,
    is_sound,
    likeness,
    others_near,
    refine,
)
from cardscan.records import Corners, Pixels

__all__ = ["around_text", "connected", "is_slanted", "straightened"]

Flags = NDArray[np.bool_]

_LONG = 4.0  # times its height: the direction of a shorter line is not well known
_LEAST_LINES = 3
_SLANT = np.sin(np.radians(4))  # of a line in a card laid flat: more than its box is wrong by
_MOST_SLANTED = 0.15  # of the text's length: a logo or a word by hand may stand askew on a card
_PARALLEL = np.sin(np.radians(2.5))  # lines of one card that are neighbours
_TIPS = 0.1  # of a line at either end, that may be beyond an outline: boxes are a little too long
_APART = 3.0  # heights of the taller of two, within which they are neighbours
_ROOMS = (0.12, 0.4)  # of the text's length, from it to the sides of its card, more or less
_REFINED = 8
_MOST_BLOCKS = 24  # those of most lines: a page of small print has hundreds
_WEAKEST = 1.0  # what edge under the side with the least counts against that under all
_SHAPE = 0.4  # the same for a card's usual shape
_LEAST_EDGE = 0.75  # under every side: a thumb may hide some
_FULL_EDGE = 0.85  # with as much under every side, no other is looked for further away
_SHAPED = 0.6  # likeness to a card's shape of one that stands for another which its text bears out
_WHOLE_SIDE = 0.97  # of edge under a side
_TRUER = 0.1  # more of it than the other has


def is_slanted(corners: Corners, text: Sequence[Corners]) -> bool:
    """Whether lines of text within an outline run across it, or at another angle than its sides.

    Args:
        corners: Clockwise, in pixels of the picture.
        text: Boxes of lines of text in the same picture.
    """
    return _is_slanted(corners, _middles([box for box in text if _is_long(box)]))


def straightened(
    corners: Corners, edges: Sequence[float], text: Sequence[Corners], pixels: Pixels
) -> tuple[Corners, Floats] | None:
    """An outline around parallel lines of text, with edges all around, that is to stand in place of a doubtful one.

    Where text runs across the doubtful one, the best of a card's shape. Where it only has no edge under some side, one
    with edges all around that holds more text, or all of it in a truer shape: a hand that holds a card has edges, too.
    One that holds less may be a frame printed on a card whose rim is not seen; around three whole sides of a card's
    shape, one that holds no more may be the rim of a wallet.

    Args:
        corners: The doubtful one, clockwise, in pixels of the picture.
        edges: Share of edge under each of its sides.
        text: Boxes of lines of text in the picture.
        pixels: RGB.

    Returns:
        The outline, and the share of edge under each of its sides; None where there is none.
    """
    slanted = is_slanted(corners, text)
    if not slanted and min(edges) >= NO_EDGE:
        return None
    found = around_text(text, pixels)
    if found is None or slanted:
        return found
    middles = _middles(text).mean(1)
    new, old = inside(found[0], middles), inside(corners, middles)
    shape = likeness(corners)
    doubtful = shape < _SHAPED or sorted(edges)[1] < _WHOLE_SIDE
    truer = doubtful and likeness(found[0]) > shape + _TRUER and not (old & ~new).any()
    return found if truer or (new & ~old).any() else None


def around_text(text: Sequence[Corners], pixels: Pixels) -> tuple[Corners, Floats] | None:
    """The best outline of a card's shape around parallel lines of text, with edges all around.

    Args:
        text: Boxes of lines of text in the picture.
        pixels: RGB.

    Returns:
        As ``straightened``.
    """
    found = _best_around(text, pixels)
    return None if found is None or likeness(found.corners) < _SHAPED else found[:2]


def connected(seeds: Sequence[bool], text: Sequence[Corners]) -> list[bool]:
    """Which boxes of lines of text are some of them, or joined to these from neighbour to neighbour.

    Args:
        seeds: Whether each box is one of them.
        text: The boxes.
    """
    if not any(seeds):
        return [False] * len(text)
    joined: list[bool] = _joined(np.array(seeds, np.bool_), np.ones(len(text), np.bool_), _neighbours(text)).tolist()
    return joined


class _Found(NamedTuple):
    """An outline, the share of edge under each of its sides, and what it is worth."""

    corners: Corners
    edges: Floats
    worth: float


def _best_around(text: Sequence[Corners], pixels: Pixels) -> _Found | None:
    """The best outline around lines of text: near them if it can be, else further away from them."""
    lines = _middles([box for box in text if _is_long(box)])
    blocks = nlargest(_MOST_BLOCKS, _blocks(text), key=lambda found: len(found[0]))
    best: _Found | None = None
    for room in _ROOMS:
        found = [one for block, core in blocks for one in _around_block(block, core, room, lines, pixels)]
        best = max([*found, *([best] if best else [])], key=lambda one: one.worth, default=None)
        if best is not None and best.edges.min() >= _FULL_EDGE:
            break
    return best


def _around_block(block: Floats, core: Corners, room: float, lines: Floats, pixels: Pixels) -> Iterator[_Found]:
    """Outlines around a block of lines, shape (n, 2, 2), and the box around it, with so much room between."""
    size = pixels.shape[1], pixels.shape[0]
    near = others_near(grown(core, room * float(np.ptp(core, axis=0).max()), np.inf), pixels)
    fit = (q for q in near if is_sound(q, size) and inside(q, block).all() and _bear_out(lines, q))
    for quad in islice(fit, _REFINED):
        corners, edges = refine(clockwise(quad), pixels)
        if edges.min() >= _LEAST_EDGE and is_sound(corners, size):
            worth = float(edges.mean() + _WEAKEST * edges.min()) + _SHAPE * likeness(corners)
            yield _Found(corners, edges, worth)


def _bear_out(lines: Floats, corners: Corners) -> bool:
    """Whether lines of text run along an outline's sides, and across none of them."""
    within = lines[inside(corners, lines.mean(1))]
    inner = within + _TIPS * (within[:, ::-1] - within)
    return bool(inside(corners, inner).all()) and not _is_slanted(corners, lines)


def _is_slanted(corners: Corners, lines: Floats) -> bool:
    lines = lines[inside(corners, lines.mean(1))]
    if len(lines) < _LEAST_LINES:
        return False
    flat = np.array([(0, 0), (ID1_RATIO, 0), (ID1_RATIO, 1), (0, 1)], np.float32)
    laid = cv2.getPerspectiveTransform(corners.astype(np.float32), flat)
    ends = cv2.perspectiveTransform(lines.reshape(1, -1, 2), laid).reshape(-1, 2, 2)
    along = np.abs(ends[:, 1] - ends[:, 0])
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)
    return bool(length[along.min(1) > _SLANT * length].sum() > _MOST_SLANTED * length.sum())


def _is_long(box: Corners) -> bool:
    return is_elongated(box, _LONG)


def _middles(boxes: Sequence[Corners]) -> Floats:
    """The middle lines of boxes, from end to end: shape (n, 2, 2)."""
    return np.array([_middle(box) for box in boxes], np.float64).reshape(-1, 2, 2)


def _middle(box: Corners) -> Corners:
    across = np.linalg.norm(box[1] - box[0]) >= np.linalg.norm(box[3] - box[0])
    a, b, c, d = box if across else np.roll(box, -1, axis=0)
    return np.array([(a + d) / 2, (b + c) / 2])


def _blocks(text: Sequence[Corners]) -> Iterator[tuple[Floats, Corners]]:
    """Lines that are near each other and parallel, and the box around them: alone, and with the words near them."""
    long = np.array([_is_long(box) for box in text], np.bool_)
    near = _neighbours(text)
    along = np.diff(_middles(text), axis=1)[:, 0]
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
    alike = near & (np.abs(along[:, :1] * along[:, 1] - along[:, 1:] * along[:, 0]) < _PARALLEL)
    left = long.copy()
    while left.any():
        block = _joined(np.arange(len(left)) == left.argmax(), left, alike)
        left &= ~block
        if block.sum() < _LEAST_LINES:
            continue
        lines = [box for box, own in zip(text, block, strict=True) if own]
        yield _middles(lines), _around(lines)
        wider = _joined(block, ~long, near)
        if (wider & ~block).any():
            yield _middles(lines), _around([box for box, own in zip(text, wider, strict=True) if own])


def _joined(block: Flags, others: Flags, joins: Flags) -> Flags:
    """A block with those of some others that are joined to what is in it, shape (n); which joins which, (n, n)."""
    while (new := joins[block].any(0) & others & ~block).any():
        block = block | new
    return block


def _around(boxes: Sequence[Corners]) -> Corners:
    points = np.concatenate(boxes).astype(np.float32)
    return clockwise(cv2.boxPoints(cv2.minAreaRect(points)).astype(np.float64))


def _neighbours(text: Sequence[Corners]) -> Flags:
    """Which boxes are near which: shape (n, n)."""
    boxes = [cv2.minAreaRect(box.astype(np.float32)) for box in text]
    middle, size = (np.array([box[i] for box in boxes], np.float64).reshape(-1, 2) for i in (0, 1))
    room = _APART * np.maximum(size.min(1)[:, None], size.min(1))
    reach = np.hypot(size[:, 0], size[:, 1]) / 2
    apart = np.linalg.norm(middle[:, None] - middle, axis=2)
    near: Flags = apart < reach[:, None] + reach + room
    for i, j in np.argwhere(np.triu(near, 1)):
        (at, (width, height), angle), wider = boxes[i], room[i, j]
        touches = cv2.rotatedRectangleIntersection((at, (width + wider, height + wider), angle), boxes[j])[0]
        near[i, j] = near[j, i] = touches != cv2.INTERSECT_NONE
    return near
