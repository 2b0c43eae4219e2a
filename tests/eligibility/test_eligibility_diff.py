"""The comparison of two folders of rules: it finds what changes, and only that."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cardscan.eligibility import Rules, RulesDiff, diff, load_rules
from cardscan.eligibility.rules import BUILT_IN

OLD = load_rules()


def _changed(tmp_path: Path, file: str, old: str, new: str) -> Rules:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_rules(folder)


def _outcomes(found: RulesDiff) -> set[tuple[str, str]]:
    return {(change.before.outcome, change.after.outcome) for change in found.changes}


def test_equal_rules_differ_in_nothing() -> None:
    found = diff(OLD, load_rules())
    assert found.changes == () and found.reasons_only == 0 and found.summary() == ()
    assert found.asked > 5000 and found.old_version == found.new_version


def test_one_more_state(tmp_path: Path) -> None:
    found = diff(OLD, _changed(tmp_path, "limits.yaml", '"VA", "WA"]', '"VA", "WA", "NV"]'))
    assert {change.visit.state for change in found.changes} == {"NV"}
    assert _outcomes(found) == {("eligible", "not_eligible"), ("call", "not_eligible")}
    assert all(change.card.issuer != "cigna" for change in found.changes)
    kind, count, first = found.summary()[0]
    assert kind.startswith("outcome: ") and count > 0 and first in found.changes


def test_an_earlier_first_day(tmp_path: Path) -> None:
    found = diff(OLD, _changed(tmp_path, "plans.yaml", '"2022-10-01"', '"2022-09-01"'))
    assert found.changes
    for change in found.changes:
        assert "2022-09-01" <= str(change.visit.date) <= "2022-09-30"
    assert ("not_eligible", "eligible") in _outcomes(found)


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("claims.yaml", '"62308"', '"62309"', "claims"),
        ("claims.yaml", '"888-831-0761"', '"888-555-0100"', "precertification"),
        ("claims.yaml", '"1-800-882-4462"', '"1-800-555-0100"', "precertification"),
        ("appeals.yaml", '"855-414-2622"', '"855-555-0100"', "appeals"),
        ("plans.yaml", "referral_required: false", "referral_required: true", "referral_required"),
        ("plans.yaml", 'collect_cost_share: "no"', 'collect_cost_share: "with-estimate"', "collect_cost_share"),
    ],
)
def test_a_change_of_one_value(tmp_path: Path, file: str, old: str, new: str, part: str) -> None:
    found = diff(OLD, _changed(tmp_path, file, old, new))
    assert found.changes and part in found.changes[0].parts
    if part in ("claims", "precertification", "appeals", "referral_required"):
        assert {change.parts for change in found.changes} == {(part,)}
        assert found.summary()[0][0] == part


def test_another_reference_changes_reasons_only(tmp_path: Path) -> None:
    found = diff(OLD, _changed(tmp_path, "claims.yaml", "CUSTOMER SERVICE", "Customer service"))
    assert found.changes == () and found.reasons_only > 0
