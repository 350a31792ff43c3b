"""A daemon in a process of its own, whose log the tests read as a person would."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_S = 50

Event = dict[str, Any]

CONFIG = """\
version: 1
watch: {{path: {watch}, settle: {settle}}}
library: {library}
defaults: {{action: {action}}}
rules:
  - name: by name
    when: {{name: "WA-*"}}
    to: WhatsApp/
  - name: everything
    to: All/{{date:%Y}}/
"""


class Daemon:
    """`gallery-daemon run` with a configuration of its own, below `home`."""

    program: tuple[str, ...] = (sys.executable, "-m", "gallery_daemon")

    def __init__(self, home: Path, *, action: str = "hardlink", settle: str = "200ms") -> None:
        self.watch, self.library = home / "watch", home / "library"
        self.watch.mkdir(exist_ok=True)
        self.config = home / "config.yaml"
        self.config.write_text(
            CONFIG.format(watch=self.watch, library=self.library, action=action, settle=settle)
        )
        self.environ = os.environ | {
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
        }
        self.events: list[Event] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def start(self, **environ: str) -> None:
        """The daemon runs and is ready."""
        command = (*self.program, "run", "--config", str(self.config), "--log-format", "json")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environ | environ,
        )
        self._reader = threading.Thread(target=self._read, args=(self.process,))
        self._reader.start()
        self.wait_for(lambda event: event["event"] == "daemon_started")

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self._lines.put(line)

    def wait_for(
        self, wanted: Callable[[Event], bool], after: int = 0, deadline_s: float = DEADLINE_S
    ) -> Event:
        """The first event from the `after`th on that is wanted, within the deadline."""
        deadline = time.monotonic() + deadline_s
        place = after
        while True:
            while place < len(self.events):
                if wanted(self.events[place]):
                    return self.events[place]
                place += 1
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"no such event; the log has {self.events}")
            self.events.append(self._event(line))

    def _event(self, line: str) -> Event:
        try:
            event: Event = json.loads(line)
        except ValueError:
            self.process.wait(DEADLINE_S)
            self._reader.join(DEADLINE_S)
            rest = [self._lines.get() for _ in range(self._lines.qsize())]
            pytest.fail("".join((line, *rest)))
        return event

    def wait_for_photo(self, name: str, after: int = 0) -> Event:
        """The one line of a photo."""
        return self.wait_for(lambda event: str(event.get("photo", "")).endswith("/" + name), after)

    def stop(self) -> float:
        """SIGTERM; gives the seconds until the process has ended in order."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert 0 == self.process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)
        while not self._lines.empty():
            self.events.append(json.loads(self._lines.get()))
        return time.monotonic() - began

    def kill(self) -> None:
        """The process is gone, however it was."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)


class QuickDaemon(Daemon):
    """The real program, but for the classifier process, which needs no model."""

    program: tuple[str, ...] = (sys.executable, "-m", "tests.faults.quick_daemon")


@pytest.fixture
def real_daemon(tmp_path: Path) -> Iterator[Daemon]:
    """The whole program, not started yet, and gone after the test."""
    daemon = Daemon(tmp_path)
    yield daemon
    if hasattr(daemon, "process"):
        daemon.kill()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A daemon that is not started yet, and is gone after the test."""
    daemon = QuickDaemon(tmp_path)
    yield daemon
    if hasattr(daemon, "process"):
        daemon.kill()


def photo_bytes(folder: Path, colour: int = 0) -> bytes:
    """A small JPEG of its own for each colour."""
    path = folder / f"made-{colour}.jpg"
    pixels = np.full((300, 400, 3), colour, dtype=np.uint8)
    pixels[::7, ::5] = 255 - colour
    Image.fromarray(pixels).save(path, quality=90)
    content = path.read_bytes()
    path.unlink()
    return content
