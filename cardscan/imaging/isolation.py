"""The fence around the decoders: how a worker process starts, what it may use, and when it must die.

Imported by every worker, therefore light: neither numpy nor the records.
"""

from __future__ import annotations

import io
import mmap
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar

from cardscan.errors import PictureCrash, PictureError

T = TypeVar("T")

GRACE_SECONDS = 1.0
"""How long after its time limit a worker kills itself, should nobody be left to stop it."""


def run_capped(job: Callable[..., T], seconds: float, args: tuple[Any, ...]) -> T | PictureError:
    """Run ``job`` in the worker; its picture errors come back as values, so that no traceback travels with them."""
    if sys.platform != "win32":
        # The default action of SIGALRM ends the process even where a C decoder never returns to Python.
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)
    try:
        return job(*args)
    except PictureError as error:
        return type(error)(error.detail)
    except MemoryError:
        return PictureCrash("It needs more memory than the limit allows.")
    finally:
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0)


def enter_worker(memory_mb: int) -> None:
    """First thing in a worker: be silent, follow the parent into death, accept the limits.

    Args:
        memory_mb: Address space for the decoding of one file, in MiB, on top of what the bare process has.
    """
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    threading.Thread(target=_follow_parent, daemon=True).start()
    if sys.platform == "win32":
        return
    import resource

    # Python's own handlers would wait until a hanging C decoder returns.
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    most = _address_space() + memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the picture of a card
    most = memory_mb * 2**20  # of a sheet; files it has no business with
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


class Sheet:
    """Memory without a name on which a worker leaves pixels: through a pipe they would be copied five times.

    It is the parent's: whatever becomes of the worker, nothing is left behind, on disk or in ``/dev/shm`` (which is
    64 MB small in a container). Where the system has no such memory, ``path`` is None.
    """

    def __init__(self) -> None:
        self._descriptor: int | None = None
        if sys.platform == "linux":
            self._descriptor = os.memfd_create("pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    @property
    def path(self) -> str | None:
        """Where a worker of the same user can open it."""
        return None if self._descriptor is None else f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def read(self, size: int) -> mmap.mmap | None:
        """What was left on it, for reading only and never to change; None where it is not ``size`` bytes."""
        if sys.platform != "linux" or self._descriptor is None or size == 0:
            return None
        import fcntl

        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
        try:
            fcntl.fcntl(self._descriptor, fcntl.F_ADD_SEALS, seals)
        except OSError:  # the worker holds on to it
            return None
        if os.fstat(self._descriptor).st_size != size:
            return None
        return mmap.mmap(self._descriptor, size, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, prot=mmap.PROT_READ)


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def _address_space() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def worker_context() -> BaseContext:
    """The way to start workers: forked from a small server process of our own, or spawned where there is none."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    with _safe_path():
        resource_tracker.ensure_running()  # a helper of multiprocessing, with an interpreter of its own
    return _Context()


if sys.platform != "win32":
    from multiprocessing import forkserver, popen_forkserver, reduction, resource_tracker, spawn, util
    from multiprocessing.context import ForkServerContext, ForkServerProcess, set_spawning_popen

    def _new_server() -> forkserver.ForkServer:
        server = forkserver.ForkServer()
        server.set_forkserver_preload(["pebble", "cardscan.imaging.handover"])
        return server

    class _Server:
        """One server for all intakes of this process; not that of ``multiprocessing``, whose preload is the host's."""

        current = _new_server()

        @classmethod
        def renew(cls) -> None:
            cls.current = _new_server()

    os.register_at_fork(after_in_child=_Server.renew)

    @contextmanager
    def _safe_path() -> Iterator[None]:
        """Keep the current folder, where strangers' files may lie, off the import path of the server's interpreter."""
        before = os.environ.get("PYTHONSAFEPATH")
        os.environ["PYTHONSAFEPATH"] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ["PYTHONSAFEPATH"]
            else:
                os.environ["PYTHONSAFEPATH"] = before

    def _close(*descriptors: int) -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    class _Popen(popen_forkserver.Popen):
        """As in ``multiprocessing``, but the caller's ``__main__`` is not imported again: it need not have a guard."""

        def _launch(self, process_obj: Any) -> None:
            data = spawn.get_preparation_data(process_obj.name)
            data.pop("init_main_from_name", None)
            data.pop("init_main_from_path", None)
            parcel = io.BytesIO()
            set_spawning_popen(self)
            try:
                reduction.dump(data, parcel)
                reduction.dump(process_obj, parcel)
            finally:
                set_spawning_popen(None)
            with _safe_path():
                self.sentinel, writer = _Server.current.connect_to_new_process(self._fds)  # type: ignore[attr-defined]
            # The end of this pipe is how the worker learns that its parent is gone.
            self.finalizer = util.Finalize(self, _close, (os.dup(writer), self.sentinel))
            with open(writer, "wb", closefd=True) as pipe:
                pipe.write(parcel.getbuffer())
            self.pid = forkserver.read_signed(self.sentinel)

    class _Process(ForkServerProcess):
        @staticmethod
        def _Popen(process_obj: Any) -> _Popen:
            return _Popen(process_obj)

    class _Context(ForkServerContext):
        Process = _Process
