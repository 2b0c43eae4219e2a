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

CONFIG = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
"""One inference thread a request: two pictures on two cores cost less than one picture on both."""

PARALLEL = max(1, min(4, os.cpu_count() or 1))
"""Inferences of one model at the same time; further callers wait for one to end."""


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
    """Requests of one compiled OpenVINO model. Safe to call from several threads."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._free: list[Any] = []
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(PARALLEL)

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
