"""Documents of several pages: how many cards they hold, and their pages as pictures of their own.

One or two pages are one card. More pages are cards of two pages each where their number is even, else of one page each.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardscan.errors import CardscanError, PictureError
from cardscan.imaging.formats import sniff
from cardscan.pipeline import SourceFile

if TYPE_CHECKING:
    from cardscan.imaging.intake import Intake
    from cardscan.records import Photo

HEAD_BYTES = 1024
"""How much of a file tells what it is."""
_COUNTING_SIDE = 64
"""Long side of the pages, in pixels, where only their number is wanted."""
_JPEG_QUALITY = 95


def is_document(head: bytes) -> bool:
    """Whether a file that begins so may have several pages."""
    try:
        return sniff(head) in ("PDF", "TIFF")
    except (PictureError, ValueError):
        return False


def count_pages(intake: Intake, data: bytes) -> int:
    """Pages of a document; 1 where it cannot be opened: whoever reads it will say why."""
    try:
        return len(intake.open("", data, target_side=_COUNTING_SIDE))
    except CardscanError:
        return 1


def cards_of(pages: int) -> list[tuple[int, ...]]:
    """The 0-based pages of each card in a document of more than two pages.

    >>> cards_of(4), cards_of(3)
    ([(0, 1), (2, 3)], [(0,), (1,), (2,)])
    """
    step = 2 if pages % 2 == 0 else 1
    return [tuple(range(first, first + step)) for first in range(0, pages, step)]


def extract(intake: Intake, name: str, data: bytes, pages: Sequence[int]) -> list[SourceFile]:
    """Some pages of a document, each as a picture named ``NAME#page=N``, with N from 1.

    Raises:
        PictureError: It cannot be opened.
    """
    photos = intake.open(name, data)
    return [SourceFile(page_name(name, page), _jpeg(photos[page])) for page in pages if page < len(photos)]


def page_name(name: str, page: int) -> str:
    return f"{name}#page={page + 1}"


def _jpeg(photo: Photo) -> bytes:
    from PIL import Image

    # As a PNG, a scanned page can be larger than the limit on files.
    file = io.BytesIO()
    Image.fromarray(photo.pixels).save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return file.getvalue()
