"""Filing anew what was filed before, by the present rules and model.

Each photo takes two steps that the journal knows already: its filing is undone, and it is filed as
any photo is. So a kill at any instruction is cleared up like any other, what it cut short is found
by `filed`, and both steps can be undone.

A photo that was moved, and so lies in the library only, is in the watch folder for a moment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.errors import GalleryError, JournalDamaged, PhotoGone
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.paper import Paper
from gallery_daemon.filing.plan import Plan, names_to_try
from gallery_daemon.filing.record import State
from gallery_daemon.filing.undo import Undoer
from gallery_daemon.service.ends import unseen, why_left
from gallery_daemon.service.filed import Filed, FiledBefore, Straggler, Untouchable
from gallery_daemon.service.kinship import Kinship
from gallery_daemon.service.planning import Planned, Planner, decided
from gallery_daemon.service.survey import Looked, Survey
from gallery_daemon.service.undoing import Undoing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from gallery_daemon.config.settings import Config
    from gallery_daemon.filing.execute import Filing
    from gallery_daemon.filing.journal import Journal
    from gallery_daemon.filing.place import Disk
    from gallery_daemon.filing.record import Row
    from gallery_daemon.photo import Photo
    from gallery_daemon.service.clock import Clock
    from gallery_daemon.service.looks import Look
    from gallery_daemon.service.sort import PassDisplay

# More conflicts of one name than anybody has.
_NUMBERS = 1000


@dataclass(frozen=True, slots=True)
class Refile:
    """A photo that goes elsewhere by the present rules; or a sidecar that follows, without `plan`.

    `was` is where it lies.
    """

    was: str
    planned: Planned
    met: Filed | Straggler
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Refiled:
    """What came of it: a filing, or an error, after which it lies where it was."""

    refile: Refile
    filing: Filing | None
    error: GalleryError | None = None


class Refiling:
    """Plans and does it, in one library. `unchanged` counts photos that lie where they shall."""

    def __init__(
        self, config: Config, journal: Journal, disk: Disk, clock: Clock, display: PassDisplay
    ) -> None:
        self._config, self._journal, self._clock = config, journal, clock
        self._survey = Survey(config, journal, clock, display)
        self._paper = Paper()
        self._planner = Planner(config, journal, self._paper)
        self._kinship = Kinship(journal, config.rules)
        self._filed = FiledBefore(journal, Undoer(journal, disk), config.library, clock)
        self._undoing = Undoing(journal, disk, clock)
        self._filer = Filer(journal, disk, config.library)
        self.unchanged = 0

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
                    yield Refile(sidecar.path, self._planner.late(sidecar, owner), met)
                case Filed(photo=photo, lies=lies):
                    looked = self._survey.recall(photo) or self._survey.recall(lies)
                    if looked is None:
                        waiting[lies] = met
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
                yield Refiled(refile, self._one(refile))
            except JournalDamaged:
                raise
            except GalleryError as error:
                yield Refiled(refile, None, error)

    def _planned(self, met: Filed, look: Look) -> Iterator[Refile | Planned]:
        row, was = met.row, met.row.destination
        decision = decided(met.photo, look, self._config.rules, self._kinship)
        to = decision.destination
        assert row.name is not None
        assert was is not None
        if to is None:
            yield _stays(row, look.reason or why_left(decision))
            return
        if met.undo is None:
            names = islice(names_to_try(to.name), _NUMBERS)
            if row.folder == to.folder and row.name in names:
                self.unchanged += 1
                return
            self._paper.vacate(was)
        planned = self._planner.photo(met.photo, look, met.lies.path)
        if planned.state is State.FILED:
            facts = look.facts or unseen(met.photo).facts
            plan = Plan(met.photo, to, decision, facts, look.prediction, ())
            yield Refile(was if met.undo is None else met.lies.path, planned, met, plan)
            return
        if met.undo is None:
            self._paper.keep_on(was)
        yield _stays(row, planned.reason or "")

    def _one(self, refile: Refile) -> Filing:
        """The filing is undone, and the photo filed; or put back where it was."""
        met, plan = refile.met, refile.plan
        if isinstance(met, Straggler):
            return self._filer.execute_late(met.sidecar, met.owner, self._clock.wall())
        assert plan is not None
        undo = self._made_way(met, plan)
        try:
            return self._filer.execute(self._plan_at_home(met, plan, undo), self._clock.wall())
        except JournalDamaged:
            raise
        except GalleryError as error:
            back, *_ = tuple(self._undoing.run([undo]))
            if back.error is None:
                raise
            raise GalleryError(
                f"{error.sentence}, so it lies at {plan.photo.path}",
                hint=f"gallery-daemon undo {undo.id} puts it back into the library",
            ) from error

    def _made_way(self, met: Filed, plan: Plan) -> Row:
        """The undo of the photo's filing, and of its sidecars'."""
        if met.undo is not None:
            # Killed after the photo's own undo: sidecars may lie in the library still.
            before = replace(met.row, state=State.FILED)
            tuple(self._undoing.follow(before, met.undo))
            return met.undo
        first, *_ = tuple(self._undoing.run([met.row], plan.decision))
        if first.done is None:
            assert first.error is not None
            raise first.error
        return first.done

    def _plan_at_home(self, met: Filed, plan: Plan, undo: Row) -> Plan:
        """The plan for the photo as it lies in the watch folder now, with its sidecars."""
        home = self._filed.at_home(met.row)
        if home is None:
            raise PhotoGone(f"it lies at {met.row.path} no more: moved or changed since")
        rows = self._journal.sidecars_of(undo, State.UNDO) if plan.destination.with_sidecars else ()
        beside = (self._filed.at_home(self._filed.row(each.undoes)) for each in rows)
        return replace(
            plan,
            photo=replace(plan.photo, identity=home.identity),
            sidecars=tuple(each for each in beside if each is not None),
        )


def _stays(row: Row, reason: str) -> Planned:
    return Planned(row.destination or row.path, State.LEFT, reason)
