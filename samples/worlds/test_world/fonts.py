"""Typefaces of this world. They come from the Debian packages listed in fonts.txt and from nowhere else."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

ROOTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")

FAMILIES: dict[str, tuple[str, str]] = {
    "roboto": ("Roboto-Regular.ttf", "Roboto-Bold.ttf"),
    "roboto-medium": ("Roboto-Medium.ttf", "Roboto-Black.ttf"),
    "roboto-condensed": ("RobotoCondensed-Regular.ttf", "RobotoCondensed-Bold.ttf"),
    "lato": ("Lato-Regular.ttf", "Lato-Bold.ttf"),
    "lato-heavy": ("Lato-Medium.ttf", "Lato-Heavy.ttf"),
    "open-sans": ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf"),
    "open-sans-condensed": ("OpenSans-CondLight.ttf", "OpenSans-CondBold.ttf"),
    "noto": ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    "noto-serif": ("NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf"),
    "nimbus": ("NimbusSans-Regular.otf", "NimbusSans-Bold.otf"),
    "nimbus-narrow": ("NimbusSansNarrow-Regular.otf", "NimbusSansNarrow-Bold.otf"),
    "nimbus-roman": ("NimbusRoman-Regular.otf", "NimbusRoman-Bold.otf"),
    "gothic": ("URWGothic-Book.otf", "URWGothic-Demi.otf"),
    "palatino": ("P052-Roman.otf", "P052-Bold.otf"),
    "garamond": ("EBGaramond12-Regular.otf", "EBGaramond12-Bold.otf"),
    "inter": ("Inter-Regular.otf", "Inter-Bold.otf"),
    "inter-medium": ("Inter-Medium.otf", "Inter-ExtraBold.otf"),
    "cantarell": ("Cantarell-Regular.otf", "Cantarell-Bold.otf"),
    "oxygen": ("Oxygen-Sans.ttf", "Oxygen-Sans-Bold.ttf"),
    "courier": ("Courier Prime.otf", "Courier Prime Bold.otf"),
    "mono": ("NimbusMonoPS-Regular.otf", "NimbusMonoPS-Bold.otf"),
    "ocr-a": ("OCRA.ttf", "OCRA.ttf"),
    "inconsolata": ("Inconsolata.otf", "Inconsolata.otf"),
    "hand": ("Humor-Sans.ttf", "Humor-Sans.ttf"),
    "pen": ("kristi.ttf", "kristi.ttf"),
}


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    found: dict[str, str] = {}
    for root in ROOTS:
        if root.is_dir():
            for path in sorted(root.rglob("*.[ot]tf")):
                found.setdefault(path.name.lower(), str(path))
    return found


@lru_cache(maxsize=4096)
def font(family: str, size_px: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A face at a size in pixels.

    Raises:
        FileNotFoundError: The Debian packages of fonts.txt are not installed.
    """
    name = FAMILIES[family][1 if bold else 0]
    path = _installed().get(name.lower())
    if path is None:
        raise FileNotFoundError(f"{name} is missing: install the packages of samples/worlds/test_world/fonts.txt")
    return ImageFont.truetype(path, size_px)


@lru_cache(maxsize=256)
def has(family: str, char: str) -> bool:
    """Whether the face has a glyph of its own for ``char`` (a missing one is drawn as an empty box)."""
    face = font(family, 40)
    return bytes(face.getmask(char)) != bytes(face.getmask("\uffff"))
