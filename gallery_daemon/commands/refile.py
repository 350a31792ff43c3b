"""Filing anew what was filed before, by the present rules and model.

Each photo takes one step inside the library (`filing.relocate`), and its sidecars follow it. The
watch folder is never changed: a photo that was deleted there stays deleted. As what a photo came,
and when, is in its first filing, however often it was filed anew since.

Each step is planned in a dry run like every other, so a taken name, the same bytes or a link in the
way are known before.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from gallery_daemon.commands.dry_run import PlannedFile, Preview, described
from gallery_daemon.commands.inspection import Inspection
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError, JournalDamaged
from gallery_daemon.filing.content import is_unchanged
from gallery_daemon.filing.emptied import take_away_emptied
from gallery_daemon.filing.overlay import DryRunDisk
from gallery_daemon.filing.preconditions import FilingGone, filed_file
from gallery_daemon.filing.relocate import (
    Relocated,
    Relocator,
    link_target,
    relocation_step,
    sidecar_step,
)
from gallery_daemon.filing.steps import Plan, would_be_tried
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from gallery_daemon.journey.judge import File
from gallery_daemon.journey.persons_word import PersonsWord
from gallery_daemon.photo import Candidate, Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.sort import ProgressDisplay
    from gallery_daemon.config.settings import Config
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.examined import Examined


@dataclass(frozen=True, slots=True)
class FiledSidecar:
    """A sidecar that was filed: its row, and the file in the library."""

    row: Row
    in_library: Photo


@dataclass(frozen=True, slots=True)
class FiledPhoto:
    """A photo that was filed, and the sidecars beside it.

    `photo` is as it came from its watch folder; `in_library` the file in the library, and
    `to_examine` the one to be examined, which for a link is the photo itself.
    """

    row: Row
    photo: Photo
    in_library: Photo
    to_examine: Photo
    sidecars: tuple[FiledSidecar, ...] = ()


@dataclass(frozen=True, slots=True)
class OrphanSidecar:
    """A sidecar beside the former place of its photo; `owner` is where that was filed anew."""

    sidecar: FiledSidecar
    owner: Row


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A filing that a person has changed since, or that cannot be reached, and why."""

    row: Row
    reason: str


class RefileCandidates:
    """Asks the journal and the disk; `elsewhere` counts photos by the other library they are in."""

    def __init__(self, journal: Journal, disk: Disk, library: str, clock: Clock) -> None:
        self._journal, self._disk = journal, disk
        self._library, self._clock = library, clock
        self.elsewhere: Counter[str] = Counter()

    def find(
        self, since: datetime | None, top_class: str | None
    ) -> Iterator[FiledPhoto | OrphanSidecar | Unavailable]:
        """All in this library that were filed `since` then, with that `top_class`."""
        yield from self._orphans()
        filed = Query(since=since, top_class=top_class, states=(State.FILED,), is_photo=True)
        for row in self._journal.find(filed):
            if row.library == self._library:
                yield self.as_filed(row)
            else:
                self.elsewhere[row.library] += 1

    def as_remembered(self, row: Row) -> tuple[Photo, Photo]:
        """A filed photo as it came from its watch folder, and as it lies in the library.

        By the journal alone: nobody asks whether it is still so.
        """
        came = self._came(row)
        there = Candidate(row.source, row.library, row.below_library)
        return Photo(row.candidate, row.identity, came), Photo(there, row.identity, came)

    def as_filed(self, row: Row) -> FiledPhoto | Unavailable:
        """The photo with its sidecars, if all of them are as they were filed."""
        try:
            in_library = self._file(row)
            to_examine = self._at_source(row) or in_library
            sidecars = tuple(self._sidecars(row))
        except GalleryError as error:
            return Unavailable(row, error.sentence)
        if row.action == Action.SYMLINK and to_examine is in_library:
            return Unavailable(row, f"it points to {row.path}, which was moved or changed since")
        photo = Photo(row.candidate, to_examine.identity, self._came(row))
        return FiledPhoto(row, photo, in_library, to_examine, sidecars)

    def _came(self, row: Row) -> datetime:
        """When it was filed first: `{added}` stays what it was."""
        return datetime.fromisoformat(first_filing(self._journal, row).decided_at)

    def _sidecars(self, row: Row) -> Iterator[FiledSidecar]:
        """Those that are beside it still."""
        for each in self._journal.sidecars_of(row, State.FILED):
            try:
                yield FiledSidecar(each, self._file(each))
            except FilingGone:
                continue

    def _orphans(self) -> Iterator[OrphanSidecar]:
        relocator = Relocator(self._journal, self._disk)
        for row in self._journal.orphan_sidecars():
            owner = relocator.owner_now(row)
            if owner is not None and row.library == self._library:
                try:
                    yield OrphanSidecar(FiledSidecar(row, self._file(row)), owner)
                except GalleryError:
                    continue

    def _file(self, row: Row) -> Photo:
        return filed_file(self._journal, self._disk, row, self._clock.wall())

    def _at_source(self, row: Row) -> Photo | None:
        """The file where it came from, if it is still what was filed."""
        try:
            found = Identity.of(os.lstat(row.path))
        except OSError:
            return None
        if not is_unchanged(self._disk, row, row.candidate, found):
            return None
        return Photo(row.candidate, found, self._clock.wall())


