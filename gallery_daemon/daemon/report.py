"""Two chores of the loop: telling the service manager how things are, and whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.daemon.snapshot import snapshot_of

if TYPE_CHECKING:
    from gallery_daemon.daemon.instance import Holdings
    from gallery_daemon.daemon.pace import Pace
    from gallery_daemon.daemon.systemd import Notifier
    from gallery_daemon.daemon.watching import Watching
    from gallery_daemon.daemon.wiring import House

_STATUS_EVERY_S = 10.0


class Report:
    """Tells the service manager now and then how things are, and that the loop turns."""

    def __init__(self, house: House, notifier: Notifier) -> None:
        self._house, self._notifier = house, notifier
        self._next = float("-inf")
        self._last = ""

    def next_deadline(self) -> float | None:
        """With a watchdog the loop must turn even when nothing happens."""
        return self._next if self._notifier.watchdog_s else None

    def turn(self, now: float) -> None:
        """The loop turned: the manager's watchdog is fed, the status line is refreshed."""
        if now < self._next:
            return
        self._next = now + min(self._notifier.watchdog_s or _STATUS_EVERY_S, _STATUS_EVERY_S)
        self._notifier.alive()
        status = f"{self._house.tally}, {self._house.pipeline.load} on their way"
        if status != self._last:
            self._last = status
            self._notifier.status(status)


class Door:
    """Answers who asks how things are."""

    def __init__(self, holdings: Holdings, house: House, watching: Watching, pace: Pace) -> None:
        self._holdings, self._house, self._watching = holdings, house, watching
        self._pace = pace

    def next_deadline(self) -> float | None:
        """Who knocks wakes the loop."""
        return None

    def turn(self, now: float) -> None:
        """Nobody waits at the door."""
        self._holdings.answer(lambda: snapshot_of(self._house, self._watching, self._pace, now))
