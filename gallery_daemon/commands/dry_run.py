"""A dry run: what would become of files, by the judge's verdicts, while nothing is touched.

The verdict is the one that the pipeline carries out, and the place is found by the very act that
would take it, on an overlay (`filing.overlay`). Files are judged in the order of `scan`, as a pass
judges them, and sidecars wait for their photo as they do there.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, Decision, Identical, OnConflict, library_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.beside import name_beside
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.preconditions import linked_filing
from gallery_daemon.filing.steps import Step, completing, names_to_try, step_late, step_of
from gallery_daemon.filing.superseded import kept_as, superseded_by
from gallery_daemon.filing.versions import is_version_name
from gallery_daemon.intake.arrivals import Arrival, NoFile
from gallery_daemon.intake.scan import Unlisted
from gallery_daemon.journal.record import KEPT_STATES, State
from gallery_daemon.journey.examined import Examined, Predicted, Unpredicted
from gallery_daemon.journey.judge import (
    NOT_THIS_TIME,
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
from gallery_daemon.journey.persons_word import PersonsWord
from gallery_daemon.journey.similar_photos import SimilarIndex
from gallery_daemon.rules.component import NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.commands.inspection import Inspected
    from gallery_daemon.config.settings import Config
    from gallery_daemon.filing.overlay import DryRunDisk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.judge import AnswerVerdict
    from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
    from gallery_daemon.photo import Identity, LookKind, Photo


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """What would become of one file.

    `state` is what the journal would call it. `wanted` is the absolute place that the rules give
    it, `destination` the one it would get: another if that name is taken; with a `{sequence}` the
    first of many names and the first that is free (`is_numbered`). `conflict` is what would become
    of it if its name were taken, by other bytes and by the same. `note` says why it would be
    copied where something else is wanted, and what would not arrive with it; `hint`, for one that
    would fail, what to do. `sidecar_of` is the path of the photo that it would travel with.
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
    look: LookKind | None = None
    action: str | None = None
    wanted: str | None = None
    destination: str | None = None
    sidecar_of: str | None = None
    is_numbered: bool = False
    conflict: tuple[OnConflict, Identical] | None = None
    note: str | None = None
    hint: str | None = None


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
        self._word = PersonsWord(journal, config.library)
        self._overlay, self._disk = overlay, Disk()
        # What was planned, with its step if sidecars travel with it: by the file that it is, by its
        # path, and by its place in the library.
        self._filed: dict[Identity, tuple[PlannedFile, Step | None]] = {}
        self._ended: dict[str, tuple[PlannedFile, Step | None]] = {}
        self._placed_at: dict[str, tuple[PlannedFile, Step | None]] = {}
        # The steps of photos whose bytes are in the library, if sidecars would travel with them.
        self._duplicates: dict[str, Step] = {}
        # The versions of photos that were filed before.
        self._followed: dict[str, Late] = {}
        # The photos whose turn is still to come.
        self._to_come: set[str] = set()

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
        self._to_come = {each.photo.path for each in rest if isinstance(each, Examined)}
        for each in rest:
            match each:
                case Predicted(photo) | Unpredicted(photo):
                    self._to_come.discard(photo.path)
                    yield from self._in_turn(each, sidecars, beside)
                case NoFile(candidate, reason):
                    yield PlannedFile(candidate.path, State.LEFT, reason)
                case Unlisted():
                    state = State.FAILED if each.is_folder_error else State.LEFT
                    yield PlannedFile(each.path, state, each.reason)
        waiting = sidecars.release(sidecars.take_all())
        while (version := sidecars.next_version()) is not None:
            yield from self._by_itself(version, sidecars, beside)
        yield from beside
        yield from (_left(each, NOT_THIS_TIME) for each in waiting)

    def photo(self, examined: Examined) -> PlannedFile:
        """What would become of a photo."""
        return self._judged(examined, self.verdict_on(examined))[0]

    def verdict_on(self, examined: Examined) -> AnswerVerdict:
        """The judge's verdict, by what a person said, and by the similar photos if rules ask.

        Raises:
            JournalError: the journal cannot be read.
        """
        return of_answer(self._word.of(self._similar.of(examined)), self._rules)

    def relocated(self, planned: PlannedFile, step: Step, points_to: str | None) -> PlannedFile:
        """The same, with the place that a file in the library would move to."""
        return self._placed(planned, step, points_to)

    def _in_turn(
        self, examined: Examined, sidecars: WaitingSidecars, beside: list[PlannedFile]
    ) -> Iterator[PlannedFile]:
        """The photo's own plan, or nothing if it is a version that goes with its original."""
        photo = examined.photo
        match self._of_version(examined, sidecars):
            case Wait(owner):
                sidecars.wait(photo, owner, examined)
            case Late() as verdict:
                self._followed[photo.path] = verdict
                left = sidecars.release(sidecars.take(photo))
                beside += (self._sent_on(each, verdict) for each in (photo, *left))
            case (PlannedFile() as first, Step() as step):
                late = _late(step)
                self._ended[photo.path] = first, late
                left = sidecars.release(sidecars.take(photo))
                beside += (self._beside(each, first, late) for each in (photo, *left))
            case None:
                yield from self._by_itself(examined, sidecars, beside)
        while (version := sidecars.next_version()) is not None:
            yield from self._in_turn(version, sidecars, beside)

    def _of_version(
        self, examined: Examined, sidecars: WaitingSidecars
    ) -> Wait | Late | tuple[PlannedFile, Step] | None:
        """The judge's verdict on a version; or the plan of its original, which it follows."""
        photo = examined.photo
        original = sidecars.original_of(photo) if examined.prediction is not None else None
        if original is not None and original.path in self._to_come:
            return Wait(original.path)
        if original is not None and original.path in self._ended:
            planned, step = self._ended[original.path]
            return None if step is None else (planned, step)
        if original is not None and original.path in self._followed:
            return self._followed[original.path]
        return sidecars.verdict_on_version(examined)

    def _by_itself(
        self, examined: Examined, sidecars: WaitingSidecars, beside: list[PlannedFile]
    ) -> Iterator[PlannedFile]:
        photo, verdict = examined.photo, self.verdict_on(examined)
        first = self._filed.get(photo.identity)
        if isinstance(verdict, File) and first is not None:
            # Another name of that file: it is known by then, and only its sidecars go.
            planned, step = first
            late = None if step is None else replace(_late(step), file=photo)
            self._ended[photo.path] = planned, late
            beside += self._sidecars_of_twin(photo, planned, late, sidecars)
            return
        planned, step = self._judged(examined, verdict)
        self._ended[photo.path] = planned, step
        if planned.state is State.FILED:
            self._placed_at[planned.destination or ""] = planned, step
        yield planned
        beside += self._its_sidecars(photo, planned, step, sidecars)

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
            if placed.state is State.IDENTICAL and to.with_sidecars:
                self._duplicates[examined.photo.path] = step
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
        if step is not None:
            travelling = sidecars.take_along(photo)
            sidecars.went(travelling)
            versions = (each for each in travelling if is_version_name(each.name))
            self._ended |= {each.path: (planned, _late(step)) for each in versions}
            yield from (self._beside(each, planned, step) for each in travelling)
            return
        left = sidecars.release(sidecars.take(photo))
        if planned.state is State.FAILED:
            for each in left:
                sidecars.wait(each, photo.path)
            return
        for each in left:
            if planned.state is State.IDENTICAL:
                yield self._beside_duplicate(each, photo, planned)
            else:
                yield self._sent_on(each, of_left_behind(Fate(planned.state), self._rules))

    def _sidecars_of_twin(
        self, twin: Photo, first: PlannedFile, late: Step | None, sidecars: WaitingSidecars
    ) -> Iterator[PlannedFile]:
        """They settle once more, and come late to the file that was filed under its first name."""
        for sidecar in sidecars.release(sidecars.take(twin)):
            if late is None:
                yield self._sent_on(sidecar, of_left_behind(Fate(first.state), self._rules))
            else:
                yield self._beside(sidecar, first, late)

    def _beside_duplicate(self, sidecar: Photo, photo: Photo, planned: PlannedFile) -> PlannedFile:
        """What would become of the sidecar of a photo whose bytes lie in the library already."""
        place = planned.destination or ""
        linked = linked_filing(self._journal, self._disk, photo.identity, self._library)
        if linked is not None:
            fate = Fate(State.IDENTICAL, linked)
            return self._sent_on(sidecar, of_left_behind(fate, self._rules))
        if place in self._placed_at:
            first, step = self._placed_at[place]
        else:
            *folder, name = place.removeprefix(self._library.rstrip("/") + "/").split("/")
            filed = self._journal.filed_at(self._library, tuple(folder), name)
            if filed is not None:
                fate = Fate(State.IDENTICAL, filed, is_duplicate=True)
                return self._sent_on(sidecar, of_left_behind(fate, self._rules))
            # It is a person's own.
            first, step = planned, self._duplicates.get(photo.path)
        if step is None:
            return self._sent_on(sidecar, of_left_behind(Fate(planned.state), self._rules))
        return self._beside(sidecar, first, step, completes=True)

    def _sent_on(self, sidecar: Photo, verdict: Late | Leave) -> PlannedFile:
        match verdict:
            case Late(owner, completes):
                # The photo may have another name by now; it is known by the one of its filing.
                path = self._journal.existing_row(owner.id).path
                planned = PlannedFile(sidecar.path, State.LEFT, sidecar_of=path)
                step = step_late(sidecar, owner, completes=completes)
                return self._placed(self._with_room_made(planned, sidecar, owner), step)
            case Leave(reason):
                return _left(sidecar, reason)

    def _with_room_made(self, planned: PlannedFile, sidecar: Photo, owner: Row) -> PlannedFile:
        """The same, after the versions before the sidecar made room for it."""
        if self._overlay is None:
            return planned
        for each in superseded_by(sidecar, owner, self._journal, self._disk):
            with contextlib.suppress(OSError, GalleryError):
                placed = self._overlay.place(self._library, each.step)
                planned = replace(planned, reason=kept_as(placed.name))
        return planned

    def _beside(
        self, sidecar: Photo, photo: PlannedFile, step: Step, *, completes: bool = False
    ) -> PlannedFile:
        assert photo.destination is not None
        assert photo.action is not None
        name = name_beside(sidecar.name, step.file.name, photo.destination.rpartition("/")[2])
        beside = replace(step, file=sidecar, name=name, action=Action(photo.action))
        planned = PlannedFile(sidecar.path, State.LEFT, sidecar_of=photo.photo)
        return self._placed(planned, completing(beside) if completes else beside)

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
            hint = error.hint if isinstance(error, GalleryError) else None
            return replace(planned, state=State.FAILED, reason=str(error), hint=hint)
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
            look=examined.prediction.look,
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


def _late(step: Step) -> Step:
    """The step of what comes to a photo after that was filed."""
    return replace(step, on_conflict=OnConflict.DEDUPE, identical=None)


def _left(photo: Photo, reason: str) -> PlannedFile:
    return PlannedFile(photo.path, State.LEFT, reason)
