"""What belongs together: from files, folders, archives, documents and manifests to cards."""

from __future__ import annotations

import os
import posixpath
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Generic

from cardscan.batch import gather
from cardscan.batch.documents import cards_of, count_pages, extract, is_document
from cardscan.batch.files import Card, F, LazyFile, fingerprint
from cardscan.batch.gather import Found, Gathered
from cardscan.batch.manifest import Entry, is_manifest, read_manifest
from cardscan.batch.pairing import pair
from cardscan.errors import InvalidManifest, PictureError
from cardscan.imaging.intake import Intake, Limits
from cardscan.pipeline import SourceFile
from cardscan.records import Visit
from cardscan.settings import Settings, load_settings

__all__ = ["Card", "LazyFile", "Plan", "fingerprint", "plan", "plan_batch", "plan_paths"]

MAX_MANIFEST_BYTES = 100 * 10**6
UPLOAD_FACTOR = 20
"""All files in uploaded archives together may have this many times the bytes of the largest file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The cards of a batch, and how many files were not looked at, by the reason."""

    cards: list[Card[LazyFile]]
    ignored: Counter[str] = field(default_factory=Counter)


def plan(files: Sequence[SourceFile], settings: Settings | None = None) -> list[Card[SourceFile]]:
    """The cards in an upload.

    Raises:
        InvalidManifest: A manifest cannot be used, or names a file that was not sent.
        PictureError: An archive cannot be used.
    """
    settings = settings or load_settings()
    limits = Limits.from_settings(settings)
    found = gather.from_upload(files, limits.max_bytes, limits.max_bytes * UPLOAD_FACTOR)
    with Intake(limits, workers=1) as intake:
        return _Upload(found, intake).cards(Visit())


def plan_paths(paths: Sequence[str | os.PathLike[str]], visit: Visit) -> list[Card[LazyFile]]:
    """The cards in files, folders and archives on disk; their bytes stay there.

    Raises:
        InvalidManifest: A manifest cannot be used.
    """
    return plan_batch(paths, visit).cards


def plan_batch(paths: Sequence[str | os.PathLike[str]], visit: Visit, settings: Settings | None = None) -> Plan:
    """As `plan_paths`, with the counts of what was not looked at.

    Args:
        visit: What is known of the visit of every card; a manifest may say otherwise.
        settings: The limits for documents, which are opened to count their pages.

    Raises:
        InvalidManifest: A manifest cannot be used.
    """
    limits = Limits.from_settings(settings or load_settings())
    found = gather.from_disk([os.fspath(path) for path in paths])
    with Intake(limits, workers=os.cpu_count() or 1) as intake:
        cards = _Disk(found, intake, limits.max_bytes).cards(visit)
    return Plan(cards, found.ignored)


class _Planner(ABC, Generic[F]):
    """Makes cards of files; what reading a file means is left to the two kinds of planner below."""

    def __init__(self, gathered: Gathered[F], intake: Intake) -> None:
        self._gathered = gathered
        self._intake = intake
        self._by_place = {found.place: found for found in gathered.files}

    def cards(self, visit: Visit) -> list[Card[F]]:
        claimed: set[str] = set()
        cards: list[Card[F]] = []
        rest: list[Found[F]] = []
        for found in self._gathered.files:
            if found.suffix != ".csv":
                rest.append(found)
            elif is_manifest(found.head) or (found.head and self._must_be_manifest(found)):
                for entry in self._manifest(found):
                    files = tuple(self._image(found, line, image, claimed) for line, image in entry.images)
                    cards.append(_card(entry.card_id, files, _merged(entry.visit, visit)))
            elif found.given:
                rest.append(found)  # it cannot be read: its line says so
            else:
                self._gathered.ignored["not pictures"] += 1
        cards += self._paired([found for found in rest if found.place not in claimed], visit)
        return _told_apart(cards)

    def _paired(self, rest: Sequence[Found[F]], visit: Visit) -> Iterator[Card[F]]:
        """Documents by their pages, all else by name."""
        documents = [found for found in rest if is_document(found.head)]
        pages = dict(zip((found.place for found in documents), self._counts(documents), strict=True))
        single = [found for found in rest if pages.get(found.place, 1) == 1]
        for group in pair([found.place for found in single]):
            yield _card(group.name, tuple(single[place].file for place in group.places), visit)
        for found in documents:
            name = PurePosixPath(found.place).stem
            if pages[found.place] == 2:
                yield _card(name, (found.file,), visit)
            elif pages[found.place] > 2:
                for number, files in enumerate(self._split(found.file, cards_of(pages[found.place])), 1):
                    yield Card(f"{name}#{number}", files, visit, (found.file.name,))

    def _must_be_manifest(self, found: Found[F]) -> bool:
        """Whether a CSV file is meant as a manifest whatever it holds."""
        return found.given

    @abstractmethod
    def _counts(self, documents: Sequence[Found[F]]) -> list[int]: ...

    @abstractmethod
    def _split(self, file: F, cards: Sequence[tuple[int, ...]]) -> Iterator[tuple[F, ...]]: ...

    @abstractmethod
    def _read(self, file: F, most: int) -> bytes: ...

    @abstractmethod
    def _absent(self, manifest: Found[F], line: int, image: str) -> F: ...

    def _manifest(self, found: Found[F]) -> list[Entry]:
        try:
            return read_manifest(self._read(found.file, MAX_MANIFEST_BYTES))
        except PictureError as error:
            raise InvalidManifest(error.message) from None

    def _image(self, manifest: Found[F], line: int, image: str, claimed: set[str]) -> F:
        found = self._named(manifest, line, image)
        if found is None:
            return self._absent(manifest, line, image)
        claimed.add(found.place)
        return found.file

    def _named(self, manifest: Found[F], line: int, image: str) -> Found[F] | None:
        """The file that a manifest names, by its path relative to the manifest."""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(manifest.place), image))
        return self._by_place.get(place)


