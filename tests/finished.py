"""The finished samples of the repository, as the tests verify them: each once for all tests."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cardscan.eligibility import parse_visit
from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import Verification

FINISHED = Path(__file__).parents[1] / "samples" / "finished"
NAMES_OF_SAMPLES = sorted(path.stem for path in FINISHED.glob("*.yaml"))
TODAY = dt.date(2026, 3, 1)
VISIT = parse_visit({"state": "TX", "date": "2026-03-01", "care": "urgent", "network": "in"})

_answers: dict[str, Verification] = {}


@cache
def sample(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FINISHED / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def files_of(name: str) -> list[SourceFile]:
    return [SourceFile(p["name"], (FINISHED / p["name"]).read_bytes()) for p in sample(name)["pictures"]]


def answer_of(pipeline: Pipeline, name: str) -> Verification:
    """Each sample is verified once for all tests."""
    if name not in _answers:
        _answers[name] = pipeline.verify(files_of(name), VISIT, as_of=TODAY)
    return _answers[name]
