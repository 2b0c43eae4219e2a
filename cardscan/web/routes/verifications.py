"""Cards from pictures: made, fetched, listed, corrected, deleted."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from cardscan.eligibility.facts import parse_question
from cardscan.errors import InvalidDate, NoPicture, TooManyPictures
from cardscan.records import Issuer, Outcome, Region, Verification, Visit
from cardscan.settings import Settings
from cardscan.store import Filters
from cardscan.web import openapi
from cardscan.web.errors import StillPending
from cardscan.web.intake import FormRules, read_form, read_json
from cardscan.web.problems import from_validation
from cardscan.web.routes.common import RecordId, ServiceOf, StrictQuery, json_of, json_text, plain_id
from cardscan.web.wire import CorrectionIn, CorrectionList, CorrectionOut, Pending, PurgeReceipt, VerificationPage

router = APIRouter(tags=["verifications"])

VISIT_FIELDS = ("state", "date", "care", "network", "npi")
FORM_SLACK = 100_000
"""Bytes of a form beside its files."""


_ASYNC_HEADERS = {"Preference-Applied": "respond-async", "Retry-After": "1"}


def form_rules(settings: Settings) -> FormRules:
    largest = int(settings.max_file_mb * 1e6)
    return FormRules(
        file_fields=("images",),
        text_fields=VISIT_FIELDS,
        max_files=settings.max_pictures,
        max_file_bytes=largest,
        max_bytes=largest * settings.max_pictures + FORM_SLACK,
        too_many=TooManyPictures,
    )


def visit_of(texts: dict[str, str]) -> Visit:
    """The facts of the visit from the text fields of a form. Raises UsageError."""
    return parse_question({"visit": {name: texts[name] for name in VISIT_FIELDS if name in texts}})[1]


@router.post(
    "/v1/verifications",
    summary="Verify a card from pictures",
    response_model=Verification,
    responses={202: {"model": Pending, "description": "Accepted; ask again at `Location`."}},
    openapi_extra=openapi.FORM_OF_PICTURES,
)
async def verify(request: Request, service: ServiceOf) -> Response:
    """Pictures of ONE card, in any order: front, back, both on one page, a PDF or a screenshot.

    With the header `Prefer: respond-async` the answer is 202 at once, and `Location` is where to ask for the result.
    """
    service.check_ready()
    service.pool.check_room()
    lease = service.memory.lease()
    later = False
    try:
        form = await read_form(request, form_rules(service.settings), lease, seconds=service.settings.upload_seconds)
        visit = visit_of(form.texts)
        files = [file for _, file in form.files]
        if not files:
            raise NoPicture
        if _wants_async(request):
            job_id = service.submit_later(files, visit, lease)
            later = True
            return json_of(Pending(id=job_id), 202, {"Location": f"/v1/verifications/{job_id}", **_ASYNC_HEADERS})
        verification = await asyncio.wrap_future(service.submit(files, visit))
    finally:
        if not later:
            lease.release()
    headers = {"Content-Location": f"/v1/verifications/{verification.id}"}
    return json_text(verification.to_json(), headers=headers)


@router.get(
    "/v1/verifications",
    summary="List verifications, newest first",
    response_model=VerificationPage,
    dependencies=[StrictQuery],
)
def list_verifications(
    service: ServiceOf,
    outcome: Annotated[Outcome | None, Query(description="Only this outcome.")] = None,
    issuer: Annotated[Issuer | None, Query(description="Only cards of this issuer.")] = None,
    variant: Annotated[str | None, Query(max_length=80, description="Only this variant; see /v1/variants.")] = None,
    region: Annotated[Region | None, Query(description="Only cards of this region.")] = None,
    batch_id: Annotated[str | None, Query(max_length=40, description="Only cards of this batch.")] = None,
    created_from: Annotated[
        str | None, Query(max_length=40, description="A day or a moment (ISO 8601, UTC where no offset): from then on.")
    ] = None,
    created_to: Annotated[
        str | None, Query(max_length=40, description="A day (all of it is meant) or a moment: up to then.")
    ] = None,
    cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most verifications on the page.")] = 20,
) -> Response:
    """Verifications that match all filters, newest first, a page at a time."""
    filters = Filters(
        outcome=outcome,
        issuer=issuer,
        variant=variant,
        region=region,
        batch_id=None if batch_id is None else plain_id(batch_id),
        created_from=_moment(created_from, end_of_day=False),
        created_to=_moment(created_to, end_of_day=True),
    )
    page = service.store.list(filters, cursor=cursor, limit=limit)
    following = "null" if page.next_cursor is None else f'"{page.next_cursor}"'
    return json_text(f'{{"items":[{",".join(page.bodies)}],"next_cursor":{following}}}')


@router.get(
    "/v1/verifications/{record_id}",
    summary="Fetch a verification",
    response_model=Verification,
    responses={202: {"model": Pending, "description": "It is still being read."}},
)
def get_verification(record_id: RecordId, service: ServiceOf) -> Response:
    """The answer as it was given; 202 while it is still being read; the problem if reading failed."""
    failure = service.jobs.failure(record_id)
    if failure is not None:
        raise failure
    if service.jobs.is_pending(record_id):
        return json_of(Pending(id=record_id), 202, {"Retry-After": "1"})
    return json_text(service.store.get(record_id))


@router.delete("/v1/verifications/{record_id}", summary="Delete a verification", response_model=PurgeReceipt)
def delete_verification(record_id: RecordId, service: ServiceOf) -> Response:
    """Delete it with its pictures and corrections. The receipt counts what was removed and holds no health data."""
    if service.jobs.is_pending(record_id):
        raise StillPending
    return json_of(PurgeReceipt.of(service.store.delete(record_id)))


@router.post(
    "/v1/verifications/{record_id}/corrections",
    summary="Correct a verification",
    status_code=201,
    response_model=CorrectionOut,
    openapi_extra=openapi.json_body("CorrectionIn", openapi.CORRECTION_EXAMPLE),
)
async def correct(request: Request, record_id: RecordId, service: ServiceOf) -> Response:
    """Note what a person saw to be right. The verification itself stays as it was answered."""
    body = await read_json(request, seconds=service.settings.upload_seconds)
    try:
        wanted = CorrectionIn.model_validate(body)
    except ValidationError as error:
        raise from_validation(error.errors(include_input=False), CorrectionIn.model_fields) from None
    made = await asyncio.to_thread(service.store.add_correction, record_id, wanted.corrections, wanted.note)
    return json_of(CorrectionOut.of(made), 201)


@router.get(
    "/v1/verifications/{record_id}/corrections", summary="List the corrections of one", response_model=CorrectionList
)
def list_corrections(record_id: RecordId, service: ServiceOf) -> Response:
    """All corrections of a verification, oldest first."""
    return json_of(CorrectionList(items=[CorrectionOut.of(one) for one in service.store.corrections(record_id)]))


def _wants_async(request: Request) -> bool:
    preferences = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(one.partition(";")[0].strip() == "respond-async" for one in preferences)


def _moment(text: str | None, *, end_of_day: bool) -> dt.datetime | None:
    """A moment from ISO 8601. A day alone is its beginning, or the beginning of the next one."""
    if text is None:
        return None
    try:
        # A '+' that was not escaped in the query arrives as a space.
        moment = dt.datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        if end_of_day and len(text) <= len("2026-03-01"):
            moment += dt.timedelta(days=1)
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise InvalidDate("Give created_from and created_to as YYYY-MM-DD or as a moment in ISO 8601.") from None
