"""What lies on a card and may hide print: light that is reflected, a hand, a slip. And whether it does hide some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.cover import Cover, blobs
from cardscan.imaging.overlay import seen
from cardscan.imaging.patches import patches
from cardscan.records import Corners, Pixels, QualityCode

_BURNT = 252
_GLARE_SHARE = 0.012  # of the card
_HAND_SHARE = 0.025
_SOFT = 10.0  # levels a pixel, at the rim of a reflection that lies on text; the rim of a white box has 25 and more
_BARE = 35  # percent of the rim of a reflection, at least, that crosses no print
_WINDOWS = 3  # line heights that a line is long, at least, to tell how dark its print is
_BESIDE = 1.2  # line heights within which light that is reflected makes print pale
_PALE = 0.6  # of a line's usual contrast
_PALER = 0.9
_RISE = 0.07  # of a line's usual contrast, from one place to the next, where light fades; a grey label stays as grey
_FAINT = 0.3  # of it, fainter than any label
_BRIGHT = 245
_BRIGHTER = 1.15  # light that makes print 40 percent paler makes its ground so much brighter, or burns it out
_LONG = 5  # line heights
_TOGETHER = 6.0  # line heights
_ENDS = (0.2, 0.45, 0.7)  # line heights beyond the end of a line at which a hand is looked for
_REACHING_SHARE = 0.008  # of the card
_MOST_REACHING = 0.4
_DEPTH = 5  # pixels of a picture of half the size, inside and outside of an outline, at which colours are compared
_STEP = 2
_LEAST_RUN = 12  # pixels along an outline, where something crosses it
_MOST_RUNS = 6
_MOST_OPEN = 0.5  # of an outline, that something crosses
_ALIKE = 26  # levels of a colour
_UNLIKE = 32
_SHADED = 80  # levels between the lit and the shaded parts of a thing
_SMOOTH = 10.0  # levels a pixel, within a thing; at its edges there are more
_WINDOW = 12  # pixels to which a window of one line height is brought
_INK, _GROUND = 6, 132  # of a window's 144 pixels by level: dark as its print, bright as its ground


def covers(pixels: Pixels, gray: NDArray[np.uint8], margin: int, lines: Sequence[Corners]) -> list[Cover]:
    """What lies on a card, the largest first.

    Args:
        pixels: The card laid flat, RGB, with what lies around it, at any size.
        gray: The same in grey, 800 pixels wide without its margins.
        margin: Pixels of ``gray`` at every side that lie beyond the card.
        lines: Boxes of the lines of text on it, in pixels of ``gray``.
    """
    inside = slice(margin, gray.shape[0] - margin), slice(margin, gray.shape[1] - margin)
    light = _glare(gray[inside])
    half = max(1, gray.shape[1] // 2), max(1, gray.shape[0] // 2)  # colours need no more
    colours = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_LINEAR), np.uint8)
    hands = [(_skin(colours, margin // 2), _HAND_SHARE)]
    hands += [(area, _REACHING_SHARE) for area in _reaching_in(colours, margin // 2)]
    masks = [(QualityCode.GLARE, light, _GLARE_SHARE)]
    for area, least in hands:
        full = cv2.resize(area, light.shape[::-1], interpolation=cv2.INTER_NEAREST)
        masks.append((QualityCode.COVERED, np.asarray(full, np.uint8), least))
    printed = [_printed(gray[inside], line - margin) for line in lines]
    found: list[Cover] = []
    for code, mask, least in masks:
        for blob, corners, size in blobs(mask, least * mask.size):
            hides = _washes_out(blob, printed) if code == QualityCode.GLARE else _ends_lines(blob, printed)
            if hides is not None:
                found.append(Cover(code, corners + margin, size, hides))
    if not any(cover.hides and cover.code == QualityCode.COVERED for cover in found):
        found += _slips(pixels, gray, margin, lines)
    found += seen(pixels, gray, margin, lines, {cover.code for cover in found if cover.hides})
    if not any(cover.hides and cover.code == QualityCode.GLARE for cover in found):
        found += _faded(printed, margin)
    return sorted(found, key=lambda cover: -cover.area)


def _slips(pixels: Pixels, gray: NDArray[np.uint8], margin: int, lines: Sequence[Corners]) -> Iterator[Cover]:
    """What lies over the ends of lines, within the card: beyond its outline it is the rim of what holds it."""
    grown = pixels.shape[1] / gray.shape[1]
    for corners in patches(pixels, [line * grown for line in lines]):
        seen = corners / grown
        if (seen.mean(0) > margin).all() and (seen.mean(0) < np.array(gray.shape[::-1]) - margin).all():
            yield Cover(QualityCode.COVERED, seen, round(float(np.prod(np.ptp(seen, axis=0)))), hides=True)


@dataclass(frozen=True, slots=True)
class _Printed:
    """A line of print: its middle from end to end, its height, and places along it.

    ``contrast``: 0-1 at each place, of ``ground``: a shadow makes neither print paler nor a line fade.
    """

    first: NDArray[np.float64]
    last: NDArray[np.float64]
    height: float
    places: NDArray[np.int64]
    contrast: NDArray[np.float64]
    ground: NDArray[np.float64]


def _printed(gray: NDArray[np.uint8], box: Corners) -> _Printed:
    first, last = (box[0] + box[3]) / 2, (box[1] + box[2]) / 2
    height = max(1.0, float(np.linalg.norm(box[3] - box[0])))
    count = max(1, round(float(np.linalg.norm(last - first)) / height))
    wide = count * _WINDOW
    corners = np.array([(0, 0), (wide, 0), (wide, _WINDOW), (0, _WINDOW)], np.float32)
    strip = cv2.warpPerspective(gray, cv2.getPerspectiveTransform(box.astype(np.float32), corners), (wide, _WINDOW))
    windows = strip.reshape(_WINDOW, count, _WINDOW).transpose(1, 0, 2).reshape(count, -1)
    ink, ground = np.partition(windows, (_INK, _GROUND), axis=1)[:, (_INK, _GROUND)].T.astype(np.float64)
    along = (np.arange(count) + 0.5)[:, None] / count
    places = np.clip(first + along * (last - first), 0, np.array(gray.shape[::-1]) - 1).astype(np.int64)
    return _Printed(first, last, height, places, (ground - ink) / np.maximum(ground, 1), ground)


def _washes_out(light: NDArray[np.uint8], lines: Sequence[_Printed]) -> bool | None:
    """Whether print grows pale toward the light; None where print beside it is as dark as elsewhere: a white ground."""
    distance = cv2.distanceTransform(1 - light, cv2.DIST_L2, 3)
    beside = False
    for line in lines:
        near = distance[line.places[:, 1], line.places[:, 0]] < _BESIDE * line.height
        if len(line.places) >= _WINDOWS and near.any():
            beside = True
            if (near & _paling(line) & _lit(line)).any():
                return True
    return None if beside else False


def _paling(line: _Printed) -> NDArray[np.bool_]:
    """Where a line is pale, at its ends or with what is beside it; a gap or a dot within a line is pale alone."""
    share = line.contrast / max(float(np.median(line.contrast)), 0.01)
    beside = np.minimum(np.append(share[1:], 0.0), np.insert(share[:-1], 0, 0.0))
    return np.asarray((share < _PALE) & (beside < _PALER), np.bool_)


def _lit(line: _Printed) -> NDArray[np.bool_]:
    """Where the ground of a line is brighter than elsewhere, or nearly burnt out: thin print is pale alone."""
    return np.asarray(line.ground >= min(_BRIGHT, _BRIGHTER * float(line.ground.min())), np.bool_)


def _faded(lines: Sequence[_Printed], margin: int) -> Iterator[Cover]:
    """Light on a card that is white all over: two lines near each other fade away."""
    ends = [(end, line.height) for line in lines for end in _fading_ends(line)]
    for i, (one, height) in enumerate(ends):
        near = [other for other, _ in ends[:i] if np.linalg.norm(one - other) < _TOGETHER * height]
        if near:
            around = np.array([one, *near])
            (x0, y0), (x1, y1) = around.min(0) - 2 * height + margin, around.max(0) + 2 * height + margin
            corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)
            yield Cover(QualityCode.GLARE, corners, round((x1 - x0) * (y1 - y0)), hides=True)
            return


def _fading_ends(line: _Printed) -> Iterator[NDArray[np.float64]]:
    """The ends of a line toward which its print grows paler step by step, on ground that is nearly burnt out."""
    if len(line.places) < _LONG:
        return
    usual = float(np.median(line.contrast))
    for end, order in ((line.first, slice(None)), (line.last, slice(None, None, -1))):
        (outmost, next_), ground = line.contrast[order][:2] / max(usual, 0.01), line.ground[order][0]
        fades = outmost < next_ < _PALER and (outmost < _FAINT or outmost + _RISE < next_)
        if outmost < _PALE and fades and ground >= _BRIGHT:
            yield end


def _ends_lines(hand: NDArray[np.uint8], lines: Sequence[_Printed]) -> bool | None:
    """Whether a line ends at a hand; None where print stands on it, or between its parts: that is a ground."""
    usual = float(np.median(np.concatenate([line.contrast for line in lines]))) if lines else 0.0
    whole = np.zeros_like(hand)
    points = np.asarray(cv2.findNonZero(hand), np.int32)
    cv2.fillConvexPoly(whole, np.asarray(cv2.convexHull(points), np.int32), 1)
    on = [line.contrast[whole[line.places[:, 1], line.places[:, 0]] > 0] for line in lines]
    if sum(int((contrast > usual / 2).sum()) for contrast in on) >= _WINDOWS:
        return None
    return any(_at(hand, point) for line in lines for point in _beyond(line))


def _beyond(line: _Printed) -> Iterator[NDArray[np.float64]]:
    """Points just beyond the ends of a line."""
    along = line.last - line.first
    step = along * (line.height / max(1.0, float(np.linalg.norm(along))))
    for far in _ENDS:
        yield line.first - far * step
        yield line.last + far * step


def _at(mask: NDArray[np.uint8], point: NDArray[np.float64]) -> bool:
    x, y = int(point[0]), int(point[1])
    return 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1] and bool(mask[y, x])


def _glare(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Burnt-out blobs that fade out at their rims, on a card that is not white paper as a whole."""
    burnt = (gray >= _BURNT).astype(np.uint8)
    if np.median(gray) > 242 or burnt.mean() > 0.6:
        return np.zeros_like(burnt)
    burnt = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)).astype(np.uint8)
    slope: NDArray[np.float32] | None = None
    for blob, _, _ in blobs(burnt, _GLARE_SHARE * gray.size):
        slope = steepness(gray) if slope is None else slope
        if not _fades_out(blob, slope):
            burnt[blob > 0] = 0
    return burnt


