"""A long backlog with the real classifier process: how fast, and whether memory stays as it is.

    python -m tests.benchmarks.backlog [--files 10000] [--data FOLDER] [--json FILE]

The photos lie there before the daemon starts: copies of small real ones under new names, or made
here where there are none. Every second all processes of the daemon are weighed. Exit status 1 if a
photo is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from rich.table import Table

from tests.benchmarks.cost import Memory, memory
from tests.benchmarks.flooded import FloodedDaemon
from tests.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

_REAL = ("-m", "gallery_daemon")
_LOOK_EVERY_S = 1.0
_MADE = 100
_QUARTERS = 4


@dataclass(frozen=True)
class Quarter:
    """A quarter of the time from the first photo filed to the last: the median of its looks."""

    rss_mb: float
    pss_mb: float


@dataclass(frozen=True)
class Backlog:
    """What became of it; `peak` has the most of each kind of memory."""

    files: int
    missed: int
    seconds: float
    files_per_s: float
    quarters: tuple[Quarter, ...]
    peak: Memory


def main() -> None:
    """Print the table; exit with 1 if a photo was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--data", type=Path, default=SHARED_DATA / "gallery")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="backlog-") as name,
        FloodedDaemon(Path(name), "hardlink", _REAL) as daemon,
    ):
        _fill(daemon.watch, options.data, options.files)
        found = _see_through(daemon, options.files)
    _print(found)
    if options.json:
        options.json.write_text(json.dumps(asdict(found), indent=1))
    sys.exit(found.missed != 0)


def _fill(watch: Path, data: Path, files: int) -> None:
    there = sorted(data.rglob("*.jpg")) or list(_make(watch.with_name("made")))
    for number, photo in enumerate(islice(cycle(there), files)):
        shutil.copyfile(photo, watch / f"IMG_{number:06}.jpg")


def _make(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    for number in range(_MADE):
        noise = random.Random(number).randbytes(24 * 18 * 3)
        path = folder / f"{number}.jpg"
        Image.frombytes("RGB", (24, 18), noise).resize((320, 240)).save(path)
        yield path


def _see_through(daemon: FloodedDaemon, files: int) -> Backlog:
    looks: list[tuple[float, Memory]] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(_LOOK_EVERY_S):
            looks.append((time.monotonic(), memory(daemon.pid)))

    daemon.start()
    watcher = threading.Thread(target=look)
    watcher.start()
    daemon.wait_for("photo_filed")
    first = time.monotonic()
    last = daemon.see_through(files)
    is_over.set()
    watcher.join()
    held = [each for _, each in looks]
    return Backlog(
        files=files,
        missed=files - len(daemon.filed),
        seconds=round(last - first, 1),
        files_per_s=round(len(daemon.filed) / (last - first), 1),
        quarters=tuple(_quarters(looks, first, last)),
        peak=Memory(max(each.rss_mb for each in held), max(each.pss_mb for each in held)),
    )


def _quarters(looks: list[tuple[float, Memory]], first: float, last: float) -> Iterator[Quarter]:
    length_s = (last - first) / _QUARTERS
    for number in range(_QUARTERS):
        begin = first + number * length_s
        held = [each for when, each in looks if begin <= when < begin + length_s]
        yield Quarter(
            round(statistics.median(each.rss_mb for each in held), 1),
            round(statistics.median(each.pss_mb for each in held), 1),
        )


def _print(found: Backlog) -> None:
    title = (
        f"{found.files} photos in {found.seconds:g} s: {found.files_per_s:g} a second, "
        f"{found.missed} missed"
    )
    table = Table("all processes", "RSS, MB", "PSS, MB", title=title)
    for number, quarter in enumerate(found.quarters, 1):
        table.add_row(f"quarter {number}", str(quarter.rss_mb), str(quarter.pss_mb))
    table.add_row("peak", str(found.peak.rss_mb), str(found.peak.pss_mb))
    second, last = found.quarters[1], found.quarters[-1]
    table.add_row(
        "last quarter to second",
        f"{last.rss_mb / second.rss_mb - 1:+.1%}",
        f"{last.pss_mb / second.pss_mb - 1:+.1%}",
    )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
