"""Time by stage and of the whole (pytest-benchmark): ``make bench``.

Pictures are drawn at 12 megapixels. Absolute times depend on the machine; what is compared is the ratio to
pytesseract on the same flattened cards, in the same run.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytesseract
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.race.cpu import cpu_seconds
from cardscan.classify.match import match
from cardscan.extract.fields import extract
from cardscan.imaging.dewarp import dewarp
from cardscan.imaging.intake import Intake, Limits
from cardscan.imaging.locate import locate
from cardscan.imaging.quality import assess
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.reader import Reader, Side
from cardscan.records import CardFacts, Photo, Visit
from cardscan.settings import load_settings
from samples.case import Case
from samples.draw import draw_case

AS_OF = dt.date(2026, 3, 1)
VISIT = Visit(state="TX", date=AS_OF, care="urgent", network="in")


@dataclass(frozen=True)
class Bench:
    """A warm pipeline and one pair of 12-megapixel photos at every stage of the way."""

    pipeline: Pipeline
    intake: Intake
    case: Case
    photos: list[Photo]
    sides: list[Side]


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    settings = load_settings()
    case = draw_case("test", 1, condition="photo", subject="scal-ppo")
    with Pipeline(settings) as pipeline, Intake(Limits.from_settings(settings)) as intake:
        pipeline.warm_up()
        photos = [intake.open(p.name, p.data, target_side=1600)[0] for p in case.pictures]
        reader = Reader(pipeline.engine, intake)
        sides = [s for i, p in enumerate(photos) for s in reader.read_photo(i, p, case.pictures[i].data).sides]
        yield Bench(pipeline, intake, case, photos, sides)


def test_decode(benchmark: BenchmarkFixture, bench: Bench) -> None:
    picture = bench.case.pictures[0]
    photos = benchmark(bench.intake.open, picture.name, picture.data, target_side=1600)
    assert photos[0].width * photos[0].height > 1_000_000


def test_locate(benchmark: BenchmarkFixture, bench: Bench) -> None:
    assert benchmark(locate, bench.photos[0].pixels)


def test_dewarp(benchmark: BenchmarkFixture, bench: Bench) -> None:
    outline = locate(bench.photos[0].pixels)[0]
    flat = benchmark(dewarp, bench.photos[0], outline.corners, outline.score)
    assert flat.pixels.shape[1] >= 900


def test_quality(benchmark: BenchmarkFixture, bench: Bench) -> None:
    photo = bench.photos[0]
    assert benchmark(assess, bench.sides[0].flat, (photo.width, photo.height)).score > 0


@pytest.mark.parametrize("side", [0, 1])
def test_ocr(benchmark: BenchmarkFixture, bench: Bench, side: int) -> None:
    assert benchmark(bench.pipeline.engine.read, bench.sides[side].flat.pixels).lines


def test_match(benchmark: BenchmarkFixture, bench: Bench) -> None:
    assert benchmark(match, [side.view for side in bench.sides], bench.pipeline.catalogue)


def test_extract(benchmark: BenchmarkFixture, bench: Bench) -> None:
    assert benchmark(extract, [side.view for side in bench.sides])["member_id"].value


def test_rules(benchmark: BenchmarkFixture, bench: Bench) -> None:
    card = CardFacts(issuer="kaiser-permanente", plan="PPO", region="SCAL")
    assert benchmark(bench.pipeline.decide, card, VISIT, as_of=AS_OF).outcome == "eligible"


def test_whole_pair(benchmark: BenchmarkFixture, bench: Bench) -> None:
    files = [SourceFile(p.name, p.data) for p in bench.case.pictures]
    answer = benchmark.pedantic(bench.pipeline.verify, (files, VISIT), {"as_of": AS_OF}, rounds=8, warmup_rounds=2)
    assert answer.card.variant == bench.case.truth.variant


def test_less_processor_time_than_pytesseract_on_the_same_crops(bench: Bench) -> None:
    """The whole way of a pair against reading only, by pytesseract on crops that cardscan made for it."""
    files = [SourceFile(p.name, p.data) for p in bench.case.pictures]
    os.environ["OMP_THREAD_LIMIT"] = "1"
    ours, theirs = [], []
    for _ in range(5):  # alternating, so that other load on the machine meets both
        start = cpu_seconds()
        bench.pipeline.verify(files, VISIT, as_of=AS_OF)
        middle = cpu_seconds()
        for side in bench.sides:
            pytesseract.image_to_string(np.asarray(side.flat.pixels), config="--psm 6")
        ours.append(middle - start)
        theirs.append(cpu_seconds() - middle)
    ratio = float(np.median(theirs) / np.median(ours))
    print(f"\npair: cardscan {np.median(ours):.2f} s, pytesseract {np.median(theirs):.2f} s, ratio {ratio:.1f}")
    assert ratio > 1
