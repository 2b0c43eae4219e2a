"""The only file that knows the order of the stages: bytes, photos, flat cards, readings, identity, fields, decision."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import cv2

from cardscan import __version__
from cardscan.classify.catalogue import Catalogue, load_catalogue
from cardscan.classify.sentences import judge
from cardscan.eligibility import decide, describe, load_rules, whom_to_call
from cardscan.errors import BadData, NoPicture, PictureError, TooManyPictures, UsageError
from cardscan.extract.fields import extract, personal_texts
from cardscan.extract.labels import read_sheet
from cardscan.extract.validity import has_unlabelled_date, not_in_force
from cardscan.imaging.intake import Intake, Limits
from cardscan.layout import View
from cardscan.ocr.engine import Engine, create_engine
from cardscan.reader import Look, Reader, Side
from cardscan.records import CardFacts, Decision, FieldValue, Photo, Problem, Timing, Verification, Versions, Visit
from cardscan.settings import Settings
from cardscan.synthesis import Identity, doubted, identify_card, is_excluded
from cardscan.verdict import conclude

_TARGET_SIDE = 1600  # long side at which most cards can be read; the full picture is opened only where it cannot


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as the caller sent it. ``name`` is shown back to the caller and is never logged."""

    name: str
    data: bytes


@dataclass(slots=True)
class _Clock:
    """Milliseconds spent by stage."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.spend(name, (time.perf_counter() - start) * 1000)

    def spend(self, name: str, milliseconds: float) -> None:
        self.spent[name] = self.spent.get(name, 0.0) + milliseconds


class Pipeline:
    """One pipeline behind the command line, HTTP, the batch engine and Python. Safe to call from several threads.

    Args:
        settings: See there.
        engine: The OCR engine; None: the one that the settings name.
        ahead: Load the engine at the side, at once: a verification follows.

    Raises:
        BadData: The catalogue or the rules have faults.
        EngineUnavailable: There is no engine of the name that the settings give.
    """

    def __init__(self, settings: Settings, engine: Engine | None = None, *, ahead: bool = False) -> None:
        cv2.setNumThreads(1)  # parallel by picture, not inside one: twice the CPU for little time
        self.settings = settings
        self.engine = engine or create_engine(settings)
        self._intake = Intake(Limits.from_settings(settings), workers=settings.workers)
        self._reader = Reader(self.engine, self._intake, skim=settings.fast)
        self._threads = ThreadPoolExecutor(2 * settings.workers, thread_name_prefix="cardscan")
        if ahead:  # what fails here fails again where it is needed, and is told there
            self._threads.submit(self.engine.warm_up)
            self._threads.submit(self._intake.start)
            self._threads.submit(judge().load)
        try:
            self.catalogue: Catalogue = load_catalogue(settings.catalogue_dir)
            self.rules = load_rules(settings.rules_dir)
        except BadData:
            self.close()
            raise

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self) -> None:
        """Load the engine and read a picture, so that the next call is fast.

        Raises:
            EngineUnavailable: Something the engine needs is missing.
        """
        beside = [self._threads.submit(start) for start in (self._intake.start, judge().load)]
        self.engine.warm_up()
        for started in beside:
            started.result()

    def verify(self, files: Sequence[SourceFile], visit: Visit, *, as_of: dt.date) -> Verification:
        """Pictures of one card, in any order, to a decision.

        Args:
            files: Front, back, pages; at most ``max_pictures`` of the settings.
            visit: What is known of the visit.
            as_of: The day that counts as today.

        Raises:
            NoPicture: No file was given.
            PictureError: None of the files could be opened; where some could, the others are listed as problems.
            EngineFailed: The engine failed.
        """
        start = time.perf_counter()
        clock = _Clock()
        with clock.stage("decode"):
            opened, problems = self._open(files)
        identity, unread = self._identify(opened, clock)
        with clock.stage("match"):
            fields = extract(identity.cards)
            if identity.seen.two_members:  # whose they are is not known
                fields = {name: FieldValue() for name in fields}
            fields = {name: doubted(value, identity.images) for name, value in fields.items()}
        with clock.stage("rules"):
            facts = identity.facts
            by_rules = decide(facts, visit, as_of=as_of, rules=self.rules)
            day = visit.date or as_of
            decision = conclude(
                identity.attributes, identity.seen, by_rules, whom_to_call(facts, day=day, rules=self.rules),
                unopened=bool(problems),
                not_in_force=not_in_force(identity.sheets, fields["effective_date"].value, day),
                unlabelled_date=has_unlabelled_date(identity.sheets, day),
            )  # fmt: skip
        spent = clock.spent
        return Verification(
            id=uuid.uuid4().hex,
            created_at=dt.datetime.now(dt.UTC),
            source=tuple(file.name for file in files),
            card=identity.card,
            fields=fields,
            images=identity.images,
            decision=decision,
            visit=visit,
            problems=(*problems, *_not_read(unread)),
            timing_ms=Timing(
                total=round((time.perf_counter() - start) * 1000, 1),
                **{name: round(spent.get(name, 0.0), 1) for name in ("decode", "locate", "ocr", "match", "rules")},
            ),
            versions=self.versions,
        )

    def read(self, files: Sequence[SourceFile]) -> tuple[list[View], list[str]]:
        """What pictures of a card say, undecided: the sides as read, and the values in them that are a member's.

        Raises:
            NoPicture: No file was given.
            PictureError: One of the files could not be opened.
            EngineFailed: The engine failed.
        """
        opened, problems = self._open(files)
        if problems:
            raise UsageError(f"{problems[0].code}: {problems[0].message}")
        looks = self._look(opened, range(len(opened)), _Clock())
        views = [side.view for look in looks for side in look.sides]
        return views, personal_texts([read_sheet(view) for view in views])

    @property
    def versions(self) -> Versions:
        return Versions(
            cardscan=__version__,
            catalogue=self.catalogue.version,
            rules=self.rules.version,
            engine=f"{self.engine.name} {self.engine.version}",
        )

    def decide(self, card: CardFacts, visit: Visit, *, as_of: dt.date) -> Decision:
        """The rules alone, from known facts."""
        return decide(card, visit, as_of=as_of, rules=self.rules)

    def describe_variants(self) -> list[dict[str, Any]]:
        """The card variants of the catalogue, as plain data."""
        return [v.model_dump(mode="json") for v in sorted(self.catalogue.variants.values(), key=lambda v: v.id)]

    def describe_rules(self) -> list[dict[str, Any]]:
        """The dated entries of every rule, as plain data."""
        return describe(self.rules)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self._intake.close()

    def _open(self, files: Sequence[SourceFile]) -> tuple[list[tuple[Photo, SourceFile]], list[Problem]]:
        if not files:
            raise NoPicture
        if len(files) > self.settings.max_pictures:
            raise TooManyPictures(f"The limit is {self.settings.max_pictures}; there are {len(files)}.")
        opened: list[tuple[Photo, SourceFile]] = []
        problems: list[Problem] = []
        first: PictureError | None = None
        for file, outcome in zip(files, self._threads.map(self._try_open, files), strict=True):
            if isinstance(outcome, PictureError):
                first = first or outcome
                problem = Problem(source=file.name, code=outcome.code, message=outcome.message, remedy=outcome.remedy)
                problems.append(problem)
            else:
                opened += [(photo, file) for photo in outcome]
        if not opened and first is not None:
            raise first
        return opened, problems

    def _try_open(self, file: SourceFile) -> tuple[Photo, ...] | PictureError:
        try:
            return self._intake.open(file.name, file.data, target_side=_TARGET_SIDE)
        except PictureError as error:
            return error

    def _identify(
        self, opened: Sequence[tuple[Photo, SourceFile]], clock: _Clock
    ) -> tuple[Identity, Sequence[tuple[Photo, SourceFile]]]:
        """Which card the pictures show, and the pictures that need not be read to know it.

        What stands beside the cards is read where a side is still unseen.
        """
        looks: list[Look] = []
        step = 1 if self.settings.fast else len(opened)
        for start in range(0, len(opened), step):
            looks += self._look(opened, range(start, start + step), clock)
            seen, rest = opened[: start + step], opened[start + step :]
            sides = [side for look in looks for side in look.sides]
            with clock.stage("match"):
                if rest and not is_excluded(sides, self.catalogue):
                    continue
                identity = identify_card(sides, [photo for photo, _ in seen], self.catalogue)
            if rest:  # nothing that may stand elsewhere takes an exclusion back
                return identity, rest
        beside = [] if identity.seen.both else self._look_again(looks, opened, clock)
        if beside:
            with clock.stage("match"):
                identity = identify_card([*sides, *beside], [photo for photo, _ in opened], self.catalogue)
        return identity, ()

    def _look(self, opened: Sequence[tuple[Photo, SourceFile]], numbers: Sequence[int], clock: _Clock) -> list[Look]:
        """The sides that some of the pictures show, read in parallel."""
        jobs = [self._threads.submit(self._reader.read_photo, i, opened[i][0], opened[i][1].data) for i in numbers]
        looks = [job.result() for job in jobs]
        clock.spend("locate", sum(look.locate_ms for look in looks))
        clock.spend("ocr", sum(look.ocr_ms for look in looks))
        return looks

    def _look_again(
        self, looks: Sequence[Look], opened: Sequence[tuple[Photo, SourceFile]], clock: _Clock
    ) -> list[Side]:
        """What stands beside the cards, when a side is still unseen: it may be there, and may exclude the member."""
        files = [opened[look.index][1].data for look in looks]
        with clock.stage("ocr"):
            return [side for sides in self._threads.map(self._reader.read_rest, looks, files) for side in sides]


def _not_read(unread: Sequence[tuple[Photo, SourceFile]]) -> list[Problem]:
    """What is said of the pictures that were left unread because an exclusion was certain before their turn."""
    return [
        Problem(
            source=name,
            code="not-read",
            message="This picture was not read: an exclusion on another one settles the decision.",
            remedy="Leave out --fast (the setting 'fast') to have every picture read.",
        )
        for name in dict.fromkeys(file.name for _, file in unread)
    ]
