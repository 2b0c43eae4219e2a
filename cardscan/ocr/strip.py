"""The picture of one line, as the recognisers want it."""

from __future__ import annotations

import cv2
import numpy as np

from cardscan.records import Corners, Pixels

HEIGHT = 48
"""Of a line's picture, in pixels."""

_ROOM = 0.1  # of a line's height: what another reading sees around it


def cut_out(pixels: Pixels, box: Corners) -> Pixels:
    """The line under ``box``, upright, HEIGHT pixels high."""
    across = float(np.linalg.norm(box[1] - box[0]) + np.linalg.norm(box[2] - box[3])) / 2
    down = float(np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])) / 2
    width = max(8, min(4000, round(HEIGHT * across / max(down, 1))))
    x0, y0 = np.maximum(np.floor(box.min(0)).astype(int) - 2, 0)
    x1, y1 = np.ceil(box.max(0)).astype(int) + 3
    part = pixels[y0:y1, x0:x1]
    shrink = down / HEIGHT
    local = box - (x0, y0)
    if shrink > 2:  # warping skips pixels when it shrinks a lot
        smaller = cv2.resize(part, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        part = np.asarray(smaller, np.uint8)
        local = local / shrink
    target = np.array([(0, 0), (width, 0), (width, HEIGHT), (0, HEIGHT)], np.float32)
    matrix = cv2.getPerspectiveTransform(local.astype(np.float32), target)
    strip = cv2.warpPerspective(part, matrix, (width, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(strip, np.uint8)


def with_room(box: Corners) -> Corners:
    """The same line with more room around it: another picture of it for the reader."""
    down = (box[3] - box[0] + box[2] - box[1]) / 2 * _ROOM
    along = (box[1] - box[0]) / max(float(np.linalg.norm(box[1] - box[0])), 1.0) * float(np.linalg.norm(down))
    grown: Corners = box + np.array([-along - down, along - down, along + down, -along + down])
    return grown
