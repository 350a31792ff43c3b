"""The daemon: shifts, one for each configuration, until it is told to stop.

A new configuration begins a new shift: the old one ends in order and the new one's start-up scan
finds whatever was under way. Nothing but the disk carries over, so there is no state to migrate.
A configuration that is wrong never ends the shift that runs (promise 9).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from gallery_daemon import __version__
from gallery_daemon.config.settings import SummaryMode
from gallery_daemon.daemon.configuration import changes_between
from gallery_daemon.daemon.edits import Edits
from gallery_daemon.daemon.figures import Figures
from gallery_daemon.daemon.instance import Holdings
from gallery_daemon.daemon.journals import give_up
from gallery_daemon.daemon.listing import Listing
from gallery_daemon.daemon.loop import Chore, Loop
from gallery_daemon.daemon.metrics import Metrics
from gallery_daemon.daemon.orders import Orders, nobody
from gallery_daemon.daemon.pace import Pace
from gallery_daemon.daemon.report import Door, Report
from gallery_daemon.daemon.summary import Summary, Today
from gallery_daemon.daemon.watching import Watching
from gallery_daemon.daemon.wiring import House, build, make_library
from gallery_daemon.errors import ConfigErrors, GalleryError, JournalDamaged
from gallery_daemon.filing.place import Disk
from gallery_daemon.intake.watch import Watch
from gallery_daemon.logs.events import ConfigRejected, ConfigReloaded, DaemonStarted, DaemonStopped

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.systemd import Notifier
    from gallery_daemon.logs.events import Log

# A disk that damages one journal after the other is not mended by making yet another.
_DAMAGES = 3


class Loader(Protocol):
    """Reads the configuration, with the warnings that a person should see."""

    def __call__(self) -> Config:
        """The configuration as it is now.

        Raises:
            GalleryError: it is wrong.
        """
        ...


def run_daemon(load: Loader, log: Log, clock: Clock, notifier: Notifier) -> None:
    """Watch, classify and file until a signal says stop.

    Raises:
        GalleryError: the first configuration is wrong, another daemon watches one of its folders,
            or the journal cannot be used.
    """
    orders = Orders()
    holdings = Holdings(orders.wake_up)
    damages, today, figures = 0, Today(clock.wall().date()), Figures(log)
    with orders.from_signals(), contextlib.closing(holdings):
        config = load()
        holdings.hold(folder.path for folder in config.watch)
        while orders.stop_reason() is None:
            try:
                shift = Shift(
                    config,
                    orders,
                    holdings,
                    today,
                    figures=figures,
                    log=log,
                    clock=clock,
                    notifier=notifier,
                )
                with contextlib.closing(shift):
                    config = shift.run(load)
            except JournalDamaged as error:
                damages += 1
                if damages > _DAMAGES:
                    raise
                give_up(error, Disk(), clock)
        log.write(DaemonStopped(orders.stop_reason() or ""))


class Shift:
    """The daemon's life under one configuration."""

    def __init__(
        self,
        config: Config,
        orders: Orders,
        holdings: Holdings,
        today: Today,
        *,
        figures: Figures,
        log: Log,
        clock: Clock,
        notifier: Notifier,
    ) -> None:
        self._config, self._orders, self._log, self._clock = config, orders, log, clock
        self._holdings, self._today = holdings, today
        self._house = build(config, log, clock)
        self._watching = _watch(self._house, log, clock)
        self._report = Report(self._house, notifier)
        self._notifier = notifier
        self._exporter = figures.exporter(config.metrics.listen)
        orders.wake = self._house.inbox.wake

    def run(self, load: Loader) -> Config:
        """Until told to stop or a new configuration is there; gives the one for the next shift."""
        # The watches stand and the listing has begun before anyone is told "ready".
        self._watching.turn(self._clock.monotonic())
        self._log.write(
            DaemonStarted(
                version=__version__,
                config=self._config.file or "the command line",
                library=self._config.library,
                rules=len(self._config.rules.rules),
            )
        )
        self._notifier.ready()
        loop = Loop(self._house.pipeline, self._house.inbox, self._clock, self._chores())
        while True:
            loop.run(until=self._orders.is_waiting)
            if self._orders.stop_reason() is not None:
                return self._config
            self._orders.take_reload()
            fresh = self._reload(load)
            if fresh is not None:
                return fresh

    def _chores(self) -> tuple[Chore, ...]:
        """What is due from time to time, besides photos."""
        house, watching, pace = self._house, self._watching, Pace(self._house.tally)
        door = Door(self._holdings, house, watching, pace)
        chores: list[Chore] = [watching, *watching.listings, self._report, pace, door]
        if self._config.summary is SummaryMode.DAILY:
            chores.append(Summary(self._today, house.journal, self._log, self._clock))
        if self._config.file is not None:
            chores.append(Edits(self._config.file, self._config.digest, self._orders.reload))
        if self._exporter is not None:
            chores.append(Metrics(house, watching, self._exporter))
        return tuple(chores)

    def close(self) -> None:
        """Intake ends first, the classifier process and the journal last."""
        if self._orders.stop_reason() is not None:
            self._notifier.stopping()
        self._orders.wake = nobody
        self._watching.stop()
        if self._exporter is not None:
            self._exporter.close()
        self._house.close()

    def _reload(self, load: Loader) -> Config | None:
        self._notifier.reloading(self._clock.monotonic())
        try:
            fresh = load()
            make_library(fresh.library, self._house.journal)
            self._holdings.hold(folder.path for folder in fresh.watch)
        except ConfigErrors as error:
            for each in error.errors:
                self._log.write(ConfigRejected(each.place, each.sentence, each.hint))
        except GalleryError as error:
            place = self._config.file or ""
            self._log.write(ConfigRejected(place, error.sentence, error.hint))
        else:
            self._log.write(
                ConfigReloaded(
                    config=fresh.file or "",
                    rules=len(fresh.rules.rules),
                    digest=fresh.digest,
                    changes=changes_between(self._config, fresh),
                )
            )
            return fresh
        self._notifier.ready()
        return None


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
