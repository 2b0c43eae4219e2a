"""What is wrong with a picture of a card, where, and what a person at a desk can do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.dewarp import to_photo
from cardscan.imaging.outline import longest_side
from cardscan.records import Box, Corners, Flat, Pixels, Quality, QualityCode, QualityProblem, box_of

MESSAGES = {
    QualityCode.BLUR: "The picture is blurred: hold still, let the camera focus, and keep a hand's width of distance.",
    QualityCode.GLARE: "Light reflects on the card: tilt it or move the lamp until the marked place is readable.",
    QualityCode.DARK: "The picture is too dark: turn on a light or move to a brighter place.",
    QualityCode.SMALL: "The card is too small in the picture: move closer until it fills most of it.",
    QualityCode.CUT_OFF: "A part of the card is outside the picture: move back until all four corners show.",
    QualityCode.COVERED: "Something covers a part of the card: hold it by its rim and take the picture again.",
    QualityCode.NO_CARD: "No card is seen in the picture: put one card on a plain dark surface and fill the frame.",
}

_SIDE = 800  # width at which a flat card is looked at
_SHARPNESS = 0.115  # gradient over contrast; printed text in focus has 0.2 and more
_DARK = 105
_SMALL = 430  # pixels of card width; below it 6-point print has less than 8 pixels
_GLARE_SHARE = 0.012
_SOFT = 10.0  # levels a pixel, at the rim of a reflection that lies on text; the rim of a white box has 25 and more
_RIM = 0.012  # of the picture's long side: nearer to its rim than this, a corner is on it
_AT_RIM = 0.3  # line heights from the rim within which a line of text is cut
_CUT_SHARE = 0.25  # of the length of all lines
_COVER_SHARE = 0.025
_AROUND = 8  # pixels of a small picture: shown around words
_STRIP = 2.4  # width over height from which on an outline is that of a part of a card
_WEIGHT = {QualityCode.NO_CARD: 1.0, QualityCode.SMALL: 0.5, QualityCode.BLUR: 0.5, QualityCode.DARK: 0.4}


def assess(flat: Flat, picture: tuple[int, int], text: Sequence[Corners] = ()) -> Quality:
    """Quality of one card in a picture.

    Args:
        flat: The card, laid flat, or the whole picture.
        picture: Width and height of the full picture, in pixels.
        text: Boxes of the lines on it, in pixels of the full picture.
    """
    problems = tuple(_problems(flat, picture, text))
    if _runs_out(text, picture) and not any(p.code == QualityCode.CUT_OFF for p in problems):
        problems = (*problems, problem(QualityCode.CUT_OFF))
    score = float(np.prod([1 - _WEIGHT.get(p.code, 0.3) for p in problems]))
    return Quality(score=round(score, 3), problems=problems)


def problem(code: QualityCode, box: Box | None = None) -> QualityProblem:
    return QualityProblem(code=code, message=MESSAGES[code], box=box)


def _problems(flat: Flat, picture: tuple[int, int], text: Sequence[Corners]) -> Iterator[QualityProblem]:
    height, width = flat.card.shape[:2]
    scale = _SIDE / width
    shape = (_SIDE, max(1, round(height * scale)))
    small = np.asarray(cv2.resize(flat.card, shape, interpolation=cv2.INTER_AREA), np.uint8)
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    if _level(gray, 0.97) < _DARK:  # a dark design, or a screen in dark mode, has bright print
        yield problem(QualityCode.DARK)
    if flat.corners is not None and longest_side(flat.corners) < _SMALL:
        yield problem(QualityCode.SMALL)  # and looks blurred for that
    elif (sharp := sharpness(_printed(gray, scale, flat, text))) < _SHARPNESS:
        yield problem(QualityCode.BLUR if sharp else QualityCode.NO_CARD)  # what is blank is not blurred
    if flat.corners is not None:
        if _leaves(flat.corners, picture):
            yield problem(QualityCode.CUT_OFF)
        elif flat.card.shape[1] > _STRIP * flat.card.shape[0]:
            yield problem(QualityCode.COVERED)
        for code, mask, least in (
            (QualityCode.GLARE, _glare(gray), _GLARE_SHARE),
            (QualityCode.COVERED, _skin(small), _COVER_SHARE),
        ):
            corners = _largest(mask, least)
            if corners is not None:
                yield problem(code, box_of(to_photo(flat, corners / scale + flat.margin)))


def _printed(gray: NDArray[np.uint8], scale: float, flat: Flat, text: Sequence[Corners]) -> NDArray[np.uint8]:
    """The card; where none was found, what lies around the words that were: much else in a picture is never sharp."""
    if flat.corners is not None or not text:
        return gray
    back = np.linalg.inv(flat.to_photo)
    points = cv2.perspectiveTransform(np.concatenate(text).reshape(-1, 1, 2).astype(np.float64), back) * scale
    x0, y0, w, h = cv2.boundingRect(points.astype(np.float32))
    part = gray[max(0, y0 - _AROUND) : y0 + h + _AROUND, max(0, x0 - _AROUND) : x0 + w + _AROUND]
    return part if part.size else gray


def sharpness(gray: NDArray[np.uint8]) -> float:
    """Steepest gradients over the contrast they span: 0 flat, about 0.1 blurred, 0.2 and more in focus."""
    contrast = float(_level(gray, 0.99) - _level(gray, 0.01))
    if contrast < 12:
        return 0.0
    slope = _slope(gray)[::2, ::2].ravel()
    steep = int(0.99 * (slope.size - 1))
    return float(np.partition(slope, steep)[steep]) / contrast


def _slope(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Levels a pixel."""
    blurred = cv2.GaussianBlur(gray, (3, 3), 0)
    gx, gy = cv2.Scharr(blurred, cv2.CV_32F, 1, 0), cv2.Scharr(blurred, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(gx, gy) / 32, np.float32)


