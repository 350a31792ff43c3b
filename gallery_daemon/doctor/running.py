"""What runs the program: the daemon, its service, and the machine.

Does a daemon run on these folders, does it answer, and by which configuration? Is the unit
installed and up to date, does it start by itself, without a login too? Is the clock set, and is
every package installed?
"""

from __future__ import annotations

import getpass
import json
import platform
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon import __version__
from gallery_daemon.daemon.instance import ask, name_of, running
from gallery_daemon.daemon.unit import (
    ENABLED_AS,
    MARK,
    UNIT,
    start_command,
    unit_folder,
    unit_text,
)
from gallery_daemon.doctor.finding import fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from gallery_daemon.doctor.finding import Finding


_DAEMON = "daemon"
_RELOAD = "systemctl --user reload gallery-daemon, or send it SIGHUP"


@dataclass(frozen=True, slots=True)
class RunningDaemon:
    """A daemon that holds one of the folders; `is_busy` if it did not answer.

    `digest` is that of its configuration, empty where it did not say, and `has_file`: that is a
    file, which it can read again; `reports_to_manager` and `has_watchdog`: the service manager
    knows when it is ready, and restarts it when it hangs.
    """

    pid: int
    is_busy: bool = False
    digest: str = ""
    has_file: bool = True
    paused_because: str | None = None
    reports_to_manager: bool = False
    has_watchdog: bool = False


def look_at_running(folders: Iterable[str]) -> tuple[RunningDaemon, ...]:
    """The daemons of this user that hold one of the folders."""
    wanted = {name_of(folder) for folder in folders}
    found: dict[int, RunningDaemon] = {}
    for name in wanted.intersection(running()):
        try:
            pid, snapshot = ask(name)
        except OSError:
            continue  # it has ended meanwhile
        found.setdefault(pid, _daemon_of(pid, snapshot))
    return tuple(found.values())


def judge_running(seen: tuple[RunningDaemon, ...], digest: str) -> Iterator[Finding]:
    """`digest` is that of the configuration file as it is now."""
    if not seen:
        advice = "systemctl --user start gallery-daemon, or gallery-daemon run"
        yield warn(_DAEMON, "none is running on these folders", advice)
    for each in seen:
        who = f"process {each.pid}"
        if each.is_busy:
            yield fail(_DAEMON, f"{who} does not answer", "see its log; if it hangs, restart it")
            continue
        if each.paused_because is not None:
            yield fail(
                _DAEMON, f"{who} files nothing: {each.paused_because}", "mend that; it goes on"
            )
        if each.digest not in {"", digest}:
            what = f"{who} runs by another configuration, or by an older text of this one"
            yield warn(_DAEMON, what, _way_to_new_rules(each))
        yield ok(_DAEMON, f"{who} runs and answers, {_care(each)}")


def _way_to_new_rules(seen: RunningDaemon) -> str:
    """How it comes to run by the file as it is now."""
    # Without a file there is nothing to read again, without a manager nothing that would tell it.
    if seen.has_file and seen.reports_to_manager:
        return _RELOAD
    return f"stop it (Ctrl-C, or kill {seen.pid}), then gallery-daemon run"


def _care(seen: RunningDaemon) -> str:
    if not seen.reports_to_manager:
        return "on its own: no service manager looks after it"
    return "told to the service manager" + (", with a watchdog" if seen.has_watchdog else "")


def _daemon_of(pid: int, snapshot: str) -> RunningDaemon:
    try:
        status = json.loads(snapshot)
    except ValueError:
        return RunningDaemon(pid, is_busy=True)
    environ = _environment_of(pid)
    return RunningDaemon(
        pid,
        digest=str(status.get("digest") or ""),
        has_file=status.get("config") is not None,
        paused_because=status.get("paused_because"),
        reports_to_manager=b"NOTIFY_SOCKET" in environ,
        has_watchdog=b"WATCHDOG_USEC" in environ,
    )


def _environment_of(pid: int) -> frozenset[bytes]:
    """The names of the environment variables that the process was started with."""
    try:
        pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return frozenset()
    return frozenset(pair.partition(b"=")[0] for pair in pairs)


_SERVICE = "service"
# Source: sd_booted(3); loginctl(1), enable-linger makes this file.
_BOOTED = Path("/run/systemd/system")
_LINGER = Path("/var/lib/systemd/linger")


@dataclass(frozen=True, slots=True)
class UnitState:
    """The user's unit as it was found.

    `is_ours` if `service install` wrote it, `is_current` if it would write the same now.
    """

    path: str
    has_systemd: bool
    is_there: bool = False
    is_ours: bool = False
    is_current: bool = False
    is_enabled: bool = False
    lingers: bool = False


def look_at_unit() -> UnitState:
    """The unit, and what systemd's own files say about it."""
    path = unit_folder() / UNIT
    has_systemd = _BOOTED.is_dir()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return UnitState(str(path), has_systemd)
    return UnitState(
        str(path),
        has_systemd,
        is_there=True,
        is_ours=text.startswith(MARK),
        is_current=text == unit_text(start_command()),
        is_enabled=(unit_folder() / ENABLED_AS).is_symlink(),
        lingers=(_LINGER / getpass.getuser()).exists(),
    )


def judge_unit(seen: UnitState) -> Iterator[Finding]:
    """Whether photos are filed after the next start of the machine as well."""
    if not seen.has_systemd:
        yield ok(_SERVICE, "this machine does not run systemd; start the daemon as you like")
        return
    if not seen.is_there:
        yield warn(_SERVICE, "no unit is installed", "gallery-daemon service install")
        return
    if seen.is_ours and not seen.is_current:
        what = f"{seen.path} was written by another version or installation"
        yield warn(
            _SERVICE, what, "gallery-daemon service install, then systemctl --user daemon-reload"
        )
    if not seen.is_enabled:
        what = "the unit is not started at login"
        yield warn(_SERVICE, what, "systemctl --user enable --now gallery-daemon")
    elif not seen.lingers:
        what = "the daemon ends when you log out, and waits for your login after a start"
        yield warn(_SERVICE, what, "loginctl enable-linger")
    else:
        yield ok(_SERVICE, f"{seen.path} is enabled, and needs no login")


_NAME = re.compile(r"[A-Za-z0-9._-]+")
# A board without a battery starts in 1970; this program is younger than that.
_FIRST_YEAR = 2020


def look_at_packages() -> dict[str, str | None]:
    """The version of each package that the program needs; None: it is not installed."""
    found: dict[str, str | None] = {}
    for line in requires("gallery-daemon") or ():
        name = _NAME.match(line)
        if name is None or "extra ==" in line:
            continue
        try:
            found[name[0]] = version(name[0])
        except PackageNotFoundError:
            found[name[0]] = None
    return found


def judge_clock(now: datetime) -> Finding:
    """Whether it was ever set: the time goes into the journal, and into folders by `{added}`."""
    if now.year < _FIRST_YEAR:
        advice = "set the clock: sudo timedatectl set-ntp true"
        return fail("clock", f"it says {now:%Y-%m-%d}", advice)
    return ok("clock", f"{now:%Y-%m-%d %H:%M %z}")


def judge_packages(found: Mapping[str, str | None]) -> Iterator[Finding]:
    """The versions in one line, and one for each package that is missing."""
    said = ", ".join(f"{name} {number}" for name, number in sorted(found.items()) if number)
    yield ok(
        "versions",
        f"gallery-daemon {__version__}, Python {platform.python_version()}, {said}",
    )
    for name in sorted(name for name, number in found.items() if number is None):
        yield fail("versions", f"{name} is not installed", f"pip install {name}")
