"""What the daemon costs while nothing happens, and how soon it is ready and through its folder.

    python -m tests.benchmarks.idle [--files 100000] [--starts 5] [--seconds 300] [--home FOLDER]
    python -m tests.benchmarks.idle --against CHECKOUT [--pairs 5] [--files 100] [--seconds 5]

A real daemon with the real classifier process, on a folder of photos that the journal knows. It is
started several times (the first reads from a cold page cache, if anything is cold); the last one
classifies a photo, its classifier process ends after two idle seconds, and then it is left alone.
No rescan falls into that time.

`--against` measures this checkout and another one, both idle at the same time, so that what the
machine does meanwhile falls on both. Each has a folder and a journal of its own making.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.benchmarks.cost import Memory, memory, ran_s, wakeups
from tests.benchmarks.flooded import FloodedDaemon
from tests.benchmarks.known import fill
from tests.faults.flooding import photo
from tests.faults.running import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MODEL = "model: {path: default, idle_timeout: 2s}\n"
_REAL = ("-m", "gallery_daemon")
_READY_S = 30.0
# Version 0.1.0 loads torch and measures engines first, which takes minutes on a busy machine.
_CLASSIFIED_S = 400.0
# What is freed after the classifier process has ended needs a moment.
_CALM_S = 3.0


@dataclass(frozen=True)
class Start:
    """From the start of the process to READY=1, and the listing of all files after it."""

    ready_s: float
    scan_s: float
    at_start: Memory
    after_scan: Memory


@dataclass(frozen=True)
class Idle:
    """A time in which nothing happened: what all processes of the daemon used and held."""

    seconds: float
    cpu_s: float
    wakeups: int
    memory: Memory

    @property
    def cpu_percent(self) -> float:
        """Of one core."""
        return 100 * self.cpu_s / self.seconds


# What is compared, by its heading.
_FIGURES: dict[str, Callable[[Idle], float]] = {
    "RSS, MB": lambda idle: idle.memory.rss_mb,
    "PSS, MB": lambda idle: idle.memory.pss_mb,
    "CPU, ms": lambda idle: idle.cpu_s * 1000,
    "wake-ups a second": lambda idle: idle.wakeups / idle.seconds,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--home", type=Path, help="an empty folder to use, or one used before")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--against", type=Path, help="another checkout, to be measured in turn")
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    if options.against is not None:
        _compare(options.against.resolve(), options.pairs, options.files, options.seconds)
        return
    with tempfile.TemporaryDirectory(prefix="idle-") as name:
        home = options.home or Path(name)
        journal = home / "state" / "gallery-daemon" / "journal.sqlite3"
        if not journal.exists():
            fill(home / "watch", home / "library", journal, options.files)
        (home / "notify").unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(home / "notify"))
            starts = []
            for _ in range(options.starts - 1):
                with known_daemon(home) as daemon:
                    starts.append(_start(daemon, manager, options.files))
            with known_daemon(home) as daemon:
                starts.append(_start(daemon, manager, options.files))
                idle = leave_alone(daemon, options.seconds)
    _print(options.files, starts, idle)
    if options.json:
        told = {"files": options.files, "starts": [asdict(each) for each in starts]}
        options.json.write_text(json.dumps(told | {"idle": asdict(idle)}, indent=1))


def _compare(other: Path, pairs: int, files: int, seconds: float) -> None:
    """Print what each of the two costs when idle, pair by pair, and the medians."""
    checkouts = {"other": other, "this": REPOSITORY}
    found: dict[str, list[Idle]] = {name: [] for name in checkouts}
    with tempfile.TemporaryDirectory(prefix="idle-") as folder:
        homes = {name: Path(folder, name) for name in checkouts}
        for name, home in homes.items():
            home.mkdir()
            _fill_by(checkouts[name], home, files)
        for _ in range(pairs):
            with contextlib.ExitStack() as running:
                daemons = {
                    name: running.enter_context(known_daemon(homes[name], checkout))
                    for name, checkout in checkouts.items()
                }
                for daemon in daemons.values():
                    daemon.start()
                    daemon.wait_for("rescan_finished")
                for daemon in daemons.values():
                    _classify_one(daemon)
                threading.Event().wait(_CALM_S)
                used = {name: _used(daemon) for name, daemon in daemons.items()}
                threading.Event().wait(seconds)
                for name, before in used.items():
                    found[name].append(_idle_since(before, daemons[name]))
    _print_pairs(found)


def _fill_by(checkout: Path, home: Path, files: int) -> None:
    """The folder holds known photos, as that checkout's journal has them."""
    journal = home / "state" / "gallery-daemon" / "journal.sqlite3"
    program = (
        "import sys; from pathlib import Path; from tests.benchmarks.known import fill;"
        "fill(*map(Path, sys.argv[1:4]), int(sys.argv[4]))"
    )
    places = map(os.fspath, (home / "watch", home / "library", journal))
    words = [sys.executable, "-c", program, *places, str(files)]
    environ = os.environ | {"PYTHONPATH": str(checkout)}
    subprocess.run(words, check=True, cwd=checkout, env=environ)


