"""Finding cards in a picture: any place, any rotation, any desk; several cards on one page.

A net marks what is card; each connected part with a heart of its own is one. A second, closer look at each gives its
sides to about one part in two hundred, and the edges in the picture give them to the pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.mask import CardMask, Sight, Window, card_mask
from cardscan.imaging.outline import (
    clockwise,
    fit_quad,
    is_sound,
    likeness,
    longest_side,
    others_near,
    overlap,
    refine,
)
from cardscan.records import Corners, Pixels

__all__ = ["Outline", "locate", "locate_far"]

_SIDE = 1000  # long side to which larger pictures are reduced
_FAR = 0.45  # a card whose long side is a smaller share of the picture's is looked for once more around its place
_AROUND = 0.5  # what is shown around it then, as a share of its long side
_NEARLY = 0.08  # how much larger it may stay
_LIKELY = 0.5  # a point is on a card from here on
_DIM = 0.2  # the same where no card was seen at first
_LEAST = 0.5  # an outline that scores less is a card only where there is no other
_FAINT = 0.2  # one that scores less is none
_TILE = 0.3  # of the picture's long side: parts that are searched for a card far away where none was seen
_LEAST_TILE = 64  # pixels of the picture's short side
_SPLITS = (0.7, 0.85, 0.93)  # levels at which hearts that have grown together may come apart
_OWN_EDGE = 0.3  # share of edge that every side of a card has that was told apart so
_LEAST_HEART = 10  # points of a heart's plane
_MOST = 10  # cards in a picture: a page of them
_CLOSER = 0.8  # a card that takes up less of the picture's long side than this is looked at more closely
_ROOM = 0.16  # what a closer look shows around a card, as a share of its size
_SAME = 0.5  # overlap from which on two looks saw one card
_SURE = 0.88  # overlap from which on no third look is needed
_LOOKS = 2  # closer looks, at most
_LEVELS = (0.3, 0.75)  # further levels of likeliness at which an outline is fitted
_HEART = 0.8  # size of a heart, as the net was taught
_EDGES = 0.3  # what edges under all four sides count against a perfect fit
_WEAKEST = 0.3  # the same for the side with the least of them
_SHAPE = 0.12  # the same for a card's usual shape
_WHOLE_EDGE = 0.85  # with less edge than this under the best outline, others are looked for
_REFINED = 12  # of them, those that are moved onto edges
_WORSE = 0.15  # an outline that fits worse than the best by more than this is none, whatever edges are under it


@dataclass(frozen=True, slots=True)
class Outline:
    """A card's outline.

    Attributes:
        corners: In pixels of the picture that was searched.
        score: How sure the net is of it: 0-1.
        edges: Share of edge in the picture under each side, from the one after the first corner on: 0-1.
    """

    corners: Corners
    score: float
    edges: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)

    @property
    def rim(self) -> float:
        """Share of edge under the side that has least. Where there is none, no rim was seen."""
        return min(self.edges)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A card as one look saw it: outlines that may be its own, best first, and how likely each point is on it."""

    quads: tuple[Corners, ...]
    fits: tuple[float, ...]
    sureness: float
    card: NDArray[np.float32]
    sight: Sight


def locate(pixels: Pixels, *, mask: CardMask | None = None) -> list[Outline]:
    """Outlines of the cards in a picture, best first; empty where none is seen.

    Args:
        pixels: RGB.
        mask: The net; None for the one of this process.

    Raises:
        EngineUnavailable: The net's model cannot be loaded.
    """
    mask = mask or card_mask()
    small = _reduced(pixels)
    outlines = _found(mask, mask.look(small), small)
    if not any(outline.score >= _LEAST for outline in outlines):
        outlines = _found(mask, mask.look(small, both_ways=True), small, _DIM) or outlines
    sure = [outline for outline in outlines if outline.score >= _LEAST]
    # where the net is not sure of any, one that has edges all around is better than none
    kept = sure or [outline for outline in outlines if outline.rim > _OWN_EDGE][:1]
    return _at_full_size(mask, pixels, small, kept)


