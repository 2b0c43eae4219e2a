"""Screens that show cards: a phone's app, a page in a browser, and photos of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.train_locator.camera import lit
from tools.train_locator.cards import Rgba
from tools.train_locator.grounds import Rgb, any_ground, text_lines
from tools.train_locator.laying import fingers, holder, paste, photo_size, placed

Quad: TypeAlias = NDArray[Any]
Draw: TypeAlias = Callable[[], Rgba]


def phone_page(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """A phone's window that shows cards as panels."""
    tall = rng.random() < 0.8
    width = int(rng.integers(170, 260)) if tall else int(rng.integers(330, 520))
    height = round(width * (rng.uniform(1.6, 2.3) if tall else rng.uniform(0.5, 0.8)))
    tone = float(rng.uniform(225, 256)) if rng.random() < 0.6 else float(rng.uniform(0, 60))
    ink = (60, 60, 64) if tone > 128 else (220, 220, 220)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = np.clip(tone + rng.normal(0, 3, 3), 0, 255).astype(np.uint8)
    top = _phone_head(picture, tone, ink, rng)
    quads: list[Quad] = []
    y = float(top)
    captioned = rng.random() < 0.5
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.15, 0.38, 0.4, 0.07]))):
        side = cards()
        w = width * rng.uniform(0.82, 0.99) if tall else min(width * rng.uniform(0.3, 0.8), 0.9 * height)
        h = w * side.shape[0] / side.shape[1]
        x = (width - w) / 2 if tall else rng.uniform(0, width - w)
        if captioned:  # "Front", close above the card
            size = rng.uniform(0.2, 0.4)
            y += 26 * size
            cv2.putText(picture, "Front Back"[: int(rng.integers(4, 11))], (round(x), round(y)), 0, size, ink, 1, 16)
            y += rng.uniform(2, 12)
        if y + h > height - 4:
            break
        quad = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
        if rng.random() < 0.2:
            holder(picture, quad, rng)
        paste(picture, side, quad, rng, flat=rng.random() < 0.7)
        if rng.random() < 0.3:  # a white card on a white page has a hairline around it
            line = float(np.clip(tone + rng.normal(0, 30), 0, 255))
            cv2.polylines(picture, [np.round(quad * 8).astype(np.int32)], True, (line,) * 3, 1, cv2.LINE_AA, 3)
        quads.append(quad)
        y += h + width * rng.uniform(0.02, 0.12)
    _phone_rows(picture, y, tone, ink, rng)
    return picture, quads


def _phone_head(picture: Rgb, tone: float, ink: tuple[int, int, int], rng: np.random.Generator) -> int:
    """The status line and a bar with a title; answers where the page begins."""
    height, width = picture.shape[:2]
    top = int(height * rng.uniform(0.05, 0.2))
    if rng.random() < 0.65:
        accent = rng.random() < 0.5
        bar = rng.integers(0, 256, 3).tolist() if accent else np.clip(tone + rng.normal(0, 40, 3), 0, 255).tolist()
        cv2.rectangle(picture, (0, 0), (width, top), bar, -1)
        ink = (30, 30, 30) if sum(bar) > 380 else (245, 245, 245)
    for _ in range(int(rng.integers(1, 6))):
        at = (int(rng.integers(0, width)), int(rng.integers(8, max(9, top))))
        cv2.putText(picture, "Card Menu"[int(rng.integers(0, 6)) :], at, 0, rng.uniform(0.2, 0.5), ink, 1, cv2.LINE_AA)
    return top + int(width * rng.choice([0.0, rng.uniform(0, 0.06), rng.uniform(0.05, 0.25)]))


