"""What can go wrong with one card of a batch beyond what can go wrong with a single picture."""

from __future__ import annotations

from cardscan.errors import CardscanError, PictureError


class WorkerCrash(CardscanError):
    code = "worker_crash"
    title = "The process that read this card died; the other cards are not affected."
    remedy = "Read this card by itself with 'cardscan verify'."


class WorkerTimeout(CardscanError):
    code = "worker_timeout"
    title = "Reading this card took too long and was stopped; the other cards are not affected."
    remedy = "Read this card by itself with 'cardscan verify', or send its pictures as plain JPEGs."


class DamagedArchive(PictureError):
    code = "damaged_archive"
    title = "The ZIP archive cannot be read."
    remedy = "Make the archive again without a password, or give the folder itself."


class UnsafeArchive(PictureError):
    code = "unsafe_archive"
    title = "The ZIP archive names a file outside of itself, or a link."
    remedy = "Make the archive again from a plain folder of pictures."


class ArchiveTooLarge(PictureError):
    code = "archive_too_large"
    http_status = 413
    title = "The ZIP archive unpacks to more than the limit."
    remedy = "Split the archive, or give the folder itself."


class NestedArchive(PictureError):
    code = "nested_archive"
    title = "There is a ZIP archive within the ZIP archive."
    remedy = "Unpack the inner archive and give it by itself."
