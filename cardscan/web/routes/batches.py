"""Many cards at once: files, ZIPs and PDFs, with or without a manifest."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from cardscan.errors import NoPicture
from cardscan.pipeline import SourceFile
from cardscan.web import batching, openapi
from cardscan.web.errors import StillPending, TooManyFiles
from cardscan.web.intake import FormRules, read_form
from cardscan.web.routes.common import RecordId, ServiceOf, json_of
from cardscan.web.routes.verifications import VISIT_FIELDS, visit_of
from cardscan.web.wire import BatchOut, PurgeReceipt

router = APIRouter(tags=["batches"])


@router.post(
    "/v1/batches",
    summary="Send many cards",
    status_code=202,
    response_model=BatchOut,
    openapi_extra=openapi.FORM_OF_BATCH,
)
async def start_batch(request: Request, service: ServiceOf) -> Response:
    """Pictures, PDFs and ZIPs of many cards. Sides are paired by the manifest, by file name or by page.

    The facts of the visit hold for every card whose line in the manifest does not say otherwise.
    """
    service.check_ready()
    batching.check_room(service)
    largest = batching.batch_bytes(service.settings)
    rules = FormRules(
        file_fields=("files", "manifest"),
        text_fields=VISIT_FIELDS,
        max_files=batching.MAX_FILES,
        max_file_bytes=largest,
        max_bytes=largest,
        too_many=TooManyFiles,
        keeps_folders=True,
    )
    lease = service.memory.lease()
    try:
        form = await read_form(request, rules, lease, seconds=service.settings.upload_seconds * batching.PATIENCE)
        visit = visit_of(form.texts)
        files = [file for name, file in form.files if name == "files"]
        if not files:
            raise NoPicture
        manifests = [SourceFile("manifest.csv", file.data) for name, file in form.files if name == "manifest"]
        batch_id = await batching.start(service, [*manifests, *files], visit, lease)
    except BaseException:
        lease.release()
        raise
    record = await asyncio.to_thread(service.batches.get, batch_id)
    return json_of(BatchOut.of(record), 202, {"Location": f"/v1/batches/{batch_id}", "Retry-After": "2"})


@router.get("/v1/batches/{record_id}", summary="Fetch a batch", response_model=BatchOut)
def get_batch(record_id: RecordId, service: ServiceOf) -> Response:
    """How far a batch is, and what became of each card."""
    return json_of(BatchOut.of(service.batches.get(record_id)))


@router.delete("/v1/batches/{record_id}", summary="Delete a batch", response_model=PurgeReceipt)
def delete_batch(record_id: RecordId, service: ServiceOf) -> Response:
    """Delete a batch that is done, with all its verifications, pictures and corrections."""
    if service.batches.get(record_id).state == "running":
        raise StillPending
    return json_of(PurgeReceipt.of(service.store.delete_batch(record_id)))
