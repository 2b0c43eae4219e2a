"""Recorded readings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from failing import Failing, one_line

from cardscan.errors import BadData, EngineFailed
from cardscan.ocr.engine import Engine
from cardscan.ocr.replay import Recorder, Replay, from_json, key_of, to_json
from cardscan.records import Reading

A, B = np.zeros((4, 6, 3), np.uint8), np.ones((4, 6, 3), np.uint8)


def test_in_sequence_whatever_the_picture() -> None:
    engine = Replay([one_line(text="first"), one_line(text="second")])
    engine.warm_up()
    assert isinstance(engine, Engine)
    assert [engine.read(A).lines[0].text, engine.read(A).lines[0].text] == ["first", "second"]
    with pytest.raises(EngineFailed):
        engine.read(A)


def test_by_picture() -> None:
    engine = Replay({key_of(A): one_line(text="a"), key_of(B): one_line(text="b")})
    assert [engine.read(p).lines[0].text for p in (B, A, B)] == ["b", "a", "b"]
    with pytest.raises(EngineFailed):
        engine.read(A.reshape(6, 4, 3))


def test_a_record_gives_back_what_was_read(tmp_path: Path) -> None:
    recorder = Recorder(Failing("source", lambda pixels: one_line(text=f"sum {pixels.sum()}")))
    recorder.warm_up()
    read = [recorder.read(A), recorder.read(B)]
    assert (recorder.name, recorder.version) == ("source", "0")
    recorder.save(tmp_path / "record.json")
    again = Replay.load(tmp_path / "record.json")
    for before, after in zip(read, (again.read(A), again.read(B)), strict=True):
        assert to_json(before) == to_json(after)
        assert np.array_equal(before.lines[0].box, after.lines[0].box)


def test_a_reading_without_lines_survives() -> None:
    reading = Reading((), "x", "1", 270)
    assert from_json(to_json(reading)) == reading


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": {"lines": [{"text": "x"}]}}'])
def test_what_is_no_record_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "record.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadData):
        Replay.load(tmp_path / "record.json")
    with pytest.raises(BadData):
        Replay.load(tmp_path / "missing.json")
