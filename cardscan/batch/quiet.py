"""Workers that keep off the terminal from their first moment on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext

from cardscan.imaging.isolation import worker_context


def quiet_context() -> BaseContext:
    """The way to start workers, with a server that hands no stderr down to them.

    A worker that is stopped while it still starts would leave a traceback of ``multiprocessing`` there, and one that is
    stopped at work a warning of locks left behind (which are then removed). The server and the keeper of locks take
    over what they find at their own start, which is now, unless they run already.
    """
    if sys.platform == "win32":
        return worker_context()
    with _no_stderr():
        context = worker_context()
        first = context.Process(target=_nothing)  # type: ignore[attr-defined]
        first.start()
        first.join()
    return context


def _nothing() -> None:
    pass


@contextmanager
def _no_stderr() -> Iterator[None]:
    sys.stderr.flush()
    before = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(null)
