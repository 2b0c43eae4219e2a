"""Where a page of a list ended, as an opaque text a caller hands back."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re

from cardscan.errors import InvalidCursor

_INSIDE = re.compile(r"v1\|([0-9T:.\-]{19,26})\|([0-9a-f]{32})")


def encode(created_at: dt.datetime, row_id: str) -> str:
    moment = created_at.astimezone(dt.UTC).replace(tzinfo=None).isoformat()
    return base64.urlsafe_b64encode(f"v1|{moment}|{row_id}".encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[dt.datetime, str]:
    """The moment and id a cursor stands for.

    Raises:
        InvalidCursor: It is not one that ``encode`` made.
    """
    try:
        inside = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True).decode(
            "ascii"
        )
        match = _INSIDE.fullmatch(inside)
        if match is None:
            raise InvalidCursor
        return dt.datetime.fromisoformat(match[1]).replace(tzinfo=dt.UTC), match[2]
    except (UnicodeError, binascii.Error, ValueError):
        raise InvalidCursor from None
