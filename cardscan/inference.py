"""Model files, checked, and a model shared between threads: as many copies as work at the same time, and no more.

A copy keeps the tensors of every shape it ever saw. One for each thread that ever called would multiply memory by the
number of threads; this lends out few, the one used last first.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardscan.errors import EngineUnavailable

PARALLEL = max(1, min(4, os.cpu_count() or 1))
"""Inferences of one model at the same time; further callers wait for one to end."""


_ONE_THREAD: Mapping[str, object] = {
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
    "ENABLE_CPU_PINNING": False,
    "PERFORMANCE_HINT": "LATENCY",
}
"""Two pictures on two cores cost less than one on both; and one model of two streams more than two of one."""

_EXACT: Mapping[str, object] = {**_ONE_THREAD, "INFERENCE_PRECISION_HINT": "f32"}
"""Left to itself, OpenVINO counts in bfloat16 where the processor can: another judgement of the same picture."""


@cache
def _core() -> Any:
    import openvino

    # The first use of this takes a one-time lock inside OpenVINO while it holds Python's; two threads that come to it
    # at once wait for each other for ever. Here one thread comes to it alone.
    openvino.Type.f32.to_dtype()
    return openvino.Core()


_alone = threading.Lock()


def core() -> Any:
    """The OpenVINO core of this process.

    Raises:
        EngineUnavailable: OpenVINO is not installed.
    """
    with _alone:
        try:
            return _core()
        except ImportError:
            raise EngineUnavailable("The package 'openvino' is not installed.") from None


def measured(folder: Path, name: str, sha256: str) -> bytes:
    """The content of a model file: nothing is loaded that was not measured.

    Raises:
        EngineUnavailable: It is missing, or its SHA-256 is another.
    """
    try:
        data = (folder / name).read_bytes()
    except OSError:
        raise EngineUnavailable(f"The model file {name} is missing.") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EngineUnavailable(f"The model file {name} is not the one that was measured (its hash differs).")
    return data


class Requests:
    """Requests of a model, for so many inferences at the same time. Safe to call from several threads.

    Args:
        compile_one: Compiles the model for one inference at a time.
        parallel: Inferences at the same time.
    """

    def __init__(self, compile_one: Callable[[], Any], parallel: int) -> None:
        self._compile_one = compile_one
        self._free: list[Any] = []
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(parallel)

    @classmethod
    def of(cls, model: Any, parallel: int = PARALLEL, *, exact: bool = True) -> Requests:
        """Compile a model for so many inferences at the same time.

        Args:
            model: What was read of its files.
            parallel: Inferences at the same time.
            exact: The same answers on every machine. If not, faster where the processor knows shorter numbers.
        """
        return cls.several(model, 1, parallel, exact=exact)[0]

    @classmethod
    def several(cls, model: Any, number: int, parallel: int, *, exact: bool) -> list[Requests]:
        """The same, several times over: one for each shape of its input, since a change of shape costs a millisecond.

        Compiled once; the copies are made of the result where they are needed, each in a quarter of the time.
        """
        settings = _EXACT if exact else _ONE_THREAD
        first = core().compile_model(model, "CPU", settings)
        made = first.export_model().getvalue() if number * parallel > 1 else b""
        unused, lock = [first], threading.Lock()

        def one() -> Any:
            with lock:
                if unused:
                    return unused.pop()
            return core().import_model(BytesIO(made), "CPU", settings)

        return [cls(one, parallel) for _ in range(number)]

    @contextmanager
    def take(self) -> Iterator[Any]:
        """A request for one inference. Its results are valid until the block ends: copy what is kept."""
        with self._slots:
            with self._lock:
                request = self._free.pop() if self._free else None
            request = request or self._compile_one().create_infer_request()
            try:
                yield request
            finally:
                with self._lock:
                    self._free.append(request)


class Net:
    """A model of one input and one output, loaded at its first use. Safe to call from several threads.

    Args:
        folder: Where its files are.
        sha256: Their names and SHA-256: description first, then weights.
    """

    def __init__(self, folder: Path, sha256: Mapping[str, str]) -> None:
        self._folder, self._sha256 = folder, sha256
        self._requests: Requests | None = None
        self._lock = threading.Lock()

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the model answers to the only example of a batch.

        Raises:
            EngineUnavailable: The model is missing, was changed, or OpenVINO cannot run.
        """
        with self._lock:
            if self._requests is None:
                description, weights = (measured(self._folder, *file) for file in self._sha256.items())
                self._requests = Requests.of(core().read_model(description, weights))
        with self._requests.take() as request:
            answer: NDArray[np.float32] = request.infer([np.ascontiguousarray(tensor)], share_inputs=True)[0][0].copy()
        return answer
