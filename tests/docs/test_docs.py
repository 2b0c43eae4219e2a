"""The documents are held to the code: tables, links, commands, settings, and what the commands answer."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cardscan.classify.catalogue import ATTRIBUTES, BUILT_IN, STRENGTH, check_catalogue
from cardscan.cli import app
from cardscan.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*DOCS, ROOT / "README.md"]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:CARDSCAN_\w+=\S+ )*(?:\.venv/bin/)?cardscan ")


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _blocks(page: Path, *kinds: str) -> list[str]:
    return [body for kind, body in FENCE.findall(page.read_text(encoding="utf-8")) if kind in kinds]


# --- tables ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["errors.md", "settings.md"])
def test_tables_are_what_the_code_says(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert text == _script("generate").documents()[name], "stale: run `python -m docs.generate`"


def test_the_format_of_the_catalogue_is_told_in_full() -> None:
    text = (ROOT / "docs" / "adding-a-variant.md").read_text(encoding="utf-8")
    rows = [row.split(" | ") for row in re.findall(r"^\| (`.+) \|$", text, re.MULTILINE)]
    told = {CODE.findall(row[0])[0]: row[1:] for row in rows}
    assert {name: float(told[name][0]) for name in STRENGTH} == STRENGTH
    assert {name: set(CODE.findall(told[name][0])) for name in ATTRIBUTES} == {
        name: set(values) for name, values in ATTRIBUTES.items()
    }


def test_every_setting_that_is_named_exists() -> None:
    known = {f"CARDSCAN_{name.upper()}" for name in Settings.model_fields}
    for page in PAGES:
        named = set(re.findall(r"CARDSCAN_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


# --- links ----------------------------------------------------------------------------------------------------------


def _anchors(page: Path) -> set[str]:
    """Names of the headings, as the usual viewers make them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _links(page: Path) -> list[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def test_the_index_names_every_document() -> None:
    index = set(_links(ROOT / "docs" / "README.md"))
    assert {page.name for page in DOCS} - {"README.md"} <= index


def test_pictures_are_small_and_used() -> None:
    used = {link for page in DOCS for link in _links(page)}
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 200_000
        assert f"images/{picture.name}" in used


# --- commands -------------------------------------------------------------------------------------------------------


def _shown_commands(page: Path) -> Iterator[str]:
    """Command lines in blocks of code."""
    for block in _blocks(page, "", "sh", "bash"):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.strip().removeprefix("$ ").split(" | "):
                if COMMAND.match(part):
                    yield re.sub(r"<[^>]+>", "PLACE", COMMAND.sub("", part))


def _mentioned_commands(page: Path) -> Iterator[str]:
    """Commands named in the text, perhaps without all that they need."""
    for code in CODE.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if COMMAND.match(code):
            yield COMMAND.sub("", code)


def _find(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words call, and what is left of them."""
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        assert words[0] in command.commands, words
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_is_understood(page: Path) -> None:
    for shown in _shown_commands(page):
        command, words = _find(shlex.split(shown, comments=True))
        command.make_context(command.name, list(words)).close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_that_is_named_exists(page: Path) -> None:
    for shown in _mentioned_commands(page):
        command, words = _find(shown.split())
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, shown


# --- examples -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the samples, and the catalogue with the faults that the document shows."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    folder = shutil.copytree(BUILT_IN, tmp_path / "my-catalogue")
    (variant,) = [b for b in _blocks(ROOT / "docs" / "adding-a-variant.md", "yaml") if b.startswith("# variants/")]
    file = folder / "variants" / "ga-pos.yaml"
    file.write_text(variant.split("\n", 1)[1], encoding="utf-8")
    assert check_catalogue(folder) == ()
    wrong = variant.split("\n", 1)[1].replace("POS 3-Tier", "POS3").replace("region: GA", "region: Georgia")
    file.write_text(wrong, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _examples() -> Iterator[tuple[str, list[str]]]:
    """Commands shown with what they print, line by line."""
    for page in PAGES:
        for block in _blocks(page, ""):
            first, *lines = block.splitlines()
            if first.startswith("$ cardscan "):
                yield (
                    first.removeprefix("$ cardscan "),
                    [line.strip() for line in lines if line.strip() not in ("", "…")],
                )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "lines"), list(_examples()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_commands_print_what_is_shown(desk: Path, command: str, lines: list[str]) -> None:
    words = [
        str(found) for word in shlex.split(command)
        for found in (sorted(p.relative_to(desk) for p in desk.glob(word)) if "*" in word else [word])
    ]  # fmt: skip
    printed = iter(line.strip() for line in CliRunner().invoke(app, words).output.splitlines())
    for line in lines:
        assert line in printed, f"not printed, or not in this order: {line}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["adding-a-variant.md", "quickstart.md"])
def test_python_examples_run(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    for block in _blocks(ROOT / "docs" / name, "python"):
        exec(compile(block, name, "exec"), {})
        promised = re.findall(r"^print\(.*\)\s+# (.+)$", block, re.MULTILINE)
        assert capsys.readouterr().out.splitlines() == promised
