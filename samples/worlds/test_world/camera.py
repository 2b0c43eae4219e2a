"""A phone camera: pin-hole projection, light, glare, fingers, blur, noise."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.worlds.test_world.flats import Flat, Pixels, Points, Shown, frame_of

Matrix = NDArray[Any]
"""A homography, 3 x 3."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How the flat thing lies: ``share`` of the frame's width, angles in degrees, offset in shares of the frame."""

    share: float
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    roll: float = 0.0
    offset: tuple[float, float] = (0.0, 0.0)
    fits: bool = True


def _turn(pose: Pose) -> Pixels:
    ax, ay, az = np.radians([pose.tilt_x, pose.tilt_y, pose.roll])
    rx = np.array([[1, 0, 0], [0, np.cos(ax), -np.sin(ax)], [0, np.sin(ax), np.cos(ax)]])
    ry = np.array([[np.cos(ay), 0, np.sin(ay)], [0, 1, 0], [-np.sin(ay), 0, np.cos(ay)]])
    rz = np.array([[np.cos(az), -np.sin(az), 0], [np.sin(az), np.cos(az), 0], [0, 0, 1]])
    turn: Matrix = rx @ ry @ rz
    return turn


def project(flat: Flat, frame: tuple[int, int], pose: Pose, rng: random.Random) -> Matrix:
    """The homography from the flat thing's pixels to the frame's pixels (width, height)."""
    width, height = frame
    focal = rng.uniform(0.74, 1.05) * max(width, height)
    centred = frame_of(flat.width, flat.height) - [flat.width / 2, flat.height / 2]
    solid = np.c_[centred, np.zeros(4)] @ _turn(pose).T
    centre = np.array([width * (0.5 + pose.offset[0]), height * (0.5 + pose.offset[1])])
    distance = focal * flat.width / (pose.share * width)
    for _ in range(40):
        spots = focal * solid[:, :2] / (solid[:, 2:] + distance) + centre
        low, high = spots.min(0), spots.max(0)
        if not pose.fits or ((high - low) <= np.array([width, height]) * 0.97).all():
            break
        distance *= 1.04
    if pose.fits:  # push it back into the frame
        margin = 0.012 * width
        spots += np.maximum(margin - low, 0) - np.maximum(high - np.array([width, height]) + margin, 0)
    pixels = frame_of(flat.pixels.shape[1], flat.pixels.shape[0])
    return cv2.getPerspectiveTransform(pixels.astype(np.float32), spots.astype(np.float32)).astype(np.float64)


def mapped(points: Points, matrix: Matrix) -> Points:
    moved: Points = cv2.perspectiveTransform(points.reshape(1, -1, 2).astype(np.float64), matrix)[0]
    return moved


