"""Fonts of the worlds. Each belongs to one world; a missing one is an error that names the Debian package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

ROOT = Path("/usr/share/fonts")


class FontMissing(RuntimeError):
    """A font file is not installed; the message names the Debian package that has it."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of faces from one Debian package. Paths are relative to /usr/share/fonts.

    Attributes:
        scale: Factor on every size, so that families of small x-height read as large as the others.
    """

    package: str
    regular: str
    bold: str
    scale: float = 1.0


@lru_cache(maxsize=512)
def face(package: str, path: str, size: int) -> ImageFont.FreeTypeFont:
    """A face at a size in pixels.

    Raises:
        FontMissing: The file is not there.
    """
    full = ROOT / path
    if not full.is_file():
        raise FontMissing(f"A font of the samples is missing; install it with: apt-get install {package}")
    return ImageFont.truetype(str(full), size)


def font_of(family: Family, size: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A face of a family at a size in pixels (before the family's own scale)."""
    return face(family.package, family.bold if bold else family.regular, max(6, round(size * family.scale)))
