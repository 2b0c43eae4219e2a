"""The description of the API: what the routes read by hand, examples, and the errors of all of them."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from cardscan import errors
from cardscan.batch import errors as batch_errors
from cardscan.errors import CardscanError, PictureError
from cardscan.web import errors as web_errors
from cardscan.web.problems import PROBLEM, problem_of
from cardscan.web.wire import CorrectionIn, ProblemDocument, Question

VERSION = version("cardscan-verify")
DESCRIPTION = (
    "Verifies health-insurance ID cards from pictures: which card it is, what it says, and what the plan's documents "
    "allow. A card is no guarantee of coverage. Errors are `application/problem+json` with a stable `code`."
)

_VISIT_FIELDS: dict[str, Any] = {
    "state": {"type": "string", "description": "Place of service, two letters.", "examples": ["TX"]},
    "date": {"type": "string", "format": "date", "description": "Date of service.", "examples": ["2026-03-01"]},
    "care": {"type": "string", "enum": ["emergency", "urgent", "routine"]},
    "network": {"type": "string", "enum": ["in", "out"], "description": "Is the provider in the Cigna PPO Network?"},
    "npi": {"type": "string", "description": "The provider's NPI.", "examples": ["1234567893"]},
}
_FILE = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}


def _form(files: dict[str, Any], required: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {**files, **_VISIT_FIELDS}, "required": [required]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


FORM_OF_PICTURES: dict[str, Any] = {
    **_form(
        {"images": {"type": "array", "items": _FILE, "minItems": 1, "description": "Pictures of one card."}}, "images"
    ),
    "parameters": [
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "description": "`respond-async`: answer 202 at once.",
            "schema": {"type": "string"},
        }
    ],
}
FORM_OF_BATCH = _form(
    {
        "files": {"type": "array", "items": _FILE, "minItems": 1, "description": "Pictures, PDFs and ZIPs."},
        "manifest": {**_FILE, "description": "CSV: card_id,image and optionally state,date,care,network."},
    },
    "files",
)
QUESTION_EXAMPLE: dict[str, Any] = {
    "card": {"issuer": "kaiser-permanente", "kind": "travel", "plan": "HMO", "region": "SCAL"},
    "visit": {"state": "TX", "date": "2026-03-01", "care": "urgent", "network": "in"},
}
CORRECTION_EXAMPLE: dict[str, Any] = {
    "corrections": {"rx_bin": "003585", "region": "SCAL"},
    "note": "Read from the card.",
}

ERRORS_OF: dict[str, tuple[int, ...]] = {
    "post /v1/verifications": (400, 401, 403, 408, 413, 415, 422, 429, 503),
    "get /v1/verifications": (400, 401, 422),
    "get /v1/verifications/{record_id}": (401, 404, 413, 415, 422, 503),
    "delete /v1/verifications/{record_id}": (401, 403, 404, 409),
    "post /v1/verifications/{record_id}/corrections": (400, 401, 403, 404, 408, 413, 415, 422),
    "get /v1/verifications/{record_id}/corrections": (401, 404),
    "post /v1/decisions": (400, 401, 403, 408, 413, 415, 422, 503),
    "get /v1/variants": (401, 503),
    "get /v1/rules": (401, 503),
    "get /v1/limits": (401,),
    "post /v1/batches": (400, 401, 403, 408, 413, 415, 422, 429, 503),
    "get /v1/batches/{record_id}": (401, 404),
    "delete /v1/batches/{record_id}": (401, 403, 404, 409),
    "get /healthz": (),
    "get /readyz": (503,),
    "get /metrics": (401,),
}
"""Statuses that an address may answer with when something is wrong."""


def json_body(model: str, example: dict[str, Any]) -> dict[str, Any]:
    """A JSON body for a route that reads it by hand."""
    media = {"schema": {"$ref": f"#/components/schemas/{model}"}, "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": media}}}


def install(app: FastAPI) -> None:
    """Complete the description that the framework makes, once, when it is first asked for."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _describe(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    by_hand = ((CorrectionIn, "validation"), (Question, "validation"), (ProblemDocument, "validation"))
    _, models = models_json_schema(by_hand, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    components = schema.setdefault("components", {})
    for name, model in models["$defs"].items():
        components.setdefault("schemas", {}).setdefault(name, model)
    for name in ("HTTPValidationError", "ValidationError"):  # the framework's own, which nothing answers here
        components["schemas"].pop(name, None)
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            _complete(operation, f"{method} {path}")
    return schema


def _complete(operation: dict[str, Any], key: str) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status in ERRORS_OF[key]:
        examples = {
            error.code: {"value": problem_of(error(), "00000000-0000-4000-8000-000000000000")}
            for error in all_errors()
            if error.http_status == status and _may_answer(error, key)
        }
        responses[str(status)] = {
            "description": "; ".join(examples),
            "content": {
                PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}, "examples": examples},
            },
        }
    if 401 in ERRORS_OF[key]:
        operation["security"] = [{}, {"token": []}]


