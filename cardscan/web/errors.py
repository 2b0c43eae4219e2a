"""Errors that only the HTTP face knows. All others are in ``cardscan.errors``."""

from __future__ import annotations

from cardscan.errors import CardscanError, UsageError


class UnknownPath(UsageError):
    code = "unknown_path"
    http_status = 404
    title = "There is nothing at this address."
    remedy = "See /docs for the addresses of this service."


class MethodNotAllowed(UsageError):
    code = "method_not_allowed"
    http_status = 405
    title = "This address does not take this method."
    remedy = "Use one of the methods named in the header 'Allow'."


class InvalidRequest(UsageError):
    code = "invalid_request"
    title = "A part of the request has a value that cannot be used."
    remedy = "Mend the part that is named; /docs says what each part may be."


class UnknownField(UsageError):
    code = "unknown_field"
    title = "The request has a field that this address does not know."
    remedy = "Leave it out, or correct its name."


class DamagedUpload(UsageError):
    code = "damaged_upload"
    http_status = 400
    title = "The body of the request is not complete or not well formed."
    remedy = "Send the request again; if it stays, check the program that sends it."


class UnsupportedBody(UsageError):
    code = "unsupported_body"
    http_status = 415
    title = "The body of the request is of a kind that this address does not take."
    remedy = "Send the kind of body that /docs names for this address."


class BodyTooLarge(UsageError):
    code = "body_too_large"
    http_status = 413
    title = "The request is larger than the limit."
    remedy = "Send fewer or smaller files; /v1/limits names the limits."


class TooManyFiles(UsageError):
    code = "too_many_files"
    http_status = 413
    title = "More files were sent at once than the limit."
    remedy = "Send several batches, or pack the files into a ZIP."


class UnknownHost(UsageError):
    code = "unknown_host"
    http_status = 400
    title = "The request is addressed to a host name that this service does not answer to."
    remedy = "Use the address the service printed at its start, or set CARDSCAN_HOST."


class StillPending(UsageError):
    code = "still_pending"
    http_status = 409
    title = "This is still being read."
    remedy = "Wait until it is done, then try again."


class NotReady(CardscanError):
    code = "not_ready"
    http_status = 503
    title = "The service is starting and cannot read cards yet."
    remedy = "Try again after the seconds given in Retry-After."


class Interrupted(CardscanError):
    code = "interrupted"
    http_status = 503
    title = "The service was stopped before this card was read."
    remedy = "Send the card again."


class StoreUnavailable(CardscanError):
    code = "store_unavailable"
    http_status = 503
    title = "The answer could not be written to or read from the database."
    remedy = "Try again; if it stays, check the disk and the database of the service."