def _phone_rows(picture: Rgb, y: float, tone: float, ink: tuple[int, int, int], rng: np.random.Generator) -> None:
    """What an app shows under the cards: links with rules between them, text, buttons."""
    height, width = picture.shape[:2]
    if rng.random() < 0.5:
        step = int(rng.integers(12, 40))
        colour = rng.integers(0, 256, 3).tolist() if rng.random() < 0.7 else ink
        size, rule = rng.uniform(0.25, 0.5), [float(np.clip(tone + rng.normal(0, 20), 0, 255))] * 3
        ruled = rng.random() < 0.5
        for row in range(int(rng.integers(1, 7))):
            at = int(y) + (row + 1) * step
            cv2.putText(picture, "View the benefits"[: int(rng.integers(5, 18))], (10, at), 0, size, colour, 1, 16)
            if ruled:
                cv2.line(picture, (8, at + step // 3), (width - 8, at + step // 3), rule, 1)
        return
    while y < height - 20:
        tall_row = float(rng.uniform(8, 40))
        box = np.array([[8, y + tall_row], [8, y], [width - 8, y], [width - 8, y + tall_row]])
        if rng.random() < 0.4:
            text_lines(picture, box, ink, rng)
        elif rng.random() < 0.3:
            fill = np.clip(tone + rng.normal(0, 60, 3), 0, 255).tolist()
            x0 = int(rng.integers(4, width // 2))
            cv2.rectangle(picture, (x0, int(y)), (width - x0, int(y + tall_row * 0.8)), fill, -1)
        y += tall_row * rng.uniform(1.1, 2.0)


def handset(shown: Rgb, quads: list[Quad], rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """The screen on a phone that lies on something, photographed."""
    rim = int(shown.shape[1] * rng.uniform(0.02, 0.07))
    h, w = shown.shape[0] + 2 * rim, shown.shape[1] + 2 * rim
    body = np.full((h, w, 4), int(rng.integers(0, 60)), np.uint8)
    body[rim:-rim, rim:-rim, :3] = shown
    alpha = np.zeros((h, w), np.uint8)
    r = int(w * rng.uniform(0.03, 0.14))
    cv2.rectangle(alpha, (r, 0), (w - r, h), 255, -1)
    cv2.rectangle(alpha, (0, r), (w, h - r), 255, -1)
    for x, y in ((r, r), (w - r - 1, r), (r, h - r - 1), (w - r - 1, h - r - 1)):
        cv2.circle(alpha, (x, y), r, 255, -1, cv2.LINE_AA)
    body[..., 3] = alpha
    width, height = photo_size(rng)
    picture = any_ground(width, height, rng)
    place = placed(w / h, width, height, 1.0, rng)
    paste(picture, body, place, rng)
    to = cv2.getPerspectiveTransform(np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32), place.astype(np.float32))
    moved = [cv2.perspectiveTransform((q + rim)[None], to.astype(np.float64))[0] for q in quads]
    if rng.random() < 0.25:
        fingers(picture, place, int(rng.integers(1, 3)), rng)
    return lit(picture, moved, rng), moved


def browser(cards: Draw, rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """A page of a portal or a mail: bars, a menu, headings, and cards among them, stacked or side by side."""
    width = int(rng.integers(360, 640))
    height = round(width * rng.uniform(0.5, 0.85))
    dark = rng.random() < 0.2
    tone = float(rng.uniform(0, 60)) if dark else float(rng.uniform(225, 256))
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = np.clip(tone + rng.normal(0, 3, 3), 0, 255).astype(np.uint8)
    ink = (215, 215, 220) if dark else (50, 52, 58)
    left, top = _frame(picture, tone, ink, rng)
    number = int(rng.choice([0, 1, 2], p=[0.12, 0.48, 0.4]))
    sides = [cards() for _ in range(number)]
    beside = rng.random() < 0.35
    gap = float(rng.choice([0.0, 0.0, rng.uniform(0, 0.02), rng.uniform(0.02, 0.2)]))
    room_w, room_h = (width - left) * 0.98, (height - top) * 0.96
    count = max(1, number)
    fit_w = room_w / (count * (1 + gap)) if beside else room_w
    fit_h = room_h if beside else room_h / (count * (1 + gap))
    w = min(fit_w, fit_h * 1.58) * (rng.uniform(0.55, 1.0) if rng.random() < 0.6 else rng.uniform(0.3, 0.7))
    h = w / 1.58
    x = left + rng.uniform(0.01, 1) * max(1.0, room_w - (w * count * (1 + gap) if beside else w)) * 0.9
    y = top + rng.uniform(0.03, 1) * max(1.0, room_h - (h if beside else h * count * (1 + gap))) * 0.9
    quads: list[Quad] = []
    if number and rng.random() < 0.25:  # a tile that holds the cards
        wide, tall = (w * count * (1 + gap), h) if beside else (w, h * count * (1 + gap))
        pad = rng.uniform(0.02, 0.12) * w
        fill = np.clip(tone + rng.normal(0, 14), 0, 255)
        box = [round(x - pad), round(y - pad * rng.uniform(1, 2.5))], [round(x + wide + pad), round(y + tall + pad)]
        cv2.rectangle(picture, box[0], box[1], (fill, fill, fill), -1)
        cv2.rectangle(picture, box[0], box[1], [float(np.clip(fill + rng.normal(0, 40), 0, 255))] * 3, 1)
    for side in sides:
        tall = w * side.shape[0] / side.shape[1]
        quad = np.array([[x, y], [x + w, y], [x + w, y + tall], [x, y + tall]])
        paste(picture, side, quad, rng, flat=rng.random() < 0.75)
        if rng.random() < 0.5:
            line = float(np.clip(tone + rng.normal(0, 45), 0, 255))
            cv2.polylines(picture, [np.round(quad * 8).astype(np.int32)], True, (line,) * 3, 1, cv2.LINE_AA, 3)
        quads.append(quad)
        if rng.random() < 0.6:
            at = (round(x), round(y - rng.uniform(2, 6)))
            cv2.putText(picture, "Member ID card", at, 0, rng.uniform(0.2, 0.45), ink, 1, cv2.LINE_AA)
        x, y = (x + w * (1 + gap), y) if beside else (x, y + tall + w * gap)
    return picture, quads


def _frame(picture: Rgb, tone: float, ink: tuple[int, int, int], rng: np.random.Generator) -> tuple[int, int]:
    """Bars, a menu, lines of text around a page's content; answers where that begins."""
    height, width = picture.shape[:2]
    top = 0
    for _ in range(int(rng.integers(0, 4))):
        tall = int(height * rng.uniform(0.03, 0.12))
        accent = rng.random() < 0.5
        bar = rng.integers(0, 256, 3).tolist() if accent else np.clip(tone + rng.normal(0, 20, 3), 0, 255).tolist()
        cv2.rectangle(picture, (0, top), (width, top + tall), bar, -1)
        light = sum(bar) > 380
        at = (int(rng.uniform(0, 0.5) * width), top + int(0.7 * tall))
        cv2.putText(picture, "Coverage and costs", at, 0, tall / 45, (30,) * 3 if light else (245,) * 3, 1, cv2.LINE_AA)
        top += tall
    left = 0
    if rng.random() < 0.6:
        left = int(width * rng.uniform(0.08, 0.25))
        if rng.random() < 0.6:
            side = np.clip(tone + rng.normal(0, 18, 3), 0, 255).tolist()
            cv2.rectangle(picture, (0, top), (left, height), side, -1)
        step = int(rng.integers(9, 26))
        for y in range(top + step, height - 4, step)[: int(rng.integers(2, 9))]:
            cv2.putText(picture, "Messages"[: int(rng.integers(3, 9))], (6, y), 0, 0.28, ink, 1, cv2.LINE_AA)
        left += 4
    if rng.random() < 0.4:  # text under or beside the cards
        box = np.array([[left + 8, height - 6], [left + 8, top + 10], [width - 8, top + 10], [width - 8, height - 6]])
        text_lines(picture, box, ink, rng)
    top += int(rng.uniform(0.02, 0.1) * height)
    return left, top


def monitor(shown: Rgb, quads: list[Quad], rng: np.random.Generator) -> tuple[Rgb, list[Quad]]:
    """The screen of a computer, photographed: wholly, with its rim, or a part of it around a card."""
    h, w = shown.shape[:2]
    width, height = photo_size(rng)
    picture = any_ground(width, height, rng) if rng.random() < 0.4 else np.full((height, width, 3), 12, np.uint8)
    if rng.random() < 0.4 or not quads:
        place = placed(w / h, width, height, 1.3, rng)
    else:
        own = quads[int(rng.integers(len(quads)))]
        span = own.max(0) - own.min(0)
        grow = min(width / span[0], height / span[1]) * rng.uniform(0.45, 0.95)
        slack = np.array([width, height]) - span * grow
        shift = rng.uniform(0, 1, 2) * np.maximum(slack, 0) - own.min(0) * grow
        place = np.array([[0, 0], [w, 0], [w, h], [0, h]]) * grow + shift
        place = place + rng.normal(0, 0.03, (4, 2)) * span * grow
    rim = rng.uniform(0.01, 0.06) * w
    bezel = place.mean(0) + (place - place.mean(0)) * (1 + 2 * rim / w)
    cv2.fillConvexPoly(picture, np.round(bezel).astype(np.int32), [float(rng.integers(0, 70))] * 3, cv2.LINE_AA)
    whole = np.dstack([shown, np.full((h, w), 255, np.uint8)])
    paste(picture, whole, place, rng, flat=True)
    to = cv2.getPerspectiveTransform(np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32), place.astype(np.float32))
    moved = [cv2.perspectiveTransform(q[None].astype(np.float64), to.astype(np.float64))[0] for q in quads]
    if rng.random() < 0.6:
        picture = _moire(picture, rng)
    seen = [q for q in moved if _share_inside(q, width, height) > 0.6]
    return lit(picture, seen, rng), seen


def _moire(picture: Rgb, rng: np.random.Generator) -> Rgb:
    height, width = picture.shape[:2]
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    field = np.zeros((height, width), np.float32)
    for _ in range(2):
        pitch, turn = rng.uniform(3, 40), rng.uniform(0, np.pi)
        field += np.sin((xx * np.cos(turn) + yy * np.sin(turn)) * 2 * np.pi / pitch + rng.uniform(0, 6))
    tint = rng.normal(0, 1, 3) * rng.uniform(1, 9)
    return np.clip(picture + field[..., None] * tint, 0, 255).astype(np.uint8)


def _share_inside(quad: Quad, width: int, height: int) -> float:
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    area, _ = cv2.intersectConvexConvex(np.asarray(quad, np.float32), frame)
    return float(area) / max(1.0, float(cv2.contourArea(np.asarray(quad, np.float32))))
