"""What the routes share."""

from __future__ import annotations

import re
from typing import Annotated, cast

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel

from cardscan.errors import NotFound
from cardscan.web.errors import UnknownField
from cardscan.web.service import Service

_ID = re.compile(r"[0-9a-f]{32}")


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


def _record_id(record_id: Annotated[str, Path(description="Id of the record.", examples=["4f" * 16])]) -> str:
    """An id as this service gives them; also with hyphens and in capitals. Raises NotFound."""
    plain = plain_id(record_id)
    if not _ID.fullmatch(plain):
        raise NotFound
    return plain


def plain_id(text: str) -> str:
    """An id as it is kept, from one that may have hyphens and capitals."""
    return text.replace("-", "").lower()


def _no_unknown_query(request: Request) -> None:
    """Refuse parameters of the query that the route does not know: a mistyped filter must not mean 'all'."""
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    if any(name not in known for name in request.query_params):
        raise UnknownField(f"Known are: {', '.join(sorted(known)) or 'none'}.")


ServiceOf = Annotated[Service, Depends(_service)]
RecordId = Annotated[str, Depends(_record_id)]
StrictQuery = Depends(_no_unknown_query)


def json_of(model: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A model as a JSON answer."""
    return json_text(model.model_dump_json(by_alias=True), status, headers)


def json_text(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status_code=status, media_type="application/json", headers=headers)
