"""Pictures on disk: one file each, under a random name, readable by the service's user only."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from cardscan.store.database import make_private_folder

FILE_NAME = re.compile(r"[0-9a-f]{32}")


class PictureFolder:
    """The folder of kept pictures. It is made when the first picture is kept.

    Args:
        folder: Where the pictures lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, data: bytes) -> str:
        """Keep bytes on disk and give the random name of their file. They are on the disk when this returns.

        Raises:
            OSError: They cannot be written, and nothing of them is left.
        """
        make_private_folder(self.folder)
        name = uuid.uuid4().hex
        descriptor = os.open(self.folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._sync_folder()
        except BaseException:
            (self.folder / name).unlink(missing_ok=True)
            raise
        return name

    def read(self, name: str) -> bytes:
        """The bytes of a kept picture.

        Raises:
            FileNotFoundError: There is none of that name.
        """
        if not FILE_NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return (self.folder / name).read_bytes()

    def remove(self, names: Iterable[str]) -> int:
        """Remove pictures; those that are gone already do not matter. Gives how many were removed."""
        removed = 0
        for name in names:
            try:
                (self.folder / name).unlink()
            except FileNotFoundError:
                continue
            removed += 1
        if removed:
            self._sync_folder()
        return removed

    def names(self, *, older_than_seconds: float = 0.0) -> set[str]:
        """Names of the pictures that were written at least so many seconds ago."""
        if not self.folder.is_dir():
            return set()
        latest = time.time() - older_than_seconds
        found: set[str] = set()
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if FILE_NAME.fullmatch(entry.name) and _written_before(entry, latest):
                    found.add(entry.name)
        return found

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _written_before(entry: os.DirEntry[str], latest: float) -> bool:
    try:
        return entry.stat(follow_symlinks=False).st_mtime <= latest
    except FileNotFoundError:  # removed by someone else between the listing and now
        return False
