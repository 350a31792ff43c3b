"""A real daemon with a classifier that answers at once, and disks that can be broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.conftest import QuickDaemon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DEADLINE_S = 40


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[QuickDaemon]:
    """A daemon that is not started yet, and is gone after the test."""
    daemon = QuickDaemon(tmp_path, action="move", settle="50ms")
    yield daemon
    if hasattr(daemon, "process"):
        daemon.kill()


@contextmanager
def mounted(kind: str, what: str, where: Path, options: str) -> Iterator[None]:
    """A file system lies at the folder; skips the test where that is not permitted."""
    command = ["mount", "-t", kind, "-o", options, what, os.fspath(where)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no permission to mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", os.fspath(where)], check=True)


def wait_until(is_so: Callable[[], bool]) -> None:
    """It has come to be so, within the deadline."""
    deadline = time.monotonic() + _DEADLINE_S
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail("it never came to be so")
        time.sleep(0.02)  # noqa: TID251 - nobody tells us when another program has written a file


def status(daemon: QuickDaemon) -> dict[str, Any]:
    """What `gallery-daemon status --json` says of the running daemon."""
    found = subprocess.run(
        [sys.executable, "-m", "gallery_daemon", "status", "--json"],
        env=daemon.environ,
        capture_output=True,
        check=True,
    )
    daemons: list[dict[str, Any]] = json.loads(found.stdout)["daemons"]
    return next(each for each in daemons if each["pid"] == daemon.process.pid)


def is_filed(name: str) -> Callable[[dict[str, Any]], bool]:
    """Whether an event says that the photo of that name is filed."""
    return lambda event: (
        event["event"] == "photo_filed" and str(event["photo"]).endswith(f"/{name}")
    )
