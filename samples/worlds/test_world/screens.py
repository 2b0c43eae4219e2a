"""Screens: a health plan's app on a phone, a member portal in a browser, an e-mail that carries the card."""

from __future__ import annotations

import random

import cv2
import numpy as np

from samples.worlds.test_world.flats import Flat, Pixels, Shown, label, paste, rounded, shadow_under
from samples.worlds.test_world.typeset import Colour


def _blank(width: int, height: int, colour: Colour) -> Pixels:
    return np.full((height, width, 3), colour, np.uint8)


def app_screen(
    cards: list[Flat], accent: Colour, rng: random.Random, width: int = 1170
) -> tuple[Pixels, tuple[Shown, ...]]:
    """A phone's screenshot of the card app with one or two card sides."""
    unit = width / 390
    height = round(width * rng.choice([2.0, 2.16, 2.22]))
    dark = rng.random() < 0.15
    canvas = _blank(
        width, height, (28, 30, 34) if dark else rng.choice([(242, 243, 246), (255, 255, 255), (233, 238, 243)])
    )
    ink: Colour = (235, 235, 238) if dark else (30, 32, 38)
    bar = round(96 * unit)
    if not dark and rng.random() < 0.6:
        canvas[:bar] = accent
        ink_bar: Colour = (255, 255, 255)
    else:
        ink_bar = ink
    label(canvas, 26 * unit, 30 * unit, f"{rng.randint(1, 12)}:{rng.randint(0, 59):02d}", 15 * unit, ink_bar, bold=True)
    label(
        canvas,
        width - 24 * unit,
        30 * unit,
        f"{rng.choice(['5G', 'LTE', 'Wi-Fi'])}  {rng.randint(11, 99)}%",
        12 * unit,
        ink_bar,
        anchor="rs",
    )
    label(
        canvas,
        width / 2,
        76 * unit,
        rng.choice(["Digital ID card", "My ID Card", "Membership card", "ID Cards"]),
        18 * unit,
        ink_bar,
        bold=True,
        anchor="ms",
    )
    label(canvas, 18 * unit, 76 * unit, "<", 22 * unit, ink_bar)
    shows: tuple[Shown, ...] = ()
    y = round(bar + rng.uniform(24, 70) * unit)
    margin = round(rng.choice([12, 16, 22]) * unit)
    for card in cards:
        side = card.shows[0].side
        if rng.random() < 0.5:
            label(canvas, margin, y, side.upper() if rng.random() < 0.5 else side.capitalize(), 13 * unit, ink)
            y += round(12 * unit)
        wide = width - 2 * margin
        shadow_under(
            canvas,
            (margin, y, wide, round(wide * card.height / card.width)),
            rng.choice([0.12, 0.25]),
            round(10 * unit),
        )
        shows += paste(canvas, card, margin, y, wide)
        y += round(wide * card.height / card.width + 40 * unit)
    if y + 60 * unit < height:
        rows = ["Email card", "Add to Wallet", "View benefits", "Request replacement"]
        for text in rows[: rng.randint(1, 4)]:
            if y + 40 * unit > height:
                break
            label(canvas, margin + 4 * unit, y + 20 * unit, text, 15 * unit, accent if not dark else ink)
            canvas[min(height - 2, round(y + 34 * unit)), margin : width - margin] = (205, 208, 212)
            y += round(46 * unit)
    return canvas, shows


def portal_page(cards: list[Flat], accent: Colour, rng: random.Random) -> tuple[Pixels, tuple[Shown, ...]]:
    """A desktop browser with the member portal or a mail reader, the card pictures in the page."""
    sizes = [(1920, 1080), (2560, 1440), (2048, 1280)]
    width, height = rng.choice(sizes if len(cards) > 1 else [*sizes, (1440, 900), (1600, 1000)])
    unit = width / 1440
    canvas = _blank(width, height, (250, 250, 251))
    canvas[: round(44 * unit)] = (222, 225, 230)
    label(
        canvas,
        150 * unit,
        30 * unit,
        rng.choice(["https://member.portal.example/id-card", "Inbox - Insurance card photo", "secure.mychart.example"]),
        15 * unit,
        (70, 72, 78),
    )
    canvas[round(44 * unit) : round(110 * unit)] = accent
    label(
        canvas,
        40 * unit,
        88 * unit,
        rng.choice(["My Health Manager", "Coverage and costs", "Messages", "Member portal"]),
        24 * unit,
        (255, 255, 255),
        bold=True,
    )
    canvas[round(110 * unit) :, : round(220 * unit)] = (238, 240, 243)
    for place, text in enumerate(["Home", "ID card", "Claims", "Find care", "Pharmacy", "Documents"]):
        label(canvas, 36 * unit, (165 + 44 * place) * unit, text, 16 * unit, (60, 64, 72), bold=place == 1)
    shows: tuple[Shown, ...] = ()
    two = len(cards) == 2
    stacked = two and rng.random() < 0.25
    room = round((width - 320 * unit) / (2 if two and not stacked else 1))
    wide = min(room - round(30 * unit), round((330 if stacked else 760) * unit * cards[0].width / cards[0].height))
    x, y = round(262 * unit), round(rng.uniform(150, 185) * unit)
    lower = (height - y - 50 * unit) / (2.1 if stacked else 1)  # the whole card stays on the page
    wide = round(min(wide, *(lower * card.width / card.height for card in cards)))
    label(canvas, x, y - 14 * unit, "Member ID card", 19 * unit, (40, 42, 48), bold=True)
    for card in cards:
        high = round(wide * card.height / card.width)
        if rng.random() < 0.6:
            shadow_under(canvas, (x, y, wide, high), 0.2, round(8 * unit))
        shows += paste(canvas, card, x, y, wide)
        if stacked:
            y += high + round(16 * unit)
        else:
            x += wide + round(30 * unit)
    foot = "Questions? Chat with us"
    label(canvas, width - 30 * unit, height - 20 * unit, foot, 14 * unit, (90, 94, 100), anchor="rs")
    return canvas, shows


