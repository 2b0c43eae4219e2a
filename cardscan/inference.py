"""Sharing a compiled model between threads: as many requests as work at the same time, and no more.

A request keeps the tensors of every shape it ever saw. One for each thread that ever called would multiply memory by
the number of threads; this lends out few, the one used last first.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from cardscan.errors import EngineUnavailable

PARALLEL = max(1, min(4, os.cpu_count() or 1))
"""Inferences of one model at the same time; further callers wait for one to end."""


def config(parallel: int) -> dict[str, object]:
    """How a model is compiled: one thread an inference, so that two pictures on two cores cost less than one on both.

    Args:
        parallel: Inferences at the same time. Each takes memory of its own; more callers wait, however many requests
            there are.
    """
    return {
        "INFERENCE_NUM_THREADS": parallel,
        "NUM_STREAMS": parallel,
        "ENABLE_CPU_PINNING": False,
        "PERFORMANCE_HINT": "LATENCY",
    }


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


class Requests:
    """Requests of one OpenVINO model, compiled for so many at the same time. Safe to call from several threads."""

    def __init__(self, compiled: Any, parallel: int = PARALLEL) -> None:
        self._compiled = compiled
        self._free: list[Any] = []
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(parallel)

    @classmethod
    def of(cls, model: Any, parallel: int = PARALLEL) -> Requests:
        """Compile a model for so many inferences at the same time."""
        return cls(core().compile_model(model, "CPU", config(parallel)), parallel)

    @contextmanager
    def take(self) -> Iterator[Any]:
        """A request for one inference. Its results are valid until the block ends: copy what is kept."""
        with self._slots:
            with self._lock:
                request = self._free.pop() if self._free else None
            request = request or self._compiled.create_infer_request()
            try:
                yield request
            finally:
                with self._lock:
                    self._free.append(request)
