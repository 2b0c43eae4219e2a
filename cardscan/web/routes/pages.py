"""The page to use the service from, and the description of the API as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cardscan.eligibility.states import NAMES
from cardscan.web import openapi
from cardscan.web.routes.common import ServiceOf

router = APIRouter(include_in_schema=False)

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"), autoescape=True, undefined=StrictUndefined
)


def coded(text: str) -> Markup:
    """Text with what stands between backticks shown as code, and everything escaped."""
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(text.split("`"))
    )


_templates.filters["coded"] = coded


@router.get("/")
async def page(service: ServiceOf) -> Response:
    """The page to verify a card from."""
    return _render(
        "index.html",
        states=sorted(NAMES.items(), key=lambda state: state[1]),
        limits=service.settings,
        needs_token=bool(service.settings.api_token),
    )


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The API, readable."""
    return _render("docs.html", api=openapi.readable(request.app))


def _render(name: str, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(name).render(version=openapi.VERSION, **values))
