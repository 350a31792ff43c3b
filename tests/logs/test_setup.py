"""The log without rich, and rich with the log."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(program: str) -> str:
    """What a fresh interpreter prints."""
    words = [sys.executable, "-c", program]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_a_log_is_made_without_rich() -> None:
    """The library that writes it would load rich, five megabytes that nothing here uses."""
    loaded = run(
        "import sys\n"
        "from gallery_daemon.logs.events import DaemonStopped\n"
        "from gallery_daemon.logs.setup import LogFormat, make_log\n"
        "for form in LogFormat: make_log(form).write(DaemonStopped('SIGTERM'))\n"
        "print('rich' in sys.modules)"
    )

    assert "False" == loaded.splitlines()[-1]


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


def test_events_are_made_without_the_library_that_writes_them() -> None:
    """Rooms that return events load nothing for it."""
    program = "import sys, gallery_daemon.logs.events; print('structlog' in sys.modules)"

    assert "False\n" == run(program)
