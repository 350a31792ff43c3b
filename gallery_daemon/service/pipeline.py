"""The table of contents: one photo's journey, one short method for each step.

    arrive -> classify -> answer -> decide -> file -> tell

Everything here happens in the main thread, and every file that settles comes to exactly one end:
filed, left, quarantined, failed, or back to settling because it changed. The rooms do the work and
return values; this file says who is called when.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.reports import (
    Classified,
    ClassifierFailed,
    ClassifierStarted,
    ClassifierStopped,
    Refused,
    Report,
)
from gallery_daemon.errors import GalleryError, PhotoChanged
from gallery_daemon.filing.plan import Plan
from gallery_daemon.filing.record import Entry, State
from gallery_daemon.filing.sidecars import is_sidecar_name
from gallery_daemon.imaging.formats import Support
from gallery_daemon.imaging.names import claims_to_be_a_photo
from gallery_daemon.intake.arrivals import Arrival, NoFile
from gallery_daemon.photo import Decision, Facts, Outcome, Photo
from gallery_daemon.rules.decide import decide
from gallery_daemon.service.tell import Seen

if TYPE_CHECKING:
    from gallery_daemon.classifier.child import Arrival as Frame
    from gallery_daemon.filing.record import Row
    from gallery_daemon.imaging.formats import Kind
    from gallery_daemon.photo import Candidate
    from gallery_daemon.service.clock import Clock
    from gallery_daemon.service.rooms import Rooms


_LEFT_BY = {
    Outcome.UNCERTAIN: "the model is not sure enough for a rule",
    Outcome.OTHERWISE: "no rule matched",
}


class Pipeline:
    """Walks photos through the rooms of one configuration."""

    def __init__(self, rooms: Rooms, library: str, clock: Clock) -> None:
        self._rooms = rooms
        self._library = library
        self._clock = clock
        self._backlog: deque[Photo] = deque()

    @property
    def load(self) -> int:
        """How many files are on their way; listings hold while it is high."""
        return len(self._rooms.arrivals) + len(self._backlog) + self._rooms.host.outstanding

    def next_deadline(self) -> float | None:
        """When `turn` is wanted at the latest, in monotonic seconds."""
        deadlines = (self._rooms.arrivals.next_deadline(), self._rooms.host.next_deadline())
        return min((time for time in deadlines if time is not None), default=None)

    def turn(self) -> None:
        """All that is due: settled files arrive, photos are classified, answers are acted on."""
        for arrival in self._rooms.arrivals.take(self._clock.monotonic(), self._clock.wall()):
            self._arrive(arrival)
        while self._backlog and self._rooms.host.has_room:
            photo = self._backlog.popleft()
            self._rooms.tell.classifying(photo)
            self._rooms.host.submit(photo, want_hash=self._rooms.rules.needs_hash)
        for report in self._rooms.host.tick(self._clock.monotonic()):
            self._answer(report)

    def is_known(self, photo: Photo) -> bool:
        """Whether this very file came to an end already."""
        return self._rooms.journal.is_known(photo.path, photo.identity, self._library)

    def saw(self, candidate: Candidate) -> None:
        """A name was seen, by an event or in a listing."""
        wall_ns = int(self._clock.wall().timestamp() * 1e9)
        refused = self._rooms.arrivals.saw(candidate, self._clock.monotonic(), wall_ns)
        if refused is not None:
            self._rooms.tell.no_file(refused)

    def heard(self, frame: Frame) -> None:
        """The classifier process has said something; `turn` acts on it."""
        self._rooms.host.received(frame, self._clock.monotonic())

    def leave_waiting(self) -> None:
        """At the end of a pass: sidecars that still wait for a photo stay."""
        for sidecar in self._rooms.company.take_all():
            self._leave(sidecar, "its photo was not filed in this pass")

    def _arrive(self, arrival: Arrival | NoFile) -> None:
        if isinstance(arrival, NoFile):
            self._rooms.tell.no_file(arrival)
            return
        photo, kind = arrival.photo, arrival.kind
        if self.is_known(photo):
            return
        self._rooms.tell.settled(photo)
        if kind.is_photo:
            self._backlog.append(photo)
        elif is_sidecar_name(photo.name):
            self._arrive_sidecar(photo, kind)
        elif kind.support is Support.NOT_A_PHOTO and claims_to_be_a_photo(photo.name):
            self._quarantine(Seen(photo, self._unread(photo)), kind.words)
        else:
            self._leave(photo, kind.words)

    def _arrive_sidecar(self, sidecar: Photo, kind: Kind) -> None:
        """It waits for its photo, or goes where its photo went already."""
        company = self._rooms.company
        owner = company.owner_of(sidecar)
        if owner is None:
            row = company.moved_owner_of(sidecar)
        else:
            row = self._rooms.journal.latest_of(owner, self._library)
        if owner is not None and (row is None or row.state in {State.FAILED, State.ABANDONED}):
            company.wait(sidecar, owner)
        elif row is not None and row.state is State.FILED and self._takes_sidecars(row.rule):
            self._file_late(sidecar, row)
        elif row is not None:
            self._leave(sidecar, "its photo was left")
        else:
            is_film = kind.name == "video"
            self._leave(sidecar, kind.words if is_film else "a sidecar without its photo")

    def _answer(self, report: Report) -> None:
        tell = self._rooms.tell
        match report:
            case Classified(photo, facts, prediction, batch, classify_ms):
                self._decide(Seen(photo, facts, prediction, batch, classify_ms))
            case Refused():
                self._refused(report)
            case ClassifierStarted():
                tell.classifier_started(report)
            case ClassifierStopped():
                tell.classifier_stopped(report)
            case ClassifierFailed():
                tell.classifier_failed(report)

    def _refused(self, refused: Refused) -> None:
        seen = Seen(refused.photo, refused.facts or self._unread(refused.photo))
        match refused.kind:
            case RefusalKind.UNREADABLE:
                self._quarantine(seen, refused.reason)
            case RefusalKind.NOT_A_PHOTO:
                self._leave(refused.photo, refused.reason)
            case RefusalKind.CHANGED:
                self.saw(refused.photo.candidate)
            case RefusalKind.VANISHED | RefusalKind.DENIED | RefusalKind.FAILED:
                self._fail(seen, refused.reason)

    def _decide(self, seen: Seen) -> None:
        """By the rules; what they leave, stays where it is."""
        decision = decide(seen.photo, seen.facts, seen.prediction, self._rooms.rules)
        if decision.destination is not None:
            self._file(seen, decision)
        elif decision.outcome is Outcome.RULE:
            self._leave(seen.photo, f"the rule {decision.rule} leaves it", seen, decision)
        else:
            self._leave(seen.photo, _LEFT_BY[decision.outcome], seen, decision)

    def _quarantine(self, seen: Seen, reason: str) -> None:
        """It cannot be read as a photo; `failed` may have a place for it, else it stays."""
        decision = decide(seen.photo, seen.facts, None, self._rooms.rules)
        if decision.destination is not None:
            self._file(seen, decision, reason)
            return
        if self._record(seen, decision, State.QUARANTINED, reason):
            self._rooms.tell.quarantined(seen, reason)
            self._leave_company(seen.photo)

    def _file(self, seen: Seen, decision: Decision, reason: str | None = None) -> None:
        assert decision.destination is not None
        with_sidecars = decision.destination.with_sidecars
        sidecars = self._rooms.company.take(seen.photo) if with_sidecars else ()
        plan = Plan(
            seen.photo, decision.destination, decision, seen.facts, seen.prediction, sidecars
        )
        try:
            filing = self._rooms.filer.execute(plan, self._clock.wall())
        except PhotoChanged:
            self.saw(seen.photo.candidate)
        except GalleryError as error:
            self._rooms.tell.failed(seen, error.sentence)
        else:
            self._rooms.tell.filed(seen, decision, filing, reason)
            if filing.state is not State.FILED or not with_sidecars:
                self._leave_company(seen.photo, sidecars)
            return
        # Its sidecars settled already: they arrive again, and find it filed or wait for it.
        for sidecar in (*sidecars, *self._rooms.company.take(seen.photo)):
            self.saw(sidecar.candidate)

    def _file_late(self, sidecar: Photo, owner: Row) -> None:
        try:
            filing = self._rooms.filer.execute_late(sidecar, owner, self._clock.wall())
        except PhotoChanged:
            self.saw(sidecar.candidate)
        except GalleryError as error:
            self._rooms.tell.failed(Seen(sidecar, self._unread(sidecar)), error.sentence)
        else:
            self._rooms.tell.filed_late(sidecar, owner, filing)

    def _leave(
        self,
        photo: Photo,
        reason: str,
        seen: Seen | None = None,
        decision: Decision | None = None,
    ) -> None:
        seen = seen or Seen(photo, self._unread(photo))
        if self._record(seen, decision, State.LEFT, reason):
            self._rooms.tell.left(seen, reason, decision)
            self._leave_company(photo)

    def _leave_company(self, photo: Photo, sidecars: tuple[Photo, ...] = ()) -> None:
        """The sidecars of a photo that stays, stay."""
        for sidecar in (*sidecars, *self._rooms.company.take(photo)):
            self._leave(sidecar, "its photo was left")

    def _fail(self, seen: Seen, reason: str) -> None:
        """Trying again may help: the next listing finds it, for it is not known."""
        self._rooms.tell.failed(seen, reason)
        for sidecar in self._rooms.company.take(seen.photo):
            self.saw(sidecar.candidate)

    def _record(self, seen: Seen, decision: Decision | None, state: State, reason: str) -> bool:
        """Whether the journal has it; if its disk is full, say, the file is tried again."""
        entry = Entry(seen.photo, state, reason, decision, seen.facts, seen.prediction)
        try:
            self._rooms.journal.record(entry, self._library, self._clock.wall())
        except GalleryError as error:
            self._fail(seen, error.sentence)
            return False
        return True

    def _takes_sidecars(self, rule: str | None) -> bool:
        """Whether the rule that filed a photo lets its sidecars travel; an old one did."""
        placings = {each.name: each.placing for each in self._rooms.rules.rules}
        placing = placings.get(rule) if rule else self._rooms.rules.uncertain
        return placing is None or placing.with_sidecars

    def _unread(self, photo: Photo) -> Facts:
        mtime = datetime.fromtimestamp(photo.identity.mtime_ns / 1e9, UTC)
        return Facts.unread(mtime.astimezone())