def locate_far(pixels: Pixels, *, mask: CardMask | None = None) -> list[Outline]:
    """The surest outline that a search part by part finds: for pictures in which nothing was found that can be read.

    Args:
        pixels: RGB.
        mask: The net; None for the one of this process.

    Raises:
        EngineUnavailable: The net's model cannot be loaded.
    """
    mask = mask or card_mask()
    small = _reduced(pixels)
    height, width = small.shape[:2]
    side = round(_TILE * max(width, height))
    if min(width, height) < _LEAST_TILE:
        return []
    lefts, tops = (range(0, max(1, length - side // 2), max(1, side // 2)) for length in (width, height))
    windows = [Window(x, y, min(width, x + side), min(height, y + side)) for x in lefts for y in tops]
    found = [outline for window in windows for outline in _found(mask, mask.look(small, window), small)]
    best = sorted((o for o in found if o.score >= _LEAST), key=lambda o: -o.score)[:1]
    return _at_full_size(mask, pixels, small, best)


def _at_full_size(mask: CardMask, pixels: Pixels, small: Pixels, found: Sequence[Outline]) -> list[Outline]:
    """Outlines found in the reduced picture; those of cards far away are found once more in the full one."""
    grow = np.array(pixels.shape[1::-1]) / (small.shape[1], small.shape[0])
    full = [replace(outline, corners=outline.corners * grow) for outline in found]
    return [
        o if longest_side(o.corners) > _FAR * max(pixels.shape[:2]) else _from_nearby(mask, pixels, o) for o in full
    ]


def _from_nearby(mask: CardMask, pixels: Pixels, outline: Outline) -> Outline:
    """The outline of a card far away, found once more in the part of the picture around it, at full size."""
    room = _AROUND * longest_side(outline.corners)
    x0, y0 = np.clip(np.floor(outline.corners.min(0) - room), 0, None).astype(int)
    x1, y1 = np.clip(np.ceil(outline.corners.max(0) + room), None, pixels.shape[1::-1]).astype(int)
    part = pixels[y0:y1, x0:x1]
    small = _reduced(part)
    grow = np.array(part.shape[1::-1]) / (small.shape[1], small.shape[0])
    again = [replace(o, corners=o.corners * grow + (x0, y0)) for o in _found(mask, mask.look(small), small)]
    best = max(again, key=lambda o: overlap(o.corners, outline.corners), default=outline)
    return best if best.score >= _LEAST and overlap(best.corners, outline.corners) > _SAME else outline


def _reduced(pixels: Pixels) -> Pixels:
    """The picture, small enough to look at: by a whole number where that is near, which is many times faster."""
    shrink = max(pixels.shape[:2]) / _SIDE
    if shrink <= 1:
        return pixels
    if shrink % 1 < _NEARLY * shrink:
        shrink //= 1
    size = round(pixels.shape[1] / shrink), round(pixels.shape[0] / shrink)
    return np.asarray(cv2.resize(pixels, (max(1, size[0]), max(1, size[1])), interpolation=cv2.INTER_AREA), np.uint8)


def _found(mask: CardMask, sight: Sight, pixels: Pixels, likely: float = _LIKELY) -> list[Outline]:
    """The outlines that a look shows, best first, none over another."""
    seen = _cards_in(sight, pixels, likely)[:_MOST]
    found = [_on_edges(_looked_closer(mask, pixels, one), pixels) for one in seen]
    return _apart(sorted(_sound(found, (pixels.shape[1], pixels.shape[0])), key=lambda o: -o.score))


def _sound(found: Sequence[Outline], size: tuple[int, int]) -> list[Outline]:
    """The outlines that can be cards."""
    tidy = [_from_top_left(replace(outline, corners=_onto_rim(outline.corners, size))) for outline in found]
    return [outline for outline in tidy if is_sound(outline.corners, size) and outline.score >= _FAINT]


def _from_top_left(outline: Outline) -> Outline:
    first = int(outline.corners.sum(1).argmin())
    a, b, c, d = (outline.edges[(first + i) % 4] for i in range(4))
    return replace(outline, corners=np.roll(outline.corners, -first, axis=0), edges=(a, b, c, d))


def _cards_in(sight: Sight, pixels: Pixels, likely: float = _LIKELY) -> list[_Seen]:
    """A card for each heart, the surest and largest first."""
    hearts = _parts(sight.heart > likely, _LEAST_HEART)
    hearts = [part for heart in hearts for part in _split(heart, sight, pixels)]
    size = pixels.shape[1], pixels.shape[0]
    found = [(s.fits[0] * s.sureness * float(np.sqrt(h.sum())), s) for h, s in _outlined(hearts, sight, size)]
    return [seen for _, seen in sorted(found, key=lambda pair: -pair[0])]


def _parts(plane: NDArray[np.bool_], least: float) -> list[NDArray[np.bool_]]:
    """The connected parts of a plane that have at least so many points."""
    number, labels = cv2.connectedComponents(plane.astype(np.uint8))
    parts = [labels == i for i in range(1, number)]
    return [part for part in parts if part.sum() >= least]


def _split(heart: NDArray[np.bool_], sight: Sight, pixels: Pixels) -> list[NDArray[np.bool_]]:
    """The hearts of cards that lie so close that theirs have grown together: each has an edge on every side."""
    size = pixels.shape[1], pixels.shape[0]
    for level in _SPLITS:
        parts = _parts(heart & (sight.heart > level), max(_LEAST_HEART, 0.15 * float(heart.sum())))
        if len(parts) < 2:
            continue
        own = [seen for _, seen in _outlined(parts, sight, size)]
        if len(own) == len(parts) and all(_on_edges(s, pixels).rim > _OWN_EDGE for s in own):
            return parts
    return [heart]


def _outlined(
    hearts: Sequence[NDArray[np.bool_]], sight: Sight, size: tuple[int, int]
) -> list[tuple[NDArray[np.bool_], _Seen]]:
    """Each heart with the card around it: the points that are nearer to it than to another heart."""
    labels = np.zeros(sight.heart.shape, np.int32)
    for i, heart in enumerate(hearts):
        labels[heart] = i + 1
    owner = _nearest_heart(labels)
    seen = [_outlines(np.where(owner == i + 1, sight.card, 0), heart, sight, size) for i, heart in enumerate(hearts)]
    return [(heart, s) for heart, s in zip(hearts, seen, strict=True) if s is not None]


def _outlines(card: NDArray[np.float32], heart: NDArray[np.bool_], sight: Sight, size: tuple[int, int]) -> _Seen | None:
    """The outlines that fit an area at several levels of likeliness, and the one that its heart implies."""
    quads = [fit_quad((card > level).astype(np.uint8)) for level in (_LIKELY, *_LEVELS)]
    inner = fit_quad(heart.astype(np.uint8))
    if inner is not None:
        quads.append(inner.mean(0) + (inner - inner.mean(0)) / _HEART)
    fits = [(_fitness(q, card), q) for q in quads if q is not None and is_sound(sight.to_picture(q), size)]
    if not fits:
        return None
    fits.sort(key=lambda pair: -pair[0])
    sureness = float(sight.heart[heart].mean())
    return _Seen(tuple(sight.to_picture(q) for _, q in fits), tuple(f for f, _ in fits), sureness, card, sight)


def _nearest_heart(hearts: NDArray[Any]) -> NDArray[np.int32]:
    """For each point the number of the heart nearest to it."""
    free = (hearts == 0).astype(np.uint8)
    if not hearts.any():
        return hearts.astype(np.int32)
    _, label = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    number_of = np.zeros(int(label.max()) + 1, np.int32)
    number_of[label[free == 0]] = hearts[free == 0]
    owner: NDArray[np.int32] = number_of[label]
    return owner


def _fitness(quad: Corners, card: NDArray[np.float32]) -> float:
    """How well an outline holds what is likely card, and nothing else: 0-1."""
    drawn = np.zeros(card.shape, np.uint8)
    cv2.fillConvexPoly(drawn, np.round(quad * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    shared = float(card[drawn > 0].sum())
    return shared / max(1.0, float(drawn.sum()) + float(card.sum()) - shared)


def _looked_closer(mask: CardMask, pixels: Pixels, seen: _Seen) -> _Seen:
    """The same card looked at from nearer by; the last look that knew it again."""
    height, width = pixels.shape[:2]
    for _ in range(_LOOKS):
        low, high = seen.quads[0].min(0), seen.quads[0].max(0)
        longest = float((high - low).max())
        x0, y0 = np.clip(np.floor(low - _ROOM * longest), 0, None).astype(int)
        x1, y1 = np.clip(np.ceil(high + _ROOM * longest), None, [width, height]).astype(int)
        if longest > _CLOSER * max(width, height) or x1 - x0 < 16 or y1 - y0 < 16:
            return seen
        again = _cards_in(mask.look(pixels, Window(int(x0), int(y0), int(x1), int(y1))), pixels)
        before = seen.quads[0]
        best = max(again, key=lambda s: overlap(s.quads[0], before), default=None)
        if best is None or (same := overlap(best.quads[0], before)) < _SAME:
            return seen
        seen = best
        if same > _SURE:
            return seen
    return seen


def _on_edges(seen: _Seen, pixels: Pixels) -> Outline:
    """Of the outlines that may be the card's, moved onto edges, the one that fits best and has most edge under it."""
    tried: list[_Tried] = []
    for quad, fit in zip(seen.quads, seen.fits, strict=True):
        if fit > seen.fits[0] - _WORSE and not any(overlap(quad, t.corners) > 0.985 for t in tried):
            tried.append(_judged(quad, seen, pixels))
    if max(t.edge for t in tried) < _WHOLE_EDGE:
        size = pixels.shape[1], pixels.shape[0]
        near = [q for q in others_near(seen.quads[0], pixels) if is_sound(q, size)]
        fits = [_fitness(seen.sight.from_picture(q), seen.card) for q in near]
        ranked = sorted(zip(fits, near, strict=True), key=lambda pair: -pair[0])[:_REFINED]
        tried += [_judged(quad, seen, pixels) for fit, quad in ranked if fit > seen.fits[0] - _WORSE]
    best = max(tried, key=lambda t: t.worth)
    return Outline(best.corners, min(1.0, seen.fits[0] * seen.sureness), best.edges)


class _Tried(NamedTuple):
    """An outline moved onto edges: what it is worth, and the share of edge under each side and on the whole."""

    worth: float
    edge: float
    edges: tuple[float, float, float, float]
    corners: Corners


def _judged(quad: Corners, seen: _Seen, pixels: Pixels) -> _Tried:
    corners, support = refine(clockwise(quad), pixels)
    fit = _fitness(seen.sight.from_picture(corners), seen.card)
    edge, least = float(support.mean()), float(support.min())
    worth = fit + _EDGES * edge + _WEAKEST * least + _SHAPE * likeness(corners)
    a, b, c, d = support.tolist()
    return _Tried(worth, edge, (a, b, c, d), corners)


def _onto_rim(corners: Corners, size: tuple[int, int]) -> Corners:
    """Corners that are outside the picture by a hair are on its rim."""
    limit = np.array(size, np.float64)
    inside = np.clip(corners, 0, limit)
    return np.where(np.abs(corners - inside) < 0.02 * limit.max(), inside, corners)


def _apart(found: list[Outline]) -> list[Outline]:
    """Of outlines that overlap, the best one."""
    chosen: list[Outline] = []
    for outline in found:
        if all(overlap(outline.corners, other.corners) < 0.1 for other in chosen):
            chosen.append(outline)
    return chosen
