"""The samples themselves: what they say of a picture must be true of it."""

from __future__ import annotations

import importlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image, ImageOps

from samples.cards import CATEGORIES, SUBJECTS, VARIANTS, draft, voices
from samples.case import Case
from samples.draw import CONDITIONS, draw_case
from samples.fonts import Family, FontMissing, font_of
from samples.kit import Kit
from samples.numbers import issuer_number, luhn_digit
from samples.worlds.calibration import KIT as CALIBRATION
from samples.worlds.test_world.fonts import FAMILIES as TEST_FAMILIES
from samples.worlds.tuning import KIT as TUNING

KITS = {"tuning": TUNING, "calibration": CALIBRATION}
NEGATIVES = CATEGORIES


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9$]", "", text.lower())


def _opened(case: Case) -> list[Image.Image]:
    return [ImageOps.exif_transpose(Image.open(io.BytesIO(p.data))) for p in case.pictures]


@pytest.mark.parametrize("world", KITS)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_prints_what_its_truth_says(world: str, subject: str) -> None:
    case = draw_case(world, 7, condition="clean", subject=subject)
    printed = _letters(" ".join(line for p in case.pictures for s in p.sides for line in s.lines))
    for name, value in case.truth.fields.items():
        if not name.endswith("_date"):
            assert all(_letters(part) in printed for part in re.split(r"[;:]", value)), name
    assert case.truth.variant == (subject if subject in VARIANTS else None)
    assert case.group == "good"
    assert all(image.width >= 800 for image in _opened(case))


@pytest.mark.parametrize("condition", ["photo", "pdf", "fax"])
def test_the_same_seed_gives_the_same_bytes(condition: str) -> None:
    first, second = (draw_case("tuning", 11, condition=condition, subject="scal-pos") for _ in range(2))
    assert [p.data for p in first.pictures] == [p.data for p in second.pictures]
    assert first.truth == second.truth


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_makes_pictures_that_open(condition: str) -> None:
    world = ("tuning", "calibration")[list(CONDITIONS).index(condition) % 2]
    subject = "digital-hmo-epo-pos2" if condition == "moire" else "scal-pos"
    case = draw_case(world, 11, condition=condition, subject=subject)
    for picture in case.pictures:
        if picture.name.endswith(".pdf"):
            assert len(importlib.import_module("pypdfium2").PdfDocument(picture.data)) in (1, 2)
            continue
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(picture.data)))
        for side in picture.sides:
            if side.corners is None:
                assert condition in ("clean", "screenshot")
                continue
            quad = np.array(side.corners)
            assert _area(quad) > 0, "clockwise as viewed"
            if condition != "cut_off":
                assert (quad >= 0).all()
                assert (quad <= [image.width, image.height]).all()
    sides = sorted(s.side for p in case.pictures for s in p.sides)
    assert sides == (["front"] if condition == "front_only" else ["back", "front"])


def _area(quad: Any) -> float:
    x, y = quad[:, 0], quad[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def test_the_first_corner_is_the_top_left_of_the_upright_text() -> None:
    """The head of the card is coloured, its foot is white: after the turn to upright, the top must be the darker."""
    found = 0
    for seed in range(40):
        words = draft(TUNING, "scal-pos", np.random.default_rng(seed)).wording
        assert words.title
        case = draw_case("tuning", seed, condition="turned", subject="scal-pos")
        picture = next(p for p in case.pictures if p.sides[0].side == "back")
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(picture.data))).convert("L")
        corners = picture.sides[0].corners
        assert corners is not None
        a, b, c, d = corners
        flat = image.transform((400, 252), Image.Transform.QUAD, (*a, *d, *c, *b), Image.Resampling.BILINEAR)
        pixels = np.asarray(flat)
        if pixels[22:42, 40:360].mean() < 0.35 * pixels[150:250, 40:360].mean():  # a back with a stripe
            found += 1
        if found == 3:
            return
    pytest.fail("no back with its stripe at the top was seen")


@pytest.mark.parametrize("world", KITS)
@pytest.mark.parametrize("subject", NEGATIVES)
def test_no_card_that_is_none_of_the_thirteen_is_ever_eligible(world: str, subject: str) -> None:
    for condition in ("clean", "tiny"):
        case = draw_case(world, 3, condition=condition, subject=subject)
        assert "eligible" not in case.truth.outcomes
        assert case.truth.outcomes
        assert case.truth.category == subject


def test_outcomes_are_honest_about_what_can_be_read() -> None:
    outcomes = {
        c: set(draw_case("tuning", 0, condition=c, subject="co-ppo").truth.outcomes) for c in ("photo", "q55", "tiny")
    }
    assert outcomes == {"photo": {"eligible"}, "q55": {"eligible", "retake", "call"}, "tiny": {"retake", "call"}}
    for seed in range(5):
        case = draw_case("tuning", seed, condition="front_only", subject="ncal-pos")
        says = any("cigna" in line.lower() for p in case.pictures for s in p.sides for line in s.lines)
        assert ("eligible" in case.truth.outcomes) == says
        assert "payer_id" not in case.truth.fields


