"""Light and hands on a card: what counts as one, and whether it hides print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from cardscan.imaging.hiding import Cover, covers
from cardscan.records import Corners, Pixels, QualityCode

SKIN = (224, 172, 140)
TOPS = range(80, 460, 50)
TEXT = "Members use this network only"
END = 40 + cv2.getTextSize(TEXT, 0, 1.0, 2)[0][0]
LINES: list[Corners] = [np.array([(40, y), (END, y), (END, y + 26), (40, y + 26)], np.float64) for y in TOPS]


def _card(ground: int | tuple[int, int, int] = 225) -> Pixels:
    """Print from the left rim to two thirds of the width."""
    card = np.full((504, 800, 3), ground, np.uint8)
    for top in TOPS:
        cv2.putText(card, TEXT, (40, top + 22), 0, 1.0, (25, 25, 30), 2, cv2.LINE_AA)
    return card


def _lit(card: Pixels, middle: tuple[int, int], strength: float = 420.0) -> Pixels:
    """Light that is reflected: brightest in the middle, fading out."""
    y, x = np.mgrid[: card.shape[0], : card.shape[1]].astype(np.float32)
    light = strength * np.exp(-(((x - middle[0]) / 110) ** 2 + ((y - middle[1]) / 80) ** 2))
    return np.clip(card + light[:, :, None], 0, 255).astype(np.uint8)


def _held(card: Pixels, tip: tuple[int, int]) -> Pixels:
    """A thumb from the right rim as far as ``tip``."""
    cv2.line(card, (900, tip[1]), (tip[0] + 45, tip[1]), SKIN, 90, cv2.LINE_AA)
    return card


def _covers(card: Pixels) -> list[Cover]:
    gray = np.asarray(cv2.cvtColor(card, cv2.COLOR_RGB2GRAY), np.uint8)
    return covers(card, gray, 0, LINES)


def test_nothing_lies_on_a_plain_card() -> None:
    assert _covers(_card()) == []


def test_light_on_print_hides_it() -> None:
    (cover,) = _covers(_lit(_card(), (400, 250)))
    assert (cover.code, cover.hides) == (QualityCode.GLARE, True)
    assert np.linalg.norm(cover.corners.mean(0) - (400, 250)) < 30
    assert 0.02 < cover.area / (504 * 800) < 0.2


def test_light_beside_print_hides_none() -> None:
    (cover,) = _covers(_lit(_card(), (740, 120)))
    assert (cover.code, cover.hides) == (QualityCode.GLARE, False)


@pytest.mark.parametrize("gap", [0, 30])
def test_a_ground_that_is_white_in_places_is_no_light(gap: int) -> None:
    """The print on it is as dark as elsewhere, but for a dash with room around it."""
    card = _card()
    card[TOPS[3] - 8 : TOPS[3] + 34, 140 : 140 + gap] = 225
    card[TOPS[3] + 12 : TOPS[3] + 13, 150 : 150 + gap // 2] = 120
    y, x = np.mgrid[:504, :800].astype(np.float32)
    bright = 1.0 + 0.4 * np.exp(-(((x - 200) / 160) ** 2) - ((y - 250) / 45) ** 2)[:, :, None]
    white = np.where(card > 150, np.clip(card * bright, 0, 255), card).astype(np.uint8)
    assert (white[220:280, 100:300] >= 252).mean() > 0.5
    assert _covers(white) == []


@pytest.mark.parametrize(("tip", "hides"), [(END - 20, True), (END - 90, True), (END + 60, False), (END + 90, False)])
def test_a_hand_hides_the_lines_that_end_at_it(tip: int, hides: bool) -> None:
    (cover,) = _covers(_held(_card(), (tip, 250)))
    assert (cover.code, cover.hides) == (QualityCode.COVERED, hides)


def test_print_on_a_ground_of_a_hands_colour_is_covered_by_none() -> None:
    card = _card()
    card[200:, :] = np.where(card[200:, :] == 225, np.array(SKIN, np.uint8), card[200:, :])
    assert _covers(card) == []


def _on_desk(card: Pixels, colour: tuple[int, int, int] = (70, 62, 55)) -> Pixels:
    return np.asarray(cv2.copyMakeBorder(card, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=colour), np.uint8)


def _covers_beyond(wide: Pixels) -> list[Cover]:
    gray = np.asarray(cv2.cvtColor(wide, cv2.COLOR_RGB2GRAY), np.uint8)
    return covers(wide, gray, 40, [line + 40 for line in LINES])


@pytest.mark.parametrize("colour", [(52, 34, 26), (250, 235, 140), (90, 120, 200)], ids=["dark hand", "note", "glove"])
@pytest.mark.parametrize(("tip", "hides"), [(END - 20, True), (END + 70, False)])
def test_what_reaches_in_over_the_rim_covers_whatever_its_colour(
    colour: tuple[int, int, int], tip: int, hides: bool
) -> None:
    wide = _on_desk(_card())
    cv2.rectangle(wide, (tip + 40, 240), (880, 340), colour, -1)
    found = _covers_beyond(wide)
    assert found
    assert {(cover.code, cover.hides) for cover in found} == {(QualityCode.COVERED, hides)}


def test_a_band_of_the_design_on_a_desk_of_its_colour_covers_nothing() -> None:
    card = _card()
    card[:60] = (70, 62, 55)
    card[:, :30] = (70, 62, 55)
    assert _covers_beyond(_on_desk(card)) == []


def test_print_on_what_goes_on_beyond_the_rim_makes_it_a_ground() -> None:
    """A header nearly from side to side, of the desk's colour in a shadow."""
    wide = _on_desk(_card())
    cv2.rectangle(wide, (80, 40), (840, 150), (70, 62, 55), -1)
    cv2.putText(wide, TEXT, (100, 142), 0, 1.0, (235, 235, 235), 2, cv2.LINE_AA)
    assert _covers_beyond(wide) == []


