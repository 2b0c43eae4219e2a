"""What the service knows, what it takes and how it is."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from cardscan.web.batching import MAX_FILES, batch_bytes
from cardscan.web.routes.common import ServiceOf, json_of
from cardscan.web.wire import Limits, RuleList, Status, VariantList

router = APIRouter(tags=["service"])

FORMATS = ["JPEG", "PNG", "WebP", "HEIC", "TIFF", "BMP", "PDF"]


@router.get("/v1/variants", summary="Card variants this service knows", response_model=VariantList)
def variants(service: ServiceOf) -> Response:
    """Every card variant of the catalogue."""
    return json_of(VariantList(variants=service.pipeline.describe_variants()))


@router.get("/v1/rules", summary="Rules this service decides by", response_model=RuleList)
def rules(service: ServiceOf) -> Response:
    """Every rule with its dated entries and the documents they come from."""
    return json_of(RuleList(rules=service.pipeline.describe_rules()))


@router.get("/v1/limits", summary="Limits of this service", response_model=Limits)
def limits(service: ServiceOf) -> Response:
    """What may be sent, and how much of it."""
    settings = service.settings
    return json_of(
        Limits(
            max_file_mb=settings.max_file_mb,
            max_megapixels=settings.max_megapixels,
            max_side=settings.max_side,
            max_pages=settings.max_pages,
            max_pictures=settings.max_pictures,
            max_batch_files=MAX_FILES,
            max_batch_mb=batch_bytes(settings) / 1e6,
            upload_seconds=settings.upload_seconds,
            workers=settings.workers,
            queue=settings.queue,
            keeps_pictures=settings.keep_pictures,
            formats=FORMATS,
        )
    )


@router.get("/healthz", summary="Is the process alive?", response_model=Status)
async def health() -> Response:
    """200 as long as the process answers."""
    return json_of(Status(status="ok"))


@router.get("/readyz", summary="Can it read cards?", response_model=Status)
def ready(service: ServiceOf) -> Response:
    """200 when the engine is warm and the database answers; otherwise the problem that stands in the way."""
    service.check_ready()
    service.store.database.check()
    return json_of(Status(status="ready"))


@router.get("/metrics", summary="Counters for Prometheus", response_class=Response)
def metrics(service: ServiceOf) -> Response:
    """Counters and timings. No label says anything of a card, a file or a person."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)
