"""Bytes of one file become RGB pages. Runs in a worker process only: the decoders below may crash, hang or blow up.

Sizes and pages are held against the limits from the headers, before a pixel is decoded. numpy, HEIF and PDF libraries
are loaded when a file needs them, so that a worker starts fast.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from PIL import BmpImagePlugin, Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from cardscan.errors import (
    DamagedPicture,
    PasswordProtected,
    PictureError,
    SideTooLong,
    TooManyPages,
    TooManyPixels,
)
from cardscan.imaging.formats import Format, check_whole, jpeg_end, sniff, webp_size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cardscan.settings import Settings

# Named so that the plugins are registered: with `formats=` Pillow does not search for others.
PLUGINS: Final = (BmpImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)

Image.MAX_IMAGE_PIXELS = None  # it warns or raises at twice the number; `_check_size` says no at the limit itself

PDF_DPI = 300
PDF_LONG_SIDE = (1600, 3600)
"""Range in pixels to which the long side of a rendered PDF page is held."""

DOCUMENT_FACTOR = 4
"""All pages of a document together may have this many times the pixels of one picture."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WIDE_MODES = frozenset(("I", "F", "I;16", "I;16L", "I;16B", "I;16N"))
_BITS, _PHOTOMETRIC, _SAMPLE_FORMAT, _ORIENTATION = 258, 262, 339, 274
_SUBFILE, _OLD_SUBFILE = 254, 255
_PARTS = ((273, 279), (324, 325))  # offsets and lengths of strips, of tiles


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    Attributes:
        max_bytes: Size of the file.
        max_pixels: Pixels of one picture or page; all pages together may have ``DOCUMENT_FACTOR`` times as many.
        max_side: Longest side, in pixels.
        max_pages: Pages of one document.
        seconds: Time that opening it may take, once a worker has it.
        memory_mb: Memory that opening it may take, in MiB.
    """

    max_bytes: int
    max_pixels: int
    max_side: int
    max_pages: int
    seconds: float
    memory_mb: int

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        return cls(
            max_bytes=int(settings.max_file_mb * 1e6),
            max_pixels=int(settings.max_megapixels * 1e6),
            max_side=settings.max_side,
            max_pages=settings.max_pages,
            seconds=settings.decode_seconds,
            memory_mb=settings.decode_memory_mb,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One decoded page as it travels back: plain bytes are cheap to send and become a read-only array for nothing.

    Attributes:
        width: Width in pixels of the full page as viewed; ``height`` likewise.
        columns: Width in pixels of ``rgb``; ``rows`` likewise.
        rgb: Three bytes a pixel, row by row.
    """

    width: int
    height: int
    columns: int
    rows: int
    rgb: bytes


ALL = slice(None)


def decode(data: bytes, limits: Limits, target_side: int | None = None, wanted: slice = ALL) -> tuple[Page, ...]:
    """Pages of a file.

    Args:
        data: The file.
        limits: What it may cost, with all of its pages.
        target_side: Pixels that suffice for the long side; None: all there are.
        wanted: Which of its pages.

    Raises:
        PictureError: A subclass for each way in which it cannot be opened.
        MemoryError: It needs more than this process may have.
    """
    kind = sniff(data)
    try:
        if kind == "PDF":
            return _pdf(data, limits, target_side, wanted)
        return _raster(data, kind, limits, target_side, wanted)
    except (PictureError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - damaged files make the decoders raise nearly everything: SyntaxError, KeyError
        raise DamagedPicture(f"The {kind} data cannot be decoded.") from None


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise DamagedPicture("It has no pixels.")
    if width * height > limits.max_pixels:
        raise TooManyPixels(_limit(limits.max_pixels, width * height))
    if max(size) > limits.max_side:
        raise SideTooLong(f"The limit is {limits.max_side} pixels; it has {max(size)}.")


def _limit(most: int, found: int) -> str:
    return f"The limit is {most / 1e6:g} megapixels; it has {found / 1e6:.1f}."


# --- pictures -------------------------------------------------------------------------------------------------------


def _raster(data: bytes, kind: Format, limits: Limits, target_side: int | None, wanted: slice) -> tuple[Page, ...]:
    if kind == "WEBP" and (claimed := webp_size(data)) is not None:
        _check_size(claimed, limits)
    image = _open(data, kind)
    _check_size(image.size, limits)
    check_whole(data, kind)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _tiff(image, len(data), limits, target_side, wanted)
    size = image.size
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        _load_jpeg(image, data, target_side)
    else:
        image.load()
        size = image.size
    return (_page(image, size, target_side),)


def _open(data: bytes, kind: Format) -> Image.Image:
    if kind == "HEIF":
        _register_heif()
    return Image.open(io.BytesIO(data), formats=[kind])


@lru_cache(maxsize=1)
def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)


