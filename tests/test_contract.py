"""What the finished samples come back as: every key and code word of the contract, and none that it does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from finished import NAMES_OF_SAMPLES, answer_of

from cardscan.pipeline import Pipeline
from cardscan.records import (
    FIELD_NAMES,
    Exclusion,
    Family,
    FieldStatus,
    Funding,
    Issuer,
    Kind,
    Outcome,
    Plan,
    QualityCode,
    Region,
    Side,
    Verification,
)

STAGES = {"total", "decode", "locate", "ocr", "match", "rules"}


def _keys(value: Mapping[str, Any], wanted: str) -> None:
    assert set(wanted.split()) <= set(value), set(wanted.split()) - set(value)


def _one_of(value: object, *kinds: Any) -> None:
    assert value is None or any(value in get_args(kind) for kind in kinds)


def _is_box(box: Any) -> None:
    assert box is None or (len(box) == 4 and all(len(corner) == 2 for corner in box))


@pytest.mark.parametrize("name", NAMES_OF_SAMPLES)
def test_the_wire_form_has_the_keys_of_the_contract(real_pipeline: Pipeline, name: str) -> None:
    wire = json.loads(answer_of(real_pipeline, name).to_json())
    _keys(wire, "id created_at source card fields images decision timing_ms versions")
    assert wire["created_at"].endswith("Z")
    assert all(isinstance(source, str) for source in wire["source"])
    _check_card(wire["card"])
    _check_fields(wire["fields"])
    for image in wire["images"]:
        _check_image(image)
    _check_decision(wire["decision"])
    assert set(wire["timing_ms"]) == STAGES
    assert all(spent >= 0 for spent in wire["timing_ms"].values())
    assert wire["timing_ms"]["total"] > wire["timing_ms"]["match"] > 0
    _keys(wire["versions"], "cardscan catalogue rules engine")
    assert all(wire["versions"].values())


def _check_card(card: dict[str, Any]) -> None:
    _keys(card, "issuer kind variant plan family region exclusion funding confidence candidates evidence")
    kinds = {
        "issuer": Issuer,
        "kind": Kind,
        "plan": Plan,
        "family": Family,
        "region": Region,
        "exclusion": Exclusion,
        "funding": Funding,
    }
    for key, kind in kinds.items():
        _one_of(card[key], kind)
    assert 0 <= card["confidence"] <= 1
    shares = [candidate["confidence"] for candidate in card["candidates"]]
    assert shares == sorted(shares, reverse=True)
    for candidate in card["candidates"]:
        _keys(candidate, "variant confidence")
    for evidence in card["evidence"]:
        _keys(evidence, "phrase matched score image box")
        assert evidence["matched"]
        assert 0 < evidence["score"] <= 1
        _is_box(evidence["box"])


def _check_fields(fields: dict[str, Any]) -> None:
    assert set(fields) == set(FIELD_NAMES)
    _keys(fields, "member_name member_id group_number rx_bin rx_pcn rx_group payer_id issue_date copays")
    for field in fields.values():
        _keys(field, "value raw confidence status image box")
        _one_of(field["status"], FieldStatus)
        assert (field["status"] in ("valid", "unchecked")) == (field["value"] is not None)
        assert 0 <= field["confidence"] <= 1
        _is_box(field["box"])


def _check_image(image: dict[str, Any]) -> None:
    _keys(image, "source page side corners rotation quality")
    _one_of(image["side"], Side)
    assert image["rotation"] in (0, 90, 180, 270)
    _is_box(image["corners"])
    assert 0 <= image["quality"]["score"] <= 1
    for problem in image["quality"]["problems"]:
        _keys(problem, "code message box")
        assert problem["code"] in list(QualityCode)


def _check_decision(decision: dict[str, Any]) -> None:
    _keys(decision, "outcome next_capture covered_services collect_cost_share claims appeals referral_required")
    _keys(decision, "precertification missing reasons")
    _one_of(decision["outcome"], Outcome)
    assert decision["next_capture"] in (None, "front", "back", "same_side_again")
    assert (decision["outcome"] == "retake") == (decision["next_capture"] is not None)
    assert decision["covered_services"] in (None, "emergency-and-urgent", "most-covered-services", "plan-terms")
    assert decision["collect_cost_share"] in (None, "no", "after-eligibility-determined", "with-estimate")
    assert set(decision["missing"]) <= {"state", "date", "care", "network"}
    if decision["claims"]:
        _keys(decision["claims"], "name address payer_id")
    if decision["appeals"]:
        _keys(decision["appeals"], "addresses instruction")
        for address in decision["appeals"]["addresses"]:
            _keys(address, "for lines fax")
    if decision["outcome"] == "call":
        assert decision["precertification"]["phone"]
    assert decision["reasons"]
    for reason in decision["reasons"]:
        _keys(reason, "code text rule in_force_from reference")
        assert reason["text"]


@pytest.mark.parametrize("name", NAMES_OF_SAMPLES)
def test_the_wire_form_reads_back_as_it_was(real_pipeline: Pipeline, name: str) -> None:
    answer = answer_of(real_pipeline, name)
    assert "\n" not in answer.to_json()
    assert Verification.model_validate_json(answer.to_json()) == answer
