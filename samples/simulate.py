"""A phone's camera: a flat sheet (a card side, a phone, a page) becomes a photo, with the exact place of its corners.

Corners go clockwise from the top-left of the upright text, in pixels of the picture as viewed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.kit import Backdrop, Camera

Rgb: TypeAlias = NDArray[Any]
Quad: TypeAlias = NDArray[Any]

COARSE = 4
"""The ground is drawn at a quarter of the picture's size, light and shade at an eighth: both are soft."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How one picture is taken. Angles in degrees, lengths as parts of the card's longer projected side.

    Attributes:
        size: Width and height of the picture as viewed.
        fill: Longer side of the sheet as a part of the picture's width.
        spin: Turn of the sheet in its plane, clockwise.
        tilt: Angle between the sheet and the picture plane.
        offset: Shift of the sheet's centre as a part of the picture; None: anywhere that keeps it inside.
        blur: Sigma of the defocus in pixels of a 4000-pixel picture. motion: length of the smear likewise.
        light: Brightness. warmth: red against blue. slope: how much the light falls off across the picture.
        glare, shadow: Strength 0-1. thumbs: fingers over the rim. hand: a hand holds the sheet.
        moire: Strength of the screen's grid, 0-1.
        covers: Parts of the sheet that something lies on: left, top, right, bottom in 0-1.
        ground_seed: Seed of the backdrop, so that two pictures can be taken on one table.
    """

    size: tuple[int, int]
    backdrop: Backdrop
    fill: float = 0.7
    spin: float = 0.0
    tilt: float = 0.0
    offset: tuple[float, float] | None = None
    blur: float = 0.8
    motion: float = 0.0
    noise: float = 3.0
    light: float = 1.0
    warmth: float = 0.0
    slope: float = 0.15
    glare: float = 0.0
    shadow: float = 0.0
    thumbs: int = 0
    hand: bool = False
    moire: float = 0.0
    covers: tuple[tuple[float, float, float, float], ...] = ()
    ground_seed: int = 0


def photograph(sheet: Rgb, shot: Shot, camera: Camera, rng: np.random.Generator) -> tuple[Rgb, Quad]:
    """Take a picture of an RGBA sheet; answers RGB and the 3x3 homography from sheet to picture."""
    width, height = shot.size
    place = _homography(sheet.shape[1], sheet.shape[0], shot, camera, rng)
    outline = transform(place, _rectangle(sheet.shape[1], sheet.shape[0]))
    span = float(np.linalg.norm(outline[1] - outline[0]))
    ground = shot.backdrop(width // COARSE, height // COARSE, np.random.default_rng(shot.ground_seed))
    if shot.hand:
        ground = cv2.GaussianBlur(ground, (0, 0), 9)
    _contact_shadow(ground, sheet, place, span / COARSE, rng)
    if shot.hand:
        _fingers(ground, outline / COARSE, rng, _skin(shot.ground_seed), count=3)
    picture = cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
    if shot.moire:
        sheet = _grid(sheet, shot.moire, rng)
    _paste(picture, sheet, place)
    for cover in shot.covers:
        _cover(picture, place, sheet, cover, rng)
    if shot.thumbs:
        _thumbs(picture, outline, rng, _skin(shot.ground_seed), shot.thumbs)
    picture = _lit(picture, outline, span, shot, camera, rng)
    picture = _blurred(picture, shot, rng)
    return _noisy(picture, shot.noise, rng), place


def transform(place: Quad, points: Quad) -> Quad:
    """Points of the sheet in the picture."""
    moved: Quad = cv2.perspectiveTransform(points.reshape(1, -1, 2).astype(np.float64), place)
    return moved.reshape(-1, 2)


def encode(picture: Rgb, quality: int, orientation: int = 1) -> bytes:
    """A JPEG whose EXIF orientation (1, 3, 6 or 8) brings the turned pixels back to ``picture`` as viewed."""
    turn = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_COUNTERCLOCKWISE, 8: cv2.ROTATE_90_CLOCKWISE}.get(orientation)
    stored = picture if turn is None else cv2.rotate(picture, turn)
    bgr = cv2.cvtColor(stored, cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    tiff = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + bytes([orientation]) + b"\x00" * 6
    body = b"Exif\x00\x00" + tiff
    return data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


# --- where the sheet lies -------------------------------------------------------------------------------------------


def _rectangle(width: float, height: float) -> Quad:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def _homography(sheet_w: int, sheet_h: int, shot: Shot, camera: Camera, rng: np.random.Generator) -> Quad:
    """Pinhole view of the sheet, turned and tilted, made smaller until it fits the picture."""
    width, height = shot.size
    unit = _rectangle(sheet_w, sheet_h) - np.array([sheet_w / 2, sheet_h / 2])
    unit /= max(sheet_w, sheet_h)
    spin, tilt, axis = np.radians(shot.spin), np.radians(shot.tilt), rng.uniform(0, 2 * np.pi)
    focal = rng.uniform(*camera.focal) * max(width, height)
    turned = unit @ np.array([[np.cos(spin), np.sin(spin)], [-np.sin(spin), np.cos(spin)]])
    along = turned @ np.array([np.cos(axis), np.sin(axis)])
    across = turned @ np.array([-np.sin(axis), np.cos(axis)])
    flat = np.outer(along, [np.cos(axis), np.sin(axis)]) + np.outer(
        across * np.cos(tilt), [-np.sin(axis), np.cos(axis)]
    )
    long = shot.fill * width
    while True:
        distance = focal / long
        seen = flat * (focal / (distance + across * np.sin(tilt)))[:, None]
        low, high = seen.min(0), seen.max(0)
        room = np.array([width, height]) - (high - low)
        if shot.offset is not None or bool((room > 0.03 * width).all()):
            break
        long *= 0.94
    if shot.offset is not None:
        centre = np.array([width * (0.5 + shot.offset[0]), height * (0.5 + shot.offset[1])])
    else:
        centre = rng.uniform(0.25, 0.75, 2) * (room - 0.02 * width) + 0.01 * width - low
    return cv2.getPerspectiveTransform(
        _rectangle(sheet_w, sheet_h).astype(np.float32), (seen + centre).astype(np.float32)
    )


def _paste(picture: Rgb, sheet: Rgb, place: Quad) -> None:
    """Warp the sheet into the picture; where it gets smaller it is averaged first, so that nothing aliases."""
    height, width = picture.shape[:2]
    outline = transform(place, _rectangle(sheet.shape[1], sheet.shape[0]))
    x0, y0 = np.maximum(np.floor(outline.min(0)).astype(int) - 2, 0)
    x1, y1 = np.minimum(np.ceil(outline.max(0)).astype(int) + 3, [width, height])
    scale = (
        max(float(np.linalg.norm(outline[1] - outline[0])), float(np.linalg.norm(outline[2] - outline[3])))
        / sheet.shape[1]
    )
    if scale < 0.8:
        size = (max(8, round(sheet.shape[1] * scale * 1.15)), max(8, round(sheet.shape[0] * scale * 1.15)))
        place = place @ np.diag([sheet.shape[1] / size[0], sheet.shape[0] / size[1], 1.0])
        sheet = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)
    shifted = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]]) @ place
    flat = sheet.copy()
    flat[..., :3] = cv2.multiply(sheet[..., :3], cv2.merge([sheet[..., 3]] * 3), scale=1 / 255)
    warped = cv2.warpPerspective(flat, shifted, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_LINEAR)
    under = picture[y0:y1, x0:x1]
    veil = cv2.merge([255 - warped[..., 3]] * 3)
    picture[y0:y1, x0:x1] = cv2.add(cv2.multiply(under, veil, scale=1 / 255), np.ascontiguousarray(warped[..., :3]))


# --- things around and over the sheet -------------------------------------------------------------------------------


def _contact_shadow(ground: Rgb, sheet: Rgb, place: Quad, span: float, rng: np.random.Generator) -> None:
    """The soft dark rim that a sheet throws on what it lies on; it follows the rounded corners."""
    shift = rng.uniform(-0.012, 0.012, 2) * span + np.array([0, 0.006 * span])
    factor = 16
    alpha = cv2.resize(sheet[..., 3], None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    stretch = np.diag([sheet.shape[1] / alpha.shape[1], sheet.shape[0] / alpha.shape[0], 1.0])
    move = np.array([[1 / COARSE, 0, shift[0]], [0, 1 / COARSE, shift[1]], [0, 0, 1]]) @ place @ stretch
    mask = cv2.warpPerspective(alpha, move, (ground.shape[1], ground.shape[0]))
    mask = cv2.convertScaleAbs(mask, alpha=float(rng.uniform(0.28, 0.5)))
    mask = 255 - cv2.GaussianBlur(mask, (0, 0), max(1.0, 0.008 * span))
    ground[:] = cv2.multiply(ground, cv2.merge([mask] * 3), scale=1 / 255)


def _skin(seed: int) -> tuple[int, int, int]:
    """One person's skin: the same in all pictures that are taken on one table."""
    tones = ((224, 172, 140), (198, 140, 108), (150, 100, 74), (110, 72, 54), (238, 194, 168))
    return tones[seed % len(tones)]


