"""A person says what a photo is: it becomes a lesson, and is filed by the rules as that.

The lesson comes first, then the filing, through the journal like every other. Wherever a kill
falls, at worst the lesson holds and the photo is where it was: the next `refile` files it, for
photos with a lesson are judged by it. A photo that has just been filed by somebody else, moved or
deleted has a sentence and no lesson. `take_back` undoes both as one act.

The classifier process is asked only where no model ever saw the photo.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from gallery_daemon.commands.inspection import Inspection
from gallery_daemon.commands.refile import first_filing
from gallery_daemon.commands.undo import Undoing
from gallery_daemon.daemon.configuration import classes_of
from gallery_daemon.decision import Action, Outcome
from gallery_daemon.errors import FilingError, GalleryError, JournalDamaged
from gallery_daemon.filing.emptied import take_away_emptied
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.preconditions import filed_file
from gallery_daemon.filing.relocate import Relocator, clear_up
from gallery_daemon.filing.steps import Plan, would_be_tried
from gallery_daemon.journal.claims import AlreadyClaimed
from gallery_daemon.journal.lesson import LessonKind, LessonState, NewLesson
from gallery_daemon.journal.record import State
from gallery_daemon.journey.examined import Predicted
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.journey.judge import File, of_answer
from gallery_daemon.journey.similar_photos import SimilarIndex
from gallery_daemon.photo import Photo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.decision import Destination
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row

_SHOWN_AGAIN = "the page shows it again where it is"
_REFILE = "gallery-daemon refile files it once the rules name a place"


@dataclass(frozen=True, slots=True)
class FiledAs:
    """What came of saying what a photo is.

    `id` is the row that was asked about, `row` the new one, `destination` the path below the
    library where the photo lies then. `problem` is what is to be told, as a sentence. `is_taught`:
    the lesson holds, also where the photo stays because the rules have no other place for it.
    """

    id: int
    row: int | None = None
    destination: str | None = None
    problem: str | None = None
    hint: str | None = None
    is_taught: bool = False


@dataclass(frozen=True, slots=True)
class TakenBackAs:
    """What came of taking it back: `restored` is the row that holds again, and waits."""

    id: int
    restored: int | None = None
    problem: str | None = None
    hint: str | None = None


class _NoOneSees:
    """A display of progress that is none."""

    def update(self, done: int, expected: int, waits_for: str = "") -> None:
        """Nothing is shown."""


class _Stays(GalleryError):
    """The photo stays where it is, and the lesson holds."""


class SaidFiling:
    """Files photos of one library as a person says."""

    def __init__(self, config: Config, journal: Journal, disk: Disk, clock: Clock) -> None:
        self._config, self._journal = config, journal
        self._disk, self._clock = disk, clock
        self._cache = InferenceCache.of(config, journal)
        self._inspection = Inspection(config, journal, clock, _NoOneSees())
        self._similar = SimilarIndex(journal, config.rules)
        self._relocator = Relocator(journal, disk)

    def file_as(self, ids: Iterable[int], class_name: str) -> list[FiledAs]:
        """Each photo is filed as that class, and is a lesson; or there is a sentence.

        Raises:
            JournalDamaged: the journal is to be set aside.
        """
        return [self._one(number, class_name) for number in ids]

    def take_back(self, ids: Iterable[int]) -> list[TakenBackAs]:
        """Each filing, and the lesson that was given with it, is undone.

        The ids are `FiledAs.row`, or `FiledAs.id` where the photo had stayed.

        Raises:
            JournalDamaged: the journal is to be set aside.
        """
        return [self._back(number) for number in ids]

    def _one(self, number: int, class_name: str) -> FiledAs:
        when = self._clock.wall()
        try:
            row = self._photo_of(number)
            lesson = self._teach(row, class_name, when)
        except JournalDamaged:
            raise
        except GalleryError as error:
            return FiledAs(number, problem=error.sentence, hint=error.hint)
        try:
            # One act has one time: that is how the lesson is known when the filing is undone.
            new = self._filed(row, class_name, when)
        except JournalDamaged:
            raise
        except _Stays as error:
            return FiledAs(number, problem=error.sentence, hint=error.hint, is_taught=True)
        except GalleryError as error:
            return self._refused(number, lesson, error)
        problem = None if new.state is State.FILED else new.reason
        return FiledAs(number, new.id, new.below_library, problem, is_taught=True)

    def _photo_of(self, number: int) -> Row:
        """The row of the photo, which is still there and nobody else's."""
        row = self._journal.row(number)
        if row is None or row.parent is not None or row.library != self._config.library:
            raise GalleryError("there is no such photo in this library")
        match row.state:
            case State.FILED | State.LEFT:
                return row
            case State.REFILED:
                after = self._journal.refiled_as(row)
                place = "" if after is None else f": it lies in {'/'.join(after.folder)}"
                raise GalleryError(f"it was filed meanwhile{place}", _SHOWN_AGAIN)
            case State.UNDONE:
                raise GalleryError("its filing was undone meanwhile", _SHOWN_AGAIN)
            case _:
                raise GalleryError(f"it was {row.state}, so there is nothing to file")

    def _teach(self, row: Row, class_name: str, when: datetime) -> int | None:
        """The lesson holds; its id, or None if it did before. The photo is where the row says.

        Raises:
            GalleryError: it is not, or the journal cannot be written.
        """
        file = self._file_of(row, when)
        lesson = NewLesson(
            library=row.library,
            path=file.path,
            identity=file.identity,
            kind=LessonKind.LABEL,
            class_name=class_name,
            filing=row.id,
            content_hash=row.content_hash,
            before=row.filed_as,
        )
        return next(iter(self._journal.lessons.give([lesson], when)), None)

    def _file_of(self, row: Row, when: datetime) -> Photo:
        """The photo's file as it is now: in the library, or where it was left."""
        if row.state is State.FILED:
            return filed_file(self._journal, self._disk, row, when)
        with (
            contextlib.suppress(OSError),
            self._disk.folder(row.root, row.candidate.folders) as folder,
        ):
            found = self._disk.identity(folder, row.candidate.name)
            if found is not None and found.has_same_bytes_as(row.identity):
                return Photo(row.candidate, found, when)
        raise GalleryError(f"it lies at {row.path} no more: moved or deleted since")

    def _filed(self, row: Row, class_name: str, when: datetime) -> Row:
        """The new row of the photo, at its place; `when` is that of the lesson: one act."""
        plan = self._plan(row, class_name)
        try:
            return self._act(row, plan, when)
        except AlreadyClaimed:
            # Of a program that was killed in the middle.
            clear_up(self._journal, self._disk)
            return self._act(row, plan, when)

    def _plan(self, row: Row, class_name: str) -> Plan:
        """Where the rules put the photo, being of that class for certain.

        Raises:
            _Stays: they have no other place for it.
            GalleryError: the photo cannot be looked at.
        """
        examined = replace(self._examined(row), said=class_name)
        verdict = of_answer(self._similar.of(examined), self._config.rules)
        if not isinstance(verdict, File) or self._is_astray(verdict.decision.outcome, class_name):
            place = "/".join(row.folder) if row.state is State.FILED else row.source
            raise _Stays(f"no rule gives {class_name} a place, so it stays in {place}", _REFILE)
        to = verdict.destination
        if row.state is State.FILED and _is_there(row, to):
            raise _Stays(f"it stays: the place of {class_name} is {'/'.join(to.folder)}")
        return Plan(
            examined.photo,
            to,
            verdict.decision,
            examined.facts,
            examined.prediction,
            (),
            said=class_name,
        )

    def _is_astray(self, outcome: Outcome, class_name: str) -> bool:
        """Whether it would go where all goes that no rule names, though its class is a new one."""
        return outcome is not Outcome.RULE and class_name not in self.model_classes

    @cached_property
    def model_classes(self) -> tuple[str, ...]:
        """The classes of the model that served when this was made, read once.

        Raises:
            BundleError: the model cannot be read.
        """
        return classes_of(self._config.model)

    def _examined(self, row: Row) -> Predicted:
        """What is known of the photo, as it came."""
        came = datetime.fromisoformat(first_filing(self._journal, row).decided_at)
        photo = Photo(row.candidate, row.identity, came)
        there = photo if row.action == Action.SYMLINK else self._file_of(row, came)
        for file in (photo, there):
            found = self._cache.by_any_model(file)
            if found is not None:
                return Predicted(photo, found.facts, found.prediction, found.remark)
        for looked_at in self._inspection.classify([there]):
            if isinstance(looked_at, Predicted):
                return replace(looked_at, photo=photo)
            raise GalleryError(f"it cannot be looked at: {looked_at.reason}")
        raise GalleryError("it cannot be looked at")

    def _act(self, row: Row, plan: Plan, when: datetime) -> Row:
        if row.state is not State.FILED:
            return self._from_watch_folder(row, plan, when)
        moved = self._relocator.relocate_photo(row, plan, when)
        take_away_emptied(self._journal, self._disk, row.library, row.folder)
        return moved.row

    def _from_watch_folder(self, row: Row, plan: Plan, when: datetime) -> Row:
        """A photo that the rules had left, if it is still the one that lies there."""
        now = self._file_of(row, when).identity
        filer = Filer(self._journal, self._disk, self._config.library)
        plan = replace(plan, photo=replace(plan.photo, identity=now))
        (result,) = filer.execute_all([plan], when)
        if isinstance(result, GalleryError):
            raise result
        new = self._journal.latest_of(plan.photo.path, self._config.library)
        assert new is not None
        if new.state is not State.FILED:
            raise _Stays(new.reason or "it stays", _REFILE)
        return new

    def _refused(self, number: int, lesson: int | None, error: GalleryError) -> FiledAs:
        """It could not be filed: the lesson holds if the photo is there and will stay there."""
        is_taught = isinstance(error, FilingError) and not error.transient
        try:
            self._file_of(self._photo_of(number), self._clock.wall())
        except JournalDamaged:
            raise
        except GalleryError as meanwhile:
            error, is_taught = meanwhile, False
        if not is_taught and lesson is not None:
            self._journal.lesson_places.take_back(lesson, self._clock.wall())
        return FiledAs(number, None, None, error.sentence, error.hint, is_taught)

    def _back(self, number: int) -> TakenBackAs:
        try:
            return self._undone(number)
        except JournalDamaged:
            raise
        except GalleryError as error:
            return TakenBackAs(number, None, error.sentence, error.hint)

    def _undone(self, number: int) -> TakenBackAs:
        row = self._journal.row(number)
        if row is None or row.library != self._config.library:
            raise GalleryError("there is no such filing in this library")
        if row.said is None:
            return self._unsaid(row)
        for outcome in Undoing(self._journal, self._disk, self._clock).run([row]):
            if outcome.asked.id != number:
                continue
            if outcome.error is not None:
                raise outcome.error
        return TakenBackAs(number, self._restored(row))

    def _restored(self, row: Row) -> int | None:
        if row.undoes is None:
            return self._journal.review_rows.left_at(row)
        before = self._journal.row(row.undoes)
        return None if before is None or before.state is not State.FILED else before.id

    def _unsaid(self, row: Row) -> TakenBackAs:
        """The lesson of a photo that had stayed is taken back."""
        said = self._journal.lessons.of_file(row.library, row.path, row.identity, row.id)
        ours = [
            each
            for each in said
            if each.state is LessonState.ACTIVE and each.kind is LessonKind.LABEL
        ]
        if not ours:
            raise GalleryError("nothing was said of it", "it was taken back already, perhaps")
        self._journal.lesson_places.take_back(ours[-1].id, self._clock.wall())
        return TakenBackAs(row.id, row.id)


def _is_there(row: Row, to: Destination) -> bool:
    assert row.name is not None
    return row.folder == to.folder and would_be_tried(row.name, to.name)
