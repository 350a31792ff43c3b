"""A daemon under a flood: its log is counted and its memory looked at, a few times a second.

The log goes to a file and not to a pipe, so that a slow reader never slows the daemon.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

Event = dict[str, Any]

_ROOT = Path(__file__).parents[2]
_LOOK_EVERY_S = 0.25
# Nothing said for this long after the last photo, or while photos are missing: it is at rest.
_REST_S, _PATIENCE_S = 5.0, 60.0
# The classifier process is nice, so that on a busy machine its start takes minutes.
_DEADLINE_S = 600.0
_CONFIG = """\
version: 1
watch: {{path: {watch}, settle: 1s}}
library: {library}
defaults: {{action: {action}}}
rules: [{{name: all, to: "All/{{date:%Y}}/"}}]
"""


class FloodedDaemon:
    """The real daemon with the stand-in for the classifier process."""

    def __init__(
        self,
        home: Path,
        action: str,
        program: tuple[str, ...],
        more: str = "",
        environ: Mapping[str, str] | None = None,
        checkout: Path = _ROOT,
    ) -> None:
        """`program` are the interpreter's arguments that come before the command's own.

        `more` are further lines of the configuration; `checkout` has the package that runs.
        """
        self.watch, self.library = home / "watch", home / "library"
        self.watch.mkdir(exist_ok=True)
        self._log = home / "log"
        config = home / "config.yaml"
        config.write_text(
            _CONFIG.format(watch=self.watch, library=self.library, action=action) + more
        )
        arguments = ("run", "--config", os.fspath(config), "--log-format", "json")
        self._command = (sys.executable, *program, *arguments)
        self._environ = os.environ | {
            "XDG_STATE_HOME": str(home / "state"),
            "PYTHONPATH": str(checkout),
        }
        self._checkout = checkout
        self._environ |= environ or {}
        self._rest = b""
        self.counts: Counter[str] = Counter()
        self.filed: Counter[str] = Counter()
        self.memory_mb: dict[str, float] = {}
        self.last: dict[str, Event] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, at: object) -> None:
        """It does not run any more; after an error, however it ended."""
        if error is None:
            self.stop()
        elif hasattr(self, "_process"):
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """The daemon's own, not the classifier process's."""
        return self._process.pid

    def start(self) -> None:
        """It runs and is ready."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environ,
                cwd=self._checkout,
            )
        self._lines = self._log.open("rb")
        self.wait_for("daemon_started")
        self.memory_mb["at start"] = self._memory_mb("VmRSS")

    def wait_for(self, event: str, patience_s: float = _DEADLINE_S) -> Event:
        """The last event of that name, once there is one."""
        deadline = time.monotonic() + patience_s
        while not self.counts[event]:
            assert self._process.poll() is None, f"the daemon has ended; see {self._log}"
            assert time.monotonic() < deadline, f"no {event}; see {self._log}"
            self._look()
        return self.last[event]

    def see_through(self, files: int) -> float:
        """All is filed and the daemon at rest; the moment of the last photo, monotonic seconds."""
        quarters = [files // 4, files // 2, files * 3 // 4, files]
        now = heard_at = last_filed_at = time.monotonic()
        while now - heard_at < (_REST_S if len(self.filed) >= files else _PATIENCE_S):
            before = len(self.filed)
            is_news = self._look()
            now = time.monotonic()
            heard_at = now if is_news else heard_at
            last_filed_at = now if len(self.filed) > before else last_filed_at
            while quarters and len(self.filed) >= quarters[0]:
                share = f"{round(quarters.pop(0) / files * 100)}% filed"
                self.memory_mb[share] = self._memory_mb("VmRSS")
        self.memory_mb["at rest"] = self._memory_mb("VmRSS")
        self.memory_mb["peak"] = self._memory_mb("VmHWM")
        return last_filed_at

    def stop(self) -> None:
        """It has ended in order."""
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(60)
        assert status == 0, f"the daemon ended with {status}; see {self._log}"
        self._look()
        self._lines.close()

    def _look(self) -> bool:
        """What the log says since the last look is counted; whether it said anything."""
        threading.Event().wait(_LOOK_EVERY_S)
        said = self._lines.read()
        *lines, self._rest = (self._rest + said).split(b"\n")
        for line in lines:
            self._count(line)
        return bool(said)

    def _count(self, line: bytes) -> None:
        if not line.startswith(b"{"):
            self.counts["no event"] += 1
            print(line.decode(errors="replace"), file=sys.stderr)
            return
        event = json.loads(line)
        self.counts[event["event"]] += 1
        self.last[event["event"]] = event
        if event["event"] == "photo_filed":
            self.filed[event["photo"]] += 1

    def _memory_mb(self, key: str) -> float:
        """Of the daemon alone, as the kernel counts it."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith(key))
        return round(int(kilobytes) / 1024, 1)
