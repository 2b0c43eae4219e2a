"""Write the tables of docs/errors.md and docs/settings.md anew from the code: ``python -m docs.generate``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import annotated_types

import cardscan.batch.errors
import cardscan.errors
import cardscan.web.errors
from cardscan.errors import CardscanError
from cardscan.settings import Settings

FOLDER = Path(__file__).parent
_KINDS = {"str": "text", "Path": "folder", "Path | None": "folder", "int": "whole number", "float": "number"}


def main() -> None:
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def documents() -> dict[str, str]:
    """The documents with tables, by file name, as they should read."""
    tables = {
        "errors.md": {
            "errors": _errors(cardscan.errors, exits=True),
            "batch errors": _errors(cardscan.batch.errors, exits=False),
            "http errors": _errors(cardscan.web.errors, exits=False),
        },
        "settings.md": {"settings": _settings()},
    }
    found = {}
    for name, blocks in tables.items():
        text = (FOLDER / name).read_text(encoding="utf-8")
        for block, lines in blocks.items():
            text = _replaced(text, block, lines)
        found[name] = text
    return found


def _replaced(text: str, block: str, lines: list[str]) -> str:
    """The text with what stands between the block's two marks replaced."""
    start, end = f"<!-- generated: {block} -->", "<!-- end of generated -->"
    pattern = re.compile(rf"{re.escape(start)}\n.*?{re.escape(end)}", re.DOTALL)
    table = "\n".join([start, *lines, end])
    text, count = pattern.subn(lambda _: table, text)
    if count != 1:
        raise ValueError(f"the mark {start} must stand once, with {end} after it")
    return text


def _errors(module: ModuleType, *, exits: bool) -> list[str]:
    """The errors that a module adds: one row each, sorted by status and code."""
    own = {error for error in _all(CardscanError) if error.__module__ == module.__name__}
    found = sorted(own, key=lambda e: (e.exit_status if exits else 0, e.http_status, e.code))
    columns = ["Code", *(["Exit"] if exits else []), "HTTP", "What went wrong", "What to do"]
    return _table(
        columns,
        [
            [f"`{e.code}`", *([str(e.exit_status)] if exits else []), str(e.http_status), e.title, e.remedy]
            for e in found
        ],
    )


def _all(error: type[CardscanError]) -> Iterator[type[CardscanError]]:
    yield error
    for child in error.__subclasses__():
        yield from _all(child)


def _settings() -> list[str]:
    rows = []
    for name, field in Settings.model_fields.items():
        rows.append([f"`CARDSCAN_{name.upper()}`", _default(field.default), _values(field), field.description or ""])
    return _table(["Variable", "Default", "Values", "What it does"], rows)


def _default(value: Any) -> str:
    if value is None or value == "":
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _values(field: Any) -> str:
    """What a setting may be, in words."""
    if field.annotation is bool:
        return "`true` or `false`"
    kind = getattr(field.annotation, "__name__", str(field.annotation).replace("pathlib.", ""))
    limits = []
    for limit in field.metadata:
        if isinstance(limit, annotated_types.Gt):
            limits.append(f"more than {limit.gt}")
        elif isinstance(limit, annotated_types.Ge):
            limits.append(f"from {limit.ge:,}")
        elif isinstance(limit, annotated_types.Le):
            limits.append(f"to {limit.le:,}")
    return ", ".join([_KINDS.get(kind, kind), " ".join(limits)]).rstrip(", ")


def _table(columns: list[str], rows: list[list[str]]) -> list[str]:
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


if __name__ == "__main__":
    main()