def lay(scene: Pixels, flat: Flat, matrix: Matrix, *, raw: bool = False, lift: float = 1.0) -> tuple[Shown, ...]:
    """Put the flat thing into the scene, with its shadow (``lift`` 0: none). ``raw`` keeps aliasing (moire)."""
    high, wide = scene.shape[:2]
    corners = mapped(frame_of(flat.pixels.shape[1], flat.pixels.shape[0]), matrix)
    if lift:
        _shadow(scene, corners, lift)
    pixels, alpha, shrunk = flat.pixels, flat.alpha, matrix
    factor = np.linalg.norm(corners[1] - corners[0]) / flat.pixels.shape[1]
    if factor < 0.75 and not raw:
        size = (max(8, round(flat.pixels.shape[1] * factor)), max(8, round(flat.pixels.shape[0] * factor)))
        pixels, alpha = (
            cv2.resize(pixels, size, interpolation=cv2.INTER_AREA),
            cv2.resize(alpha, size, interpolation=cv2.INTER_AREA),
        )
        shrunk = matrix @ np.diag([flat.pixels.shape[1] / size[0], flat.pixels.shape[0] / size[1], 1.0])
    x0, y0 = np.maximum(np.floor(corners.min(0)) - 2, 0).astype(int)
    x1, y1 = np.minimum(np.ceil(corners.max(0)) + 2, [wide, high]).astype(int)
    local = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]]) @ shrunk
    size = (int(x1 - x0), int(y1 - y0))
    warped = cv2.warpPerspective(pixels, local, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(alpha, local, size, flags=cv2.INTER_LINEAR)
    blend(scene[y0:y1, x0:x1], warped, mask)
    return tuple(shown.moved(lambda corners: mapped(corners, matrix)) for shown in flat.shows)


def blend(under: Pixels, over: Pixels, mask: Pixels) -> None:
    """``over`` onto ``under`` in place; only the rim is computed."""
    np.copyto(under, over, where=(mask == 255)[..., None])
    rim = (mask > 0) & (mask < 255)
    share = mask[rim].astype(np.uint16)[:, None]
    under[rim] = ((over[rim] * share + under[rim] * (255 - share)) // 255).astype(np.uint8)


def _shadow(scene: Pixels, corners: Points, lift: float) -> None:
    high, wide = scene.shape[:2]
    step = max(2, wide // 700)  # a soft thing needs few pixels
    light = np.ones((high // step, wide // step), np.float32)
    span = float(np.linalg.norm(corners[1] - corners[0]))
    moved = (corners + span * 0.006 * lift) / [wide / light.shape[1], high / light.shape[0]]
    cv2.fillPoly(light, [np.round(moved * 16).astype(np.int32)], 0.55, cv2.LINE_8, 4)
    light = cv2.GaussianBlur(light, (0, 0), max(1.0, span * 0.008 * lift / step))
    shade(scene, light)


def shade(scene: Pixels, light: Pixels) -> None:
    """Multiply the scene with a small map of light (1: unchanged), one or three channels, in place."""
    high, wide = scene.shape[:2]
    small = (light * 128).clip(0, 255).astype(np.uint8)
    full = cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR)
    if full.ndim == 2:
        full = cv2.merge([full, full, full])
    cv2.multiply(scene, full, dst=scene, scale=1 / 128)


def room_light(rng: random.Random, *, level: float = 1.0, uneven: float = 0.15, cast: float = 0.05) -> Pixels:
    """A map of light 48 x 64 x 3: one side brighter, darker corners, a tint."""
    ys, xs = np.mgrid[-1:1:48j, -1:1:64j].astype(np.float32)
    angle = rng.uniform(0, 6.283)
    slope = 1 + uneven * (xs * np.cos(angle) + ys * np.sin(angle))
    vignette = 1 - rng.uniform(0.02, 0.14) * (xs**2 + ys**2)
    warmth = rng.uniform(-cast, cast)
    tint = np.array([1 + warmth, 1 + rng.uniform(-cast, cast) * 0.3, 1 - warmth], np.float32)
    light: Pixels = (level * slope * vignette)[..., None] * tint
    return light


def hard_shadow(scene: Pixels, corners: Points, rng: random.Random) -> None:
    """The shadow of a phone, an arm or a blind, across the card."""
    high, wide = scene.shape[:2]
    light = np.ones((high // 8, wide // 8), np.float32)
    centre, span = corners.mean(0) / 8, float(np.linalg.norm(corners[1] - corners[0])) / 8
    depth = rng.uniform(0.32, 0.55)
    kind = rng.choice(["phone", "arm", "blind"])
    angle = rng.uniform(0, 3.14)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    bands = [-0.7, -0.25, 0.2, 0.65] if kind == "blind" else [rng.uniform(-0.3, 0.3)]
    half = span * (0.1 if kind == "blind" else rng.uniform(0.22, 0.4))
    for band in bands:
        middle = centre + across * band * span
        far = 3 if kind != "phone" else 0.6
        quad = [
            middle + along * far * span + across * half,
            middle + along * far * span - across * half,
            middle - along * 3 * span - across * half,
            middle - along * 3 * span + across * half,
        ]
        cv2.fillPoly(light, [np.array(quad, np.int32)], depth)
    shade(scene, cv2.GaussianBlur(light, (0, 0), span * rng.uniform(0.01, 0.05)))


def glare(scene: Pixels, corners: Points, rng: random.Random, strength: float = 1.0) -> None:
    """The mirror image of a lamp or a window on the plastic: washed-out patches."""
    high, wide = scene.shape[:2]
    extra = np.zeros((high // 8, wide // 8), np.float32)
    span = float(np.linalg.norm(corners[1] - corners[0])) / 8
    across, down = (corners[1] - corners[0]) / 8, (corners[3] - corners[0]) / 8
    for _ in range(rng.choice([1, 1, 2])):
        spot = corners[0] / 8 + across * rng.uniform(0.15, 0.85) + down * rng.uniform(0.15, 0.85)
        size = (int(span * rng.uniform(0.1, 0.24)), int(span * rng.uniform(0.03, 0.09)))
        place = (int(spot[0]), int(spot[1]))
        cv2.ellipse(extra, place, size, rng.uniform(0, 180), 0, 360, rng.uniform(180, 330) * strength, -1)
    extra = cv2.GaussianBlur(extra, (0, 0), span * rng.uniform(0.012, 0.03)) + 0.5 * cv2.GaussianBlur(
        extra, (0, 0), span * 0.08
    )
    mask = np.zeros_like(extra)
    cv2.fillConvexPoly(mask, (corners / 8).astype(np.int32), 1.0)
    full = cv2.resize((extra * mask).clip(0, 255).astype(np.uint8), (wide, high), interpolation=cv2.INTER_LINEAR)
    cv2.add(scene, cv2.merge([full, full, full]), dst=scene)


SKIN = [(224, 182, 156), (198, 150, 120), (160, 112, 84), (116, 78, 58), (84, 56, 44), (236, 200, 178)]


def finger(
    scene: Pixels, start: Points, tip: Points, radius: float, rng: random.Random, tone: tuple[int, int, int], nail: bool
) -> None:
    """A finger from ``start`` to ``tip`` (frame pixels), with round shading and a nail."""
    high, wide = scene.shape[:2]
    small = (wide // 4, high // 4)
    mask = np.zeros((small[1], small[0]), np.uint8)
    a, b, r = tuple((start / 4).astype(int)), tuple((tip / 4).astype(int)), max(2, int(radius / 4))
    cv2.line(mask, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 255, 2 * r, cv2.LINE_AA)
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return
    y0, y1, x0, x1 = (
        max(0, ys.min() - r),
        min(small[1], ys.max() + r),
        max(0, xs.min() - r),
        min(small[0], xs.max() + r),
    )
    part = mask[y0:y1, x0:x1]
    depth = (cv2.distanceTransform((part > 127).astype(np.uint8), cv2.DIST_L2, 3) / r).clip(0, 1)
    round_light = 0.62 + 0.42 * np.sqrt(1 - (1 - depth) ** 2)
    skin = np.array(tone, np.float32) * round_light[..., None]
    if nail:
        way = (tip - start) / max(1.0, float(np.linalg.norm(tip - start)))
        spot = tip / 4 + way * r * 0.25 - [x0, y0]
        angle = float(np.degrees(np.arctan2(way[1], way[0])))
        cv2.ellipse(
            skin,
            (int(spot[0]), int(spot[1])),
            (int(r * 0.62), int(r * 0.5)),
            angle,
            0,
            360,
            tuple(float(min(255, c * 1.1 + 14)) for c in tone),
            -1,
            cv2.LINE_AA,
        )
    _finger_shadow(scene, mask, (x0, y0, x1, y1), r)
    size = ((x1 - x0) * 4, (y1 - y0) * 4)
    texture = np.random.default_rng(rng.randrange(2**31)).normal(0, 5, skin.shape[:2])[..., None]
    over = cv2.resize((skin + texture).clip(0, 255).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    cover = cv2.resize(cv2.GaussianBlur(part, (0, 0), 0.8), size, interpolation=cv2.INTER_LINEAR)
    under = scene[y0 * 4 : y0 * 4 + size[1], x0 * 4 : x0 * 4 + size[0]]
    blend(under, over[: under.shape[0], : under.shape[1]], cover[: under.shape[0], : under.shape[1]])


def _finger_shadow(scene: Pixels, mask: Pixels, box: tuple[int, int, int, int], r: int) -> None:
    """What a finger throws on the things around it; ``box`` and ``r`` in quarter pixels."""
    x0, y0, x1, y1 = (
        max(0, box[0] - r),
        max(0, box[1] - r),
        min(mask.shape[1], box[2] + 2 * r),
        min(mask.shape[0], box[3] + 2 * r),
    )
    shadow = cv2.GaussianBlur(mask[y0:y1, x0:x1], (0, 0), r * 0.35).astype(np.float32) / 255
    part = np.ascontiguousarray(scene[4 * y0 : 4 * y1, 4 * x0 : 4 * x1])
    shade(part, 1 - 0.45 * np.roll(shadow, (r // 3, r // 4), (0, 1)))
    scene[4 * y0 : 4 * y1, 4 * x0 : 4 * x1] = part


def defocus(scene: Pixels, sigma: float) -> Pixels:
    """Blur of ``sigma`` pixels; strong blur is made at a smaller size."""
    if sigma < 0.3:
        return scene
    if sigma < 3:
        return cv2.GaussianBlur(scene, (0, 0), sigma)
    high, wide = scene.shape[:2]
    small = cv2.resize(scene, (wide // 4, high // 4), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / 4), (wide, high), interpolation=cv2.INTER_LINEAR)


def shake(scene: Pixels, length: float, rng: random.Random) -> Pixels:
    """Motion blur of ``length`` pixels in a direction of its own, made at half size."""
    high, wide = scene.shape[:2]
    small = cv2.resize(scene, (wide // 4, high // 4), interpolation=cv2.INTER_AREA)
    reach = max(3, int(length / 4) | 1)
    kernel = np.zeros((reach, reach), np.float32)
    angle = rng.uniform(0, 3.14)
    way = np.array([np.cos(angle), np.sin(angle)]) * reach / 2
    middle = reach // 2
    cv2.line(kernel, (int(middle - way[0]), int(middle - way[1])), (int(middle + way[0]), int(middle + way[1])), 1.0, 1)
    return cv2.resize(cv2.filter2D(small, -1, kernel / kernel.sum()), (wide, high), interpolation=cv2.INTER_LINEAR)


def sensor(scene: Pixels, rng: random.Random, sigma: float) -> Pixels:
    """Noise of a sensor: finer in light, coarser in colour."""
    noise = np.random.default_rng(rng.randrange(2**31))
    tile = noise.normal(0, sigma, (384, 384, 1)) + noise.normal(0, sigma * 0.5, (384, 384, 3))
    high, wide = scene.shape[:2]
    for sign, act in ((1, cv2.add), (-1, cv2.subtract)):
        part = (tile * sign).clip(0, 255).round().astype(np.uint8)
        act(scene, np.tile(part, (high // 384 + 1, wide // 384 + 1, 1))[:high, :wide], dst=scene)
    return scene


def sharpened(scene: Pixels, amount: float) -> Pixels:
    """The sharpening of phone cameras, with its light seams."""
    return cv2.addWeighted(scene, 1 + amount, cv2.GaussianBlur(scene, (0, 0), 1.6), -amount, 0)
