"""Four-cornered outlines: fitted to an area, and moved onto the edges of the picture."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.records import Corners, Pixels

Floats = NDArray[np.float64]

_NEXT = np.array([1, 2, 3, 0])  # the corner that follows each; np.roll takes ten times as long
_BEFORE = np.array([3, 0, 1, 2])
_OPPOSITE = np.array([2, 3, 0, 1])

ID1_RATIO = 85.60 / 53.98
"""Width over height of a card (ISO/IEC 7810 ID-1)."""

NO_EDGE = 2 / 3
"""Share of edge under a side, below which it may be no rim of a card."""

_LONG = 700  # edges are looked for in steps of this share of a card's long side
_REACH = 7  # steps to either side of the outline
_SAMPLES = 64  # points a side at which an edge is looked for
_FULL_EDGE = 12.0  # step (levels) that counts as a full edge
_PULL = 0.25  # how much a full reach away from the outline costs, in full edges
_LEAST_EDGE = 0.06  # a side with less than this is left where it is
_WIDE = 0.22  # how far from a wrong outline another is looked for, as a share of its long side
_WIDE_REACH = 30  # steps of that
_MOST_SLANT = 20  # steps by which a line may be nearer at one end than at the other
_KEPT = 5  # lines kept for each side
_TRIED = 90  # outlines made of them
_CORNER = 0.07  # share of a side at either end that may be round
_SHORTENED = 2.2  # times a side, that its opposite may be longer


def _lengths(vectors: Floats) -> Floats:
    """Lengths of vectors, shape (n, 2)."""
    lengths: Floats = np.hypot(vectors[:, 0], vectors[:, 1])
    return lengths


def longest_side(quad: Corners) -> float:
    """Length of an outline's longest side."""
    return float(_lengths(quad[_NEXT] - quad).max())


def shortest_side(quad: Corners) -> float:
    """Mean length of the two opposite sides of an outline that are shorter."""
    a, b, c, d = _lengths(quad[_NEXT] - quad).tolist()
    return float(min(a + c, b + d) / 2)


def text_height(box: Corners) -> float:
    """Height of a line of text: the shorter of its box's first two sides, whatever way it runs."""
    return min(float(np.linalg.norm(box[3] - box[0])), float(np.linalg.norm(box[1] - box[0])))


def fit_quad(area: NDArray[np.uint8]) -> Corners | None:
    """The outline of the largest connected part of a mask: its four sides as straight lines; None where it is nothing.

    Args:
        area: Non-zero inside.
    """
    contours, _ = cv2.findContours(area, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    if cv2.contourArea(contour) < 40:
        return None
    hull = cv2.convexHull(contour)
    quad = _four_corners(hull)
    points = contour.reshape(-1, 2).astype(np.float64)
    for _ in range(3):
        better = _sides_fitted(quad, points)
        if better is None:
            break
        quad = better
    # the contour runs through the middles of the outermost points: the area ends half a point further out
    return grown(clockwise(quad), 0.5)


def _four_corners(hull: NDArray[Any]) -> Corners:
    around = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.045, 0.06, 0.08):
        corners = cv2.approxPolyDP(hull, share * around, True)
        if len(corners) == 4:
            return clockwise(corners.reshape(4, 2).astype(np.float64))
        if len(corners) < 4:
            break
    return clockwise(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64))


