"""Finds the files: in folders and archives, on disk or in an upload. Decides what is looked at, counts what is not."""

from __future__ import annotations

import io
import os
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Generic

from cardscan.batch.archive import heads, looks_like_zip, members, unpack
from cardscan.batch.documents import HEAD_BYTES
from cardscan.batch.errors import ArchiveTooLarge
from cardscan.batch.files import F, LazyFile, shown
from cardscan.errors import FileNotFound, PictureError
from cardscan.pipeline import SourceFile

SIDECARS = frozenset(
    (".yaml", ".yml", ".json", ".jsonl", ".txt", ".md", ".csv", ".tsv", ".parquet", ".part", ".tmp", ".log", ".xml")
)
"""Suffixes of files that are clearly no pictures: in folders and archives they are counted, and not looked at."""

INSIDE = "!/"
"""Between the name of an archive and that of a file in it."""


@dataclass(frozen=True, slots=True)
class Found(Generic[F]):
    """A file that was found.

    Attributes:
        place: Full path with ``/``: what a manifest's paths are resolved against; nothing else has the same.
        head: Its first bytes.
        given: The caller named it, rather than a folder or an archive that holds it.
    """

    place: str
    file: F
    head: bytes
    given: bool = False

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.place).suffix.casefold()


@dataclass(slots=True)
class Gathered(Generic[F]):
    """The files that were found, and how many were not looked at, by the reason."""

    files: list[Found[F]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    _places: set[str] = field(default_factory=set)

    def holds(self, place: str) -> bool:
        return place in self._places

    def add(self, found: Found[F]) -> None:
        if self.holds(found.place):
            self.ignored["given twice"] += 1
        elif found.suffix in SIDECARS - {".csv"} and not found.given:
            self.ignored["not pictures"] += 1
        else:
            self._places.add(found.place)
            self.files.append(found)


def from_disk(paths: Sequence[str]) -> Gathered[LazyFile]:
    """Files, and what is in folders and archives, in order."""
    gathered: Gathered[LazyFile] = Gathered()
    for path in paths:
        if os.path.isdir(path):
            _walk(path, gathered)
        else:
            _file(path, gathered, given=True)
    return gathered


def _walk(folder: str, gathered: Gathered[LazyFile]) -> None:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        gathered.add(Found(_place(folder), _missing(folder, "The folder cannot be read."), b"", given=True))
        return
    for entry in entries:
        if _hidden(entry.name):
            gathered.ignored["hidden"] += 1
        elif entry.is_dir(follow_symlinks=False):
            _walk(entry.path, gathered)
        elif entry.is_dir():
            gathered.ignored["links to folders"] += 1  # they may lead round in circles
        elif entry.is_file() or entry.is_symlink():
            _file(entry.path, gathered)
        else:
            gathered.ignored["not files"] += 1  # a pipe would be waited for without end


def _file(path: str, gathered: Gathered[LazyFile], *, given: bool = False) -> None:
    try:
        about = os.stat(path) if os.path.isfile(path) else None
    except (OSError, ValueError):
        about = None
    if about is None:
        gathered.add(Found(_place(path), _missing(path), b"", given=True))
        return
    file = LazyFile(shown(path), path, about.st_size, about.st_mtime_ns)
    head = file.head(HEAD_BYTES)
    if looks_like_zip(head) and _is_archive(path):
        _archive(file, gathered)
    else:
        gathered.add(Found(_place(path), file, head, given))


def _is_archive(path: str) -> bool:
    """By name, too: an office document is a ZIP archive inside."""
    return PurePosixPath(path).suffix.casefold() not in (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".epub", ".jar")


def _archive(file: LazyFile, gathered: Gathered[LazyFile]) -> None:
    place = _place(file.path)
    try:
        listed = [m for m in members(file.path, file.size) if not _left_out(m.name, gathered.ignored)]
    except PictureError as error:
        fault = LazyFile(file.name, file.path, file.size, file.stamp, fault=error)
        gathered.add(Found(place, fault, b"", given=True))
        return
    firsts = heads(file.path, (member.name for member in listed), HEAD_BYTES)
    for member, head in zip(listed, firsts, strict=True):
        name = shown(member.name)
        inside = LazyFile(
            f"{file.name}{INSIDE}{name}", file.path, member.size, member.crc, member=member.name, fault=member.fault
        )
        gathered.add(Found(f"{place}{INSIDE}{name}", inside, b"" if member.fault else head))


def from_upload(files: Sequence[SourceFile], max_bytes: int, max_total: int) -> Gathered[SourceFile]:
    """Uploaded files, and what is in uploaded archives.

    Args:
        max_bytes: Most bytes of one file; of a longer one in an archive just so many are kept that it is refused.
        max_total: Most bytes of all files in archives.

    Raises:
        PictureError: An archive cannot be used.
    """
    gathered: Gathered[SourceFile] = Gathered()
    left = max_total
    for number, file in enumerate(files):
        name = file.name
        if not (looks_like_zip(file.data) and _is_archive(name)):
            place = name.replace("\\", "/")
            if gathered.holds(place):
                place = f"{number}/{place}"  # two uploads may have one name and are two files all the same
            gathered.add(Found(place, file, file.data[:HEAD_BYTES], given=True))
            continue
        for inside in _unpacked(file, max_bytes, gathered.ignored):
            left -= len(inside.data)
            if left < 0:
                raise ArchiveTooLarge(f"The limit is {max_total / 1e6:g} MB.")
            place = f"{number}/{inside.name}"
            gathered.add(Found(place, inside, inside.data[:HEAD_BYTES], given=True))
    return gathered


def _unpacked(file: SourceFile, max_bytes: int, ignored: Counter[str]) -> Iterator[SourceFile]:
    listed = members(io.BytesIO(file.data), len(file.data))
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        for member in listed:
            if _left_out(member.name, ignored):
                continue
            if member.fault is not None:
                raise type(member.fault)(member.fault.detail)
            if member.size > max_bytes:  # unread: a file without bytes would be called empty
                data = b"\xff\xd8\xff" + bytes(max_bytes)
            else:
                data = unpack(archive, member.name, max_bytes)
            yield SourceFile(f"{file.name}{INSIDE}{member.name}", data)


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _left_out(name: str, ignored: Counter[str]) -> bool:
    """Whether a file of an archive is hidden. One that leads out of the archive is not: it is reported."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." not in parts and any(_hidden(part) for part in parts):
        ignored["hidden"] += 1
        return True
    return False


def _missing(path: str, detail: str = "") -> LazyFile:
    return LazyFile(shown(path), path, -1, 0, fault=FileNotFound(detail))


def missing(name: str) -> LazyFile:
    """A file that a manifest names and that is not there."""
    return LazyFile(name, name, -1, 0, fault=FileNotFound())


def on_disk(path: str) -> LazyFile:
    """A file that a manifest names, wherever it lies."""
    try:
        about = os.stat(path)
    except (OSError, ValueError):
        return _missing(path)
    return LazyFile(shown(path), path, about.st_size, about.st_mtime_ns) if os.path.isfile(path) else _missing(path)


def _place(path: str) -> str:
    return os.path.abspath(path).replace(os.sep, "/")
