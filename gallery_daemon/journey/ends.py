"""The ends a file comes to: filed, left, quarantined, failed; told, noted, remembered.

A failure is the one end that is not final. What may pass is tried again with a wait that grows,
what lasts waits until the file changes; and a fault of the library itself shuts the gate, so that
the photos behind this one wait without being looked at.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from gallery_daemon.decision import Outcome
from gallery_daemon.errors import (
    AlreadyFiled,
    FilingError,
    JournalError,
    PhotoChanged,
    PhotoGone,
)
from gallery_daemon.journal.claims import AlreadyClaimed
from gallery_daemon.journal.record import JournalEntry, State
from gallery_daemon.journey.photolog import Seen
from gallery_daemon.photo import Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.clock import Clock
    from gallery_daemon.decision import Decision
    from gallery_daemon.filing.execute import Filing
    from gallery_daemon.journey.rooms import Rooms
    from gallery_daemon.photo import Candidate, Photo

_LEFT_BY = {
    Outcome.UNCERTAIN: "the model is not sure enough for a rule",
    Outcome.OTHERWISE: "no rule matched",
}
_LEFT_BESIDE = {
    State.FILED: "its photo was filed by a rule that takes no sidecars",
    State.IDENTICAL: "its photo lies in the library already",
}


class Ends:
    """Brings files to an end, each with the sidecars that waited for it."""

    def __init__(
        self, rooms: Rooms, library: str, clock: Clock, saw: Callable[[Candidate], None]
    ) -> None:
        """`saw` sends a candidate back to settling."""
        self._rooms, self._library, self._clock, self._saw = rooms, library, clock, saw

    def leave(
        self,
        photo: Photo,
        reason: str,
        seen: Seen | None = None,
        decision: Decision | None = None,
    ) -> None:
        """It stays where it is, as it should."""
        seen = seen or unseen(photo)
        if self._record(seen, decision, State.LEFT, reason):
            self._rooms.tell.left(seen, reason, decision)
            self.leave_company(photo)

    def leave_company(
        self, photo: Photo, sidecars: tuple[Photo, ...] = (), state: State = State.LEFT
    ) -> None:
        """The sidecars of a photo that came to `state` and does not take them along, stay."""
        for sidecar in (*sidecars, *self._rooms.company.take(photo)):
            self.leave(sidecar, why_beside(state))

    def quarantine(self, seen: Seen, decision: Decision, reason: str) -> None:
        """It cannot be read as a photo; it stays."""
        if self._record(seen, decision, State.QUARANTINED, reason):
            self._rooms.tell.quarantined(seen, reason)
            self.leave_company(seen.photo)

    def known(self, photo: Photo) -> None:
        """It came to its end by another way, by a recovery for one."""
        self._rooms.retries.ended(photo.candidate)

    def file(self, seen: Seen, act: Callable[[], Filing]) -> Filing | None:
        """What the act made; None if another program filed it, it changed, or it was refused."""
        try:
            filing = act()
        except AlreadyFiled:
            self._filed(seen.photo)
        except PhotoChanged:
            self._saw(seen.photo.candidate)
        except (FilingError, JournalError) as error:
            self.refuse(seen, error)
        else:
            self._filed(seen.photo)
            return filing
        return None

    def library_is_well(self) -> None:
        """What kept photos from being filed is over, if anything did."""
        if self._rooms.gate.reason is not None:
            self._rooms.gate.succeeded()
            self._rooms.retries.hasten(self._clock.monotonic())

    def refuse(self, seen: Seen, error: FilingError | JournalError) -> None:
        """It could not be filed."""
        if isinstance(error, PhotoGone):
            self.gone(seen, error.sentence)
            return
        # Without a journal nothing can be filed either.
        of_library, is_transient = not isinstance(error, AlreadyClaimed), True
        if isinstance(error, FilingError):
            of_library, is_transient = error.of_library, error.transient
        if of_library:
            self._rooms.gate.failed(error.sentence, self._clock.monotonic())
        self._fail(seen, error.sentence, is_transient=is_transient)

    def gone(self, seen: Seen, reason: str) -> None:
        """It vanished on its way: told, and not waited for. Its sidecars are on their own."""
        self._rooms.retries.ended(seen.photo.candidate)
        self._rooms.tell.failed(seen, reason, None)
        for sidecar in self._rooms.company.take(seen.photo):
            self._saw(sidecar.candidate)

    def fail(self, seen: Seen, reason: str) -> None:
        """It could not be looked at; that may pass."""
        entry = JournalEntry(seen.photo, State.FAILED, reason, None, seen.facts, seen.prediction)
        with contextlib.suppress(JournalError):
            self._rooms.journal.record(entry, self._library, self._clock.wall())
        self._fail(seen, reason, is_transient=True)

    def _filed(self, photo: Photo) -> None:
        """It lies in the library, so the library can take photos."""
        self._rooms.retries.ended(photo.candidate)
        self.library_is_well()

    def _fail(self, seen: Seen, reason: str, *, is_transient: bool) -> None:
        photo = seen.photo
        retry_in_s = self._rooms.retries.failed(
            photo.candidate,
            photo.identity,
            reason,
            self._clock.monotonic(),
            is_transient=is_transient,
        )
        self._rooms.tell.failed(seen, reason, retry_in_s)
        # Its sidecars settled already: they arrive again, and find it filed or wait for it.
        for sidecar in self._rooms.company.take(photo):
            self._saw(sidecar.candidate)

    def _record(self, seen: Seen, decision: Decision | None, state: State, reason: str) -> bool:
        """Whether the journal has it; if its disk is full, say, the file is tried again."""
        entry = JournalEntry(
            seen.photo, state, reason, decision, seen.facts, seen.prediction, note=seen.note
        )
        try:
            self._rooms.journal.record(entry, self._library, self._clock.wall())
        except JournalError as error:
            self.refuse(seen, error)
            return False
        self._rooms.retries.ended(seen.photo.candidate)
        return True


def why_left(decision: Decision) -> str:
    """Why a photo without a destination stays, in words."""
    if decision.outcome is Outcome.RULE:
        return f"the rule {decision.rule} leaves it"
    return _LEFT_BY[decision.outcome]


def why_beside(state: State) -> str:
    """Why a sidecar stays whose photo came to `state`, in words."""
    return _LEFT_BESIDE.get(state, "its photo was left")


def unseen(photo: Photo) -> Seen:
    """What is known of a photo that could not be read, or need not be."""
    return Seen(photo, Facts.unread(photo.identity.modified_at.astimezone()))
