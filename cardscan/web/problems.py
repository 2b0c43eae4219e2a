"""The one translator from errors to ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
import logging
import traceback
from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from cardscan.errors import CardscanError
from cardscan.web.errors import InvalidRequest, MethodNotAllowed, StoreUnavailable, UnknownPath

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger("cardscan.web")

PROBLEM = "application/problem+json"
RETRY_SECONDS = 5
"""What Retry-After says where nothing better is known, in seconds."""


def problem_of(error: CardscanError, request_id: str) -> dict[str, Any]:
    """An error as the members of a problem document. All of them are safe to show and to log."""
    return {
        "type": f"/docs#error-{error.code}",
        "title": error.title,
        "status": error.http_status,
        "detail": error.detail or error.title,
        "code": error.code,
        "remedy": error.remedy,
        "instance": f"urn:uuid:{request_id}",
    }


def problem_response(
    error: CardscanError,
    request_id: str,
    *,
    retry_after: int = RETRY_SECONDS,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer to a request that failed. ``retry_after`` is used where trying again makes sense."""
    extra = dict(headers or {})
    if error.http_status in (429, 503):
        extra["Retry-After"] = str(retry_after)
    if error.http_status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    if error.http_status == 408:
        extra["Connection"] = "close"  # the rest of the upload is not waited for
    body = json.dumps(problem_of(error, request_id), ensure_ascii=False)
    return Response(body, status_code=error.http_status, media_type=PROBLEM, headers=extra)


def request_id_of(request: Request) -> str:
    return cast(str, request.scope["cardscan.request_id"])


def from_validation(errors: Iterable[Any], known: Iterable[str]) -> InvalidRequest:
    """What a model refused, without repeating what was sent: a value in the wrong place may be a name."""
    allowed = set(known)
    faults = []
    for fault in errors:
        names = [str(part) for part in fault.get("loc", ()) if str(part) in allowed]
        faults.append(f"{'.'.join(names) or 'body'}: {_plain(fault)}")
    return InvalidRequest("; ".join(dict.fromkeys(faults)))


def install(app: FastAPI) -> None:
    """Make every error of the app's routes and of the framework a problem document."""

    async def on_cardscan(request: Request, error: Exception) -> Response:
        return answer(request, cast(CardscanError, error))

    async def on_http(request: Request, error: Exception) -> Response:
        failure = cast(HTTPException, error)
        headers = dict(failure.headers or {})
        known: dict[int, CardscanError] = {404: UnknownPath(), 405: MethodNotAllowed()}
        return answer(request, known.get(failure.status_code, InvalidRequest()), headers)

    async def on_validation(request: Request, error: Exception) -> Response:
        names = [parameter.name for parameter in request.scope["route"].dependant.query_params]
        return answer(request, from_validation(cast(RequestValidationError, error).errors(), names))

    async def on_database(request: Request, error: Exception) -> Response:
        log_failure(error, request_id_of(request))
        return answer(request, StoreUnavailable())

    app.add_exception_handler(CardscanError, on_cardscan)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(SQLAlchemyError, on_database)


def answer(request: Request, error: CardscanError, headers: dict[str, str] | None = None) -> Response:
    """The problem document of an error, noted in the metrics."""
    service = request.app.state.service
    service.metrics.errors.labels(error.code).inc()
    wait = service.retry_after() if error.http_status in (429, 503) else RETRY_SECONDS
    return problem_response(error, request_id_of(request), retry_after=wait, headers=headers)


def log_failure(error: BaseException, request: str) -> None:
    """Note an unexpected error: its class, where it was raised, and the id of the request or what was done without one.

    Never its message, which may carry card text or a file's name, and never a path of this machine.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in frames[:-9:-1])
    log.error("unexpected %s request=%s at %s", type(error).__name__, request, where)


def _plain(fault: Any) -> str:
    """A validator's message, unless it may repeat the input."""
    safe = {
        "missing": "is missing",
        "extra_forbidden": "there is a field that is not known",
        "string_too_long": "is too long",
        "too_short": "is empty",
        "too_long": "has too many entries",
    }
    kind = str(fault.get("type", ""))
    if kind in safe:
        return safe[kind]
    return str(fault.get("msg", "cannot be used")) if kind in _HARMLESS else "has a value that cannot be used"


_HARMLESS = frozenset(
    {
        "literal_error",
        "int_parsing",
        "greater_than_equal",
        "less_than_equal",
        "string_type",
        "dict_type",
        "model_type",
        "string_pattern_mismatch",
    }
)
"""Kinds of faults whose message names only what is allowed, never what was sent."""