def test_a_travel_card_that_prints_no_plan_has_none_in_its_truth() -> None:
    drafts = [draft(TUNING, "travel", np.random.default_rng(s)) for s in range(40)]
    assert {d.truth.plan for d in drafts} == {None, "HMO", "EPO", "POS 2-Tier"}
    for d in drafts:
        title = " ".join(d.wording.title)
        assert (d.truth.plan is None) == (not re.search(r"HMO|EPO|Tier", title))


def test_both_orientations_and_names_of_files_occur() -> None:
    tags = set()
    for seed in range(6):
        for picture in draw_case("tuning", seed, condition="photo", subject="cigna-pos").pictures:
            tags.add(Image.open(io.BytesIO(picture.data)).getexif()[0x0112])
            assert re.fullmatch(r"[ab]\.jpg", picture.name)
    assert {1, 6} <= tags <= {1, 3, 6, 8}


@pytest.mark.parametrize("kit", KITS.values(), ids=KITS)
def test_each_world_has_five_wordings_and_all_variants_in_each(kit: Kit) -> None:
    assert len(voices(kit)) >= 5
    for voice in voices(kit):
        for subject in VARIANTS:
            words = draft(kit, subject, np.random.default_rng(1), voice=voice).wording
            assert words.title
            assert words.back
            assert not any("{" in t for t in (*words.title, *words.back)), "every place is filled"


def test_the_worlds_share_no_sentence_and_no_font() -> None:
    def sentences(kit: Kit) -> set[str]:
        found: set[str] = set()
        for name in ("wording.yaml", "others.yaml", "noncards.yaml"):
            _collect(yaml.safe_load((kit.folder / name).read_text(encoding="utf-8")), found)
        return {s for s in found if len(s.split()) > 9}

    assert not sentences(TUNING) & sentences(CALIBRATION)
    fonts = [{Path(f.regular).name for f in kit.families} for kit in (TUNING, CALIBRATION)]
    fonts.append({name for pair in TEST_FAMILIES.values() for name in pair})
    assert not any(a & b for a, b in combinations(fonts, 2))
    assert not {f.__name__ for f in TUNING.fronts} & {f.__name__ for f in CALIBRATION.fronts}


def _collect(node: Any, found: set[str]) -> None:
    if isinstance(node, str):
        found.add(_letters(node) and node.strip().lower())
    elif isinstance(node, dict):
        for value in node.values():
            _collect(value, found)
    elif isinstance(node, list):
        for value in node:
            _collect(value, found)


def test_issuer_numbers_pass_the_check_of_the_standard() -> None:
    for seed in range(20):
        number = issuer_number(np.random.default_rng(seed))
        assert len(number) == 10
        assert luhn_digit("80840" + number[:-1]) == number[-1]
    assert luhn_digit("80840" + "911877260") == "4", "a published card: (80840) 911-87726-04"


def test_a_missing_font_names_its_package() -> None:
    absent = replace(TUNING.families[0], package="fonts-example", regular="truetype/none/None.ttf")
    with pytest.raises(FontMissing, match="apt-get install fonts-example"):
        font_of(absent, 20)


def test_the_packages_of_all_fonts_are_listed() -> None:
    lines = (Path(TUNING.folder).parents[1] / "fonts.txt").read_text(encoding="utf-8").splitlines()
    listed = {tuple(line.split()) for line in lines if not line.startswith("#")}
    families: list[tuple[str, Family]] = [(k.name, f) for k in KITS.values() for f in k.families]
    assert {(world, f.package) for world, f in families} == {pair for pair in listed if pair[0] in KITS}


@pytest.mark.parametrize("arguments", [{"condition": "moonlight"}, {"subject": "library-card"}])
def test_an_unknown_name_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no such condition"):
        draw_case("tuning", 0, **arguments)


def test_an_unknown_world_is_refused() -> None:
    with pytest.raises(ValueError, match="no such world"):
        draw_case("elsewhere", 0)


def test_the_command_writes_pictures_and_truth(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "samples",
        "--world",
        "tuning",
        "--seed",
        "4",
        "--count",
        "2",
        "--condition",
        "clean",
    ]
    subprocess.run([*command, "--out", str(tmp_path)], check=True, timeout=120)
    truths = sorted(tmp_path.glob("*.yaml"))
    assert len(truths) == 2
    for path in truths:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert data["pictures"]
        assert all((tmp_path / p["name"]).stat().st_size > 1000 for p in data["pictures"])


def test_the_finished_samples_are_small_and_complete() -> None:
    folder = Path(TUNING.folder).parents[1] / "finished"
    truths = sorted(folder.glob("*.yaml"))
    assert len(truths) == 8
    assert sum(f.stat().st_size for f in folder.iterdir()) <= 2_000_000
    named = {p["name"] for t in truths for p in yaml.safe_load(t.read_text(encoding="utf-8"))["pictures"]}
    assert named == {f.name for f in folder.iterdir() if f.suffix != ".yaml"}
    assert all((folder / name).stat().st_size <= 250_000 for name in named)