def mail_page(cards: list[Flat], accent: Colour, rng: random.Random) -> tuple[Pixels, tuple[Shown, ...]]:
    """A mail reader, light or dark: a list of letters at the left, one of them open, the card within its words."""
    width, height = rng.choice([(1920, 1200), (2048, 1280), (2560, 1600)])
    unit = width / 1440
    dark = rng.random() < 0.3
    ground, ink, faint = (
        ((31, 33, 38), (228, 230, 234), (140, 146, 156)) if dark else ((255, 255, 255), (32, 34, 40), (112, 118, 128))
    )
    canvas = _blank(width, height, ground)
    canvas[:, : round(300 * unit)] = (40, 43, 50) if dark else (240, 242, 245)
    senders = [
        "Front desk",
        "A. Whitcombe",
        "Pharmacy refill",
        "Clinic newsletter",
        "Scheduling",
        "Dr. Okafor's office",
    ]
    for place, sender in enumerate(rng.sample(senders, 5)):
        label(canvas, 24 * unit, (70 + 92 * place) * unit, sender, 17 * unit, ink, bold=place == 0)
        subject = rng.choice(["insurance card", "Re: appointment Tuesday", "your receipt", "Fwd: documents"])
        label(canvas, 24 * unit, (94 + 92 * place) * unit, subject, 14 * unit, faint)
    x, y = round(340 * unit), round(56 * unit)
    label(canvas, x, y, rng.choice(["Insurance card", "Fwd: photo of my card", "ID card for Thursday"]), 26 * unit, ink)
    label(canvas, x, y + 34 * unit, "From: " + rng.choice(senders) + "   To: check-in", 15 * unit, faint)
    words = rng.choice(
        ["Hello, here is the card you asked for.", "Please see below. Sent from my phone", "As discussed:"]
    )
    label(canvas, x, y + 74 * unit, words, 17 * unit, ink)
    y += round(100 * unit)
    room = height - y - 90 * unit - 14 * unit * len(cards)
    tall = sum(card.height / card.width for card in cards)
    wide = round(min(room / tall, rng.uniform(460, 640) * unit))
    shows: tuple[Shown, ...] = ()
    for card in cards:
        shows += paste(canvas, card, x, y, wide)
        y += round(wide * card.height / card.width + 14 * unit)
    thanks = rng.choice(["Thank you!", "Best, the patient", "Let me know if you can read it."])
    label(canvas, x, y + 34 * unit, thanks, 17 * unit, ink)
    canvas[: round(18 * unit)] = accent
    return canvas, shows


def phone_flat(cards: list[Flat], accent: Colour, rng: random.Random) -> Flat:
    """A phone that shows the card app: 74 mm wide, black rim."""
    screen, shows = app_screen(cards, accent, rng, width=1080)
    high, wide = screen.shape[:2]
    rim = 40
    pixels = _blank(wide + 2 * rim, high + 2 * rim, rng.choice([(18, 18, 20), (40, 40, 44), (205, 205, 208)]))
    pixels[rim // 2 : -rim // 2, rim // 2 : -rim // 2] = (8, 8, 10)
    pixels[rim : rim + high, rim : rim + wide] = screen
    shift = np.array([rim, rim], np.float64)
    moved = tuple(shown.moved(lambda corners: corners + shift) for shown in shows)
    alpha = rounded(high + 2 * rim, wide + 2 * rim, 120)
    return Flat(pixels, alpha, 74.0, 74.0 * pixels.shape[0] / pixels.shape[1], moved)


def monitor_flat(cards: list[Flat], accent: Colour, rng: random.Random) -> Flat:
    """A computer monitor that shows a page with the cards, as a person photographs it."""
    show = portal_page if rng.random() < 0.6 else mail_page
    return lit(*_crop_around(*show(cards, accent, rng)), rng)


def lit(page: Pixels, shows: tuple[Shown, ...], rng: random.Random) -> Flat:
    """A page on a monitor whose pixels are red, green and blue stripes: a camera sees moire in it."""
    high, wide = page.shape[0] * 3, page.shape[1] * 3
    triple = cv2.resize(page, (wide, high), interpolation=cv2.INTER_NEAREST)
    dim = rng.randint(48, 78)
    mask = np.full((3, 3, 3), dim, np.uint8)
    for colour in range(3):
        mask[:, colour, colour] = 165
    mask[2] = (mask[2] * rng.uniform(0.6, 0.85)).astype(np.uint8)
    lit = cv2.multiply(triple, np.tile(mask, (page.shape[0], page.shape[1], 1)), scale=1 / 100)
    moved = tuple(shown.moved(lambda corners: corners * 3) for shown in shows)
    return Flat(lit, np.full((high, wide), 255, np.uint8), 300.0, 300.0 * high / wide, moved)


def _crop_around(page: Pixels, shows: tuple[Shown, ...]) -> tuple[Pixels, tuple[Shown, ...]]:
    """The part of the page that a person photographs: the cards and something around them."""
    points = np.concatenate([s.corners for s in shows if s.corners is not None])
    margin = 0.16 * float(points[:, 0].max() - points[:, 0].min())
    x0, y0 = np.maximum(points.min(0) - margin, 0).astype(int)
    x1, y1 = np.minimum(points.max(0) + margin, [page.shape[1], page.shape[0]]).astype(int)
    shift = np.array([x0, y0], np.float64)
    return page[y0:y1, x0:x1], tuple(shown.moved(lambda corners: corners - shift) for shown in shows)
