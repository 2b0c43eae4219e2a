"""Where results are written: line by line, so that whatever stops the run, what is finished is kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from cardscan.batch import table
from cardscan.batch.files import Card, LazyFile, fingerprint
from cardscan.errors import InvalidOutput

SUFFIXES = (".jsonl", ".csv", ".parquet")
_SYNC_LINES = 32
_SYNC_SECONDS = 0.5
_FULL = "The disk may be full; what was read is kept, go on with --resume."

Key = tuple[str, str]
"""Id and fingerprint of a card."""


def check_target(target: Path, *, resume: bool) -> Path:
    """Whether results can go to ``target``; gives the file that takes the lines.

    Raises:
        InvalidOutput: It has another suffix, its folder is not there, or there are results and ``resume`` is not set.
    """
    suffix = target.suffix.casefold()
    if suffix not in SUFFIXES:
        raise InvalidOutput
    if not target.parent.is_dir() or target.is_dir():
        raise InvalidOutput("The folder is not there, or the name is that of a folder.")
    lines = target if suffix == ".jsonl" else target.with_name(f"{target.name}.jsonl.part")
    if resume and target.exists() and not lines.exists():
        raise InvalidOutput(
            "There is a file of this name, but the .jsonl.part file that --resume goes on from is gone: "
            "name another file."
        )
    if not resume and (target.exists() or lines.exists()):
        raise InvalidOutput(
            "There are results of this name already: go on with --resume, name another file, or remove them."
        )
    return lines


class Results:
    """The results of one run, on disk.

    JSONL is written in place. CSV and Parquet are made at the end from ``NAME.jsonl.part``, which stays beside them.

    Args:
        target: File that ends in .jsonl, .csv or .parquet.
        resume: Go on with results that are there.

    Raises:
        InvalidOutput: It cannot be written, is being written by another run, or is there and ``resume`` is not set.
    """

    def __init__(self, target: Path, *, resume: bool) -> None:
        self.target = target
        self.suffix = target.suffix.casefold()
        self.lines = check_target(target, resume=resume)
        try:
            self._file: IO[bytes] = open(self.lines, "ab")  # noqa: SIM115 - closed by close()
        except OSError:
            raise InvalidOutput("The folder is not there, or the file cannot be written.") from None
        _lock(self._file)
        self._unsynced = 0
        self._synced_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def missing(self, cards: Iterable[Card[LazyFile]]) -> list[Card[LazyFile]]:
        """The cards whose results are not there. Lines of a card changed since are dropped, as is a torn one.

        Raises:
            InvalidOutput: There are lines that are no results: the file is somebody else's, and stays as it is.
        """
        planned = {(card.card_id, fingerprint(card)): card for card in cards}
        ids = {card_id for card_id, _ in planned}
        done: set[Key] = set()
        stale = False
        broken = False
        for key, line in _records(self.lines):
            if broken or (key is None and not done and not _begins_like_a_result(line)):
                raise InvalidOutput(
                    "There is a file of this name with lines that are no results of a batch: name another file."
                )
            broken = key is None  # a run that was cut off leaves such a line, but only as the last one
            stale = stale or key is None or key in done or (key[0] in ids and key not in planned)
            if key is not None:
                done.add(key)
        if stale:
            self._drop(planned, ids)
        return [card for key, card in planned.items() if key not in done]

    def add(self, text: str) -> None:
        """Append a line; it is on disk within a second or 32 lines, where `keep_up` is called now and then.

        Raises:
            InvalidOutput: It cannot be written.
        """
        with _said():
            self._file.write(text.encode("utf-8", "replace") + b"\n")
        self._unsynced += 1
        self.keep_up()

    def keep_up(self) -> None:
        """Bring lines to disk that have waited long enough. Raises InvalidOutput."""
        late = time.monotonic() - self._synced_at > _SYNC_SECONDS
        if self._unsynced >= _SYNC_LINES or (self._unsynced and late):
            self.sync()

    def sync(self) -> None:
        """Bring everything to disk. Raises InvalidOutput."""
        with _said():
            self._file.flush()
            os.fsync(self._file.fileno())
        self._unsynced, self._synced_at = 0, time.monotonic()

    def finish(self) -> None:
        """All results are there: make the table, where one was asked for.

        Raises:
            InvalidOutput: It cannot be written.
        """
        self.sync()
        if self.suffix == ".jsonl":
            return
        scratch = self.target.with_name(f"{self.target.name}.tmp")
        try:
            with _said():
                write = table.write_csv if self.suffix == ".csv" else table.write_parquet
                write(lambda: _read(self.lines), scratch)
                _replace(scratch, self.target)
        finally:
            scratch.unlink(missing_ok=True)

    def close(self) -> None:
        """Bring everything to disk and let go of the file. Raises InvalidOutput."""
        if self._file.closed:
            return
        try:
            self.sync()
            if self._file.tell() == 0:  # nothing to go on from
                self.lines.unlink()
        finally:
            with suppress(OSError):  # what it could not write has been said
                self._file.close()

    def _drop(self, planned: dict[Key, Card[LazyFile]], ids: set[str]) -> None:
        """Write the lines that hold into a new file and put it in the place of the old one."""
        scratch = self.lines.with_name(f"{self.lines.name}.tmp")
        kept: set[Key] = set()
        with _said():
            with open(scratch, "wb") as file:
                for key, line in _records(self.lines):
                    if key is None or key in kept or (key[0] in ids and key not in planned):
                        continue
                    kept.add(key)
                    file.write(line)
                file.flush()
                os.fsync(file.fileno())
            self._file.close()
            _replace(scratch, self.lines)
        self._file = open(self.lines, "ab")  # noqa: SIM115
        _lock(self._file)


def _records(path: Path) -> Iterator[tuple[Key | None, bytes]]:
    """Each line with its card's key; None for one that is torn or no result."""
    with open(path, "rb") as file:
        for line in file:
            yield (_key(line) if line.endswith(b"\n") else None), line


def _key(line: bytes) -> Key | None:
    try:
        record = json.loads(line)
        return str(record["card_id"]), str(record["fingerprint"])
    except (ValueError, KeyError, TypeError):
        return None


def _begins_like_a_result(line: bytes) -> bool:
    start = b'{"card_id": "'
    return not line.endswith(b"\n") and line[: len(start)] == start[: len(line)]


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@contextmanager
def _said() -> Iterator[None]:
    """What the system says when a file cannot be written, as the product's own error."""
    try:
        yield
    except OSError:
        raise InvalidOutput(_FULL) from None


def _replace(scratch: Path, target: Path) -> None:
    os.replace(scratch, target)
    if os.name == "posix":  # the new name, too, must survive a power cut
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lock(file: IO[bytes]) -> None:
    """Keep a second run off the same file for as long as it is open."""
    if os.name != "posix":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise InvalidOutput("Another run is writing there.") from None
