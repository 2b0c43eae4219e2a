"""Scanners, fax machines, print-outs and clean renders."""

from __future__ import annotations

import random

import cv2
import numpy as np
from PIL import Image

from samples.case import Picture
from samples.worlds.test_world import camera, files, screens
from samples.worlds.test_world.files import Frame
from samples.worlds.test_world.flats import Flat, Pixels, Shown, Side, card_flat, label, paste, write_words
from samples.worlds.test_world.typeset import Colour, Sheet


def _similar(flat: Flat, x: float, y: float, scale: float, degrees: float) -> camera.Matrix:
    """Scale, turn about its middle, and shift so that the middle lies at (x, y) pixels."""
    high, wide = flat.pixels.shape[:2]
    turn = np.radians(degrees)
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    return np.array([[c, -s, x - c * wide / 2 + s * high / 2], [s, c, y - s * wide / 2 - c * high / 2], [0, 0, 1.0]])


def print_out(flats: list[Flat], rng: random.Random, ppm: float, enlarge: float = 1.0) -> Flat:
    """A sheet of letter paper on which the card's sides are printed or copied."""
    sheet = Sheet(215.9, 279.4, ppm, (253, 253, 252))
    top = (
        write_words(sheet, rng, 18, rng.choice(["nimbus", "open-sans", "nimbus-roman"])) if rng.random() < 0.6 else 22.0
    )
    page = np.array(sheet.image)
    shows: tuple[Shown, ...] = ()
    y = top + rng.uniform(4, 16)
    for flat in flats:
        width = min(flat.width * enlarge, 175.0, (279.4 - y - 8) * flat.width / flat.height)
        x = rng.uniform(18, 215.9 - width - 18)
        shows += paste(page, flat, round(x * ppm), round(y * ppm), round(width * ppm))
        y += width * flat.height / flat.width + rng.uniform(6, 16)
    return Flat(page, np.full(page.shape[:2], 255, np.uint8), 215.9, 279.4, shows)


def bed(flats: list[Flat], rng: random.Random, dpi: int, *, letter: bool) -> Frame:
    """A flat-bed scan: the lid's white around the cards, a little skew, a faint seam of shadow."""
    ppm = dpi / 25.4
    room = (
        (215.9, 279.4)
        if letter
        else (max(f.width for f in flats) + rng.uniform(6, 30), sum(f.height + 12 for f in flats) + rng.uniform(2, 14))
    )
    wide, high = round(room[0] * ppm), round(room[1] * ppm)
    scene: Pixels = np.full((high, wide, 3), rng.choice([255, 252, 246, 238, 222]), np.uint8)
    shows: tuple[Shown, ...] = ()
    y = rng.uniform(14, 40) if letter else 5.0
    for flat in flats:
        x = rng.uniform(20, 100) if letter else room[0] / 2 - flat.width / 2
        scale = flat.width * ppm / flat.pixels.shape[1]
        matrix = _similar(flat, (x + flat.width / 2) * ppm, (y + flat.height / 2) * ppm, scale, rng.uniform(-1.6, 1.6))
        shows += camera.lay(scene, flat, matrix, lift=rng.uniform(0.1, 0.5))
        y += flat.height + (rng.uniform(10, 40) if letter else 9)
    if rng.random() < 0.35:
        grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
        scene = cv2.merge([grey, grey, grey])
    return Frame(camera.sensor(scene, rng, rng.uniform(0.3, 1.6)), shows)


def scan(flats: list[Flat], rng: random.Random, name: str) -> tuple[Picture, ...]:
    dpi = rng.choice([200, 200, 240, 300, 300])
    together = rng.random() < 0.45
    if together:
        frame = bed(flats, rng, dpi, letter=rng.random() < 0.6)
        return (files.png(name, frame),) if rng.random() < 0.2 else (files.jpeg(name, frame, rng.randint(68, 92)),)
    frames = [bed([flat], rng, dpi, letter=rng.random() < 0.3) for flat in flats]
    if rng.random() < 0.35:
        return (files.tiff(name, frames, dpi),)
    return tuple(files.jpeg(f"{name}_{place}", frame, rng.randint(68, 92)) for place, frame in enumerate(frames, 1))


def document(flats: list[Flat], rng: random.Random, name: str) -> tuple[Picture, ...]:
    """A PDF: a scanned page with both sides, a page a side, or card-sized pages."""
    dpi = rng.choice([200, 200, 240, 300])
    kind = rng.choice(["print", "scan", "pages", "small"])
    if kind == "print":
        page = print_out(flats, rng, dpi / 25.4, rng.uniform(1.0, 1.6))
        frames = [Frame(camera.sensor(page.pixels.copy(), rng, 0.8), page.shows)]
    elif kind == "scan":
        frames = [bed(flats, rng, dpi, letter=True)]
    elif kind == "pages":
        frames = [bed([flat], rng, dpi, letter=True) for flat in flats]
    else:
        frames = [bed([flat], rng, 300, letter=False) for flat in flats]
        dpi = 300
    return (files.pdf(name, frames, dpi, rng.randint(70, 90)),)


