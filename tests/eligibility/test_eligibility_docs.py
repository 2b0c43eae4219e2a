"""docs/changing-a-rule.md is held to the code: its table of rules, its entry and its cases."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import yaml

from cardscan.eligibility import check, decide, load_rules, parse_question
from cardscan.eligibility.rules import BUILT_IN
from cardscan.eligibility.schema import RULES

TEXT = (Path(__file__).parents[2] / "docs" / "changing-a-rule.md").read_text(encoding="utf-8")


def _yaml_blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_the_table_lists_every_rule_and_no_other() -> None:
    table = TEXT[TEXT.index("## The rules") : TEXT.index("Only a plan has")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(name for row in rows for name in re.findall(r"`([^`]+)`", row)) == sorted(RULES)


def test_the_entry_and_the_cases_work(tmp_path: Path) -> None:
    entry, cases = _yaml_blocks()
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    path = folder / "claims.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index('  - id: "phone-kaiser-permanente"')
    end = text.index('  - id: "phone-cigna-pos"')
    path.write_text(text[:start] + entry + "\n" + text[end:], encoding="utf-8")
    assert check(folder) == ()
    rules = load_rules(folder)
    for case in yaml.safe_load(cases):
        question = {"card": case["card"], "visit": case["visit"]}
        decision = decide(*parse_question(question), as_of=dt.date(2026, 11, 22), rules=rules)
        answer = decision.model_dump(mode="json")
        assert {part: answer[part] for part in case["expect"]} == case["expect"], case["name"]
