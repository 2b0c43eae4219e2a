"""The types that travel: from a picture to an explained decision.

Names follow the HL7 CARIN Digital Insurance Card in snake_case. Boxes are four ``(x, y)`` corners, clockwise from the
text's own top-left, in pixels of the named picture as a viewer shows it (EXIF orientation applied; a PDF page at the
size it was rendered). Confidences are 0-1, times are in milliseconds.

Everything here is frozen: a stage answers with a new value, it never edits the one it was given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Pixels: TypeAlias = NDArray[np.uint8]
"""An RGB picture, shape (height, width, 3), read-only."""

Corners: TypeAlias = NDArray[np.float64]
"""Four corners, shape (4, 2), clockwise from the top-left of what they enclose."""

Point = tuple[float, float]
Box = tuple[Point, Point, Point, Point]

Issuer = Literal["kaiser-permanente", "cigna", "other"]
Kind = Literal["physical", "travel", "digital"]
Plan = Literal["HMO", "EPO", "POS 2-Tier", "POS 3-Tier", "PPO", "Cigna POS", "Cigna POS Open Access"]
Family = Literal["hmo-epo-pos2", "ppo-pos3", "cigna-pos"]
Region = Literal["SCAL", "NCAL", "CO", "GA", "HI", "MAS", "NW", "WA"]
Exclusion = Literal["washington", "northwest-ppo-pos3", "medicare", "medicaid"]
Funding = Literal["insured", "self-funded"]
Care = Literal["emergency", "urgent", "routine"]
NetworkUse = Literal["in", "out"]
Outcome = Literal["eligible", "not_eligible", "call", "retake"]
Side = Literal["front", "back", "both", "unknown"]
FieldStatus = Literal["valid", "invalid", "unchecked", "not_found"]
VisitFact = Literal["state", "date", "care", "network"]


class QualityCode(StrEnum):
    """What can be wrong with a picture of a card."""

    BLUR = "blur"
    GLARE = "glare"
    DARK = "dark"
    SMALL = "small"
    CUT_OFF = "cut_off"
    COVERED = "covered"
    NO_CARD = "no_card"


def box_of(corners: Corners) -> Box:
    """Corners as plain numbers, one decimal place, for a record."""
    a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in corners)
    return (a, b, c, d)


class Record(BaseModel):
    """Base of everything that leaves the pipeline."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- what is known of a card and of a visit -------------------------------------------------------------------------


class CardFacts(Record):
    """What the rules need to know of a card. Any fact may be null: then it is not known."""

    issuer: Issuer | None = None
    kind: Kind | None = None
    plan: Plan | None = None
    family: Family | None = None
    region: Region | None = None
    exclusion: Exclusion | None = None
    funding: Funding | None = None


class Visit(Record):
    """What the caller says of the visit. Any fact may be null: then it was not given."""

    state: str | None = None
    date: dt.date | None = None
    care: Care | None = None
    network: NetworkUse | None = None
    npi: str | None = None


