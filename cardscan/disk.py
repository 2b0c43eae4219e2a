"""Files on disk, read no further than a limit."""

from __future__ import annotations

from os import PathLike

from cardscan.errors import FileNotFound, FileTooLarge


def read_up_to(path: str | PathLike[str], most: int) -> bytes:
    """The bytes of a file.

    Args:
        path: Where it is.
        most: Largest size, in bytes.

    Raises:
        FileNotFound: It is not there, or may not be read.
        FileTooLarge: It is larger than ``most``.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError):
        raise FileNotFound from None
    if len(data) > most:
        raise FileTooLarge(f"The limit is {most / 1e6:g} MB.")
    return data
