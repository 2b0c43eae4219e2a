"""Finding cards in a picture: any place, any rotation, any desk; several cards on one page.

A net marks what is card; each connected part with a heart of its own is one. A second, closer look at each gives its
sides to about one part in two hundred, and the edges in the picture give them to the pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.mask import CardMask, Sight, Window, card_mask
from cardscan.imaging.outline import clockwise, fit_quad, is_sound, overlap, refine
from cardscan.records import Corners, Pixels

_LIKELY = 0.5  # a point is on a card from here on
_LEAST = 0.5  # an outline that scores less is no card
_LEAST_HEART = 10  # points of a heart's plane
_MOST = 4
_CLOSER = 0.8  # a card that takes up less of the picture's long side than this is looked at more closely
_ROOM = 0.16  # what a closer look shows around a card, as a share of its size
_SAME = 0.6  # overlap from which on two looks saw one card


@dataclass(frozen=True, slots=True)
class Outline:
    """A card's outline. ``corners`` in pixels of the picture that was searched; ``score`` 0-1."""

    corners: Corners
    score: float


def locate(pixels: Pixels, text: Sequence[Corners] = (), *, mask: CardMask | None = None) -> list[Outline]:
    """Outlines of the cards in a picture, best first; empty where none is seen.

    Args:
        pixels: RGB.
        text: Boxes of lines of text in it, where known: they tell a card from a blank thing of its shape.
        mask: The net; None for the one of this process.

    Raises:
        EngineUnavailable: The net's model cannot be loaded.
    """
    mask = mask or card_mask()
    size = pixels.shape[1], pixels.shape[0]
    found = []
    for seen in _cards_in(mask.look(pixels), size)[:_MOST]:
        closer = _looked_closer(mask, pixels, seen)
        corners, _ = refine(closer.corners, pixels)
        corners = clockwise(_onto_rim(corners, size))
        if is_sound(corners, size):
            found.append(Outline(corners, closer.score))
    if len(text):
        found = _with_text(found, text)
    found = [o for o in found if o.score >= _LEAST]
    return _apart(sorted(found, key=lambda o: -o.score))


def _cards_in(sight: Sight, size: tuple[int, int]) -> list[Outline]:
    """An outline for each heart, the surest and largest first."""
    number, hearts = cv2.connectedComponents((sight.heart > _LIKELY).astype(np.uint8))
    card = sight.card > _LIKELY
    owner = _nearest_heart(hearts)
    found = []
    for i in range(1, number):
        own = hearts == i
        if own.sum() < _LEAST_HEART:
            continue
        area = (card & (owner == i)).astype(np.uint8)
        quad = fit_quad(area)
        if quad is None:
            continue
        score = _fitness(quad, sight, area) * float(sight.heart[own].mean())
        corners = sight.to_picture(quad)
        if score > 0.3 * _LEAST and is_sound(corners, size):
            found.append((score * float(np.sqrt(own.sum())), Outline(corners, score)))
    return [outline for _, outline in sorted(found, key=lambda pair: -pair[0])]


def _nearest_heart(hearts: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each point the number of the heart nearest to it."""
    free = (hearts == 0).astype(np.uint8)
    if not hearts.any():
        return hearts
    _, label = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    number_of = np.zeros(int(label.max()) + 1, np.int32)
    number_of[label[free == 0]] = hearts[free == 0]
    owner: NDArray[np.int32] = number_of[label]
    return owner


def _fitness(quad: Corners, sight: Sight, area: NDArray[np.uint8]) -> float:
    """How well an area fills its outline and how sure the net is inside."""
    drawn = np.zeros(area.shape, np.uint8)
    cv2.fillConvexPoly(drawn, np.round(quad * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    shared, either = float((drawn & area).sum()), float((drawn | area).sum())
    inside = cv2.mean(sight.card, drawn)[0]
    return shared / max(1.0, either) * float(inside)


def _looked_closer(mask: CardMask, pixels: Pixels, seen: Outline) -> Outline:
    """The same card looked at from nearer by; the first look where the second does not know it again."""
    low, high = seen.corners.min(0), seen.corners.max(0)
    height, width = pixels.shape[:2]
    if (high - low).max() > _CLOSER * max(width, height):
        return seen
    room = _ROOM * float((high - low).max())
    x0, y0 = np.clip(np.floor(low - room), 0, None).astype(int)
    x1, y1 = np.clip(np.ceil(high + room), None, [width, height]).astype(int)
    if x1 - x0 < 16 or y1 - y0 < 16:
        return seen
    again = _cards_in(mask.look(pixels, Window(int(x0), int(y0), int(x1), int(y1))), (width, height))
    best = max(again, key=lambda o: overlap(o.corners, seen.corners), default=None)
    if best is None or overlap(best.corners, seen.corners) < _SAME:
        return seen
    return Outline(best.corners, max(best.score, seen.score))


def _onto_rim(corners: Corners, size: tuple[int, int]) -> Corners:
    """Corners that are outside the picture by a hair are on its rim."""
    limit = np.array(size, np.float64)
    inside = np.clip(corners, 0, limit)
    return np.where(np.abs(corners - inside) < 0.02 * limit.max(), inside, corners)


def _with_text(found: list[Outline], text: Sequence[Corners]) -> list[Outline]:
    """Outlines that hold no text count half, where the picture has text at all."""
    middles = np.array([box.mean(0) for box in text])
    out = []
    for outline in found:
        polygon = outline.corners.astype(np.float32)
        holds = any(cv2.pointPolygonTest(polygon, (float(x), float(y)), False) >= 0 for x, y in middles)
        out.append(outline if holds else Outline(outline.corners, outline.score * 0.5))
    return out


def _apart(found: list[Outline]) -> list[Outline]:
    """Of outlines that overlap, the best one."""
    chosen: list[Outline] = []
    for outline in found:
        if all(overlap(outline.corners, other.corners) < 0.1 for other in chosen):
            chosen.append(outline)
    return chosen
