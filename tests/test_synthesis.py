"""What is reported of the pictures."""

from __future__ import annotations

import numpy as np
import pytest
from card_text import side

from cardscan.classify.catalogue import load_catalogue
from cardscan.reader import Side
from cardscan.records import Flat, Photo, Quality, Reading
from cardscan.synthesis import identify_card, report_images


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


@pytest.mark.parametrize(
    ("beside", "two"),
    [
        (("Patient name", "Signature", "Beatrice Roe", "Emergency contact", "Referred by"), False),
        (("Member name: Beatrice Roe", "Member ID: 00987654321", "Group 12"), True),
    ],
)
def test_a_form_on_the_desk_names_no_second_member_but_a_second_card_does(beside: tuple[str, ...], two: bool) -> None:
    front = ("KAISER PERMANENTE", "PPO Plan - Colorado", "Cigna PPO Network", "Member name: Ann Doe", "MRN 0012345678")
    pixels = np.zeros((4, 4, 3), np.uint8)
    sides = [
        Side(side(*lines), Flat(pixels, np.eye(3), outline, 0.9), Quality(score=0.9), Reading((), "lines", 0))
        for lines, outline in ((front, np.array([[0, 0], [1500, 0], [1500, 900], [0, 900]], float)), (beside, None))
    ]
    identity = identify_card(sides, [Photo("a", 0, pixels, 1600, 1000)], load_catalogue())
    assert identity.seen.two_members is two
    assert len(identity.cards) == 1 + two
