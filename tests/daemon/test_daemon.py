"""The daemon's life: start, reload, stop, and what a session does besides photos."""

from __future__ import annotations

import io
import os
import signal
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

import pytest

from gallery_daemon import __version__
from gallery_daemon.clock import SystemClock
from gallery_daemon.config.load import check_text
from gallery_daemon.daemon import daemon
from gallery_daemon.daemon.daemon import Session, run_daemon
from gallery_daemon.daemon.instance import InstanceLock
from gallery_daemon.daemon.metrics import ExporterFactory, Metrics
from gallery_daemon.daemon.reload import Signals, noop
from gallery_daemon.daemon.summary import Summary, Today
from gallery_daemon.daemon.systemd import Notifier
from gallery_daemon.daemon.wiring import build
from gallery_daemon.errors import ConfigError, ConfigErrors, GalleryError, JournalDamaged
from gallery_daemon.filing.library_state import LibraryState
from gallery_daemon.intake.mounted import MountGuard
from gallery_daemon.logs.events import (
    ConfigRejected,
    ConfigReloaded,
    DaemonStarted,
    DaemonStopped,
    LibraryUnusable,
    WatchStarted,
)
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log
from tests.config.texts import RULES, default_classes
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.wiring import Runtime
    from gallery_daemon.logs.events import Event, Log


class Manager(Notifier):
    """A service manager that sends the next signal each time it hears that the daemon is ready."""

    def __init__(self, *signals: signal.Signals) -> None:
        super().__init__(None)
        self.words: list[str] = []
        self._signals = list(signals)

    def ready(self) -> None:
        """Start-up, or a reload, is finished."""
        self.words.append("ready")
        os.kill(os.getpid(), self._signals.pop(0))

    def reloading(self, monotonic_s: float) -> None:  # noqa: ARG002 - as the manager is told
        """The configuration is read again."""
        self.words.append("reloading")

    def stopping(self) -> None:
        """Shutdown has begun."""
        self.words.append("stopping")


class Home:
    """A person's folders, and the configurations that one load after the other finds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found: list[Config | GalleryError] = []
        self.log = CapturedLog()

    def config(self, more: str = "", watch: str = "watch") -> Config:
        """One on the watch folder of that name."""
        (self.folder / watch).mkdir(exist_ok=True)
        head = f"version: 1\nwatch: {self.folder}/{watch}\nlibrary: {self.folder}/library\n"
        return check_text(head + RULES + more, f"{self.folder}/c.yaml", default_classes)

    def load(self) -> Config:
        """The next one, or its mistake."""
        found = self.found.pop(0)
        if isinstance(found, GalleryError):
            raise found
        return found

    def run(self, manager: Manager) -> None:
        """The daemon, from its start to the signal that stops it."""
        run_daemon(self.load, self.log, SystemClock(), manager)

    def of(self, kind: type[Event]) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.log.events if isinstance(event, kind)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """With a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Home(tmp_path)


def test_a_daemon_watches_before_it_is_ready_and_ends_by_a_signal(home: Home) -> None:
    """After "ready" photos may be copied at once; the last line names the signal."""
    home.found = [home.config()]
    manager = Manager(signal.SIGTERM)

    home.run(manager)

    watched, started, *_, stopped = home.log.events
    assert isinstance(watched, WatchStarted)
    library = f"{home.folder}/library"
    assert DaemonStarted(__version__, f"{home.folder}/c.yaml", library, 1) == started
    assert DaemonStopped("SIGTERM") == stopped
    assert ["ready", "stopping"] == manager.words


