"""The rules alone: a card and a visit in words, without a picture."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from cardscan.eligibility.facts import parse_question
from cardscan.records import Decision
from cardscan.web import openapi
from cardscan.web.intake import read_json
from cardscan.web.routes.common import ServiceOf, json_of

router = APIRouter(tags=["decisions"])


@router.post(
    "/v1/decisions",
    summary="Decide without a picture",
    response_model=Decision,
    openapi_extra=openapi.json_body("Question", openapi.QUESTION_EXAMPLE),
)
async def decide(request: Request, service: ServiceOf) -> Response:
    """What the plan's documents say of a card and a visit. Any fact may be null or absent; no date means today."""
    pipeline = service.pipeline
    card, visit = parse_question(await read_json(request, seconds=service.settings.upload_seconds))
    return json_of(await asyncio.to_thread(pipeline.decide, card, visit, as_of=service.today()))
