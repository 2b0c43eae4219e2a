"""Four-cornered outlines in a picture: proposing them from lines and areas, and judging them by their edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.records import Corners, Pixels

Floats = NDArray[np.float64]

_LINES = 26  # lines kept for proposing outlines
_SAMPLES = 28  # points a side at which an edge is looked for
_REACH = 2  # pixels to either side of the line
_FULL_EDGE = 14.0  # gradient (levels a pixel) that counts as a full edge
_RATIO = 85.60 / 53.98  # ISO/IEC 7810 ID-1


@dataclass(frozen=True, slots=True)
class Edges:
    """Gradients of a picture, the strongest of its colour channels at each pixel."""

    gx: NDArray[np.float32]
    gy: NDArray[np.float32]
    gray: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width, height."""
        return self.gray.shape[1], self.gray.shape[0]


def find_edges(pixels: Pixels) -> Edges:
    lab = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), (0, 0), 1.2)
    gx, gy = cv2.Scharr(lab, cv2.CV_32F, 1, 0) / 32, cv2.Scharr(lab, cv2.CV_32F, 0, 1) / 32
    channel = (gx * gx + gy * gy).argmax(2)[..., None]
    take = np.take_along_axis
    planes = [np.asarray(take(g, channel, 2)[..., 0], np.float32) for g in (gx, gy)]
    return Edges(planes[0], planes[1], np.ascontiguousarray(lab[..., 0]))


def from_lines(edges: Edges, ignore: NDArray[np.uint8] | None) -> list[Corners]:
    """Outlines whose sides lie on the strongest straight lines of the picture.

    Args:
        edges: Of the picture.
        ignore: Mask of pixels whose lines do not count (text), or None.
    """
    lines = _strong_lines(edges, ignore)
    width, height = edges.size
    border = [(0.0, 0.0, width - 1.0, 0.0), (0.0, height - 1.0, width - 1.0, height - 1.0)]
    border += [(0.0, 0.0, 0.0, height - 1.0), (width - 1.0, 0.0, width - 1.0, height - 1.0)]
    rows = np.array([*lines, *border], np.float64)
    direction = rows[:, 2:] - rows[:, :2]
    angle = np.arctan2(direction[:, 1], direction[:, 0])
    normal = np.stack([-np.sin(angle), np.cos(angle)], 1)
    offset = np.sum(normal * (rows[:, :2] + rows[:, 2:]) / 2, 1)
    middle = (rows[:, :2] + rows[:, 2:]) / 2
    pairs = _parallel_pairs(angle, normal, offset, middle, 0.1 * min(width, height), len(lines))
    return _crossed(pairs, angle, normal, offset, (width, height))


def _strong_lines(edges: Edges, ignore: NDArray[np.uint8] | None) -> list[tuple[float, ...]]:
    found = cv2.createLineSegmentDetector(0).detect(edges.gray)[0]
    if found is None:
        return []
    segments = found.reshape(-1, 4).astype(np.float64)
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    keep = length > 0.02 * sum(edges.size)
    if ignore is not None:
        middle = np.clip(((segments[:, :2] + segments[:, 2:]) / 2).astype(int), 0, np.array(edges.size) - 1)
        keep &= ignore[middle[:, 1], middle[:, 0]] == 0
    return _merged(segments[keep], length[keep])


def _merged(segments: Floats, length: Floats) -> list[tuple[float, ...]]:
    """Segments of one line joined; the longest lines first."""
    lines: list[tuple[float, Floats]] = []
    left = list(np.argsort(-length))
    while left and len(lines) < 3 * _LINES:
        seed = segments[left[0]]
        along = seed[2:] - seed[:2]
        along = along / np.linalg.norm(along)
        normal = np.array([-along[1], along[0]])
        rest = segments[left]
        ends = rest.reshape(-1, 2, 2)
        distance = np.abs((ends - seed[:2]) @ normal).max(1)
        other = rest[:, 2:] - rest[:, :2]
        parallel = np.abs(other @ normal) < 0.05 * np.linalg.norm(other, axis=1)
        same = (distance < 4) & parallel
        same[0] = True
        members = rest[same].reshape(-1, 2)
        order = members @ along
        total = float(np.linalg.norm(rest[same][:, 2:] - rest[same][:, :2], axis=1).sum())
        lines.append((total, np.concatenate([members[order.argmin()], members[order.argmax()]])))
        left = [i for i, is_same in zip(left, same, strict=True) if not is_same]
    lines.sort(key=lambda line: -line[0])
    return [tuple(map(float, line)) for _, line in lines[:_LINES]]


