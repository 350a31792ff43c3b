"""What would become of files, and nothing does: the pipeline's decisions, on paper.

The decision is the pure one that `run` executes, and the place is found by the very act that would
take it (`filing.overlay`). Photos come before their sidecars, which go where they go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.commands.survey import Looked
from gallery_daemon.decision import Action, Identical, OnConflict, library_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.preconditions import linked_place
from gallery_daemon.filing.steps import Step, is_sidecar_name, name_beside, names_to_try, step_of
from gallery_daemon.imaging.formats import Support
from gallery_daemon.imaging.names import claims_to_be_a_photo
from gallery_daemon.intake.arrivals import Arrival, Denied, NoFile
from gallery_daemon.intake.scan import Unlisted
from gallery_daemon.journal.record import State
from gallery_daemon.journey.company import Company
from gallery_daemon.journey.ends import unseen, why_beside, why_left
from gallery_daemon.journey.kinship import Kinship
from gallery_daemon.journey.sidecars import takes_sidecars
from gallery_daemon.rules.component import NUMBER
from gallery_daemon.rules.decide import decide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.commands.survey import Met
    from gallery_daemon.config.settings import Config
    from gallery_daemon.decision import Decision, Destination
    from gallery_daemon.filing.overlay import DryRunDisk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.looks import Look
    from gallery_daemon.photo import Photo
    from gallery_daemon.rules.decide import RuleSet


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one file.

    `state` is what the journal would call it. `wanted` is the absolute place that the rules give
    it, `destination` the one it would get: another if that name is taken; with a `{sequence}` the
    first of many names and the first that is free (`is_numbered`). `conflict` is what would become
    of it if its name were taken, by other bytes and by the same. `sidecar_of` is the path of the
    photo that it would travel with.
    """

    photo: str
    state: State
    reason: str | None = None
    outcome: str | None = None
    rule: str | None = None
    top_class: str | None = None
    confidence: float | None = None
    action: str | None = None
    wanted: str | None = None
    destination: str | None = None
    sidecar_of: str | None = None
    is_numbered: bool = False
    conflict: tuple[OnConflict, Identical] | None = None


def decided(photo: Photo, look: Look, rules: RuleSet, kinship: Kinship) -> Decision:
    """What the rules say of a photo by what was seen in it, and before it.

    Raises:
        JournalError: the journal cannot be read.
    """
    facts = kinship.with_kin(photo, look.facts) if look.facts else unseen(photo).facts
    return decide(photo, facts, look.prediction, rules)