def _finger(canvas: Rgb, root: Quad, tip: Quad, thick: float, skin: tuple[int, int, int], *, nail: bool) -> None:
    """A rounded finger with shaded sides, drawn at the size of ``canvas``."""
    for share, tone in ((1.0, 0.72), (0.86, 0.86), (0.66, 1.0), (0.36, 1.06)):
        colour = [int(min(255, c * tone)) for c in skin]
        cv2.line(canvas, _at(root), _at(tip), colour, max(1, round(thick * share)), cv2.LINE_AA)
    if nail:
        way = (tip - root) / max(1.0, float(np.linalg.norm(tip - root)))
        angle = float(np.degrees(np.arctan2(way[1], way[0])))
        colour = [int(min(255, c * 1.08 + 12)) for c in skin]
        axes = (max(1, round(thick * 0.34)), max(1, round(thick * 0.27)))
        cv2.ellipse(canvas, _at(tip + way * thick * 0.08), axes, angle, 0, 360, colour, -1, cv2.LINE_AA)


def _at(point: Quad) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _fingers(ground: Rgb, outline: Quad, rng: np.random.Generator, skin: tuple[int, int, int], *, count: int) -> None:
    """Fingers that come out from under one short edge."""
    centre = outline.mean(0)
    edge = int(rng.choice([1, 3]))
    a, b = outline[edge], outline[(edge + 1) % 4]
    side = float(np.linalg.norm(b - a))
    for share in np.linspace(0.25, 0.8, count):
        rim = a + (b - a) * share
        away = (rim - centre) / max(1.0, float(np.linalg.norm(rim - centre)))
        _finger(ground, rim + away * side * 2.0, rim - away * side * 0.1, side * 0.24, skin, nail=False)


