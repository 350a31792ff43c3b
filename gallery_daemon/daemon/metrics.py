"""Figures for Prometheus: what the main loop counts, written down once a second while it turns.

Only the main loop reads its own counts; whoever fetches them gets the text that lies ready, so no
lock is needed and no scrape can slow a photo down. Written here and not by prometheus_client, which
serves no Unix socket and would be a dependency for forty lines.
Source: prometheus.io, "Exposition formats", text format 0.0.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon import __version__
from gallery_daemon.daemon.snapshot import backlog_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gallery_daemon.daemon.exporter import Exporter
    from gallery_daemon.daemon.watching import Watching
    from gallery_daemon.daemon.wiring import House

PREFIX = "gallery_daemon_"
_EVERY_S = 1.0
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A counter or a gauge; `samples` by one label's value, or a single one under no label."""

    name: str
    kind: str
    about: str
    samples: Mapping[str, float]
    label: str | None = None


class Metrics:
    """Lays the figures ready for the exporter."""

    def __init__(self, house: House, watching: Watching, exporter: Exporter) -> None:
        self._house, self._watching, self._exporter = house, watching, exporter
        self._next = float("-inf")

    def next_deadline(self) -> float | None:
        """What does not turn the loop does not change a figure."""
        return None

    def turn(self, now: float) -> None:
        """The figures as they are now, unless they were written a moment ago."""
        if now >= self._next:
            self._next = now + _EVERY_S
            self._exporter.text = render(figures_of(self._house, self._watching))


def figures_of(house: House, watching: Watching) -> Iterator[Figure]:
    """All figures; the counters begin anew with each configuration."""
    tally, state = house.tally, house.teller.classifier
    ends = {
        "filed": tally.filed,
        "left": tally.left,
        "quarantined": tally.quarantined,
        "failed": tally.failed,
    }
    yield Figure("info", "gauge", "The version that runs.", {__version__: 1}, "version")
    yield Figure("files_total", "counter", "Files by the end they came to.", ends, "end")
    yield Figure("backlog", "gauge", "Files on their way.", backlog_of(house), "stage")
    retries = {"": len(house.rooms.retries)}
    yield Figure("retries", "gauge", "Photos that failed and wait to be tried again.", retries)
    is_paused = {"": house.rooms.gate.reason is not None}
    yield Figure("paused", "gauge", "1 while the library cannot take photos.", is_paused)
    watched = {ground.source: is_up for ground, is_up in watching.folders}
    yield Figure("watched", "gauge", "1 while the folder is there.", watched, "source")
    is_running = {"": state.is_ready}
    yield Figure("classifier_running", "gauge", "1 while the process is ready.", is_running)
    starts = {"": state.starts}
    yield Figure("classifier_starts_total", "counter", "Starts of that process.", starts)
    since = {"": house.since.timestamp()}
    yield Figure("config_timestamp_seconds", "gauge", "When the configuration came.", since)


def render(figures: Iterable[Figure]) -> str:
    """The text format: help, type, and a line for each sample."""
    lines = []
    for figure in figures:
        name = PREFIX + figure.name
        lines += [f"# HELP {name} {figure.about}", f"# TYPE {name} {figure.kind}"]
        for value, number in figure.samples.items():
            label = "" if figure.label is None else f'{{{figure.label}="{_escaped(value)}"}}'
            lines.append(f"{name}{label} {float(number):.15g}")
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.encode("utf-8", "replace").decode().translate(_ESCAPES)
