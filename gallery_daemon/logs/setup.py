"""Where the log goes and in which form: a short line for a person, or one JSON object per line."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, TextIO

from gallery_daemon.logs.console import ConsoleLine
from gallery_daemon.logs.events import Log
from gallery_daemon.logs.journald import is_read_by_journald, prefix
from gallery_daemon.logs.width import columns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping

    Renderer = Callable[[object, str, MutableMapping[str, Any]], str]


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


class _Deferred(ModuleType):
    """Stands in for a module, which is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            # Asked by the import itself.
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


@contextmanager
def _deferred(name: str) -> Iterator[None]:
    """Within, importing `name` gives a stand-in, unless it is loaded already; afterwards it."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = _Deferred(name)
    try:
        yield
    finally:
        del sys.modules[name]


# structlog loads rich wherever it finds it, for its own console renderer and for tracebacks, and
# asyncio, with TLS and all, for loggers that are awaited. The daemon uses none of them
# (`ConsoleLine` makes its lines, events have no tracebacks) and would hold 5 MB and 2 MB for as
# long as it runs. Commands that draw tables import rich as ever.
with _without("rich"), _deferred("asyncio"):
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
    renderer: Renderer = _json_line if chosen is LogFormat.JSON else _console_line(out)
    if is_read_by_journald(out, os.environ):
        renderer = _with_priority(renderer)
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


def _console_line(stream: TextIO) -> ConsoleLine:
    # Asked for each line: a person may change the size of the window.
    return ConsoleLine(colour=_wants_colour(stream), width=partial(columns_of, stream))


def _with_priority(renderer: Renderer) -> Renderer:
    def line(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
        # The renderer takes the event apart.
        priority = prefix(event["level"])
        return priority + renderer(logger, method, event)

    return line


def _json_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    # ASCII only: a name with broken UTF-8 keeps its surrogates as \udcXX and survives any terminal.
    head = {key: event.pop(key) for key in ("timestamp", "level", "event")}
    return json.dumps(head | dict(event), default=str, ensure_ascii=True)
