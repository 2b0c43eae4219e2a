"""Reads a folder of rules and reports all its faults together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from cardscan.eligibility.rules import BUILT_IN, Entry, Rule, Rules
from cardscan.eligibility.schema import RULES, EntryFrame, FileFrame, RuleFrame, RuleKey
from cardscan.errors import BadData
from cardscan.yamldata import Fault, Unquoted, line_of, read_yaml

_KINDS: dict[type, str] = {dict: "a mapping", tuple: "a list", str: "text", bool: "true or false", type(None): "null"}


def load_rules(folder: Path | None = None) -> Rules:
    """The rules of a folder; None: the ones that come with the product.

    Raises:
        BadData: They have faults; all of them are listed, each with file and line.
    """
    rules, faults = _read(folder or BUILT_IN)
    if faults:
        raise BadData("\n" + "\n".join(str(fault) for fault in faults))
    return Rules(rules)


def check(folder: Path | None = None) -> tuple[Fault, ...]:
    """All faults of a folder of rules, by file and line; empty: it can be used."""
    return tuple(_read(folder or BUILT_IN)[1])


def _read(folder: Path) -> tuple[dict[str, Rule], list[Fault]]:
    faults: list[Fault] = []
    rules: dict[str, Rule] = {}
    seen: dict[str, str] = {}
    files = sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".yml")) if folder.is_dir() else []
    for path in files:
        if path.suffix == ".yml":
            faults.append(Fault(path.name, 0, "only files that end in .yaml are read: rename it."))
            continue
        reader = _FileReader(path)
        for rule_id, line, rule in reader.rules():
            if rule_id in seen:
                reader.fault(line, f"the rule '{rule_id}' stands in {seen[rule_id]} already.")
            seen.setdefault(rule_id, f"{path.name}:{line}")
            if rule is not None:
                rules[rule_id] = rule
        faults.extend(reader.faults)
    if not files:
        faults.append(Fault("", 0, "there are no .yaml files in the folder of rules, or it cannot be read."))
    else:
        faults.extend(Fault("", 0, f"the rule '{name}' is missing.") for name in RULES if name not in seen)
    return rules, sorted(set(faults))


class _FileReader:
    """One file: its rules, and the faults found on the way."""

    def __init__(self, path: Path) -> None:
        self.faults: list[Fault] = []
        self._file = path.name
        self._root, self._data = read_yaml(path, self.faults)

    def fault(self, line: int, text: str) -> None:
        self.faults.append(Fault(self._file, line, text))

    def rules(self) -> list[tuple[str, int, Rule | None]]:
        """Each rule's id, line and, where it has no fault, contents."""
        if self._root is None:
            return []
        try:
            FileFrame.model_validate(self._data)
        except ValidationError as error:
            self._schema_faults(error, ())
        listed = self._data.get("rules") if isinstance(self._data, dict) else None
        found = []
        for place, raw in enumerate(listed if isinstance(listed, tuple) else ()):
            if isinstance(raw, dict) and isinstance(raw.get("id"), str):
                found.append(self._rule(raw, ("rules", place)))
        return found

    def _rule(self, raw: dict[str, object], path: tuple[str | int, ...]) -> tuple[str, int, Rule | None]:
        rule_id, line = str(raw["id"]), self._line((*path, "id"))
        key = RULES.get(rule_id)
        if key is None:
            self.fault(line, f"there is no rule '{rule_id}'.")
            return rule_id, line, None
        values = self._values(raw, key, path)
        try:
            frame = RuleFrame.model_validate(raw)
        except ValidationError:
            return rule_id, line, None  # the whole file's check has reported it
        self._order(frame.entries, key, path)
        if len(values) != len(frame.entries):
            return rule_id, line, None
        entries = tuple(
            Entry(rule_id, entry.from_, value, entry.reference, entry.verified_on, entry.ended)
            for entry, value in zip(frame.entries, values, strict=True)
        )
        return rule_id, line, Rule(rule_id, frame.title, entries)

    def _values(self, raw: dict[str, object], key: RuleKey[Any], path: tuple[str | int, ...]) -> list[Any]:
        """The values that have no fault; a value of another type than the one before it is reported as just that."""
        values = []
        before = None
        for place, entry in _entries(raw):
            kind = _kind(entry["value"])
            if before is not None and kind != before:
                text = f"the value is {kind}, in the entry above it is {before}: the values of a rule are of one type."
                self.fault(self._line((*path, "entries", place, "value")), text)
                continue
            before = kind
            try:
                values.append(key.adapter.validate_python(entry["value"], strict=True, by_alias=True))
            except ValidationError as error:
                self._schema_faults(error, (*path, "entries", place, "value"))
        return values

    def _order(self, entries: tuple[EntryFrame, ...], key: RuleKey[Any], path: tuple[str | int, ...]) -> None:
        for place, entry in enumerate(entries):
            here = (*path, "entries", place)
            if entry.ended is not None and entry.ended < entry.from_:
                self.fault(self._line((*here, "ended")), "the entry ends before it begins.")
            if place == 0:
                continue
            before = entries[place - 1]
            line = self._line((*here, "from"))
            if entry.from_ <= before.from_:
                self.fault(line, "the entry does not begin after the one above it: they overlap.")
            elif before.ended is not None and entry.from_ <= before.ended:
                self.fault(line, "the entry begins before the one above it has ended: they overlap.")
            elif (
                before.ended is not None
                and before.ended >= before.from_
                and entry.from_ > before.ended + dt.timedelta(days=1)
            ):
                self.fault(line, "between the end of the entry above it and this one there is a gap.")
        if entries[-1].ended is not None and not key.may_end:
            line = self._line((*path, "entries", len(entries) - 1, "ended"))
            self.fault(line, "this rule cannot end: decisions need it. Add an entry with what holds from then on.")

    def _schema_faults(self, error: ValidationError, path: tuple[str | int, ...]) -> None:
        for detail in error.errors():
            where = (*path, *detail["loc"])
            self.fault(self._line(where), _sentence(detail["type"], where, detail["input"], detail["msg"]))

    def _line(self, path: Sequence[str | int]) -> int:
        assert isinstance(self._root, yaml.Node)
        return line_of(self._root, path)


def _entries(raw: dict[str, object]) -> list[tuple[int, dict[str, object]]]:
    """Entries of a rule that have a value, with their places."""
    entries = raw.get("entries")
    listed = enumerate(entries) if isinstance(entries, tuple) else ()
    return [(place, entry) for place, entry in listed if isinstance(entry, dict) and "value" in entry]


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "not quoted")


def _sentence(kind: str, where: tuple[int | str, ...], value: object, message: str) -> str:
    """A fault in words; ``kind`` is pydantic's name for it."""
    name = next((f"'{step}'" for step in reversed(where) if isinstance(step, str)), "the file")
    if kind == "extra_forbidden":
        return f"there is no key {name} here."
    if kind == "missing":
        return f"the key {name} is missing."
    if isinstance(value, Unquoted):
        what = value.text or "the value"
        return f"{name}: write {what} in quotes; unquoted, YAML takes it for something else than text."
    if kind == "value_error":
        return f"{name}: {message.removeprefix('Value error, ')}."
    if kind == "string_type":
        return f"{name}: it must be text, in quotes."
    if kind in ("tuple_type", "model_type", "dict_type"):
        return f"{name}: it must be {'a list' if kind == 'tuple_type' else 'a mapping'}."
    return f"{name}: {message[0].lower()}{message[1:]}."