def test_a_card_on_a_desk_of_its_own_colour_is_not_covered() -> None:
    assert _covers_beyond(_on_desk(_card(), (225, 225, 225))) == []


def test_the_largest_comes_first() -> None:
    first, second = _covers(_held(_lit(_card(), (250, 150)), (600, 400)))
    assert first.area > second.area
    assert {first.code, second.code} == {QualityCode.GLARE, QualityCode.COVERED}


def test_lines_that_fade_into_white_end_in_light() -> None:
    """On a card that is white all over, light burns nothing out that was not white."""
    card = _card(252)
    light = np.clip((np.arange(800) - (END - 70)) / 60, 0, 1)[None, :, None]
    card = np.where(card < 252, card + (252 - card) * light, card).astype(np.uint8)
    (cover,) = _covers(card)
    assert (cover.code, cover.hides) == (QualityCode.GLARE, True)
    shadow = np.clip((np.arange(800) - 100) / 300, 0.35, 1)[None, :, None]
    assert _covers((_card(252) * shadow).astype(np.uint8)) == []


def test_grey_labels_before_dark_values_are_no_light() -> None:
    card = np.full((504, 800, 3), 255, np.uint8)
    for top in TOPS:
        cv2.putText(card, "G", (40, top + 22), 0, 1.0, (133, 133, 133), 2, cv2.LINE_AA)
        cv2.putText(card, "roup No.", (62, top + 22), 0, 1.0, (124, 124, 124), 2, cv2.LINE_AA)
        cv2.putText(card, "0012345678 91 23", (230, top + 22), 0, 1.0, (25, 25, 30), 2, cv2.LINE_AA)
    assert _covers(card) == []


def test_a_pale_label_on_an_even_ground_beside_white_waves_is_no_light() -> None:
    """The waves touch the print, and fade at their rims as light does; the ground under the label is as elsewhere."""
    card = np.full((504, 800, 3), 222, np.uint8)
    y, x = np.mgrid[:504, :800].astype(np.float32)
    far = np.abs(y - 58 - 12 * np.sin(x / 90))
    card = np.clip(card + np.clip(70 - 2 * far, 0, 70)[:, :, None], 0, 255).astype(np.uint8)
    cv2.rectangle(card, (36, 74), (END + 8, 118), (222, 222, 222), -1)
    cv2.putText(card, "PCN:", (40, 102), 0, 1.0, (110, 110, 110), 1, cv2.LINE_AA)
    cv2.putText(card, "ASPROD1 AND MORE", (120, 102), 0, 1.0, (25, 25, 30), 2, cv2.LINE_AA)
    assert _covers(card) == []
