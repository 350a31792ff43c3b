"""The ends a file comes to: filed, left, quarantined, failed; recorded, logged, sidecars sent on.

A failure is the one end that is not final. What may pass is tried again with a wait that grows,
what lasts waits until the file changes; and a fault of the library itself opens the circuit
breaker, so that the photos behind this one wait without being examined.

What is decided in one turn is carried out together, because each commit of the journal waits for
the disk (`Filer.execute_all`). Nobody may see a file between the two: before the journal is asked
what became of files, `carry_out` is called.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from gallery_daemon.errors import (
    AlreadyFiled,
    FilingError,
    JournalError,
    PhotoChanged,
    PhotoGone,
)
from gallery_daemon.filing.joint_acts import Filing
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
    from gallery_daemon.filing.execute import Filer
    from gallery_daemon.filing.joint_acts import Result
    from gallery_daemon.filing.steps import Deed
    from gallery_daemon.intake.arrivals import Arrivals
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journey.examined import Examined, Traveller
    from gallery_daemon.journey.judge import File, Quarantine, SidecarVerdict
    from gallery_daemon.journey.photolog import PhotoLog
    from gallery_daemon.journey.retry import CircuitBreaker, Retries
    from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
    from gallery_daemon.photo import Candidate, Photo
    from gallery_daemon.rules.decide import RuleSet


# Files that are decided and wait to be carried out.
_HANDFUL = 64


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is to be done with a file, and what follows on it.

    `is_awaited`: sidecars wait for its end, and may take names before the next photo does.
    """

    deed: Deed
    then: Callable[[Result], None]
    is_awaited: bool


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
    _decided: list[_Decided] = field(init=False, default_factory=list)

    @property
    def are_due(self) -> bool:
        """Whether what was decided is to be carried out before another photo is judged."""
        if not self._decided:
            return False
        # While the library is in doubt, photos are tried one at a time.
        is_in_doubt = self.breaker.reason is not None
        return is_in_doubt or self._decided[-1].is_awaited or len(self._decided) >= _HANDFUL

    def carry_out(self) -> None:
        """What was decided is done, in the journal, and in the log, in the order of the photos."""
        if not self._decided:
            return
        decided = self._decided[:]
        self._decided.clear()
        deeds = [each.deed for each in decided]
        results = self.filer.execute_all(deeds, self.clock.wall())
        for each, result in zip(decided, results, strict=True):
            each.then(result)

    def settle(self, candidate: Candidate) -> None:
        """It is no end: the file settles, for the first time or once more."""
        refused = self.arrivals.saw(candidate, self.clock.monotonic(), self.clock.wall())
        if refused is not None:
            self.photo_log.no_file(refused)

    def file(self, examined: Examined, verdict: File) -> None:
        """It will be in the library with its sidecars, unless it changed or an error stops it."""
        photo, to = examined.photo, verdict.destination
        is_awaited = self.sidecars.are_waiting_for(photo)
        travelling = self.sidecars.take_along(photo) if to.with_sidecars else ()
        plan = Plan(
            photo,
            to,
            verdict.decision,
            examined.facts,
            examined.prediction,
            travelling,
            examined.cache_entry,
            examined.said,
        )
        then = partial(self._filed, examined, verdict, travelling)
        self._decided.append(_Decided(plan, then, is_awaited))

    def leave(self, traveller: Traveller, verdict: Leave) -> None:
        """It will stay where it is, as it should."""
        entry = _entry_of(traveller, State.LEFT, verdict.reason, verdict.decision)
        is_awaited = self.sidecars.are_waiting_for(traveller.photo)
        then = partial(self._left, traveller, verdict)
        self._decided.append(_Decided(entry, then, is_awaited))

    def quarantine(self, examined: Examined, verdict: Quarantine) -> None:
        """It cannot be read as a photo; it will stay."""
        entry = _entry_of(examined, State.QUARANTINED, verdict.reason, verdict.decision)
        is_awaited = self.sidecars.are_waiting_for(examined.photo)
        then = partial(self._quarantined, examined, verdict)
        self._decided.append(_Decided(entry, then, is_awaited))

    def sidecar(self, sidecar: Photo, verdict: SidecarVerdict) -> None:
        """The sidecar waits, is filed beside its photo, or stays."""
        match verdict:
            case Wait(owner):
                self.sidecars.wait(sidecar, owner)
            case Late():
                self._file_late(sidecar, verdict)
            case Leave():
                self.leave(Unexamined(sidecar), verdict)
                self.carry_out()

    def leave_waiting(self) -> None:
        """At the end of a pass: sidecars that still wait for a photo stay, to go with it later."""
        for sidecar in self.sidecars.release(self.sidecars.take_all()):
            self.photo_log.left(Unexamined(sidecar), NOT_THIS_TIME, None)

    def fail(self, examined: Examined, reason: str) -> None:
        """It could not be looked at; that may pass."""
        self.carry_out()
        entry = _entry_of(examined, State.FAILED, reason)
        with contextlib.suppress(JournalError):
            self.journal.record(entry, self.library, self.clock.wall())
        self._fail(examined, reason, is_transient=True)

    def gone(self, traveller: Traveller, reason: str) -> None:
        """It vanished on its way: logged, and not waited for. Its sidecars are on their own."""
        self.carry_out()
        self.retries.ended(traveller.photo.candidate)
        self.photo_log.failed(traveller, reason, None)
        self._settle_all(self.sidecars.take(traveller.photo))

    def known(self, photo: Photo) -> None:
        """It has come to an end already, by a recovery for example."""
        self.retries.ended(photo.candidate)

    def fail_with(self, traveller: Traveller, error: FilingError | JournalError) -> None:
        """It could not be filed, or its end could not be recorded."""
        self.carry_out()
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

    def _filed(
        self, examined: Examined, verdict: File, travelling: tuple[Photo, ...], result: Result
    ) -> None:
        photo, filing = examined.photo, self._filing_of(examined, result)
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

    def _left(self, traveller: Traveller, verdict: Leave, result: Result) -> None:
        if self._is_recorded(traveller, result):
            self.photo_log.left(traveller, verdict.reason, verdict.decision)
            self._send_on(traveller.photo)

    def _quarantined(self, examined: Examined, verdict: Quarantine, result: Result) -> None:
        if self._is_recorded(examined, result):
            self.photo_log.quarantined(examined, verdict.reason)
            self._send_on(examined.photo)

    def _file_late(self, sidecar: Photo, late: Late) -> None:
        result: Result
        try:
            result = self.filer.execute_late(
                sidecar, late.owner, self.clock.wall(), completes=late.completes
            )
        except (AlreadyFiled, PhotoChanged, FilingError, JournalError) as error:
            result = error
        filing = self._filing_of(Unexamined(sidecar), result)
        if filing is not None:
            self.photo_log.filed_late(sidecar, late.owner, filing)
            self._send_on(sidecar)

    def _filing_of(self, traveller: Traveller, result: Result) -> Filing | None:
        """The filing; None if it was filed elsewhere, changed, or stopped by an error."""
        if isinstance(result, PhotoChanged):
            self.settle(traveller.photo.candidate)
            return None
        if isinstance(result, (FilingError, JournalError)):
            self.fail_with(traveller, result)
            return None
        self.retries.ended(traveller.photo.candidate)
        # It is in the library, so the library can take photos.
        self.library_is_well()
        return result if isinstance(result, Filing) else None

    def _is_recorded(self, traveller: Traveller, result: Result) -> bool:
        """Whether the journal has it; if its disk is full, say, the file is tried again."""
        if isinstance(result, JournalError):
            self.fail_with(traveller, result)
            return False
        self.retries.ended(traveller.photo.candidate)
        return True

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
        said=traveller.said,
    )
