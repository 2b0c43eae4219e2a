"""The engine: SQLite by default, set up so that what was acknowledged survives a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from cardscan.errors import BadSettings

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_MS = 15_000
"""How long a writer waits for another one before it gives up, in milliseconds."""
FOLD_MS = 1000
"""How long readers are waited for before the write-ahead log is cut: no one can write in the meantime."""


class Database:
    """Connections and transactions. Safe to use from several threads.

    Args:
        url: SQLAlchemy URL; empty: the file ``cardscan.db`` in ``data_dir``.
        data_dir: Folder of the database file and of the pictures; made (mode 0700) where it is missing.

    Raises:
        BadSettings: The URL or the folder cannot be used.
    """

    def __init__(self, url: str, data_dir: Path) -> None:
        make_private_folder(data_dir)
        try:
            # The name of a folder may hold what a URL gives meaning to.
            place = make_url(url) if url else URL.create("sqlite", database=str(data_dir / "cardscan.db"))
            if place.get_backend_name() == "sqlite":
                _make_private_database(place.database or "")
            self.engine: Engine = create_engine(
                place,
                pool_pre_ping=place.get_backend_name() != "sqlite",
                hide_parameters=True,  # they hold card text, and an error would say them
            )
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
            raise BadSettings("database_url: not a database that this installation can open") from None
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writers = self.engine.execution_options(cardscan_writes=True)

    def migrate(self) -> None:
        """Bring the tables to the state this version expects. Several processes may do so at once.

        Raises:
            BadSettings: The database cannot be opened or is not one of cardscan's.
        """
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        try:
            with self._writers.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except (SQLAlchemyError, CommandError, ValueError):
            raise BadSettings("database_url: the database cannot be opened or brought to this version") from None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads one consistent state."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that writes all or nothing; on SQLite it holds the write lock from its first statement."""
        with Session(self._writers, expire_on_commit=False) as session, session.begin():
            yield session

    def forget_deleted(self) -> bool:
        """Fold the write-ahead log into the database, so that deleted text does not linger in it.

        Gives whether that was done: a program that reads the database at this moment keeps the log from being cut, and
        what other databases than SQLite do with deleted text is theirs to say.
        """
        if not self.is_sqlite:
            return False
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"PRAGMA busy_timeout = {FOLD_MS}"))
            try:
                busy: int | None = connection.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            except OperationalError:
                return False
            finally:
                connection.execute(text(f"PRAGMA busy_timeout = {BUSY_MS}"))
        return busy == 0

    def check(self) -> None:
        """Ask the database something, to see that it answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter. One that exists already keeps the mode it was given.

    Raises:
        BadSettings: It cannot be made or written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise BadSettings("data_dir: the folder cannot be made") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadSettings("data_dir: the folder cannot be written to")


def _make_private_database(file: str) -> None:
    """Make an empty file that only its owner can read, or narrow the mode of one that exists.

    Raises:
        BadSettings: It cannot be made, or the database would be in memory: each thread would have one of its own.
    """
    if not file or file == ":memory:" or file.startswith("file:"):
        raise BadSettings("database_url: SQLite needs the path of a file, as in sqlite:////folder/cards.db")
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        raise BadSettings("data_dir or database_url: the database cannot be opened") from None
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` does, and knows which kind is wanted.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last commits of a WAL on a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # deleted text is overwritten, not only unlinked
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("cardscan_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
