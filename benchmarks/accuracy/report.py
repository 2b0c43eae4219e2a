"""Scores as a table, and against the floors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import yaml

from benchmarks.accuracy.score import Score

FLOORS = Path(__file__).parent / "floors.yaml"
_BINS = 10


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
    }


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


def table(rows: dict[str, dict[str, float]]) -> str:
    heads = (
        "condition       cases  right abst. wrong  outcome w.elig  fields: right miss. wrong  m.id right w&s  corners  cal.err"
    )
    lines = [heads]
    for name, f in rows.items():
        lines.append(
            f"{name:15s} {f['cases']:5.0f}  {f['variant_right']:5.3f} {f['variant_abstained']:5.3f} {f['variant_wrong']:5.3f}"
            f"  {f['outcome_allowed']:7.3f} {f['wrong_eligible']:6.3f}          {f['fields_right']:5.3f} {f['fields_missing']:5.3f}"
            f" {f['fields_wrong']:5.3f}       {f['member_id_right']:5.3f} {f['member_id_wrong_and_sure']:5.3f}"
            f"  {f['corners_found']:7.3f}  {f['calibration_error']:7.3f}"
        )
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