class _Disk(_Planner[LazyFile]):
    def __init__(self, gathered: Gathered[LazyFile], intake: Intake, max_bytes: int) -> None:
        super().__init__(gathered, intake)
        self._max_bytes = max_bytes

    def _counts(self, documents: Sequence[Found[LazyFile]]) -> list[int]:
        def count(found: Found[LazyFile]) -> int:
            try:
                return count_pages(self._intake, found.file.read(self._max_bytes))
            except PictureError:
                return 1

        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            return list(threads.map(count, documents))

    def _split(self, file: LazyFile, cards: Sequence[tuple[int, ...]]) -> Iterator[tuple[LazyFile, ...]]:
        for pages in cards:
            yield (replace(file, pages=pages),)

    def _read(self, file: LazyFile, most: int) -> bytes:
        return file.read(most)

    def _absent(self, manifest: Found[LazyFile], line: int, image: str) -> LazyFile:
        beside = os.path.join(os.path.dirname(manifest.file.name), image)
        if manifest.file.member is not None:  # what is in an archive must not lead out of it
            return gather.missing(posixpath.join(posixpath.dirname(manifest.file.name), image))
        return gather.on_disk(beside)


class _Upload(_Planner[SourceFile]):
    def __init__(self, gathered: Gathered[SourceFile], intake: Intake) -> None:
        super().__init__(gathered, intake)
        self._packed: dict[str, list[Found[SourceFile]]] = {}
        for found in gathered.files:
            _, inside, member = found.file.name.partition(gather.INSIDE)
            if inside:
                self._packed.setdefault(posixpath.normpath(member.replace("\\", "/")), []).append(found)

    def _must_be_manifest(self, found: Found[SourceFile]) -> bool:
        return gather.INSIDE not in found.file.name

    def _named(self, manifest: Found[SourceFile], line: int, image: str) -> Found[SourceFile] | None:
        """Also: a manifest sent beside an archive names the files in it, as seen from the top of the archive."""
        found = super()._named(manifest, line, image)
        if found is not None or gather.INSIDE in manifest.file.name:
            return found
        packed = self._packed.get(posixpath.normpath(image), [])
        if len(packed) > 1:
            raise InvalidManifest(f"line {line}: several of the archives have a file of this name.")
        return packed[0] if packed else None

    def _counts(self, documents: Sequence[Found[SourceFile]]) -> list[int]:
        return [count_pages(self._intake, found.file.data) for found in documents]

    def _split(self, file: SourceFile, cards: Sequence[tuple[int, ...]]) -> Iterator[tuple[SourceFile, ...]]:
        every = extract(self._intake, file.name, file.data, [page for pages in cards for page in pages])
        for pages in cards:
            yield tuple(every[page] for page in pages)

    def _read(self, file: SourceFile, most: int) -> bytes:
        return file.data[:most]

    def _absent(self, manifest: Found[SourceFile], line: int, image: str) -> SourceFile:
        raise InvalidManifest(f"line {line}: the picture was not sent with it.")


def _card(card_id: str, files: tuple[F, ...], visit: Visit) -> Card[F]:
    return Card(card_id, files, visit, tuple(file.name for file in files))


def _merged(own: Visit, common: Visit) -> Visit:
    return own.model_copy(update={name: value for name, value in common if getattr(own, name) is None})


def _told_apart(cards: Sequence[Card[F]]) -> list[Card[F]]:
    """A second card of one id gets ``-2`` after it, and so on."""
    taken = {card.card_id for card in cards}
    used: set[str] = set()
    counts: Counter[str] = Counter()
    result = []
    for card in cards:
        card_id = card.card_id
        while card_id in used:
            counts[card.card_id] = max(2, counts[card.card_id] + 1)
            card_id = f"{card.card_id}-{counts[card.card_id]}"
            if card_id in taken:
                card_id = card.card_id  # another card has that name of its own
        used.add(card_id)
        result.append(card if card_id == card.card_id else replace(card, card_id=card_id))
    return result
