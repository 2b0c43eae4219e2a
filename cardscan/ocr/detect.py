"""Finding lines of text in a picture: PP-OCR's DB detector on OpenVINO.

Pictures are fitted into a few fixed tensor shapes, because every new shape costs memory that is never given back.
"""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pyclipper
from numpy.typing import NDArray

from cardscan.inference import Requests, core
from cardscan.records import Corners, Pixels

Shapes = tuple[tuple[int, int], ...]
CARD: Shapes = ((608, 960), (960, 960))
"""Tensor shapes (height, width) that hold a card; most need the first."""
PAGE: Shapes = ((1280, 960), (960, 1280))
"""Those that hold a whole page."""
SMALL: Shapes = ((224, 320),)
"""One in which small print is lost, and what is stamped across a card is seen: 2 % of a card's time."""

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None] * 255
_STD = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None] * 255
_PIXEL_THRESHOLD = 0.3  # PaddleOCR's own defaults for this family of models
_BOX_THRESHOLD = 0.5
_UNCLIP = 1.6
_MIN_SIDE = 4
_LEAST_AREA = _MIN_SIDE * _MIN_SIDE


class Detector:
    """Finds lines of text. Safe to call from several threads."""

    def __init__(self, model: bytes, parallel: int) -> None:
        self._model, self._parallel = model, parallel
        self._requests: dict[tuple[int, int], Requests] = {}
        self._lock = threading.Lock()

    def find(self, pixels: Pixels, shapes: Shapes = CARD) -> list[Corners]:
        """Boxes of text lines, in pixels of the picture, corner order not yet tied to the reading direction.

        It is looked at in grey: the coloured stripes of a photographed screen cut its lines into pieces.

        Args:
            pixels: RGB.
            shapes: How closely to look.
        """
        height, width = pixels.shape[:2]
        shape = _best_shape(height, width, shapes)
        scale = min(shape[0] / height, shape[1] / width, 4.0)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), size, interpolation=way)
        tensor = np.zeros((1, 3, *shape), np.float32)
        tensor[0, :, : size[1], : size[0]] = (small.astype(np.float32) - _MEAN) / _STD
        heat = self._infer(shape, tensor)[: size[1], : size[0]]
        limit = np.array(size, np.float64)  # boxes are grown, and those at the rim beyond it
        boxes = [np.clip(box, 0, limit) for box in _boxes(heat)]
        return [box / limit * (width, height) for box in boxes if cv2.contourArea(box.astype(np.float32)) > _LEAST_AREA]

    def _infer(self, shape: tuple[int, int], tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._lock:
            if shape not in self._requests:
                model = core().read_model(self._model, b"")
                model.reshape([1, 3, *shape])
                parallel = self._parallel if shape == CARD[0] else 1
                self._requests[shape] = Requests.of(model, parallel, exact=False)
        with self._requests[shape].take() as request:
            result: NDArray[np.float32] = request.infer([tensor], share_inputs=True)[0][0, 0].copy()
        return result


def _best_shape(height: int, width: int, shapes: Shapes) -> tuple[int, int]:
    """The shape that leaves the least empty room."""
    return min(shapes, key=lambda s: s[0] * s[1] / min(s[0] / height, s[1] / width) ** 2)


def _boxes(heat: NDArray[np.float32]) -> list[Corners]:
    mask = (heat > _PIXEL_THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours[:1000]:
        rectangle = cv2.minAreaRect(contour)
        if min(rectangle[1]) < _MIN_SIDE - 1:
            continue
        corners = np.asarray(cv2.boxPoints(rectangle), np.float32)
        if _mean_inside(heat, corners) < _BOX_THRESHOLD:
            continue
        grown = _unclip(corners)
        if grown is not None:
            boxes.append(grown)
    return boxes


def _mean_inside(heat: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    x0, y0 = np.clip(np.floor(corners.min(0)).astype(int), 0, None)
    x1, y1 = np.ceil(corners.max(0)).astype(int) + 1
    part = heat[y0:y1, x0:x1]
    if part.size == 0:
        return 0.0
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(corners - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(part, inside)[0])


def _unclip(corners: NDArray[np.float32]) -> Corners | None:
    """The detector marks shrunken lines; grow them back by the rule it was trained with."""
    area, around = cv2.contourArea(corners), cv2.arcLength(corners, True)
    if around == 0:
        return None
    offset = pyclipper.PyclipperOffset()
    offset.AddPath(np.round(corners * 8).astype(int).tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    paths = offset.Execute(area * _UNCLIP / around * 8)
    if len(paths) != 1:
        return None
    rectangle = cv2.minAreaRect(np.asarray(paths[0], np.float32) / 8)
    if min(rectangle[1]) < _MIN_SIDE:
        return None
    return np.asarray(cv2.boxPoints(rectangle), np.float64)
