"""The file of results: on disk at once, said when it cannot be written, and never somebody else's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from batch_fakes import PICTURE
from test_batch_runner import MAIN, lines, make, run, start, wait_for

from cardscan.errors import InvalidOutput


def test_a_line_is_on_disk_within_a_second_though_no_other_follows(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    process = start(make(tmp_path / "in", a=PICTURE, b=PICTURE, c=b"\xff\xd8\xff hang"), out, "--workers", "3")
    try:
        wait_for(out, 2)
        assert process.poll() is None  # the third card is still being read
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_a_disk_that_is_full_says_so_and_what_to_do(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path / "in", **{f"c{number}": PICTURE for number in range(6)})
    command = [sys.executable, str(MAIN), "batch", str(folder), "--out", str(tmp_path / name), "--workers", "2"]
    ended = subprocess.run(
        ["bash", "-c", 'ulimit -f 1 && exec "$@"', "bash", *command], capture_output=True, text=True, timeout=120
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "[invalid_output]" in ended.stderr
    assert "--resume" in ended.stderr
    assert "done: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert run(folder, tmp_path / name, resume=True).done <= 6
    part = tmp_path / name if name.endswith(".jsonl") else tmp_path / f"{name}.jsonl.part"
    assert len(lines(part)) == 6


OURS = b'{"card_id": "a", "fingerprint": "0", "source": []}\n'


@pytest.mark.parametrize(
    "theirs",
    [
        b'{"id": 1}\n{"id": 2}\n',
        b'{"id": 1}\n',
        b'{"card_id": "1", "name": "x"}\n',
        b"a diary\n",
        b"no end of line",
        b'{"id": 1}\n' + OURS,
        OURS + b'{"id": 1}\n' + OURS.replace(b'"a"', b'"b"'),
    ],
)
@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_the_file_of_somebody_else_stays_as_it_is(tmp_path: Path, theirs: bytes, name: str) -> None:
    folder, out = make(tmp_path / "in", a=PICTURE), tmp_path / name
    lines_ = out if out.suffix == ".jsonl" else tmp_path / f"{name}.jsonl.part"
    lines_.write_bytes(theirs)
    with pytest.raises(InvalidOutput, match="name another file"):
        run(folder, out, resume=True)
    assert lines_.read_bytes() == theirs


@pytest.mark.parametrize("torn", [b'{"ca', b'{"card_id": "a", "finger'])
def test_a_run_that_was_cut_off_in_its_first_line_goes_on(tmp_path: Path, torn: bytes) -> None:
    folder, out = make(tmp_path / "in", a=PICTURE), tmp_path / "out.jsonl"
    out.write_bytes(torn)
    assert run(folder, out, resume=True).done == 1
    assert sorted(lines(out)) == ["a"]
