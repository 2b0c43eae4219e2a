"""Which way the lines of a picture run, as far as their shapes tell (up or down is for a reader to say)."""

from __future__ import annotations

import numpy as np

from cardscan.records import Corners


def in_reading_direction(boxes: list[Corners]) -> list[Corners]:
    """Corners reordered clockwise from the top-left of the text, all boxes facing the same way.

    The common direction is that of the long sides of the long boxes; a short box (a word of two letters) says little
    about its own direction and follows the others. Rightwards and downwards are preferred over their opposites.
    """
    if not boxes:
        return []
    # double the angle so that a direction and its opposite add up instead of cancelling
    total = 0j
    for box in boxes:
        sides = (box[1] - box[0], box[2] - box[1])
        lengths = [float(np.linalg.norm(side)) for side in sides]
        long = int(lengths[1] > lengths[0])
        elongation = lengths[long] / max(lengths[1 - long], 1e-6) - 1
        angle = np.arctan2(sides[long][1], sides[long][0])
        total += lengths[long] * min(elongation, 5) * np.exp(2j * angle)
    angle = float(np.angle(total)) / 2 if total else 0.0  # in (-90, 90]
    if angle < -np.pi / 4 - 1e-9:
        angle += np.pi  # prefer down to up for vertical text
    right = np.array([np.cos(angle), np.sin(angle)])
    return [_facing(box, right) for box in boxes]


def _facing(box: Corners, right: Corners) -> Corners:
    """Rotate the order of the corners until the first side points along ``right``."""
    clockwise = box if _is_clockwise(box) else box[::-1]
    turns = [np.roll(clockwise, -k, axis=0) for k in range(4)]
    return max(turns, key=lambda t: float((t[1] - t[0]) @ right / (np.linalg.norm(t[1] - t[0]) + 1e-9)))


def _is_clockwise(box: Corners) -> bool:
    """Clockwise as seen on a screen, where y grows downwards."""
    x, y = box[:, 0], box[:, 1]
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) > 0


def opposite(box: Corners) -> Corners:
    """The same box for a reader standing on the other side."""
    return np.roll(box, -2, axis=0)
