"""The daemon: one session for each configuration, until a signal stops it.

A new configuration begins a new session: the old one ends in order, and the new one's first listing
finds whatever was under way. Of photos nothing carries over but what is on disk, so no state is
migrated. A configuration that is wrong never ends the session that runs (promise 9).
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Protocol

from gallery_daemon import __version__
from gallery_daemon.config.settings import LearnWhen, SummaryMode
from gallery_daemon.daemon.config_events import ConfigEvents
from gallery_daemon.daemon.drift_watch import DriftWatch
from gallery_daemon.daemon.idle_learning import IdleLearning
from gallery_daemon.daemon.instance import InstanceLock
from gallery_daemon.daemon.journals import set_aside_damaged
from gallery_daemon.daemon.library_watch import LibraryWatch
from gallery_daemon.daemon.loop import Loop, PeriodicTask
from gallery_daemon.daemon.metrics import ExporterFactory, Metrics
from gallery_daemon.daemon.model_state import ModelState
from gallery_daemon.daemon.reload import ConfigWatcher, Signals, changes_between, noop
from gallery_daemon.daemon.rest import Rest, give_back
from gallery_daemon.daemon.sign_of_life import SignOfLife
from gallery_daemon.daemon.status import Heartbeat, StatusSocket, Throughput, snapshot_of
from gallery_daemon.daemon.summary import Summary, Today
from gallery_daemon.daemon.version_watch import VersionWatch, adopted
from gallery_daemon.daemon.watching import Listing, Watching
from gallery_daemon.daemon.wiring import Runtime, build, library_scan_of, make_library
from gallery_daemon.errors import (
    BundleError,
    ConfigError,
    ConfigErrors,
    GalleryError,
    JournalDamaged,
    JournalError,
)
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.library_state import look_at_library
from gallery_daemon.intake.appearances import Appearances
from gallery_daemon.intake.mounted import MountGuard
from gallery_daemon.intake.watch import Watch
from gallery_daemon.logs.events import (
    ConfigRejected,
    ConfigReloaded,
    DaemonStarted,
    DaemonStopped,
    FormerRulesFound,
    LibraryUnusable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.systemd import Notifier
    from gallery_daemon.logs.events import Log

# A disk that damages one journal after the other is not mended by making yet another.
_DAMAGES = 3


class Loader(Protocol):
    """Reads the configuration and logs the warnings that a person should see."""

    def __call__(self) -> Config:
        """The configuration as it is now.

        Raises:
            GalleryError: it is wrong.
        """
        ...


def run_daemon(
    load: Loader,
    log: Log,
    clock: Clock,
    notifier: Notifier,
    say: Callable[[str], None] | None = None,
) -> None:
    """Watch, classify and file until a signal says stop.

    `say` tells a person at a terminal what is waited for; None: nobody looks on.

    Raises:
        GalleryError: the first configuration is wrong, another daemon watches one of its folders,
            or the journal cannot be used.
    """
    signals = Signals()
    lock = InstanceLock(signals.wake_up)
    damages, today, exporters = 0, Today(clock.wall().date()), ExporterFactory(log)
    mounts = MountGuard()
    with signals.handled(), contextlib.closing(lock):
        config = load()
        lock.hold(folder.path for folder in config.watch)
        while signals.stop_reason() is None:
            try:
                session = Session(
                    config,
                    signals,
                    lock,
                    today,
                    mounts=mounts,
                    exporters=exporters,
                    log=log,
                    clock=clock,
                    notifier=notifier,
                    say=say,
                )
                with contextlib.closing(session):
                    config = session.run(load)
            except JournalDamaged as error:
                damages += 1
                if damages > _DAMAGES:
                    raise
                set_aside_damaged(error, Disk(), clock)
        log.write(DaemonStopped(signals.stop_reason() or ""))


class Session:
    """The daemon's life under one configuration."""

    def __init__(
        self,
        config: Config,
        signals: Signals,
        lock: InstanceLock,
        today: Today,
        *,
        mounts: MountGuard,
        exporters: ExporterFactory,
        log: Log,
        clock: Clock,
        notifier: Notifier,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._say = say
        self._config, self._signals, self._log, self._clock = config, signals, log, clock
        self._lock, self._today, self._notifier = lock, today, notifier
        self._runtime = build(config, log, clock, mounts=mounts)
        self._watching = _watch(self._runtime, mounts, log, clock)
        self._library_watch = _watch_library(self._runtime, log, clock)
        self._model = ModelState.of(config)
        self._learning = IdleLearning.of(
            config, self._runtime.journal, log, model=self._model.id, is_busy=self._has_work
        )
        self._drift = DriftWatch.of(
            config,
            self._runtime.journal,
            log,
            clock,
            model=self._model.id,
            is_busy=self._has_work,
        )
        self._rejected: tuple[GalleryError, ...] = ()
        self._exporter = exporters.exporter(config.metrics.listen)
        self._config_events = (
            None if config.file is None else ConfigEvents(config.file, self._runtime.inbox.wake)
        )
        signals.wake = self._runtime.inbox.wake

    def run(self, load: Loader) -> Config:
        """Until a stop, or a new configuration: returns the one for the next session."""
        # The watches are up and the listing has begun before the manager hears "ready".
        self._watching.run_due(self._clock.monotonic())
        self._log.write(
            DaemonStarted(
                version=__version__,
                config=self._config.file or "the command line",
                library=self._config.library,
                rules=len(self._config.rules.rules),
            )
        )
        self._tell_of_library()
        self._tell_of_former_rules()
        self._notifier.ready()
        loop = Loop(self._runtime.pipeline, self._runtime.inbox, self._clock, self._tasks())
        while True:
            loop.run(until=self._signals.is_waiting)
            if self._signals.stop_reason() is not None:
                return self._config
            self._signals.take_reload()
            fresh = self._reload(load)
            if fresh is not None:
                return fresh

    def _tell_of_library(self) -> None:
        """Or the first photo that fails would tell, which may come hours later."""
        library, was_used = self._config.library, False
        with contextlib.suppress(JournalError):
            was_used = self._runtime.journal.has_used(library)
        trouble = look_at_library(library, was_used=was_used).trouble
        if trouble is not None:
            self._log.write(LibraryUnusable(library, trouble.what, trouble.advice))

    def _tell_of_former_rules(self) -> None:
        """Old photos stay where other rules put them, and nothing else would say so."""
        config, former = self._config, dict[str, int]()
        with contextlib.suppress(JournalError):
            former = self._runtime.journal.filed_by_others(config.library, config.rules.names)
        if former and config.file is not None:
            self._log.write(
                FormerRulesFound(
                    library=config.library,
                    photos=sum(former.values()),
                    rules=former,
                    hint="gallery-daemon refile shows what the rules of now would do with them",
                )
            )

    def _tasks(self) -> tuple[PeriodicTask, ...]:
        """What is due from time to time, besides photos."""
        runtime, watching = self._runtime, self._watching
        throughput = Throughput(runtime.tally)

        def line() -> str:
            return f"{runtime.tally}, {runtime.pipeline.load} on their way"

        def snapshot(now: float) -> str:
            model = self._model.snapshot(self._learning, self._drift)
            return snapshot_of(runtime, watching, throughput, self._rejected, now, model=model)

        tasks: list[PeriodicTask] = [watching, *watching.listings, Heartbeat(self._notifier, line)]
        if self._library_watch is not None:
            tasks.append(self._library_watch)
        tasks += [throughput, StatusSocket(self._lock, snapshot)]
        tasks.append(Rest(self._is_busy, partial(give_back, runtime.journal)))
        if self._config.summary is SummaryMode.DAILY:
            tasks.append(Summary(self._today, runtime.journal, self._log, self._clock))
        file, events = self._config.file, self._config_events
        if file is not None and events is not None:
            reload = self._signals.reload
            tasks.append(ConfigWatcher(file, self._config.digest, reload, events=events))
        watch = VersionWatch.of(self._config, self._signals.reload, runtime.photo_log.classifier)
        if watch is not None:
            tasks.append(watch)
        tasks += [each for each in (self._learning, self._drift) if each is not None]
        if self._say is not None:
            tasks.append(SignOfLife.of(runtime, watching, self._say))
        if self._exporter is not None:
            tasks.append(Metrics(runtime, watching, self._exporter))
        return tuple(tasks)

    def _is_busy(self) -> bool:
        return self._has_work() or self._runtime.host.pid is not None

    def _has_work(self) -> bool:
        """Whether photos are on their way, or a folder is listed."""
        is_listing = any(each.is_under_way for each in self._watching.listings)
        is_listing |= self._library_watch is not None and self._library_watch.is_under_way
        return is_listing or self._runtime.pipeline.load > 0

    def close(self) -> None:
        """Everything has ended: intake first, the classifier process and the journal last."""
        if self._signals.stop_reason() is not None:
            self._notifier.stopping()
        self._signals.wake = noop
        self._watching.stop()
        if self._library_watch is not None:
            self._library_watch.stop()
        if self._learning is not None:
            self._learning.close()
        if self._config_events is not None:
            self._config_events.close()
        if self._exporter is not None:
            self._exporter.close()
        self._runtime.close()

    def _tell_of_changes(self, fresh: Config) -> None:
        """What the next session has that this one has not."""
        event = adopted(self._config, self._model.id, fresh)
        if event is not None:
            self._log.write(event)
        changes = changes_between(self._config, fresh)
        # A version that was taken up is no change of the file.
        if event is None or changes or fresh.digest != self._config.digest:
            self._log.write(
                ConfigReloaded(fresh.file or "", len(fresh.rules.rules), fresh.digest, changes)
            )

    def _reload(self, load: Loader) -> Config | None:
        self._notifier.reloading(self._clock.monotonic())
        try:
            fresh = load()
            make_library(fresh.library, self._runtime.journal)
            self._lock.hold(folder.path for folder in fresh.watch)
        except GalleryError as error:
            self._rejected = error.errors if isinstance(error, ConfigErrors) else (error,)
            for each in self._rejected:
                place = each.place if isinstance(each, ConfigError) else self._config.file or ""
                self._log.write(ConfigRejected(place, each.sentence, each.hint))
        else:
            self._tell_of_changes(fresh)
            return fresh
        self._notifier.ready()
        return None


def _watch_library(runtime: Runtime, log: Log, clock: Clock) -> LibraryWatch | None:
    """What looks for lessons; None where none are wanted, or the model cannot be read."""
    config, pipeline = runtime.config, runtime.pipeline
    if config.learn.when is LearnWhen.NEVER:
        return None
    try:
        scan = library_scan_of(config, runtime.journal, Disk(runtime.stop), clock)
    except (BundleError, JournalError):
        return None  # the classifier process says so, or the first photo that is to be filed
    appearances = Appearances(scan.root, clock)
    return LibraryWatch(scan, appearances, config.library, log, lambda: pipeline.load > 0)


def _watch(runtime: Runtime, mounts: MountGuard, log: Log, clock: Clock) -> Watching:
    """A watch and a listing for each watch folder."""
    pairs = tuple(
        (
            Watch(
                root,
                mode=folder.mode,
                poll_every_s=folder.poll_every_s,
                deliver=runtime.inbox.candidate,
                mounts=mounts,
            ),
            Listing(root, folder.rescan_s, runtime.pipeline, log, clock),
        )
        for root, folder in zip(runtime.roots, runtime.config.watch, strict=True)
    )
    return Watching(pairs, runtime.inbox, log)
