"""A sidecar that settled: it waits for its photo, or goes where its photo went already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.intake.arrivals import file_state
from gallery_daemon.journal.record import Row, State
from gallery_daemon.journey.ends import Ends, unseen, why_beside

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.journey.rooms import Rooms
    from gallery_daemon.photo import Photo
    from gallery_daemon.rules.decide import RuleSet


class Sidecars:
    """Brings sidecars to where their photos are."""

    def __init__(self, rooms: Rooms, library: str, clock: Clock, ends: Ends) -> None:
        self._rooms, self._library, self._clock, self._ends = rooms, library, clock, ends

    def arrive(self, sidecar: Photo, kind: FileKind) -> None:
        """It waits, is filed, or is left."""
        company = self._rooms.company
        owner = company.owner_of(sidecar)
        if owner is None:
            row = company.moved_owner_of(sidecar)
        else:
            row = self._rooms.journal.latest_of(owner, self._library)
        if owner is not None and self._is_awaited(sidecar, owner, row):
            company.wait(sidecar, owner)
        elif (
            row is not None
            and row.state is State.FILED
            and takes_sidecars(self._rooms.rules, row.rule)
        ):
            self._file_late(sidecar, row)
        elif row is not None:
            self._ends.leave(sidecar, why_beside(row.state))
        else:
            is_film = kind.name == "video"
            self._ends.leave(sidecar, kind.words if is_film else "a sidecar without its photo")

    def _is_awaited(self, sidecar: Photo, owner: str, row: Row | None) -> bool:
        """Whether the photo at `owner` has yet to come to an end: for the first time or once more.

        An undone photo may be sorted again; one that was left or filed may have changed with its
        sidecar, which settles before the photo is looked at; and a camera that counts from the
        beginning gives the name of one that was moved away to another. One that was filed and only
        touched since is not filed anew: its sidecar need not wait.
        """
        if row is None or row.state in {State.FAILED, State.ABANDONED}:
            return True
        where = sidecar.candidate
        below = owner.removeprefix(where.root.rstrip("/") + "/")
        try:
            seen = file_state(owner)
        except OSError:
            return False
        if isinstance(seen, str):
            return False
        if row.state is State.FILED and row.identity.size_bytes == seen.identity.size_bytes:
            return False
        photo = replace(sidecar, candidate=replace(where, relative=below), identity=seen.identity)
        return bool(self._rooms.unknown((photo,)))

    def _file_late(self, sidecar: Photo, owner: Row) -> None:
        now = self._clock.wall()
        act = self._rooms.filer.execute_late
        filing = self._ends.file(unseen(sidecar), lambda: act(sidecar, owner, now))
        if filing is not None:
            self._rooms.tell.filed_late(sidecar, owner, filing)


def takes_sidecars(rules: RuleSet, rule: str | None) -> bool:
    """Whether the rule that filed a photo lets its sidecars travel; an old one did."""
    placings = {each.name: each.placing for each in rules.rules}
    placing = placings.get(rule) if rule else rules.uncertain
    return placing is None or placing.with_sidecars
