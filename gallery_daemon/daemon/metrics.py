"""Figures for Prometheus: what the main loop counts, written once a second while it turns.

Only the main loop reads its counts; a scrape gets the text that was written last, so no lock is
needed and no scrape can slow a photo down. The text is written here and not by prometheus_client,
which serves no Unix socket and would be a dependency for forty lines.
Source: prometheus.io, "Exposition formats", text format 0.0.4.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon import __version__
from gallery_daemon.daemon.status import ends_of
from gallery_daemon.logs.events import MetricsFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gallery_daemon.config.kinds.local import Listen
    from gallery_daemon.daemon.exporter import Exporter
    from gallery_daemon.daemon.watching import Watching
    from gallery_daemon.daemon.wiring import Runtime
    from gallery_daemon.logs.events import Log

_PREFIX = "gallery_daemon_"
_EVERY_S = 1.0
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """A counter or a gauge; `samples` by one label's value, or a single one under no label."""

    name: str
    kind: str
    about: str
    samples: Mapping[str, float]
    label: str | None = None


class ExporterFactory:
    """Makes the exporter of each configuration; it outlives them.

    That the figures cannot be fetched is logged once; the next configuration logs it again only if
    the address or the reason is another.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._logged: tuple[str, str] | None = None

    def exporter(self, listen: Listen | None) -> Exporter | None:
        """An exporter that listens there; None if none is wanted, or nothing can listen there."""
        if listen is None:
            self._logged = None
            return None
        from gallery_daemon.daemon.exporter import Exporter  # noqa: PLC0415 - few want its 1 MB

        try:
            exporter = Exporter(listen)
        except OSError as error:
            self._log_failure(str(listen), error)
            return None
        self._logged = None
        return exporter

    def _log_failure(self, address: str, error: OSError) -> None:
        reason = error.strerror or "it cannot be listened at"
        if (address, reason) == self._logged:
            return
        self._logged = address, reason
        is_forbidden = error.errno == errno.EAFNOSUPPORT
        hint = "the service opens Unix sockets only; see: gallery-daemon manual operating"
        self._log.write(MetricsFailed(address, reason, hint if is_forbidden else None))


class Metrics:
    """Keeps the exporter's text as it is now."""

    def __init__(self, runtime: Runtime, watching: Watching, exporter: Exporter) -> None:
        self._runtime, self._watching, self._exporter = runtime, watching, exporter
        self._next = float("-inf")

    def next_deadline(self) -> float | None:
        """Not by itself: while the loop sleeps, no figure changes."""
        return None

    def run_due(self, now: float) -> None:
        """The figures are at most a second old."""
        if now >= self._next:
            self._next = now + _EVERY_S
            self._exporter.text = render(_families(self._runtime, self._watching))


def _families(runtime: Runtime, watching: Watching) -> Iterator[MetricFamily]:
    """All figures; the counters begin anew with each configuration."""
    state = runtime.photo_log.classifier
    yield MetricFamily("info", "gauge", "The version that runs.", {__version__: 1}, "version")
    yield MetricFamily(
        "files_total", "counter", "Files by the end they came to.", ends_of(runtime.tally), "end"
    )
    yield MetricFamily("backlog", "gauge", "Files on their way.", runtime.pipeline.stages, "stage")
    retries = {"": len(runtime.retries)}
    yield MetricFamily(
        "retries", "gauge", "Photos that failed and wait to be tried again.", retries
    )
    is_paused = {"": runtime.breaker.reason is not None}
    yield MetricFamily("paused", "gauge", "1 while the library cannot take photos.", is_paused)
    watched = {root.source: is_up for root, is_up in watching.folders}
    yield MetricFamily("watched", "gauge", "1 while the folder is there.", watched, "source")
    is_running = {"": state.is_ready}
    yield MetricFamily("classifier_running", "gauge", "1 while the process is ready.", is_running)
    starts = {"": state.starts}
    yield MetricFamily("classifier_starts_total", "counter", "Starts of that process.", starts)
    since = {"": runtime.since.timestamp()}
    yield MetricFamily("config_timestamp_seconds", "gauge", "When the configuration came.", since)


def render(families: Iterable[MetricFamily]) -> str:
    """The text format: help, type, and a line for each sample."""
    lines = []
    for family in families:
        name = _PREFIX + family.name
        lines += [f"# HELP {name} {family.about}", f"# TYPE {name} {family.kind}"]
        for value, number in family.samples.items():
            label = "" if family.label is None else f'{{{family.label}="{_escaped(value)}"}}'
            lines.append(f"{name}{label} {float(number):.15g}")
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.encode("utf-8", "replace").decode().translate(_ESCAPES)
