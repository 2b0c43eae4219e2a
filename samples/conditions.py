"""Under which conditions a card is pictured, and how each turns sheets into files."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from samples.case import Group, Picture
from samples.kit import Backdrop, Card, Kit, Side
from samples.numbers import chance, pick
from samples.sheets import Rgba, Sheet, on_page, on_screen, one_by_one, to_photograph, truth_of
from samples.simulate import Shot, encode, photograph, transform

Maker = Callable[[Kit, Card, np.random.Generator], tuple[Picture, ...]]

CONDITIONS: dict[str, Group] = {
    "clean": "good", "photo": "good", "photo_small": "good", "scan": "good", "pdf": "good", "screenshot": "good",
    "white_on_white": "good",
    "tilt30": "hard", "turned": "hard", "glare": "hard", "shadow": "hard", "thumb": "hard", "q55": "hard",
    "cluttered": "hard", "dim": "hard", "fax": "hard", "moire": "hard", "hand_held": "hard",
    "heavy_blur": "unreadable", "too_dark": "unreadable", "tiny": "unreadable", "covered": "unreadable",
    "cut_off": "unreadable", "front_only": "unreadable",
}  # fmt: skip
"""Every condition and its group."""


def take(kit: Kit, card: Card, condition: str, rng: np.random.Generator) -> tuple[Picture, ...]:
    """The files that show ``card`` under ``condition``."""
    pictures = _MAKERS.get(condition, _photos(condition))(kit, card, rng)
    if len(pictures) == 2 and chance(rng, 0.25):
        pictures = (pictures[1], pictures[0])
    return tuple(replace(p, name=f"{chr(97 + i)}{p.name}") for i, p in enumerate(pictures))


# --- photos ---------------------------------------------------------------------------------------------------------


def _shot(condition: str, kit: Kit, rng: np.random.Generator, sheet: Sheet) -> Shot:
    """How the picture of one sheet is taken under a condition."""
    size = pick(rng, list(kit.camera.sizes))
    tall = sheet.pixels.shape[0] > sheet.pixels.shape[1]
    if tall or chance(rng, 0.25):
        size = (size[1], size[0])
    warm = kit.camera.warmth
    ground = pick(rng, [b for name, b in kit.backdrops.items() if name not in ("white", "papers")])
    shot = Shot(
        size=size, backdrop=ground, fill=rng.uniform(0.6, 0.9), spin=rng.uniform(-15, 15), tilt=rng.uniform(0, 12),
        blur=rng.uniform(*kit.camera.blur), noise=rng.uniform(*kit.camera.noise), light=rng.uniform(0.85, 1.08),
        warmth=rng.uniform(-warm, warm), slope=rng.uniform(0.05, 0.35),
    )  # fmt: skip
    if tall:
        shot = replace(shot, fill=shot.fill * size[1] / size[0])
    return _CHANGES[condition](shot, kit, rng) if condition in _CHANGES else shot


def _busy(kit: Kit, rng: np.random.Generator) -> Backdrop:
    return pick(
        rng, [b for name, b in kit.backdrops.items() if name in ("papers", "keyboard", "things", "print", "tiles")]
    )


def _small(s: Shot, kit: Kit, rng: np.random.Generator) -> Shot:
    return replace(s, fill=0.35 * max(s.size) / s.size[0] * rng.uniform(0.95, 1.1), size=_largest(s, kit))


def _largest(s: Shot, kit: Kit) -> tuple[int, int]:
    big = max(kit.camera.sizes)
    return big if s.size[0] > s.size[1] else (big[1], big[0])


def _turned(s: Shot, kit: Kit, rng: np.random.Generator) -> Shot:
    return replace(s, spin=float(rng.choice([90, 180, 270])) + rng.uniform(-40, 40))


def _cut(s: Shot, kit: Kit, rng: np.random.Generator) -> Shot:
    side = float(rng.choice([-1, 1]))
    return replace(s, offset=(0.5 * side, rng.uniform(-0.1, 0.1)), fill=rng.uniform(0.8, 1.0), spin=rng.uniform(-6, 6))


_CHANGES: dict[str, Callable[[Shot, Kit, np.random.Generator], Shot]] = {
    "photo_small": _small,
    "white_on_white": lambda s, k, r: replace(s, backdrop=k.backdrops["white"], light=r.uniform(0.9, 1.02)),
    "tilt30": lambda s, k, r: replace(s, tilt=r.uniform(22, 30), spin=r.uniform(-25, 25)),
    "turned": _turned,
    "glare": lambda s, k, r: replace(s, glare=r.uniform(0.7, 1.1)),
    "shadow": lambda s, k, r: replace(s, shadow=r.uniform(0.35, 0.65)),
    "thumb": lambda s, k, r: replace(s, thumbs=int(r.integers(1, 3))),
    "cluttered": lambda s, k, r: replace(s, backdrop=_busy(k, r)),
    "dim": lambda s, k, r: replace(s, light=r.uniform(0.28, 0.42), noise=r.uniform(7, 11), motion=r.uniform(0, 5)),
    "hand_held": lambda s, k, r: replace(s, hand=True, thumbs=1, tilt=r.uniform(5, 20), motion=r.uniform(0, 4)),
    "moire": lambda s, k, r: replace(s, moire=r.uniform(0.5, 0.9), glare=r.uniform(0, 0.3)),
    "heavy_blur": lambda s, k, r: replace(s, blur=r.uniform(0.022, 0.03) * s.fill * s.size[0] * 4000 / max(s.size)),
    "too_dark": lambda s, k, r: replace(s, light=r.uniform(0.008, 0.016), noise=r.uniform(7, 10)),
    "cut_off": _cut,
}  # fmt: skip

_QUALITY = {"q55": (50, 58), "dim": (60, 80), "tiny": (60, 85)}


def _photos(condition: str) -> Maker:
    """Photos of every sheet, one after the other."""

    def make(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
        backdrop: Backdrop | None = None
        files, seed = [], int(rng.integers(2**31))
        for sheet in _before_camera(kit, card, condition, rng):
            shot = _shot(condition, kit, rng, sheet)
            backdrop = backdrop or shot.backdrop  # both sides are taken on the same table
            files.append(_photo(kit, sheet, replace(shot, backdrop=backdrop, ground_seed=seed), condition, rng))
        return tuple(files)

    return make


def _before_camera(kit: Kit, card: Card, condition: str, rng: np.random.Generator) -> list[Sheet]:
    sheets = to_photograph(kit, card, rng)
    if condition == "moire" and card.sheet != "phone":  # a plastic card shown on a phone, photographed
        sheets = to_photograph(kit, replace(card, sheet="phone"), rng)
    return sheets


def _photo(kit: Kit, sheet: Sheet, shot: Shot, condition: str, rng: np.random.Generator) -> Picture:
    picture, place = photograph(sheet.pixels, shot, kit.camera, rng)
    low, high = _QUALITY.get(condition, (72, 95))
    orientation = int(rng.choice([1, 1, 3, 6, 8])) if condition != "clean" else 1
    data = encode(picture, int(rng.integers(low, high + 1)), orientation)
    sides = tuple(t for s, q in sheet.sides if (t := truth_of(s, transform(place, q))))
    return Picture(".jpg", data, sides)


# --- files without a camera -----------------------------------------------------------------------------------------


def _flat(pixels: Rgba) -> Image.Image:
    """RGBA on white."""
    image = Image.fromarray(pixels)
    ground = Image.new("RGB", image.size, (255, 255, 255))
    ground.paste(image, (0, 0), image)
    return ground


def _png(sheet: Sheet, *, outlined: bool) -> Picture:
    out = io.BytesIO()
    _flat(sheet.pixels).save(out, "PNG", compress_level=1)
    sides = tuple(t for s, q in sheet.sides if (t := truth_of(s, q if outlined else None)))
    return Picture(".png", out.getvalue(), sides)


def _clean(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    """The drawn sides themselves: the picture is all card."""
    return tuple(_png(s, outlined=False) for s in one_by_one(card))


def _screenshot(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    if card.sheet in ("web", "page"):
        return _clean(kit, card, rng)
    return (_png(on_screen(kit, card, rng), outlined=True),)


def _pages(card: Card, rng: np.random.Generator, *, fax: bool = False) -> tuple[list[Sheet], int]:
    """One page with all sides, or a page a side; and the resolution in pixels per inch."""
    if fax:
        dpi, enlarged = 200, rng.uniform(1.7, 2.1)
    else:
        dpi, enlarged = pick(rng, [(300, 1.0), (300, 1.0), (250, 1.1), (200, 1.5)])
    groups: list[tuple[Side, ...]] = [card.sides] if chance(rng, 0.6) else [(s,) for s in card.sides]
    paper = int(rng.integers(246, 256))
    return [on_page(g, rng, dpi=dpi, enlarged=enlarged, paper=paper, skew=2.5) for g in groups], dpi


def _scanned(sheet: Sheet, rng: np.random.Generator) -> Image.Image:
    """What a flatbed adds: a little softness, grain, and the card's faint shadow."""
    image = np.asarray(_flat(sheet.pixels)).copy()
    for _, quad in sheet.sides:
        cv2.polylines(image, [np.round(quad).astype(np.int32)], True, (196, 196, 198), 2, cv2.LINE_AA)
    image = cv2.GaussianBlur(image, (0, 0), 0.6)
    grain = rng.normal(0, 2.0, (256, 256)).repeat(1).reshape(256, 256)
    tiled = np.tile(grain, (-(-image.shape[0] // 256), -(-image.shape[1] // 256)))[: image.shape[0], : image.shape[1]]
    return Image.fromarray(np.clip(image + tiled[..., None], 0, 255).astype(np.uint8))


def _truths(sheet: Sheet) -> tuple[Picture, ...]:
    return (Picture("", b"", tuple(t for s, q in sheet.sides if (t := truth_of(s, q)))),)


def _scan(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    sheets, dpi = _pages(card, rng)
    files = []
    for sheet in sheets:
        out = io.BytesIO()
        _scanned(sheet, rng).save(out, "JPEG", quality=int(rng.integers(75, 93)), dpi=(dpi, dpi))
        files.append(replace(_truths(sheet)[0], name=".jpg", data=out.getvalue()))
    return tuple(files)


def _pdf(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    """A PDF of the scanned pages; ``sides`` lie in pixels of the scan, in the order of the pages."""
    sheets, dpi = _pages(card, rng)
    pages, out = [_scanned(s, rng) for s in sheets], io.BytesIO()
    stamp = time.gmtime(1_700_000_000)  # a fixed date: the same seed gives the same bytes
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=dpi,
        quality=int(rng.integers(55, 86)),
        creationDate=stamp,
        modDate=stamp,
    )
    sides = tuple(t for sheet in sheets for t in _truths(sheet)[0].sides)
    return (Picture(".pdf", out.getvalue(), sides),)


def _fax(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    """Black and white at 200 pixels per inch, after a copier that enlarged the card."""
    sheets, dpi = _pages(card, rng, fax=True)
    files = []
    for sheet in sheets:
        grey = np.asarray(_scanned(sheet, rng).convert("L"))
        level = cv2.GaussianBlur(grey, (0, 0), 24).astype(np.int16) - 18
        bits = grey.astype(np.int16) + rng.normal(0, 5, grey.shape).astype(np.int16) > np.minimum(level, 176)
        out = io.BytesIO()
        Image.fromarray(bits).convert("1").save(out, "TIFF", compression="group4", dpi=(dpi, dpi))
        files.append(replace(_truths(sheet)[0], name=".tif", data=out.getvalue()))
    return tuple(files)


# --- pictures that cannot be read -----------------------------------------------------------------------------------


def _tiny(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    """Cards less than 220 pixels wide."""
    files = []
    for sheet in to_photograph(kit, card, rng):
        shot = replace(_shot("tiny", kit, rng, sheet), size=(1024, 768))
        longest = 330 if card.sheet == "phone" else 205
        fill = rng.uniform(0.75, 1.0) * longest / 1024
        files.append(_photo(kit, sheet, replace(shot, fill=fill, blur=1.5, noise=3.0), "tiny", rng))
    return tuple(files)


def _covered(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    """The back lies under something; of a phone, the panel of the back."""
    files = []
    for sheet in to_photograph(kit, card, rng):
        shot, (height, width) = _shot("covered", kit, rng, sheet), sheet.pixels.shape[:2]
        covers = []
        for side, quad in sheet.sides:
            if side.side != "front":
                (x0, y0), (x1, y1) = quad[0] / [width, height], quad[2] / [width, height]
                covers.append((x0 - 0.02, y0 + (y1 - y0) * 0.04, x1 + 0.02, y1 - (y1 - y0) * 0.02))
        files.append(_photo(kit, sheet, replace(shot, covers=tuple(covers)), "covered", rng))
    return tuple(files)


def _front_only(kit: Kit, card: Card, rng: np.random.Generator) -> tuple[Picture, ...]:
    return _photos("photo")(kit, replace(card, sides=card.sides[:1]), rng)


_MAKERS: dict[str, Maker] = {
    "clean": _clean, "scan": _scan, "pdf": _pdf, "screenshot": _screenshot, "fax": _fax, "tiny": _tiny,
    "covered": _covered, "front_only": _front_only,
}  # fmt: skip
