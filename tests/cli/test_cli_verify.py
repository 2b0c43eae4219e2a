"""``cardscan verify``: exit statuses, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent.parent / "batch"))
import batch_fakes
from batch_fakes import PICTURE

from cardscan import pipeline
from cardscan.cli import app
from cardscan.errors import BadSettings, CardscanError, EngineFailed, EngineUnavailable
from cardscan.records import Verification

FINISHED = Path(__file__).parents[2] / "samples" / "finished"
RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "Pipeline", batch_fakes.FakePipeline)


@pytest.fixture
def picture(tmp_path: Path) -> str:
    (tmp_path / "front.jpg").write_bytes(PICTURE)
    return str(tmp_path / "front.jpg")


def put(tmp_path: Path, data: bytes) -> str:
    (tmp_path / "other.jpg").write_bytes(data)
    return str(tmp_path / "other.jpg")


def test_json_is_one_line_and_all_of_stdout(picture: str) -> None:
    args = ["--state", "tx", "--date", "2026-03-01", "--care", "urgent", "--network", "in", "--npi", "1234567893"]
    result = RUNNER.invoke(app, ["verify", picture, *args, "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1
    verification = Verification.model_validate_json(result.stdout)
    assert verification.source == (picture,)
    assert verification.visit.model_dump(mode="json") == {
        "state": "TX", "date": "2026-03-01", "care": "urgent", "network": "in", "npi": "1234567893",
    }  # fmt: skip


def test_people_get_the_decision_first(picture: str) -> None:
    result = RUNNER.invoke(app, ["verify", picture])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "CALL BEFORE YOU DECIDE"
    for told in ("Because.", "[why]", "could change the answer: state", "=SUM(A1)", "front.jpg: front"):
        assert told in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "file_not_found"),
        (b"", "empty_file"),
        (b"text", "not_a_picture"),
        (b"x" * 26 * 10**6, "file_too_large"),
    ],
)
def test_a_file_that_does_not_open_is_5(tmp_path: Path, data: bytes | None, code: str) -> None:
    path = str(tmp_path / "gone.jpg") if data is None else put(tmp_path, data)
    result = RUNNER.invoke(app, ["verify", path])
    assert (result.exit_code, result.stdout) == (5, "")
    assert f"[{code}]" in result.stderr
    assert path in result.stderr
    result = RUNNER.invoke(app, ["verify", path, "--json"])
    assert (result.exit_code, result.stdout) == (5, "")
    told = json.loads(result.stderr.splitlines()[-1])
    assert told["error"].keys() == {"code", "message", "remedy"}
    assert told["error"]["code"] == code


def test_a_folder_is_not_a_picture(tmp_path: Path) -> None:
    assert RUNNER.invoke(app, ["verify", str(tmp_path)]).exit_code == 5


@pytest.mark.parametrize("data", [None, b"text"])
def test_where_some_open_the_others_are_problems(tmp_path: Path, picture: str, data: bytes | None) -> None:
    other = str(tmp_path / "gone.jpg") if data is None else put(tmp_path, data)
    result = RUNNER.invoke(app, ["verify", other, picture, "--json"])
    assert result.exit_code == 0
    verification = json.loads(result.stdout)
    assert verification["source"] == [other, picture]
    assert [problem["source"] for problem in verification["problems"]] == [other]
    assert "not opened" in RUNNER.invoke(app, ["verify", other, picture]).stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--state", "ZZ"], "[invalid_state]"),
        (["--date", "2026-02-30"], "[invalid_date]"),
        (["--date", "03/01/2026"], "[invalid_date]"),
        (["--care", "dental"], "[invalid_fact]"),
        (["--network", "maybe"], "[invalid_fact]"),
        (["--npi", "1234567890"], "[invalid_npi]"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_wrong_usage_is_2(picture: str, args: Sequence[str], told: str) -> None:
    result = RUNNER.invoke(app, ["verify", picture, *args])
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_no_picture_and_no_command_are_2() -> None:
    assert RUNNER.invoke(app, ["verify"]).exit_code == 2
    assert RUNNER.invoke(app, ["nonsense"]).exit_code == 2


@pytest.mark.parametrize(("error", "status"), [(EngineUnavailable, 4), (EngineFailed, 4), (BadSettings, 3)])
def test_engines_and_settings(
    picture: str, monkeypatch: pytest.MonkeyPatch, error: type[CardscanError], status: int
) -> None:
    def broken(_settings: object, **_: object) -> object:
        raise error

    monkeypatch.setattr(pipeline, "Pipeline", broken)
    result = RUNNER.invoke(app, ["verify", picture])
    assert (result.exit_code, result.stdout) == (status, "")
    assert picture not in result.stderr


def test_a_setting_that_cannot_be_used_is_3(picture: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDSCAN_WORKERS", "many")
    assert RUNNER.invoke(app, ["verify", picture]).exit_code == 3


def test_a_fault_of_the_program_shows_nothing_of_the_card(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["verify", put(tmp_path, PICTURE + b"wrong")])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "ZeroDivisionError" in result.stderr
    assert "0123456789" not in result.stderr


def test_file_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x\x1b[31m.jpg"
    path.write_bytes(PICTURE)
    assert "\x1b" not in RUNNER.invoke(app, ["verify", str(path)]).stdout
    path.write_bytes(b"")
    assert "\x1b" not in RUNNER.invoke(app, ["verify", str(path)]).stderr


def test_a_name_that_is_not_utf_8_is_shown_with_replacements(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(str(tmp_path)) + b"/\xff.jpg")
    Path(path).write_bytes(PICTURE)
    result = RUNNER.invoke(app, ["verify", path, "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["source"][0].endswith("\N{REPLACEMENT CHARACTER}.jpg")


def test_interrupted_is_130(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(Path(batch_fakes.__file__).parent)!r})\n"
        "import batch_fakes\nfrom cardscan import pipeline\npipeline.Pipeline = batch_fakes.FakePipeline\n"
        "print('ready', file=sys.stderr, flush=True)\nfrom cardscan.cli import main\nmain()\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script), "verify", put(tmp_path, PICTURE + b"hang")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    process.stderr.readline()
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr


# --- with the real pipeline -----------------------------------------------------------------------------------------


def cardscan(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cardscan.cli import main; main()", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def finished(name: str) -> tuple[list[str], dict[str, Any]]:
    import yaml

    told = yaml.safe_load((FINISHED / f"{name}.yaml").read_text())
    return [str(FINISHED / picture["name"]) for picture in told["pictures"]], told["truth"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scal-pos-photo", "co-ppo-scan", "medicare-photo", "other-issuer-turned"])
def test_finished_samples_are_decided_honestly(name: str) -> None:
    pictures, truth = finished(name)
    args = ["--state", "TX", "--date", "2026-03-01", "--care", "urgent", "--network", "in"]
    result = cardscan("verify", *pictures, *args, "--json")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    told = json.loads(result.stdout)
    assert told["source"] == pictures
    assert told["decision"]["outcome"] in {*truth["outcomes"], "call", "retake"}


def test_a_real_file_that_is_no_picture_is_5(tmp_path: Path) -> None:
    result = cardscan("verify", put(tmp_path, b"just text"), "--json")
    assert (result.returncode, result.stdout) == (5, "")
    assert json.loads(result.stderr.splitlines()[-1])["error"]["code"] == "not_a_picture"


def test_an_unknown_engine_is_4() -> None:
    result = cardscan("verify", "--engine", "nonsense", finished("co-ppo-scan")[0][0])
    assert (result.returncode, result.stdout) == (4, "")


@pytest.mark.slow
def test_a_real_batch(tmp_path: Path) -> None:
    result = cardscan("batch", str(FINISHED), "--out", str(tmp_path / "out.jsonl"), "--workers", "2", "--state", "TX")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    names = {path.stem for path in FINISHED.glob("*.yaml")}
    assert all("decision" in line for line in lines), [line.get("error") for line in lines]
    assert {line["card_id"].removesuffix("-a") for line in lines} == names
    assert len(lines) == len(names)
    assert result.stderr.splitlines()[0] == f"done: {len(names)}"  # and nothing of the workers before or after
    assert len(result.stderr.splitlines()) == 5
