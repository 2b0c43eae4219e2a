"""What a file is, told from its bytes alone, and whether its end is there. No decoder is asked, extensions never count.

Decoders forgive: a cut JPEG comes back with a gray rest, a cut PNG without its last chunk comes back whole. A card with
a part missing must not be read, so each container is walked here to its own end mark first.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from typing import Literal, TypeAlias

from cardscan.errors import DamagedPicture, NotAPicture

Format: TypeAlias = Literal["JPEG", "PNG", "WEBP", "HEIF", "TIFF", "BMP", "PDF"]

ACCEPTED = "JPEG, PNG, WebP, HEIC, TIFF, BMP and PDF"

_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"))
_ANY_HEIF_BRANDS = frozenset((b"mif1", b"msf1", b"mif2"))  # whatever the codec: an AVIF names them too
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x1aE\xdf\xa3", "a video"),
)


def sniff(data: bytes) -> Format:
    """Which of the accepted formats the bytes are.

    Raises:
        NotAPicture: None of them; the detail names those that are accepted and, where known, what the file is instead.
    """
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and _is_heic(_brands(data)):
        return "HEIF"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return "BMP"
    if b"%PDF-" in data[:1024]:  # the standard's readers allow a preamble of that length
        return "PDF"
    kind = _other(data)
    raise NotAPicture(f"Accepted are {ACCEPTED}." + (f" This file looks like {kind}." if kind else ""))


def _is_heic(brands: frozenset[bytes]) -> bool:
    return bool(brands & _HEIC_BRANDS) or bool(brands & _ANY_HEIF_BRANDS and not brands & _AVIF_BRANDS)


def _brands(data: bytes) -> frozenset[bytes]:
    end = min(struct.unpack_from(">I", data)[0], 256, len(data))
    return frozenset(data[at : at + 4] for at in (8, *range(16, end, 4)))


def _other(data: bytes) -> str | None:
    for start, kind in _OTHERS:
        if data.startswith(start):
            return kind
    if data[4:8] == b"ftyp":
        return "an AVIF" if _brands(data) & _AVIF_BRANDS else "a video"
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "text" if head and all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head) else None


def check_whole(data: bytes, kind: Format) -> None:
    """Walk the container to its end mark.

    Raises:
        DamagedPicture: The end is missing, or a part claims to be longer than the file.
    """
    check = _CHECKS.get(kind)
    if check is not None and not check(data):
        raise DamagedPicture("The file ends before the picture does, or a part of it has a false length or checksum.")


# In the compressed part of a JPEG, FF is followed by 00 (a real FF), D0-D7 (restart) or FF (fill); else it is a marker.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


def jpeg_end(data: bytes) -> int | None:
    """Where the end mark of the first picture in a JPEG lies; None where it has none."""
    at, scanned = 2, False
    while at + 2 <= len(data):
        found = _JPEG_MARKER.search(data, at) if scanned or data[at : at + 1] == b"\xff" else None
        if found is None:
            return None
        at, marker = found.start(), data[found.start() + 1]
        if marker == 0xD9:
            return at if scanned else None
        if at + 4 > len(data):
            return None
        scanned = scanned or marker == 0xDA
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _jpeg_whole(data: bytes) -> bool:
    return jpeg_end(data) is not None


def _png_whole(data: bytes) -> bool:
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + length
        if end + 4 > len(data):
            return False
        kind = data[at + 4 : at + 8]
        # A capital first letter marks the chunks without which there is no picture; the others may be broken.
        if kind[0] < 0x60 and zlib.crc32(memoryview(data)[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def _webp_whole(data: bytes) -> bool:
    return int.from_bytes(data[4:8], "little") + 8 <= len(data)


def _heif_whole(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1 and at + 16 <= len(data):
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:  # "to the end of the file"
            size = len(data) - at
        if size < 8 or at + size > len(data):
            return False
        at += size
    return True


def _bmp_whole(data: bytes) -> bool:
    return len(data) >= 26 and int.from_bytes(data[2:6], "little") <= len(data)


def _pdf_whole(data: bytes) -> bool:
    # A PDF made for the web says its length in its first object; it also has an end mark near its start.
    length = re.search(rb"/Linearized\b.{0,200}?/L\s+(\d{1,10})\b", data[:2048], re.DOTALL)
    if length is not None and int(length[1]) > len(data):
        return False
    return b"%%EOF" in data[-65536:]


_CHECKS: dict[Format, Callable[[bytes], bool]] = {
    "JPEG": _jpeg_whole,
    "PNG": _png_whole,
    "WEBP": _webp_whole,
    "HEIF": _heif_whole,
    "BMP": _bmp_whole,
    "PDF": _pdf_whole,
}


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height that a WebP's header claims, in pixels. Pillow allocates the canvas before it can be asked."""
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        return None
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None
