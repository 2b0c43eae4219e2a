"""Generator of picture files for the intake: real ones of every kind and mode, damaged ones, and traps.

All bytes are made here. The motif of the good ones is four quadrants, so that any turn or mirroring shows.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from PIL import Image

Color = tuple[int, int, int]
Quadrants = tuple[Color, Color, Color, Color]
"""Expected colours: top left, top right, bottom left, bottom right."""

RED, GREEN, BLUE, WHITE, BLACK = (220, 30, 30), (20, 180, 40), (30, 40, 200), (255, 255, 255), (0, 0, 0)
COLORS: Quadrants = (RED, GREEN, BLUE, WHITE)
GRAYS: Quadrants = ((40, 40, 40), (100, 100, 100), (180, 180, 180), (255, 255, 255))
GRAY_CORNER: Quadrants = (RED, GREEN, BLUE, (128, 128, 128))
INK: Quadrants = (BLACK, WHITE, WHITE, BLACK)
SIZE = (96, 64)

T = Image.Transpose
STORED = {1: None, 2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM}
STORED |= {5: T.TRANSPOSE, 6: T.ROTATE_90, 7: T.TRANSVERSE, 8: T.ROTATE_270}
"""How a picture lies in the file for each EXIF orientation."""


def motif(colors: Quadrants = COLORS, size: tuple[int, int] = SIZE) -> Image.Image:
    tiny = np.array([[colors[0], colors[1]], [colors[2], colors[3]]], dtype=np.uint8)
    return Image.fromarray(tiny).resize(size, Image.Resampling.NEAREST)


def save(image: Image.Image, kind: str, **options: Any) -> bytes:
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(size: tuple[int, int] = (160, 120)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(7).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))


def turned(kind: str, orientation: int) -> bytes:
    """A file that shows the motif upright only where its orientation is heeded."""
    stored = STORED[orientation]
    image = motif() if stored is None else motif().transpose(stored)
    exif = Image.Exif()
    exif[274] = orientation
    # As bytes: from these pillow-heif derives the turn that a HEIC carries outside of EXIF.
    return save(image, kind, exif=exif.tobytes(), **({"quality": 95} if kind == "JPEG" else {}))


# --- PNG by hand ----------------------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, color: int, rows: bytes, *extra: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    packed = zlib.compress(rows, 9)
    chunks = (chunk(b"IHDR", header), *extra, chunk(b"IDAT", packed), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def png_with_true_sums(data: bytes) -> bytes:
    """The checksums of a damaged PNG made right again, so that the damage reaches the decoder."""
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        end = at + 8 + int.from_bytes(out[at : at + 4], "big")
        if end + 4 > len(out):
            break
        out[end : end + 4] = zlib.crc32(out[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(out)


def png_of_zeros(width: int, height: int, depth: int = 1) -> bytes:
    return png(width, height, depth, 0, bytes((1 + (width * depth + 7) // 8) * height))


def png_rgb16() -> bytes:
    values = np.asarray(motif()).astype(">u2") * 257
    return png(*SIZE, 16, 2, b"".join(b"\0" + row.tobytes() for row in values))


def png_color_key() -> bytes:
    """RGB whose black is declared transparent."""
    values = np.asarray(motif((BLACK, GREEN, BLUE, BLACK)))
    key = chunk(b"tRNS", bytes(6))
    return png(*SIZE, 8, 2, b"".join(b"\0" + row.tobytes() for row in values), key)


def png_false_length() -> bytes:
    good = save(noise(), "PNG")
    at = good.index(b"IDAT") - 4
    return good[:at] + b"\xff\xff\xff\xff" + good[at + 4 :]


# --- PDF by hand ----------------------------------------------------------------------------------------------------

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
QUADRANT_INK = (
    b"0.8627 0.1176 0.1176 rg 0 100 150 100 re f 0.0784 0.7059 0.1569 rg 150 100 150 100 re f "
    b"0.1176 0.1569 0.7843 rg 0 0 150 100 re f"
)


def pdf(pages: int = 1, *, box: str = "0 0 300 200", ink: bytes = QUADRANT_INK, more: str = "", trailer: str = "",
        extra: Iterable[bytes] = ()) -> bytes:  # fmt: skip
    """A PDF whose pages show the motif."""
    kids = " ".join(f"{4 + number} 0 R" for number in range(pages))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode()]
    objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(ink), ink))
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 3 0 R/Resources<<>>{more}>>".encode()
    objects += [page] * pages
    objects += extra
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer.encode(), start)
    return bytes(out)


def pdf_annotated() -> bytes:
    """The top-left quadrant is drawn by an annotation only."""
    look = b"0.8627 0.1176 0.1176 rg 0 0 150 100 re f"
    stream = b"<</Type/XObject/Subtype/Form/BBox[0 0 150 100]/Length %d>>stream\n%s\nendstream" % (len(look), look)
    note = b"<</Type/Annot/Subtype/Stamp/F 4/Rect[0 100 150 200]/AP<</N 5 0 R>>>>"
    rest = QUADRANT_INK.split(b" f ", 1)[1]
    return pdf(ink=rest, more="/Annots[6 0 R]", extra=(stream, note))


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j, out, i = list(range(256)), 0, bytearray(), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def pdf_encrypted(user: bytes = b"open sesame") -> bytes:
    """Standard security handler, revision 2 (RC4, 40 bits); an empty user password lets everybody read it."""
    identity, rights = b"0123456789abcdef", struct.pack("<i", -4)
    padded = (user + _PAD)[:32]
    owner = _rc4(hashlib.md5((b"owner" + _PAD)[:32]).digest()[:5], padded)
    key = hashlib.md5(padded + owner + rights + identity).digest()[:5]
    handler = f"/Filter/Standard/V 1/R 2/P -4/O<{owner.hex()}>/U<{_rc4(key, _PAD).hex()}>"
    own = hashlib.md5(key + (3).to_bytes(3, "little") + bytes(2)).digest()[:10]
    return pdf(ink=_rc4(own, QUADRANT_INK), trailer=f"/Encrypt<<{handler}>>/ID[<{identity.hex()}><{identity.hex()}>]")


# --- TIFF -----------------------------------------------------------------------------------------------------------


def tiff(images: list[Image.Image], **options: Any) -> bytes:
    return save(images[0], "TIFF", save_all=True, append_images=images[1:], **options)


def tiff_with_thumbnail() -> bytes:
    """Two directories, the second marked as a smaller version of the first."""
    from PIL import TiffImagePlugin

    out = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(out, True) as writer:
        motif().save(writer, "TIFF")
        writer.newFrame()
        marks = TiffImagePlugin.ImageFileDirectory_v2()
        marks[254] = 1
        motif(size=(12, 8)).save(writer, "TIFF", tiffinfo=marks)
    return out.getvalue()


def wide(dtype: str, low: float, high: float, kind: str = "TIFF") -> bytes:
    """The gray motif with ``low`` for black and ``high`` for white, in another number type."""
    gray = np.asarray(motif(GRAYS).convert("L")).astype(np.float64) / 255
    values = (low + gray * (high - low)).astype(dtype)
    return save(Image.fromarray(values), kind)


# --- the collections ------------------------------------------------------------------------------------------------


def _veil(image: Image.Image) -> Image.Image:
    """The last quadrant transparent, with black under it."""
    image = image.convert("RGBA")
    image.paste((0, 0, 0, 0), (SIZE[0] // 2, SIZE[1] // 2, *SIZE))
    return image


def _palette_with_hole() -> bytes:
    image = motif((RED, GREEN, BLUE, BLACK)).quantize(8)
    hole = image.getpixel((SIZE[0] - 1, SIZE[1] - 1))
    return save(image, "PNG", transparency=hole)


def good() -> dict[str, tuple[Callable[[], bytes], Quadrants]]:
    """Files that open as one page of ``SIZE``, with the colours they show."""
    m, gray = motif(), motif(GRAYS).convert("L")
    return {
        "jpeg": (lambda: save(m, "JPEG", quality=95), COLORS),
        "jpeg-gray": (lambda: save(gray, "JPEG"), GRAYS),
        "jpeg-cmyk": (lambda: save(m.convert("CMYK"), "JPEG", quality=95), COLORS),
        "jpeg-progressive": (lambda: save(m, "JPEG", quality=95, progressive=True), COLORS),
        "jpeg-trailer": (lambda: save(m, "JPEG", quality=95) + b"SEFT" * 50, COLORS),
        "jpeg-gray-corner": (lambda: save(motif(GRAY_CORNER), "JPEG", quality=95), GRAY_CORNER),
        "jpeg-icc-rubbish": (lambda: save(m, "JPEG", quality=95, icc_profile=b"no profile" * 20), COLORS),
        "mpo": (lambda: save(m, "MPO", quality=95, save_all=True, append_images=[motif(GRAYS)]), COLORS),
        "png": (lambda: save(m, "PNG"), COLORS),
        "png-gray": (lambda: save(gray, "PNG"), GRAYS),
        "png-1-bit": (lambda: save(motif(INK).convert("1"), "PNG"), INK),
        "png-palette": (lambda: save(m.quantize(8), "PNG"), COLORS),
        "png-palette-hole": (_palette_with_hole, COLORS),
        "png-alpha": (lambda: save(_veil(m), "PNG"), COLORS),
        "png-la": (lambda: save(_veil(motif(GRAYS)).convert("LA"), "PNG"), GRAYS),
        "png-16-gray": (lambda: wide("uint16", 0, 65535, "PNG"), GRAYS),
        "png-16-rgb": (png_rgb16, COLORS),
        "png-color-key": (png_color_key, (WHITE, GREEN, BLUE, WHITE)),
        "apng": (lambda: save(m, "PNG", save_all=True, append_images=[motif(GRAYS)]), COLORS),
        "webp": (lambda: save(m, "WEBP", quality=95), COLORS),
        "webp-lossless": (lambda: save(m, "WEBP", lossless=True), COLORS),
        "webp-alpha": (lambda: save(_veil(m), "WEBP", lossless=True, exact=True), COLORS),
        "webp-animated": (lambda: save(m, "WEBP", lossless=True, save_all=True, append_images=[motif(GRAYS)]), COLORS),
        "heic": (lambda: save(m, "HEIF", quality=95), COLORS),
        "heic-alpha": (lambda: save(_veil(m), "HEIF", quality=95), COLORS),
        "tiff": (lambda: save(m, "TIFF"), COLORS),
        "tiff-lzw": (lambda: save(m, "TIFF", compression="tiff_lzw"), COLORS),
        "tiff-deflate": (lambda: save(m, "TIFF", compression="tiff_adobe_deflate"), COLORS),
        "tiff-jpeg": (lambda: save(m, "TIFF", compression="jpeg", quality=95), COLORS),
        "tiff-group4": (lambda: save(motif(INK).convert("1"), "TIFF", compression="group4"), INK),
        "tiff-cmyk": (lambda: save(m.convert("CMYK"), "TIFF"), COLORS),
        "tiff-alpha": (lambda: save(_veil(m), "TIFF"), COLORS),
        "tiff-uint16": (lambda: wide("uint16", 0, 65535), GRAYS),
        "tiff-int32": (lambda: wide("int32", -(2**31), 2**31 - 1), GRAYS),
        "tiff-float": (lambda: wide("float32", 0, 1), GRAYS),
        "tiff-thumbnail": (tiff_with_thumbnail, COLORS),
        "bmp": (lambda: save(m, "BMP"), COLORS),
        "bmp-palette": (lambda: save(m.quantize(8), "BMP"), COLORS),
        "bmp-1-bit": (lambda: save(motif(INK).convert("1"), "BMP"), INK),
    }


def small() -> dict[str, bytes]:
    """One small file of each format, to be mutated."""
    image = noise((40, 30))
    two = [image, motif(size=(40, 30))]
    return {
        "jpeg": save(image, "JPEG"),
        "jpeg-progressive": save(image, "JPEG", progressive=True),
        "mpo": save(image, "MPO", save_all=True, append_images=[motif(size=(40, 30))]),
        "png": save(image, "PNG"),
        "png-palette": save(image.quantize(16), "PNG", transparency=3),
        "webp": save(image, "WEBP"),
        "webp-lossless": save(_veil(motif()), "WEBP", lossless=True),
        "heic": save(image, "HEIF"),
        "tiff": tiff(two),
        "tiff-lzw": tiff(two, compression="tiff_lzw"),
        "bmp": save(image, "BMP"),
        "pdf": pdf(2),
    }


def refused() -> dict[str, tuple[Callable[[], bytes], str]]:
    """Files that must not open under the default settings, with the code of the error."""
    webp, heic, bmp = save(noise(), "WEBP"), save(noise(), "HEIF"), save(noise(), "BMP")
    jpeg, shot = save(noise(), "JPEG"), save(noise(), "PNG")
    progressive = save(noise(), "JPEG", progressive=True)
    flat, lzw = tiff([noise()] * 2), tiff([noise()] * 2, compression="tiff_lzw")
    line, large = Image.new("1", (120, 10)), Image.new("1", (8000, 8000))
    return {
        "empty": (lambda: b"", "empty_file"),
        "one-byte": (lambda: b"\xff", "not_a_picture"),
        "zeros": (lambda: bytes(5000), "not_a_picture"),
        "random": (lambda: np.random.default_rng(3).bytes(5000), "not_a_picture"),
        "text": (lambda: b"Member ID 123456789\n" * 30, "not_a_picture"),
        "html": (lambda: b"<!DOCTYPE html><html><body>404</body></html>", "not_a_picture"),
        "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not_a_picture"),
        "eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_a_picture"),
        "gif": (lambda: save(motif().quantize(8), "GIF"), "not_a_picture"),
        "zip": (lambda: b"PK\x03\x04" + bytes(100), "not_a_picture"),
        "avif": (lambda: save(motif(), "AVIF"), "not_a_picture"),
        "ico": (lambda: save(motif(size=(32, 32)), "ICO"), "not_a_picture"),
        "jpeg-end-only": (lambda: jpeg[:-2], "damaged_picture"),
        "jpeg-last-bytes": (lambda: jpeg[:-12], "damaged_picture"),
        "jpeg-half": (lambda: jpeg[: len(jpeg) // 2], "damaged_picture"),
        "jpeg-header": (lambda: jpeg[:300], "damaged_picture"),
        "jpeg-start": (lambda: jpeg[:4], "damaged_picture"),
        "jpeg-zero-tail": (lambda: jpeg[: len(jpeg) // 2] + bytes(len(jpeg) // 2), "damaged_picture"),
        "jpeg-half-and-end": (lambda: jpeg[: len(jpeg) // 2] + b"\xff\xd9", "damaged_picture"),
        "jpeg-hole": (lambda: jpeg[: len(jpeg) // 3] + jpeg[len(jpeg) // 2 :], "damaged_picture"),
        "jpeg-progressive-half": (lambda: progressive[: len(progressive) // 2], "damaged_picture"),
        "png-end-only": (lambda: shot[:-12], "damaged_picture"),
        "png-last-byte": (lambda: shot[:-1], "damaged_picture"),
        "png-half": (lambda: shot[: len(shot) // 2], "damaged_picture"),
        "png-flipped-bit": (lambda: shot[:9000] + bytes([shot[9000] ^ 4]) + shot[9001:], "damaged_picture"),
        "png-false-length": (png_false_length, "damaged_picture"),
        "png-no-rows": (lambda: png(100, 100, 8, 0, b""), "damaged_picture"),
        "webp-half": (lambda: webp[: len(webp) // 2], "damaged_picture"),
        "webp-last-byte": (lambda: webp[:-1], "damaged_picture"),
        "heic-half": (lambda: heic[: len(heic) // 2], "damaged_picture"),
        "heic-last-byte": (lambda: heic[:-1], "damaged_picture"),
        "bmp-half": (lambda: bmp[: len(bmp) // 2], "damaged_picture"),
        "tiff-half": (lambda: flat[: len(flat) // 2 + 500], "damaged_picture"),
        "tiff-lzw-half": (lambda: lzw[: len(lzw) // 2], "damaged_picture"),
        "pdf-half": (lambda: pdf()[: len(pdf()) // 2], "damaged_picture"),
        "pdf-no-end": (lambda: pdf()[:-30], "damaged_picture"),
        "pdf-rubbish": (lambda: b"%PDF-1.4\n" + b"rubbish " * 100 + b"\n%%EOF", "damaged_picture"),
        "pdf-no-pages": (lambda: pdf(0), "damaged_picture"),
        "pdf-password": (pdf_encrypted, "password_protected"),
        "pdf-11-pages": (lambda: pdf(11), "too_many_pages"),
        "tiff-11-pages": (lambda: tiff([line] * 11, compression="group4"), "too_many_pages"),
        "png-400-megapixels": (lambda: png_of_zeros(20_000, 20_000), "too_many_pixels"),
        "png-51-megapixels": (lambda: png_of_zeros(8500, 6000, 8), "too_many_pixels"),
        "jpeg-51-megapixels": (lambda: save(Image.new("L", (8500, 6000)), "JPEG"), "too_many_pixels"),
        "webp-256-megapixels": (lambda: webp_claiming(16_000, 16_000), "too_many_pixels"),
        "tiff-second-page-64-megapixels": (lambda: tiff([line, large], compression="group4"), "too_many_pixels"),
        "png-long": (lambda: png_of_zeros(12_000, 10), "side_too_long"),
        "bmp-high": (lambda: save(Image.new("1", (10, 12_000)), "BMP"), "side_too_long"),
        "too-large": (lambda: save(motif(), "JPEG") + bytes(25_000_000), "file_too_large"),
    }


def webp_claiming(width: int, height: int) -> bytes:
    """An extended WebP whose canvas is larger than what is in it."""
    good = save(_veil(motif()), "WEBP")
    assert good[12:16] == b"VP8X"
    return good[:24] + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + good[30:]


def mutations(data: bytes, count: int, seed: int) -> Iterable[bytes]:
    """Bit flips, cuts, holes, doubled and zeroed parts; the first bytes stay, so that the decoder is reached."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(int(random.integers(1, 6))):
            at = int(random.integers(12, max(13, len(changed) - 1)))
            size = int(random.integers(1, 40))
            match int(random.integers(0, 8)):
                case 0:
                    del changed[at:]
                case 1:
                    del changed[at : at + size]
                case 2:
                    changed[at:at] = changed[at : at + size]
                case 3:
                    changed[at : at + size] = bytes(len(changed[at : at + size]))
                case 4:
                    changed[at : at + 4] = b"\xff\xff\xff\xff"
                case _:
                    changed[min(at, len(changed) - 1)] ^= 1 << int(random.integers(0, 8))
        # Half of the PNGs keep a false checksum and stop there.
        fixed = data.startswith(b"\x89PNG") and random.integers(0, 2) == 0
        yield png_with_true_sums(bytes(changed)) if fixed else bytes(changed)