_UPLOADS = ("post /v1/verifications", "post /v1/batches")
_CARDS = (*_UPLOADS, "get /v1/verifications/{record_id}")
_ONLY_FOR: dict[str, tuple[str, ...]] = {
    "invalid_cursor": ("get /v1/verifications",),
    "invalid_manifest": ("post /v1/batches",),
    "damaged_archive": ("post /v1/batches",),
    "unsafe_archive": ("post /v1/batches",),
    "archive_too_large": ("post /v1/batches",),
    "nested_archive": ("post /v1/batches",),
    "too_many_files": ("post /v1/batches",),
    "too_many_pictures": ("post /v1/verifications",),
    "no_picture": _UPLOADS,
    "busy": _UPLOADS,
    "interrupted": ("get /v1/verifications/{record_id}",),
    "engine_failed": _CARDS,
}
_NEVER = frozenset({"file_not_found", "invalid_output", "worker_crash", "worker_timeout"})
"""Errors of the command line alone."""
_WITH_BODY = frozenset({"damaged_upload", "unsupported_body", "body_too_large", "upload_too_slow"})


def _may_answer(error: type[CardscanError], key: str) -> bool:
    if error.code in _NEVER or key not in _ONLY_FOR.get(error.code, (key,)):
        return False
    if issubclass(error, PictureError):
        return key in _CARDS
    return error.code not in _WITH_BODY or key.startswith("post ")


def all_errors() -> list[type[CardscanError]]:
    """Every error a caller of the API may see, by status and code."""
    found: dict[str, type[CardscanError]] = {}
    waiting: list[type[CardscanError]] = [CardscanError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__ in (errors.__name__, batch_errors.__name__, web_errors.__name__):
            found.setdefault(error.code, error)
    return sorted(found.values(), key=lambda error: (error.http_status, error.code))


def readable(app: FastAPI) -> dict[str, Any]:
    """The description as a page shows it: groups of operations, and all errors."""
    schema = app.openapi()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_readable(method, path, operation))
    known = [
        {"code": error.code, "status": error.http_status, "title": error.title, "remedy": error.remedy}
        for error in all_errors()
    ]
    return {"title": schema["info"]["title"], "about": DESCRIPTION, "groups": groups, "errors": known}


def _readable(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    kind: str = next(iter(body), "")
    media: dict[str, Any] = body.get(kind, {})
    properties = media.get("schema", {}).get("properties", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "about": operation.get("description", ""),
        "parameters": [(one["name"], one["in"], one.get("description", "")) for one in operation.get("parameters", [])],
        "body": kind,
        "fields": [(name, _explain(field)) for name, field in properties.items()],
        "example": media.get("example"),
        "responses": [(status, answer["description"]) for status, answer in sorted(operation["responses"].items())],
    }


def _explain(field: dict[str, Any]) -> str:
    values = ", ".join(map(str, field.get("enum", ())))
    return " ".join(part for part in (field.get("description", ""), values and f"One of: {values}.") if part)
