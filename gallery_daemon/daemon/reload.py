"""When the daemon stops or reads its configuration again, and what a new configuration changes.

`Signals` notes what SIGTERM, SIGINT and SIGHUP ask for and wakes the loop, no more. `ConfigWatcher`
asks for a reload when the text of the file has changed. Some editors write another file and rename
it, others empty the file and write it; a link may be pointed elsewhere. So a stat of the file is
compared, through links, and the file is read only when it has been unchanged for half a second. It
is compared when the kernel tells of a change and on every beat; where the kernel tells nothing,
every two seconds. A file that is missing is being replaced. In the end the text counts: a touch
changes nothing. Apart from `daemon`: nothing here needs a session.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Protocol

from gallery_daemon.config.load import digest_of_file
from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.rules.changes import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.config.settings import Config
    from gallery_daemon.rules.ruletest import AnyTest

# Where nothing tells of a change. With `_SETTLE_S` it is what the README promises.
_LOOK_EVERY_S = 2.0
_SETTLE_S = 0.5
# The fields of a Config that are no settings: no keys of the file, or compared rule by rule.
_NO_SETTINGS = frozenset({"file", "digest", "rules"})


class Signals:
    """What was asked for: to stop, to reload.

    `wake` wakes the loop; whoever runs one sets it.
    """

    def __init__(self) -> None:
        self._stop: str | None = None
        self._reload = False
        self.wake: Callable[[], None] = noop

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Within, SIGTERM and SIGINT stop and SIGHUP reloads; afterwards the old handlers do."""
        handlers = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGHUP: self._on_reload,
        }
        old = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)

    def stop_reason(self) -> str | None:
        """The name of the signal that asked to stop, if one did."""
        return self._stop

    def is_waiting(self) -> bool:
        """Whether a stop or a reload was asked for and has not happened."""
        return self._reload or self._stop is not None

    def reload(self) -> None:
        """Ask for the configuration to be read again."""
        self._reload = True

    def take_reload(self) -> None:
        """The configuration is about to be read again."""
        self._reload = False

    def wake_up(self) -> None:
        """The loop, if one runs, does what is due; any thread may call this."""
        self.wake()

    def _on_stop(self, number: int, _frame: object) -> None:
        self._stop = signal.Signals(number).name
        self.wake()

    def _on_reload(self, _number: int, _frame: object) -> None:
        self.reload()
        self.wake()


def noop() -> None:
    """Do nothing: no loop runs."""


class FileEvents(Protocol):
    """What tells that the file may have changed; `config_events.ConfigEvents` is one."""

    @property
    def are_heard(self) -> bool:
        """Whether every change of the file would be heard of."""
        ...

    def take(self) -> bool:
        """Whether the file may have changed since the last call."""
        ...

    def follow(self) -> None:
        """From now on changes are heard of where the path leads now, if that can be."""
        ...


class ConfigWatcher:
    """A periodic task that asks for a reload when the text of the file has changed."""

    def __init__(
        self,
        file: str,
        digest: str,
        ask: Callable[[], None],
        read: Callable[[str], str | None] = digest_of_file,
        *,
        events: FileEvents,
    ) -> None:
        """`digest` is that of the configuration in force; `read` gives the file's or None."""
        self._file, self._ask, self._digest_of, self._events = file, ask, read, events
        self._digest: str | None = digest
        self._seen: tuple[int, ...] | None = None
        self._is_settling = self._is_asked = False
        self._next = float("-inf")

    def next_deadline(self) -> float | None:
        """When the next look is due, in monotonic seconds."""
        return self._next

    def run_due(self, now: float) -> None:
        """One look, if it is due, or something has happened."""
        has_changed = self._events.take()
        # While it settles an event is no news: what counts is that it was unchanged for so long.
        if now < self._next and (self._is_settling or not has_changed):
            return
        found = _stat(self._file)
        if found != self._seen:
            # What happens between the stat and this is seen by the look when it has settled.
            self._events.follow()
            if self._is_asked:
                # The reload may have read a later text than the one noted here.
                self._digest = None
            self._is_asked = False
            self._seen, self._is_settling = found, True
            self._next = now + _SETTLE_S
            return
        self._is_asked = False
        self._next = next_beat(now) if self._events.are_heard else now + _LOOK_EVERY_S
        has_settled, self._is_settling = self._is_settling, False
        if found is not None and has_settled:
            self._read(now)

    def _read(self, now: float) -> None:
        """A file that cannot be read is reloaded too, once: the reload says why."""
        digest = self._digest_of(self._file)
        if digest != self._digest:
            self._digest, self._is_asked = digest, True
            # Looked at again right after the reload, which may have read the next edit.
            self._next = now
            self._ask()


def _stat(file: str) -> tuple[int, ...] | None:
    """What changes with every edit; None: there is no such file now."""
    try:
        found = os.stat(file)  # noqa: PTH116 - a path as it came, of whatever bytes
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def changes_between(old: Config, new: Config) -> tuple[str, ...]:
    """What is different in `new`, in words for the log: settings, then rule by rule."""
    was, now = _settings(old), _settings(new)
    settings = [f"{name} changed" for name in was if was[name] != now[name]]
    return (*settings, *changes(old.rules, new.rules))


def _settings(config: Config) -> dict[str, object]:
    """The value of each of the file's keys but `rules`, whose changes are listed one by one.

    Which version of the model serves is in no file.
    """
    values = {field.name: getattr(config, field.name) for field in fields(config)}
    keys = {name: value for name, value in values.items() if name not in _NO_SETTINGS}
    model = replace(config.model, version=None)
    return keys | {"tests": _without_places(config.tests), "model": model}


def _without_places(tests: tuple[AnyTest, ...]) -> list[AnyTest]:
    """The tests as a person wrote them; one without a name is named after its line."""
    names = ["" if test.name == f"line {test.line}" else test.name for test in tests]
    return [
        replace(test, name=name, line=0, column=0) for test, name in zip(tests, names, strict=True)
    ]
