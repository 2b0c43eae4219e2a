"""What may come to lie on a card: hands, slips, notes, tape, bars, coins, pens, other cards. Each drawn as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tools.train_locator.camera import turned
from tools.train_locator.cards import Rgba, any_face, font, words
from tools.train_locator.grounds import any_ground
from tools.train_locator.laying import SKINS

Frame: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom of the card in the picture."""


class Layer(NamedTuple):
    """What is drawn over a picture: colour (h, w, 3) in 0-255, opacity and the area it takes up (h, w) in 0-1."""

    colour: NDArray[Any]
    alpha: NDArray[Any]
    area: NDArray[Any]


_SHIFT = 4  # bits after the point in what OpenCV draws


def thing(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """One thing, or a few of a kind, anywhere on a card."""
    often = {hand: 3, slip: 2, note: 1, tape: 2, bars: 2, coins: 1, pen: 2, other_card: 1, scrap: 1, stamp: 2}
    kinds = [kind for kind, times in often.items() for _ in range(times)]
    return kinds[int(rng.integers(len(kinds)))](cards, size, card, rng)


def _empty(size: tuple[int, int]) -> tuple[NDArray[Any], NDArray[Any]]:
    return np.zeros((size[1], size[0], 3), np.float32), np.zeros((size[1], size[0]), np.float32)


def _fixed(points: Any) -> NDArray[np.int32]:
    return np.round(np.asarray(points, np.float64) * (1 << _SHIFT)).astype(np.int32)


def _fill(alpha: NDArray[Any], points: Any, value: float = 1.0) -> None:
    cv2.fillPoly(alpha, [_fixed(points)], value, cv2.LINE_AA, _SHIFT)


def _anywhere(card: Frame, rng: np.random.Generator) -> NDArray[Any]:
    return np.array([rng.uniform(card[0], card[2]), rng.uniform(card[1], card[3])])


def _box(centre: Any, width: float, height: float, angle: float) -> NDArray[Any]:
    own = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [width, height]
    return np.asarray(own @ turned(angle).T + centre)


def hand(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """A thumb or several fingers that reach in from one side."""
    colour, alpha = _empty(size)
    skin = SKINS[int(rng.integers(len(SKINS)))] * rng.uniform(0.65, 1.08) + rng.normal(0, 6, 3)
    if rng.random() < 0.06:
        skin = rng.uniform(0, 255, 3)  # a glove
    wide = card[2] - card[0]
    tip = _anywhere(card, rng)
    side = rng.uniform(0, 2 * np.pi)
    out = turned(side) @ np.array([1.0, 0.0])
    across = np.array([-out[1], out[0]])
    thick = wide * rng.uniform(0.07, 0.19)
    count = int(rng.choice([1, 1, 1, 2, 3, 4, 5]))
    for i in range(count):
        end = tip + across * (i - count / 2) * thick * rng.uniform(0.95, 1.15) + out * rng.normal(0, 0.25) * thick
        _finger(colour, alpha, end, end + out * 3 * wide, thick * rng.uniform(0.88, 1.1), skin, rng)
    if count > 2 and rng.random() < 0.6:  # the back of a hand
        palm = tip + out * thick * rng.uniform(3.0, 6.0)
        for at in np.linspace(-count / 2, count / 2, 6):
            start = palm + across * at * thick
            _finger(colour, alpha, start, start + out * 3 * wide, thick * 1.6, skin, rng, nail=False)
    return Layer(colour, alpha, alpha)


def _finger(
    colour: NDArray[Any],
    alpha: NDArray[Any],
    tip: NDArray[Any],
    root: NDArray[Any],
    thick: float,
    skin: NDArray[Any],
    rng: np.random.Generator,
    *,
    nail: bool = True,
) -> None:
    a, b = (tuple(int(v) for v in _fixed(p)) for p in (tip, root))
    for width, shade in ((1.0, 0.78), (0.86, 0.9), (0.66, 1.0), (0.35, 1.06)):
        pen = max(1, round(thick * width))
        cv2.line(colour, a, b, np.clip(skin * shade, 0, 255).tolist(), pen, cv2.LINE_AA, _SHIFT)
    cv2.line(alpha, a, b, 1.0, max(1, round(thick)), cv2.LINE_AA, _SHIFT)
    inward = (root - tip) / max(1.0, float(np.linalg.norm(root - tip)))
    angle = float(np.degrees(np.arctan2(inward[1], inward[0])))
    if nail and rng.random() < 0.6:
        at = tip - inward * thick * 0.1
        shape = max(1, round(thick * 0.3)), max(1, round(thick * 0.24))
        tone = np.clip(skin * rng.uniform(1.0, 1.2) if rng.random() < 0.7 else rng.uniform(0, 255, 3), 0, 255).tolist()
        cv2.ellipse(colour, (round(at[0]), round(at[1])), shape, angle, 0, 360, tone, -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 4))):  # creases at the joints
        at = tip + inward * thick * rng.uniform(0.9, 5)
        half = np.array([-inward[1], inward[0]]) * thick * 0.35
        ends = [(round(p[0]), round(p[1])) for p in (at - half, at + half)]
        cv2.line(colour, ends[0], ends[1], np.clip(skin * 0.82, 0, 255).tolist(), 1, cv2.LINE_AA)


