"""What the API takes and gives beside a Verification and a Decision, for checking and for its description."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cardscan.records import FIELD_NAMES, CardFacts, Verification, Visit
from cardscan.store import BatchItem, BatchRecord, Correction, Receipt


class Wire(BaseModel):
    """Base of what travels over HTTP."""

    model_config = ConfigDict(extra="forbid")


class ProblemDocument(Wire):
    """Every error, as application/problem+json. Decide by ``code``; show ``title`` and ``remedy``."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    instance: str


class Pending(Wire):
    """A verification that is still being read."""

    id: str
    status: Literal["pending"] = "pending"


class VerificationPage(Wire):
    """Verifications, newest first. ``next_cursor`` is null on the last page."""

    items: list[Verification]
    next_cursor: str | None


class Question(Wire):
    """A card and a visit, to be decided without a picture. Any fact may be null or absent; no date means today."""

    card: CardFacts = CardFacts()
    visit: Visit = Visit()


def _known(name: str) -> str:
    if name not in FIELD_NAMES and name not in CardFacts.model_fields and name != "variant":
        raise ValueError("a name of a field, 'variant', or a fact of the card")
    return name


FactName = Annotated[str, AfterValidator(_known)]
FactValue = Annotated[str, StringConstraints(max_length=500)]


class CorrectionIn(Wire):
    """What is right: name of a field or of a fact of the card → its value; null: it is not on the card."""

    corrections: Annotated[dict[FactName, FactValue | None], Field(min_length=1, max_length=50)]
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None


class CorrectionOut(Wire):
    id: str
    verification_id: str
    created_at: dt.datetime
    corrections: dict[str, str | None]
    note: str | None

    @classmethod
    def of(cls, made: Correction) -> CorrectionOut:
        return cls(
            id=made.id,
            verification_id=made.verification_id,
            created_at=made.created_at,
            corrections=made.corrections,
            note=made.note,
        )


class CorrectionList(Wire):
    items: list[CorrectionOut]


class Removed(Wire):
    verifications: int
    pictures: int
    corrections: int


class PurgeReceipt(Wire):
    """Proof of a deletion: what was removed, counted. It holds no health information.

    ``overwritten`` is false where the deleted text is still in a file of the database, which another program reads.
    """

    receipt: str
    id: str
    kind: Literal["verification", "batch"]
    deleted_at: dt.datetime
    removed: Removed
    overwritten: bool

    @classmethod
    def of(cls, receipt: Receipt) -> PurgeReceipt:
        return cls(
            receipt=receipt.id,
            id=receipt.subject_id,
            kind="batch" if receipt.subject == "batch" else "verification",
            deleted_at=receipt.deleted_at,
            removed=Removed(
                verifications=receipt.verifications, pictures=receipt.pictures, corrections=receipt.corrections
            ),
            overwritten=receipt.overwritten,
        )


class BatchCounts(Wire):
    cards: int
    done: int
    failed: int
    pending: int


class BatchError(Wire):
    code: str
    message: str
    remedy: str


class BatchItemOut(Wire):
    card_id: str | None
    source: list[str]
    state: Literal["pending", "done", "failed", "deleted"]
    verification_id: str | None
    outcome: str | None
    error: BatchError | None

    @classmethod
    def of(cls, item: BatchItem) -> BatchItemOut:
        return cls(
            card_id=item.card_id,
            source=list(item.source),
            state=item.state,
            verification_id=item.verification_id,
            outcome=item.outcome,
            error=BatchError(**item.error) if item.error else None,
        )


class BatchOut(Wire):
    """A batch: every card is accounted for in ``items``, in the order they were found in the files."""

    id: str
    created_at: dt.datetime
    state: Literal["running", "done"]
    counts: BatchCounts
    items: list[BatchItemOut]

    @classmethod
    def of(cls, record: BatchRecord) -> BatchOut:
        pending = sum(item.state == "pending" for item in record.items)
        return cls(
            id=record.id,
            created_at=record.created_at,
            state=record.state,
            counts=BatchCounts(cards=record.cards, done=record.done, failed=record.failed, pending=pending),
            items=[BatchItemOut.of(item) for item in record.items],
        )


class VariantList(Wire):
    variants: list[dict[str, Any]]


class RuleList(Wire):
    rules: list[dict[str, Any]]


class Limits(Wire):
    """What this service takes."""

    max_file_mb: float
    max_megapixels: float
    max_side: int
    max_pages: int
    max_pictures: int
    max_batch_files: int
    max_batch_mb: float
    upload_seconds: float
    workers: int
    queue: int
    keeps_pictures: bool
    formats: list[str]


class Status(Wire):
    status: Literal["ok", "ready"]
