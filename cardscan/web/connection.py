"""A stranger's connection, bounded in the size of a request's head, in time and in number."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_BYTES = 32_768
"""Longest head of a request, in bytes: the server's option ``h11_max_incomplete_event_size``."""
IDLE_SECONDS = 20.0
"""How long a connection may be open without a request under way, whatever trickles in, in seconds."""
MOST = 500
"""Most connections at once; a further one is closed. Systems give a process about 1000 open files."""


class Connection(H11Protocol):
    """The server's own protocol, which waits without end for the rest of a head."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.close()
        else:
            self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        answered = self.cycle
        super().on_response_complete()
        if self.cycle is answered:  # no further request had come with the last one
            self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_request(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(IDLE_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
