"""Verifications are kept whole, found again, listed in order and deleted with all that belongs to them."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cardscan.errors import InvalidCursor, NotFound
from cardscan.records import Verification
from cardscan.settings import Settings
from cardscan.store import Batches, Filters, NewPicture, Store
from cardscan.store.models import CorrectionRow, DeletionRow, PictureRow, VerificationRow

from .conftest import Make

DAY = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def files_in(settings: Settings) -> list[Path]:
    folder = settings.data_dir / "pictures"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_what_was_saved_is_answered_again_letter_by_letter(store: Store, make: Make) -> None:
    kept = make()
    store.save(kept)
    assert store.get(kept.id) == kept.to_json()
    assert Verification.model_validate_json(store.get(kept.id)) == kept


def test_an_unknown_id_is_not_found(store: Store) -> None:
    for ask in (store.get, store.delete, store.corrections, store.kept_pictures, store.delete_batch):
        with pytest.raises(NotFound):
            ask("0" * 32)
    with pytest.raises(NotFound):
        store.add_correction("0" * 32, {"member_id": "1"})


def test_pages_run_through_everything_once_newest_first(store: Store, make: Make) -> None:
    # Several share one moment: the id then decides the order, and no page may lose or repeat one.
    made = [make(created_at=DAY + dt.timedelta(seconds=number // 3)) for number in range(10)]
    for one in made:
        store.save(one)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = store.list(cursor=cursor, limit=3)
        seen += [json.loads(body)["id"] for body in page.bodies]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == [one.id for one in sorted(made, key=lambda one: (one.created_at, one.id), reverse=True)]


def test_a_new_record_does_not_shift_the_next_page(store: Store, make: Make) -> None:
    made = [make(created_at=DAY + dt.timedelta(seconds=number)) for number in range(4)]
    for one in made:
        store.save(one)
    first = store.list(limit=2)
    store.save(make(created_at=DAY + dt.timedelta(days=1)))
    second = store.list(limit=2, cursor=first.next_cursor)
    assert [json.loads(body)["id"] for body in second.bodies] == [made[1].id, made[0].id]
    assert second.next_cursor is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(outcome="eligible"), {"a", "c"}),
        (Filters(issuer="cigna"), {"b"}),
        (Filters(variant="scal-pos"), {"a"}),
        (Filters(region="SCAL"), {"a"}),
        (Filters(created_from=DAY), {"b", "c"}),
        (Filters(created_to=DAY), {"a"}),
        (Filters(created_from=DAY, created_to=DAY + dt.timedelta(days=1)), {"b"}),
        (Filters(outcome="eligible", created_from=DAY), {"c"}),
        (Filters(outcome="retake"), set()),
    ],
)
def test_filters_narrow_the_list(store: Store, make: Make, filters: Filters, expected: set[str]) -> None:
    names = {
        "a": make(issuer="kaiser-permanente", variant="scal-pos", region="SCAL", created_at=DAY - dt.timedelta(days=1)),
        "b": make(issuer="cigna", variant="cigna-pos", outcome="call", created_at=DAY),
        "c": make(issuer="other", created_at=DAY + dt.timedelta(days=1)),
    }
    for one in names.values():
        store.save(one)
    found = {json.loads(body)["id"] for body in store.list(filters).bodies}
    assert found == {names[name].id for name in expected}


@pytest.mark.parametrize("cursor", ["", "x", "djF8", "w6R8", "ä", "djF8MjAyNi0xMy0wMVQwMDowMDowMHww" + "MDAw" * 8, "="])
def test_a_made_up_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        store.list(cursor=cursor)


def test_corrections_stand_beside_the_answer(store: Store, make: Make) -> None:
    kept = make()
    store.save(kept)
    first = store.add_correction(kept.id, {"member_id": "12345678", "rx_bin": None}, "read from the card")
    second = store.add_correction(kept.id, {"region": "SCAL"})
    assert store.corrections(kept.id) == (first, second)
    assert store.get(kept.id) == kept.to_json()


def test_pictures_are_kept_only_where_that_is_wanted(settings: Settings, make: Make) -> None:
    store = Store.open(settings.model_copy(update={"keep_pictures": False}))
    store.save(make(), pictures=[NewPicture("a.jpg", b"picture")])
    assert files_in(settings) == []
    store.close()


def test_kept_pictures_come_back_in_order_and_are_private(store: Store, settings: Settings, make: Make) -> None:
    kept = make()
    pictures = (NewPicture("front.jpg", b"front"), NewPicture("back.jpg", b"back"))
    store.save(kept, pictures=pictures)
    assert store.kept_pictures(kept.id) == pictures
    files = files_in(settings)
    assert len(files) == 2
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert not any("front" in file.name or "back" in file.name for file in files)
    assert (settings.data_dir / "pictures").stat().st_mode & 0o777 == 0o700


def test_a_refused_record_leaves_no_files(store: Store, settings: Settings, make: Make) -> None:
    kept = make()
    store.save(kept)
    with pytest.raises(Exception, match="UNIQUE"):
        store.save(kept, pictures=[NewPicture("a.jpg", b"again")])
    assert files_in(settings) == []


def test_a_deletion_takes_everything_and_gives_a_receipt(store: Store, settings: Settings, make: Make) -> None:
    kept, other = make(), make()
    store.save(kept, pictures=[NewPicture("a.jpg", b"1"), NewPicture("b.jpg", b"2")])
    store.save(other, pictures=[NewPicture("c.jpg", b"3")])
    store.add_correction(kept.id, {"member_id": "1"})
    receipt = store.delete(kept.id)
    assert (receipt.subject, receipt.subject_id) == ("verification", kept.id)
    assert (receipt.verifications, receipt.pictures, receipt.corrections) == (1, 2, 1)
    with pytest.raises(NotFound):
        store.get(kept.id)
    assert store.get(other.id)
    assert len(files_in(settings)) == 1
    with store.database.reading() as session:
        for table, left in ((VerificationRow, 1), (PictureRow, 1), (CorrectionRow, 0), (DeletionRow, 1)):
            assert session.scalar(select(func.count()).select_from(table)) == left


def test_deleted_text_is_gone_from_the_files_of_the_database(store: Store, settings: Settings, make: Make) -> None:
    kept = make(source=("CANARY-SOURCE.jpg",))
    batches = Batches(store.database)
    batch = batches.create([("CANARY-CARD", ["CANARY-FILE.jpg"])])
    store.save(kept, batch_id=batch, position=0)
    store.add_correction(kept.id, {"member_name": "CANARY-NAME"}, "CANARY-NOTE")
    assert any(b"CANARY" in file.read_bytes() for file in settings.data_dir.glob("cardscan.db*"))
    assert store.delete(kept.id).overwritten
    for file in settings.data_dir.glob("cardscan.db*"):
        assert b"CANARY" not in file.read_bytes(), file.suffix
    item = batches.get(batch).items[0]
    assert (item.state, item.card_id, item.source, item.verification_id) == ("deleted", None, (), None)


def test_text_that_another_reader_holds_on_to_is_told_and_swept_later(
    store: Store, settings: Settings, make: Make
) -> None:
    kept = make(source=("CANARY-SOURCE.jpg",))
    store.save(kept)
    log = settings.data_dir / "cardscan.db-wal"
    with closing(sqlite3.connect(settings.data_dir / "cardscan.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM verifications").fetchone() == (1,)
        assert not store.delete(kept.id).overwritten
        store.sweep()
        assert b"CANARY" in log.read_bytes()
    store.sweep()
    for file in settings.data_dir.glob("cardscan.db*"):
        assert b"CANARY" not in file.read_bytes(), file.suffix


def test_a_disk_that_is_full_leaves_no_part_of_a_picture(
    store: Store, settings: Settings, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.save(make(), pictures=[NewPicture("a.jpg", b"1")])
    assert files_in(settings) == []
    assert store.list().bodies == ()


def test_a_sweep_removes_orphans_and_nothing_else(store: Store, settings: Settings, make: Make) -> None:
    kept = make()
    store.save(kept, pictures=[NewPicture("a.jpg", b"kept")])
    orphan = store.pictures.write(b"orphan")
    stranger = settings.data_dir / "pictures" / "README"
    stranger.write_text("not ours")
    assert store.sweep().orphans_removed == 0  # too young: its record may be on its way
    swept = store.sweep(grace_seconds=0)
    assert (swept.orphans_removed, swept.files_missing) == (1, 0)
    assert not (settings.data_dir / "pictures" / orphan).exists()
    assert stranger.exists()
    assert store.kept_pictures(kept.id)[0].data == b"kept"


def test_a_sweep_says_when_a_kept_file_is_missing(store: Store, settings: Settings, make: Make) -> None:
    store.save(make(), pictures=[NewPicture("a.jpg", b"kept")])
    files_in(settings)[0].unlink()
    assert store.sweep(grace_seconds=0).files_missing == 1


def test_many_threads_write_at_once(store: Store, make: Make) -> None:
    made = [make() for _ in range(60)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store.save, made))
    assert len(store.list(limit=100).bodies) == 60
