"""Reading a request's body: bounded in size and in time, in memory only, and checked while it arrives.

The framework's own form parser spills files larger than 1 MB to the disk, where pictures of cards must not go, and
knows no limit for one file; so the parts are collected here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from cardscan.errors import CardscanError, FileTooLarge, UploadTooSlow
from cardscan.pipeline import SourceFile
from cardscan.web.clients import Lease
from cardscan.web.errors import BodyTooLarge, DamagedUpload, InvalidRequest, UnknownField, UnsupportedBody

TEXT_BYTES = 4096
"""Longest text field of a form, in bytes."""
JSON_BYTES = 65_536
"""Longest JSON body, in bytes."""
NAME_LENGTH = 200
"""Longest file name that is shown back to the caller, in characters."""
_EXTENDED_NAME = re.compile(rb";\s*filename\*", re.IGNORECASE)
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # its warnings repeat what was sent


@dataclass(frozen=True, slots=True)
class FormRules:
    """What a form may hold.

    Attributes:
        file_fields: Names of fields that hold files.
        text_fields: Names of fields that hold text.
        max_files: Most files.
        max_file_bytes: Largest file.
        max_bytes: Largest body.
        too_many: What is raised when there are more files.
        keeps_folders: Whether files are named with their folders, as a manifest may name them.
    """

    file_fields: tuple[str, ...]
    text_fields: tuple[str, ...]
    max_files: int
    max_file_bytes: int
    max_bytes: int
    too_many: type[CardscanError]
    keeps_folders: bool = False

    def refuse_unknown(self) -> UnknownField:
        return UnknownField(f"Known are: {', '.join((*self.file_fields, *self.text_fields))}.")


@dataclass(slots=True)
class Form:
    """What a form held. ``files`` are (field, file), in the order they came."""

    files: list[tuple[str, SourceFile]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


async def read_form(request: Request, rules: FormRules, lease: Lease, *, seconds: float) -> Form:
    """A multipart form, read into memory.

    Args:
        lease: Accounts for the memory that the body takes; the caller releases it.
        seconds: Longest time until the last byte.

    Raises:
        Busy: There is no memory left for uploads.
        UnsupportedBody: It is not multipart/form-data.
        BodyTooLarge, FileTooLarge: A limit was passed; the rest is not read.
        UnknownField, InvalidRequest: There is a field that the rules do not know, or one twice.
        DamagedUpload: The form is not well formed.
        UploadTooSlow: It did not arrive in time.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise UnsupportedBody("Expected is multipart/form-data.")
    collector = _Collector(rules)
    try:
        parser = MultipartParser(options[b"boundary"], collector.callbacks())
        async with asyncio.timeout(seconds):
            async for chunk in _chunks(request, rules.max_bytes):
                lease.take(len(chunk))
                parser.write(chunk)
        parser.finalize()
    except TimeoutError:
        raise UploadTooSlow from None
    except FormParserError:
        raise DamagedUpload from None
    if not collector.complete:
        raise DamagedUpload("The form ends before its last boundary.")
    return collector.form


async def read_json(request: Request, *, seconds: float) -> Any:
    """A JSON body.

    Raises:
        UnsupportedBody: It is not application/json.
        BodyTooLarge: It is longer than ``JSON_BYTES``.
        DamagedUpload: It is not JSON.
        UploadTooSlow: It did not arrive in time.
    """
    kind, _ = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"application/json":
        raise UnsupportedBody("Expected is application/json.")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in _chunks(request, JSON_BYTES):
                body += chunk
    except TimeoutError:
        raise UploadTooSlow from None
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise DamagedUpload("The body is not JSON.") from None


async def _chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise BodyTooLarge(f"At most {limit:,} bytes are read.")
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
        if total > limit:
            raise BodyTooLarge(f"At most {limit:,} bytes are read.")
        yield chunk


class _Collector:
    """Takes the parts of a form as the parser finds them."""

    def __init__(self, rules: FormRules) -> None:
        self.rules = rules
        self.form = Form()
        self.complete = False
        self._header = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._file_name: str | None = None
        self._data = bytearray()

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._data = bytearray()

    def _header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        name = options.get(b"filename")
        if name is None and _EXTENDED_NAME.search(disposition):
            raise DamagedUpload("A file has its name in 'filename*', which forms must not use: send it in 'filename'.")
        shown = shown_path if self.rules.keeps_folders else shown_name
        self._file_name = None if name is None else shown(name.decode("utf-8", "replace"))
        is_file = self._file_name is not None
        if self._name not in (self.rules.file_fields if is_file else self.rules.text_fields):
            if self._name in self.rules.file_fields:
                raise InvalidRequest(f"{self._name}: is a field for files, and text was sent.")
            if self._name in self.rules.text_fields:
                raise InvalidRequest(f"{self._name}: is a field for text, and a file was sent.")
            raise self.rules.refuse_unknown()
        if is_file and len(self.form.files) >= self.rules.max_files:
            raise self.rules.too_many(f"At most {self.rules.max_files} are taken.")
        if self._name in self.form.texts:
            raise InvalidRequest(f"{self._name}: was sent twice.")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        limit = TEXT_BYTES if self._file_name is None else self.rules.max_file_bytes
        if len(self._data) + end - start > limit:
            if self._file_name is None:
                raise InvalidRequest(f"{self._name}: is too long.")
            raise FileTooLarge(f"At most {limit / 1e6:g} MB are read.")
        self._data += data[start:end]

    def _part_end(self) -> None:
        if self._file_name is None:
            self.form.texts[self._name] = self._data.decode("utf-8", "replace")
        elif self._file_name or self._data:  # a browser sends an empty part for an empty file field
            name = self._file_name or f"picture-{len(self.form.files) + 1}"
            self.form.files.append((self._name, SourceFile(name, bytes(self._data))))
        self._data = bytearray()

    def _end(self) -> None:
        self.complete = True


def shown_name(name: str) -> str:
    """A caller's file name without folders and without characters that a terminal or a page might act on."""
    return _printable(name.replace("\\", "/").rpartition("/")[2])


def shown_path(name: str) -> str:
    """As `shown_name`, with the folders below the one that was sent: ``scans/1.jpg``."""
    *folders, last = name.replace("\\", "/").split("/")
    inner = [folder.rstrip("!") for folder in folders]  # 'x.zip!/' is how the files in an archive are named
    return _printable("/".join([*(folder for folder in inner if folder not in ("", ".", "..")), last]))


def _printable(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:NAME_LENGTH]


def _no_constant(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are not JSON
