"""ZIP archives, distrusted: nothing is ever unpacked to disk, and nothing is unpacked beyond a limit."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import IO

from cardscan.batch.errors import ArchiveTooLarge, DamagedArchive, NestedArchive, UnsafeArchive
from cardscan.errors import FileNotFound, FileTooLarge, PictureError

MAX_MEMBERS = 200_000
MAX_RATIO = 100
"""Most bytes out of one byte of archive; pictures, being compressed, give about one."""
FREE_BYTES = 100 * 10**6
"""Up to this size the ratio does not count: a blank bitmap is small."""

_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; ``fault``: why it must not be opened."""

    name: str
    size: int
    crc: int
    fault: PictureError | None


def looks_like_zip(head: bytes) -> bool:
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def members(file: str | IO[bytes], size: int) -> list[Member]:
    """The files in an archive, in order of name.

    Args:
        size: Bytes of the archive itself.

    Raises:
        DamagedArchive: It cannot be read.
        ArchiveTooLarge: It has too many files, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir()]
    except _UNREADABLE:
        raise DamagedArchive from None
    if len(listed) > MAX_MEMBERS:
        raise ArchiveTooLarge(f"The limit is {MAX_MEMBERS} files.")
    if sum(info.file_size for info in listed) > max(FREE_BYTES, MAX_RATIO * size):
        raise ArchiveTooLarge(f"The limit is {MAX_RATIO} times its own size.")
    found = [Member(info.filename, info.file_size, info.CRC, _fault(info)) for info in listed]
    return sorted(found, key=lambda member: member.name)


def _fault(info: zipfile.ZipInfo) -> PictureError | None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or ":" in path.parts[0] if path.parts else True
    if outside or stat.S_ISLNK(info.external_attr >> 16):
        return UnsafeArchive()
    if info.flag_bits & 1:
        return DamagedArchive("The file in it is protected by a password.")
    if path.suffix.casefold() == ".zip":
        return NestedArchive()
    return None


def read_member(path: str, name: str, most: int) -> bytes:
    """One file of an archive on disk.

    Args:
        most: Largest size, in bytes.

    Raises:
        PictureError: It cannot be read, or is larger than ``most``.
    """
    try:
        stamp = os.stat(path).st_mtime_ns
        archive = _opened(path, stamp)
    except zipfile.BadZipFile:
        raise DamagedArchive from None
    except OSError:
        raise FileNotFound from None
    return unpack(archive, name, most)


def unpack(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """One file of an open archive. What its header says of its size is not believed.

    Raises:
        PictureError: It cannot be read, or is larger than ``most`` bytes.
    """
    try:
        with archive.open(name) as stream:
            data = stream.read(most + 1)
    except KeyError:
        raise FileNotFound from None
    except _UNREADABLE:
        raise DamagedArchive("A file in it is damaged.") from None
    if len(data) > most:
        raise FileTooLarge(f"The limit is {most / 1e6:g} MB.")
    if looks_like_zip(data):
        raise NestedArchive
    return data


@lru_cache(maxsize=4)
def _opened(path: str, _stamp: int) -> zipfile.ZipFile:
    """Kept open: the directory of an archive with 100,000 files takes a second to read."""
    return zipfile.ZipFile(path)


def heads(path: str, names: Iterator[str], length: int) -> Iterator[bytes]:
    """The first bytes of files in an archive on disk; empty where they cannot be read."""
    with zipfile.ZipFile(path) as archive:
        for name in names:
            try:
                with archive.open(name) as stream:
                    yield stream.read(length)
            except (*_UNREADABLE, KeyError):
                yield b""
