"""Scores as a table, and against the floors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import yaml

from benchmarks.accuracy.score import Score

FLOORS = Path(__file__).parent / "floors.yaml"
_BINS = 10
_REASONS = {"heavy_blur": "blur", "too_dark": "dark", "tiny": "small", "covered": "covered", "cut_off": "cut_off"}
"""What is wrong with a picture of a condition."""


def figures(scores: Sequence[Score]) -> dict[str, float]:
    """Shares (0-1) over a set of cases; ``cases`` is their number."""
    count = max(1, len(scores))
    marks = [mark for s in scores for mark in s.fields.values()]
    members = [s.fields["member_id"] for s in scores if "member_id" in s.fields]
    overlaps = [o for s in scores for o in s.overlaps]
    return {
        "cases": len(scores),
        "variant_right": sum(s.variant == "right" for s in scores) / count,
        "variant_abstained": sum(s.variant == "abstained" for s in scores) / count,
        "variant_wrong": sum(s.variant == "wrong" for s in scores) / count,
        "outcome_allowed": sum(s.outcome_allowed for s in scores) / count,
        "wrong_eligible": sum(s.wrong_eligible for s in scores) / count,
        "fields_right": _share(marks, "right"),
        "fields_missing": _share(marks, "missing"),
        "fields_wrong": _share(marks, "wrong"),
        "member_id_right": _share(members, "right"),
        "member_id_wrong_and_sure": sum(s.member_id_wrong_and_sure for s in scores) / max(1, len(members)),
        "corners_found": sum(o >= 0.9 for o in overlaps) / max(1, len(overlaps)),
        "calibration_error": calibration_error(scores),
        "reason_right": reason_right(scores),
    }


def reason_right(scores: Sequence[Score]) -> float:
    """Of the retakes of pictures that something is wrong with, the share that names it; 1 where there are none."""
    retaken = [s for s in scores if s.condition in _REASONS and s.outcome == "retake"]
    return sum(_REASONS[s.condition] in s.reasons for s in retaken) / len(retaken) if retaken else 1.0


def calibration_error(scores: Sequence[Score]) -> float:
    """Expected calibration error over answers that were given (confidence above 0), ten bins."""
    given = [s for s in scores if s.confidence > 0]
    error = 0.0
    for number in range(_BINS):
        inside = [s for s in given if min(int(s.confidence * _BINS), _BINS - 1) == number]
        if inside:
            mean = sum(s.confidence for s in inside) / len(inside)
            right = sum(s.identity_right for s in inside) / len(inside)
            error += len(inside) / len(given) * abs(mean - right)
    return error


def _share(marks: Sequence[str], wanted: str) -> float:
    return sum(mark == wanted for mark in marks) / max(1, len(marks))


def rows_by_condition(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    rows: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        rows[score.condition].append(score)
    groups: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        groups[score.group.upper()].append(score)
    return {name: figures(part) for name, part in {**rows, **groups, "ALL": list(scores)}.items()}


_COLUMNS = (
    ("cases", "cases", "5.0f"),
    ("variant_right", "right", "6.3f"),
    ("variant_abstained", "abst.", "6.3f"),
    ("variant_wrong", "wrong", "6.3f"),
    ("outcome_allowed", "outcome", "7.3f"),
    ("wrong_eligible", "w.elig", "6.3f"),
    ("fields_right", "f.right", "7.3f"),
    ("fields_missing", "f.miss", "6.3f"),
    ("fields_wrong", "f.wrong", "7.3f"),
    ("member_id_right", "id right", "8.3f"),
    ("member_id_wrong_and_sure", "id w&s", "6.3f"),
    ("corners_found", "corners", "7.3f"),
    ("calibration_error", "cal.err", "7.3f"),
    ("reason_right", "reason", "6.3f"),
)


def table(rows: dict[str, dict[str, float]]) -> str:
    """The rows under one another, for a terminal or a Markdown code block."""
    lines = [f"{'condition':15s} " + " ".join(head.rjust(len(format(0.0, form))) for _, head, form in _COLUMNS)]
    for name, found in rows.items():
        cells = (format(found[key], form).rjust(len(head)) for key, head, form in _COLUMNS)
        lines.append(f"{name:15s} " + " ".join(cells))
    return "\n".join(lines)


def check_floors(scores: Sequence[Score]) -> list[str]:
    """Figures that fell below what was reached before (``least``) or rose above it (``most``), by group."""
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    faults = []
    for group, limits in floors["groups"].items():
        found = figures([s for s in scores if s.group == group])
        if not found["cases"]:
            continue
        faults += [
            f"{group} {name}: {found[name]:.4f}, floor {least}"
            for name, least in limits.get("least", {}).items()
            if found[name] < least
        ]
        faults += [
            f"{group} {name}: {found[name]:.4f}, ceiling {most}"
            for name, most in limits.get("most", {}).items()
            if found[name] > most
        ]
    return faults
