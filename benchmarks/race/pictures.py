"""The pairs that are raced on: drawn 12-megapixel photos of the test world, or a folder of pictures with truths."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from PIL import Image, UnidentifiedImageError

from samples.case import Case
from samples.draw import draw_case

_MEGAPIXELS = 12.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Pictures of one card, and which it is.

    Attributes:
        id: A name for it.
        files: The pictures, as files.
        variant: The right variant; None for a card that is none.
        member_id: The printed number, where there is one.
    """

    id: str
    files: tuple[Path, ...]
    variant: str | None
    member_id: str | None


def drawn(count: int, seed: int, folder: Path, condition: str = "photo") -> Iterator[Pair]:
    """Photos of the test world, 12 megapixels each, every second card turned anyhow; written to ``folder``."""
    found = 0
    while found < count:
        case = draw_case("test", seed, condition=condition)
        seed += 1
        if len(case.pictures) == 2 and all(_megapixels(p.data) > _MEGAPIXELS - 1 for p in case.pictures):
            found += 1
            yield _written(case, folder)


def from_folder(folder: Path) -> Iterator[Pair]:
    """Pictures with truths beside them, laid out as in ``samples/finished``; a card in a PDF is left out, and told."""
    folder = folder.resolve()
    for path in sorted(folder.glob("*.yaml")):
        about = yaml.safe_load(path.read_text(encoding="utf-8"))
        files = tuple(folder / picture["name"] for picture in about["pictures"])
        truth = about["truth"]
        if not all(map(_is_picture, files)):
            print(f"{about['id']} is left out: not every contender opens its files.", file=sys.stderr)
            continue
        yield Pair(about["id"], files, truth["variant"], truth.get("fields", {}).get("member_id"))


def _written(case: Case, folder: Path) -> Pair:
    files = []
    for picture in case.pictures:
        path = folder / f"{case.id}-{picture.name}"
        path.write_bytes(picture.data)
        files.append(path)
    return Pair(case.id, tuple(files), case.truth.variant, case.truth.fields.get("member_id"))


def _is_picture(path: Path) -> bool:
    try:
        with Image.open(path):
            return True
    except UnidentifiedImageError:
        return False


def _megapixels(data: bytes) -> float:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.width * picture.height / 1e6
