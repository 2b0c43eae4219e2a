"""Runs a batch through the same readers as single cards, behind them: whoever waits at a desk goes first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from cardscan.batch.sources import Card, plan
from cardscan.errors import Busy, CardscanError
from cardscan.pipeline import SourceFile
from cardscan.records import Visit
from cardscan.settings import Settings
from cardscan.web.clients import Lease
from cardscan.web.problems import log_failure
from cardscan.web.service import Service, error_note

MAX_FILES = 1000
"""Most files of one upload; a ZIP counts as one."""
MAX_RUNNING = 2
"""Most batches at the same time: each holds its pictures in memory."""
FILES_OF_LARGEST_SIZE = 10
PATIENCE = 10
"""How many times as long as a single card an upload of a batch may take."""
PAUSE_SECONDS = 0.05
NOTE_AGAIN_SECONDS = 5.0
"""Pause before the database is asked again to take what became of a card."""


def cards_of(files: Sequence[SourceFile], settings: Settings) -> list[Card[SourceFile]]:
    """The cards in an upload: archives opened, manifest read, sides paired.

    Two files of one name are two files here: phones call every picture the same.

    Raises:
        InvalidManifest: The manifest cannot be used.
        PictureError: An archive cannot be used.
    """
    return plan(unlike(files), settings)


def unlike(files: Sequence[SourceFile]) -> list[SourceFile]:
    """The files under names that differ: the second ``a.jpg`` is shown as ``a (2).jpg``."""
    seen: set[str] = set()
    made: list[SourceFile] = []
    for file in files:
        name, number = file.name, 1
        stem, dot, suffix = file.name.rpartition(".")
        while name in seen:
            number += 1
            name = f"{stem} ({number}){dot}{suffix}" if dot else f"{file.name} ({number})"
        seen.add(name)
        made.append(replace(file, name=name))
    return made


def batch_bytes(settings: Settings) -> int:
    """Largest upload of a batch, in bytes."""
    return int(settings.max_file_mb * 1e6 * FILES_OF_LARGEST_SIZE)


def check_room(service: Service) -> None:
    """Raises Busy when as many batches run as may."""
    if service.running_batches >= MAX_RUNNING:
        raise Busy(f"At most {MAX_RUNNING} batches run at once.")


async def start(service: Service, files: Sequence[SourceFile], visit: Visit, lease: Lease) -> str:
    """Plan a batch, note it, and begin to run it; its memory is released when it is done. Gives its id.

    Raises:
        CardscanError: The files cannot be planned, such as a manifest that cannot be used.
    """
    check_room(service)
    service.running_batches += 1
    try:
        cards = await asyncio.to_thread(cards_of, files, service.settings)
        names = [(card.card_id, card.source) for card in cards]
        batch_id = await asyncio.to_thread(service.batches.create, names)
    except BaseException:
        service.running_batches -= 1
        raise
    service.spawn(_run(service, batch_id, cards, visit, lease))
    return batch_id


async def _run(service: Service, batch_id: str, cards: Sequence[Card[SourceFile]], visit: Visit, lease: Lease) -> None:
    places = asyncio.Semaphore(service.settings.workers)

    async def one(position: int, card: Card[SourceFile]) -> None:
        try:
            await _read(service, batch_id, position, card, visit)
        finally:
            places.release()

    try:
        async with asyncio.TaskGroup() as tasks:
            for position, card in enumerate(cards):
                await places.acquire()
                tasks.create_task(one(position, card))
    finally:
        service.running_batches -= 1
        lease.release()


async def _read(service: Service, batch_id: str, position: int, card: Card[SourceFile], visit: Visit) -> None:
    """Read one card. Its answer settles its place in the batch when it is saved; a failure is noted here."""
    try:
        while True:
            while service.pool.running >= service.pool.workers:
                await asyncio.sleep(PAUSE_SECONDS)
            try:
                future = service.submit(card.files, _with_defaults(card.visit, visit), item=(batch_id, position))
                break
            except Busy:
                await asyncio.sleep(PAUSE_SECONDS)
        await asyncio.wrap_future(future)
    except CardscanError as error:
        await _note(service, batch_id, position, error)
    except Exception as error:  # noqa: BLE001 - one card must not end the batch, and each is accounted for
        log_failure(error, "batch")
        await _note(service, batch_id, position, CardscanError())


async def _note(service: Service, batch_id: str, position: int, error: CardscanError) -> None:
    """Note why a card has no answer; a database that cannot be written to is tried again until it can, or the stop."""
    logged = False
    while True:
        try:
            await asyncio.to_thread(service.batches.item_failed, batch_id, position, error_note(error))
            return
        except SQLAlchemyError as failure:
            if not logged:
                log_failure(failure, "batch")
            logged = True
            await asyncio.sleep(NOTE_AGAIN_SECONDS)


def _with_defaults(given: Visit, default: Visit) -> Visit:
    """The card's own facts, and the batch's where it has none."""
    missing = {name: value for name, value in default if getattr(given, name) is None}
    return given.model_copy(update=missing)
