"""The tables. Their history is in ``migrations/versions``; a test holds the two together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ID = String(32)
"""A random UUID as 32 hexadecimal digits: an id says nothing of whom it belongs to."""


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment, kept as UTC without its offset, because SQLite knows no offsets and text must sort by time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """Base of all tables."""


class VerificationRow(Base):
    """A verification as it was answered, and the few facts that a list can be filtered by."""

    __tablename__ = "verifications"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    body: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(20))
    issuer: Mapped[str | None] = mapped_column(String(40))
    variant: Mapped[str | None] = mapped_column(String(80))
    region: Mapped[str | None] = mapped_column(String(20))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("ix_verifications_newest", "created_at", "id"),
        Index("ix_verifications_batch", "batch_id"),
    )


class PictureRow(Base):
    """A kept picture. Its bytes lie in the file of the same random name."""

    __tablename__ = "pictures"

    file: Mapped[str] = mapped_column(ID, primary_key=True)
    verification_id: Mapped[str] = mapped_column(ForeignKey("verifications.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_pictures_verification", "verification_id"),)


class CorrectionRow(Base):
    """What a person said is right. The verification itself stays as it was answered."""

    __tablename__ = "corrections"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    verification_id: Mapped[str] = mapped_column(ForeignKey("verifications.id", ondelete="CASCADE"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    corrections: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_corrections_verification", "verification_id"),)


class BatchRow(Base):
    """Many cards sent at once. The counts are kept beside the items, so that a batch can be asked for cheaply."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(String(20))
    cards: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)


class BatchItemRow(Base):
    """One card of a batch: its verification, or why there is none."""

    __tablename__ = "batch_items"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    card_id: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    verification_id: Mapped[str | None] = mapped_column(ForeignKey("verifications.id", ondelete="SET NULL"))
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_batch_items_verification", "verification_id"),)


class DeletionRow(Base):
    """Proof that something was deleted: its random id, when, and how many of what. Nothing of what it said."""

    __tablename__ = "deletions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(ID)
    deleted_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    verifications: Mapped[int] = mapped_column(Integer)
    pictures: Mapped[int] = mapped_column(Integer)
    corrections: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_deletions_subject", "subject_id"),)
