"""The database: private, durable, brought up from nothing, and whole after a kill."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from cardscan.errors import BadSettings
from cardscan.settings import Settings, load_settings
from cardscan.store import Database, Store
from cardscan.store.models import Base

from .conftest import Make

WRITER = """
import sys
from pathlib import Path
from cardscan.settings import Settings, load_settings
from cardscan.store import NewPicture, Store
from tests.store.conftest import make_verification
store = Store.open(load_settings(data_dir=Path(sys.argv[1]), keep_pictures=True))
while True:
    one = make_verification()
    store.save(one, pictures=[NewPicture("a.jpg", one.id.encode() * 2000)])
    print(one.id, flush=True)
"""


def test_the_files_are_private(store: Store, settings: Settings, make: Make) -> None:
    store.save(make())
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700
    files = list(settings.data_dir.glob("cardscan.db*"))
    assert files
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


def test_sqlite_is_set_up_to_keep_what_was_acknowledged(store: Store) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 15000}
    with store.database.engine.connect() as connection:
        for pragma, value in expected.items():
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value, pragma


def test_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_can_be_applied_again(store: Store, make: Make) -> None:
    kept = make()
    store.save(kept)
    store.database.migrate()
    assert store.get(kept.id)


def test_two_services_may_start_at_once(tmp_path: Path) -> None:
    failures: list[BadSettings] = []

    def start() -> None:
        try:
            Store.open(load_settings(data_dir=tmp_path / "data")).close()
        except BadSettings as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_file_that_a_setting_names_is_private_too(tmp_path: Path, make: Make) -> None:
    for name in ("new.db", "old.db"):
        (tmp_path / "old.db").touch(0o644)
        store = Store.open(load_settings(data_dir=tmp_path / "data", database_url=f"sqlite:///{tmp_path / name}"))
        store.save(make())
        files = list(tmp_path.glob(f"{name}*"))
        assert len(files) == 3  # with the write-ahead log and its index
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
        store.close()


@pytest.mark.parametrize(
    "url",
    ["nonsense", "nonsense://x", "sqlite:///\0", "sqlite://", "sqlite:///:memory:", "sqlite:////nowhere/at/all.db"],
)
def test_a_url_that_means_nothing_is_a_bad_setting(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettings):
        Database(url, tmp_path).migrate()


def test_a_folder_that_cannot_be_made_is_a_bad_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadSettings) as caught:
        Store.open(load_settings(data_dir=tmp_path / "file" / "data"))
    assert str(tmp_path) not in caught.value.message


def test_a_kill_while_writing_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    acknowledged: list[str] = []
    for pause in (0.05, 0.11, 0.23):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        acknowledged.append(writer.stdout.readline().strip())
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate(timeout=30)
        acknowledged += [line for line in rest.splitlines() if len(line) == 32]
    store = Store.open(load_settings(data_dir=folder, keep_pictures=True))
    for one in acknowledged:
        assert json.loads(store.get(one))["id"] == one
        assert store.kept_pictures(one)[0].data == one.encode() * 2000
    swept = store.sweep(grace_seconds=0)
    assert swept.files_missing == 0
    assert store.sweep(grace_seconds=0).orphans_removed == 0
    store.close()
    with sqlite3.connect(folder / "cardscan.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_is_no_database_is_a_bad_setting_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "cardscan.db").write_bytes(b"this is no database " * 100)
    with pytest.raises(BadSettings):
        Store.open(load_settings(data_dir=tmp_path))
    assert (tmp_path / "cardscan.db").read_bytes().startswith(b"this is no database")


@pytest.mark.parametrize("name", ["with space", "what?mode=memory", "100%", "a#b", "ü"])
def test_any_name_of_a_folder_will_do(tmp_path: Path, make: Make, name: str) -> None:
    kept = make()
    for step in ("write", "read"):
        store = Store.open(load_settings(data_dir=tmp_path / name))
        if step == "write":
            store.save(kept)
        assert store.get(kept.id) == kept.to_json()
        store.close()
    assert (tmp_path / name / "cardscan.db").is_file()
