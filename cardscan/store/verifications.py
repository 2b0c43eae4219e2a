"""Verifications: saved whole or not at all, listed newest first, deleted with everything that belongs to them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from cardscan.errors import NotFound
from cardscan.records import Verification
from cardscan.settings import Settings
from cardscan.store import cursors
from cardscan.store.batches import settle
from cardscan.store.database import Database
from cardscan.store.models import (
    BatchItemRow,
    BatchRow,
    CorrectionRow,
    DeletionRow,
    PictureRow,
    VerificationRow,
)
from cardscan.store.pictures import PictureFolder
from cardscan.store.records import (
    Correction,
    Filters,
    NewPicture,
    PageOfBodies,
    Receipt,
    Swept,
)

SWEEP_GRACE_SECONDS = 300.0
"""A file younger than this may belong to a record that is being written at this moment."""


class Store:
    """Everything the service keeps. Safe to use from several threads.

    Args:
        database: Where the records lie. ``migrate`` must have been called.
        pictures: Where the pictures lie.
        keep_pictures: Whether pictures handed to ``save`` are kept at all.
    """

    def __init__(self, database: Database, pictures: PictureFolder, *, keep_pictures: bool) -> None:
        self.database = database
        self.pictures = pictures
        self.keep_pictures = keep_pictures
        self._forgotten = False  # what an earlier run left behind is not known

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """The store that the settings name, brought to this version's tables and swept.

        Raises:
            BadSettings: The folder or the database cannot be used.
        """
        database = Database(settings.database_url, settings.data_dir)
        database.migrate()
        store = cls(database, PictureFolder(settings.data_dir / "pictures"), keep_pictures=settings.keep_pictures)
        store.sweep()
        return store

    def save(
        self,
        verification: Verification,
        *,
        pictures: Sequence[NewPicture] = (),
        batch_id: str | None = None,
        position: int | None = None,
    ) -> None:
        """Keep a verification, and its pictures where pictures are kept. On return both are on the disk.

        The batch's item at ``position`` is settled in the same breath: a batch that knew nothing of an answer would
        keep the card's id and file names when the answer is deleted.

        Files are written before the row that names them: a crash in between leaves files without a row, which a sweep
        removes, and never a row without its files.
        """
        written: list[PictureRow] = []
        try:
            for position, picture in enumerate(pictures if self.keep_pictures else ()):
                written.append(self._keep(verification.id, position, picture))
            with self.database.writing() as session:
                session.add(_row_of(verification, batch_id))
                session.flush()
                session.add_all(written)
                if batch_id is not None and position is not None:
                    settle(session, batch_id, position, state="done", verification_id=verification.id)
        except BaseException:
            self.pictures.remove(row.file for row in written)
            raise

    def get(self, verification_id: str) -> str:
        """A verification as the JSON text that was answered.

        Raises:
            NotFound: There is none under this id.
        """
        with self.database.reading() as session:
            body = session.scalar(select(VerificationRow.body).where(VerificationRow.id == verification_id))
        if body is None:
            raise NotFound
        return body

    def list(self, filters: Filters = Filters(), *, cursor: str | None = None, limit: int = 20) -> PageOfBodies:  # noqa: B008
        """A page of verifications, newest first.

        Args:
            cursor: ``next_cursor`` of the page before; None: the first page.
            limit: Most verifications on the page.

        Raises:
            InvalidCursor: The cursor is not one that this store gave out.
        """
        query = _narrow(select(VerificationRow), filters)
        if cursor is not None:
            moment, row_id = cursors.decode(cursor)
            same_moment = and_(VerificationRow.created_at == moment, VerificationRow.id < row_id)
            query = query.where(or_(VerificationRow.created_at < moment, same_moment))
        query = query.order_by(VerificationRow.created_at.desc(), VerificationRow.id.desc()).limit(limit + 1)
        with self.database.reading() as session:
            rows = session.scalars(query).all()
        shown = rows[:limit]
        following = cursors.encode(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None
        return PageOfBodies(tuple(row.body for row in shown), following)

    def delete(self, verification_id: str) -> Receipt:
        """Delete a verification, its pictures and its corrections, and what a batch noted of its files.

        Raises:
            NotFound: There is none under this id.
        """
        with self.database.writing() as session:
            if session.get(VerificationRow, verification_id) is None:
                raise NotFound
            files, receipt = erase(session, "verification", verification_id, [verification_id])
        return self._finish(files, receipt)

    def delete_batch(self, batch_id: str) -> Receipt:
        """Delete a batch with all its verifications, their pictures and corrections.

        Raises:
            NotFound: There is none under this id.
        """
        with self.database.writing() as session:
            if session.get(BatchRow, batch_id) is None:
                raise NotFound
            ids = list(session.scalars(select(VerificationRow.id).where(VerificationRow.batch_id == batch_id)))
            files, receipt = erase(session, "batch", batch_id, ids)
            session.execute(delete(BatchItemRow).where(BatchItemRow.batch_id == batch_id))
            session.execute(delete(BatchRow).where(BatchRow.id == batch_id))
        return self._finish(files, receipt)

    def add_correction(
        self, verification_id: str, corrections: dict[str, str | None], note: str | None = None
    ) -> Correction:
        """Note what a person said is right. The verification itself stays as it was answered.

        Raises:
            NotFound: There is no verification under this id.
        """
        made = Correction(uuid.uuid4().hex, verification_id, dt.datetime.now(dt.UTC), dict(corrections), note)
        text = json.dumps(made.corrections, ensure_ascii=False, sort_keys=True)
        with self.database.writing() as session:
            if session.get(VerificationRow, verification_id) is None:
                raise NotFound
            session.add(
                CorrectionRow(
                    id=made.id, verification_id=verification_id, created_at=made.created_at, corrections=text, note=note
                )
            )
        return made

    def corrections(self, verification_id: str) -> tuple[Correction, ...]:
        """All corrections of a verification, oldest first.

        Raises:
            NotFound: There is no verification under this id.
        """
        query = select(CorrectionRow).where(CorrectionRow.verification_id == verification_id)
        with self.database.reading() as session:
            if session.get(VerificationRow, verification_id) is None:
                raise NotFound
            rows = session.scalars(query.order_by(CorrectionRow.created_at, CorrectionRow.id)).all()
        return tuple(
            Correction(row.id, row.verification_id, row.created_at, json.loads(row.corrections), row.note)
            for row in rows
        )

    def kept_pictures(self, verification_id: str) -> tuple[NewPicture, ...]:
        """The kept pictures of a verification, in the order they were sent.

        Raises:
            NotFound: There is no verification under this id.
        """
        query = select(PictureRow).where(PictureRow.verification_id == verification_id).order_by(PictureRow.position)
        with self.database.reading() as session:
            if session.get(VerificationRow, verification_id) is None:
                raise NotFound
            rows = session.scalars(query).all()
        return tuple(NewPicture(row.name, self.pictures.read(row.file)) for row in rows)

    def sweep(self, *, grace_seconds: float = SWEEP_GRACE_SECONDS) -> Swept:
        """Remove picture files that no record names: the remains of a write or a deletion that was cut short.

        Deleted text that another reader of the database held on to is overwritten as well.

        Args:
            grace_seconds: Files younger than this are left, since their record may be on its way.
        """
        on_disk = self.pictures.names(
            older_than_seconds=grace_seconds
        )  # before the rows: a new row's file is not in it
        everything = self.pictures.names()
        with self.database.reading() as session:
            named = set(session.scalars(select(PictureRow.file)))
        removed = self.pictures.remove(on_disk - named)
        if not self._forgotten:
            self._forgotten = self.database.forget_deleted()
        return Swept(orphans_removed=removed, files_missing=len(named - everything - self.pictures.names()))

    def close(self) -> None:
        self.database.close()

    def _keep(self, verification_id: str, position: int, picture: NewPicture) -> PictureRow:
        return PictureRow(
            file=self.pictures.write(picture.data),
            verification_id=verification_id,
            position=position,
            name=picture.name,
            size=len(picture.data),
            sha256=hashlib.sha256(picture.data).hexdigest(),
        )

    def _finish(self, files: Sequence[str], receipt: Receipt) -> Receipt:
        # The rows are gone for good first; a file that a crash leaves behind now is an orphan, and swept.
        self.pictures.remove(files)
        self._forgotten = self.database.forget_deleted()
        return replace(receipt, overwritten=self._forgotten)


def erase(session: Session, subject: str, subject_id: str, ids: Sequence[str]) -> tuple[list[str], Receipt]:
    """Delete verifications in an open transaction. Gives the files to remove afterwards, and the receipt."""
    files = list(session.scalars(select(PictureRow.file).where(PictureRow.verification_id.in_(ids))))
    corrections = session.scalars(select(CorrectionRow.id).where(CorrectionRow.verification_id.in_(ids))).all()
    # A batch's note of the card's id and file names may name a person, so it goes too.
    session.execute(
        update(BatchItemRow)
        .where(BatchItemRow.verification_id.in_(ids))
        .values(verification_id=None, card_id=None, source="[]", state="deleted")
    )
    session.execute(delete(CorrectionRow).where(CorrectionRow.verification_id.in_(ids)))
    session.execute(delete(PictureRow).where(PictureRow.verification_id.in_(ids)))
    session.execute(delete(VerificationRow).where(VerificationRow.id.in_(ids)))
    receipt = Receipt(
        id=uuid.uuid4().hex,
        subject=subject,
        subject_id=subject_id,
        deleted_at=dt.datetime.now(dt.UTC),
        verifications=len(ids),
        pictures=len(files),
        corrections=len(corrections),
    )
    session.add(
        DeletionRow(
            id=receipt.id,
            subject=subject,
            subject_id=subject_id,
            deleted_at=receipt.deleted_at,
            verifications=receipt.verifications,
            pictures=receipt.pictures,
            corrections=receipt.corrections,
        )
    )
    return files, receipt


def _row_of(verification: Verification, batch_id: str | None) -> VerificationRow:
    return VerificationRow(
        id=verification.id,
        created_at=verification.created_at,
        body=verification.to_json(),
        outcome=verification.decision.outcome,
        issuer=verification.card.issuer,
        variant=verification.card.variant,
        region=verification.card.region,
        batch_id=batch_id,
    )


def _narrow(query: Select[VerificationRow], filters: Filters) -> Select[VerificationRow]:
    for column in ("outcome", "issuer", "variant", "region", "batch_id"):
        wanted = getattr(filters, column)
        if wanted is not None:
            query = query.where(getattr(VerificationRow, column) == wanted)
    if filters.created_from is not None:
        query = query.where(VerificationRow.created_at >= filters.created_from)
    if filters.created_to is not None:
        query = query.where(VerificationRow.created_at < filters.created_to)
    return query