def _thumbs(picture: Rgb, outline: Quad, rng: np.random.Generator, skin: tuple[int, int, int], count: int) -> None:
    """Thumbs over the rim, at places where little is printed."""
    height, width = picture.shape[:2]
    small = np.zeros((height // COARSE, width // COARSE, 4), np.uint8)
    points, centre = outline / COARSE, outline.mean(0) / COARSE
    for edge in rng.permutation(4)[:count]:
        a, b = points[edge], points[(edge + 1) % 4]
        rim = a + (b - a) * rng.uniform(0.2, 0.8)
        away = (rim - centre) / max(1.0, float(np.linalg.norm(rim - centre)))
        side = float(np.linalg.norm(points[1] - points[0]))
        bare = np.ascontiguousarray(small[..., :3])
        _finger(
            bare, rim + away * side * 1.4, rim - away * side * rng.uniform(0.02, 0.06), side * 0.13, skin, nail=True
        )
        small[..., :3] = bare
    small[..., 3] = np.where(small[..., :3].any(-1), 255, 0)
    full = cv2.resize(cv2.GaussianBlur(small, (0, 0), 0.8), (width, height), interpolation=cv2.INTER_LINEAR)
    veil = cv2.merge([255 - full[..., 3]] * 3)
    picture[:] = cv2.add(cv2.multiply(picture, veil, scale=1 / 255), np.ascontiguousarray(full[..., :3]))


def _cover(
    picture: Rgb, place: Quad, sheet: Rgb, cover: tuple[float, float, float, float], rng: np.random.Generator
) -> None:
    """Something opaque (a note, a wallet) over a part of the sheet, given as left, top, right, bottom in 0-1."""
    h, w = sheet.shape[:2]
    corners = np.array([[cover[0], cover[1]], [cover[2], cover[1]], [cover[2], cover[3]], [cover[0], cover[3]]]) * [
        w,
        h,
    ]
    shape = np.round(transform(place, corners)).astype(np.int32)
    tone = [(246, 226, 120), (70, 48, 36), (120, 124, 130), (244, 170, 186)][int(rng.integers(4))]
    cv2.fillPoly(picture, [shape], tone, cv2.LINE_AA)


def _grid(sheet: Rgb, strength: float, rng: np.random.Generator) -> Rgb:
    """The pixels of a lit screen, which beat with those of the camera."""
    height, width = sheet.shape[:2]
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    period = float(rng.uniform(2.6, 3.4))
    fine = np.sin(xx * 2 * np.pi / period) * np.sin(yy * 2 * np.pi / (period * 1.03))
    slant = rng.uniform(0.3, 1.2)
    beat = np.sin((xx * np.cos(slant) + yy * np.sin(slant)) * 2 * np.pi / float(rng.uniform(26, 60)))
    gain = 1 - strength * (0.16 + 0.16 * fine + 0.10 * beat)
    out = sheet.copy()
    out[..., :3] = np.clip(sheet[..., :3] * gain[..., None], 0, 255).astype(np.uint8)
    return out


# --- light, lens and sensor -----------------------------------------------------------------------------------------


def _lit(picture: Rgb, outline: Quad, span: float, shot: Shot, camera: Camera, rng: np.random.Generator) -> Rgb:
    """Light that falls off, its colour, the lens's dark corners, cast shadows and glare."""
    height, width = picture.shape[:2]
    h, w = height // 8, width // 8
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    u, v, angle = xx / w - 0.5, yy / h - 0.5, rng.uniform(0, 2 * np.pi)
    gain = shot.light * (1 + shot.slope * (np.cos(angle) * u + np.sin(angle) * v))
    gain = gain * (1 - camera.vignette * (u * u + v * v))
    if shot.shadow:
        gain = gain * _cast_shadow(outline / 8, (w, h), shot.shadow, rng)
    tint = np.array([1 + shot.warmth, 1.0, 1 - shot.warmth], np.float32)
    gains = np.clip(gain[..., None] * tint * 128, 0, 255).astype(np.uint8)
    picture = cv2.multiply(picture, cv2.resize(gains, (width, height), interpolation=cv2.INTER_LINEAR), scale=1 / 128)
    if shot.glare:
        spots = cv2.resize(_glare(outline / 8, span / 8, (w, h), shot.glare, rng), (width, height))
        picture = cv2.add(picture, cv2.merge([spots] * 3))
    return picture


def _cast_shadow(outline: Quad, size: tuple[int, int], strength: float, rng: np.random.Generator) -> Any:
    """The edge of a phone's or a hand's shadow across the sheet."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    span = float(np.linalg.norm(outline[2] - outline[0]))
    through = outline.mean(0) + rng.uniform(-0.2, 0.2, 2) * span
    angle = rng.uniform(0, 2 * np.pi)
    along, out = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    if rng.random() < 0.6:  # a phone: one straight edge with a rounded end
        shape = np.array(
            [
                through - along * span * 0.5,
                through + along * span * 2,
                through + along * span * 2 + out * span,
                through - along * span * 0.5 + out * span,
            ]
        )
        cv2.fillPoly(mask, [np.round(shape).astype(np.int32)], 255)
    else:  # a hand: an arm and some fingers
        for i in range(4):
            start = through + out * span * 0.1 * i
            cv2.line(mask, _at(start), _at(start + along * span * 2), 255, max(2, round(span * 0.085)))
        cv2.line(
            mask,
            _at(through + along * span + out * span * 0.15),
            _at(through + along * span * 3),
            255,
            round(span * 0.5),
        )
    soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, span * rng.uniform(0.006, 0.03))).astype(np.float32) / 255
    return 1 - strength * soft


def _glare(outline: Quad, span: float, size: tuple[int, int], strength: float, rng: np.random.Generator) -> Any:
    """One or two bright blobs of a lamp or a window on the sheet."""
    w, h = size
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    total = np.zeros((h, w), np.float32)
    for _ in range(int(rng.integers(1, 3))):
        a, b = rng.uniform(0.1, 0.9, 2)
        centre = outline[0] + (outline[1] - outline[0]) * a + (outline[3] - outline[0]) * b
        turn, long = rng.uniform(0, 3.14), span * rng.uniform(0.06, 0.13)
        wide = long * rng.uniform(0.5, 1.0)
        dx, dy = xx - centre[0], yy - centre[1]
        p, q = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
        total += np.exp(-0.5 * ((p / long) ** 2 + (q / wide) ** 2)) * rng.uniform(0.9, 1.4)
    return np.clip(total * 255 * strength, 0, 255).astype(np.uint8)


def _blurred(picture: Rgb, shot: Shot, rng: np.random.Generator) -> Rgb:
    scale = max(picture.shape[:2]) / 4000
    sigma, smear = shot.blur * scale, shot.motion * scale
    if smear >= 2:
        size = int(smear) | 1
        kernel = np.zeros((size, size), np.float32)
        angle, mid = rng.uniform(0, np.pi), size // 2
        way = np.array([np.cos(angle), np.sin(angle)]) * mid
        cv2.line(kernel, _at(np.array([mid, mid]) - way), _at(np.array([mid, mid]) + way), 1.0, 1)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
    if sigma > 8:  # strong blur has no detail: work small
        factor = 8
        small = cv2.resize(picture, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), sigma / factor)
        return cv2.resize(small, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.GaussianBlur(picture, (0, 0), sigma) if sigma > 0.3 else picture


def _noisy(picture: Rgb, sigma: float, rng: np.random.Generator) -> Rgb:
    """Sensor noise, as a tile that is repeated: nobody sees the seam, and it costs a tenth."""
    raw = np.clip(rng.normal(128, sigma, (640, 640, 3)), 0, 255).astype(np.uint8)
    tile = cv2.addWeighted(raw, 0.7, cv2.GaussianBlur(raw, (3, 3), 0), 0.6, -38.4)
    height, width = picture.shape[:2]
    grain = cv2.repeat(tile, -(-height // 640), -(-width // 640))[:height, :width]
    return cv2.addWeighted(picture, 1.0, grain, 1.0, -128)