# --- pictures -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Photo:
    """One decoded picture: a photo, or one page of a document.

    Attributes:
        source: The caller's name for the file it came from.
        page: 0-based page within that file.
        pixels: RGB, read-only. May be smaller than the picture it stands for.
        width: Width in pixels of the picture as a viewer shows it.
        height: Height of the same.
    """

    source: str
    page: int
    pixels: Pixels
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels of the full picture per pixel of ``pixels``."""
        return self.width / int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True)
class Flat:
    """A card (or a whole picture, where no card was found) cut out and laid flat.

    Attributes:
        pixels: RGB, read-only.
        to_photo: 3x3 homography from pixels of ``pixels`` to pixels of the full picture.
        corners: The card's corners in the full picture, clockwise from its top-left in ``pixels``;
            None when the whole picture stands in for a card that was not found.
        score: 0-1, how card-like the outline is; 0 for a whole picture.
        margin: Pixels at every side of ``pixels`` that lie beyond the card.
    """

    pixels: Pixels
    to_photo: NDArray[np.float64]
    corners: Corners | None
    score: float
    margin: int = 0

    @property
    def card(self) -> Pixels:
        """The pixels without what lies beyond the card."""
        height, width = self.pixels.shape[:2]
        return self.pixels[self.margin : height - self.margin, self.margin : width - self.margin]


class QualityProblem(Record):
    code: QualityCode
    message: str
    box: Box | None = None


class Quality(Record):
    score: float = Field(ge=0, le=1)
    problems: tuple[QualityProblem, ...] = ()


class ImageReport(Record):
    source: str
    page: int
    width: int
    height: int
    side: Side
    corners: Box | None
    rotation: Literal[0, 90, 180, 270]
    quality: Quality
    cards: tuple[Box, ...] = ()


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    confidence: float
    box: Corners


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. ``confidence`` is 0-1; ``box`` is in pixels of the picture that was read."""

    text: str
    confidence: float
    box: Corners
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine read in one picture: the same shape from every engine.

    Attributes:
        lines: In reading order, top to bottom, left to right.
        engine: Name of the engine.
        version: Version of the engine and its models.
        rotation: Degrees clockwise by which the picture had to be turned for the text to be upright.
    """

    lines: tuple[Line, ...]
    engine: str
    version: str
    rotation: Literal[0, 90, 180, 270] = 0


# --- conclusions ----------------------------------------------------------------------------------------------------


class Evidence(Record):
    """A phrase of the catalogue and where the card says it."""

    phrase: str
    matched: str
    score: float = Field(ge=0, le=1)
    image: int | None = None
    box: Box | None = None
    says: str = ""


class Candidate(Record):
    variant: str
    confidence: float = Field(ge=0, le=1)


class CardIdentity(Record):
    """Which card it is, and what on the card says so."""

    issuer: Issuer | None = None
    kind: Kind | None = None
    variant: str | None = None
    plan: Plan | None = None
    family: Family | None = None
    region: Region | None = None
    exclusion: Exclusion | None = None
    funding: Funding | None = None
    confidence: float = Field(default=0.0, ge=0, le=1)
    candidates: tuple[Candidate, ...] = ()
    evidence: tuple[Evidence, ...] = ()


FIELD_NAMES = (
    *("member_name", "member_id", "group_number", "rx_bin", "rx_pcn", "rx_group", "rx_id", "payer_id", "issuer_number"),
    *("issue_date", "effective_date", "pcp_name", "copays", "phones", "claims_address"),
)
"""All fields; each is always in the answer, ``not_found`` where the card does not say it."""


class FieldValue(Record):
    value: str | None = None
    raw: str | None = None
    confidence: float = Field(default=0.0, ge=0, le=1)
    status: FieldStatus = "not_found"
    image: int | None = None
    box: Box | None = None


class Claims(Record):
    name: str
    address: tuple[str, ...]
    payer_id: str


class AppealAddress(Record):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    for_: Literal["authorized-services", "emergency-services"] | None = Field(default=None, alias="for")
    lines: tuple[str, ...]
    fax: str | None = None


class Appeals(Record):
    addresses: tuple[AppealAddress, ...] = ()
    instruction: str | None = None


class Precertification(Record):
    phone: str


class Reason(Record):
    """Why: the rule, the dated entry of it that was in force, and the document it comes from."""

    code: str
    text: str
    rule: str | None = None
    in_force_from: dt.date | None = None
    reference: str | None = None


class Decision(Record):
    outcome: Outcome
    next_capture: Literal["front", "back", "same_side_again"] | None = None
    covered_services: Literal["emergency-and-urgent", "most-covered-services", "plan-terms"] | None = None
    collect_cost_share: Literal["no", "after-eligibility-determined", "with-estimate"] | None = None
    claims: Claims | None = None
    appeals: Appeals | None = None
    referral_required: bool | None = None
    precertification: Precertification | None = None
    missing: tuple[VisitFact, ...] = ()
    reasons: tuple[Reason, ...] = ()


class Problem(Record):
    """A file among several that could not be opened; the decision was made from the others."""

    source: str
    code: str
    message: str
    remedy: str


class Timing(Record):
    total: float
    decode: float = 0.0
    locate: float = 0.0
    ocr: float = 0.0
    match: float = 0.0
    rules: float = 0.0


class Versions(Record):
    cardscan: str
    catalogue: str
    rules: str
    engine: str


class Verification(Record):
    """The whole answer for one card."""

    id: str
    created_at: dt.datetime
    source: tuple[str, ...]
    card: CardIdentity
    fields: dict[str, FieldValue]
    images: tuple[ImageReport, ...]
    decision: Decision
    visit: Visit
    problems: tuple[Problem, ...] = ()
    timing_ms: Timing
    versions: Versions

    def to_json(self) -> str:
        """The wire form of CONTRACT: one line of JSON."""
        return self.model_dump_json(by_alias=True)
