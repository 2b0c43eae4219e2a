"""Plain data from YAML with a line for every fault, and without YAML's guesses about types.

YAML reads ``004336`` as a number and ``NO`` as false. Here only text, ``true``, ``false`` and ``null`` exist; any
other unquoted scalar stays what was written, marked as `Unquoted`, and no schema accepts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, where there is one: ten times as fast
_DEEPEST = 40
_STANDARD = "tag:yaml.org,2002:"
_TEXT = _STANDARD + "str"
_ALLOWED_PLAIN = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with the data, and where.

    Attributes:
        file: Name of the file within its folder; empty: it concerns the folder.
        line: 1-based; 0: it concerns the whole file.
        text: What is wrong, in one sentence.
    """

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        if not self.file:
            return self.text
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A scalar that YAML would turn into a number, a date or a truth value, as it was written."""

    text: str


def read_yaml(path: Path, faults: list[Fault]) -> tuple[yaml.Node | None, object]:
    """A file's node tree and its plain data: dicts, tuples, text, True, False, None and `Unquoted`.

    Faults are appended to ``faults``; where there is no usable tree, the answer is ``(None, None)``.
    """
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        faults.append(Fault(name, 0, "the file cannot be read as UTF-8 text."))
        return None, None
    try:
        # Aliases could make a value contain itself, and hide where a value stands.
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            line = event.start_mark.line + 1 if event.start_mark else 0
            if depth > _DEEPEST:
                faults.append(Fault(name, line, "too many brackets within each other."))
                return None, None
            if isinstance(event, yaml.AliasEvent):
                faults.append(Fault(name, line, "aliases (*name) are not allowed: write the value."))
                return None, None
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(Fault(name, mark.line + 1 if mark else 0, f"not YAML: {error.problem or error.context}."))
        return None, None
    except yaml.YAMLError:
        faults.append(Fault(name, 0, "not YAML: it has characters that YAML does not allow."))
        return None, None
    if root is None:
        faults.append(Fault(name, 0, "the file is empty."))
        return None, None
    return root, _plain(root, name, faults)


def line_of(root: yaml.Node, path: Sequence[str | int]) -> int:
    """1-based line of the value at ``path``, or of the nearest value around it."""
    node, line = root, root.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                continue
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _plain(node: yaml.Node, file: str, faults: list[Fault]) -> object:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, faults)
    if isinstance(node, yaml.SequenceNode):
        return tuple(_plain(child, file, faults) for child in node.value)
    return _scalar(node, file, faults)


def _mapping(node: yaml.MappingNode, file: str, faults: list[Fault]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
            faults.append(Fault(file, line, "a key is not text: write it in quotes."))
        elif key.value in plain:
            faults.append(Fault(file, line, f"the key '{key.value}' stands here a second time."))
        else:
            plain[key.value] = _plain(value, file, faults)
    return plain


def _scalar(node: yaml.Node, file: str, faults: list[Fault]) -> object:
    text: str = node.value
    if not node.tag.startswith(_STANDARD):
        faults.append(Fault(file, node.start_mark.line + 1, "tags (!name) are not allowed."))
        return text
    if node.tag != _TEXT:
        return _ALLOWED_PLAIN[text] if text in _ALLOWED_PLAIN else Unquoted(text)
    if not text or text != text.strip():
        faults.append(Fault(file, node.start_mark.line + 1, "the text is empty, or begins or ends with a space."))
    return text
