"""What is read of a card whose outline is a little off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from cardscan import reader as reader_module
from cardscan.errors import PictureTooSlow
from cardscan.imaging.intake import Intake, Limits
from cardscan.imaging.locate import Outline
from cardscan.imaging.outline import overlap
from cardscan.ocr.ppocr import PpOcr
from cardscan.reader import Reader
from cardscan.records import Photo, QualityCode
from cardscan.settings import load_settings

LEFT, TOP, RIGHT, BOTTOM = 200, 150, 1200, 780
"""Where the card is."""


@pytest.fixture(scope="module")
def reader(ppocr: PpOcr) -> Iterator[Reader]:
    with Intake(Limits.from_settings(load_settings()), workers=1) as intake:
        yield Reader(ppocr, intake)


def _picture() -> Photo:
    """A card on a table; another thing's text ends right above it."""
    image = Image.new("RGB", (1400, 950), (90, 80, 70))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(34)
    pen.rectangle((LEFT, TOP, RIGHT, BOTTOM), fill="white")
    pen.text((LEFT + 40, TOP - 52), "Another thing lies above", fill="white", font=font)
    lines = ("Member: Anna Example", "Cigna PPO Network providers", "call for eligibility", "Payer ID 62308")
    for i, line in enumerate(lines):
        pen.text((LEFT + 40, TOP + 14 + 110 * i), line, fill="black", font=font)
    pixels = np.asarray(image)
    return Photo("a", 0, pixels, image.width, image.height)


def _read(reader: Reader, monkeypatch: pytest.MonkeyPatch, top: int) -> list[str]:
    corners = np.array([(LEFT, top), (RIGHT, top), (RIGHT, BOTTOM), (LEFT, BOTTOM)], np.float64)
    monkeypatch.setattr(reader_module, "locate", lambda _: [Outline(corners, 0.9)])
    (side,) = reader.read_photo(0, _picture(), b"").sides
    return [line.text for line in side.view.lines]


