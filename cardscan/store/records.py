"""What goes into the store and comes out of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None: not narrowed.

    Attributes:
        created_from: Only what was made at this moment or later.
        created_to: Only what was made before this moment.
    """

    outcome: str | None = None
    issuer: str | None = None
    variant: str | None = None
    region: str | None = None
    batch_id: str | None = None
    created_from: dt.datetime | None = None
    created_to: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class PageOfBodies:
    """Verifications as JSON texts, newest first, and where the next page begins (None: there is none)."""

    bodies: tuple[str, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture to keep: the caller's name for it and its bytes as they were sent."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person said is right: field or card fact → value (None: it is not on the card)."""

    id: str
    verification_id: str
    created_at: dt.datetime
    corrections: dict[str, str | None]
    note: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of a deletion. It holds no health information, only counts and random ids.

    Attributes:
        overwritten: Whether the deleted text is gone from the database's files already; if not, a sweep sees to it.
    """

    id: str
    subject: str
    subject_id: str
    deleted_at: dt.datetime
    verifications: int
    pictures: int
    corrections: int
    overwritten: bool = False


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: files removed that no record names, and records whose file is gone."""

    orphans_removed: int
    files_missing: int