def _parallel_pairs(
    angle: Floats, normal: Floats, offset: Floats, middle: Floats, apart: float, own: int
) -> list[tuple[int, int]]:
    pairs = []
    for i in range(own):
        for j in range(i + 1, len(angle)):
            turn = abs((angle[i] - angle[j] + np.pi / 2) % np.pi - np.pi / 2)
            if turn > np.radians(24):
                continue
            gap = max(abs(middle[j] @ normal[i] - offset[i]), abs(middle[i] @ normal[j] - offset[j]))
            if gap > apart:
                pairs.append((i, j))
    return pairs


def _crossed(
    pairs: list[tuple[int, int]], angle: Floats, normal: Floats, offset: Floats, size: tuple[int, int]
) -> list[Corners]:
    if len(pairs) < 2:
        return []
    p = np.array(pairs)
    a, b = np.triu_indices(len(p), 1)
    turn = np.abs((angle[p[a, 0]] - angle[p[b, 0]] + np.pi / 2) % np.pi - np.pi / 2)
    wide = turn > np.radians(55)
    a, b = a[wide], b[wide]
    quads = np.stack(
        [
            _intersections(p[a, 0], p[b, 0], normal, offset),
            _intersections(p[a, 0], p[b, 1], normal, offset),
            _intersections(p[a, 1], p[b, 1], normal, offset),
            _intersections(p[a, 1], p[b, 0], normal, offset),
        ],
        axis=1,
    )
    return [quad for quad in quads if is_sound(quad, size)]


def _intersections(i: NDArray[np.int64], j: NDArray[np.int64], normal: Floats, offset: Floats) -> Floats:
    (a, b), (c, d) = normal[i].T, normal[j].T
    determinant = a * d - b * c
    determinant = np.where(np.abs(determinant) < 1e-6, 1e-6, determinant)
    x = (offset[i] * d - b * offset[j]) / determinant
    y = (a * offset[j] - offset[i] * c) / determinant
    return np.stack([x, y], 1)


def from_areas(pixels: Pixels, edges: Edges) -> list[Corners]:
    """Outlines of areas that differ from the rest: by brightness, colour, from the picture's rim, or inside edges."""
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = np.concatenate(
        [lab[:4].reshape(-1, 3), lab[-4:].reshape(-1, 3), lab[:, :4].reshape(-1, 3), lab[:, -4:].reshape(-1, 3)]
    )
    strange = np.linalg.norm(lab - np.median(rim, 0), axis=2)
    planes = [edges.gray, hsv[..., 1], np.clip(strange * 2, 0, 255).astype(np.uint8)]
    masks = []
    for plane in planes:
        _, mask = cv2.threshold(cv2.GaussianBlur(plane, (5, 5), 0), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        masks += [mask, 255 - mask]
    strength = np.clip(np.hypot(edges.gx, edges.gy) * 8, 0, 255).astype(np.uint8)
    for low in (20, 60):
        canny = cv2.Canny(strength, low, 3 * low)
        masks.append(cv2.dilate(canny, np.ones((3, 3), np.uint8)))
    quads = []
    for mask in masks:
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
        contours, _ = cv2.findContours(closed, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        largest = [np.asarray(c, np.int32) for c in sorted(contours, key=cv2.contourArea, reverse=True)[:6]]
        quads += [q for c in largest if (q := _four_corners(c)) is not None and is_sound(q, edges.size)]
    return quads


def _four_corners(contour: NDArray[np.int32]) -> Corners | None:
    hull = cv2.convexHull(contour)
    around = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, share * around, True)
        if len(corners) == 4:
            return corners.reshape(4, 2).astype(np.float64)
    rectangle = cv2.minAreaRect(hull)
    return cv2.boxPoints(rectangle).astype(np.float64) if min(rectangle[1]) > 1 else None


def is_sound(quad: Corners, size: tuple[int, int]) -> bool:
    """Convex, large enough, not far outside the picture, no corner sharper than 40 degrees."""
    width, height = size
    if not np.isfinite(quad).all():
        return False
    margin = 0.08 * max(size)
    if (quad < -margin).any() or (quad[:, 0] > width + margin).any() or (quad[:, 1] > height + margin).any():
        return False
    sides = np.roll(quad, -1, 0) - quad
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 0.08 * min(size):
        return False
    following = np.roll(sides, -1, 0)
    cross = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    sine = cross / (lengths * np.roll(lengths, -1))
    if not (np.all(sine > 0.6) or np.all(sine < -0.6)):
        return False
    area = 0.5 * abs(np.sum(quad[:, 0] * np.roll(quad[:, 1], -1) - quad[:, 1] * np.roll(quad[:, 0], -1)))
    return bool(0.015 * width * height < area < 1.02 * width * height)


def clockwise(quad: Corners) -> Corners:
    """Clockwise as seen on a screen, starting at the corner nearest the picture's top-left."""
    x, y = quad[:, 0], quad[:, 1]
    if np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) < 0:
        quad = quad[::-1]
    return np.roll(quad, -int(quad.sum(1).argmin()), axis=0)


