"""What is reported of the pictures."""

from __future__ import annotations

import numpy as np
from card_text import side

from cardscan.reader import Side
from cardscan.records import Flat, Photo, Quality, Reading
from cardscan.synthesis import report_images


def test_the_outline_reported_is_a_cards_though_more_text_stands_beside_it() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    corners = np.array([[0, 0], [1500, 0], [1500, 900], [0, 900]], float)
    card, page = side("KAISER PERMANENTE", "Member ID 0012345678"), side(*["A long line of a form below the card"] * 9)
    sides = [
        Side(view, Flat(pixels, np.eye(3), outline, 0.9), Quality(score=0.9), Reading((), "lines", 0))
        for view, outline in ((page, None), (card, corners))
    ]
    (report,) = report_images(sides, [Photo("a", 0, pixels, 1600, 1000)], [], ["unknown", "unknown"])
    assert report.corners == ((0, 0), (1500, 0), (1500, 900), (0, 900))
