"""The daemon, its unit, and the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread, Timer
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.instance import InstanceLock
from gallery_daemon.daemon.unit import install_unit, start_command, unit_folder
from gallery_daemon.doctor.running import (
    RunningDaemon,
    UnitState,
    judge_clock,
    judge_packages,
    judge_running,
    judge_unit,
    look_at_packages,
    look_at_running,
    look_at_unit,
)
from tests.doctor.lines import said, statuses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UP = RunningDaemon(7, digest="abc", reports_to_manager=True, has_watchdog=True)
UNIT = UnitState("/u", has_systemd=True, is_there=True, is_ours=True, is_current=True)
ENABLED = replace(UNIT, is_enabled=True)


@pytest.mark.parametrize(
    ("seen", "expected", "says"),
    [
        ((), ["warn"], "none is running"),
        ((UP,), ["ok"], "told to the service manager, with a watchdog"),
        ((RunningDaemon(7, digest="abc"),), ["ok"], "on its own"),
        ((RunningDaemon(7, is_busy=True),), ["fail"], "does not answer"),
        ((replace(UP, digest="old"),), ["warn", "ok"], "reload gallery-daemon"),
        (
            (replace(UP, digest="old", has_file=False),),
            ["warn", "ok"],
            "stop it (Ctrl-C, or kill 7), then gallery-daemon run",
        ),
        (
            (RunningDaemon(7, digest="old"),),
            ["warn", "ok"],
            "stop it (Ctrl-C, or kill 7), then gallery-daemon run",
        ),
        ((replace(UP, paused_because="no space is left"),), ["fail", "ok"], "no space is left"),
    ],
)
def test_a_daemon_is_judged(
    seen: tuple[RunningDaemon, ...], expected: list[str], says: str
) -> None:
    """None, one that hangs, one that runs by old rules, one that files nothing."""
    findings = list(judge_running(seen, "abc"))

    assert expected == statuses(findings)
    assert says in said(findings)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A folder that this process holds, and answers for."""
    asked, is_over = Event(), Event()
    lock = InstanceLock(asked.set)
    lock.hold([str(tmp_path)])

    def answer() -> None:
        while not is_over.is_set():
            asked.wait(0.05)
            lock.answer(lambda: json.dumps({"digest": "abc", "paused_because": None}))

    thread = Thread(target=answer)
    thread.start()
    yield tmp_path
    is_over.set()
    thread.join()
    lock.close()


def test_who_holds_a_folder_is_asked(held: Path) -> None:
    """Its process and the digest of its configuration; none for a folder that is not held."""
    (found,) = look_at_running([str(held)])

    assert ("abc", False) == (found.digest, found.is_busy)
    assert () == look_at_running([str(held / "other")])


@pytest.mark.parametrize(("config", "has_file"), [("null", False), ('"/c.yaml"', True)])
def test_a_daemon_that_runs_by_the_command_line_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str, *, has_file: bool
) -> None:
    """It names no file of its configuration, so there is nothing that it could read again."""
    answer = f'{{"config": {config}, "digest": "abc"}}'
    monkeypatch.setattr("gallery_daemon.doctor.running.ask", lambda _: (7, answer))
    with closing(InstanceLock(lambda: None)) as lock:
        lock.hold([str(tmp_path)])

        (found,) = look_at_running([str(tmp_path)])

    assert has_file == found.has_file


@pytest.mark.parametrize(
    ("seen", "status", "says"),
    [
        (replace(ENABLED, lingers=True), "ok", "needs no login"),
        (ENABLED, "warn", "loginctl enable-linger"),
        (UNIT, "warn", "systemctl --user enable --now gallery-daemon"),
        (UnitState("/u", has_systemd=True), "warn", "gallery-daemon service install"),
        (UnitState("/u", has_systemd=False), "ok", "does not run systemd"),
    ],
)
def test_a_unit_is_judged(seen: UnitState, status: str, says: str) -> None:
    """Installed, enabled, lingering: the first that lacks is the next thing to do."""
    findings = list(judge_unit(seen))

    assert [status] == statuses(findings)
    assert says in said(findings)