def _page(image: Image.Image, size: tuple[int, int], target_side: int | None) -> Page:
    """A loaded image upright, in RGB and not much larger than asked; ``size`` is that of the full image as stored."""
    orientation = _orientation(image)
    if orientation >= 5:
        size = size[1], size[0]
    if image.mode not in ("RGB", "L") or image.has_transparency_data:
        image = _to_rgb(image)
    factor = max(image.size) // target_side if target_side is not None else 1
    if factor >= 2 and max(image.size) > 2 * (target_side or 0):
        image = image.reduce(factor)
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
    if image.mode != "RGB":
        image = image.convert("RGB")
    return Page(size[0], size[1], image.width, image.height, image.tobytes())


def _orientation(image: Image.Image) -> int:
    try:
        value = int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - EXIF is decoration: broken, it must not cost the picture
        return 1
    return value if value in _TURNS else 1


def _load_jpeg(image: JpegImagePlugin.JpegImageFile, data: bytes, target_side: int | None) -> None:
    """Decode at the smallest of the scales 1, 1/2, 1/4, 1/8 that is large enough.

    Raises:
        DamagedPicture: The compressed data stop before the picture does, though an end mark follows. The decoder then
            fills the rest with middle gray and says nothing.
    """
    _draft(image, target_side)
    image.load()
    corner = image.crop((image.width - 1, image.height - 1, image.width, image.height)).tobytes()
    if any(abs(value - 128) > 1 for value in corner):
        return
    # A gray corner may be real. Data put in before the end mark show it: a whole picture has no use for them.
    end = jpeg_end(data)
    longer = Image.open(io.BytesIO(data[:end] + bytes(range(1, 255)) + b"\xff\xd9"), formats=["JPEG"])
    assert isinstance(longer, JpegImagePlugin.JpegImageFile)
    _draft(longer, target_side)
    longer.load()
    if longer.tobytes() != image.tobytes():
        raise DamagedPicture("The JPEG data stop before the picture is complete.")


