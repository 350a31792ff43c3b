"""Where the log goes and in which form: a short line for a person, or one JSON object per line."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO

from gallery_daemon.logs.events import Log

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Within, `name` cannot be imported, unless it is loaded already; afterwards it can."""
    if name in sys.modules:
        yield
        return
    # None makes the import fail.
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


# structlog loads rich wherever it finds it, for its own console renderer and for tracebacks. The
# daemon uses neither (`ConsoleLine` makes its lines, events have no tracebacks) and would hold the
# 5 MB for as long as it runs. Commands that draw tables import rich as ever.
with _without("rich"):
    import structlog


class LogFormat(StrEnum):
    """How an event is written."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least important event that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def make_log(
    form: LogFormat | None = None, level: LogLevel = LogLevel.INFO, stream: TextIO | None = None
) -> Log:
    """A Log that writes to `stream` (standard output), in the form that suits it."""
    out = stream or sys.stdout
    chosen = form or suitable_format(out, os.environ)
    renderer = ConsoleLine(colour=_wants_colour(out)) if chosen is LogFormat.CONSOLE else _json_line
    logger = structlog.wrap_logger(
        structlog.WriteLogger(out),
        processors=[
            structlog.processors.add_log_level,
            # A person reads local time; machines get UTC, marked as such.
            structlog.processors.TimeStamper(fmt="iso", utc=chosen is LogFormat.JSON),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    return Log(logger)


def suitable_format(stream: TextIO, environ: Mapping[str, str]) -> LogFormat:
    """Console on a terminal; JSON under systemd (which sets JOURNAL_STREAM) and in pipes."""
    if stream.isatty() and "JOURNAL_STREAM" not in environ:
        return LogFormat.CONSOLE
    return LogFormat.JSON


def _wants_colour(stream: TextIO) -> bool:
    return stream.isatty() and "NO_COLOR" not in os.environ


def _json_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    # ASCII only: a name with broken UTF-8 keeps its surrogates as \udcXX and survives any terminal.
    head = {key: event.pop(key) for key in ("timestamp", "level", "event")}
    return json.dumps(head | dict(event), default=str, ensure_ascii=True)


_QUIET = (
    "source", "precision", "familiarity", "model", "batch", "waited_ms", "classify_ms", "taken_from"
)  # fmt: skip
"""What a person at a terminal is not told of a photo."""


class ConsoleLine:
    """Renders an event as one short line: time, event, photo, and the rest as key=value."""

    _COLOURS: Mapping[str, str] = {"info": "32", "warning": "33", "error": "31", "debug": "2"}

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
        """The line, without its newline."""
        clock = str(event.pop("timestamp"))[11:19]
        name = self._paint(self._COLOURS[str(event.pop("level"))], f"{event.pop('event'):<18}")
        parts = [clock, name, *self._journey(event)]
        parts += [f"{self._paint('2', key + '=')}{_plain(value)}" for key, value in event.items()]
        return " ".join(parts)

    def _journey(self, event: MutableMapping[str, Any]) -> list[str]:
        """The words every photo's line begins with: photo, destination, class and confidence."""
        if "photo" not in event:
            return []
        parts = [self._paint("1", _plain(event.pop("photo")))]
        if "destination" in event:
            parts.append(f"-> {_plain(event.pop('destination'))}")
        if "class" in event:
            confidence = event.pop("confidence", None)
            certain = "" if confidence is None else f" {confidence:.2f}"
            parts.append(f"({event.pop('class')}{certain})")
        for quiet in _QUIET:
            event.pop(quiet, None)
        return parts

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text


def _plain(value: object) -> str:
    """A value on one line that no terminal can misread: anything unprintable is escaped."""
    if isinstance(value, dict):
        return ", ".join(f"{_plain(name)} {_plain(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
