"""A picture that is known but not yet read, and the card it belongs to."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import Generic, TypeVar

from cardscan.batch.archive import read_member
from cardscan.disk import read_up_to
from cardscan.errors import CardscanError
from cardscan.pipeline import SourceFile
from cardscan.records import Visit


@dataclass(frozen=True, slots=True)
class LazyFile:
    """A file on disk, or in a ZIP archive on disk, whose bytes are read by the worker that needs them.

    Attributes:
        name: What the caller is shown: the path as given; ``archive.zip!/member`` within an archive.
        path: Where the file, or its archive, lies.
        size: Bytes, when the batch was planned; -1 where there is no such file.
        stamp: When it was last changed, in ns; the checksum within an archive.
        member: Its name in the archive; None: it is not in one.
        pages: 0-based pages of the document that are meant; empty: all.
        fault: Why it must not be opened.
    """

    name: str
    path: str
    size: int
    stamp: int
    member: str | None = None
    pages: tuple[int, ...] = ()
    fault: CardscanError | None = None

    def read(self, most: int) -> bytes:
        """Its bytes.

        Args:
            most: Largest size, in bytes.

        Raises:
            PictureError: It is not there, may not be read, or is larger than ``most``.
        """
        if self.fault is not None:
            raise type(self.fault)(self.fault.detail)  # a raised error keeps hold of its frames: never the shared one
        if self.member is not None:
            return read_member(self.path, self.member, most)
        return read_up_to(self.path, most)

    def head(self, length: int) -> bytes:
        """Its first bytes; empty where there are none to read."""
        try:
            with open(self.path, "rb") as file:
                return file.read(length)
        except (OSError, ValueError):
            return b""


F = TypeVar("F", bound=SourceFile | LazyFile)
File_co = TypeVar("File_co", bound=SourceFile | LazyFile, covariant=True)


@dataclass(frozen=True, slots=True)
class Card(Generic[File_co]):
    """The pictures of one card.

    Attributes:
        source: The names of the inputs they are in.
    """

    card_id: str
    files: tuple[File_co, ...]
    visit: Visit
    source: tuple[str, ...]


def fingerprint(card: Card[LazyFile]) -> str:
    """What a result depends on besides the program: names, sizes, dates of the files, and the visit. 16 hex digits."""
    files = [[file.name, file.size, file.stamp, list(file.pages)] for file in card.files]
    told = json.dumps([files, card.visit.model_dump(mode="json")], ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def shown(path: str) -> str:
    """A path as text that can be written anywhere: bytes that are not UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")
