"""Photos by condition: what the phone, the light and the hand do."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import cv2
import numpy as np

from samples.worlds.test_world import camera
from samples.worlds.test_world.desks import desk
from samples.worlds.test_world.files import Frame
from samples.worlds.test_world.flats import Flat, Pixels, Points, frame_of

BIG = ((4032, 3024), (4032, 3024), (3264, 2448))
ALL = (*BIG, (4000, 2250), (2048, 1536), (1600, 1200))
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shot:
    """How a photo is taken. Ranges are (least, most); angles in degrees; blur in mm on the card."""

    share: Range = (0.58, 0.9)
    tilt: Range = (0, 8)
    roll: Range = (-5, 5)
    ground: str = "any"
    level: Range = (0.82, 1.06)
    uneven: float = 0.14
    cast: float = 0.07
    noise: Range = (0.8, 3.0)
    blur: Range = (0.0, 0.09)
    sizes: tuple[tuple[int, int], ...] = ALL
    quality: tuple[int, int] = (74, 94)
    effect: str = ""


SHOTS: dict[str, Shot] = {
    "photo": Shot(),
    "photo_far": Shot(share=(0.3, 0.38), roll=(-9, 9), sizes=BIG, blur=(0, 0.07)),
    "white_on_white": Shot(ground="white", level=(0.9, 1.05), uneven=0.1),
    "tilt30": Shot(share=(0.55, 0.8), tilt=(20, 31), roll=(-10, 10)),
    "turned": Shot(share=(0.4, 0.75), roll=(20, 340)),
    "glare": Shot(effect="glare"),
    "shadow": Shot(effect="shadow"),
    "thumb": Shot(effect="thumb"),
    "q55": Shot(quality=(38, 56), sizes=((1600, 1200), (2048, 1536), (1280, 960)), share=(0.65, 0.9)),
    "cluttered": Shot(ground="cluttered", share=(0.38, 0.65), roll=(-20, 20), tilt=(0, 12)),
    "dim": Shot(level=(0.2, 0.38), uneven=0.3, cast=0.16, noise=(4, 8), blur=(0.04, 0.13)),
    "hand_held": Shot(ground="room", effect="hand", share=(0.5, 0.72), tilt=(2, 16), roll=(-12, 12), blur=(0, 0.07)),
    "wallet_window": Shot(share=(0.7, 0.92), roll=(-8, 8)),
    "worn": Shot(tilt=(0, 10)),
    "one_photo": Shot(share=(0.8, 0.94), sizes=BIG, roll=(-4, 4)),
    "corner_off": Shot(share=(0.5, 0.62), roll=(18, 38), tilt=(0, 6), effect="corner"),
    "screen_moire": Shot(share=(0.98, 1.12), tilt=(0, 7), roll=(-3, 3), ground="bezel", effect="screen"),
    "heavy_blur": Shot(blur=(1.1, 1.9), effect="blur"),
    "too_dark": Shot(level=(0.011, 0.02), noise=(3.5, 6), uneven=0.3),
    "tiny": Shot(share=(0.05, 0.075), roll=(-30, 30), sizes=((2048, 1536), (1600, 1200)), blur=(0, 0.05)),
    "covered": Shot(effect="cover"),
    "cut_off": Shot(effect="cut"),
    "front_only": Shot(),
}


def _strips(flat: Flat, rng: random.Random) -> tuple[list[str], float]:
    """Which parts of a mostly hidden side may stay to be seen, and how much of it, so that no one could tell the card.

    Of a back only a few letters of each line; of a front that names the network only the foot.
    """
    if flat.shows[0].side == "back":
        return ["left", "right"], rng.uniform(0.1, 0.15)
    if any("igna" in line for line in flat.shows[0].lines):
        return ["bottom"], rng.uniform(0.12, 0.2)
    return ["left", "right", "top", "bottom"], rng.uniform(0.14, 0.3)


def _pose(flat: Flat, shot: Shot, rng: random.Random, frame: tuple[int, int]) -> camera.Pose:
    share = rng.uniform(*shot.share)
    tilt, way = rng.uniform(*shot.tilt), rng.uniform(0, 6.283)
    roll = rng.uniform(*shot.roll)
    offset = (rng.uniform(-0.04, 0.04), rng.uniform(-0.06, 0.06))
    fits = shot.effect != "screen"
    if shot.effect == "screen":
        offset = (0.0, 0.0)
    if share < 0.4:
        offset = (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25))
    if shot.effect == "corner":
        fits, lean = False, np.radians(roll)
        reach = share * (np.cos(lean) + flat.height / flat.width * np.sin(lean)) / 2
        offset = (rng.choice([-1, 1]) * (0.5 + share * rng.uniform(0.05, 0.12) - reach), 0.0)
    if shot.effect == "cut":
        strips, seen = _strips(flat, rng)
        fits = False
        tall = share * frame[0] * flat.height / flat.width / frame[1]
        aside, below = 0.5 + share * (0.5 - seen), 0.5 + tall * (0.5 - seen)
        ways = {"left": (aside, 0.0), "right": (-aside, 0.0), "top": (0.0, below), "bottom": (0.0, -below)}
        offset = ways[rng.choice(strips)]
    return camera.Pose(share, tilt * np.cos(way), tilt * np.sin(way), roll, offset, fits)


def _aim(flat: Flat, shot: Shot, rng: random.Random, frame: tuple[int, int]) -> camera.Matrix:
    """The homography; a person who photographs a monitor steps back until the card is in the frame."""
    pose, state = _pose(flat, shot, rng, frame), rng.random()
    matrix = camera.project(flat, frame, pose, random.Random(state))
    for _ in range(12 if shot.effect == "screen" else 0):
        spots = np.concatenate([camera.mapped(s.corners, matrix) for s in flat.shows if s.corners is not None])
        if (spots > 0).all() and (spots < frame).all():
            break
        pose = replace(pose, share=pose.share * 0.95)
        matrix = camera.project(flat, frame, pose, random.Random(state))
    return matrix


def photograph(flat: Flat, shot: Shot, rng: random.Random) -> Frame:
    """One photo of one flat thing."""
    size = rng.choice(shot.sizes)
    upright = flat.height > flat.width
    if upright or rng.random() < 0.3:
        size = (size[1], size[0])
    scene = desk(rng, *size, shot.ground)
    matrix = _aim(flat, shot, rng, size)
    per_mm = flat.pixels.shape[1] / flat.width
    corners = camera.mapped(frame_of(flat.pixels.shape[1], flat.pixels.shape[0]), matrix)
    scale = float(np.linalg.norm(corners[1] - corners[0])) / flat.width
    tone = rng.choice(camera.SKIN)
    if shot.effect == "hand":
        _hand_behind(scene, flat, matrix, per_mm, scale, rng, tone)
    shows = camera.lay(
        scene,
        flat,
        matrix,
        raw=shot.effect == "screen",
        lift=0.0 if shot.effect in ("hand", "screen") else rng.uniform(0.4, 1.6),
    )
    if shot.effect in ("hand", "thumb"):
        _thumb(scene, flat, matrix, per_mm, scale, rng, tone, deep=shot.effect == "thumb")
    elif shot.effect == "cover":
        _cover(scene, flat, matrix, rng)
    elif shot.effect == "shadow":
        camera.hard_shadow(scene, corners, rng)
    camera.shade(
        scene,
        camera.room_light(
            rng, level=rng.uniform(*shot.level), uneven=shot.uneven * rng.uniform(0.3, 1), cast=shot.cast
        ),
    )
    if shot.effect == "glare" or (shot.effect == "screen" and rng.random() < 0.3):
        camera.glare(scene, corners, rng, 1.0 if shot.effect == "glare" else 0.4)
    return Frame(_finish(scene, shot, rng, scale), shows)


def _finish(scene: Pixels, shot: Shot, rng: random.Random, scale: float) -> Pixels:
    scene = camera.defocus(scene, rng.uniform(*shot.blur) * scale)
    if shot.effect == "blur" and rng.random() < 0.5:
        scene = camera.shake(scene, rng.uniform(4, 8) * scale, rng)
    if rng.random() < 0.3 and max(shot.level) > 0.5:
        scene = camera.sharpened(scene, rng.uniform(0.2, 0.6))
    return camera.sensor(scene, rng, rng.uniform(*shot.noise))


def _spots(points: list[tuple[float, float]], matrix: camera.Matrix, per_mm: float) -> Points:
    return camera.mapped(np.array(points, np.float64) * per_mm, matrix)


def _hand_behind(
    scene: Pixels,
    flat: Flat,
    matrix: camera.Matrix,
    per_mm: float,
    scale: float,
    rng: random.Random,
    tone: tuple[int, int, int],
) -> None:
    """Palm and fingers that hold the card from below and behind."""
    wide, high = flat.width, flat.height
    palm = _spots([(wide * 0.5, high + 120), (wide * 0.55, high + 8)], matrix, per_mm)
    camera.finger(scene, palm[0], palm[1], 34 * scale, rng, tone, nail=False)
    for place in range(3):
        reach = rng.uniform(6, 13)
        y = high * (0.25 + 0.25 * place)
        way = _spots([(wide * 0.6, y + 6), (wide + reach, y)], matrix, per_mm)
        camera.finger(scene, way[0], way[1], rng.uniform(7, 8.5) * scale, rng, tone, nail=False)


def _thumb(
    scene: Pixels,
    flat: Flat,
    matrix: camera.Matrix,
    per_mm: float,
    scale: float,
    rng: random.Random,
    tone: tuple[int, int, int],
    deep: bool,
) -> None:
    """A thumb over the rim of the card."""
    wide, high = flat.width, flat.height
    reach = rng.uniform(9, 19) if deep else rng.uniform(4, 10)
    along = rng.uniform(0.15, 0.85)
    ends = {
        "left": [(-70.0, high * along + 25), (reach - 8, high * along)],
        "bottom": [(wide * along + 15, high + 80.0), (wide * along, high - reach + 8)],
        "right": [(wide + 70.0, high * along + 25), (wide - reach + 8, high * along)],
    }
    spots = _spots(ends[rng.choice(["left", "bottom", "right"])], matrix, per_mm)
    camera.finger(scene, spots[0], spots[1], rng.uniform(8, 10.5) * scale, rng, tone, nail=True)


def _cover(scene: Pixels, flat: Flat, matrix: camera.Matrix, rng: random.Random) -> None:
    """Another paper or a wallet lies over most of the card."""
    wide, high = flat.pixels.shape[1], flat.pixels.shape[0]
    strips, seen = _strips(flat, rng)
    low, far = -0.4, 1.4
    quads = {
        "left": [(seen, low), (far, low), (far, far), (seen, far)],
        "right": [(low, low), (1 - seen, low), (1 - seen, far), (low, far)],
        "top": [(low, seen), (far, seen), (far, far), (low, far)],
        "bottom": [(low, low), (far, low), (far, 1 - seen), (low, 1 - seen)],
    }
    askew = np.random.default_rng(rng.randrange(2**31)).normal(0, 0.01 * wide, (4, 2))
    quad = np.array(quads[rng.choice(strips)], np.float64) * [wide, high] + askew
    spots = camera.mapped(quad, matrix)
    mask = np.zeros(scene.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(spots).astype(np.int32), 255, cv2.LINE_AA)
    tone = rng.choice([(250, 232, 120), (252, 252, 250), (58, 40, 30), (20, 22, 26), (206, 222, 236)])
    paper = np.empty_like(scene)
    paper[:] = tone
    camera.shade(
        scene,
        1
        - 0.4
        * cv2.GaussianBlur(cv2.resize(mask, (scene.shape[1] // 8, scene.shape[0] // 8)), (0, 0), 4).astype(np.float32)
        / 255,
    )
    camera.blend(scene, paper, mask)