def steepness(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Levels a pixel."""
    blurred = cv2.GaussianBlur(gray, (3, 3), 0)
    gx, gy = cv2.Scharr(blurred, cv2.CV_32F, 1, 0), cv2.Scharr(blurred, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(gx, gy) / 32, np.float32)


def _fades_out(blob: NDArray[np.uint8], slope: NDArray[np.float32]) -> bool:
    """Whether a burnt-out blob is light, which fades out at its rim where no print is; white print has an edge."""
    rim = cv2.dilate(blob, np.ones((5, 5), np.uint8)) - blob
    return bool(rim.any()) and float(np.percentile(slope[rim > 0], _BARE)) < _SOFT


def _skin(colours: Pixels, margin: int) -> NDArray[np.uint8]:
    """Skin-coloured areas of the card that reach in from its rim."""
    card = colours[margin : colours.shape[0] - margin, margin : colours.shape[1] - margin]
    ycc = cv2.cvtColor(cv2.GaussianBlur(card, (5, 5), 0), cv2.COLOR_RGB2YCrCb)
    mask = np.asarray(cv2.inRange(ycc, (50, 138, 80), (250, 178, 124)) // 255, np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(np.uint8)
    reaching: NDArray[np.uint8] = np.zeros_like(mask)
    if not _HAND_SHARE < cv2.countNonZero(mask) / mask.size < 0.6:
        return reaching
    for blob, _, _ in blobs(mask, _HAND_SHARE * mask.size):
        at_rim = blob[:2].any() or blob[-2:].any() or blob[:, :2].any() or blob[:, -2:].any()
        if at_rim and _stands_out(card, blob):
            reaching = np.maximum(reaching, blob)
    return reaching


def _stands_out(card: Pixels, blob: NDArray[np.uint8]) -> bool:
    """Whether an area is of another colour than what lies around it; a ground that fades is not."""
    around = cv2.dilate(blob, np.ones((31, 31), np.uint8)) - cv2.dilate(blob, np.ones((7, 7), np.uint8))
    if not around.any():
        return True
    here, there = (np.median(card[area > 0], axis=0) for area in (blob, around))
    return float(np.abs(here - there).max()) > _UNLIKE


def _reaching_in(colours: Pixels, margin: int) -> Iterator[NDArray[np.uint8]]:
    """Areas of the card that go on beyond its outline in the same colours: a finger, a slip of paper.

    Print and grounds end with the card. What spans it is a band of its design, on a desk of like colour.
    """
    if margin <= _DEPTH:
        return
    height, width = colours.shape[:2]
    soft = np.asarray(cv2.GaussianBlur(colours, (0, 0), 1), np.uint8)
    rims = list(_rims(height, width, margin))
    same = [_goes_on(soft[inner], soft[outer]) for inner, outer in rims]
    if not 0 < sum(int(s.sum()) for s in same) < _MOST_OPEN * sum(map(len, same)):
        return  # where most of the outline is none, it tells nothing
    slope = steepness(np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8))
    inside = slice(margin, height - margin), slice(margin, width - margin)
    runs = [
        (end - start, inner, slice(start, end))
        for (inner, _), s in zip(rims, same, strict=True)
        for start, end in _runs(s)
    ]
    for length, (y, x), run in sorted(runs, key=lambda r: -r[0])[:_MOST_RUNS]:
        if length * _STEP < _LEAST_RUN:
            break
        places = y[run], x[run]
        colour = np.median(soft[places], axis=0)
        like = np.zeros((height, width), np.uint8)
        alike = cv2.inRange(soft[inside], colour - _SHADED, colour + _SHADED)
        like[inside] = (alike > 0) & (slope[inside] < _SMOOTH)
        area = _grown(like, places)[inside]
        if area.mean() < _MOST_REACHING and not _spans(area):
            yield area


def _goes_on(inner: NDArray[np.uint8], outer: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where colours inside and outside of an outline are alike; what is burnt out looks like anything that is."""
    apart = np.abs(inner.astype(np.int16) - outer).max(1)
    return np.asarray((apart < _ALIKE) & (inner.min(1) < _BURNT), np.bool_)


_Places = tuple[NDArray[np.int64], NDArray[np.int64]]


def _rims(height: int, width: int, margin: int) -> Iterator[tuple[_Places, _Places]]:
    """Places along the four sides of a card, just inside and just outside: rows and columns."""
    start = margin + _DEPTH
    x, y = np.arange(start, width - start, _STEP), np.arange(start, height - start, _STEP)
    for near, far in ((margin, -1), (height - margin, 1)):
        yield (np.full_like(x, near - far * _DEPTH), x), (np.full_like(x, near + far * _DEPTH), x)
    for near, far in ((margin, -1), (width - margin, 1)):
        yield (y, np.full_like(y, near - far * _DEPTH)), (y, np.full_like(y, near + far * _DEPTH))


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where flags are set one after the other: first, and one beyond the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _grown(area: NDArray[np.uint8], places: _Places) -> NDArray[np.uint8]:
    """The parts of an area that hang together with places in it, their gaps closed."""
    whole = cv2.morphologyEx(area, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(whole)
    touched = np.unique(labels[places])
    kept = np.isin(labels, touched[touched > 0]).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.uint8)


def _spans(area: NDArray[np.uint8]) -> bool:
    """Whether it reaches two opposite sides of the card."""
    n = _DEPTH
    return bool((area[:n].any() and area[-n:].any()) or (area[:, :n].any() and area[:, -n:].any()))
