"""The daemon: shifts, one for each configuration, until it is told to stop.

A new configuration begins a new shift: the old one ends in order and the new one's start-up scan
finds whatever was under way. Nothing but the disk carries over, so there is no state to migrate.
A configuration that is wrong never ends the shift that runs (promise 9).
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from gallery_daemon import __version__
from gallery_daemon.errors import ConfigErrors, GalleryError
from gallery_daemon.intake.watch import Watch
from gallery_daemon.service.listing import Listing
from gallery_daemon.service.loop import Chore, Loop
from gallery_daemon.service.watching import Watching
from gallery_daemon.service.wiring import House, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.config.settings import Config
    from gallery_daemon.logs import Log
    from gallery_daemon.service.clock import Clock
    from gallery_daemon.service.systemd import Notifier

_STATUS_EVERY_S = 10.0


class Loader(Protocol):
    """Reads the configuration, with the warnings that a person should see."""

    def __call__(self) -> Config:
        """The configuration as it is now.

        Raises:
            GalleryError: it is wrong.
        """
        ...


class Orders:
    """What signals asked for; their handlers do no more than set these and wake the loop."""

    def __init__(self) -> None:
        self._stop: str | None = None
        self._reload = False
        self.wake: Callable[[], None] = _nobody

    @contextmanager
    def from_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT stop, SIGHUP reloads; the former handlers come back."""
        handlers = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGHUP: self._on_reload,
        }
        former = {number: signal.signal(number, does) for number, does in handlers.items()}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def stop_reason(self) -> str | None:
        """The signal that said stop, if one did."""
        return self._stop

    def is_waiting(self) -> bool:
        """Whether there is an order that the loop has not carried out."""
        return self._reload or self._stop is not None

    def take_reload(self) -> None:
        """The configuration is about to be read again."""
        self._reload = False

    def _on_stop(self, number: int, _frame: object) -> None:
        self._stop = signal.Signals(number).name
        self.wake()

    def _on_reload(self, _number: int, _frame: object) -> None:
        self._reload = True
        self.wake()


def run_daemon(load: Loader, log: Log, clock: Clock, notifier: Notifier) -> None:
    """Watch, classify and file until a signal says stop.

    Raises:
        GalleryError: the first configuration is wrong, or the journal cannot be used.
    """
    orders = Orders()
    with orders.from_signals():
        config = load()
        while orders.stop_reason() is None:
            shift = Shift(config, orders, log, clock, notifier)
            try:
                config = shift.run(load)
            finally:
                if orders.stop_reason() is not None:
                    notifier.stopping()
                shift.close()
        log.daemon_stopped(reason=orders.stop_reason() or "")


class Shift:
    """The daemon's life under one configuration."""

    def __init__(
        self, config: Config, orders: Orders, log: Log, clock: Clock, notifier: Notifier
    ) -> None:
        self._config, self._orders, self._log, self._clock = config, orders, log, clock
        self._house = build(config, log, clock)
        self._watching = _watch(self._house, log, clock)
        self._report = _Report(self._house, notifier)
        self._notifier = notifier
        orders.wake = self._house.inbox.wake

    def run(self, load: Loader) -> Config:
        """Until told to stop or a new configuration is there; gives the one for the next shift."""
        # The watches stand and the listing has begun before anyone is told "ready".
        self._watching.turn(self._clock.monotonic())
        self._log.daemon_started(
            version=__version__,
            config=self._config.file or "the command line",
            library=self._config.library,
            rules=len(self._config.rules.rules),
        )
        self._notifier.ready()
        chores: tuple[Chore, ...] = (self._watching, *self._watching.listings, self._report)
        loop = Loop(self._house.pipeline, self._house.inbox, self._clock, chores)
        while True:
            loop.run(until=self._orders.is_waiting)
            if self._orders.stop_reason() is not None:
                return self._config
            self._orders.take_reload()
            fresh = self._reload(load)
            if fresh is not None:
                return fresh

    def close(self) -> None:
        """Intake ends first, the classifier process and the journal last."""
        self._orders.wake = _nobody
        self._watching.stop()
        self._house.close()

    def _reload(self, load: Loader) -> Config | None:
        self._notifier.reloading(self._clock.monotonic())
        try:
            fresh = load()
        except ConfigErrors as error:
            for each in error.errors:
                self._log.config_rejected(place=each.place, error=each.sentence, hint=each.hint)
        except GalleryError as error:
            place = self._config.file or ""
            self._log.config_rejected(place=place, error=error.sentence, hint=error.hint)
        else:
            self._log.config_reloaded(
                config=fresh.file or "", rules=len(fresh.rules.rules), digest=fresh.digest
            )
            return fresh
        self._notifier.ready()
        return None


class _Report:
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


def _watch(house: House, log: Log, clock: Clock) -> Watching:
    """A watch and a listing for each watch folder."""
    pairs = tuple(
        (
            Watch(
                ground,
                mode=folder.mode,
                poll_every_s=folder.poll_every_s,
                deliver=house.inbox.candidate,
            ),
            Listing(ground, folder.rescan_s, house.pipeline, log, clock),
        )
        for ground, folder in zip(house.grounds, house.config.watch, strict=True)
    )
    return Watching(pairs, house.inbox, log)


def _nobody() -> None:
    """There is no loop to wake."""
