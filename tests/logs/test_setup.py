"""Where the log goes, in which form, and without rich and asyncio."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.logs.events import ConfigRejected, DaemonStopped, JournalRebuilt, WatchLost
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log
from tests.logs.test_logs import Terminal

if TYPE_CHECKING:
    from pathlib import Path


def run(program: str) -> str:
    """What a fresh interpreter prints."""
    words = [sys.executable, "-c", program]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_a_log_is_made_without_what_it_never_uses() -> None:
    """The library that writes it would load rich and asyncio, seven megabytes for nothing."""
    loaded = run(
        "import sys\n"
        "from gallery_daemon.logs.events import DaemonStopped\n"
        "from gallery_daemon.logs.setup import LogFormat, make_log\n"
        "for form in LogFormat: make_log(form).write(DaemonStopped('SIGTERM'))\n"
        "print({'rich', 'asyncio', 'ssl'} & sys.modules.keys())"
    )

    assert "set()" == loaded.splitlines()[-1]


@pytest.mark.parametrize("order", [("rich.console", "logs"), ("logs", "rich.console")])
def test_commands_have_rich_all_the_same(order: tuple[str, str]) -> None:
    """Loaded before the log it stays loaded, and afterwards it can be imported as ever."""
    modules = [name.replace("logs", "gallery_daemon.logs.setup") for name in order]

    printed = run(
        f"import {modules[0]}, {modules[1]}\n"
        "import rich.console, rich.table, rich.traceback\n"
        "table = rich.table.Table('folder')\n"
        "table.add_row('Memes')\n"
        "rich.console.Console().print(table)"
    )

    assert "Memes" in printed


@pytest.mark.parametrize("order", [("asyncio", "logs"), ("logs", "asyncio")])
def test_loggers_can_be_awaited_all_the_same(order: tuple[str, str]) -> None:
    """The library finds asyncio when it asks for something of it, and so does everybody else."""
    modules = [name.replace("logs", "gallery_daemon.logs.setup") for name in order]

    printed = run(
        f"import {modules[0]}, {modules[1]}\n"
        "import asyncio, structlog\n"
        "asyncio.run(structlog.make_filtering_bound_logger(0)("
        "structlog.WriteLogger(), [structlog.processors.JSONRenderer()], {}).ainfo('awaited'))\n"
        "print(asyncio.Lock.__module__)"
    )

    assert ['{"event": "awaited"}', "asyncio.locks"] == printed.splitlines()


def test_events_are_made_without_the_library_that_writes_them() -> None:
    """Rooms that return events load nothing for it."""
    program = "import sys, gallery_daemon.logs.events; print('structlog' in sys.modules)"

    assert "False\n" == run(program)


@pytest.mark.parametrize("level", list(LogLevel))
def test_a_level_writes_what_is_as_important_and_more(level: LogLevel) -> None:
    """One event of each importance; `debug` writes what `info` does, for nothing is below that."""
    out = io.StringIO()
    log = make_log(LogFormat.JSON, level, out)

    for event in (DaemonStopped("SIGTERM"), WatchLost("a", "/a", "gone"), JournalRebuilt("/j", 0)):
        log.write(event)

    written = [json.loads(line)["level"] for line in out.getvalue().splitlines()]
    order = ["info", "warning", "error"]
    assert order[order.index(level) if level in order else 0 :] == written


def test_machines_get_utc_and_people_local_time() -> None:
    """UTC, marked as such, in JSON; hours, minutes and seconds on a terminal."""
    lines = {}
    for form in LogFormat:
        out = io.StringIO()
        make_log(form, stream=out).write(DaemonStopped("SIGTERM"))
        lines[form] = out.getvalue()

    stamp = json.loads(lines[LogFormat.JSON])["timestamp"]
    assert timedelta(0) == datetime.fromisoformat(stamp).utcoffset()
    assert re.match(r"\d\d:\d\d:\d\d daemon_stopped ", lines[LogFormat.CONSOLE])


@pytest.mark.parametrize(
    ("environ", "is_coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, False)],
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], is_coloured: bool
) -> None:
    """NO_COLOR switches them off, whatever it is set to; a file never has them."""
    for name in ("NO_COLOR", "JOURNAL_STREAM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    terminal, file = Terminal(), io.StringIO()

    for out in (terminal, file):
        make_log(LogFormat.CONSOLE, stream=out).write(DaemonStopped("SIGTERM"))

    assert is_coloured == ("\x1b[32m" in terminal.getvalue())
    assert "\x1b" not in file.getvalue()


@pytest.mark.parametrize("form", list(LogFormat))
def test_journald_learns_how_important_a_line_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: LogFormat
) -> None:
    """By the number before it, as syslog(3) has them; 6 to 3 are info to error."""
    path = tmp_path / "journal"
    with path.open("w") as out:
        status = os.fstat(out.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        log = make_log(form, stream=out)
        for event in (DaemonStopped("TERM"), WatchLost("a", "/a", "gone"), JournalRebuilt("/j", 0)):
            log.write(event)

    lines = path.read_text().splitlines()
    assert ["<6>", "<4>", "<3>"] == [line[:3] for line in lines]
    if form is LogFormat.JSON:
        levels = [json.loads(line[3:])["level"] for line in lines]
        assert ["info", "warning", "error"] == levels


@pytest.mark.parametrize("told", [None, "", "8:1", "8", "no:number"])
def test_nobody_else_reads_the_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str | None
) -> None:
    """The variable is inherited by what a service starts, whose output may go elsewhere."""
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    if told is not None:
        monkeypatch.setenv("JOURNAL_STREAM", told)
    memory = io.StringIO()
    with (tmp_path / "file").open("w+") as file:
        for out in (file, memory):
            make_log(LogFormat.JSON, stream=out).write(WatchLost("a", "/a", "gone"))
        file.seek(0)

        assert ["{", "{"] == [file.read(1), memory.getvalue()[0]]


def test_nothing_known_is_nothing_written() -> None:
    """None and an empty list are left out of a line; an empty text and a nought are not."""
    out = io.StringIO()
    log = make_log(LogFormat.JSON, stream=out)

    log.write(ConfigRejected("", "wrong", None))
    log.write(JournalRebuilt("/j", 0))

    first, second = map(json.loads, out.getvalue().splitlines())
    assert ("", False) == (first["place"], "hint" in first)
    assert 0 == second["photos"]
