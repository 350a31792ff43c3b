"""The table of contents: one photo's journey, one short method for each step.

    arrive -> classify -> answer -> decide -> file -> tell

Everything here happens in the main thread, and every file that settles comes to exactly one end:
filed, left, quarantined, failed, or back to settling because it changed. The rooms do the work and
return values; this file says who is called when.
"""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import Classified, HostEvent, Refused
from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.errors import JournalError
from gallery_daemon.filing.steps import Plan, is_sidecar_name
from gallery_daemon.imaging.formats import Support
from gallery_daemon.imaging.names import claims_to_be_a_photo
from gallery_daemon.intake.arrivals import Arrival, Denied, NoFile
from gallery_daemon.journal.record import State
from gallery_daemon.journey.ends import Ends, unseen, why_left
from gallery_daemon.journey.photolog import Seen
from gallery_daemon.journey.sidecars import Sidecars
from gallery_daemon.logs.events import ClassifierFailed, ClassifierStarted, ClassifierStopped
from gallery_daemon.rules.decide import decide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.classifier.child import ChildEvent
    from gallery_daemon.clock import Clock
    from gallery_daemon.decision import Decision
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.journey.rooms import Rooms
    from gallery_daemon.photo import Candidate, Photo

# Photos of the backlog in one turn: what is remembered of some files them at once.
_HANDFUL = 64


