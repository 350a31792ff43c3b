"""How long one photo takes from settled to filed, when nothing else is going on.

A real daemon with the real classifier process: `warm` when that runs already, `cold` when it has to
be started for the photo. The photo is put in place as sync tools do it, by a rename.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from tests.benchmarks.processes import ROOT, Broken, environ_with

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

_DEADLINE_S = 300
# Between one photo's line and the next photo: the classifier process has come to rest.
_REST_S = 0.5
# The first photo starts the classifier process; the second is the first that it sees warm.
_NOT_COUNTED = 2
_CONFIG = """\
version: 1
watch: {{path: {watch}, settle: 1s}}
library: {library}
rules: [{{name: everything, to: "{{{{class}}}}/"}}]
"""

Event = dict[str, Any]


def warm(
    photos: Sequence[Path], times: int, scene: Path, environ: Mapping[str, str]
) -> list[Event]:
    """The `photo_filed` of so many photos, one by one, of one daemon."""
    with _Daemon(scene, environ) as daemon:
        events = [daemon.file(photos[turn % len(photos)]) for turn in range(_NOT_COUNTED + times)]
    return events[_NOT_COUNTED:]


def cold(
    photos: Sequence[Path], times: int, scene: Path, environ: Mapping[str, str]
) -> list[Event]:
    """The `photo_filed` of the first photo of each of so many daemons."""
    events = []
    for turn in range(times):
        with _Daemon(scene, environ) as daemon:
            events.append(daemon.file(photos[turn % len(photos)]))
    return events


class _Daemon:
    """`gallery-daemon run` below `scene`, which is made for it and gone after it."""

    def __init__(self, scene: Path, environ: Mapping[str, str]) -> None:
        self._scene, self._watch = scene, scene / "watch"
        self._environ = environ_with(environ) | {"XDG_STATE_HOME": os.fspath(scene / "state")}
        self._dropped = 0

    def __enter__(self) -> Self:
        self._watch.mkdir(parents=True)
        config = self._scene / "config.yaml"
        config.write_text(_CONFIG.format(watch=self._watch, library=self._scene / "library"))
        words = ("gallery_daemon", "run", "--config", os.fspath(config), "--log-format", "json")
        self._process = subprocess.Popen(
            (sys.executable, "-m", *words),
            cwd=ROOT,
            env=self._environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._events = self._read()
        self._wait_for("daemon_started")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_DEADLINE_S)
        finally:
            self._process.kill()
            self._events.close()
            shutil.rmtree(self._scene)

    def file(self, photo: Path) -> Event:
        """A copy of the photo has come and is filed; the line that says so."""
        threading.Event().wait(_REST_S)
        self._dropped += 1
        hidden = self._watch / ".coming.tmp"
        shutil.copyfile(photo, hidden)
        hidden.rename(self._watch / f"IMG_{self._dropped:04}.jpg")
        return self._wait_for("photo_filed")

    def _wait_for(self, wanted: str) -> Event:
        # A daemon that hangs is killed, which ends its log.
        alarm = threading.Timer(_DEADLINE_S, self._process.kill)
        alarm.start()
        try:
            return next(event for event in self._events if event["event"] == wanted)
        except StopIteration:
            raise Broken(f"the daemon ended without {wanted}") from None
        finally:
            alarm.cancel()

    def _read(self) -> Generator[Event]:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            yield from map(json.loads, lines)
