"""The net that sees what lies on a card: things that no line of print ends at, light, and what is only printed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from cardscan.errors import EngineUnavailable
from cardscan.imaging.hiding import covers
from cardscan.imaging.overlay import Overlay, OverlayMask, seen, seen_on_text
from cardscan.records import Corners, Pixels, QualityCode

MARGIN = 48
LINES = (
    "Outside of Kaiser Permanente states this member may use",
    "the Cigna PPO Network for urgent care and emergencies.",
    "For eligibility and benefits call 888-831-0761. Send claims to",
    "Cigna Medical Claims, P.O. Box 188061, Chattanooga, TN.",
    "Providers: do not collect payment from the member.",
    "This card is for identification only and no guarantee.",
)


def _card(ground: str = "white") -> tuple[Pixels, list[Corners]]:
    """A card's back with what is around it, and the boxes of its lines."""
    image = Image.new("RGB", (896, 600), (92, 84, 78))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(24)
    pen.rounded_rectangle((MARGIN, MARGIN, 848, 552), 26, fill="white")
    if ground == "waves":
        for i, tone in enumerate([(222, 236, 246), (206, 226, 240)]):
            x = np.arange(MARGIN, 849, 8)
            y = 330 + 90 * i + 26 * np.sin(x / 90 + i)
            pen.polygon([*zip(x.tolist(), y.tolist(), strict=True), (848, 520), (MARGIN, 520)], fill=tone)
    if ground == "headings":
        pen.rectangle((80, 76, 812, 122), fill=(24, 78, 140))
    title = "white" if ground == "headings" else (20, 60, 110)
    pen.text((90, 80), "Important information", fill=title, font=ImageFont.load_default(32))
    boxes = []
    for i, line in enumerate(LINES):
        pen.text((90, 150 + 52 * i), line, fill=(30, 30, 34), font=font)
        x0, y0, x1, y1 = pen.textbbox((90, 150 + 52 * i), line, font=font)
        boxes.append(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64))
    return np.asarray(image), boxes


def _hidden(pixels: Pixels, lines: list[Corners]) -> set[QualityCode]:
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return {cover.code for cover in covers(pixels, gray, MARGIN, lines) if cover.hides}


@pytest.mark.parametrize("ground", ["white", "waves", "headings"])
def test_a_card_with_nothing_on_it_is_clear(ground: str) -> None:
    assert _hidden(*_card(ground)) == set()


@pytest.mark.parametrize(
    ("titles", "hidden"), [(("Visit", "Tier 1", "Tier 2"), False), (("A note",), True), ((), True)]
)
def test_a_bar_with_titles_of_columns_is_the_head_of_a_table(
    titles: tuple[str, ...], hidden: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels, lines = _card()
    bar = np.zeros((96, 144), np.float32)
    bar[40:45, 14:130] = 1.0  # of 600 x 896: rows 250 to 281, columns 87 to 809
    monkeypatch.setattr(OverlayMask, "look", lambda *_: Overlay(bar, np.zeros_like(bar)))
    own = [np.array([(x, 254), (x + 90, 254), (x + 90, 276), (x, 276)], np.float64) for x in (100, 330, 560)]
    assert (QualityCode.COVERED in _hidden(pixels, [*lines[:2], *lines[3:], *own[: len(titles)]])) is hidden


def test_light_on_the_head_of_a_table_hides_its_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels, lines = _card()
    gray = np.full(pixels.shape[:2], 190, np.uint8)
    gray[254:278, 90:806] = 255
    bar = np.zeros((96, 144), np.float32)
    bar[40:45, 14:130] = 1.0
    monkeypatch.setattr(OverlayMask, "look", lambda *_: Overlay(np.zeros_like(bar), bar))
    own = [np.array([(x, 254), (x + 90, 254), (x + 90, 276), (x, 276)], np.float64) for x in (100, 330, 560)]
    assert [cover.code for cover in seen(pixels, gray, MARGIN, [*lines, *own])] == [QualityCode.GLARE]


def _fingers(card: Pixels) -> None:
    for i in range(4):
        y = 190 + 62 * i
        cv2.line(card, (0, y), (560 - 30 * abs(i - 1), y), (168, 122, 94), 60, cv2.LINE_AA)
        cv2.line(card, (0, y - 6), (556 - 30 * abs(i - 1), y - 6), (214, 168, 138), 40, cv2.LINE_AA)


def _tape(card: Pixels) -> None:
    for y in (208, 264):
        cv2.fillPoly(
            card, [np.array([(70, y), (800, y - 14), (802, y + 30), (72, y + 44)])], (206, 186, 140), cv2.LINE_AA
        )


def _note(card: Pixels) -> None:
    cv2.fillPoly(card, [np.array([(300, 130), (560, 142), (548, 400), (288, 388)])], (250, 226, 96), cv2.LINE_AA)
    for y in (190, 250, 310):
        cv2.putText(card, "call back", (330, y), 3, 1.2, (40, 50, 120), 2, cv2.LINE_AA)


@pytest.mark.parametrize(("lay", "lines"), [(_fingers, [0, 5]), (_tape, [0, 3, 4, 5]), (_note, [0, 5])])
def test_what_lies_over_whole_lines_hides_them(lay: object, lines: list[int]) -> None:
    """Of the lines only those are known that can still be read."""
    pixels, boxes = _card()
    card = pixels.copy()
    lay(card)  # type: ignore[operator]
    assert _hidden(card, [boxes[i] for i in lines]) == {QualityCode.COVERED}


def test_weights_that_were_not_measured_are_refused(tmp_path: Path) -> None:
    for name in ("covers.xml", "covers.bin"):
        (tmp_path / name).write_bytes(b"another")
    with pytest.raises(EngineUnavailable, match=r"covers\.xml"):
        OverlayMask(tmp_path).look(_card()[0])


def _without_outline(pixels: Pixels, lines: list[Corners], turn: float) -> tuple[Pixels, list[Corners]]:
    """The card somewhere in a larger picture, turned."""
    there = cv2.getRotationMatrix2D((448, 300), turn, 0.8)
    there[:, 2] += (300, 260)
    picture = cv2.warpAffine(pixels, there, (1500, 1150), borderMode=cv2.BORDER_CONSTANT, borderValue=(92, 84, 78))
    return np.asarray(picture, np.uint8), [line @ there[:, :2].T + there[:, 2] for line in lines]


@pytest.mark.parametrize("turn", [0, 14, -30, 90])
def test_text_around_which_no_card_was_found_is_looked_at_as_one(turn: float) -> None:
    pixels, boxes = _card()
    assert not list(seen_on_text(*_without_outline(pixels, boxes, turn)))
    held = pixels.copy()
    _fingers(held)
    covered = list(seen_on_text(*_without_outline(held, [boxes[0], boxes[5]], turn)))
    middle = _without_outline(held, [np.array([(330.0, 280.0)])], turn)[1][0][0]
    assert {cover.code for cover in covered} == {QualityCode.COVERED}
    assert cv2.pointPolygonTest(covered[0].corners.astype(np.float32), tuple(map(float, middle)), False) > 0


def test_a_picture_without_text_has_nothing_on_its_text() -> None:
    assert not list(seen_on_text(_card()[0], []))
