"""The weights of an exported net in PyTorch's form, so that a training can go on from the net in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

_ROOT = "self.judge."


def read_exported(folder: Path) -> dict[str, Tensor]:
    """The state of ``model.Judge`` from ``sentences.xml``, as exact as its eight bits."""
    import openvino

    ops = openvino.Core().read_model(folder / "sentences.xml").get_ordered_ops()
    state = {}
    for op in ops:
        name = op.get_friendly_name()
        if op.get_type_name() == "Constant" and name.startswith(_ROOT) and name.endswith(".weight"):
            scaled = _next(_next(op, "Convert"), "Multiply")
            own = name.removeprefix(_ROOT)
            state[own] = _values(op) * _values(_other(scaled, "Constant"))
            if used := _next(scaled, "MatMul"):
                state[own.replace(".weight", ".bias")] = _values(_other(_next(used, "Add"), "Constant")).flatten()
        elif op.get_type_name() == "MVN":
            own = name.removeprefix("__module.judge.").split("/")[0]
            gain = _next(op, "Multiply")
            state[f"{own}.weight"] = _values(_other(gain, "Constant")).flatten()
            state[f"{own}.bias"] = _values(_other(_next(gain, "Add"), "Constant")).flatten()
    return state


def _next(op: Any, kind: str) -> Any:
    """What of a kind takes what an operation gives, be its type changed between."""
    for target in (target for output in op.outputs() for target in output.get_target_inputs()):
        node = target.get_node()
        if node.get_type_name() == kind:
            return node
        if node.get_type_name() == "Convert" and (found := _next(node, kind)):
            return found
    return None


def _other(op: Any, kind: str) -> Any:
    """What of a kind an operation takes, be its type changed between."""
    for value in op.input_values():
        node = value.get_node()
        if node.get_type_name() == "Convert":
            node = node.input_value(0).get_node()
        if node.get_type_name() == kind and not node.get_friendly_name().endswith(".weight"):
            return node
    return None


def _values(constant: Any) -> Tensor:
    return torch.from_numpy(constant.get_data().astype("float32"))
