"""The one error of the modules of printed numbers."""

from __future__ import annotations


class Invalid(ValueError):
    """The text is not such a number. The message says why, without the number."""
