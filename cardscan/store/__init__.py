"""What is kept: verifications, their corrections and pictures, batches, and receipts of what was deleted."""

from cardscan.store.batches import Batches, BatchItem, BatchRecord, ItemState
from cardscan.store.database import Database
from cardscan.store.pictures import PictureFolder
from cardscan.store.records import (
    Correction,
    Filters,
    NewPicture,
    PageOfBodies,
    Receipt,
    Swept,
)
from cardscan.store.verifications import Store

__all__ = [
    "BatchItem",
    "BatchRecord",
    "Batches",
    "Correction",
    "Database",
    "Filters",
    "ItemState",
    "NewPicture",
    "PageOfBodies",
    "PictureFolder",
    "Receipt",
    "Store",
    "Swept",
]