def first_filing(journal: Journal, row: Row) -> Row:
    """The filing by which the photo came from the watch folder."""
    before = None if row.undoes is None else journal.row(row.undoes)
    if before is None or before.state is not State.REFILED:
        return row
    return first_filing(journal, before)


@dataclass(frozen=True, slots=True)
class Refile:
    """A photo that goes elsewhere by the present rules, with its sidecars; `was` is its path now.

    Or, without `plan`, a sidecar that follows its photo.
    """

    was: str
    planned: PlannedFile
    candidate: FiledPhoto | OrphanSidecar
    plan: Plan | None = None
    sidecars: tuple[PlannedFile, ...] = ()

    @property
    def ways(self) -> Iterator[tuple[str, PlannedFile]]:
        """The path that each file of it has now, and its plan."""
        yield self.was, self.planned
        if isinstance(self.candidate, FiledPhoto):
            beside = (_current_path(each.row) for each in self.candidate.sidecars)
            yield from zip(beside, self.sidecars, strict=True)


@dataclass(frozen=True, slots=True)
class Refiled:
    """What came of it: what was moved, or an error, after which it is where it was."""

    refile: Refile
    moved: Relocated | None
    error: GalleryError | None = None

    @property
    def is_well(self) -> bool:
        """Whether all went as it was planned."""
        return self.moved is not None and not self.moved.problems


