"""Real files: JPEG with EXIF, PNG, WebP, TIFF with pages, PDF."""

from __future__ import annotations

import io
import random
import struct
import time
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from samples.case import Corner, Picture, SideTruth
from samples.worlds.test_world.flats import Pixels, Shown

PDF_DPI, PDF_LONG_SIDE = 300.0, (1600.0, 3600.0)
STAMP = time.struct_time((2026, 3, 1, 9, 30, 0, 6, 60, 0))
TURNS = {
    1: 0,
    3: 2,
    6: 1,
    8: 3,
}  # EXIF orientation -> quarter turns, anticlockwise, from the picture as viewed to the file


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture as viewed, and the card sides in it."""

    pixels: Pixels
    shows: tuple[Shown, ...]


def side_truth(shown: Shown, scale: float = 1.0) -> SideTruth:
    if shown.corners is None:
        return SideTruth(shown.side, None, shown.lines)
    spots: list[Corner] = [(round(float(x) * scale, 2), round(float(y) * scale, 2)) for x, y in shown.corners]
    return SideTruth(shown.side, (spots[0], spots[1], spots[2], spots[3]), shown.lines)


def jpeg(name: str, frame: Frame, quality: int, orientation: int = 1) -> Picture:
    """A JPEG whose pixels are stored turned when ``orientation`` says so."""
    stored = np.rot90(frame.pixels, TURNS[orientation])
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(np.ascontiguousarray(stored), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not done:
        raise ValueError("the picture cannot be written as JPEG")
    whole = data.tobytes()
    if orientation != 1:
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "Handset"
        block = exif.tobytes()
        whole = whole[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + whole[2:]
    return Picture(name + ".jpg", whole, tuple(side_truth(s) for s in frame.shows))


def png(name: str, frame: Frame) -> Picture:
    _, data = cv2.imencode(".png", cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 3])
    return Picture(name + ".png", data.tobytes(), tuple(side_truth(s) for s in frame.shows))


def webp(name: str, frame: Frame) -> Picture:
    _, data = cv2.imencode(".webp", cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, 82])
    return Picture(name + ".webp", data.tobytes(), tuple(side_truth(s) for s in frame.shows))


def _pages(frames: list[Frame], one_bit: bool) -> list[Image.Image]:
    pages = [Image.fromarray(f.pixels) for f in frames]
    return [page.convert("1") for page in pages] if one_bit else pages


def tiff(name: str, frames: list[Frame], dpi: float, one_bit: bool = False) -> Picture:
    pages = _pages(frames, one_bit)
    out = io.BytesIO()
    pages[0].save(
        out,
        "TIFF",
        save_all=True,
        append_images=pages[1:],
        dpi=(dpi, dpi),
        compression="group4" if one_bit else "tiff_lzw",
    )
    return Picture(name + ".tif", out.getvalue(), tuple(side_truth(s) for f in frames for s in f.shows))


def pdf(name: str, frames: list[Frame], dpi: float, quality: int = 80, one_bit: bool = False) -> Picture:
    """One page a frame. Corners are for pages rendered at 300 dpi, the long side between 1600 and 3600 pixels."""
    pages = _pages(frames, one_bit)
    out = io.BytesIO()
    options = {} if one_bit else {"quality": quality}
    pages[0].save(
        out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, creationDate=STAMP, modDate=STAMP, **options
    )
    sides = []
    for frame in frames:
        least, most = (side / max(frame.pixels.shape[:2]) for side in PDF_LONG_SIDE)
        scale = min(max(PDF_DPI / dpi, least), most)
        sides += [side_truth(s, scale) for s in frame.shows]
    return Picture(name + ".pdf", out.getvalue(), tuple(sides))


def photo_file(rng: random.Random, name: str, frame: Frame, quality: tuple[int, int] = (74, 94)) -> Picture:
    orientation = rng.choice([1, 1, 1, 1, 6, 6, 3, 8])
    return jpeg(name, frame, rng.randint(*quality), orientation)
