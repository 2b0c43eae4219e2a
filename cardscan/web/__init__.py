"""The HTTP face: the API of the contract, and a page to use it from."""

from cardscan.web.app import create_app

__all__ = ["create_app"]
