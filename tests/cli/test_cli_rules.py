"""``cardscan rules``, ``cardscan variants`` and what all commands share."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cardscan import __version__, eligibility
from cardscan.classify.catalogue import BUILT_IN as CATALOGUE
from cardscan.cli import app
from cardscan.eligibility.rules import BUILT_IN as RULES
from cardscan.records import Decision

FINISHED = Path(__file__).parents[2] / "samples" / "finished"
RUNNER = CliRunner()
PPO = {"card": {"issuer": "kaiser-permanente", "plan": "PPO"}, "visit": {"state": "TX", "date": "2026-03-01"}}


def test_version() -> None:
    result = RUNNER.invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"cardscan {__version__}\n")


@pytest.mark.parametrize("command", [["verify"], ["batch"], ["serve"], ["rules", "explain"], ["variants", "list"]])
def test_every_command_has_help(command: list[str]) -> None:
    assert RUNNER.invoke(app, [*command, "--help"]).exit_code == 0


def test_a_question_from_standard_input() -> None:
    result = RUNNER.invoke(app, ["rules", "explain", "-", "--json"], input=json.dumps(PPO))
    assert (result.exit_code, result.stderr) == (0, "")
    decision = Decision.model_validate_json(result.stdout)
    assert decision.outcome == "eligible"
    assert decision.appeals is not None


def test_a_question_from_a_file_and_one_in_options_have_one_answer(tmp_path: Path) -> None:
    (tmp_path / "q.json").write_text(json.dumps(PPO), encoding="utf-8-sig")
    from_file = RUNNER.invoke(app, ["rules", "explain", str(tmp_path / "q.json"), "--json"])
    args = ["--issuer", "kaiser-permanente", "--plan", "PPO", "--state", "TX", "--date", "2026-03-01"]
    from_options = RUNNER.invoke(app, ["rules", "explain", *args, "--json"])
    assert from_file.stdout == from_options.stdout


def test_no_date_means_today_and_today_can_be_said() -> None:
    question = json.dumps({"card": PPO["card"], "visit": {"state": "TX"}})
    args = ["rules", "explain", "-", "--json", "--today"]
    late, early = (RUNNER.invoke(app, [*args, day], input=question).stdout for day in ("2026-03-01", "2022-12-31"))
    assert json.loads(late)["outcome"] == "eligible"
    assert json.loads(early)["outcome"] != "eligible"


def test_a_list_keeps_its_order_and_a_bad_question_its_place() -> None:
    questions = [PPO, {"card": {"plan": "Gold"}}, 7, {"visit": {"state": "QQ"}}, {}]
    result = RUNNER.invoke(app, ["rules", "explain", "-", "--json"], input=json.dumps(questions))
    assert result.exit_code == 2
    first, *bad, last = json.loads(result.stdout)
    assert (first["outcome"], last["outcome"]) == ("eligible", "call")
    assert [answer["error"]["code"] for answer in bad] == ["invalid_fact", "invalid_fact", "invalid_state"]
    assert all(answer["error"].keys() == {"code", "message", "remedy"} for answer in bad)
    assert "3 of 5" in result.stderr


def test_lists_without_json() -> None:
    result = RUNNER.invoke(app, ["rules", "explain", "-"], input=json.dumps([PPO, 7]))
    assert result.exit_code == 2
    assert "Question 1\nELIGIBLE" in result.stdout
    assert "[invalid_fact]" in result.stdout


def test_an_empty_list_is_answered_with_one() -> None:
    result = RUNNER.invoke(app, ["rules", "explain", "-", "--json"], input="[]")
    assert (result.exit_code, result.stdout) == (0, "[]\n")


def test_4000_questions_in_seconds() -> None:
    states = ("TX", "CA", None, "NY")
    visits = [{"state": states[n % 4], "date": f"2026-03-{1 + n % 28:02}"} for n in range(4000)]
    questions = [{"card": PPO["card"], "visit": visit} for visit in visits]
    start = time.monotonic()
    result = RUNNER.invoke(app, ["rules", "explain", "-", "--json"], input=json.dumps(questions))
    assert time.monotonic() - start < 10
    rules = eligibility.load_rules()
    answers = json.loads(result.stdout)
    assert len(answers) == 4000
    for number in (0, 1, 2, 3999):
        card, visit = eligibility.parse_question(questions[number])
        expected = eligibility.decide(card, visit, as_of=visit.date, rules=rules) if visit.date else None
        assert expected is not None
        assert answers[number] == json.loads(expected.model_dump_json(by_alias=True))


@pytest.mark.parametrize("text", ["", "{", "[1,", "nul", "\ufeff{", "[" * 200_000])
def test_what_is_not_json_is_2(text: str) -> None:
    result = RUNNER.invoke(app, ["rules", "explain", "-", "--json"], input=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert json.loads(result.stderr.splitlines()[-1])["error"]["code"] == "usage_error"


def test_bytes_that_are_not_utf_8_are_2() -> None:
    assert RUNNER.invoke(app, ["rules", "explain", "-"], input=b"\xff\xfe{}").exit_code == 2


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--plan", "Gold"], "invalid_fact"),
        (["--state", "QQ"], "invalid_state"),
        (["--plan", "PPO", "--today", "soon"], "invalid_date"),
        (["/nowhere/q.json"], "usage_error"),
        (["-", "--plan", "PPO"], "usage_error"),
    ],
)
def test_questions_that_have_no_meaning_are_2(args: list[str], code: str) -> None:
    result = RUNNER.invoke(app, ["rules", "explain", *args], input="{}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"[{code}]" in result.stderr


def test_rules_are_explained_without_ocr() -> None:
    script = (
        "import sys\nfrom cardscan.cli import app\n"
        "try: app(['rules', 'explain', '--plan', 'PPO', '--json'])\nexcept SystemExit: pass\n"
        "heavy = {'cv2', 'openvino', 'PIL', 'fastapi', 'cardscan.pipeline', 'cardscan.ocr', 'pyarrow', 'rapidfuzz'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert result.stderr.splitlines()[-1] == "[]"


def test_rules_check() -> None:
    result = RUNNER.invoke(app, ["rules", "check"])
    assert result.exit_code == 0
    assert "no faults" in result.stdout


def test_rules_check_lists_all_faults(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    with open(tmp_path / "rules" / "plans.yaml", "a", encoding="utf-8") as file:
        file.write("nonsense: 'x'\n")
    result = RUNNER.invoke(app, ["rules", "check", str(tmp_path / "rules")])
    assert (result.exit_code, result.stdout) == (3, "")
    assert "plans.yaml:" in result.stderr
    assert RUNNER.invoke(app, ["rules", "check", str(tmp_path)]).exit_code == 3


def test_a_set_folder_of_bad_rules_stops_every_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDSCAN_RULES_DIR", str(tmp_path))
    assert RUNNER.invoke(app, ["rules", "explain", "--plan", "PPO"]).exit_code == 3


def test_rules_diff(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "new")
    path = next(path for path in (tmp_path / "new").glob("*.yaml") if "62308" in path.read_text())
    path.write_text(path.read_text().replace("62308", "62309"))
    same = RUNNER.invoke(app, ["rules", "diff", "built-in", str(RULES)])
    assert "\n0 decisions change" in same.stdout
    result = RUNNER.invoke(app, ["rules", "diff", "built-in", str(tmp_path / "new"), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["changed"] > 0
    assert {change["kind"] for change in told["changes"]} == {"claims"}
    assert RUNNER.invoke(app, ["rules", "diff", str(tmp_path), "built-in"]).exit_code == 3


def test_variants() -> None:
    told = json.loads(RUNNER.invoke(app, ["variants", "list", "--json"]).stdout)
    assert "scal-pos" in [variant["id"] for variant in told]
    assert "scal-pos" in RUNNER.invoke(app, ["variants", "list"]).stdout
    assert "no faults" in RUNNER.invoke(app, ["variants", "check"]).stdout


def test_variants_check_lists_faults(tmp_path: Path) -> None:
    shutil.copytree(CATALOGUE, tmp_path / "catalogue")
    (tmp_path / "catalogue" / "variants" / "scal-pos.yaml").write_text("id: 'scal-pos'\n")
    result = RUNNER.invoke(app, ["variants", "check", str(tmp_path / "catalogue")])
    assert (result.exit_code, result.stdout) == (3, "")
    assert "scal-pos.yaml" in result.stderr


def test_serve_refuses_to_be_open_without_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CARDSCAN_API_TOKEN", raising=False)
    result = RUNNER.invoke(app, ["serve", "--host", "0.0.0.0", "--port", "0"])
    assert (result.exit_code, result.stdout) == (3, "")
    assert "[bad_settings]" in result.stderr
    assert RUNNER.invoke(app, ["serve", "--port", "99999"]).exit_code == 2


def test_variants_learn_proposes_from_pictures_and_writes_only_when_asked(tmp_path: Path) -> None:
    pictures = [str(FINISHED / f"travel-photo-{side}.jpg") for side in "ab"]
    target = tmp_path / "mine"
    told = json.loads(RUNNER.invoke(app, ["variants", "learn", *pictures, "--as", "travel", "--json"]).stdout)
    assert told["variant"] == "travel"
    assert told["sentences"]
    assert told["before"]["right"] <= told["after"]["right"]
    assert told["written"] is None
    assert not target.exists()
    shown = RUNNER.invoke(app, ["variants", "learn", *pictures, "--as", "travel", "--write", str(target)])
    assert "Written" in shown.stdout
    assert "no faults" in RUNNER.invoke(app, ["variants", "check", str(target)]).stdout
    assert RUNNER.invoke(app, ["variants", "learn", *pictures, "--as", "nothing"]).exit_code == 2