class Refiling:
    """Plans and does it, in one library.

    `unchanged` counts photos that are where the rules say. `other_actions` counts, by both actions,
    those that came by another one than they would now, and stay so: to become a link, a copy would
    have to be deleted. `emptied` are the folders that were taken away, for filing had made them and
    nothing is left in them.
    """

    def __init__(
        self, config: Config, journal: Journal, disk: Disk, clock: Clock, display: ProgressDisplay
    ) -> None:
        self._clock = clock
        self._inspection = Inspection(config, journal, clock, display)
        self._preview = Preview(config, journal, DryRunDisk())
        self._word = PersonsWord(journal, config.library)
        self._filed = RefileCandidates(journal, disk, config.library, clock)
        self._journal, self._disk = journal, disk
        self._relocator = Relocator(journal, disk)
        self.unchanged = 0
        self.emptied: list[tuple[str, ...]] = []
        self.other_actions: Counter[tuple[str, str]] = Counter()

    @property
    def elsewhere(self) -> Mapping[str, int]:
        """How many photos are in which other library."""
        return self._filed.elsewhere

    def plan(self, since: datetime | None, top_class: str | None) -> Iterator[Refile | PlannedFile]:
        """The photos that go elsewhere, and those that cannot, each with the reason.

        `since` and `top_class` are of the filing before.

        Raises:
            GalleryError: the journal or the classifier process cannot be used.
        """
        waiting: dict[Photo, FiledPhoto] = {}
        for candidate in self._filed.find(since, top_class):
            match candidate:
                case Unavailable(row, reason):
                    yield _stays(row, reason)
                case OrphanSidecar(sidecar, owner):
                    yield Refile(
                        _current_path(sidecar.row), self._beside(sidecar, owner), candidate
                    )
                case FiledPhoto(photo=photo, to_examine=to_examine):
                    examined = self._inspection.recall(photo) or self._inspection.recall(to_examine)
                    if examined is None:
                        waiting[to_examine] = candidate
                    else:
                        yield from self._planned(candidate, examined)
        for examined in self._inspection.classify(list(waiting)):
            yield from self._planned(waiting[examined.photo], examined)

    def run(self, refiles: Iterable[Refile]) -> Iterator[Refiled]:
        """Each is filed anew, or is where it was, with the error."""
        for refile in refiles:
            try:
                yield self._one(refile)
            except JournalDamaged:
                raise
            except GalleryError as error:
                yield Refiled(refile, None, error)

    def _planned(
        self, candidate: FiledPhoto, looked_at: Examined
    ) -> Iterator[Refile | PlannedFile]:
        row = candidate.row
        examined = self._as_said(candidate, looked_at)
        verdict = self._preview.verdict_on(examined)
        assert row.name is not None
        if not isinstance(verdict, File):
            yield _stays(row, verdict.reason)
            return
        to = verdict.destination
        if row.action is not None and not _is_same_action(candidate, to.action):
            self.other_actions[row.action, to.action] += 1
        if row.folder == to.folder and would_be_tried(row.name, to.name):
            self.unchanged += 1
            return
        base = described(examined, verdict)
        planned = self._preview.relocated(
            base, relocation_step(candidate.in_library, to), link_target(row)
        )
        if planned.state is not State.FILED:
            stays = _stays(row, planned.reason or "")
            is_refused = planned.state is State.FAILED
            yield replace(stays, state=State.FAILED, hint=planned.hint) if is_refused else stays
            return
        plan = Plan(
            candidate.photo,
            to,
            verdict.decision,
            examined.facts,
            examined.prediction,
            (),
            said=examined.said,
        )
        # How it came into the library stays as it was.
        planned = replace(planned, action=row.action)
        then = replace(row, folder=to.folder, name=(planned.destination or "").rpartition("/")[2])
        sidecars = tuple(self._beside(each, then) for each in candidate.sidecars)
        yield Refile(_current_path(row), planned, candidate, plan, sidecars)

    def _as_said(self, candidate: FiledPhoto, looked_at: Examined) -> Examined:
        """What is known of the photo as it came, with what a person said of it."""
        examined = replace(looked_at, photo=candidate.photo)
        return self._word.of_filed(examined, candidate.in_library, candidate.row.id)

    def _beside(self, sidecar: FiledSidecar, owner: Row) -> PlannedFile:
        row = sidecar.row
        assert owner.name is not None
        step = sidecar_step(sidecar.in_library, row, owner, owner.folder, owner.name)
        base = PlannedFile(row.path, State.LEFT, sidecar_of=owner.path)
        return replace(self._preview.relocated(base, step, link_target(row)), action=row.action)

    def _one(self, refile: Refile) -> Refiled:
        candidate, when = refile.candidate, self._clock.wall()
        if isinstance(candidate, OrphanSidecar):
            row, problem = self._relocator.relocate_sidecar(
                candidate.sidecar.row, candidate.owner, when
            )
            self._tidy(candidate.sidecar.row)
            return Refiled(refile, Relocated(row, problems=(problem,) if problem else ()))
        assert refile.plan is not None
        moved = self._relocator.relocate_photo(candidate.row, refile.plan, when)
        self._tidy(candidate.row)
        return Refiled(refile, moved)

    def _tidy(self, left: Row) -> None:
        """The folder that the file has left is gone, if it was ours and is empty."""
        self.emptied += take_away_emptied(self._journal, self._disk, left.library, left.folder)


def _is_same_action(candidate: FiledPhoto, action: Action) -> bool:
    """Whether that action would do what was done: between two disks a hard link is a copy."""
    is_far = candidate.row.identity.device != candidate.in_library.identity.device
    as_copy = is_far and candidate.row.action == Action.COPY and action is Action.HARDLINK
    return as_copy or candidate.row.action == action


def _current_path(row: Row) -> str:
    return row.destination or row.path


def _stays(row: Row, reason: str) -> PlannedFile:
    return PlannedFile(_current_path(row), State.LEFT, reason)
