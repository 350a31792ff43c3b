"""A dry run: what would become of files, by the judge's verdicts, while nothing is touched.

The verdict is the one that the pipeline carries out, and the place is found by the very act that
would take it, on an overlay (`filing.overlay`). Files are judged in the order of `scan`, as a pass
judges them, and sidecars wait for their photo as they do there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, Decision, Identical, OnConflict, library_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.preconditions import linked_filing
from gallery_daemon.filing.steps import Step, name_beside, names_to_try, step_late, step_of
from gallery_daemon.intake.arrivals import Arrival, NoFile
from gallery_daemon.intake.scan import Unlisted
from gallery_daemon.journal.record import KEPT_STATES, State
from gallery_daemon.journey.judge import (
    NOT_THIS_TIME,
    Examined,
    Fail,
    Fate,
    File,
    Gone,
    Late,
    Leave,
    Quarantine,
    Settle,
    Wait,
    of_answer,
    of_left_behind,
)
from gallery_daemon.journey.similar_photos import SimilarIndex
from gallery_daemon.rules.component import NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.commands.inspection import Inspected
    from gallery_daemon.config.settings import Config
    from gallery_daemon.filing.overlay import DryRunDisk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journey.judge import AnswerVerdict
    from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
    from gallery_daemon.photo import Identity, Photo


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """What would become of one file.

    `state` is what the journal would call it. `wanted` is the absolute place that the rules give
    it, `destination` the one it would get: another if that name is taken; with a `{sequence}` the
    first of many names and the first that is free (`is_numbered`). `conflict` is what would become
    of it if its name were taken, by other bytes and by the same. `note` says why it would be
    copied where something else is wanted, and what would not arrive with it. `sidecar_of` is the
    path of the photo that it would travel with.
    """

    photo: str
    state: State
    reason: str | None = None
    outcome: str | None = None
    rule: str | None = None
    top_class: str | None = None
    confidence: float | None = None
    precision: float | None = None
    familiarity: float | None = None
    action: str | None = None
    wanted: str | None = None
    destination: str | None = None
    sidecar_of: str | None = None
    is_numbered: bool = False
    conflict: tuple[OnConflict, Identical] | None = None
    note: str | None = None


class Preview:
    """Plans file after file; what was planned counts as done for those that follow."""

    def __init__(
        self,
        config: Config,
        journal: Journal,
        overlay: DryRunDisk | None,
    ) -> None:
        """Without an `overlay` the names that are taken in the library do not matter."""
        self._rules, self._library = config.rules, config.library
        self._journal, self._similar = journal, SimilarIndex(journal, config.rules)
        self._overlay, self._disk = overlay, Disk()
        # What was planned to be filed, and its step if sidecars travel with it.
        self._filed: dict[Identity, tuple[PlannedFile, Step | None]] = {}

    def plan(self, files: Iterable[Inspected], sidecars: WaitingSidecars) -> Iterator[PlannedFile]:
        """One PlannedFile for each file, the sidecars last.

        A sidecar settles before its photo is judged, so all sidecars are there to be taken along.
        """
        beside: list[PlannedFile] = []
        rest: list[Examined | NoFile | Unlisted] = []
        for each in files:
            if isinstance(each, Arrival):
                beside += self._arrived(each, sidecars)
            else:
                rest.append(each)
        for each in rest:
            match each:
                case Examined(photo):
                    verdict = self.verdict_on(each)
                    first = self._filed.get(photo.identity)
                    if isinstance(verdict, File) and first is not None:
                        # Another name of that file: it is known by then, and only its sidecars go.
                        beside += self._sidecars_of_twin(photo, *first, sidecars)
                        continue
                    planned, step = self._judged(each, verdict)
                    yield planned
                    beside += self._its_sidecars(photo, planned, step, sidecars)
                case NoFile(candidate, reason):
                    yield PlannedFile(candidate.path, State.LEFT, reason)
                case Unlisted():
                    state = State.FAILED if each.is_folder_error else State.LEFT
                    yield PlannedFile(each.path, state, each.reason)
        yield from beside
        yield from (_left(each, NOT_THIS_TIME) for each in sidecars.take_all())

    def photo(self, examined: Examined) -> PlannedFile:
        """What would become of a photo."""
        return self._judged(examined, self.verdict_on(examined))[0]

    def verdict_on(self, examined: Examined) -> AnswerVerdict:
        """The judge's verdict, by the similar photos too where the rules ask for them.

        Raises:
            JournalError: the journal cannot be read.
        """
        return of_answer(self._similar.of(examined), self._rules)

    def relocated(self, planned: PlannedFile, step: Step, points_to: str | None) -> PlannedFile:
        """The same, with the place that a file in the library would move to."""
        return self._placed(planned, step, points_to)

    def _judged(
        self, examined: Examined, verdict: AnswerVerdict
    ) -> tuple[PlannedFile, Step | None]:
        """What would become of a photo; and its step, if sidecars travel with it."""
        planned = described(examined, verdict)
        if not isinstance(verdict, File):
            return planned, None
        to = verdict.destination
        step = step_of(examined.photo, to)
        linked = linked_filing(self._journal, self._disk, examined.photo.identity, self._library)
        if linked is None:
            placed = self._placed(planned, step)
            travels = placed.state is State.FILED and to.with_sidecars
            if placed.state in KEPT_STATES:
                self._filed[examined.photo.identity] = placed, step if travels else None
            return placed, step if travels else None
        return replace(
            planned,
            state=State.IDENTICAL,
            reason=f"it is the same file as {linked.destination}",
            wanted=self._path(step, next(names_to_try(step.name))),
            destination=linked.destination,
        ), None

    def _arrived(self, arrival: Arrival, sidecars: WaitingSidecars) -> Iterator[PlannedFile]:
        """What would become of a sidecar; nothing while it waits for its photo."""
        match sidecars.verdict_on(arrival.photo, arrival.kind):
            case Wait(owner):
                sidecars.wait(arrival.photo, owner)
            case Late() | Leave() as verdict:
                yield self._sent_on(arrival.photo, verdict)

    def _its_sidecars(
        self, photo: Photo, planned: PlannedFile, step: Step | None, sidecars: WaitingSidecars
    ) -> Iterator[PlannedFile]:
        """What would become of the sidecars that waited for it; if it fails, they wait on."""
        if planned.state is State.FAILED:
            return
        for sidecar in sidecars.take(photo):
            if step is not None:
                yield self._beside(sidecar, planned, step)
            else:
                yield self._sent_on(
                    sidecar, of_left_behind(self._fate(photo, planned), self._rules)
                )

    def _sidecars_of_twin(
        self, twin: Photo, first: PlannedFile, step: Step | None, sidecars: WaitingSidecars
    ) -> Iterator[PlannedFile]:
        """They settle once more, and come late to the file that was filed under its first name."""
        for sidecar in sidecars.take(twin):
            if step is None:
                yield self._sent_on(sidecar, of_left_behind(Fate(first.state), self._rules))
            else:
                late = replace(step, file=twin, on_conflict=OnConflict.DEDUPE, identical=None)
                yield self._beside(sidecar, first, late)

    def _fate(self, photo: Photo, planned: PlannedFile) -> Fate:
        filed = None
        if planned.state is State.IDENTICAL:
            filed = linked_filing(self._journal, self._disk, photo.identity, self._library)
        return Fate(planned.state, filed)

    def _sent_on(self, sidecar: Photo, verdict: Late | Leave) -> PlannedFile:
        match verdict:
            case Late(owner):
                # The photo may have another name by now; it is known by the one of its filing.
                path = self._journal.existing_row(owner.id).path
                planned = PlannedFile(sidecar.path, State.LEFT, sidecar_of=path)
                return self._placed(planned, step_late(sidecar, owner))
            case Leave(reason):
                return _left(sidecar, reason)

    def _beside(self, sidecar: Photo, photo: PlannedFile, step: Step) -> PlannedFile:
        assert photo.destination is not None
        assert photo.action is not None
        name = name_beside(sidecar.name, step.file.name, photo.destination.rpartition("/")[2])
        beside = replace(step, file=sidecar, name=name, action=Action(photo.action))
        return self._placed(PlannedFile(sidecar.path, State.LEFT, sidecar_of=photo.photo), beside)

    def _placed(
        self, planned: PlannedFile, step: Step, points_to: str | None = None
    ) -> PlannedFile:
        """The same, with the place that the step would give it."""
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
        if self._overlay is None:
            return replace(planned, state=State.FILED, destination=wanted)
        try:
            placed = self._overlay.place(self._library, step, points_to)
        except (OSError, GalleryError) as error:
            return replace(planned, state=State.FAILED, reason=str(error))
        reasons = [placed.reason or planned.reason]
        if placed.state is State.FILED and placed.name != first and not is_numbered:
            reasons = [f"another file called {first} lies there", placed.reason]
        return replace(
            planned,
            state=placed.state,
            reason="; ".join(filter(None, reasons)) or None,
            action=placed.action,
            destination=self._path(step, placed.name),
            note=placed.reason if placed.state is State.FILED else None,
        )

    def _path(self, step: Step, name: str) -> str:
        return library_path(self._library, *step.folder, name)


def described(examined: Examined, verdict: AnswerVerdict) -> PlannedFile:
    """What would become of a photo, as far as it follows from the verdict alone."""
    planned = PlannedFile(examined.photo.path, State.LEFT, verdict.reason)
    if examined.prediction is not None:
        planned = replace(
            planned,
            top_class=examined.prediction.top_class,
            confidence=examined.prediction.confidence,
            precision=examined.prediction.precision,
            familiarity=examined.prediction.familiarity,
        )
    match verdict:
        case File(decision):
            return replace(planned, outcome=decision.outcome, rule=decision.rule)
        case Quarantine(decision=decision):
            return replace(planned, state=State.QUARANTINED, outcome=decision.outcome)
        case Leave(decision=Decision(outcome, rule)):
            return replace(planned, outcome=outcome, rule=rule)
        case Leave():
            return planned
        case Fail() | Settle() | Gone():
            return replace(planned, state=State.FAILED)


def _left(photo: Photo, reason: str) -> PlannedFile:
    return PlannedFile(photo.path, State.LEFT, reason)
