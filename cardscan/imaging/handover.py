"""Decoded pages on their way out of a worker process: through shared memory where it can be had."""

from __future__ import annotations

from dataclasses import replace

from cardscan.imaging.decoding import Limits, Page, decode


def decode_onto(path: str | None, data: bytes, limits: Limits, side: int | None, wanted: slice) -> tuple[Page, ...]:
    """As ``decode``; where ``path`` can be written, the pixels of all pages go there, and ``rgb`` comes back empty."""
    pages = decode(data, limits, side, wanted)
    if path is None:
        return pages
    try:
        with open(path, "r+b", buffering=0) as sheet:
            for page in pages:
                rest = memoryview(page.rgb)
                while rest:
                    rest = rest[sheet.write(rest) :]
    except OSError:
        return pages
    return tuple(replace(page, rgb=b"") for page in pages)