def _print_pairs(found: dict[str, list[Idle]]) -> None:
    table = Table("idle", "other", "this", "less")
    for what, figure_of in _FIGURES.items():
        other, this = ([figure_of(each) for each in found[name]] for name in ("other", "this"))
        for pair in zip(other, this, strict=True):
            table.add_row(what, *(f"{each:.2f}" for each in (*pair, pair[0] - pair[1])))
        medians = statistics.median(other), statistics.median(this)
        figures = (*medians, medians[0] - medians[1])
        table.add_row(f"{what}, median", *(f"{each:.2f}" for each in figures))
    Console(width=100).print(table)


def known_daemon(
    home: Path, checkout: Path = REPOSITORY, environ: Mapping[str, str] | None = None
) -> FloodedDaemon:
    """A daemon in `home` whose classifier process ends soon after a photo."""
    notify = {"NOTIFY_SOCKET": str(home / "notify")} | dict(environ or {})
    return FloodedDaemon(home, "hardlink", _REAL, more=_MODEL, environ=notify, checkout=checkout)


def _start(daemon: FloodedDaemon, manager: socket.socket, files: int) -> Start:
    heard: list[float] = []

    def listen() -> None:
        while b"READY=1" not in manager.recv(1000):
            pass
        heard.append(time.monotonic())

    manager.settimeout(_READY_S)
    listener = threading.Thread(target=listen)
    listener.start()
    began = time.monotonic()
    daemon.start()
    listener.join()
    at_start = memory(daemon.pid)
    listing = daemon.wait_for("rescan_finished")
    assert (True, 0) == (listing["seen"] >= files, listing["new"]), listing
    return Start(round(heard[0] - began, 3), listing["ms"] / 1000, at_start, memory(daemon.pid))


def leave_alone(daemon: FloodedDaemon, seconds: float) -> Idle:
    """After one photo and the end of the classifier process."""
    _classify_one(daemon)
    threading.Event().wait(_CALM_S)
    before = _used(daemon)
    threading.Event().wait(seconds)
    return _idle_since(before, daemon)


def _classify_one(daemon: FloodedDaemon) -> None:
    # One that no earlier run on the same folder brought.
    number = random.randrange(1_000_000, 1_000_000_000)
    (daemon.watch / f"new-{number}.jpg").write_bytes(photo(number))
    daemon.wait_for("photo_filed", _CLASSIFIED_S)
    daemon.wait_for("classifier_stopped")


def _used(daemon: FloodedDaemon) -> tuple[float, float, int]:
    """The time, and what it has used up to now."""
    return time.monotonic(), ran_s(daemon.pid), wakeups(daemon.pid)


def _idle_since(before: tuple[float, float, int], daemon: FloodedDaemon) -> Idle:
    now = _used(daemon)
    seconds, cpu_s, woken = (late - early for late, early in zip(now, before, strict=True))
    return Idle(round(seconds, 1), round(cpu_s, 4), int(woken), memory(daemon.pid))


def _print(files: int, starts: list[Start], idle: Idle) -> None:
    table = Table("what", "figure", title=f"{files} known files")
    for what, seconds in (
        ("process start to READY, s", [each.ready_s for each in starts]),
        ("start-up scan, s", [each.scan_s for each in starts]),
    ):
        spread = f"median {statistics.median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})"
        table.add_row(what, spread)
    for what, held in (
        ("memory when just started, MB", starts[-1].at_start),
        ("memory after the scan, MB", starts[-1].after_scan),
        ("memory idle, all processes, MB", idle.memory),
    ):
        table.add_row(what, f"RSS {held.rss_mb}, PSS {held.pss_mb}")
    table.add_row(
        f"idle for {idle.seconds:g} s",
        f"{idle.cpu_s:.2f} s of CPU: {idle.cpu_percent:.3f}% of a core",
    )
    table.add_row("wake-ups while idle", f"{idle.wakeups / idle.seconds:.2f} a second")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