def test_a_line_that_the_outline_runs_through_is_read(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(reader, monkeypatch, TOP + 34)[0] == "Member: Anna Example"


def test_what_stands_beside_the_card_is_not_of_it(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _read(reader, monkeypatch, TOP)
    assert len(lines) == 4
    assert lines[0] == "Member: Anna Example"


def test_a_card_far_away_is_looked_for_where_nothing_can_be_read(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    corners = np.array([(700, 500), (860, 500), (860, 600), (700, 600)], np.float64)
    asked = []
    monkeypatch.setattr(reader_module, "locate", lambda _: [])
    monkeypatch.setattr(reader_module, "locate_far", lambda pixels: asked.append(pixels) or [Outline(corners, 0.9)])
    empty = np.full((1200, 1600, 3), 150, np.uint8)
    (side,) = reader.read_photo(0, Photo("a", 0, empty, 1600, 1200), b"").sides
    assert [p.code for p in side.quality.problems] == [QualityCode.SMALL]
    page = reader.read_photo(0, _picture(), b"")  # a page of text is read as it is
    assert (len(asked), page.outlines) == (1, ())
    assert sum(side.letters for side in page.sides) > 60


def test_an_outline_within_a_picture_that_is_a_card_cuts_nothing_off(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Image.new("RGB", (1300, 820), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(40)
    for i, line in enumerate(("Senior Advantage", "Member: Anna Example", "Cigna PPO Network", "Payer ID 62308")):
        pen.text((60, 30 + 190 * i), line, fill="black", font=font)
    inner = np.array([(20, 130), (1290, 130), (1290, 810), (20, 810)], float)
    monkeypatch.setattr(reader_module, "locate", lambda _: [Outline(inner, 0.95)])
    look = reader.read_photo(0, Photo("a", 0, np.asarray(image), 1300, 820), b"")
    assert "Senior Advantage" in [line.text for side in look.sides for line in side.view.lines]


@pytest.mark.parametrize(("rim", "read"), [(1.0, False), (0.2, True)])
def test_a_line_beyond_an_outline_that_follows_no_rim_is_read(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, rim: float, read: bool
) -> None:
    """As on a fax of one bit: the outline ends with the last box that was printed."""
    image = Image.new("RGB", (1700, 2200), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(40)
    lines = ("Member: Anna Example", "Cigna PPO Network", "Payer ID 62308", "Medicare is primary")
    for i, line in enumerate(lines):
        pen.text((360, 430 + 120 * i), line, fill="black", font=font)
    corners = np.array([(300, 400), (1250, 400), (1250, 735), (300, 735)], float)
    monkeypatch.setattr(reader_module, "locate", lambda _: [Outline(corners, 0.8, (1.0, 1.0, rim, 1.0))])
    look = reader.read_photo(0, Photo("a", 0, np.asarray(image), 1700, 2200), b"")
    texts = [line.text for side in look.sides for line in side.view.lines]
    assert texts[:3] == list(lines[:3])
    assert (lines[3] in texts) is read


@pytest.mark.parametrize(("size", "inner"), [(19, True), (40, False)])
def test_a_screen_with_a_card_in_it_is_no_card(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, size: int, inner: bool
) -> None:
    """Print on it is smaller than any card's; a card with a panel on it has larger print."""
    image = Image.new("RGB", (1700, 1100), (70, 66, 60))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    pen.rectangle((80, 60, 1620, 1040), fill=(245, 245, 248), outline=(20, 20, 20), width=12)
    card = np.array([(420, 300), (1280, 300), (1280, 840), (420, 840)], np.float64)
    pen.rectangle((420, 300, 1280, 840), fill=(205, 226, 240), outline=(120, 140, 160), width=3)
    pen.text((420, 150), "Your documents: card, back", fill="black", font=font)
    lines = ("Member: Anna Example", "Cigna PPO Network providers", "call for eligibility", "Payer ID 62308", "Tier 2")
    for i, line in enumerate(lines):
        pen.text((460, 340 + 95 * i), line, fill="black", font=font)
    screen = np.array([(80, 60), (1620, 60), (1620, 1040), (80, 1040)], np.float64)
    monkeypatch.setattr(reader_module, "locate", lambda _: [Outline(screen, 0.9)])
    look = reader.read_photo(0, Photo("a", 0, np.asarray(image), 1700, 1100), b"")
    texts = [line.text for side in look.sides for line in side.view.lines]
    assert set(lines) <= set(texts)
    assert any("documents" in text for text in texts) is not inner
    assert overlap(look.outlines[0].corners, card if inner else screen) > 0.95


def test_where_the_full_size_cannot_be_had_the_reduced_picture_is_read(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*_: object, **__: object) -> tuple[Photo, ...]:
        raise PictureTooSlow("The limit is 1 second.")

    small = _picture()
    photo = Photo("a", 0, small.pixels, 2 * small.width, 2 * small.height)
    corners = np.array([(LEFT, TOP), (LEFT + 700, TOP), (LEFT + 700, BOTTOM), (LEFT, BOTTOM)], np.float64)
    monkeypatch.setattr(reader_module, "locate", lambda _: [Outline(corners, 0.9)])
    monkeypatch.setattr(reader._intake, "open", too_slow)
    (side,) = reader.read_photo(0, photo, b"").sides
    assert side.view.lines[0].text == "Member: Anna Example"


@pytest.mark.parametrize("turned", [False, True], ids=["a screen", "a card on its side"])
def test_an_upright_screen_of_which_a_part_was_taken_for_a_card_is_read_whole(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, turned: bool
) -> None:
    """Its text runs across the short side of what was taken for a card; that of a card on its side does not."""
    image = Image.new("RGB", (700, 1400), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(34)
    lines = ("Kaiser Permanente", "Member: Anna Example", "Cigna PPO Network", "call for eligibility", "Payer ID 62308")
    for i, line in enumerate(lines):
        pen.text((80, 200 + 210 * i), line, fill="black", font=font)
    if turned:
        image = Image.new("RGB", (700, 1400), (90, 80, 70))
        card = Image.new("RGB", (900, 567), "white")
        for i, line in enumerate(lines):
            ImageDraw.Draw(card).text((60, 40 + 100 * i), line, fill="black", font=font)
        image.paste(card.transpose(Image.Transpose.ROTATE_90), (60, 400))
    corners = np.array([(60, 400), (627, 400), (627, 1300), (60, 1300)], np.float64)
    monkeypatch.setattr(reader_module, "locate", lambda _: [Outline(corners, 0.9)])
    look = reader.read_photo(0, Photo("a", 0, np.asarray(image), 700, 1400), b"")
    assert "Kaiser Permanente" in [line.text for side in look.sides for line in side.view.lines]
    assert len(look.outlines) == turned
