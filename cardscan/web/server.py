"""Starts the service on a port and stops it gracefully."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import signal
import socket
import sys

import uvicorn
from fastapi import FastAPI

from cardscan.errors import BadSettings
from cardscan.pipeline import Pipeline
from cardscan.settings import Settings
from cardscan.store import Store
from cardscan.web.app import create_app
from cardscan.web.connection import HEAD_BYTES, Connection
from cardscan.web.guard import LOOPBACK

GRACE_SECONDS = 30
"""How long requests under way may take to finish after the service was told to stop, in seconds."""
_M_ARENA_MAX = -8  # of mallopt(3)


def run(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C, then finish the requests under way. Prints the address to open.

    Raises:
        BadSettings: The service would be open to the network without a token, or cannot use its folder or port.
        BadData: The catalogue or the rules have faults.
    """
    check_exposure(settings)
    share_one_heap()
    Store.open(settings).close()  # a fault of the settings is told here, in one sentence, not by the server's log
    pipeline = Pipeline(settings)
    try:
        with _listen(settings) as listener:
            _serve(settings, pipeline, listener)
    finally:
        pipeline.close()


def check_exposure(settings: Settings) -> None:
    """Raises BadSettings where the network could reach the service and no token is asked for."""
    if settings.host.lower() not in LOOPBACK and not settings.api_token:
        raise BadSettings(
            "host: the service would be open to the network; set CARDSCAN_API_TOKEN, or keep host 127.0.0.1"
        )


def share_one_heap() -> None:
    """All threads' memory from one heap: heaps of their own keep what each once took for a picture, 100 MiB in all.

    For the GNU C library; others have no such heaps. Before any thread is started.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 1)


def _serve(settings: Settings, pipeline: Pipeline, listener: socket.socket) -> None:
    log = logging.getLogger("cardscan")
    if not log.handlers:
        log.addHandler(logging.StreamHandler())  # to stderr
        log.setLevel(logging.INFO)
    config = config_of(create_app(settings, pipeline))
    # The server hands the signal on after its graceful stop; the default would then kill the process.
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    try:
        _AnnouncedServer(config, address_of(settings.host, listener.getsockname()[1])).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # Ctrl-C is how it is stopped from a terminal
    finally:
        signal.signal(signal.SIGTERM, before)


def config_of(app: FastAPI) -> uvicorn.Config:
    """How the app is served."""
    return uvicorn.Config(
        app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=Connection,
        h11_max_incomplete_event_size=HEAD_BYTES,
        ws="none",
        access_log=False,  # addresses hold ids; the app notes a template of each instead
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # the peer's address is the client, whatever a header says
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class _AnnouncedServer(uvicorn.Server):
    """Prints where to open it as soon as it answers."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await asyncio.to_thread(print, f"cardscan is ready to open at {self._address}", flush=True)


def address_of(host: str, port: int) -> str:
    """The address to open in a browser."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except (OSError, UnicodeError):
        raise BadSettings("host or port: cannot be listened on; it may be in use") from None
