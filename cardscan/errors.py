"""Everything that can go wrong for a caller: one class each, with code, statuses, public sentence and remedy.

Two translators only use these: the command line (exit status) and the HTTP face (problem+json). A sentence never
carries card text, a name, a number or a path: a caller's file is named by the caller's face, not here.
"""

from __future__ import annotations

from typing import ClassVar


class CardscanError(Exception):
    """Base of all errors that a caller may see.

    Attributes:
        code: Stable name of the error.
        exit_status: Exit status of the command line.
        http_status: Status of the HTTP answer.
        title: What went wrong, in one sentence.
        remedy: What the caller can do about it.
        detail: Facts of this case, safe to show and to log.
    """

    code: ClassVar[str] = "internal_error"
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong inside cardscan."
    remedy: ClassVar[str] = "Try again; if it stays, report it with the id of the request."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail

    @property
    def message(self) -> str:
        return f"{self.title} {self.detail}".strip()

    def __reduce__(self) -> tuple[type[CardscanError], tuple[str]]:
        return type(self), (self.detail,)  # crosses process boundaries unchanged


# --- a picture that cannot be opened: exit 5, HTTP 4xx --------------------------------------------------------------


class PictureError(CardscanError):
    """Base of: a file could not be opened as a picture."""

    code = "picture_error"
    exit_status = 5
    http_status = 422
    title = "The file could not be opened as a picture."
    remedy = "Send a JPEG, PNG, WebP, HEIC, TIFF, BMP or PDF of the card."


class FileNotFound(PictureError):
    code = "file_not_found"
    http_status = 404
    title = "There is no such file, or it may not be read."
    remedy = "Check the path and the permissions."


class EmptyFile(PictureError):
    code = "empty_file"
    title = "The file is empty."
    remedy = "Take the picture again, or check that the upload was complete."


class NotAPicture(PictureError):
    code = "not_a_picture"
    http_status = 415
    title = "The file is not a picture of a kind that cardscan reads."


class DamagedPicture(PictureError):
    code = "damaged_picture"
    title = "The picture is damaged or incomplete."
    remedy = "Take or export the picture again, or check that the upload was complete."


class PasswordProtected(PictureError):
    code = "password_protected"
    title = "The PDF is protected by a password."
    remedy = "Save it without a password, or send a screenshot."


class FileTooLarge(PictureError):
    code = "file_too_large"
    http_status = 413
    title = "The file is larger than the limit."
    remedy = "Send a smaller file: a phone photo at normal quality is enough."


class TooManyPixels(PictureError):
    code = "too_many_pixels"
    http_status = 413
    title = "The picture has more pixels than the limit."
    remedy = "Scale the picture down: 12 megapixels are enough."


class SideTooLong(PictureError):
    code = "side_too_long"
    http_status = 413
    title = "A side of the picture is longer than the limit."
    remedy = "Scale the picture down, or crop it to the card."


class TooManyPages(PictureError):
    code = "too_many_pages"
    http_status = 413
    title = "The document has more pages than the limit."
    remedy = "Send only the pages that show this card."


class TooManyPictures(PictureError):
    code = "too_many_pictures"
    http_status = 413
    title = "More pictures were sent for one card than the limit."
    remedy = "Send the front and the back; use a batch for several cards."


class PictureTooSlow(PictureError):
    code = "picture_too_slow"
    title = "Opening the picture took too long and was stopped."
    remedy = "Send the picture as a plain JPEG or PNG."


class PictureCrash(PictureError):
    code = "picture_crash"
    title = "Opening the picture failed in a way that only a faulty file causes."
    remedy = "Send the picture as a plain JPEG or PNG."


# --- usage: exit 2, HTTP 4xx ----------------------------------------------------------------------------------------


class UsageError(CardscanError):
    """Base of: the caller asked for something that has no meaning."""

    code = "usage_error"
    exit_status = 2
    http_status = 422
    title = "The request is not understood."
    remedy = "See the documentation of the command or of the API."


class InvalidState(UsageError):
    code = "invalid_state"
    title = "The state is not one of the United States, DC or a territory."
    remedy = "Give the two-letter code of the place of service, such as TX."


class InvalidDate(UsageError):
    code = "invalid_date"
    title = "The date is not a calendar date."
    remedy = "Give the date of service as YYYY-MM-DD."


class InvalidFact(UsageError):
    code = "invalid_fact"
    title = "A fact of the card or the visit has a value that is not known."
    remedy = "See the list of values in the documentation of the API."


class InvalidNpi(UsageError):
    code = "invalid_npi"
    title = "The NPI is not valid: it has ten digits and a check digit."
    remedy = "Check the number of the provider."


class NoPicture(UsageError):
    code = "no_picture"
    title = "No picture was sent."
    remedy = "Send at least one picture of the card; use /v1/decisions to ask without a picture."


class InvalidManifest(UsageError):
    code = "invalid_manifest"
    title = "The manifest cannot be used."
    remedy = "A manifest is a CSV file with the header card_id,image and optionally state,date,care,network."


class InvalidOutput(UsageError):
    code = "invalid_output"
    title = "The results cannot be written there."
    remedy = "Name a file that ends in .jsonl, .parquet or .csv in a folder that can be written."


class InvalidCursor(UsageError):
    code = "invalid_cursor"
    http_status = 400
    title = "The cursor is not one that this service gave out."
    remedy = "Start again without a cursor."


class NotFound(UsageError):
    code = "not_found"
    http_status = 404
    title = "There is nothing under this id."
    remedy = "Check the id; the record may have been deleted."


class Unauthorized(UsageError):
    code = "unauthorized"
    http_status = 401
    title = "The request carries no valid token."
    remedy = "Send the token of this service in the header 'Authorization: Bearer …'."


class ForeignOrigin(UsageError):
    code = "foreign_origin"
    http_status = 403
    title = "The request comes from another site's page."
    remedy = "Open cardscan's own page, or call the API from a program."


# --- data and engines: exit 3 and 4 ---------------------------------------------------------------------------------


class BadData(CardscanError):
    """The catalogue or the rules cannot be used. ``detail`` lists all faults, each with file and line."""

    code = "bad_data"
    exit_status = 3
    title = "The catalogue or the rules have faults, and nothing was started."
    remedy = "Mend each fault that is listed; 'cardscan rules check' and 'cardscan variants check' list them again."


class BadSettings(CardscanError):
    code = "bad_settings"
    exit_status = 3
    title = "A setting has a value that cannot be used."
    remedy = "See docs/settings.md for the values of each setting."


class EngineUnavailable(CardscanError):
    code = "engine_unavailable"
    exit_status = 4
    http_status = 503
    title = "The OCR engine cannot run on this machine."
    remedy = "Install what is missing, or choose another engine with --engine or CARDSCAN_ENGINE."


class EngineFailed(CardscanError):
    code = "engine_failed"
    exit_status = 4
    http_status = 503
    title = "The OCR engine failed while reading the picture."
    remedy = "Try again; if it stays, choose another engine with --engine or CARDSCAN_ENGINE."


class Busy(CardscanError):
    code = "busy"
    http_status = 503
    title = "All readers are busy and the queue is full."
    remedy = "Try again after the seconds given in Retry-After."


class TooManyRequests(CardscanError):
    code = "too_many_requests"
    http_status = 429
    title = "This client has too many requests under way."
    remedy = "Wait for earlier answers before you send more."


class UploadTooSlow(CardscanError):
    code = "upload_too_slow"
    http_status = 408
    title = "The upload did not arrive in time."
    remedy = "Check the connection and send the pictures again."
