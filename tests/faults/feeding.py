"""Feeding a real daemon with hostile files, and judging what it made of them.

Many files are out at once, because one whose end is missing is waited for half a minute. What must
be true in the end: the daemon lives, each file came to exactly one end, what was filed lies in the
library, nothing in the watch folder was touched, and nothing lies anywhere else.
"""

from __future__ import annotations

import json
import os
import queue
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.end_to_end.conftest import Daemon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.mutate import Hostile

# More than the patience with a cut file, two tries at a photo that hangs, and two starts of torch.
STUCK_S = 180.0
_AT_ONCE = 800
_RULES = """\
version: 1
watch: {{path: {watch}, settle: 200ms}}
library: {library}
rules:
  - name: everything
    to: All/{{camera|no camera}}/{{date:%Y}}/
"""
_OWN = frozenset({"watch", "library", "state", "config.yaml", "config"})


@dataclass
class Verdict:
    """What became of the files, by their ends, and what must not be: all of these are zero."""

    ends: Counter[str] = field(default_factory=Counter)
    classifier: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    hangs: int = 0
    not_one_end: list[str] = field(default_factory=list)
    not_placed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    last_words: list[str] = field(default_factory=list)


class Feeding:
    """One daemon, and all files that it was given."""

    def __init__(self, home: Path) -> None:
        self.daemon = Daemon(home)
        self.daemon.config.write_text(
            _RULES.format(watch=self.daemon.watch, library=self.daemon.library)
        )
        self.fed: dict[str, tuple[Hostile, int]] = {}
        self._home = home
        self._events: dict[str, list[dict[str, Any]]] = {}
        self._open: set[str] = set()
        self.verdict = Verdict()

    def run(self, inputs: Iterator[Hostile], is_enough: Callable[[int], bool]) -> Verdict:
        """Feed until it `is_enough` (asked with the number of files), wait for all, and judge."""
        self.daemon.start()
        heard_at = time.monotonic()
        while self._open or not is_enough(len(self.fed)):
            while len(self._open) < _AT_ONCE and not is_enough(len(self.fed)):
                self._feed(next(inputs))
            if self._listen():
                heard_at = time.monotonic()
            elif self.daemon.process.poll() is not None:
                self.verdict.crashes += 1
                break
            elif time.monotonic() - heard_at > STUCK_S:
                self.verdict.hangs += 1
                break
        self._stop()
        self._judge()
        return self.verdict

    def _feed(self, hostile: Hostile) -> None:
        path = self.daemon.watch / hostile.name
        path.write_bytes(hostile.content)
        self.fed[os.fspath(path)] = (hostile, path.stat().st_mtime_ns)
        self._open.add(os.fspath(path))

    def _listen(self) -> bool:
        """Whether the daemon had something to say within a moment."""
        try:
            self._hear(self.daemon._lines.get(timeout=0.2))
        except queue.Empty:
            return False
        self._hear_rest()
        return True

    def _hear_rest(self) -> None:
        while not self.daemon._lines.empty():
            self._hear(self.daemon._lines.get())

    def _hear(self, line: str) -> None:
        try:
            event: dict[str, Any] = json.loads(line)
        except ValueError:  # a traceback
            self.verdict.last_words.append(line)
            return
        if event["event"] == "classifier_stopped":
            self.verdict.classifier[str(event["reason"]).partition(" ")[0]] += 1
        path = event.get("photo")
        if path is not None:
            self._events.setdefault(path, []).append(event)
            self._open.discard(path)

    def _stop(self) -> None:
        if self.daemon.process.poll() is None:
            try:
                self.daemon.stop()
            except AssertionError:
                self.verdict.crashes += 1
        self.daemon.kill()
        self._hear_rest()

    def _judge(self) -> None:
        verdict, known = self.verdict, {os.fspath(each) for each in self._home.glob("watch/**/*")}
        for path, (hostile, mtime_ns) in self.fed.items():
            events = self._events.get(path, [])
            verdict.ends.update(event["event"] for event in events)
            if len(events) != 1:
                verdict.not_one_end.append(path)
            if not _is_untouched(path, hostile.content, mtime_ns):
                verdict.changed.append(path)
            for event in events:
                if event["event"] == "photo_filed" and not self._is_placed(path, event):
                    verdict.not_placed.append(path)
        verdict.changed += sorted(known - self.fed.keys())
        verdict.astray += [each.name for each in self._home.iterdir() if each.name not in _OWN]

    def _is_placed(self, path: str, event: dict[str, Any]) -> bool:
        place, library = Path(event["destination"]), self.daemon.library.resolve()
        return place == place.resolve() and place.is_relative_to(library) and place.samefile(path)


def _is_untouched(path: str, content: bytes, mtime_ns: int) -> bool:
    try:
        return Path(path).read_bytes() == content and os.lstat(path).st_mtime_ns == mtime_ns
    except OSError:
        return False
