"""Runs: every card gets its line, whatever happens to a worker, to the run or to the file of results."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import BrokenExecutor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import batch_fakes
from batch_fakes import PICTURE

from cardscan.batch.results import Results
from cardscan.batch.runner import Counts, Runner
from cardscan.batch.sources import Card, LazyFile, plan_paths
from cardscan.batch.worker import Factory
from cardscan.errors import BadData, EngineUnavailable, InvalidOutput
from cardscan.records import Visit
from cardscan.settings import load_settings

MAIN = Path(__file__).parent / "batch_main.py"


def make(folder: Path, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.jpg").write_bytes(data)
    return folder


def run(
    folder: Path,
    out: Path,
    *,
    resume: bool = False,
    visit: Visit | None = None,
    factory: Factory = batch_fakes.FakePipeline,
    card_seconds: float = 10,
) -> Counts:
    cards = plan_paths([folder], visit or Visit())
    runner = Runner(load_settings(), workers=2, factory=factory, card_seconds=card_seconds)
    with Results(out, resume=resume) as results:
        return runner.run(cards, results)


def lines(out: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert len({line["card_id"] for line in found}) == len(found)
    return {line["card_id"]: line for line in found}


def test_one_line_a_card_with_its_id_and_source(tmp_path: Path) -> None:
    folder = make(tmp_path / "in", x_front=PICTURE, x_back=b"no picture", y=PICTURE, z_front=b"", z_back=b"")
    counts = run(folder, tmp_path / "out.jsonl", visit=Visit(state="TX"))
    assert (counts.done, counts.outcomes, counts.errors) == (3, {"call": 2}, {"empty_file": 1})
    found = lines(tmp_path / "out.jsonl")
    assert found["x"]["source"] == [str(folder / "x_front.jpg"), str(folder / "x_back.jpg")]
    assert [problem["source"] for problem in found["x"]["problems"]] == [str(folder / "x_back.jpg")]
    assert found["y"]["decision"]["outcome"] == "call"
    assert found["y"]["visit"]["state"] == "TX"
    assert found["z"].keys() == {"card_id", "fingerprint", "source", "error"}
    assert found["z"]["error"].keys() == {"code", "message", "remedy"}


def test_a_file_that_is_gone_is_a_problem_of_a_card_that_has_others(tmp_path: Path) -> None:
    make(tmp_path / "in", a=PICTURE)
    manifest = tmp_path / "in" / "m.csv"
    manifest.write_text("card_id,image\n1,a.jpg\n1,gone.jpg\n2,gone.jpg\n")
    run(tmp_path / "in", tmp_path / "out.jsonl")
    found = lines(tmp_path / "out.jsonl")
    assert [(p["code"], Path(p["source"]).name) for p in found["1"]["problems"]] == [("file_not_found", "gone.jpg")]
    assert len(found["1"]["source"]) == 2
    assert found["2"]["error"]["code"] == "file_not_found"


def test_a_crash_a_hang_and_a_fault_cost_their_card_and_no_other(tmp_path: Path) -> None:
    good = {f"c{number:02}": PICTURE for number in range(20)}
    bad = {"c05x": b"crash", "c10x": b"hang", "c15x": b"fail", "c16x": b"wrong", "c17x": b"crash"}
    counts = run(make(tmp_path / "in", **good, **bad), tmp_path / "out.jsonl", card_seconds=3)
    assert counts.done == 25
    assert counts.outcomes == {"call": 20}
    assert counts.errors == {"worker_crash": 2, "worker_timeout": 1, "engine_failed": 1, "internal_error": 1}
    text = (tmp_path / "out.jsonl").read_text()
    assert "0123456789" not in text
    assert lines(tmp_path / "out.jsonl")["c10x"]["error"]["code"] == "worker_timeout"


def test_a_pipeline_that_kills_every_worker_ends_with_a_line_for_each_card(tmp_path: Path) -> None:
    counts = run(make(tmp_path / "in", a=PICTURE, b=PICTURE), tmp_path / "o.jsonl", factory=batch_fakes.DyingPipeline)
    assert counts.errors == {"worker_crash": 2}


@pytest.mark.parametrize("fault", ["late", "cancelled", "broken"])
def test_a_pool_that_fails_costs_no_card_and_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    submit = Runner._submit

    def failing(self: Runner, card: Card[LazyFile], tries: int) -> None:
        submit(self, card, tries)
        if card.card_id in ("c05", "c06", "c12") and tries == 1:
            future, job = next((one, job) for one, job in self._jobs.items() if job.card is card)
            if fault == "late":  # as if the worker were lost before it could say that it had begun
                self._jobs[future] = replace(job, deadline=0.0)
            elif fault == "cancelled":
                future.cancel()
            else:
                del self._jobs[future]
                broken: Future[Any] = Future()
                broken.set_exception(BrokenExecutor())
                self._jobs[broken] = job

    monkeypatch.setattr(Runner, "_submit", failing)
    folder = make(tmp_path / "in", **{f"c{number:02}": PICTURE + b"slow" for number in range(20)})
    began = time.monotonic()
    counts = run(folder, tmp_path / "out.jsonl", card_seconds=30)
    assert (counts.outcomes, counts.errors) == ({"call": 20}, {})
    assert len(lines(tmp_path / "out.jsonl")) == 20
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("factory", "error"), [(batch_fakes.no_engine, EngineUnavailable), (batch_fakes.bad_rules, BadData)]
)
def test_what_every_card_would_fail_of_stops_the_run_and_leaves_nothing(
    tmp_path: Path, factory: Factory, error: type[Exception]
) -> None:
    with pytest.raises(error):
        run(make(tmp_path / "in", a=PICTURE, b=PICTURE), tmp_path / "out.jsonl", factory=factory)
    assert not (tmp_path / "out.jsonl").exists()


def test_pages_of_a_document_are_named_by_the_document(tmp_path: Path) -> None:
    folder = make(tmp_path / "in")
    sheets = [Image.new("RGB", (60, 40), (40 * number, 0, 0)) for number in range(4)]
    sheets[0].save(folder / "d.tiff", save_all=True, append_images=sheets[1:])
    run(folder, tmp_path / "out.jsonl")
    found = lines(tmp_path / "out.jsonl")
    assert sorted(found) == ["d#1", "d#2"]
    images = found["d#2"]["images"]
    assert [(Path(image["source"]).name, image["page"]) for image in images] == [("d.tiff", 2), ("d.tiff", 3)]
    assert found["d#2"]["source"] == [str(folder / "d.tiff")]


# --- tables ---------------------------------------------------------------------------------------------------------


def test_csv_has_a_row_a_card_and_no_formulas(tmp_path: Path) -> None:
    folder = make(tmp_path / "in", a=PICTURE, b=b"", **{"=cmd": PICTURE})
    run(folder, tmp_path / "out.csv")
    with open(tmp_path / "out.csv", encoding="utf-8", newline="") as file:
        rows = {row["card_id"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == ["'=cmd", "a", "b"]
    assert rows["a"]["field_member_name"] == "'=SUM(A1)"
    assert (rows["a"]["outcome"], rows["a"]["issuer"], rows["a"]["confidence"]) == ("call", "kaiser-permanente", "0.5")
    assert (rows["a"]["missing"], rows["a"]["reasons"]) == ("state", "why")
    assert json.loads(rows["a"]["verification"])["fields"]["member_name"]["value"] == "=SUM(A1)"
    assert (rows["b"]["error_code"], rows["b"]["verification"], rows["b"]["outcome"]) == ("empty_file", "", "")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows.values() for cell in row.values())


def test_parquet_holds_the_same(tmp_path: Path) -> None:
    run(make(tmp_path / "in", a=PICTURE, b=b""), tmp_path / "out.parquet")
    rows = {row["card_id"]: row for row in pq.read_table(tmp_path / "out.parquet").to_pylist()}
    assert rows["a"]["field_member_name"] == "=SUM(A1)"
    assert rows["a"]["confidence"] == 0.5
    assert rows["b"]["error_code"] == "empty_file"
    assert rows["b"]["verification"] is None


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet"])
def test_results_are_never_overwritten_and_resume_does_only_what_is_missing(tmp_path: Path, name: str) -> None:
    folder, out = make(tmp_path / "in", a=PICTURE, b=b""), tmp_path / name
    run(folder, out)
    with pytest.raises(InvalidOutput, match="--resume"):
        run(folder, out)
    make(folder, c=PICTURE)
    counts = run(folder, out, resume=True)
    assert (counts.done, counts.skipped) == (1, 2)
    part = out if out.suffix == ".jsonl" else tmp_path / f"{name}.jsonl.part"
    assert sorted(lines(part)) == ["a", "b", "c"]
    if out.suffix == ".parquet":
        assert pq.read_table(out).num_rows == 3


def test_a_table_whose_lines_are_gone_cannot_be_resumed(tmp_path: Path) -> None:
    run(make(tmp_path / "in", a=PICTURE), tmp_path / "out.csv")
    (tmp_path / "out.csv.jsonl.part").unlink()
    with pytest.raises(InvalidOutput, match="part"):
        run(tmp_path / "in", tmp_path / "out.csv", resume=True)


@pytest.mark.parametrize("name", ["out.xlsx", "out", "nowhere/out.jsonl", "in.jsonl"])
def test_results_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "in.jsonl").mkdir()
    with pytest.raises(InvalidOutput):
        Results(tmp_path / name, resume=False)


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    with Results(tmp_path / "out.jsonl", resume=False) as results:
        results.add('{"card_id": "a", "fingerprint": "0"}')
        with pytest.raises(InvalidOutput, match="Another run"):
            Results(tmp_path / "out.jsonl", resume=True)


# --- stopped and started again --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tail", [b'{"card_id": "b", "finger', b"not json\n", b'{"no": "key"}\n', b"[]\n", b"\xff\xfe\n"]
)
def test_a_torn_line_is_done_again(tmp_path: Path, tail: bytes) -> None:
    folder, out = make(tmp_path / "in", a=PICTURE, b=PICTURE), tmp_path / "out.jsonl"
    run(folder, out)
    first = next(line for line in out.read_bytes().splitlines(True) if b'"card_id": "a"' in line)
    out.write_bytes(first + tail)
    counts = run(folder, out, resume=True)
    assert (counts.done, counts.skipped) == (1, 1)
    assert sorted(lines(out)) == ["a", "b"]


def test_a_complete_line_without_its_end_is_done_again(tmp_path: Path) -> None:
    folder, out = make(tmp_path / "in", a=PICTURE), tmp_path / "out.jsonl"
    run(folder, out)
    out.write_bytes(out.read_bytes().rstrip(b"\n"))
    assert run(folder, out, resume=True).done == 1
    assert sorted(lines(out)) == ["a"]


def test_a_card_that_changed_is_done_again_and_its_old_line_goes(tmp_path: Path) -> None:
    folder, out = make(tmp_path / "in", a=PICTURE, b=PICTURE), tmp_path / "out.jsonl"
    run(folder, out)
    make(folder, a=PICTURE + b"!")
    counts = run(folder, out, resume=True)
    assert (counts.done, counts.skipped) == (1, 1)
    assert sorted(lines(out)) == ["a", "b"]
    counts = run(folder, out, resume=True, visit=Visit(state="TX"))
    assert (counts.done, counts.skipped) == (2, 0)
    assert sorted(lines(out)) == ["a", "b"]


def start(folder: Path, out: Path, *more: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(MAIN), "batch", str(folder), "--out", str(out), "--workers", "2", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
        start_new_session=True,
    )


def wait_for(out: Path, count: int) -> None:
    for _ in range(600):
        if out.exists() and out.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.05)
    raise AssertionError("no results came")


def processes_of(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_killed_and_resumed(tmp_path: Path, name: str) -> None:
    folder, out = make(tmp_path / "in", **{f"c{number:03}": PICTURE + b"slow" for number in range(30)}), tmp_path / name
    part = out if out.suffix == ".jsonl" else tmp_path / f"{name}.jsonl.part"
    process = start(folder, out)
    wait_for(part, 3)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    for _ in range(100):
        if not processes_of(process.pid):
            break
        time.sleep(0.1)
    assert processes_of(process.pid) == []  # workers do not outlive it
    kept = Counter(line.split(b",")[0] for line in part.read_bytes().splitlines(True) if line.endswith(b"\n"))
    process = start(folder, out, "--resume")
    stdout, stderr = process.communicate(timeout=120)
    assert (process.returncode, stdout) == (0, "")
    assert f"skipped as already done: {len(kept)}" in stderr
    assert f"done: {30 - len(kept)}" in stderr
    assert len(lines(part)) == 30
    if out.suffix == ".csv":
        assert len(out.read_text().splitlines()) == 31


@pytest.mark.slow
def test_interrupted_and_resumed(tmp_path: Path) -> None:
    folder, out = (
        make(tmp_path / "in", **{f"c{number:03}": PICTURE + b"slow" for number in range(30)}),
        tmp_path / "o.jsonl",
    )
    process = start(folder, out)
    wait_for(out, 3)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C: the workers get it, too
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, "")
    assert "--resume" in stderr.splitlines()[-1]
    assert "Traceback" not in stderr
    done = len(lines(out))
    assert 3 <= done < 30
    counts = run(folder, out, resume=True)
    assert (counts.done, counts.skipped) == (30 - done, done)


def test_the_last_lines_on_stderr_give_the_counts(tmp_path: Path) -> None:
    folder = make(tmp_path / "in", a=PICTURE, b=PICTURE, c=b"")
    (folder / "notes.txt").write_text("x")
    stdout, stderr = start(folder, tmp_path / "out.jsonl").communicate(timeout=120)
    assert stdout == ""
    assert stderr.splitlines() == [
        "done: 3",
        "outcomes: 2 (call 2)",
        "errors: 1 (empty_file 1)",
        "skipped as already done: 0",
        "files ignored: 1 (not pictures 1)",
    ]


@pytest.mark.parametrize(("fake", "status"), [("no_engine", 4), ("bad_rules", 3)])
def test_exit_status_of_what_stops_a_run(tmp_path: Path, fake: str, status: int) -> None:
    process = start(make(tmp_path / "in", a=PICTURE), tmp_path / "out.jsonl", FAKE=fake)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == status
    assert "Traceback" not in stderr