def test_a_library_that_takes_no_photos_is_told_at_the_start(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by the first photo that fails, hours later; a library that is well is not told of."""
    home.found = [home.config()]
    home.run(Manager(signal.SIGTERM))
    assert [] == home.of(LibraryUnusable)
    home.found = [home.config()]

    def read_only(path: str, *, was_used: bool) -> LibraryState:
        return LibraryState(path, True, "read-only file system", was_used)

    monkeypatch.setattr(daemon, "look_at_library", read_only)
    home.run(Manager(signal.SIGTERM))

    library = f"{home.folder}/library"
    advice = "see who owns it, or choose another library:"
    told = LibraryUnusable(library, f"{library}: read-only file system", advice)
    assert [told] == home.of(LibraryUnusable)


def test_a_wrong_configuration_never_ends_the_session(home: Home) -> None:
    """Every mistake has its line, the manager hears that the daemon is ready as before."""
    mistakes = (
        ConfigError("no such key", file="c.yaml", line=3, column=1, hint="did you mean `rules`?"),
        ConfigError("no such class", file="c.yaml", line=7, column=5),
    )
    home.found = [home.config(), ConfigErrors(mistakes)]
    manager = Manager(signal.SIGHUP, signal.SIGTERM)

    home.run(manager)

    assert [
        ConfigRejected("c.yaml:3:1", "no such key", "did you mean `rules`?"),
        ConfigRejected("c.yaml:7:5", "no such class", None),
    ] == home.of(ConfigRejected)
    assert 1 == len(home.of(DaemonStarted))
    assert ["ready", "reloading", "ready", "stopping"] == manager.words


def test_a_configuration_that_cannot_be_read_is_named_by_its_file(home: Home) -> None:
    """The error knows no line."""
    home.found = [home.config(), GalleryError("cannot read it", hint="mend that")]

    home.run(Manager(signal.SIGHUP, signal.SIGTERM))

    rejected = ConfigRejected(f"{home.folder}/c.yaml", "cannot read it", "mend that")
    assert [rejected] == home.of(ConfigRejected)


def test_a_new_configuration_begins_a_new_session(home: Home) -> None:
    """What is different is logged; the same folder stays held, and is watched anew."""
    fresh = home.config("limits: {seconds: 10}\n")
    home.found = [home.config(), fresh]
    manager = Manager(signal.SIGHUP, signal.SIGTERM)

    home.run(manager)

    (reloaded,) = home.of(ConfigReloaded)
    assert ConfigReloaded(fresh.file or "", 1, fresh.digest, ("limits changed",)) == reloaded
    assert (2, 2) == (len(home.of(DaemonStarted)), len(home.of(WatchStarted)))
    assert ["ready", "reloading", "ready", "stopping"] == manager.words


def test_a_folder_of_another_daemon_is_refused_in_a_reload(home: Home) -> None:
    """The old configuration stays in force, and its folder stays held."""
    home.found = [home.config(), home.config(watch="other")]
    with closing(InstanceLock(noop)) as other:
        other.hold([f"{home.folder}/other"])

        home.run(Manager(signal.SIGHUP, signal.SIGTERM))

    (rejected,) = home.of(ConfigRejected)
    assert isinstance(rejected, ConfigRejected)
    assert "other is watched already, by process" in rejected.error
    assert [] == home.of(ConfigReloaded)


def test_a_second_daemon_does_not_start(home: Home) -> None:
    """And touches neither the journal nor the library."""
    home.found = [home.config()]
    with closing(InstanceLock(noop)) as other:
        other.hold([f"{home.folder}/watch"])

        with pytest.raises(GalleryError, match="already"):
            home.run(Manager())

    assert [] == home.log.events
    assert ["watch"] == [path.name for path in home.folder.iterdir()]


def test_the_first_configuration_must_be_right(home: Home) -> None:
    """There is no session to go on with."""
    home.found = [ConfigErrors((ConfigError("no such key", file="c.yaml", line=1, column=1),))]

    with pytest.raises(ConfigErrors):
        home.run(Manager())


@pytest.mark.parametrize(("damages", "is_given_up"), [(3, False), (4, True)])
def test_a_disk_that_damages_every_journal_is_given_up(
    home: Home, monkeypatch: pytest.MonkeyPatch, damages: int, is_given_up: bool
) -> None:
    """A journal is made anew three times, and the session begins again; not a fourth time."""
    left = [JournalDamaged("the journal is damaged")] * damages

    def damaged(config: Config, log: Log, clock: Clock, *, mounts: MountGuard) -> Runtime:
        runtime = build(config, log, clock, mounts=mounts)
        if left:
            runtime.close()
            raise left.pop()
        return runtime

    monkeypatch.setattr(daemon, "build", damaged)
    home.found = [home.config()]

    with pytest.raises(JournalDamaged) if is_given_up else nullcontext():
        home.run(Manager(signal.SIGTERM))

    assert (0 if is_given_up else 1) == len(home.of(DaemonStopped))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {Summary}),
        ("summary: off\n", set()),
        ("metrics: {listen: 'unix:HOME/m.sock'}\n", {Summary, Metrics}),
    ],
)
def test_a_day_is_summed_up_and_figures_are_kept_as_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, expected: set[type]
) -> None:
    """The summary unless switched off, figures only where they are asked for."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "watch").mkdir()
    head = f"version: 1\nwatch: {tmp_path}/watch\nlibrary: {tmp_path}/library\n"
    text = head + RULES + more.replace("HOME", str(tmp_path))
    config = check_text(text, str(tmp_path / "c.yaml"), default_classes)
    log = make_log(LogFormat.JSON, LogLevel.INFO, io.StringIO())
    clock, lock = SystemClock(), InstanceLock(noop)
    today = Today(clock.wall().date())

    session = Session(
        config,
        Signals(),
        lock,
        today,
        mounts=MountGuard(),
        exporters=ExporterFactory(log),
        log=log,
        clock=clock,
        notifier=Notifier(None),
    )
    with closing(session):
        tasks = {type(task) for task in session._tasks()}

    assert expected == tasks & {Summary, Metrics}