def slip(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """A piece of paper, written on or not, its edges cut or torn."""
    colour, alpha = _empty(size)
    wide = card[2] - card[0]
    box = _box(_anywhere(card, rng), wide * rng.uniform(0.2, 1.0), wide * rng.uniform(0.08, 0.5), rng.normal(0, 0.3))
    tone = rng.uniform(205, 255) * np.array([1, 1, rng.uniform(0.85, 1.0)])
    if rng.random() < 0.25:
        tone = rng.uniform(40, 255, 3)
    colour[:] = tone
    _fill(alpha, _torn(box, rng) if rng.random() < 0.4 else box)
    if rng.random() < 0.7:
        _written(colour, box, tone, rng)
    return Layer(colour, alpha, alpha)


def note(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """A sticky note or a sticker."""
    colour, alpha = _empty(size)
    side = (card[2] - card[0]) * rng.uniform(0.1, 0.4)
    box = _box(_anywhere(card, rng), side * rng.uniform(0.8, 1.6), side, rng.normal(0, 0.2))
    hue = rng.integers(0, 180)
    pale = np.array([[[hue, rng.integers(30, 230), rng.integers(150, 256)]]], np.uint8)
    tone = cv2.cvtColor(pale, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32)
    colour[:] = tone
    if rng.random() < 0.2:
        cv2.circle(alpha, tuple(np.round(box.mean(0)).astype(int).tolist()), round(side / 2), 1.0, -1, cv2.LINE_AA)
    else:
        _fill(alpha, box)
    if rng.random() < 0.7:
        _written(colour, box, tone, rng)
    return Layer(colour, alpha, alpha)


def tape(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """Strips of tape, opaque or nearly so."""
    colour, alpha = _empty(size)
    wide = card[2] - card[0]
    tone = rng.uniform(150, 245) * np.array([1, rng.uniform(0.8, 1.0), rng.uniform(0.6, 1.0)])
    if rng.random() < 0.3:
        tone = rng.uniform(0, 255, 3)
    colour[:] = tone
    if rng.random() < 0.6:  # fibres
        rows = 1 if rng.random() < 0.5 else size[1]  # along the strip only, or everywhere
        grain = np.broadcast_to(rng.normal(0, rng.uniform(3, 16), (rows, size[0])), colour.shape[:2])
        colour += cv2.blur(grain.astype(np.float32), (1, 5))[..., None]
    base, thick = rng.normal(0, 0.25), wide * rng.uniform(0.03, 0.14)
    for _ in range(int(rng.choice([1, 1, 2, 3, 4]))):
        turn = base + rng.normal(0, 0.08) + (np.pi / 2 if rng.random() < 0.12 else 0)
        box = _box(_anywhere(card, rng), wide * rng.uniform(0.25, 1.1), thick, turn)
        _fill(alpha, _torn(box, rng) if rng.random() < 0.5 else box, float(rng.uniform(0.82, 1.0)))
    return Layer(colour, alpha, alpha)


def bars(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """Bars drawn over lines, by a program or with a marker."""
    colour, alpha = _empty(size)
    wide = card[2] - card[0]
    tones = rng.uniform(0, 40, 3), np.full(3, rng.uniform(225, 256)), rng.uniform(0, 255, 3)
    colour[:] = tones[int(rng.choice(3, p=[0.6, 0.2, 0.2]))]
    (left, top), by_hand, thick = _anywhere(card, rng), rng.random() < 0.35, wide * rng.uniform(0.025, 0.1)
    for i in range(int(rng.integers(1, 6))):
        x = left if rng.random() < 0.7 else rng.uniform(card[0], card[2])
        length = wide * rng.uniform(0.1, 0.6)
        y = top + i * thick * rng.uniform(1.1, 2.5)
        if by_hand:
            points = _fixed([(x + length * t, y + rng.normal(0, 0.12) * thick) for t in np.linspace(0, 1, 6)])
            ink = float(rng.uniform(0.85, 1))
            cv2.polylines(alpha, [points], False, ink, max(2, round(thick * 0.7)), cv2.LINE_AA, _SHIFT)
        else:
            _fill(alpha, _box((x + length / 2, y), length, thick, rng.normal(0, 0.004)))
    return Layer(colour, alpha, alpha)


def coins(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """Coins, buttons, caps."""
    colour, alpha = _empty(size)
    wide = card[2] - card[0]
    at = _anywhere(card, rng)
    for _ in range(int(rng.integers(1, 5))):
        r = wide * rng.uniform(0.03, 0.13)
        tone = rng.uniform(70, 225) * np.array([1, rng.uniform(0.7, 1), rng.uniform(0.4, 1)])
        centre = tuple(np.round(at).astype(int).tolist())
        for share, shade in ((1.0, 0.7), (0.93, 1.1), (0.84, 0.92), (0.5, 1.0)):
            metal = np.clip(tone * shade, 0, 255).tolist()
            cv2.circle(colour, centre, max(1, round(r * share)), metal, -1, cv2.LINE_AA)
        cv2.circle(alpha, centre, max(1, round(r)), 1.0, -1, cv2.LINE_AA)
        at = at + rng.normal(0, 1.2, 2) * r + [r, 0]
    return Layer(colour, alpha, alpha)


def pen(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """A pen, a cable, a band, the arm of a pair of glasses."""
    colour, alpha = _empty(size)
    wide = card[2] - card[0]
    thick = wide * rng.uniform(0.015, 0.075)
    tip = _anywhere(card, rng)
    along = turned(rng.uniform(0, 2 * np.pi)) @ np.array([wide * rng.uniform(0.3, 2.5), 0.0])
    tone = rng.uniform(0, 255, 3)
    bend = np.array([-along[1], along[0]]) * (rng.normal(0, 0.15) if rng.random() < 0.3 else 0.0)
    points = np.array([tip + along * t + bend * 4 * t * (1 - t) for t in np.linspace(0, 1, 12)])
    for share, shade in ((1.0, 0.6), (0.75, 1.0), (0.25, 1.35)):
        line = np.clip(tone * shade + (25 if share < 0.3 else 0), 0, 255).tolist()
        cv2.polylines(colour, [_fixed(points)], False, line, max(1, round(thick * share)), cv2.LINE_AA, _SHIFT)
    cv2.polylines(alpha, [_fixed(points)], False, 1.0, max(1, round(thick)), cv2.LINE_AA, _SHIFT)
    return Layer(colour, alpha, alpha)


def other_card(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """Another card on top."""
    side = cards()
    wide = (card[2] - card[0]) * rng.uniform(0.6, 1.1)
    tall = wide * side.shape[0] / side.shape[1]
    quad = _box(_anywhere(card, rng), wide, tall, rng.normal(0, 0.5) if rng.random() < 0.8 else rng.uniform(0, 6.3))
    h, w = side.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    place = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    layer = cv2.warpPerspective(side.astype(np.float32), place, size, flags=cv2.INTER_LINEAR)
    alpha = layer[..., 3] / 255
    return Layer(layer[..., :3], alpha, alpha)


def scrap(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """Anything else: cloth, a stain, a piece of some surface."""
    colour, alpha = any_ground(size[0], size[1], rng).astype(np.float32), np.zeros((size[1], size[0]), np.float32)
    wide = (card[2] - card[0]) * rng.uniform(0.1, 0.5)
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 12))))
    reach = wide * rng.uniform(0.4, 1.0, len(angles))
    _fill(alpha, _anywhere(card, rng) + np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None])
    if rng.random() < 0.5:
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(1, 4))
        alpha = np.clip((alpha - 0.5) * 4 + 0.5, 0, 1)
    return Layer(colour, alpha, alpha)


def stamp(cards: Callable[[], Rgba], size: tuple[int, int], card: Frame, rng: np.random.Generator) -> Layer:
    """A word stamped or laid across the print, with a frame or without; it takes up the box around it."""
    colour, area = _empty(size)
    wide = (card[2] - card[0]) * rng.uniform(0.2, 0.9)
    letters, tall = "", int(rng.integers(24, 60))
    while len(letters) < 4:
        letters = words(rng, int(rng.integers(4, 11))).strip()
    face = font(any_face(rng), tall)
    x0, y0, x1, y1 = (round(v) for v in face.getbbox(letters.upper() if rng.random() < 0.8 else letters))
    pad = int(tall * rng.uniform(0.15, 0.5))
    image = Image.new("L", (x1 - x0 + 2 * pad, y1 - y0 + 2 * pad), 0)
    ink_pen = ImageDraw.Draw(image)
    ink_pen.text((pad - x0, pad - y0), letters.upper(), font=face, fill=255, stroke_width=int(rng.integers(0, 3)))
    if rng.random() < 0.5:
        box = (2, 2, image.width - 3, image.height - 3)
        ink_pen.rounded_rectangle(box, int(rng.integers(0, pad + 1)), outline=255, width=int(rng.integers(2, 5)))
    turn = float(rng.choice([-1, 1]) * rng.uniform(0.1, 0.8)) if rng.random() < 0.85 else rng.uniform(0, 6.3)
    quad = _box(_anywhere(card, rng), wide, wide * image.height / image.width, turn)
    _fill(area, quad)
    source = np.array([[0, 0], [image.width, 0], [image.width, image.height], [0, image.height]], np.float32)
    place = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    alpha = cv2.warpPerspective(np.asarray(image), place, size).astype(np.float32) / 255 * rng.uniform(0.35, 1.0)
    if rng.random() < 0.3:  # worn by the stamping
        alpha *= np.clip(rng.normal(0.8, 0.4, alpha.shape), 0, 1)
    colour[:] = rng.uniform(0, 255, 3) if rng.random() < 0.7 else rng.uniform(90, 255)
    return Layer(colour, alpha, area)


def _torn(box: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """A box with ragged ends, or ragged all around."""
    points = []
    rough = 0.02 * float(np.linalg.norm(box[1] - box[0])) * rng.uniform(0.3, 1.2)
    for k in range(4):
        steps = int(rng.integers(6, 24)) if rng.random() < 0.6 else 1
        for t in np.arange(steps) / steps:
            points.append(box[k] * (1 - t) + box[(k + 1) % 4] * t + (rng.normal(0, rough, 2) if t else 0))
    return np.array(points)


def _written(colour: NDArray[Any], box: NDArray[Any], tone: NDArray[Any], rng: np.random.Generator) -> None:
    """Lines of letters along a box."""
    w, h = float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))
    ink = np.clip(tone - rng.uniform(90, 230), 0, 255) if tone.mean() > 110 else np.clip(tone + 130, 0, 255)
    sheet = np.zeros((max(8, round(h)), max(8, round(w))), np.uint8)
    image = Image.fromarray(sheet)
    size = int(np.clip(rng.uniform(0.1, 0.35) * h, 7, 40))
    ink_pen, face = ImageDraw.Draw(image), font(any_face(rng), size)
    for y in range(3, sheet.shape[0] - size, round(size * rng.uniform(1.1, 1.8))):
        ink_pen.text((4, y), words(rng, int(rng.integers(3, 26))), font=face, fill=255)
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    place = cv2.getPerspectiveTransform(source, box.astype(np.float32))
    mask = cv2.warpPerspective(np.asarray(image), place, colour.shape[1::-1]).astype(np.float32)[..., None] / 255
    colour[:] = colour * (1 - mask) + ink * mask