def _sides_fitted(quad: Corners, points: Floats) -> Corners | None:
    """Each side as the line through the points nearest to it, those at the corners left out."""
    start, along = quad, quad[_NEXT] - quad
    length = np.maximum(_lengths(along), 1e-6)
    unit = along / length[:, None]
    relative = points[:, None] - start[None]
    share = (relative * unit).sum(2) / length
    away = np.abs(relative[..., 0] * unit[:, 1] - relative[..., 1] * unit[:, 0])
    away = np.where((share > -0.02) & (share < 1.02), away, np.inf)
    nearest = away.argmin(1)
    normals, offsets = [], []
    for k in range(4):
        at = share[:, k]
        mine = points[(nearest == k) & (at > 0.1) & (at < 0.9) & (away[:, k] < 0.12 * length.max())]
        if len(mine) < 4:
            return None
        vx, vy, x, y = cv2.fitLine(mine.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        normal = np.array([-vy, vx], np.float64)
        normals.append(normal)
        offsets.append(float(normal @ (x, y)))
    return _corners_of(np.array(normals), np.array(offsets), quad)


def _corners_of(normal: Floats, offset: Floats, quad: Corners, limit: float = 0.25) -> Corners | None:
    """Where neighbouring lines cross; None where that is nowhere near the outline they were fitted to."""
    (a, b), (c, d) = normal[_BEFORE].T, normal.T
    before = offset[_BEFORE]
    determinant = a * d - b * c
    if np.abs(determinant).min() < 0.3:
        return None
    corners = np.stack([before * d - b * offset, a * offset - before * c], 1) / determinant[:, None]
    size = np.linalg.norm(np.ptp(quad, axis=0))
    return corners if _lengths(corners - quad).max() < limit * size else None


def grown(quad: Corners, by: float | Floats, limit: float = 0.25) -> Corners:
    """A clockwise outline with each side moved outward; itself where a corner would move by more than a share of it.

    Args:
        quad: In pixels.
        by: Pixels, for all sides or for each, from the one after the first corner on.
        limit: That share.
    """
    along = quad[_NEXT] - quad
    normal = np.stack([along[:, 1], -along[:, 0]], 1) / np.maximum(_lengths(along), 1e-6)[:, None]
    moved = _corners_of(normal, (normal * quad).sum(1) + by, quad, limit)
    return quad if moved is None else moved


def refine(quad: Corners, pixels: Pixels) -> tuple[Corners, Floats]:
    """The outline moved onto the edges that its sides follow, and how much of each side lies on an edge (0-1).

    Args:
        quad: Clockwise, in pixels of the picture, right to about one part in a hundred.
        pixels: RGB.
    """
    longest = longest_side(quad)
    unit = max(longest / _LONG, 0.25)
    normals, offsets, kept = [], [], []
    for k in range(4):
        normal, offset, edge = _side_on_edge(quad[k], quad[(k + 1) % 4], pixels, unit)
        normals.append(normal)
        offsets.append(offset)
        kept.append(edge)
    corners = _corners_of(np.array(normals), np.array(offsets), quad)
    support: Floats = np.array(kept)
    if corners is None or _lengths(corners - quad).max() > 3 * _REACH * unit:
        return quad, support
    return corners, support


def _side_on_edge(start: Floats, end: Floats, pixels: Pixels, unit: float) -> tuple[Floats, float, float]:
    """The straight line near a side with the most edge under it: normal, offset, and its share of edge."""
    along = end - start
    normal = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
    edge = _edges_beside(start, end, pixels, unit * np.arange(-_REACH - 1, _REACH + 2))
    index, first, last = _lines(_REACH, 2)
    strength = edge.ravel()[index].mean(1)
    best = int((strength - _PULL * 0.5 * (first**2 + last**2) / _REACH**2).argmax())
    a, b = (unit * first[best], unit * last[best]) if strength[best] > _LEAST_EDGE else (0.0, 0.0)
    low, high = start + _CORNER * along + a * normal, end - _CORNER * along + b * normal
    turned = high - low
    normal = np.array([turned[1], -turned[0]]) / max(float(np.linalg.norm(turned)), 1e-6)
    return normal, float(normal @ low), float(strength[best])


def _edges_beside(start: Floats, end: Floats, pixels: Pixels, steps: NDArray[Any]) -> Floats:
    """How much of an edge (0-1) there is at each sample of a side, at each step outward but the first and the last."""
    along = end - start
    normal = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
    share = np.linspace(_CORNER, 1 - _CORNER, _SAMPLES)
    at = (start + share[:, None] * along)[:, None] + steps[None, :, None] * normal
    x, y = (at[..., 0] - 0.5).astype(np.float32), (at[..., 1] - 0.5).astype(np.float32)
    profile = cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # not smoothed along the side, which would make one long edge of a line of letters
    step = np.abs(profile[:, 2:].astype(np.float32) - profile[:, :-2]).max(2)
    edge: Floats = np.minimum(step / _FULL_EDGE, 1.0)
    return edge


@lru_cache(maxsize=2)
def _lines(reach: int, parts: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Every straight line across the profiles: flat indices (n, samples), and its offsets at first and last sample.

    Args:
        reach: Steps to either side.
        parts: Lines for each step.
    """
    ends = np.arange(-reach * parts, reach * parts + 1) / parts
    first, last = (m.ravel() for m in np.meshgrid(ends, ends))
    keep = np.abs(first - last) <= min(reach, _MOST_SLANT)
    first, last = first[keep], last[keep]
    share = np.linspace(0, 1, _SAMPLES)
    column = np.round(first[:, None] + (last - first)[:, None] * share[None]).astype(np.int64) + reach
    return np.arange(_SAMPLES) * (2 * reach + 1) + column, first, last


def others_near(quad: Corners, pixels: Pixels) -> list[Corners]:
    """Outlines whose sides lie on strong edges anywhere near those of one that is wrong, the best supported first.

    Args:
        quad: Clockwise, in pixels of the picture.
        pixels: RGB.
    """
    longest = longest_side(quad)
    unit = longest * _WIDE / _WIDE_REACH
    sides = [_strong_lines(quad[k], quad[(k + 1) % 4], pixels, unit) for k in range(4)]
    normal = np.array([[n for n, _, _ in side] + [[0.0, 0.0]] * (_KEPT - len(side)) for side in sides])
    offset = np.array([[o for _, o, _ in side] + [0.0] * (_KEPT - len(side)) for side in sides])
    strength = np.array([[s for _, _, s in side] + [-9.0] * (_KEPT - len(side)) for side in sides])
    choice = np.stack([m.ravel() for m in np.meshgrid(*[np.arange(_KEPT)] * 4)], 1)
    chosen = strength[np.arange(4), choice]
    value = chosen.mean(1) + 0.5 * chosen.min(1)
    found = []
    for row in choice[np.argsort(-value)[:_TRIED]]:
        if (strength[np.arange(4), row] < 0).any():
            break
        corners = _corners_of(normal[np.arange(4), row], offset[np.arange(4), row], quad, 2 * _WIDE)
        if corners is not None:
            found.append(corners)
    return found


def _strong_lines(start: Floats, end: Floats, pixels: Pixels, unit: float) -> list[tuple[Floats, float, float]]:
    """The strongest lines within a wide reach of a side, no two of them alike: normal, offset and share of edge."""
    along = end - start
    normal = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
    fine = _edges_beside(start, end, pixels, unit / 3 * np.arange(-3 * _WIDE_REACH - 2, 3 * _WIDE_REACH + 3))
    edge = fine.reshape(_SAMPLES, 2 * _WIDE_REACH + 1, 3).max(2)
    index, first, last = _lines(_WIDE_REACH, 1)
    strength = edge.ravel()[index].mean(1)
    lines = []
    for _ in range(_KEPT):
        best = int(strength.argmax())
        if strength[best] < _LEAST_EDGE:
            break
        low, high = (
            start + _CORNER * along + unit * first[best] * normal,
            end - _CORNER * along + unit * last[best] * normal,
        )
        turned = high - low
        across = np.array([turned[1], -turned[0]]) / max(float(np.linalg.norm(turned)), 1e-6)
        lines.append((across, float(across @ low), float(strength[best])))
        strength = np.where(np.abs(first - first[best]) + np.abs(last - last[best]) < 7, -1.0, strength)
    return lines


def is_sound(quad: Corners, size: tuple[int, int]) -> bool:
    """Convex, not tiny, not far outside the picture, no corner sharper than 35 degrees, no side far shorter than its
    opposite: so near to a card that it looks like that, no camera is sharp.

    Args:
        quad: The outline.
        size: Width and height of the picture.
    """
    if not np.isfinite(quad).all():
        return False
    margin = 0.25 * max(size)
    if (quad < -margin).any() or (quad > np.array(size) + margin).any():
        return False
    sides = quad[_NEXT] - quad
    lengths = _lengths(sides)
    if lengths.min() < 0.02 * max(size):
        return False
    if (lengths * _SHORTENED < lengths[_OPPOSITE]).any():
        return False
    following = sides[_NEXT]
    sine = (sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]) / (lengths * lengths[_NEXT])
    return bool(np.all(sine > 0.57) or np.all(sine < -0.57))


def is_elongated(box: Corners, times: float) -> bool:
    """Whether a box's longest side is more than so many times its shortest."""
    sides = _lengths(box[_NEXT] - box)
    return bool(sides.max() > times * sides.min())


def inside(quad: Corners, points: Floats) -> NDArray[np.bool_]:
    """Which of some points, shape (..., 2), are within a clockwise outline or on it."""
    along, away = quad[_NEXT] - quad, points[..., None, :] - quad
    return np.asarray((along[:, 0] * away[..., 1] - along[:, 1] * away[..., 0] >= 0).all(-1), np.bool_)


def likeness(quad: Corners) -> float:
    """How near an outline's shape is to an ID-1 card's: 1 for one seen straight on, less for other shapes."""
    lengths = np.linalg.norm(np.roll(quad, -1, 0) - quad, axis=1)
    a, b = lengths[0] + lengths[2], lengths[1] + lengths[3]
    return float(np.exp(-0.5 * (np.log(max(a, b) / max(min(a, b), 1e-6) / ID1_RATIO) / 0.16) ** 2))


def clockwise(quad: Corners) -> Corners:
    """Clockwise as seen on a screen, starting at the corner nearest the picture's top-left."""
    x, y = quad[:, 0], quad[:, 1]
    if np.sum(x * y[_NEXT] - y * x[_NEXT]) < 0:
        quad = quad[::-1]
    return np.roll(quad, -int(quad.sum(1).argmin()), axis=0)


def overlap(a: Corners, b: Corners) -> float:
    """Area that two convex outlines share, over the area that they cover together."""
    first, second = a.astype(np.float32), b.astype(np.float32)
    shared, _ = cv2.intersectConvexConvex(first, second)
    total = cv2.contourArea(first) + cv2.contourArea(second) - shared
    return float(shared) / max(float(total), 1e-6)
