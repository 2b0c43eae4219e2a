"""Four-cornered outlines: fitted to an area, and moved onto the edges of the picture."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.records import Corners, Pixels

Floats = NDArray[np.float64]

_LONG = 700  # edges are looked for in steps of this share of a card's long side
_REACH = 7  # steps to either side of the outline
_SAMPLES = 64  # points a side at which an edge is looked for
_FULL_EDGE = 12.0  # step (levels) that counts as a full edge
_PULL = 0.25  # how much a full reach away from the outline costs, in full edges
_LEAST_EDGE = 0.06  # a side with less than this is left where it is
_CORNER = 0.07  # share of a side at either end that may be round


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
    return _grown(clockwise(quad), 0.5)


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
    start, along = quad, np.roll(quad, -1, 0) - quad
    length = np.maximum(np.linalg.norm(along, axis=1), 1e-6)
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


def _corners_of(normal: Floats, offset: Floats, quad: Corners) -> Corners | None:
    """Where neighbouring lines cross; None where that is nowhere near the outline they were fitted to."""
    (a, b), (c, d) = np.roll(normal, 1, 0).T, normal.T
    before = np.roll(offset, 1)
    determinant = a * d - b * c
    if np.abs(determinant).min() < 0.3:
        return None
    corners = np.stack([before * d - b * offset, a * offset - before * c], 1) / determinant[:, None]
    size = np.linalg.norm(np.ptp(quad, axis=0))
    return corners if np.linalg.norm(corners - quad, axis=1).max() < 0.25 * size else None


def _grown(quad: Corners, by: float) -> Corners:
    """A clockwise outline with each side moved outward."""
    along = np.roll(quad, -1, 0) - quad
    normal = np.stack([along[:, 1], -along[:, 0]], 1) / np.maximum(np.linalg.norm(along, axis=1), 1e-6)[:, None]
    moved = _corners_of(normal, (normal * quad).sum(1) + by, quad)
    return quad if moved is None else moved


def refine(quad: Corners, pixels: Pixels) -> tuple[Corners, Floats]:
    """The outline moved onto the edges that its sides follow, and how much of each side lies on an edge (0-1).

    Args:
        quad: Clockwise, in pixels of the picture, right to about one part in a hundred.
        pixels: RGB.
    """
    longest = float(np.linalg.norm(np.roll(quad, -1, 0) - quad, axis=1).max())
    unit = max(longest / _LONG, 0.25)
    normals, offsets, kept = [], [], []
    for k in range(4):
        normal, offset, edge = _side_on_edge(quad[k], quad[(k + 1) % 4], pixels, unit)
        normals.append(normal)
        offsets.append(offset)
        kept.append(edge)
    corners = _corners_of(np.array(normals), np.array(offsets), quad)
    support: Floats = np.array(kept)
    if corners is None or np.linalg.norm(corners - quad, axis=1).max() > 3 * _REACH * unit:
        return quad, support
    return corners, support


def _side_on_edge(start: Floats, end: Floats, pixels: Pixels, unit: float) -> tuple[Floats, float, float]:
    """The straight line near a side with the most edge under it: normal, offset, and its share of edge."""
    along = end - start
    normal = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
    share = np.linspace(_CORNER, 1 - _CORNER, _SAMPLES)
    steps = unit * np.arange(-_REACH - 1, _REACH + 2)
    at = (start + share[:, None] * along)[:, None] + steps[None, :, None] * normal
    x, y = (at[..., 0] - 0.5).astype(np.float32), (at[..., 1] - 0.5).astype(np.float32)
    profile = cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profile = cv2.blur(profile.astype(np.float32), (1, 3))  # along the side
    step = np.abs(profile[:, 2:] - profile[:, :-2]).max(2)
    edge = np.minimum(step / _FULL_EDGE, 1.0)
    index, first, last = _lines()
    strength = edge.ravel()[index].mean(1)
    best = int((strength - _PULL * 0.5 * (first**2 + last**2) / _REACH**2).argmax())
    a, b = (unit * first[best], unit * last[best]) if strength[best] > _LEAST_EDGE else (0.0, 0.0)
    low, high = start + share[0] * along + a * normal, start + share[-1] * along + b * normal
    turned = high - low
    normal = np.array([turned[1], -turned[0]]) / max(float(np.linalg.norm(turned)), 1e-6)
    return normal, float(normal @ low), float(strength[best])


@lru_cache(maxsize=1)
def _lines() -> tuple[NDArray[np.int64], Floats, Floats]:
    """Every straight line across the profiles: flat indices (n, samples), and its offsets at first and last sample."""
    ends = np.arange(-_REACH, _REACH + 0.25, 0.5)
    first, last = (m.ravel() for m in np.meshgrid(ends, ends))
    keep = np.abs(first - last) <= _REACH
    first, last = first[keep], last[keep]
    share = np.linspace(0, 1, _SAMPLES)
    column = np.round(first[:, None] + (last - first)[:, None] * share[None]).astype(np.int64) + _REACH
    return np.arange(_SAMPLES) * (2 * _REACH + 1) + column, first, last


def is_sound(quad: Corners, size: tuple[int, int]) -> bool:
    """Convex, not tiny, not far outside the picture, no corner sharper than 35 degrees.

    Args:
        quad: The outline.
        size: Width and height of the picture.
    """
    if not np.isfinite(quad).all():
        return False
    margin = 0.25 * max(size)
    if (quad < -margin).any() or (quad > np.array(size) + margin).any():
        return False
    sides = np.roll(quad, -1, 0) - quad
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 0.02 * max(size):
        return False
    following = np.roll(sides, -1, 0)
    sine = (sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]) / (lengths * np.roll(lengths, -1))
    return bool(np.all(sine > 0.57) or np.all(sine < -0.57))


def clockwise(quad: Corners) -> Corners:
    """Clockwise as seen on a screen, starting at the corner nearest the picture's top-left."""
    x, y = quad[:, 0], quad[:, 1]
    if np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) < 0:
        quad = quad[::-1]
    return np.roll(quad, -int(quad.sum(1).argmin()), axis=0)


def overlap(a: Corners, b: Corners) -> float:
    """Area that two convex outlines share, over the area that they cover together."""
    first, second = a.astype(np.float32), b.astype(np.float32)
    shared, _ = cv2.intersectConvexConvex(first, second)
    total = cv2.contourArea(first) + cv2.contourArea(second) - shared
    return float(shared) / max(float(total), 1e-6)
