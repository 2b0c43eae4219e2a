"""The rules as plain data, for people and programs that want to read them."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from cardscan.eligibility.rules import Rules

_ANY: TypeAdapter[Any] = TypeAdapter(Any)


def describe(rules: Rules) -> list[dict[str, Any]]:
    """Every rule with its dated entries, as JSON-ready data."""
    described = []
    for rule in rules:
        entries = [_ANY.dump_python(entry, mode="json") for entry in rule.entries]
        described.append({"id": rule.id, "title": rule.title, "entries": entries})
    return described
