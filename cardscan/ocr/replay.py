"""An engine that answers what was recorded: for tests, and to look again at a reading without the engine that made it.

It is built from Python only; no setting names it. A record holds the text of a card: keep it where the card may be.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cardscan.errors import BadData, EngineFailed
from cardscan.ocr.engine import Engine
from cardscan.records import Corners, Line, Pixels, Reading, Word


class Replay:
    """Answers recorded readings.

    Args:
        readings: A sequence is answered in its order, whatever the picture; a mapping by the picture's `key_of`.
    """

    name = "replay"
    version = "recorded"

    def __init__(self, readings: Sequence[Reading] | Mapping[str, Reading]) -> None:
        self._by_key = dict(readings) if isinstance(readings, Mapping) else None
        self._in_turn = iter(() if isinstance(readings, Mapping) else tuple(readings))
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path) -> Replay:
        """From the file of a `Recorder`.

        Raises:
            BadData: The file is not such a record.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return cls({key: from_json(reading) for key, reading in data.items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise BadData("The file is not a record of readings.") from None

    def warm_up(self) -> None:
        """Nothing to load."""

    def read(self, pixels: Pixels) -> Reading:
        """The recorded reading.

        Raises:
            EngineFailed: There is none for this picture, or none is left.
        """
        with self._lock:
            found = next(self._in_turn, None) if self._by_key is None else self._by_key.get(key_of(pixels))
        if found is None:
            raise EngineFailed("No reading is recorded for this picture.")
        return found


class Recorder:
    """Reads with another engine and remembers what it read.

    It offers no `find_text`: the replay has none either, and must be given the same pictures to be asked the same.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.readings: dict[str, Reading] = {}

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def version(self) -> str:
        return self._engine.version

    def warm_up(self) -> None:
        self._engine.warm_up()

    def read(self, pixels: Pixels) -> Reading:
        reading = self._engine.read(pixels)
        with self._lock:
            self.readings[key_of(pixels)] = reading
        return reading

    def save(self, path: Path) -> None:
        """Write what was read, as JSON by picture."""
        with self._lock:
            data = {key: to_json(reading) for key, reading in self.readings.items()}
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def key_of(pixels: Pixels) -> str:
    """Hash of a picture's size and pixels."""
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(np.ascontiguousarray(pixels).tobytes())
    return digest.hexdigest()


def to_json(reading: Reading) -> dict[str, Any]:
    """A reading as plain data."""
    return {
        "engine": reading.engine,
        "version": reading.version,
        "rotation": reading.rotation,
        "lines": [{**_part(line), "words": [_part(word) for word in line.words]} for line in reading.lines],
    }


def from_json(data: Mapping[str, Any]) -> Reading:
    """A reading from plain data.

    Raises:
        KeyError, TypeError, ValueError: It is not what `to_json` gives.
    """
    lines = tuple(_line(line) for line in data["lines"])
    return Reading(lines, data["engine"], data["version"], data["rotation"])


def _line(data: Mapping[str, Any]) -> Line:
    words = tuple(Word(word["text"], float(word["confidence"]), _box(word)) for word in data["words"])
    return Line(data["text"], float(data["confidence"]), _box(data), words)


def _part(part: Line | Word) -> dict[str, Any]:
    return {"text": part.text, "confidence": part.confidence, "box": np.asarray(part.box).tolist()}


def _box(data: Mapping[str, Any]) -> Corners:
    return np.array(data["box"], np.float64).reshape(4, 2)