def _draft(image: JpegImagePlugin.JpegImageFile, target_side: int | None) -> None:
    width, height = image.size
    if target_side is None:
        return
    for scale in (8, 4, 2):
        if max(image.size) >= scale * target_side and min(image.size) >= scale:
            image.draft(None, (width // scale, height // scale))
            return


# --- colours --------------------------------------------------------------------------------------------------------


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any mode as RGB: what is transparent becomes white paper, 16 and 32 bits are scaled and not clipped.

    Colour profiles are ignored: they move shades, never letters.
    """
    if image.mode in _WIDE_MODES:
        return _narrow(image)
    if image.mode == "LAB":
        return image.getchannel("L")
    if image.has_transparency_data:
        image = image.convert("LA") if image.mode == "La" else image
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("RGB")


def _narrow(image: Image.Image) -> Image.Image:
    import numpy as np

    values = np.asarray(image)
    if image.mode == "I" and _bits(image)[0] == 32 and _bits(image)[1] == 1:
        values = values.view(np.uint32)
    low, high = _range(image, values)
    scaled = np.nan_to_num(values.astype(np.float32)) - np.float32(low)
    scaled *= np.float32(255 / (high - low))
    gray = np.rint(scaled, out=scaled).clip(0, 255).astype(np.uint8)
    if _tags(image).get(_PHOTOMETRIC) == 0:  # "white is zero", which Pillow heeds up to 8 bits only
        gray = 255 - gray
    return Image.fromarray(gray)


def _range(image: Image.Image, values: NDArray[np.generic]) -> tuple[float, float]:
    """What stands for black and white: the ends of the number type; for floats, of the usual conventions."""
    import numpy as np

    bits, sample = _bits(image)
    if image.mode == "F" or sample == 3:
        finite = np.asarray(values, dtype=np.float32)
        finite = finite[np.isfinite(finite)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        for usual in (1.0, 255.0, 65535.0):
            if low >= 0 and high <= usual:
                return 0.0, usual
        return low, max(high, low + 1)
    if sample == 2:
        return -(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1
    return 0.0, 2.0**bits - 1


def _tags(image: Image.Image) -> Any:
    return getattr(image, "tag_v2", {})


def _bits(image: Image.Image) -> tuple[int, int]:
    """Bits per sample and TIFF's sample format: 1 unsigned, 2 signed, 3 float. Only TIFF has other than 16 unsigned."""
    tags = _tags(image)
    bits, sample = tags.get(_BITS, (16,)), tags.get(_SAMPLE_FORMAT, (1,))
    return int(bits[0]), int(sample[0])


# --- documents ------------------------------------------------------------------------------------------------------


def _tiff(
    image: TiffImagePlugin.TiffImageFile, length: int, limits: Limits, target: int | None, wanted: slice
) -> tuple[Page, ...]:
    frames = _tiff_frames(image, limits)
    together = 0
    for frame in frames:
        image.seek(frame)
        _check_size(image.size, limits)
        together += image.size[0] * image.size[1]
        for offsets, lengths in _PARTS:
            for start, size in zip(image.tag_v2.get(offsets, ()), image.tag_v2.get(lengths, ()), strict=False):
                if start + size > length:
                    raise DamagedPicture("The file ends before the picture does.")
    if together > DOCUMENT_FACTOR * limits.max_pixels:
        raise TooManyPixels(f"For all pages together: {_limit(DOCUMENT_FACTOR * limits.max_pixels, together)}")
    pages = []
    for frame in frames[wanted]:
        image.seek(frame)
        image.load()
        pages.append(_page(image, image.size, target))
    return tuple(pages)


def _tiff_frames(image: TiffImagePlugin.TiffImageFile, limits: Limits) -> list[int]:
    """The frames that are pages: not those that are thumbnails or masks of another."""
    frames: list[int] = []
    frame = 0
    while True:
        try:
            image.seek(frame)
        except EOFError:
            return frames or [0]
        if not int(image.tag_v2.get(_SUBFILE, 0)) & 0b101 and image.tag_v2.get(_OLD_SUBFILE) != 2:
            frames.append(frame)
        frame += 1
        if len(frames) > limits.max_pages or frame > 4 * limits.max_pages:
            raise TooManyPages(f"The limit is {limits.max_pages}; it has {limits.max_pages + 1} or more.")


def _pdf(data: bytes, limits: Limits, target_side: int | None, wanted: slice) -> tuple[Page, ...]:
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise PasswordProtected from None
        raise DamagedPicture("The PDF cannot be read.") from None
    try:
        check_whole(data, "PDF")
        if len(document) > limits.max_pages:
            raise TooManyPages(f"The limit is {limits.max_pages}; it has {len(document)}.")
        if len(document) == 0:
            raise DamagedPicture("It has no pages.")
        document.init_forms()  # what was typed into a form is drawn too
        return tuple(_pdf_page(document[i], limits, target_side) for i in range(len(document))[wanted])
    finally:
        document.close()


def _pdf_page(page: Any, limits: Limits, target_side: int | None) -> Page:
    size = page.get_size()
    scale = _pdf_scale(size, limits)
    width, height = (max(1, math.ceil(side * scale)) for side in size)
    if target_side is not None and target_side < max(width, height):
        scale = target_side / max(size) * (1 - 1e-9)
    bitmap = page.render(scale=scale, fill_color=(255, 255, 255, 255), rev_byteorder=True, draw_annots=True)
    image = bitmap.to_pil()
    result = Page(width, height, image.width, image.height, image.convert("RGB").tobytes())
    bitmap.close()
    page.close()
    return result


def _pdf_scale(size: tuple[float, float], limits: Limits) -> float:
    """Pixels per point: 300 dpi, the long side within ``PDF_LONG_SIDE`` and the limits, for a page may be any size."""
    width, height = size
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise DamagedPicture("A page has no size.")
    most = min(PDF_LONG_SIDE[1], limits.max_side)
    side = min(max(max(size) * PDF_DPI / 72, PDF_LONG_SIDE[0]), most)
    side = min(side, max(1.0, math.floor(math.sqrt(limits.max_pixels * max(size) / min(size))) - 1))
    return side / max(size) * (1 - 1e-9)  # pdfium rounds up: without this, to one pixel more
