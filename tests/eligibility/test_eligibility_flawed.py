"""Flawed data: one flaw each, found with file and line; and several flaws, reported together.

A file in ``flawed/`` begins with ``# fault: LINE TEXT``: the line at which the fault is reported (0: the whole file)
and words of the sentence. The rest replaces ``claims.yaml`` of the product's rules.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cardscan.eligibility import check, load_rules
from cardscan.eligibility.rules import BUILT_IN
from cardscan.errors import BadData

FLAWED = Path(__file__).parent / "flawed"


def _folder(tmp_path: Path, flawed: Path) -> Path:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    shutil.copy(flawed, folder / "claims.yaml")
    return folder


@pytest.mark.parametrize("flawed", sorted(FLAWED.glob("*.yaml")), ids=lambda path: path.stem)
def test_one_flaw(flawed: Path, tmp_path: Path) -> None:
    head = re.match(r"# fault: (\d+) (.+)", flawed.read_text(encoding="utf-8", errors="replace"))
    assert head
    line, words = int(head[1]), head[2]
    folder = _folder(tmp_path, flawed)
    faults = [fault for fault in check(folder) if fault.file]
    assert [(fault.file, fault.line) for fault in faults] == [("claims.yaml", line)]
    assert words in faults[0].text
    with pytest.raises(BadData) as caught:
        load_rules(folder)
    assert str(faults[0]) in caught.value.detail
    assert str(tmp_path) not in caught.value.message


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    for name, old, new in (
        ("plans.yaml", '"2022-10-01"', '"2022-10-32"'),
        ("limits.yaml", 'value: ["in"]', "value: [NO]"),
        ("appeals.yaml", '"appeals-hi"', '"appeals-hawaii"'),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    (folder / "more.yml").write_text("rules: []\n", encoding="utf-8")
    faults = check(folder)
    assert {fault.file for fault in faults} == {"", "plans.yaml", "limits.yaml", "appeals.yaml", "more.yml"}
    assert all(fault.line for fault in faults if fault.file not in ("", "more.yml"))
    with pytest.raises(BadData) as caught:
        load_rules(folder)
    assert all(str(fault) in caught.value.detail for fault in faults)
    assert caught.value.exit_status == 3


def test_a_rule_may_stand_in_one_file_only(tmp_path: Path) -> None:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    shutil.copy(folder / "claims.yaml", folder / "claims-again.yaml")
    assert {fault.file for fault in check(folder)} == {"claims.yaml"}
    assert all("stands in claims-again.yaml" in fault.text for fault in check(folder))


def test_a_missing_rule_is_a_fault(tmp_path: Path) -> None:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    (folder / "appeals.yaml").unlink()
    texts = [fault.text for fault in check(folder)]
    assert len(texts) == 10 and "the rule 'appeals-ncal' is missing." in texts


def test_a_file_that_is_not_text_is_a_fault(tmp_path: Path) -> None:
    folder = shutil.copytree(BUILT_IN, tmp_path / "rules")
    (folder / "zz.yaml").write_bytes(b"\xff\xfe\x00")
    assert [fault.file for fault in check(folder)] == ["zz.yaml"]
