"""The manifest: a CSV file that says which pictures are of one card, and what is known of the visit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from cardscan.eligibility.facts import parse_visit
from cardscan.errors import InvalidManifest, UsageError
from cardscan.records import Visit

REQUIRED = ("card_id", "image")
OPTIONAL = ("state", "date", "care", "network")
_MOST_FAULTS = 20


@dataclass(slots=True)
class Entry:
    """One card of a manifest.

    Attributes:
        images: Line number and path, relative to the manifest, of each picture.
    """

    card_id: str
    images: list[tuple[int, str]] = field(default_factory=list)
    visit: Visit = field(default_factory=Visit)


def is_manifest(head: bytes) -> bool:
    """Whether a CSV file's first bytes are the header of a manifest."""
    line = head.decode("utf-8-sig", "replace").splitlines()[:1]
    return bool(line) and set(REQUIRED) <= set(_header(next(csv.reader(line), [])))


def read_manifest(data: bytes) -> list[Entry]:
    """The cards of a manifest, in the order of their first lines.

    Raises:
        InvalidManifest: It cannot be used; the numbers of the lines at fault are listed, not what they hold.
    """
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        return _entries(reader)
    except UnicodeDecodeError:
        raise InvalidManifest("It is not UTF-8 text.") from None
    except csv.Error:
        raise InvalidManifest(f"line {reader.line_num}: it is not CSV.") from None


def _entries(reader: Iterator[list[str]]) -> list[Entry]:
    header = _header(next(reader, []))
    _check_header(header)
    entries: dict[str, Entry] = {}
    faults: list[str] = []
    for row in reader:
        line = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in row):
            continue
        try:
            _add(entries, line, _cells(header, row))
        except UsageError as error:
            faults.append(f"line {line}: {error.detail or error.title}")
    if not entries and not faults:
        faults.append("line 2: there is no card.")
    if faults:
        more = f"; and {len(faults) - _MOST_FAULTS} lines more" if len(faults) > _MOST_FAULTS else ""
        raise InvalidManifest("; ".join(faults[:_MOST_FAULTS]) + more)
    return list(entries.values())


def _header(cells: list[str]) -> list[str]:
    return [cell.strip().casefold() for cell in cells]


def _check_header(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [place for place, name in enumerate(header, 1) if name not in REQUIRED + OPTIONAL]
    twice = [name for name in (*REQUIRED, *OPTIONAL) if header.count(name) > 1]
    faults = [f"'{name}' is missing" for name in missing] + [f"'{name}' stands twice" for name in twice]
    faults += [f"column {place} has a name that is not known" for place in unknown]
    if faults:
        raise InvalidManifest(f"line 1: {'; '.join(faults)}.")


def _cells(header: list[str], row: list[str]) -> dict[str, str]:
    if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
        raise InvalidManifest("it has more cells than the header.")
    cells = {name: cell.strip() for name, cell in zip(header, row, strict=False)}
    for name in REQUIRED:
        if not cells.get(name):
            raise InvalidManifest(f"'{name}' is empty.")
    if "\0" in "".join(cells.values()):
        raise InvalidManifest("it holds a character that no path has.")
    return cells


def _add(entries: dict[str, Entry], line: int, cells: dict[str, str]) -> None:
    visit = parse_visit({name: cells.get(name) for name in OPTIONAL})
    entry = entries.setdefault(cells["card_id"], Entry(cells["card_id"]))
    known = {name: value for name, value in visit if value is not None}
    if any(getattr(entry.visit, name) not in (None, value) for name, value in known.items()):
        raise InvalidManifest("a fact of the visit is another one than on an earlier line of the same card.")
    entry.visit = entry.visit.model_copy(update=known)
    entry.images.append((line, cells["image"].replace("\\", "/")))
