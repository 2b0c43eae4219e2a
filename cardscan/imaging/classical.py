"""Finding cards in a picture: any place, any rotation, any desk; several cards on one page.

Many outlines are proposed, from straight lines and from areas of their own colour. Each is judged by the edges under
its sides, by its shape, and by the text it holds: a card holds its text whole, and no line of text runs over its rim.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.straight import (
    Edges,
    aspect,
    aspect_prior,
    clockwise,
    edge_support,
    find_edges,
    from_areas,
    from_lines,
    refine,
)
from cardscan.records import Corners, Pixels

_SIDE = 720  # long side at which outlines are looked for
_LEAST = 0.75  # of 2: an outline that scores less is no card
_WEIGHED = 80  # outlines, best by edges and text, about which the other witness is asked
_HELD = 0.75  # share of all text that outlines hold, if they are the cards of the picture
_CUT = 0.08
_FURTHER = 0.72  # a second card must score this share of the first
_MOST = 4


@dataclass(frozen=True, slots=True)
class Outline:
    """A card's outline. ``corners`` in pixels of the picture that was searched; ``score`` 0-1."""

    corners: Corners
    score: float


def by_edges(
    pixels: Pixels,
    text: Sequence[Corners] = (),
    others: Sequence[Corners] = (),
    likeliness: Callable[[Corners], float] = lambda _: 1.0,
) -> list[Outline]:
    """Outlines of the cards in a picture, best first; empty where none is seen.

    Args:
        pixels: RGB.
        text: Boxes of lines of text in it, where known.
        others: Outlines proposed by somebody else, judged beside the ones proposed here.
        likeliness: 0-1, how likely an outline is a card's by another witness.
    """
    scale = min(1.0, _SIDE / max(pixels.shape[:2]))
    small: Pixels = pixels
    if scale < 1:
        small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    boxes = np.array([box * scale for box in text]).reshape(-1, 4, 2)
    edges = find_edges(small)
    proposed = [*(o * scale for o in others), *from_areas(small, edges), *from_lines(edges, _mask(boxes, edges))]
    if not proposed:
        return []
    quads = np.array([clockwise(q) for q in proposed])
    scores = _scores(quads, edges, boxes)
    for i in np.argsort(-scores)[:_WEIGHED]:
        scores[i] += likeliness(quads[i] / scale)  # what was not weighed stays below what was
    chosen = _best_apart(quads, scores, boxes)
    found = []
    for i in chosen:
        corners = quads[i] if i < len(others) else clockwise(refine(quads[i], edges))
        found.append(Outline(corners / scale, float(min(1.0, scores[i] / 2))))
    return found


def agrees(outlines: Sequence[Corners], text: Sequence[Corners]) -> bool:
    """Whether outlines hold nearly all text of a picture, and cut through none of it."""
    boxes = np.array(text).reshape(-1, 4, 2)
    if not len(boxes) or not outlines:
        return not len(boxes)
    inside, crossing = _text_in(np.array([clockwise(o) for o in outlines]), boxes)
    total = float(_weights(boxes).sum())
    return bool(inside.sum() > _HELD * total and crossing.sum() < _CUT * total)


def _mask(boxes: NDArray[np.float64], edges: Edges) -> NDArray[np.uint8] | None:
    if not len(boxes):
        return None
    mask = np.zeros(edges.gray.shape, np.uint8)
    cv2.fillPoly(mask, list(np.round(boxes).astype(np.int32)), 1)
    return mask


def _scores(quads: NDArray[np.float64], edges: Edges, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    support = edge_support(quads, edges)
    shape = np.array([aspect_prior(aspect(q)) for q in quads])
    base = (0.55 * support.mean(1) + 0.45 * support.min(1)) * shape
    if not len(boxes):
        return np.asarray(base, np.float64)
    inside, crossing = _text_in(quads, boxes)
    total = inside + crossing
    share = total / max(1.0, float(_weights(boxes).sum()))
    cut = np.divide(crossing, total, out=np.zeros_like(total), where=total > 0)
    scores: NDArray[np.float64] = base * (0.25 + 0.75 * np.sqrt(share)) * (1 - cut) ** 2
    return scores


def _weights(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each line of text counts: its length, in line heights, within reason."""
    across = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    down = np.linalg.norm(boxes[:, 2] - boxes[:, 1], axis=1)
    ratio = np.maximum(across, down) / np.maximum(np.minimum(across, down), 1)
    return np.asarray(np.clip(ratio, 1, 20), np.float64)


def _text_in(quads: NDArray[np.float64], boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weight of the lines of text wholly inside each outline, and of those that run over its rim."""
    # points along the middle of each box: its ends tell whether it runs over the rim
    long_first = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1) >= np.linalg.norm(boxes[:, 2] - boxes[:, 1], axis=1)
    ends_a = np.where(long_first[:, None], (boxes[:, 0] + boxes[:, 3]) / 2, (boxes[:, 0] + boxes[:, 1]) / 2)
    ends_b = np.where(long_first[:, None], (boxes[:, 1] + boxes[:, 2]) / 2, (boxes[:, 2] + boxes[:, 3]) / 2)
    share = np.array([0.06, 0.5, 0.94])
    points = ends_a[:, None] + share[None, :, None] * (ends_b - ends_a)[:, None]
    sides = np.roll(quads, -1, 1) - quads
    relative = points[None, :, :, None] - quads[:, None, None]
    cross = sides[:, None, None, :, 0] * relative[..., 1] - sides[:, None, None, :, 1] * relative[..., 0]
    within = (cross > 0).all(-1)
    weights = _weights(boxes)
    whole, some = within.all(-1), within.any(-1)
    return (whole * weights).sum(1), ((some & ~whole) * weights).sum(1)


def _best_apart(quads: NDArray[np.float64], scores: NDArray[np.float64], boxes: NDArray[np.float64]) -> list[int]:
    """The best outline, and others beside it that are nearly as good and do not overlap it."""
    order = np.argsort(-scores)
    chosen: list[int] = []
    for i in order:
        best = scores[chosen[0]] if chosen else 0.0
        if scores[i] < (_LEAST if not chosen else max(_LEAST, _FURTHER * best)) or len(chosen) == _MOST:
            break
        if all(_overlap(quads[i], quads[j]) < 0.05 for j in chosen) and (not chosen or _holds_text(quads[i], boxes)):
            chosen.append(int(i))
    return chosen


def _holds_text(quad: NDArray[np.float64], boxes: NDArray[np.float64]) -> bool:
    return bool(len(boxes) and _text_in(quad[None], boxes)[0][0] >= 10)


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Share of the smaller outline that lies in the other."""
    area, _ = cv2.intersectConvexConvex(a.astype(np.float32), b.astype(np.float32))
    return float(area) / max(1.0, min(cv2.contourArea(a.astype(np.float32)), cv2.contourArea(b.astype(np.float32))))
