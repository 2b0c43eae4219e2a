"""ZIP archives, distrusted: nothing is ever unpacked to disk, and nothing is unpacked beyond a limit."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
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

MAX_NAME = 1000
"""Longest name of a file, in characters; the format allows 65,535."""

_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)

_END = struct.Struct("<12xI6x")
"""The record at the end of an archive: the bytes of the directory before it."""
_END64_SIZE = 56 + 20
"""The same record for large archives, which stands before that one, and where to find it."""


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
        with open(file, "rb") if isinstance(file, str) else nullcontext(file) as stream:
            if _entries(stream) > MAX_MEMBERS:
                raise ArchiveTooLarge(f"The limit is {MAX_MEMBERS} files.")
            with zipfile.ZipFile(stream) as archive:
                listed = [info for info in archive.infolist() if not info.is_dir()]
    except _UNREADABLE:
        raise DamagedArchive from None
    if sum(info.file_size for info in listed) > max(FREE_BYTES, MAX_RATIO * size):
        raise ArchiveTooLarge(f"The limit is {MAX_RATIO} times its own size.")
    found = [Member(info.filename, info.file_size, info.CRC, _fault(info)) for info in listed]
    return sorted(found, key=lambda member: member.name)


def _entries(stream: IO[bytes]) -> int:
    """How many files the directory of an archive lists, at most: told by its bytes, which cost little to look through.

    The number that the archive gives itself is not believed: `zipfile` reads all that is there, whatever it says.

    Raises:
        BadZipFile: There is no directory.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END.size - 0xFFFF - _END64_SIZE))
    tail = stream.read()
    at = len(tail) - _END.size  # where `zipfile` looks: at the very end, else before a comment
    if at < 0 or not (tail.startswith(b"PK\x05\x06", at) and tail.endswith(b"\0\0")):
        at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise zipfile.BadZipFile
    length = _END.unpack_from(tail, at)[0]
    end = size - len(tail) + at
    if (
        at >= _END64_SIZE
        and tail.startswith(b"PK\x06\x07", at - 20)
        and tail.startswith(b"PK\x06\x06", at - _END64_SIZE)
    ):
        length = int.from_bytes(tail[at - 36 : at - 28], "little")
        end -= _END64_SIZE
    if length > end:
        raise zipfile.BadZipFile
    stream.seek(end - length)
    return stream.read(length).count(b"PK\x01\x02")


def _fault(info: zipfile.ZipInfo) -> PictureError | None:
    if len(info.filename) > MAX_NAME:
        return DamagedArchive(f"The name of a file in it has more than {MAX_NAME} characters.")
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
