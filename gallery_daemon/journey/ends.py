"""The ends a file comes to: filed, left, quarantined, failed; recorded, logged, sidecars sent on.

A failure is the one end that is not final. What may pass is tried again with a wait that grows,
what lasts waits until the file changes; and a fault of the library itself opens the circuit
breaker, so that the photos behind this one wait without being examined.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.errors import (
    AlreadyFiled,
    FilingError,
    JournalError,
    PhotoChanged,
    PhotoGone,
)
from gallery_daemon.filing.steps import Plan
from gallery_daemon.journal.claims import AlreadyClaimed
from gallery_daemon.journal.record import JournalEntry, State
from gallery_daemon.journey.examined import Unexamined
from gallery_daemon.journey.judge import (
    NOT_THIS_TIME,
    Late,
    Leave,
    Wait,
    of_left_behind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gallery_daemon.clock import Clock
    from gallery_daemon.decision import Decision
    from gallery_daemon.filing.execute import Filer, Filing
    from gallery_daemon.intake.arrivals import Arrivals
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journey.examined import Examined, Traveller
    from gallery_daemon.journey.judge import File, Quarantine, SidecarVerdict
    from gallery_daemon.journey.photolog import PhotoLog
    from gallery_daemon.journey.retry import CircuitBreaker, Retries
    from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
    from gallery_daemon.photo import Candidate, Photo
    from gallery_daemon.rules.decide import RuleSet


@dataclass(frozen=True, slots=True)
class Ends:
    """Brings files to an end, each with the sidecars that waited for it."""

    library: str
    rules: RuleSet
    arrivals: Arrivals
    filer: Filer
    journal: Journal
    sidecars: WaitingSidecars
    retries: Retries
    breaker: CircuitBreaker
    photo_log: PhotoLog
    clock: Clock

    def settle(self, candidate: Candidate) -> None:
        """It is no end: the file settles, for the first time or once more."""
        refused = self.arrivals.saw(candidate, self.clock.monotonic(), self.clock.wall())
        if refused is not None:
            self.photo_log.no_file(refused)

    def file(self, examined: Examined, verdict: File) -> None:
        """It is in the library with its sidecars, unless it changed or an error stopped it."""
        photo, to = examined.photo, verdict.destination
        travelling = self.sidecars.take_along(photo) if to.with_sidecars else ()
        plan = Plan(
            photo,
            to,
            verdict.decision,
            examined.facts,
            examined.prediction,
            travelling,
            examined.cache_entry,
        )
        now = self.clock.wall()
        filing = self._act(examined, lambda: self.filer.execute(plan, now))
        if filing is None:
            # Its sidecars settled already: they arrive again, and find it filed or wait for it.
            self.sidecars.give_back(travelling)
            self._settle_all(self.sidecars.take(photo))
            return
        self.photo_log.filed(examined, verdict.decision, filing, verdict.reason)
        if filing.state is State.FILED:
            self.sidecars.went(travelling)
        else:
            self.sidecars.give_back(travelling)
        self._send_on(photo)

    def leave(self, traveller: Traveller, verdict: Leave) -> None:
        """It stays where it is, as it should."""
        if self._record(traveller, verdict, State.LEFT):
            self.photo_log.left(traveller, verdict.reason, verdict.decision)
            self._send_on(traveller.photo)

    def quarantine(self, examined: Examined, verdict: Quarantine) -> None:
        """It cannot be read as a photo; it stays."""
        if self._record(examined, verdict, State.QUARANTINED):
            self.photo_log.quarantined(examined, verdict.reason)
            self._send_on(examined.photo)

    def sidecar(self, sidecar: Photo, verdict: SidecarVerdict) -> None:
        """The sidecar waits, is filed beside its photo, or stays."""
        match verdict:
            case Wait(owner):
                self.sidecars.wait(sidecar, owner)
            case Late(owner, completes):
                now, execute = self.clock.wall(), self.filer.execute_late
                filing = self._act(
                    Unexamined(sidecar),
                    lambda: execute(sidecar, owner, now, completes=completes),
                )
                if filing is not None:
                    self.photo_log.filed_late(sidecar, owner, filing)
                    self._send_on(sidecar)
            case Leave():
                self.leave(Unexamined(sidecar), verdict)

    def leave_waiting(self) -> None:
        """At the end of a pass: sidecars that still wait for a photo stay, to go with it later."""
        for sidecar in self.sidecars.release(self.sidecars.take_all()):
            self.photo_log.left(Unexamined(sidecar), NOT_THIS_TIME, None)

    def fail(self, examined: Examined, reason: str) -> None:
        """It could not be looked at; that may pass."""
        entry = _entry_of(examined, State.FAILED, reason)
        with contextlib.suppress(JournalError):
            self.journal.record(entry, self.library, self.clock.wall())
        self._fail(examined, reason, is_transient=True)

    def gone(self, traveller: Traveller, reason: str) -> None:
        """It vanished on its way: logged, and not waited for. Its sidecars are on their own."""
        self.retries.ended(traveller.photo.candidate)
        self.photo_log.failed(traveller, reason, None)
        self._settle_all(self.sidecars.take(traveller.photo))

    def known(self, photo: Photo) -> None:
        """It has come to an end already, by a recovery for example."""
        self.retries.ended(photo.candidate)

    def fail_with(self, traveller: Traveller, error: FilingError | JournalError) -> None:
        """It could not be filed, or its end could not be recorded."""
        if isinstance(error, PhotoGone):
            self.gone(traveller, error.sentence)
            return
        # Without a journal nothing can be filed either.
        of_library, is_transient = not isinstance(error, AlreadyClaimed), True
        if isinstance(error, FilingError):
            of_library, is_transient = error.of_library, error.transient
        if of_library:
            self.breaker.failed(error.sentence, self.clock.monotonic())
        self._fail(traveller, error.sentence, is_transient=is_transient)

    def library_is_well(self) -> None:
        """What kept photos from being filed is over, if anything did."""
        if self.breaker.reason is not None:
            self.breaker.succeeded()
            self.retries.hasten(self.clock.monotonic())

    def _act(self, traveller: Traveller, act: Callable[[], Filing]) -> Filing | None:
        """What the act made; None if it was filed elsewhere, changed, or stopped by an error."""
        try:
            filing = act()
        except AlreadyFiled:
            filing = None
        except PhotoChanged:
            self.settle(traveller.photo.candidate)
            return None
        except (FilingError, JournalError) as error:
            self.fail_with(traveller, error)
            return None
        self.retries.ended(traveller.photo.candidate)
        # It is in the library, so the library can take photos.
        self.library_is_well()
        return filing

    def _send_on(self, photo: Photo) -> None:
        """Sidecars that the photo did not take along to its end are filed late, or stay."""
        left = self.sidecars.release(self.sidecars.take(photo))
        if not left:
            return
        try:
            fate = self.sidecars.fate_of(photo)
        except JournalError:
            fate = None
        if fate is None:
            self._settle_all(left)
            return
        for sidecar in left:
            self.sidecar(sidecar, of_left_behind(fate, self.rules))

    def _fail(self, traveller: Traveller, reason: str, *, is_transient: bool) -> None:
        photo = traveller.photo
        retry_in_s = self.retries.failed(
            photo.candidate,
            photo.identity,
            reason,
            self.clock.monotonic(),
            is_transient=is_transient,
        )
        self.photo_log.failed(traveller, reason, retry_in_s)
        # Its sidecars settled already: they arrive again, and find it filed or wait for it.
        self._settle_all(self.sidecars.take(photo))

    def _settle_all(self, sidecars: Iterable[Photo]) -> None:
        for sidecar in self.sidecars.release(sidecars):
            self.settle(sidecar.candidate)

    def _record(self, traveller: Traveller, verdict: Leave | Quarantine, state: State) -> bool:
        """Whether the journal has it; if its disk is full, say, the file is tried again."""
        entry = _entry_of(traveller, state, verdict.reason, verdict.decision)
        try:
            self.journal.record(entry, self.library, self.clock.wall())
        except JournalError as error:
            self.fail_with(traveller, error)
            return False
        self.retries.ended(traveller.photo.candidate)
        return True


def _entry_of(
    traveller: Traveller, state: State, reason: str, decision: Decision | None = None
) -> JournalEntry:
    return JournalEntry(
        traveller.photo,
        state,
        reason,
        decision,
        traveller.facts,
        traveller.prediction,
        cache_entry=traveller.cache_entry,
    )