def _level(gray: NDArray[np.uint8], share: float) -> int:
    """The level that this share of the pixels does not exceed."""
    return int(np.searchsorted(np.cumsum(cv2.calcHist([gray], [0], None, [256], [0, 256])), share * gray.size))


def _leaves(corners: Corners, picture: tuple[int, int]) -> bool:
    """Whether a corner is outside the picture, or a side lies on its rim without its opposite doing so too.

    A screenshot or a close crop fills the picture from rim to rim: then nothing is missing.
    """
    width, height = picture
    margin = _RIM * max(picture)
    x, y = corners[:, 0], corners[:, 1]
    if min(x.min(), y.min()) < -margin or x.max() > width + margin or y.max() > height + margin:
        return True
    left, right = (x < margin).sum() >= 2, (x > width - margin).sum() >= 2
    top, bottom = (y < margin).sum() >= 2, (y > height - margin).sum() >= 2
    return bool(left != right or top != bottom)


def _runs_out(text: Sequence[Corners], picture: tuple[int, int]) -> bool:
    """Whether much of the text, and more than one line, goes on beyond the rim of the picture."""
    width, height = picture
    total, cut = 0.0, []
    for box in text:
        long = float(np.linalg.norm(box[1] - box[0]))
        near = _AT_RIM * float(np.linalg.norm(box[3] - box[0]))
        total += long
        ends = (box[0] + box[3]) / 2, (box[1] + box[2]) / 2
        if any(min(x, y, width - x, height - y) < near for x, y in ends):
            cut.append(long)
    return len(cut) > 1 and sum(cut) > _CUT_SHARE * total


def _glare(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Burnt-out blobs on a card that is not white paper as a whole."""
    burnt = (gray >= 252).astype(np.uint8)
    if np.median(gray) > 242 or burnt.mean() > 0.6:
        return np.zeros_like(burnt)
    burnt = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)).astype(np.uint8)
    if burnt.mean() < _GLARE_SHARE:
        return burnt
    count, labels, stats, _ = cv2.connectedComponentsWithStats(burnt)
    slope = _slope(gray)
    for i in range(1, count):
        blob = (labels == i).astype(np.uint8)
        if stats[i, cv2.CC_STAT_AREA] >= _GLARE_SHARE * gray.size and not _fades_out(blob, slope):
            burnt[blob > 0] = 0
    return burnt


def _fades_out(blob: NDArray[np.uint8], slope: NDArray[np.float32]) -> bool:
    """Whether a burnt-out blob is light, which fades out at its rim; white print has an edge."""
    rim = cv2.dilate(blob, np.ones((5, 5), np.uint8)) - blob
    return bool(rim.any()) and float(np.median(slope[rim > 0])) < _SOFT


def _skin(pixels: Pixels) -> NDArray[np.uint8]:
    """Skin-coloured areas that reach in from the rim."""
    ycc = cv2.cvtColor(cv2.GaussianBlur(pixels, (7, 7), 0), cv2.COLOR_RGB2YCrCb)
    mask = cv2.inRange(ycc, (50, 138, 80), (250, 178, 124)) // 255
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)).astype(np.uint8)
    if not _COVER_SHARE < cv2.countNonZero(mask) / mask.size < 0.6:
        return np.zeros_like(mask)
    _, labels = cv2.connectedComponents(mask)
    rim = np.unique(
        np.concatenate([labels[:3].ravel(), labels[-3:].ravel(), labels[:, :3].ravel(), labels[:, -3:].ravel()])
    )
    reaching: NDArray[np.uint8] = (np.isin(labels, rim[rim > 0])).astype(np.uint8)
    return reaching


def _largest(mask: NDArray[np.uint8], least: float) -> Corners | None:
    """Corners of the rectangle around the largest area, if it is ``least`` of the card."""
    if cv2.countNonZero(mask) < least * mask.size:
        return None
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return None
    x, y, w, h, area = max(stats[1:].tolist(), key=lambda s: s[4])
    if area < least * mask.size:
        return None
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float64)