class Planner:
    """Plans file after file; what was planned counts as done for those that follow."""

    def __init__(self, config: Config, journal: Journal, paper: DryRunDisk | None) -> None:
        """Without `paper` the names that are taken in the library do not matter."""
        self._rules, self._library = config.rules, config.library
        self._journal, self._company = journal, Company(journal, config.library)
        self._kinship = Kinship(journal, config.rules)
        self._paper, self._disk = paper, Disk()
        self._steps: dict[str, tuple[Planned, Step, bool]] = {}

    def plan(self, files: Iterable[Met]) -> Iterator[Planned]:
        """One Planned for each file, the sidecars last."""
        sidecars: list[Arrival] = []
        for met in files:
            match met:
                case Looked(photo, look):
                    yield self.photo(photo, look)
                case Arrival(photo) if is_sidecar_name(photo.name):
                    sidecars.append(met)
                case Arrival(photo, kind):
                    is_broken = claims_to_be_a_photo(photo.name)
                    is_broken = is_broken and kind.support is Support.NOT_A_PHOTO
                    yield (
                        self._refused(photo, kind.words) if is_broken else _left(photo, kind.words)
                    )
                case Denied(photo, reason):
                    yield Planned(photo.path, State.FAILED, reason)
                case NoFile(candidate, reason):
                    yield Planned(candidate.path, State.LEFT, reason)
                case Unlisted():
                    state = State.FAILED if met.is_folder_error else State.LEFT
                    yield Planned(met.path, state, met.reason)
        for sidecar in sidecars:
            yield self._sidecar(sidecar)

    def photo(self, photo: Photo, look: Look) -> Planned:
        """What would become of a photo, by what was seen in it."""
        if look.kind is RefusalKind.NOT_A_PHOTO:
            return _left(photo, look.reason or "")
        decision, planned = self.decided(photo, look)
        if decision.destination is not None:
            planned = replace(planned, reason=look.reason)
            return self._filed(planned, photo, decision.destination)
        if look.prediction is None:
            return replace(planned, state=State.QUARANTINED, reason=look.reason)
        return replace(planned, reason=why_left(decision))

    def decided(self, photo: Photo, look: Look) -> tuple[Decision, Planned]:
        """What the rules say of a photo, and the plan as far as it follows from that alone."""
        decision = decided(photo, look, self._rules, self._kinship)
        planned = Planned(photo.path, State.LEFT, outcome=decision.outcome, rule=decision.rule)
        if look.prediction is not None:
            top, confidence = look.prediction.top_class, look.prediction.confidence
            planned = replace(planned, top_class=top, confidence=confidence)
        return decision, planned

    def onward(self, planned: Planned, step: Step, points_to: str | None) -> Planned:
        """The same with the place that a file in the library would move on to."""
        return self._placed(planned, step, points_to)

    def late(self, sidecar: Photo, owner: Row) -> Planned:
        """What would become of a sidecar whose photo was filed before."""
        assert owner.name is not None
        assert owner.action is not None
        name = name_beside(sidecar.name, owner.relative.rpartition("/")[2], owner.name)
        step = Step(sidecar, owner.folder, name, Action(owner.action), OnConflict.DEDUPE)
        return self._placed(Planned(sidecar.path, State.LEFT, sidecar_of=owner.path), step)

    def _refused(self, photo: Photo, reason: str) -> Planned:
        """A file that claims to be a photo, and the daemon itself sees that it is none."""
        decision = decide(photo, unseen(photo).facts, None, self._rules)
        planned = Planned(photo.path, State.QUARANTINED, reason, decision.outcome)
        if decision.destination is None:
            return planned
        return self._filed(planned, photo, decision.destination)

    def _filed(self, planned: Planned, photo: Photo, to: Destination) -> Planned:
        step = step_of(photo, to)
        linked = linked_place(self._journal, self._disk, photo.identity, self._library)
        if linked is not None:
            return replace(
                planned,
                state=State.IDENTICAL,
                reason=f"it is the same file as {linked}",
                wanted=self._path(step, next(names_to_try(step.name))),
                destination=linked,
            )
        done = self._placed(planned, step)
        self._steps[photo.path] = (done, step, to.with_sidecars)
        return done

    def _placed(self, planned: Planned, step: Step, points_to: str | None = None) -> Planned:
        """The step goes its way on paper."""
        first = next(names_to_try(step.name))
        wanted = self._path(step, first)
        is_numbered = NUMBER in step.name
        conflict = (step.on_conflict, step.identical or step.on_conflict.usual_identical)
        planned = replace(
            planned,
            wanted=wanted,
            action=step.action,
            is_numbered=is_numbered,
            conflict=conflict,
        )
        if self._paper is None:
            return replace(planned, state=State.FILED, destination=wanted)
        try:
            placed = self._paper.place(self._library, step, points_to)
        except (OSError, GalleryError) as error:
            return replace(planned, state=State.FAILED, reason=str(error))
        reason = placed.reason or planned.reason
        if placed.state is State.FILED and placed.name != first and not is_numbered:
            reason = f"another file called {first} lies there"
        return replace(
            planned,
            state=placed.state,
            reason=reason,
            action=placed.action,
            destination=self._path(step, placed.name),
        )

    def _sidecar(self, arrival: Arrival) -> Planned:
        """As `journey.sidecars` has it: with its photo, late, or not at all."""
        sidecar = arrival.photo
        owner = self._company.owner_of(sidecar)
        if owner is not None and owner in self._steps:
            photo, step, with_sidecars = self._steps[owner]
            if photo.state is State.FILED and with_sidecars:
                return self._beside(sidecar, owner, photo, step)
            return _left(sidecar, why_beside(photo.state))
        if owner is None:
            row = self._company.moved_owner_of(sidecar)
        else:
            row = self._journal.latest_of(owner, self._library)
        if row and row.state is State.FILED and takes_sidecars(self._rules, row.rule):
            return self.late(sidecar, row)
        if row is not None or owner is not None:
            return _left(sidecar, why_beside(row.state if row else State.LEFT))
        is_film = arrival.kind.name == "video"
        return _left(sidecar, arrival.kind.words if is_film else "a sidecar without its photo")

    def _beside(self, sidecar: Photo, owner: str, photo: Planned, step: Step) -> Planned:
        assert photo.destination is not None
        assert photo.action is not None
        name = name_beside(sidecar.name, step.file.name, photo.destination.rpartition("/")[2])
        beside = replace(step, file=sidecar, name=name, action=Action(photo.action))
        return self._placed(Planned(sidecar.path, State.LEFT, sidecar_of=owner), beside)

    def _path(self, step: Step, name: str) -> str:
        return library_path(self._library, *step.folder, name)


def _left(photo: Photo, reason: str) -> Planned:
    return Planned(photo.path, State.LEFT, reason)
