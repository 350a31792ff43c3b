"""What the daemon costs while nothing happens, and how soon it is ready and through its folder.

    python -m tests.benchmarks.idle [--files 100000] [--starts 5] [--seconds 300] [--home FOLDER]
    python -m tests.benchmarks.idle --against CHECKOUT [--pairs 5] [--files 100] [--seconds 5]

A real daemon with the real classifier process, on a folder of photos that the journal knows. It is
started several times (the first reads from a cold page cache, if anything is cold); the last one
classifies a photo, its classifier process ends after two idle seconds, and then it is left alone.
No rescan falls into that time.

`--against` measures the idle memory of this checkout and of another one in turn, so that what the
machine does meanwhile falls on both.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import statistics
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
    from collections.abc import Mapping

_MODEL = "model: {path: default, idle_timeout: 2s}\n"
_REAL = ("-m", "gallery_daemon")
_READY_S = 30.0
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
    """Print what each of the two holds when idle, pair by pair, and the medians."""
    checkouts = {"other": other, "this": REPOSITORY}
    held: dict[str, list[Memory]] = {name: [] for name in checkouts}
    with tempfile.TemporaryDirectory(prefix="idle-") as folder:
        homes = {name: Path(folder, name) for name in checkouts}
        for home in homes.values():
            home.mkdir()
            journal = home / "state" / "gallery-daemon" / "journal.sqlite3"
            fill(home / "watch", home / "library", journal, files)
        for _ in range(pairs):
            for name, checkout in checkouts.items():
                with known_daemon(homes[name], checkout) as daemon:
                    daemon.start()
                    daemon.wait_for("rescan_finished")
                    held[name].append(leave_alone(daemon, seconds).memory)
    _print_pairs(held)


def _print_pairs(held: dict[str, list[Memory]]) -> None:
    table = Table("idle, MB", "other", "this", "less")
    for what in ("rss_mb", "pss_mb"):
        other, this = ([getattr(each, what) for each in held[name]] for name in ("other", "this"))
        for pair in zip(other, this, strict=True):
            table.add_row(what[:3].upper(), *(f"{mb:.1f}" for mb in (*pair, pair[0] - pair[1])))
        medians = statistics.median(other), statistics.median(this)
        figures = (*medians, medians[0] - medians[1])
        table.add_row(f"{what[:3].upper()} median", *(f"{mb:.1f}" for mb in figures))
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
    # One that no earlier run on the same folder brought.
    number = random.randrange(1_000_000, 1_000_000_000)
    (daemon.watch / f"new-{number}.jpg").write_bytes(photo(number))
    daemon.wait_for("photo_filed")
    daemon.wait_for("classifier_stopped")
    threading.Event().wait(_CALM_S)
    began, cpu_before, woken_before = time.monotonic(), ran_s(daemon.pid), wakeups(daemon.pid)
    threading.Event().wait(seconds)
    return Idle(
        seconds=round(time.monotonic() - began, 1),
        cpu_s=round(ran_s(daemon.pid) - cpu_before, 2),
        wakeups=wakeups(daemon.pid) - woken_before,
        memory=memory(daemon.pid),
    )


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
        f"idle for {idle.seconds:g} s", f"{idle.cpu_s} s of CPU: {idle.cpu_percent:.3f}% of a core"
    )
    table.add_row("wake-ups while idle", f"{idle.wakeups / idle.seconds:.2f} a second")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
