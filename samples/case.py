"""What a sample is: pictures of one card, and the truth about them.

Three worlds share these types and nothing else (no font, wording, layout, background or camera): ``tuning`` for
building, ``calibration`` for fitting confidences, ``test`` for every figure that is published.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

World = Literal["tuning", "calibration", "test"]
Group = Literal["good", "hard", "unreadable"]
"""good: clean renders, good photos, scans, screenshots. hard: tilt to 30 degrees, any turn, glare, shadow, thumb, q55,
fax. unreadable: no honest reader could tell (heavy blur, dark, tiny, mostly covered, cut off, wrong side only)."""

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SideTruth:
    """One side of a card as it lies in a picture.

    Attributes:
        side: Which side of the card it is.
        corners: The card's four corners in pixels of the picture as viewed (EXIF applied), clockwise from the top-left
            of the upright text; None where the card has no outline of its own (a screenshot that is all card).
        lines: The printed lines, as a reader would type them.
    """

    side: Literal["front", "back"]
    corners: tuple[Corner, Corner, Corner, Corner] | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: its name, its bytes (a real JPEG, PNG, PDF …) and the card sides it shows."""

    name: str
    data: bytes
    sides: tuple[SideTruth, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of the card.

    Attributes:
        variant: Id as in the catalogue; None for a card that is none of the thirteen.
        category: "variant" or what else the card is: "excluded-washington", "excluded-northwest", "excluded-medicare",
            "excluded-medicaid", "self-funded", "no-cigna-evidence", "cigna-other", "other-issuer", "not-a-card",
            "conflict" …
        outcomes: Outcomes that are right for an urgent in-network visit in TX on 2026-03-01.
        fields: Printed values by field name (CONTRACT names); only what is really printed.
        issuer, kind, plan, family, region, exclusion, funding: as in CONTRACT; None where unknown or not meaningful.
    """

    variant: str | None
    category: str
    outcomes: tuple[str, ...]
    fields: dict[str, str] = field(default_factory=dict)
    issuer: str | None = None
    kind: str | None = None
    plan: str | None = None
    family: str | None = None
    region: str | None = None
    exclusion: str | None = None
    funding: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Pictures of one card, taken under one condition, and the truth."""

    id: str
    world: World
    condition: str
    group: Group
    pictures: tuple[Picture, ...]
    truth: Truth
