"""Puts the service together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from cardscan.pipeline import Pipeline
from cardscan.settings import Settings
from cardscan.web import openapi, problems
from cardscan.web.guard import Guard
from cardscan.web.routes import about, batches, decisions, pages, verifications
from cardscan.web.service import Service

STATIC = Path(__file__).with_name("static")


def create_app(settings: Settings, pipeline: Pipeline | None = None) -> FastAPI:
    """The service as an ASGI app.

    Args:
        settings: The settings it runs with.
        pipeline: The pipeline to use; its owner closes it. None: the app builds one and closes it.

    Raises:
        BadSettings: At the start of its lifespan, when the store cannot be opened.
    """
    service = Service(settings, pipeline)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    app = FastAPI(
        title="cardscan",
        version=openapi.VERSION,
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    problems.install(app)
    app.add_middleware(Guard, service=service)
    for routes in (verifications, decisions, batches, about, pages):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    openapi.install(app)
    return app
