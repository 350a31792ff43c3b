"""Filing anew what was filed before, by the present rules and model.

Each photo takes one step inside the library (`filing.relocate`), and its sidecars follow it. The
watch folder is neither read nor touched: a photo that was deleted there stays deleted.

The step is planned on paper like every other, so a taken name, the same bytes or a link in the way
are known before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.commands.filed import Beside, Filed, FiledBefore, Straggler, Untouchable
from gallery_daemon.commands.plan import Planned, Planner
from gallery_daemon.commands.survey import Looked, Survey
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError, JournalDamaged
from gallery_daemon.filing.overlay import DryRunDisk
from gallery_daemon.filing.relocate import (
    Relocated,
    Relocator,
    link_target,
    relocation_step,
    sidecar_step,
)
from gallery_daemon.filing.steps import Plan, would_be_tried
from gallery_daemon.journal.record import State
from gallery_daemon.journey.ends import unseen, why_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.sort import PassDisplay
    from gallery_daemon.config.settings import Config
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.looks import Look
    from gallery_daemon.photo import Photo


@dataclass(frozen=True, slots=True)
class Refile:
    """A photo that goes elsewhere by the present rules, with its sidecars; `was` is where it lies.

    Or, without `plan`, a sidecar that follows its photo.
    """

    was: str
    planned: Planned
    met: Filed | Straggler
    plan: Plan | None = None
    sidecars: tuple[Planned, ...] = ()

    @property
    def ways(self) -> Iterator[tuple[str, Planned]]:
        """Where each file of it lies, and its plan."""
        yield self.was, self.planned
        if isinstance(self.met, Filed):
            beside = (_lies(each.row) for each in self.met.sidecars)
            yield from zip(beside, self.sidecars, strict=True)


@dataclass(frozen=True, slots=True)
class Refiled:
    """What came of it: what was moved, or an error, after which it lies where it was."""

    refile: Refile
    moved: Relocated | None
    error: GalleryError | None = None

    @property
    def is_well(self) -> bool:
        """Whether all went as it was planned."""
        return self.moved is not None and not self.moved.problems


class Refiling:
    """Plans and does it, in one library.

    `unchanged` counts photos that lie where they shall; `otherwise` those that came by another
    action than they would now (by the two), which is left as it is: a copy that became a link would
    have to be deleted.
    """

    def __init__(
        self, config: Config, journal: Journal, disk: Disk, clock: Clock, display: PassDisplay
    ) -> None:
        self._clock = clock
        self._survey = Survey(config, journal, clock, display)
        self._planner = Planner(config, journal, DryRunDisk())
        self._filed = FiledBefore(journal, disk, config.library, clock)
        self._relocator = Relocator(journal, disk)
        self.unchanged = 0
        self.otherwise: Counter[tuple[str, str]] = Counter()

    @property
    def elsewhere(self) -> Mapping[str, int]:
        """How many photos lie in which other library."""
        return self._filed.elsewhere

    def plan(self, since: datetime | None, top_class: str | None) -> Iterator[Refile | Planned]:
        """The photos that go elsewhere, and those that cannot, each with the reason.

        `since` and `top_class` are of the filing before.

        Raises:
            GalleryError: the journal or the classifier process cannot be used.
        """
        waiting: dict[Photo, Filed] = {}
        for met in self._filed.find(since, top_class):
            match met:
                case Untouchable(row, reason):
                    yield _stays(row, reason)
                case Straggler(sidecar, owner):
                    yield Refile(_lies(sidecar.row), self._beside(sidecar, owner), met)
                case Filed(photo=photo, seen=seen):
                    looked = self._survey.recall(photo) or self._survey.recall(seen)
                    if looked is None:
                        waiting[seen] = met
                    else:
                        yield from self._planned(met, looked.look)
        for answer in self._survey.classify(list(waiting)):
            filed = waiting[answer.photo]
            if isinstance(answer, Looked):
                yield from self._planned(filed, answer.look)
            else:
                yield _stays(filed.row, answer.reason)

    def run(self, refiles: Iterable[Refile]) -> Iterator[Refiled]:
        """Each is filed anew, or lies where it was and is told why."""
        for refile in refiles:
            try:
                yield self._one(refile)
            except JournalDamaged:
                raise
            except GalleryError as error:
                yield Refiled(refile, None, error)

    def _planned(self, met: Filed, look: Look) -> Iterator[Refile | Planned]:
        row = met.row
        decision, base = self._planner.decided(met.photo, look)
        to = decision.destination
        assert row.name is not None
        if to is None:
            yield _stays(row, look.reason or why_left(decision))
            return
        if row.action is not None and not _came_so(met, to.action):
            self.otherwise[row.action, to.action] += 1
        if row.folder == to.folder and would_be_tried(row.name, to.name):
            self.unchanged += 1
            return
        planned = self._planner.onward(base, relocation_step(met.lies, to), link_target(row))
        if planned.state is not State.FILED:
            yield _stays(row, planned.reason or "")
            return
        facts = look.facts or unseen(met.photo).facts
        plan = Plan(met.photo, to, decision, facts, look.prediction, ())
        # How it came into the library stays as it was.
        planned = replace(planned, action=row.action)
        then = replace(row, folder=to.folder, name=(planned.destination or "").rpartition("/")[2])
        sidecars = tuple(self._beside(each, then) for each in met.sidecars)
        yield Refile(_lies(row), planned, met, plan, sidecars)

    def _beside(self, sidecar: Beside, owner: Row) -> Planned:
        row = sidecar.row
        assert owner.name is not None
        step = sidecar_step(sidecar.lies, row, owner, owner.folder, owner.name)
        base = Planned(row.path, State.LEFT, sidecar_of=owner.path)
        return replace(self._planner.onward(base, step, link_target(row)), action=row.action)

    def _one(self, refile: Refile) -> Refiled:
        met, when = refile.met, self._clock.wall()
        if isinstance(met, Straggler):
            row, problem = self._relocator.relocate_sidecar(met.sidecar.row, met.owner, when)
            return Refiled(refile, Relocated(row, problems=(problem,) if problem else ()))
        assert refile.plan is not None
        return Refiled(refile, self._relocator.relocate_photo(met.row, refile.plan, when))


def _came_so(met: Filed, action: Action) -> bool:
    """Whether that action would do what was done: between two disks a hard link is a copy."""
    is_far = met.row.identity.device != met.lies.identity.device
    as_copy = is_far and met.row.action == Action.COPY and action is Action.HARDLINK
    return as_copy or met.row.action == action


def _lies(row: Row) -> str:
    return row.destination or row.path


def _stays(row: Row, reason: str) -> Planned:
    return Planned(_lies(row), State.LEFT, reason)
