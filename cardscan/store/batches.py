"""Batches: what was asked for, how far it is, and what became of each card."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cardscan.errors import NotFound
from cardscan.store.database import Database
from cardscan.store.models import BatchItemRow, BatchRow, VerificationRow

ItemState = Literal["pending", "done", "failed", "deleted"]
BatchState = Literal["running", "done"]


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One card of a batch. ``error`` has the keys code, message and remedy."""

    card_id: str | None
    source: tuple[str, ...]
    state: ItemState
    verification_id: str | None = None
    outcome: str | None = None
    error: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch: counts of cards asked for, done and failed; ``items`` in the order they were planned."""

    id: str
    created_at: dt.datetime
    state: BatchState
    cards: int
    done: int
    failed: int
    items: tuple[BatchItem, ...]


class Batches:
    """The batches of a database. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(self, cards: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Note a batch of cards, each ``(card_id, names of its files)``. Gives the batch's id."""
        batch_id = uuid.uuid4().hex
        with self.database.writing() as session:
            session.add(
                BatchRow(
                    id=batch_id,
                    created_at=dt.datetime.now(dt.UTC),
                    state="running" if cards else "done",
                    cards=len(cards),
                    done=0,
                    failed=0,
                )
            )
            session.flush()
            session.add_all(
                BatchItemRow(
                    batch_id=batch_id,
                    position=position,
                    card_id=card_id,
                    source=json.dumps(list(names), ensure_ascii=False),
                    state="pending",
                )
                for position, (card_id, names) in enumerate(cards)
            )
        return batch_id

    def item_failed(self, batch_id: str, position: int, error: dict[str, str]) -> None:
        """Note why a card could not be answered. Where it was, `Store.save` has noted that with the answer."""
        with self.database.writing() as session:
            settle(session, batch_id, position, state="failed", error=json.dumps(error))

    def get(self, batch_id: str) -> BatchRecord:
        """A batch and its items.

        Raises:
            NotFound: There is none under this id.
        """
        query = (
            select(BatchItemRow, VerificationRow.outcome)
            .outerjoin(VerificationRow, VerificationRow.id == BatchItemRow.verification_id)
            .where(BatchItemRow.batch_id == batch_id)
            .order_by(BatchItemRow.position)
        )
        with self.database.reading() as session:
            row = session.get(BatchRow, batch_id)
            if row is None:
                raise NotFound
            items = tuple(_item_of(item, outcome) for item, outcome in session.execute(query))
            state: BatchState = "running" if row.state == "running" else "done"
            return BatchRecord(row.id, row.created_at, state, row.cards, row.done, row.failed, items)

    def fail_interrupted(self, error: dict[str, str]) -> int:
        """Settle the cards that a stopped service left unread. Gives how many there were.

        Their pictures were only in that service's memory, so they cannot be read any more.
        """
        with self.database.writing() as session:
            left = session.execute(
                select(BatchItemRow.batch_id, BatchItemRow.position).where(BatchItemRow.state == "pending")
            ).all()
            for batch_id, position in left:
                settle(session, batch_id, position, state="failed", error=json.dumps(error))
        return len(left)


def settle(
    session: Session,
    batch_id: str,
    position: int,
    *,
    state: Literal["done", "failed"],
    verification_id: str | None = None,
    error: str | None = None,
) -> None:
    """Settle one item once; the counts and the batch's own state follow from it."""
    settled = session.execute(
        update(BatchItemRow)
        .where(BatchItemRow.batch_id == batch_id, BatchItemRow.position == position, BatchItemRow.state == "pending")
        .values(state=state, verification_id=verification_id, error=error)
        .returning(BatchItemRow.position)
    ).all()
    if not settled:
        return
    counter = BatchRow.done if state == "done" else BatchRow.failed
    session.execute(update(BatchRow).where(BatchRow.id == batch_id).values({counter: counter + 1}))
    waiting = session.scalar(
        select(func.count()).where(BatchItemRow.batch_id == batch_id, BatchItemRow.state == "pending")
    )
    if not waiting:
        session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(state="done"))


def _item_of(row: BatchItemRow, outcome: str | None) -> BatchItem:
    states: dict[str, ItemState] = {"pending": "pending", "done": "done", "failed": "failed", "deleted": "deleted"}
    return BatchItem(
        card_id=row.card_id,
        source=tuple(json.loads(row.source)),
        state=states[row.state],
        verification_id=row.verification_id,
        outcome=outcome,
        error=json.loads(row.error) if row.error else None,
    )
