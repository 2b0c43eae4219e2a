"""What is wrong with a picture of a card, where, and what a person at a desk can do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from cardscan.imaging.dewarp import to_photo
from cardscan.imaging.hiding import covers, steepness
from cardscan.imaging.outline import likeness, longest_side
from cardscan.imaging.overlay import seen_on_text
from cardscan.records import Box, Corners, Flat, Quality, QualityCode, QualityProblem, box_of

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
_TALLEST = 4 * _SIDE  # a strip a pixel wide is not grown to that
_SHARPNESS = 0.115  # gradient over contrast; printed text in focus has 0.2 and more
_DARK = 105
_SMALL = 430  # pixels of card width; below it 6-point print has less than 8 pixels
_OUTSIDE = 0.012  # of a card's long side: further beyond the picture's rim than this, a corner is outside
_RIM = 0.025  # of a card's long side: nearer to the picture's rim than this, a side is on it
_WHOLE = 0.85  # likeness to a card's shape: less than a tenth of its length is missing
_AT_RIM = 0.3  # line heights from the rim within which a line of text is cut
_CUT_SHARE = 0.25  # of the length of all lines
_AROUND = 8  # pixels of a small picture: shown around words
_STRIP = 2.4  # width over height from which on an outline is that of a part of a card
_WEIGHT = {QualityCode.NO_CARD: 1.0, QualityCode.SMALL: 0.5, QualityCode.BLUR: 0.5, QualityCode.DARK: 0.4}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a picture of a card is worth.

    Attributes:
        quality: As it is reported.
        hidden: Whether print goes on beneath light or a hand, or beyond the picture: what the card says there is not
            known.
    """

    quality: Quality
    hidden: bool


def assess(flat: Flat, picture: tuple[int, int], text: Sequence[Corners] = ()) -> Assessment:
    """Quality of one card in a picture.

    Args:
        flat: The card, laid flat, or the whole picture.
        picture: Width and height of the full picture, in pixels.
        text: Boxes of the lines on it, in pixels of the full picture.
    """
    height, width = flat.pixels.shape[:2]
    scale = min(_SIDE / flat.card.shape[1], _TALLEST / height)
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    full = cv2.cvtColor(flat.pixels, cv2.COLOR_RGB2GRAY)  # first: one channel is reduced in a third of the time
    gray = np.asarray(cv2.resize(full, shape, interpolation=cv2.INTER_AREA), np.uint8)
    margin = round(flat.margin * scale)
    lines = _on_card(flat, text, scale)
    problems = list(_of_light(flat, gray[margin : shape[1] - margin, margin : shape[0] - margin], lines))
    missing = list(_of_shape(flat, picture, text))
    problems += missing
    if flat.corners is not None:
        hiding = [replace(c, corners=c.corners / scale) for c in covers(flat.pixels, gray, margin, lines)]
    else:
        hiding = list(seen_on_text(flat.pixels, _on_card(flat, text, 1.0)))
    for code in dict.fromkeys(cover.code for cover in hiding):
        corners = next(cover.corners for cover in hiding if cover.code == code)
        problems.append(problem(code, box_of(to_photo(flat, corners))))
    score = float(np.prod([1 - _WEIGHT.get(p.code, 0.3) for p in problems]))
    hidden = bool(missing) or any(cover.hides for cover in hiding)
    return Assessment(Quality(score=round(score, 3), problems=tuple(problems)), hidden)


def problem(code: QualityCode, box: Box | None = None) -> QualityProblem:
    return QualityProblem(code=code, message=MESSAGES[code], box=box)


def _of_light(flat: Flat, gray: NDArray[np.uint8], lines: Sequence[Corners]) -> Iterator[QualityProblem]:
    if _level(gray, 0.97) < _DARK:  # a dark design, or a screen in dark mode, has bright print
        yield problem(QualityCode.DARK)
    if flat.corners is not None and longest_side(flat.corners) < _SMALL:
        yield problem(QualityCode.SMALL)  # and looks blurred for that
    elif (sharp := sharpness(gray if flat.corners is not None else _around(gray, lines))) < _SHARPNESS:
        yield problem(QualityCode.BLUR if sharp else QualityCode.NO_CARD)  # what is blank is not blurred


def _of_shape(flat: Flat, picture: tuple[int, int], text: Sequence[Corners]) -> Iterator[QualityProblem]:
    """What shows that a part of the card is not in the picture, or beneath something."""
    if (flat.corners is not None and _leaves(flat.corners, picture)) or _runs_out(text, picture):
        yield problem(QualityCode.CUT_OFF)
    elif flat.corners is not None and flat.card.shape[1] > _STRIP * flat.card.shape[0]:
        yield problem(QualityCode.COVERED)


def _on_card(flat: Flat, text: Sequence[Corners], scale: float) -> list[Corners]:
    """Boxes in pixels of the picture, in those of the flat card at a scale."""
    if not text:
        return []
    points = np.concatenate(text).reshape(-1, 1, 2).astype(np.float64)
    back = cv2.perspectiveTransform(points, np.linalg.inv(flat.to_photo))
    return list(np.asarray(back * scale, np.float64).reshape(-1, 4, 2))


def _around(gray: NDArray[np.uint8], lines: Sequence[Corners]) -> NDArray[np.uint8]:
    """What lies around the lines, where there are any: much else in a picture without a card is never sharp."""
    if not lines:
        return gray
    x0, y0, w, h = cv2.boundingRect(np.concatenate(lines).reshape(-1, 1, 2).astype(np.float32))
    part = gray[max(0, y0 - _AROUND) : y0 + h + _AROUND, max(0, x0 - _AROUND) : x0 + w + _AROUND]
    return part if part.size else gray


def sharpness(gray: NDArray[np.uint8]) -> float:
    """Steepest gradients over the contrast they span: 0 flat, about 0.1 blurred, 0.2 and more in focus."""
    contrast = float(_level(gray, 0.99) - _level(gray, 0.01))
    if contrast < 12:
        return 0.0
    slope = steepness(gray)[::2, ::2].ravel()
    steep = int(0.99 * (slope.size - 1))
    return float(np.partition(slope, steep)[steep]) / contrast


def _level(gray: NDArray[np.uint8], share: float) -> int:
    """The level that this share of the pixels does not exceed."""
    return int(np.searchsorted(np.cumsum(cv2.calcHist([gray], [0], None, [256], [0, 256])), share * gray.size))


def _leaves(corners: Corners, picture: tuple[int, int]) -> bool:
    """Whether a corner is outside the picture, or a side lies on its rim and what is seen is no whole card's shape.

    A screenshot or a close crop fills the picture from rim to rim: then nothing is missing.
    """
    width, height = picture
    outside = _OUTSIDE * longest_side(corners)  # not the picture's: a tall screen shows a card almost from rim to rim
    x, y = corners[:, 0], corners[:, 1]
    if min(x.min(), y.min()) < -outside or x.max() > width + outside or y.max() > height + outside:
        return True
    margin = _RIM * longest_side(corners)
    left, right = (x < margin).sum() >= 2, (x > width - margin).sum() >= 2
    top, bottom = (y < margin).sum() >= 2, (y > height - margin).sum() >= 2
    return bool((left != right or top != bottom) and likeness(corners) < _WHOLE)


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