def fax(flats: list[Flat], rng: random.Random, name: str) -> tuple[Picture, ...]:
    """200 dpi, one bit: copied onto paper, sent by telephone."""
    ppm = 200 / 25.4
    together = rng.random() < 0.7
    groups = [flats] if together else [[flat] for flat in flats]
    frames: list[Frame] = []
    for group in groups:
        page = print_out(group, rng, ppm, rng.uniform(1.05, 1.75))
        scene = page.pixels
        caller = f"FROM: {rng.randint(200, 989)}-555-{rng.randint(1000, 9999)}"
        label(
            scene,
            60,
            40,
            f"{caller}   03/01/2026 09:{rng.randint(10, 59)}   P.{len(frames) + 1}",
            26,
            (0, 0, 0),
            "mono",
        )
        frames.append(Frame(_one_bit(scene, rng), page.shows))
    if rng.random() < 0.4:
        return (files.tiff(name, frames, 200, one_bit=True),)
    if rng.random() < 0.6:
        return (files.pdf(name, frames, 200, one_bit=True),)
    return tuple(files.png(f"{name}-{place}", frame) for place, frame in enumerate(frames, 1))


def _one_bit(scene: Pixels, rng: random.Random) -> Pixels:
    grey = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
    if rng.random() < 0.35:
        bits = np.array(Image.fromarray(grey).convert("1")).astype(np.uint8) * 255
    else:
        soft = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.3, 0.6)).astype(np.int16)
        local = cv2.GaussianBlur(grey, (0, 0), 25).astype(np.int16)
        bits = np.where(soft < np.minimum(local - rng.randint(18, 34), 205), 0, 255).astype(np.uint8)
    noise = np.random.default_rng(rng.randrange(2**31)).random(bits.shape, np.float32)
    bits[noise < rng.uniform(0.0002, 0.002)] = 0
    return cv2.merge([bits, bits, bits])


def photocopy(flats: list[Flat], rng: random.Random, name: str) -> tuple[Picture, ...]:
    """Copied in grey, and the copy scanned: hard contrast, a dark rim where the lid stood open, streaks and specks."""
    groups = [flats] if rng.random() < 0.7 else [[flat] for flat in flats]
    frames = []
    for group in groups:
        frame = bed(group, rng, 200, letter=True)
        grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
        wide = grey.shape[1]
        grey = (grey - rng.uniform(40, 75)) * rng.uniform(1.25, 1.7)
        noise = np.random.default_rng(rng.randrange(2**31))
        for _ in range(rng.randint(0, 3)):  # a dirty drum
            x = rng.randrange(wide)
            grey[:, x : x + rng.randint(1, 3)] -= rng.uniform(20, 70)
        if rng.random() < 0.5:
            grey[:, : round(wide * rng.uniform(0.01, 0.03))] *= rng.uniform(0.1, 0.5)
        grey[noise.random(grey.shape, np.float32) < rng.uniform(0.0001, 0.0008)] = 30
        soft = cv2.GaussianBlur(grey.clip(0, 255).astype(np.uint8), (0, 0), rng.uniform(0.4, 0.8))
        frames.append(Frame(camera.sensor(cv2.merge([soft, soft, soft]), rng, 1.0), frame.shows))
    if rng.random() < 0.4:
        return (files.pdf(name, frames, 200, rng.randint(60, 85)),)
    return tuple(files.jpeg(f"{name}_{i}", frame, rng.randint(60, 85)) for i, frame in enumerate(frames, 1))


def clean(sheets: list[tuple[Sheet, Side]], rng: random.Random, name: str) -> tuple[Picture, ...]:
    """A render without a camera: on a plain ground with a margin, or the card to the very edge."""
    whole = rng.random() < 0.35
    ground = rng.choice([(255, 255, 255), (236, 238, 240), (120, 124, 128), (40, 44, 50)])
    width = rng.choice([1000, 1300, 1712])
    pictures = []
    for place, (sheet, side) in enumerate(sheets, 1):
        flat = card_flat(sheet, side, 0.0 if whole else 3.18, edge=not whole and ground[0] > 230)
        margin = 0 if whole else round(width * rng.uniform(0.03, 0.12))
        high = round(width * flat.height / flat.width)
        scene: Pixels = np.full((high + 2 * margin, width + 2 * margin, 3), ground, np.uint8)
        shows = paste(scene, flat, margin, margin, width)
        frame = Frame(scene, tuple(Shown(s.side, None, s.lines) for s in shows) if whole else shows)
        pictures.append(
            files.png(f"{name}_{place}", frame)
            if rng.random() < 0.6
            else files.jpeg(f"{name}_{place}", frame, rng.randint(85, 96))
        )
    return tuple(pictures)


def screenshot(flats: list[Flat], accent: Colour, rng: random.Random, name: str) -> tuple[Picture, ...]:
    """The app, a portal's page or an e-mail, both sides at once or one after the other."""
    app = rng.random() < 0.5
    page = screens.app_screen if app else rng.choice([screens.portal_page, screens.mail_page])
    together = rng.random() < (0.5 if app else 0.75)
    groups = [flats] if together else [[flat] for flat in flats]
    pictures = []
    for place, group in enumerate(groups, 1):
        frame = Frame(*page(group, accent, rng))
        own = name if together else f"{name} ({place})"
        kind = rng.random()
        pictures.append(
            files.png(own, frame)
            if kind < 0.6
            else files.jpeg(own, frame, rng.randint(75, 92))
            if kind < 0.9
            else files.webp(own, frame)
        )
    return tuple(pictures)


def plain_picture(flat: Flat, rng: random.Random, name: str) -> tuple[Picture, ...]:
    """A flat thing on a plain ground."""
    width = rng.choice([900, 1300])
    margin = round(width * 0.06)
    scene: Pixels = np.full(
        (round(width * flat.height / flat.width) + 2 * margin, width + 2 * margin, 3), 238, np.uint8
    )
    shows = paste(scene, flat, margin, margin, width)
    return (files.jpeg(name, Frame(scene, shows), rng.randint(85, 95)),)
