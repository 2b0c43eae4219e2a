"""Results as a table: one row a card, one column a fact. Reads line by line: memory does not grow with the batch."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

Lines = Callable[[], Iterable[dict[str, Any]]]
"""Reads the results from the beginning, as often as it is called."""

CARD_COLUMNS = ("issuer", "kind", "variant", "plan", "region", "exclusion", "funding", "confidence")
DECISION_COLUMNS = ("outcome", "next_capture", "covered_services", "collect_cost_share")
ERROR_COLUMNS = ("code", "message", "remedy")
_LIST_SEPARATOR = ";"
_ROWS_AT_ONCE = 1000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(lines: Lines, path: Path) -> None:
    """A CSV file (UTF-8). A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    columns = _columns(lines)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for line in lines():
            writer.writerow({name: _cell(value) for name, value in _row(line).items()})
        file.flush()
        os.fsync(file.fileno())


def write_parquet(lines: Lines, path: Path) -> None:
    """A Parquet file: text throughout, but for the confidence."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = _columns(lines)
    schema = pa.schema([(name, pa.float64() if name == "confidence" else pa.string()) for name in columns])
    with open(path, "wb") as file:
        with pq.ParquetWriter(file, schema) as writer:
            for rows in _portions(_row(line) for line in lines()):
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
        file.flush()
        os.fsync(file.fileno())


def _columns(lines: Lines) -> list[str]:
    fields = {name for line in lines() for name in line.get("fields", ())}
    return [
        *("card_id", "source", *DECISION_COLUMNS, *CARD_COLUMNS),
        *(f"field_{name}" for name in sorted(fields)),
        *("missing", "reasons", *(f"error_{name}" for name in ERROR_COLUMNS), "verification"),
    ]


def _row(line: dict[str, Any]) -> dict[str, Any]:
    card, decision, error = line.get("card", {}), line.get("decision", {}), line.get("error", {})
    whole = {name: value for name, value in line.items() if name not in ("card_id", "fingerprint")}
    return {
        "card_id": line["card_id"],
        "source": _LIST_SEPARATOR.join(line["source"]),
        **{name: decision.get(name) for name in DECISION_COLUMNS},
        **{name: card.get(name) for name in CARD_COLUMNS},
        **{f"field_{name}": field["value"] for name, field in line.get("fields", {}).items()},
        "missing": _LIST_SEPARATOR.join(decision.get("missing", ())),
        "reasons": _LIST_SEPARATOR.join(reason["code"] for reason in decision.get("reasons", ())),
        **{f"error_{name}": error.get(name) for name in ERROR_COLUMNS},
        "verification": None if error else json.dumps(whole, ensure_ascii=False),
    }


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _portions(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while portion := list(islice(rows, _ROWS_AT_ONCE)):
        yield portion
