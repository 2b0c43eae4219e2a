"""The door: who may ask, what every answer carries, and what is noted of a request.

It is plain ASGI, because it must see every request, also those that no route knows and those whose client goes away.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
import uuid
from contextlib import nullcontext
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from cardscan.errors import CardscanError, ForeignOrigin, Unauthorized
from cardscan.web.errors import UnknownHost
from cardscan.web.problems import log_failure, problem_response

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from cardscan.web.service import Service

log = logging.getLogger("cardscan.web")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KNOWN_METHODS = READING_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
CLIENT_GONE = 499

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Middleware around the whole app.

    Args:
        app: What it guards.
        service: The running service.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service
        host = service.settings.host
        self._hosts = None if host in ANY_ADDRESS else LOOPBACK | {host.lower()}
        self._token = _digest(service.settings.api_token) if service.settings.api_token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["cardscan.request_id"] = request_id = str(uuid.uuid4())
        answer = _Answer(scope, send, request_id)
        began = time.perf_counter()
        try:
            self.check(scope)
            with self._place(scope):
                await self.app(scope, receive, answer.send)
        except ClientDisconnect:
            answer.status = CLIENT_GONE
        except CardscanError as error:
            await self._refuse(error, scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the last one who can keep a message from leaking
            log_failure(error, request_id)
            await self._refuse(CardscanError(), scope, receive, answer)
        finally:
            self._note(scope, answer.status, time.perf_counter() - began)

    def check(self, scope: Scope) -> None:
        """Raises UnknownHost, ForeignOrigin or Unauthorized."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts is not None and _host_name(host) not in self._hosts:
            raise UnknownHost
        if scope["method"] not in READING_METHODS and _is_foreign(headers, host):
            raise ForeignOrigin
        path: str = scope["path"]
        if self._token is not None and (path == "/v1" or path.startswith("/v1/") or path == "/metrics"):
            scheme, _, token = headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not hmac.compare_digest(_digest(token.strip()), self._token):
                raise Unauthorized

    def _place(self, scope: Scope) -> AbstractContextManager[None]:
        if scope["method"] in READING_METHODS:
            return nullcontext()
        client = scope.get("client")
        return self.service.clients.one_more(client[0] if client else "")

    async def _refuse(self, error: CardscanError, scope: Scope, receive: Receive, answer: _Answer) -> None:
        self.service.metrics.errors.labels(error.code).inc()
        if answer.status is not None:
            return  # the answer had begun: the server sees that it is cut short, and closes the connection
        response = problem_response(error, answer.request_id, retry_after=self.service.retry_after())
        await response(scope, receive, answer.send)

    def _note(self, scope: Scope, status: int | None, seconds: float) -> None:
        # The template of the address, never the address: that may hold an id, and a wrong one anything at all.
        template = getattr(scope.get("route"), "path", None) or "other"
        method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
        self.service.metrics.requests.labels(template, method, str(status or 0)).inc()
        self.service.metrics.seconds.labels(template).observe(seconds)
        log.info("%s %s %s %.0f ms request=%s", method, template, status, seconds * 1000, scope["cardscan.request_id"])


class _Answer:
    """Adds what every answer carries, and remembers its status."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self.request_id = request_id
        self.status: int | None = None
        self._send = send
        self._private = scope["path"].startswith("/v1") or scope["path"] == "/metrics"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers["X-Request-ID"] = self.request_id
            if self._private or message["status"] >= 400:
                headers["Cache-Control"] = "no-store"
            else:
                headers.setdefault("Cache-Control", "no-cache")
        await self._send(message)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def _host_name(host: str) -> str:
    """The name in a Host header, without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def _is_foreign(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site's page sent this. Programs send neither header."""
    site = headers.get("sec-fetch-site")
    if site is not None:  # no page can set it, and behind a proxy only the browser knows the name it asked for
        return site not in ("none", "same-origin")
    origin = headers.get("origin")
    return origin is not None and origin.lower().partition("://")[2] != host.lower()
