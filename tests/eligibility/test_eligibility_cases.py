"""The rule tables: questions and answers as data, with sentences for names."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from cardscan.eligibility import decide, load_rules, parse_question
from cardscan.records import Decision

CASES = Path(__file__).parent / "cases"
RULES = load_rules()
TODAY = "2026-11-22"
KEYS = {"name", "each", "as_of", "card", "visit", "expect"}
ROUTES = {"existing-processes"}  # follows whatever was said before it


def _cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            assert set(case) <= KEYS, case["name"]
            found.append(pytest.param(case, id=f"{path.stem}: {case['name']}"))
    return found


def _questions(case: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every combination of the values under ``each``: the question, and the values chosen."""
    each: dict[str, list[Any]] = case.get("each", {})
    for values in product(*each.values()):
        chosen = dict(zip(each, values, strict=True))
        question = {"card": copy.deepcopy(case.get("card") or {}), "visit": copy.deepcopy(case.get("visit") or {})}
        for path, value in chosen.items():
            part, fact = path.split(".")
            question[part][fact] = value
        yield question, chosen


def _codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons if reason.code not in ROUTES]


@pytest.mark.parametrize("case", _cases())
def test_answer(case: dict[str, Any]) -> None:
    as_of = dt.date.fromisoformat(case.get("as_of", TODAY))
    asked = 0
    for question, chosen in _questions(case):
        decision = decide(*parse_question(question), as_of=as_of, rules=RULES)
        answer = decision.model_dump(mode="json", by_alias=True)
        for part, expected in case["expect"].items():
            if part == "codes":
                assert _codes(decision) == [chosen.get(code.strip("{}"), code) for code in expected], question
            else:
                assert answer[part] == expected, (part, question)
        asked += 1
    assert asked


@pytest.mark.parametrize("case", _cases())
def test_every_answer_is_complete(case: dict[str, Any]) -> None:
    as_of = dt.date.fromisoformat(case.get("as_of", TODAY))
    for question, _ in _questions(case):
        decision = decide(*parse_question(question), as_of=as_of, rules=RULES)
        codes = [reason.code for reason in decision.reasons]
        assert decision.outcome != "retake" and decision.next_capture is None and codes
        assert (decision.outcome == "eligible") == ("no-guarantee" in codes)
        assert (decision.outcome == "eligible") == (decision.covered_services is not None)
        assert (decision.outcome == "not_eligible") == (decision.precertification is None)
        for reason in decision.reasons:
            assert reason.text.endswith(".") and ".." not in reason.text
            if reason.code != "assumptions":
                assert reason.rule is not None
                assert reason.reference is not None and reason.reference.startswith("seeds/")