class Pipeline:
    """Walks photos through the rooms of one configuration."""

    def __init__(self, rooms: Rooms, library: str, clock: Clock) -> None:
        self._rooms = rooms
        self._clock = clock
        self._backlog: deque[Photo] = deque()
        self._under_way: set[Candidate] = set()  # in the backlog or with the classifier
        self._ends = Ends(rooms, library, clock, self.saw)
        self._sidecars = Sidecars(rooms, library, clock, self._ends)

    @property
    def load(self) -> int:
        """How many files are on their way; listings hold while it is high."""
        return sum(self.stages.values())

    @property
    def stages(self) -> dict[str, int]:
        """How many files settle, are settled and wait, or are with the classifier process."""
        return {
            "settling": len(self._rooms.arrivals),
            "waiting": len(self._backlog),
            "classifying": self._rooms.host.outstanding,
        }

    def next_deadline(self) -> float | None:
        """When `turn` is wanted at the latest, in monotonic seconds."""
        rooms = self._rooms
        has_next = self._backlog and rooms.host.has_room
        deadlines = (
            rooms.arrivals.next_deadline(),
            rooms.host.next_deadline(),
            rooms.retries.next_deadline(),
            rooms.gate.next_deadline(rooms.host.outstanding) if has_next else None,
        )
        return min((time for time in deadlines if time is not None), default=None)

    def turn(self) -> None:
        """All that is due: settled files arrive, photos are classified, answers are acted on."""
        now = self._clock.monotonic()
        self._retry(now)
        for arrival in self._rooms.arrivals.take(now, self._clock.wall()):
            self._arrive(arrival)
        host, lets_begin = self._rooms.host, self._rooms.gate.lets_begin
        for _ in range(_HANDFUL):
            if self._backlog and host.has_room and lets_begin(now, host.outstanding):
                self._look_at(self._backlog.popleft())
        for report in host.tick(self._clock.monotonic()):
            self._answer(report)

    def unknown(self, photos: Sequence[Photo]) -> list[Photo]:
        """Those of them that came to no end yet, and do not wait to be tried again."""
        try:
            unknown = self._rooms.unknown(photos)
        except JournalError:
            # The claim asks again before anything is done.
            unknown = list(photos)
        is_waiting = self._rooms.retries.is_waiting
        return [each for each in unknown if not is_waiting(each.candidate, each.identity)]

    def saw(self, candidate: Candidate) -> None:
        """A name was seen, by an event or in a listing."""
        wall_ns = int(self._clock.wall().timestamp() * 1e9)
        refused = self._rooms.arrivals.saw(candidate, self._clock.monotonic(), wall_ns)
        if refused is not None:
            self._rooms.tell.no_file(refused)

    def heard(self, frame: ChildEvent) -> None:
        """The classifier process has said something; `turn` acts on it."""
        self._rooms.host.received(frame, self._clock.monotonic())

    def leave_waiting(self) -> None:
        """At the end of a pass: sidecars that still wait for a photo stay."""
        for sidecar in self._rooms.company.take_all():
            self._ends.leave(sidecar, "its photo was not filed in this pass")

    def _look_at(self, photo: Photo) -> None:
        """It is shown to the classifier process, unless what that would see is known."""
        self._rooms.tell.classifying(photo)
        report = self._rooms.looks.report(photo)
        if report is None:
            self._rooms.host.submit(photo, want_hash=self._rooms.rules.needs_hash)
        else:
            self._answer(report)

    def _retry(self, now: float) -> None:
        """What failed and is due is looked at again, as if it had just been seen."""
        due = self._rooms.retries.take_due(now)
        if due:
            self._recover()
        for candidate in due:
            self.saw(candidate)
            if candidate not in self._rooms.arrivals:
                self._rooms.retries.ended(candidate)

    def _recover(self) -> None:
        """What was cut short by a refusal comes to its end, if the journal can be written now."""
        with contextlib.suppress(JournalError):
            for recovered in self._rooms.filer.recover():
                self._rooms.tell.recovered(recovered)
                self._ends.library_is_well()

    def _arrive(self, arrival: Arrival | Denied | NoFile) -> None:
        if isinstance(arrival, NoFile):
            self._rooms.tell.no_file(arrival)
            return
        photo = arrival.photo
        # One that changed on its way is found out at the next step, and comes back by itself.
        if photo.candidate in self._under_way:
            return
        if isinstance(arrival, Denied):
            self._ends.fail(unseen(photo), arrival.reason)
            return
        if self._rooms.retries.is_waiting(photo.candidate, photo.identity):
            return
        if not self.unknown((photo,)):
            self._ends.known(photo)
            return
        self._rooms.tell.settled(photo)
        try:
            self._begin(photo, arrival.kind)
        except JournalError as error:
            self._ends.refuse(unseen(photo), error)

    def _begin(self, photo: Photo, kind: FileKind) -> None:
        """It is classified, or its end is known without."""
        if kind.is_photo:
            self._backlog.append(photo)
            self._under_way.add(photo.candidate)
        elif is_sidecar_name(photo.name):
            self._sidecars.arrive(photo, kind)
        elif kind.support is Support.NOT_A_PHOTO and claims_to_be_a_photo(photo.name):
            self._quarantine(unseen(photo), kind.words)
        else:
            self._ends.leave(photo, kind.words)

    def _answer(self, report: HostEvent) -> None:
        tell = self._rooms.tell
        match report:
            case Classified(photo, facts, prediction, batch, classify_ms):
                self._under_way.discard(photo.candidate)
                note = self._rooms.looks.note(report)
                self._decide(Seen(photo, facts, prediction, batch, classify_ms, note))
            case Refused(photo):
                self._under_way.discard(photo.candidate)
                self._refused(report)
            case ClassifierStarted():
                tell.classifier_started(report)
            case ClassifierStopped():
                tell.classifier_stopped(report)
            case ClassifierFailed():
                tell.classifier_failed(report)

    def _refused(self, refused: Refused) -> None:
        seen = replace(unseen(refused.photo), note=self._rooms.looks.note(refused))
        seen = replace(seen, facts=refused.facts or seen.facts)
        match refused.kind:
            case RefusalKind.UNREADABLE:
                self._quarantine(seen, refused.reason)
            case RefusalKind.NOT_A_PHOTO:
                self._ends.leave(refused.photo, refused.reason, seen)
            case RefusalKind.CHANGED:
                self.saw(refused.photo.candidate)
            case RefusalKind.VANISHED:
                self._ends.gone(seen, refused.reason)
            case RefusalKind.DENIED | RefusalKind.FAILED:
                self._ends.fail(seen, refused.reason)

    def _decide(self, seen: Seen) -> None:
        """By the rules; what they leave, stays where it is."""
        try:
            seen = replace(seen, facts=self._rooms.kinship.with_kin(seen.photo, seen.facts))
        except JournalError as error:
            self._ends.refuse(seen, error)
            return
        decision = decide(seen.photo, seen.facts, seen.prediction, self._rooms.rules)
        if decision.destination is not None:
            self._file(seen, decision)
        else:
            self._ends.leave(seen.photo, why_left(decision), seen, decision)

    def _quarantine(self, seen: Seen, reason: str) -> None:
        """It cannot be read as a photo; `failed` may have a place for it, else it stays."""
        decision = decide(seen.photo, seen.facts, None, self._rooms.rules)
        if decision.destination is not None:
            self._file(seen, decision, reason)
            return
        self._ends.quarantine(seen, decision, reason)

    def _file(self, seen: Seen, decision: Decision, reason: str | None = None) -> None:
        assert decision.destination is not None
        with_sidecars = decision.destination.with_sidecars
        sidecars = self._rooms.company.take(seen.photo) if with_sidecars else ()
        to, facts = decision.destination, seen.facts
        plan = Plan(seen.photo, to, decision, facts, seen.prediction, sidecars, seen.note)
        now = self._clock.wall()
        filing = self._ends.file(seen, lambda: self._rooms.filer.execute(plan, now))
        if filing is not None:
            self._rooms.tell.filed(seen, decision, filing, reason)
            if filing.state is not State.FILED or not with_sidecars:
                self._ends.leave_company(seen.photo, sidecars, filing.state)
            return
        # Its sidecars settled already: they arrive again, and find it filed or wait for it.
        for sidecar in (*sidecars, *self._rooms.company.take(seen.photo)):
            self.saw(sidecar.candidate)