def test_a_unit_of_another_installation_is_named() -> None:
    """One that `service install` wrote for another interpreter; one's own is one's own matter."""
    old = replace(ENABLED, lingers=True, is_current=False)

    assert ["warn", "ok"] == statuses(judge_unit(old))
    assert ["ok"] == statuses(judge_unit(replace(old, is_ours=False)))


def test_the_unit_is_looked_at_where_install_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there; there and of today; changed by hand; started at login."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    before = look_at_unit()
    path = install_unit(unit_folder(), start_command())
    fresh = look_at_unit()
    path.write_text(path.read_text() + "# mine\n")
    wants = unit_folder() / "default.target.wants" / path.name
    wants.parent.mkdir()
    wants.symlink_to(path)
    later = look_at_unit()

    assert not before.is_there
    assert (True, True, False) == (fresh.is_ours, fresh.is_current, fresh.is_enabled)
    assert (True, False, True) == (later.is_ours, later.is_current, later.is_enabled)


def test_a_clock_that_was_never_set_fails() -> None:
    """1970 is no year for a photo."""
    assert "fail" == judge_clock(datetime(1970, 1, 1, tzinfo=UTC)).status
    assert "ok" == judge_clock(datetime(2026, 1, 1, tzinfo=UTC)).status


def test_a_package_that_is_missing_fails() -> None:
    """Those that are there stand in one line; ours are all there."""
    findings = list(judge_packages({"numpy": "2.0", "torch": None}))

    assert ["ok", "fail"] == statuses(findings)
    assert "numpy 2.0" in said(findings)
    assert {"watchdog", "structlog"} <= {name for name, it in look_at_packages().items() if it}


def test_a_daemon_that_does_not_answer_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the folder, and sends nothing that could be read."""
    monkeypatch.setattr("gallery_daemon.doctor.running.ask", lambda _: (7, ""))
    with closing(InstanceLock(lambda: None)) as lock:
        lock.hold([str(tmp_path)])

        assert (RunningDaemon(7, is_busy=True),) == look_at_running([str(tmp_path)])


def test_a_daemon_that_has_ended_meanwhile_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the list of names and the question."""

    def gone(_name: str) -> tuple[int, str]:
        raise ConnectionRefusedError

    monkeypatch.setattr("gallery_daemon.doctor.running.ask", gone)
    with closing(InstanceLock(lambda: None)) as lock:
        lock.hold([str(tmp_path)])

        assert () == look_at_running([str(tmp_path)])


def test_one_daemon_on_two_folders_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds a name for each."""
    monkeypatch.setattr("gallery_daemon.doctor.running.ask", lambda _: (7, '{"digest": "abc"}'))
    folders = [str(tmp_path / name) for name in "ab"]
    with closing(InstanceLock(lambda: None)) as lock:
        lock.hold(folders)

        (found,) = look_at_running(folders)

    assert (7, "abc") == (found.pid, found.digest)


def test_a_daemon_under_a_service_manager_is_known_by_its_variables(tmp_path: Path) -> None:
    """Those that systemd starts it with, read from the process itself."""
    program = (
        "import sys\n"
        "from gallery_daemon.daemon.instance import InstanceLock\n"
        "lock = InstanceLock(lambda: None)\n"
        "lock.hold([sys.argv[1]])\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
        "lock.answer(lambda: '{}')\n"
        "sys.stdin.readline()\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path)]
    environ = os.environ | {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "60000000"}
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        timer = Timer(0.2, print, (), {"file": process.stdin, "flush": True})
        timer.start()

        (found,) = look_at_running([str(tmp_path)])
        timer.join()
        process.communicate("\n")

    assert (True, True) == (found.reports_to_manager, found.has_watchdog)
