"""The intake opens every kind of picture, in the right colours and the right way up, and refuses the others by name."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import hostile

from cardscan import errors
from cardscan.imaging.intake import Intake, Limits
from cardscan.records import Photo
from cardscan.settings import Settings

LIMITS = Limits.from_settings(Settings())
GOOD = hostile.good()
REFUSED = hostile.refused()


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake(LIMITS) as door:
        yield door


def quadrants(photo: Photo) -> list[tuple[int, ...]]:
    height, width = photo.pixels.shape[:2]
    spots = [(y, x) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    return [tuple(int(value) for value in photo.pixels[spot]) for spot in spots]


def assert_colors(photo: Photo, colors: hostile.Quadrants, tolerance: int = 6) -> None:
    assert np.abs(np.subtract(quadrants(photo), colors)).max() <= tolerance, quadrants(photo)


@pytest.mark.parametrize("case", GOOD)
def test_every_kind_and_mode_opens(intake: Intake, case: str) -> None:
    make, colors = GOOD[case]
    (photo,) = intake.open("card", make())
    assert (photo.width, photo.height) == hostile.SIZE
    assert photo.pixels.shape == (hostile.SIZE[1], hostile.SIZE[0], 3)
    assert photo.pixels.dtype == np.uint8
    assert not photo.pixels.flags.writeable
    assert (photo.source, photo.page) == ("card", 0)
    assert_colors(photo, colors)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(intake: Intake, kind: str, orientation: int) -> None:
    (photo,) = intake.open("card", hostile.turned(kind, orientation))
    assert (photo.width, photo.height) == hostile.SIZE
    assert photo.pixels.shape[:2] == hostile.SIZE[::-1]
    assert_colors(photo, hostile.COLORS)


@pytest.mark.parametrize("orientation", [1, 6])
def test_orientation_and_a_smaller_decode(intake: Intake, orientation: int) -> None:
    stored = hostile.motif(size=(1600, 1200))
    turn = hostile.STORED[orientation]
    exif = hostile.Image.Exif()
    exif[274] = orientation
    data = hostile.save(stored if turn is None else stored.transpose(turn), "JPEG", exif=exif)
    (photo,) = intake.open("card", data, target_side=700)
    assert (photo.width, photo.height) == (1600, 1200)
    assert photo.pixels.shape == (600, 800, 3)
    assert photo.scale == 2
    assert_colors(photo, hostile.COLORS)


@pytest.mark.parametrize(
    ("kind", "target", "side"),
    [("JPEG", 1600, 1600), ("JPEG", 801, 1600), ("JPEG", 800, 800), ("JPEG", 399, 400), ("JPEG", 64, 67),
     ("PNG", 801, 1600), ("PNG", 800, 1600), ("PNG", 799, 800), ("PNG", 500, 534), ("PNG", 5000, 1600)],
)  # fmt: skip
def test_target_side(intake: Intake, kind: str, target: int, side: int) -> None:
    data = hostile.save(hostile.motif(size=(1600, 1200)), kind)
    (photo,) = intake.open("card", data, target_side=target)
    assert (photo.width, photo.height) == (1600, 1200)
    assert max(photo.pixels.shape) == side
    assert side >= min(target, 1600)


def test_smallest_picture(intake: Intake) -> None:
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "BMP"):
        (photo,) = intake.open("card", hostile.save(hostile.Image.new("RGB", (1, 1), "red"), kind), target_side=100)
        assert photo.pixels.shape == (1, 1, 3)
        assert photo.pixels[0, 0, 0] > 240


def test_orientation_that_is_rubbish_is_none(intake: Intake) -> None:
    exif = hostile.Image.Exif()
    exif[274] = 99
    for extra in (exif.tobytes(), b"Exif\0\0rubbish", b"Exif\0\0II*\0\xff\xff\xff\x7f"):
        (photo,) = intake.open("card", hostile.save(hostile.motif(), "JPEG", exif=extra, quality=95))
        assert_colors(photo, hostile.COLORS)


def test_the_name_is_not_trusted(intake: Intake) -> None:
    (photo,) = intake.open("card.jpg", hostile.save(hostile.motif(), "PNG"))
    assert_colors(photo, hostile.COLORS)


# --- documents ------------------------------------------------------------------------------------------------------


def test_every_page_of_a_tiff(intake: Intake) -> None:
    photos = intake.open("scan", hostile.tiff([hostile.motif(), hostile.motif(hostile.GRAYS).convert("L")]))
    assert [photo.page for photo in photos] == [0, 1]
    assert_colors(photos[0], hostile.COLORS)
    assert_colors(photos[1], hostile.GRAYS)


def test_every_page_of_a_pdf_at_300_dpi(intake: Intake) -> None:
    photos = intake.open("print", hostile.pdf(3, box="0 0 600 400"))
    assert [photo.page for photo in photos] == [0, 1, 2]
    assert [(photo.width, photo.height) for photo in photos] == [(2500, 1667)] * 3
    assert photos[0].pixels.shape == (1667, 2500, 3)


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ("0 0 150 100", (1600, 1067)),
        ("0 0 3000 2000", (3600, 2400)),
        ("0 0 14400 1", (3600, 1)),
        ("0 0 1 1", (1600, 1600)),
    ],
)
def test_pdf_sizes_are_clamped(intake: Intake, box: str, size: tuple[int, int]) -> None:
    (photo,) = intake.open("print", hostile.pdf(box=box))
    assert (photo.width, photo.height) == size
    assert photo.pixels.shape[:2] == size[::-1]


@pytest.mark.parametrize("data", [hostile.pdf(), hostile.pdf_annotated(), hostile.pdf_encrypted(b"")])
def test_pdf_colors(intake: Intake, data: bytes) -> None:
    (photo,) = intake.open("print", data, target_side=800)
    assert (photo.width, photo.height) == (1600, 1067)
    assert photo.pixels.shape == (534, 800, 3)
    assert_colors(photo, hostile.COLORS)


def test_pdf_rotation(intake: Intake) -> None:
    (photo,) = intake.open("print", hostile.pdf(more="/Rotate 90"))
    assert (photo.width, photo.height) == (1067, 1600)
    assert_colors(photo, (hostile.BLUE, hostile.RED, hostile.WHITE, hostile.GREEN))


def test_ten_pages_are_not_too_many(intake: Intake) -> None:
    assert len(intake.open("print", hostile.pdf(10), target_side=100)) == 10
    assert len(intake.open("scan", hostile.tiff([hostile.motif()] * 10))) == 10


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", REFUSED)
def test_refused(intake: Intake, case: str) -> None:
    make, code = REFUSED[case]
    with pytest.raises(errors.PictureError) as caught:
        intake.open("Jane-Doe.jpg", make())
    assert caught.value.code == code, caught.value
    assert caught.value.exit_status == 5
    assert "Jane" not in caught.value.message
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("case", ["jpeg-half", "jpeg-half-and-end", "jpeg-hole", "jpeg-end-only"])
def test_a_cut_jpeg_is_refused_at_any_scale(intake: Intake, case: str) -> None:
    for target in (20, 40, 80):
        with pytest.raises(errors.DamagedPicture):
            intake.open("card", REFUSED[case][0](), target_side=target)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "BMP", "TIFF"])
def test_cut_anywhere_is_refused(intake: Intake, kind: str) -> None:
    data = hostile.save(hostile.noise((64, 48)), kind)
    for eighths in range(8):
        with pytest.raises(errors.PictureError):
            intake.open("card", data[: len(data) * eighths // 8])


def test_formats_are_named(intake: Intake) -> None:
    with pytest.raises(errors.NotAPicture, match=r"JPEG, PNG, WebP, HEIC, TIFF, BMP and PDF.*looks like a GIF"):
        intake.open("card", REFUSED["gif"][0]())


def test_limit_and_value_are_named(intake: Intake) -> None:
    for case, words in {
        "png-400-megapixels": "limit is 50 megapixels; it has 400.0",
        "png-long": "limit is 10000 pixels; it has 12000",
        "pdf-11-pages": "limit is 10; it has 11",
        "too-large": "limit is 25 MB; it has 25.",
    }.items():
        with pytest.raises(errors.PictureError, match=words):
            intake.open("card", REFUSED[case][0]())


def test_all_pages_together_are_limited() -> None:
    limits = Limits(10**7, 10_000, 10_000, 10, 20, 1500)
    page = hostile.Image.new("L", (100, 95))
    with Intake(limits, workers=1) as door:
        assert len(door.open("scan", hostile.tiff([page] * 4))) == 4
        with pytest.raises(errors.TooManyPixels, match="together"):
            door.open("scan", hostile.tiff([page] * 5))


def test_target_side_of_nothing_has_no_meaning(intake: Intake) -> None:
    with pytest.raises(ValueError, match="target_side"):
        intake.open("card", GOOD["png"][0](), target_side=0)


@pytest.mark.parametrize(("kind", "options"), [("PDF", {"resolution": 150}), ("TIFF", {})])
def test_one_page_of_a_document_can_be_opened_alone(intake: Intake, kind: str, options: dict[str, int]) -> None:
    """A page that is looked at again at full size does not cost all the others."""
    pages = [Image.new("RGB", (300, 200), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    data = io.BytesIO()
    pages[0].save(data, kind, save_all=True, append_images=pages[1:], **options)
    for number, photo in enumerate(intake.open("a", data.getvalue())):
        (alone,) = intake.open("a", data.getvalue(), page=number)
        assert (alone.page, alone.width, alone.height) == (number, photo.width, photo.height)
        assert (alone.pixels == photo.pixels).all()
        assert int(alone.pixels.mean((0, 1)).argmax()) == number