def aspect(quad: Corners) -> float:
    """Long side over short side, each the mean of two opposite sides."""
    lengths = np.linalg.norm(np.roll(quad, -1, 0) - quad, axis=1)
    a, b = (lengths[0] + lengths[2]) / 2, (lengths[1] + lengths[3]) / 2
    return float(max(a, b) / max(min(a, b), 1e-6))


def edge_support(quads: Floats, edges: Edges) -> Floats:
    """How much of each side lies on an edge across it: shape (n, 4), 0-1. Sides on the picture's rim count 0.3."""
    width, height = edges.size
    share = np.linspace(0.06, 0.94, _SAMPLES)
    start, end = quads, np.roll(quads, -1, axis=1)
    along = end - start
    length = np.linalg.norm(along, axis=2, keepdims=True)
    normal = np.stack([-along[..., 1], along[..., 0]], -1) / np.maximum(length, 1e-6)
    points = start[:, :, None] + share[None, None, :, None] * along[:, :, None]
    best = np.zeros(points.shape[:3])
    for step in range(-_REACH, _REACH + 1):
        at = np.round(points + step * normal[:, :, None]).astype(int)
        x, y = np.clip(at[..., 0], 0, width - 1), np.clip(at[..., 1], 0, height - 1)
        across = np.abs(edges.gx[y, x] * normal[:, :, None, 0] + edges.gy[y, x] * normal[:, :, None, 1])
        total = np.hypot(edges.gx[y, x], edges.gy[y, x])
        best = np.maximum(best, np.where(across > 0.75 * total, across, 0))
    support = np.clip(best / _FULL_EDGE, 0, 1).mean(2)
    rim = np.stack([points[..., 0] < 3, points[..., 0] > width - 4, points[..., 1] < 3, points[..., 1] > height - 4])
    return np.where(rim.mean(3).max(0) > 0.8, 0.3, support)


def aspect_prior(ratio: float) -> float:
    """1 for an ID-1 card seen straight on, falling slowly: tilt shortens a side; phones and pages are longer."""
    return float(0.45 + 0.55 * np.exp(-0.5 * (np.log(ratio / _RATIO) / 0.16) ** 2))


def refine(quad: Corners, edges: Edges, reach: int = 5) -> Corners:
    """The outline moved onto the edge that each side follows; rounded corners do not pull the sides in."""
    normals, offsets = [], []
    share = np.linspace(0.08, 0.92, 60)
    for k in range(4):
        start, end = quad[k], quad[(k + 1) % 4]
        along = end - start
        normal = np.array([-along[1], along[0]]) / max(float(np.linalg.norm(along)), 1e-6)
        points = start + share[:, None] * along
        fitted = _line_through(_onto_edge(points, normal, edges, reach))
        if fitted is None or abs(fitted[0] @ normal) < 0.98:
            fitted = (normal, float(normal @ start))
        normals.append(fitted[0])
        offsets.append(fitted[1])
    n, o = np.array(normals), np.array(offsets)
    corners = _intersections(np.array([3, 0, 1, 2]), np.array([0, 1, 2, 3]), n, o)
    moved = np.linalg.norm(corners - quad, axis=1).max()
    return corners if is_sound(corners, edges.size) and moved < 6 * reach else quad


def _onto_edge(points: Floats, normal: Floats, edges: Edges, reach: int) -> Floats:
    width, height = edges.size
    steps = np.arange(-reach, reach + 1)
    at = points[:, None] + steps[None, :, None] * normal
    x, y = (
        np.clip(np.round(at[..., 0]).astype(int), 0, width - 1),
        np.clip(np.round(at[..., 1]).astype(int), 0, height - 1),
    )
    strength = np.abs(edges.gx[y, x] * normal[0] + edges.gy[y, x] * normal[1])
    best = strength.argmax(1)
    inner = np.clip(best, 1, len(steps) - 2)
    rows = np.arange(len(points))
    before, here, after = strength[rows, inner - 1], strength[rows, inner], strength[rows, inner + 1]
    curve = before - 2 * here + after
    shift = np.where(np.abs(curve) > 1e-6, 0.5 * (before - after) / np.where(np.abs(curve) > 1e-6, curve, 1), 0)
    moved = points + (steps[inner] + np.clip(shift, -1, 1))[:, None] * normal
    kept: Floats = moved[(strength.max(1) > 1.5) & (best > 0) & (best < len(steps) - 1)]
    return kept


def _line_through(points: Floats) -> tuple[Floats, float] | None:
    if len(points) < 12:
        return None
    vx, vy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    normal = np.array([-vy, vx], np.float64)
    return normal, float(normal @ (x, y))
