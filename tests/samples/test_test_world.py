"""The test world keeps its promises: the same bytes for a seed, exact corners, honest truth."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageOps

from samples.case import Case, Picture
from samples.worlds.test_world import CONDITIONS, SUBJECTS, VARIANTS, draw_case
from samples.worlds.test_world.people import luhn_ok
from samples.worlds.test_world.texts_io import texts
from samples.worlds.test_world.world import _order

NEGATIVES = [name for name in SUBJECTS if name not in VARIANTS]
QUICK = ("clean", "screenshot", "fax")


def size_of(picture: Picture, place: int = 0) -> tuple[int, int]:
    """Width and height of a page as viewed, in the pixels of the corners. ``place``: which side is asked for."""
    if picture.name.endswith(".pdf"):
        document = pypdfium2.PdfDocument(picture.data)
        page = document[place if len(document) > 1 else 0]
        longest = max(page.get_size())
        scale = min(max(300 / 72, 1600 / longest), 3600 / longest)
        return round(page.get_width() * scale), round(page.get_height() * scale)
    with Image.open(io.BytesIO(picture.data)) as image:
        image.seek(place if getattr(image, "n_frames", 1) > 1 else 0)
        return ImageOps.exif_transpose(image).size


def as_seen(picture: Picture) -> np.ndarray:
    with Image.open(io.BytesIO(picture.data)) as image:
        return np.array(ImageOps.exif_transpose(image).convert("L"))


@pytest.mark.parametrize(
    "condition",
    ["clean", "photo", "scan", "pdf", "screenshot", "fax", "thumb", "glare", "worn", "screen_moire", "covered"],
)
def test_a_seed_always_gives_the_same_case(condition: str) -> None:
    assert draw_case(7, condition=condition) == draw_case(7, condition=condition)


def test_seeds_differ() -> None:
    assert draw_case(1, condition="clean", subject="travel") != draw_case(2, condition="clean", subject="travel")


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("condition", QUICK)
def test_every_subject_draws(subject: str, condition: str) -> None:
    case = draw_case(11, condition=condition, subject=subject)
    assert case.world == "test" and case.group == CONDITIONS[condition]
    assert case.truth.category == ("variant" if subject in VARIANTS else subject)
    assert (case.truth.variant == subject) == (subject in VARIANTS)
    assert sum(len(p.sides) for p in case.pictures) == (0 if subject == "not-a-card" else 2)
    for picture in case.pictures:
        assert max(size_of(picture)) > 400


@pytest.mark.parametrize("subject", NEGATIVES)
@pytest.mark.parametrize("condition", ["clean", "q55", "tiny"])
def test_a_negative_is_never_eligible(subject: str, condition: str) -> None:
    outcomes = draw_case(3, condition=condition, subject=subject).truth.outcomes
    assert outcomes and "eligible" not in outcomes


def test_variants_are_eligible_by_how_well_they_show() -> None:
    assert draw_case(3, condition="clean", subject="co-ppo").truth.outcomes == ("eligible",)
    assert "eligible" in draw_case(3, condition="q55", subject="co-ppo").truth.outcomes
    assert "eligible" not in draw_case(3, condition="tiny", subject="co-ppo").truth.outcomes


@pytest.mark.parametrize("condition", [name for name in CONDITIONS if name not in ("clean", "cut_off", "corner_off")])
def test_corners_lie_inside_and_run_clockwise(condition: str) -> None:
    for seed in (21, 22):
        for picture in draw_case(seed, condition=condition, subject=VARIANTS[seed % 13]).pictures:
            for place, side in enumerate(picture.sides):
                width, height = size_of(picture, place)
                assert side.corners is not None
                spots = np.array(side.corners)
                assert (spots > -3).all() and (spots < [width + 3, height + 3]).all()
                assert cv2.contourArea(spots.astype(np.float32), oriented=True) > 0


def test_a_cut_off_card_reaches_outside() -> None:
    for picture in draw_case(5, condition="cut_off", subject="scal-ppo").pictures:
        width, height = size_of(picture)
        spots = np.array(picture.sides[0].corners)
        assert (spots < 0).any() or (spots > [width, height]).any()


def test_of_a_card_without_its_corner_one_corner_is_outside() -> None:
    for seed in range(5):
        for picture in draw_case(seed, condition="corner_off", subject="scal-ppo").pictures:
            width, height = size_of(picture)
            (side,) = picture.sides
            assert sum(not (0 <= x <= width and 0 <= y <= height) for x, y in side.corners or ()) == 1


def test_one_photo_shows_both_sides() -> None:
    (picture,) = draw_case(5, condition="one_photo", subject="two-people").pictures
    assert {side.side for side in picture.sides} == {"front", "back"}


def test_corners_follow_the_exif_turn() -> None:
    """What lies within the corners differs more than what lies around them, also where the file is stored turned."""
    turned = 0
    for seed in range(40, 46):
        for picture in draw_case(seed, condition="photo_far", subject="scal-ppo").pictures:
            with Image.open(io.BytesIO(picture.data)) as image:
                turned += image.getexif().get(0x0112, 1) != 1
            grey = as_seen(picture).astype(np.float32)
            mask = np.zeros(grey.shape, np.uint8)
            cv2.fillConvexPoly(mask, np.array(picture.sides[0].corners, np.int32), 1)
            inside = grey[mask == 1].std()
            ring = cv2.dilate(mask, np.ones((61, 61), np.uint8)) - cv2.dilate(mask, np.ones((15, 15), np.uint8))
            assert inside > grey[ring == 1].std() * 0.8
    assert turned > 1


def test_issuer_numbers_pass_the_luhn_test() -> None:
    numbers = [c.truth.fields.get("issuer_number") for c in _many(["cigna-pos", "scal-ppo", "other-issuer"], 14)]
    found = [n for n in numbers if n]
    assert len(found) > 4
    assert all(len(n) == 10 and luhn_ok("80840" + n) for n in found)


def test_fields_are_printed_on_the_card() -> None:
    for case in _many(list(SUBJECTS[:22]), 1):
        printed = "".join(line for p in case.pictures for s in p.sides for line in s.lines).replace(" ", "")
        for key in ("member_name", "member_id", "group_number", "rx_bin", "rx_pcn", "rx_group", "payer_id", "pcp_name"):
            if key in case.truth.fields:
                assert case.truth.fields[key].replace(" ", "") in printed


def test_one_side_without_the_network_words() -> None:
    for subject in VARIANTS:
        case = draw_case(9, condition="front_only", subject=subject)
        (side,) = [s for p in case.pictures for s in p.sides]
        words = " ".join(side.lines)
        if subject.startswith("cigna"):
            assert side.side == "back" and "oint of" not in words and "POS" not in words
        else:
            assert side.side == "front" and "igna" not in words
        assert "eligible" not in case.truth.outcomes


def test_the_two_people_of_a_pair_differ() -> None:
    case = draw_case(4, condition="clean", subject="two-people")
    assert "member_id" not in case.truth.fields
    front, back = (s.lines for p in case.pictures for s in p.sides)
    assert any(line.startswith("Member:") for line in (*front, *back))


def test_every_variant_has_four_wordings_or_more() -> None:
    for name, wordings in {**texts("short_plans"), **texts("kpic")}.items():
        assert len(wordings) >= 4, name
        assert wordings[0]["id"] == "reference"
    assert min(len(texts("cigna")[v]) for v in ("cigna-pos", "cigna-pos-open-access")) >= 4
    assert len({entry["name"] for entry in texts("issuers")}) >= 12


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        draw_case(0, condition="sunny")
    with pytest.raises(KeyError):
        draw_case(0, condition="clean", subject="library-card")


def test_sides_come_in_either_order() -> None:
    import random

    assert {tuple(_order(random.Random(n))) for n in range(60)} == {("front", "back"), ("back", "front")}


def _many(subjects: list[str], count: int) -> list[Case]:
    return [draw_case(seed, condition="clean", subject=subject) for subject in subjects for seed in range(count)]
