"""One case against its truth."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

import cv2
import numpy as np

from cardscan.pipeline import Pipeline, SourceFile
from cardscan.records import Verification, Visit
from samples.case import Case, Truth

VISIT = Visit(state="TX", date=dt.date(2026, 3, 1), care="urgent", network="in")
AS_OF = dt.date(2026, 3, 1)
FIELDS = (
    *("member_name", "member_id", "group_number", "rx_bin", "rx_pcn", "rx_group", "rx_id", "payer_id"),
    *("issue_date", "effective_date", "issuer_number", "pcp_name"),
)
SURE = 0.9


@dataclass
class Score:
    """What came out for one case: ``variant`` right, abstained or wrong; ``fields`` right, missing or wrong by name."""

    id: str
    condition: str
    group: str
    category: str
    variant: str
    outcome: str
    outcome_allowed: bool
    wrong_eligible: bool
    confidence: float
    identity_right: bool
    fields: dict[str, str]
    member_id_wrong_and_sure: bool
    overlaps: list[float] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def score_case(case: Case, pipeline: Pipeline) -> Score:
    files = [SourceFile(picture.name, picture.data) for picture in case.pictures]
    answer = pipeline.verify(files, VISIT, as_of=AS_OF)
    truth = case.truth
    marks = {name: _field(name, answer, truth) for name in FIELDS}
    # of what no honest reader could read, only a sure and wrong value is counted (below)
    fields = {n: mark for n, mark in marks.items() if mark is not None and case.group != "unreadable"}
    found = answer.card.variant
    member = answer.fields["member_id"]
    return Score(
        id=case.id,
        condition=case.condition,
        group=case.group,
        category=truth.category if truth.variant is None else truth.variant,
        variant="right" if found == truth.variant else "abstained" if found is None else "wrong",
        outcome=answer.decision.outcome,
        outcome_allowed=answer.decision.outcome in truth.outcomes,
        wrong_eligible=answer.decision.outcome == "eligible" and "eligible" not in truth.outcomes,
        confidence=answer.card.confidence,
        identity_right=found == truth.variant and answer.card.issuer in (truth.issuer, None),
        fields=fields,
        member_id_wrong_and_sure=fields.get("member_id") == "wrong" and member.confidence >= SURE,
        overlaps=_overlaps(case, answer),
        reasons=[reason.code for reason in answer.decision.reasons],
        problems=[problem.code for problem in answer.problems],
        seconds=answer.timing_ms.total / 1000,
    )


def _field(name: str, answer: Verification, truth: Truth) -> str | None:
    """None: neither printed nor found. A value where nothing is printed is wrong; two people's values are nobody's."""
    if truth.category in ("two-people", "not-a-card"):
        return None
    found, printed = answer.fields[name].value, truth.fields.get(name)
    if found is None:
        return "missing" if printed is not None else None
    if printed is None:
        return "wrong"
    return "right" if _plain(name, found) == _plain(name, printed) else "wrong"


def _plain(name: str, text: str) -> str:
    if name.endswith("_name"):
        words = text.upper().replace(",", " ").split()
        return " ".join(sorted("".join(c for c in word if c.isalnum()) for word in words))
    return "".join(c for c in text.upper() if c.isalnum())


def _overlaps(case: Case, answer: Verification) -> list[float]:
    """Overlap (IoU) of each true outline with the nearest one found in its picture."""
    overlaps = []
    page = 0
    for picture in case.pictures:
        reports = [image for image in answer.images if image.source == picture.name]
        for number, side in enumerate(picture.sides):
            if side.corners is None:
                continue
            report = reports[min(number, len(reports) - 1)] if len(reports) > 1 else reports[0] if reports else None
            boxes = [np.array(box) for box in report.cards] if report else []
            overlaps.append(max((overlap(np.array(side.corners), box) for box in boxes), default=0.0))
            page += 1
    return overlaps


def overlap(a: np.ndarray, b: np.ndarray) -> float:  # type: ignore[type-arg]
    first, second = cv2.convexHull(a.astype(np.float32)), cv2.convexHull(b.astype(np.float32))
    common, _ = cv2.intersectConvexConvex(first, second)
    union = cv2.contourArea(first) + cv2.contourArea(second) - common
    return float(common / union) if union > 0 else 0.0
