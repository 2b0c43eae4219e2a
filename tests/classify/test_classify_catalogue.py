"""The catalogue: complete, sound, and refused as a whole where it has a flaw.

A file in ``flawed/`` begins with ``# fault: FILE LINE TEXT``: the file of the catalogue that it replaces, the line at
which the fault is reported (0: the whole file) and words of the sentence.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cardscan.classify.catalogue import ATTRIBUTES, BUILT_IN, check_catalogue, load_catalogue
from cardscan.classify.identify import FAMILY_OF
from cardscan.errors import BadData

FLAWED = Path(__file__).parent / "flawed"
IDS = {
    "travel", "digital-hmo-epo-pos2", "scal-pos", "scal-ppo", "ncal-pos", "ncal-ppo", "co-pos", "co-ppo",
    "ga-dual-choice-ppo", "mas-out-of-area-ppo", "mas-flexible-choice", "cigna-pos", "cigna-pos-open-access",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(BUILT_IN, tmp_path / "catalogue")


@pytest.mark.parametrize("flawed", sorted(FLAWED.glob("*.yaml")), ids=lambda path: path.stem)
def test_one_flaw(flawed: Path, folder: Path) -> None:
    head = re.match(r"# fault: (\S+) (\d+) ?(.*)", flawed.read_text(encoding="utf-8", errors="replace"))
    assert head
    shutil.copy(flawed, folder / head[1])
    faults = [fault for fault in check_catalogue(folder) if fault.file]
    assert [(fault.file, fault.line) for fault in faults] == [(Path(head[1]).name, int(head[2]))]
    assert head[3].strip() in faults[0].text
    with pytest.raises(BadData) as caught:
        load_catalogue(folder)
    assert str(faults[0]) in caught.value.detail
    assert str(folder) not in caught.value.message
    assert caught.value.exit_status == 3


def test_all_faults_are_reported_together(folder: Path) -> None:
    for name in ("unknown-strength", "variant-of-an-unknown-region"):
        target = (FLAWED / f"{name}.yaml").read_text(encoding="utf-8").split()[2]
        shutil.copy(FLAWED / f"{name}.yaml", folder / target)
    (folder / "attributes" / "side.yaml").unlink()
    faults = check_catalogue(folder)
    assert {fault.file for fault in faults} >= {"kind.yaml", "co-ppo.yaml", ""}
    with pytest.raises(BadData) as caught:
        load_catalogue(folder)
    assert all(str(fault) in caught.value.detail for fault in faults)


@pytest.mark.parametrize("missing", ["attributes", "variants"])
def test_a_missing_folder_is_a_fault(folder: Path, missing: str) -> None:
    shutil.rmtree(folder / missing)
    assert any(missing in fault.text for fault in check_catalogue(folder))
    with pytest.raises(BadData):
        load_catalogue(folder)


def test_the_one_that_comes_with_the_product_is_sound() -> None:
    assert check_catalogue() == ()
    catalogue = load_catalogue()
    assert set(catalogue.variants) == IDS
    assert set(ATTRIBUTES) <= set(catalogue.phrases) | set(catalogue.expressions)
    for variant in catalogue.variants.values():
        assert variant.sentences
        assert variant.plan is None or FAMILY_OF[variant.plan] == variant.family
        assert (variant.region is not None) == (variant.family == "ppo-pos3")
        assert (variant.issuer == "cigna") == (variant.family == "cigna-pos")


def test_the_version_changes_with_every_letter(folder: Path) -> None:
    before = load_catalogue(folder).version
    assert before == load_catalogue().version
    path = folder / "variants" / "travel.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Travel card", "Travel Card"), encoding="utf-8")
    assert load_catalogue(folder).version != before


def test_a_phrase_added_to_a_folder_is_known(folder: Path) -> None:
    path = folder / "attributes" / "kind.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"Travel Card"', '"Voyager Pass"', 1), encoding="utf-8")
    letters = {phrase.letters for phrase in load_catalogue(folder).phrases["kind"]}
    assert "VOYAGERPASS" in letters
