"""`status` as it is printed, of daemons of today and of those that an update left running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.instance import InstanceLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What version 0.1.0 said before it told of its backlog.
OLD = {
    "pid": os.getpid(),
    "version": "0.0.9",
    "config": "/home/old.yaml",
    "library": "/home/library",
    "watch": [{"source": "phone", "path": "/in", "watched": True}],
    "on_their_way": 3,
    "since_start": {"filed": 7, "left": 0},
    "classifier_pid": None,
    "waiting": [],
    "waiting_in_all": 0,
    "paused_because": None,
}


@pytest.fixture
def old_daemon(tmp_path: Path) -> Iterator[None]:
    """This process, holding a folder as an old daemon does."""
    knocked, is_over = Event(), Event()
    holdings = InstanceLock(knocked.set)
    holdings.hold([str(tmp_path)])

    def answer() -> None:
        while not is_over.is_set():
            knocked.wait(0.05)
            holdings.answer(lambda: json.dumps(OLD))

    thread = Thread(target=answer)
    thread.start()
    yield
    is_over.set()
    thread.join()
    holdings.close()


@pytest.mark.usefixtures("old_daemon")
def test_a_daemon_from_before_an_update_is_shown(tmp_path: Path) -> None:
    """With all that it says, and without what it does not."""
    done = subprocess.run(
        [sys.executable, "-m", "gallery_daemon", "status"],
        capture_output=True,
        text=True,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path), "COLUMNS": "200"},
        timeout=50,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert "version 0.0.9" in done.stdout
    assert "configuration: /home/old.yaml\n" in done.stdout
    assert "on their way: 3\n" in done.stdout
