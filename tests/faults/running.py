"""The daemon in a scene, followed by its log until it is killed or has nothing more to do."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from tests.faults.scene import Scene

REPOSITORY = Path(__file__).resolve().parents[2]
_ENVIRON = {"PYTHONPATH": f"{REPOSITORY}", "PYTHONDONTWRITEBYTECODE": "1"}
_ENDS = frozenset({"photo_filed", "photo_left", "photo_quarantined", "photo_failed"})

QUICK = (sys.executable, "-m", "tests.faults.quick_daemon")
REAL = (sys.executable, "-m", "gallery_daemon")


def run_command(program: Sequence[str], scene: Scene) -> tuple[str, ...]:
    """The words that start the daemon in the scene."""
    return (*program, "run", "--config", f"{scene.config}", "--log-format", "json")


def warm_up(program: Sequence[str]) -> None:
    """The program's bytecode lies ready, so that no start that is killed compiles or writes it."""
    environ = dict(os.environ) | {"PYTHONPATH": f"{REPOSITORY}"}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    words = [*program, "--version"]
    subprocess.run(words, cwd=REPOSITORY, env=environ, check=True, capture_output=True)


def environ_of(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of the program in a scene."""
    return dict(os.environ) | _ENVIRON | dict(more)


class Stuck(Exception):
    """The daemon did not come to an end in time; its log is the message."""


class Running:
    """A daemon that runs, and does not when the block is left."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], deadline_s: float
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            env=environ_of(environ),
        )
        self._deadline = time.monotonic() + deadline_s
        self._text = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def run_out(self) -> bool:
        """All photos have come to an end and the daemon has ended in order; False: it was killed.

        Raises:
            Stuck: neither happened in time.
        """
        while not self._is_done():
            if not self._read():
                return self._has_ended()
        self._process.send_signal(signal.SIGTERM)
        while self._read():
            pass
        return self._has_ended()

    def _is_done(self) -> bool:
        """Whether the start-up listing is finished and what it found has come to an end."""
        events: list[dict[str, Any]] = [
            json.loads(line) for line in self._text.split(b"\n")[:-1] if line.startswith(b"{")
        ]
        found = next((each["new"] for each in events if each["event"] == "rescan_finished"), None)
        ended = [each for each in events if each["event"] in _ENDS]
        files = sum(
            1 + len(each.get("sidecars", ())) + len(each.get("problems", ())) for each in ended
        )
        return found is not None and files >= found

    def _read(self) -> bool:
        """Whether there was more of the log to wait for."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        if not select.select([pipe], [], [], max(0.0, self._deadline - time.monotonic()))[0]:
            raise Stuck(self._words())
        more = os.read(pipe, 1 << 16)
        self._text += more
        return bool(more)

    def _has_ended(self) -> bool:
        """Whether it ended in order, and not by the kill."""
        status = self._process.wait(max(0.1, self._deadline - time.monotonic()))
        if status not in {0, -signal.SIGKILL}:
            raise Stuck(f"exit status {status}: {self._words()}")
        return status == 0

    def _words(self) -> str:
        return self._text.decode("utf-8", "replace")
