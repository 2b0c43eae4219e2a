"""Tesseract: what it reads, and programs in its place that crash, hang or answer nonsense."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytesseract
import pytest
from drawn import LINES, draw, ink, letters, page, plain, sealed, turned

from cardscan.eligibility import parse_visit
from cardscan.errors import EngineFailed, EngineUnavailable
from cardscan.ocr.engine import validated
from cardscan.ocr.tesseract import Tesseract
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.settings import Settings

HEADING = "level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\t")
WORD = "5 1 1 1 1 1 60 60 90 30 96.1 Member".replace(" ", "\t")


@pytest.fixture(scope="module")
def engine() -> Tesseract:
    built = Tesseract(Settings())
    built.warm_up()
    return built


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_text_is_read_whichever_way_it_stands(engine: Tesseract, degrees: int) -> None:
    pixels = turned(page(), degrees)
    reading = engine.read(pixels)
    assert letters(reading) == [plain(line) for line in LINES]
    assert reading.rotation == (360 - degrees) % 360
    assert reading.engine == "tesseract"
    for line in reading.lines:
        assert line.confidence > 0.8
        along, down = line.box[1] - line.box[0], line.box[3] - line.box[0]
        assert along[0] * down[1] - along[1] * down[0] > 0
        assert np.linalg.norm(along) > 4 * np.linalg.norm(down)
        assert all(ink(pixels, word.box) > 0.05 for word in line.words)
    first = reading.lines[0].box.mean(0)
    height, width = pixels.shape[:2]
    near = {0: first[1], 90: width - first[0], 180: height - first[1], 270: first[0]}[degrees]
    assert near < 120
    validated(reading, width, height)


def test_columns_are_lines_of_their_own(engine: Tesseract) -> None:
    left, right = ("Member identification", "Group Number", "Pharmacy BIN"), ("0012345678", "A123-0001", "003585")
    places = [(x, 80 + 120 * i, text) for x, texts in ((60, left), (700, right)) for i, text in enumerate(texts)]
    read = letters(engine.read(draw(places)))
    assert read == [plain(t) for pair in zip(left, right, strict=True) for t in pair]


def test_text_at_the_rim(engine: Tesseract) -> None:
    reading = engine.read(draw([(0, 0, "Member ID 0012345678"), (60, 200, "Cigna PPO Network providers")], (700, 400)))
    assert letters(reading)[0] == plain("Member ID 0012345678")
    assert reading.lines[0].box.min() >= 0


@pytest.mark.parametrize("shape", [(1, 1), (4, 900), (500, 800)])
def test_a_picture_without_text_has_no_lines(engine: Tesseract, shape: tuple[int, int]) -> None:
    reading = engine.read(sealed(np.full((*shape, 3), 255, np.uint8)))
    assert (reading.lines, reading.rotation) == ((), 0)


def test_the_machine_of_the_caller_is_left_as_it_is(
    engine: Tesseract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    engine.read(page())
    assert "OMP_THREAD_LIMIT" not in os.environ
    assert list(tmp_path.iterdir()) == []  # neither the picture nor its text was written to disk


def test_the_whole_way_to_a_decision(engine: Tesseract) -> None:
    data = (Path(__file__).parents[2] / "samples" / "finished" / "co-ppo-scan-a.pdf").read_bytes()
    visit = parse_visit({"state": "TX", "date": "2026-03-01", "care": "urgent", "network": "in"})
    with Pipeline(Settings(engine="tesseract"), engine) as pipeline:
        answer = pipeline.verify([SourceFile("a.pdf", data)], visit, as_of=dt.date(2026, 3, 1))
    assert answer.decision.outcome == "eligible"
    assert answer.card.variant == "co-ppo"
    assert answer.versions.engine.startswith("tesseract ")


# --- other programs in its place ------------------------------------------------------------------------------------


def _stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, *, languages: str = "eng") -> None:
    """A program that knows its version and its languages, and does ``body`` with a picture."""
    program = tmp_path / "stand-in"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys, time\n"
        f"if '--version' in sys.argv: print('tesseract 5.3.0'); raise SystemExit\n"
        f"if '--list-langs' in sys.argv:\n"
        f"    print('List of available languages (1):'); print({languages!r}); raise SystemExit\n"
        f"picture = sys.stdin.buffer.read()\n{body}\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(program))


def test_a_missing_program_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(tmp_path / "none"))
    engine = Tesseract(Settings())
    assert engine.version == "not installed"
    for ask in (engine.warm_up, lambda: engine.read(page())):
        with pytest.raises(EngineUnavailable, match="apt-get install tesseract-ocr") as caught:
            ask()
        assert str(tmp_path) not in caught.value.message


def test_a_missing_language_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "", languages="osd")
    with pytest.raises(EngineUnavailable, match="tesseract-ocr-eng"):
        Tesseract(Settings()).warm_up()


def test_a_program_that_is_not_tesseract_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "/bin/true")
    with pytest.raises(EngineUnavailable, match="does not run"):
        Tesseract(Settings()).warm_up()


def test_a_crash_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "sys.stderr.write('CANARY'); raise SystemExit(3)")
    with pytest.raises(EngineFailed, match="exit status 3") as caught:
        Tesseract(Settings()).read(page())
    assert "CANARY" not in caught.value.message


def test_a_crash_by_a_signal_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "os.kill(os.getpid(), 11)")
    with pytest.raises(EngineFailed):
        Tesseract(Settings()).read(page())


def test_a_hang_is_ended_by_the_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "time.sleep(60)")
    start = time.monotonic()
    with pytest.raises(EngineFailed, match="engine_seconds"):
        Tesseract(Settings(engine_seconds=0.5)).read(page())
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Member ID",
        HEADING + "\n5\t1\t1",
        HEADING + "\n" + WORD.replace("96.1", "nan"),
        HEADING + "\n" + WORD.replace("96.1", "high"),
        HEADING + "\n" + WORD.replace("96.1", "961"),
        HEADING + "\n" + WORD.replace("\t90\t", "\t9.5\t"),
        HEADING + "\n" + WORD + "\tmore",
    ],
    ids=["nothing", "plain text", "short row", "no number", "a word", "per mille", "half a pixel", "long row"],
)
def test_an_answer_that_is_not_understood_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    _stand_in(tmp_path, monkeypatch, f"print({answer!r})")
    with pytest.raises(EngineFailed, match="not understood"):
        Tesseract(Settings()).read(page())


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, r"sys.stdout.buffer.write(b'\xff\xfe\x00')")
    with pytest.raises(EngineFailed, match="not understood"):
        Tesseract(Settings()).read(page())


def test_a_table_without_words_is_a_picture_without_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, f"print({HEADING!r})")
    assert Tesseract(Settings()).read(page()).lines == ()


def test_one_thread_and_a_large_gray_picture_are_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    body = (
        f"open({str(told)!r}, 'w').write(os.environ['OMP_THREAD_LIMIT'] + ' ' + str(len(picture)))\nprint({HEADING!r})"
    )
    _stand_in(tmp_path, monkeypatch, body)
    Tesseract(Settings()).read(page())
    threads, size = told.read_text().split()
    assert threads == "1"
    assert int(size) > 1600 * 960
