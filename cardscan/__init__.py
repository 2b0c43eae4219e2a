"""cardscan: which health-insurance ID card is this, what does it say, and what do the plan's documents allow?

>>> from cardscan import verify
>>> verify(["front.jpg", "back.jpg"], state="TX", care="urgent")    # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "verify"]

if TYPE_CHECKING:
    from cardscan.python import verify


def __getattr__(name: str) -> Any:
    """The Python face is loaded when it is first used: the command line must start fast."""
    if name == "verify":
        from cardscan.python import verify

        return verify
    raise AttributeError(name)
