"""Floods: how fast, in how much memory, and that not one photo is missed or filed twice.

    python -m tests.benchmarks.flood [--files 50000] [--action hardlink] [--only abcde]

A real daemon with a stand-in for the classifier process, so that the figures are the daemon's own.
Exit status 1 if a photo is missed or doubled. Case b lowers `fs.inotify.max_queued_events` while
the daemon opens its queue, so it needs root.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.benchmarks.flooded import FloodedDaemon
from tests.faults.flooding import account, pour, queue_of
from tests.faults.running import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

_WRITERS = 2
_SHORT_QUEUE = 64


@dataclass(frozen=True)
class Case:
    """A flood: `before` the daemon starts and `during` its life, into its watch folder."""

    letter: str
    name: str
    files: int
    before: Callable[[Path], None]
    during: Callable[[Path], None]
    at_start: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True)
class Outcome:
    """What became of a flood; memory in MB, lines by event."""

    case: str
    files: int
    seconds: float
    files_per_s: float
    missed: int
    doubled: int
    lines: dict[str, int]
    memory_mb: dict[str, float]


def main() -> None:
    """Print the table; exit with 1 if a photo was missed or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--action", default="hardlink")
    parser.add_argument("--only", default="abcde")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--program", default="-m tests.faults.quick_daemon")
    options = parser.parse_args()
    outcomes = []
    for case in _cases(options.files):
        if case.letter in options.only:
            outcomes.append(run_case(case, options.action, tuple(options.program.split())))
            print(outcomes[-1], flush=True)
    _print(outcomes)
    if options.json:
        told = {"action": options.action, "cases": [asdict(outcome) for outcome in outcomes]}
        options.json.write_text(json.dumps(told, indent=1))
    sys.exit(any(outcome.missed or outcome.doubled for outcome in outcomes))


def written_while_it_runs(files: int) -> Case:
    """By two writers at once, under their final names."""
    return Case("a", "written while it runs", files, _nothing, _written(files))


def _cases(files: int) -> tuple[Case, ...]:
    few = files // 5
    folders = files // 25
    return (
        written_while_it_runs(files),
        Case(
            "b",
            f"the same, a queue of {_SHORT_QUEUE} events",
            few,
            _nothing,
            _written(few),
            lambda: queue_of(_SHORT_QUEUE),
        ),
        Case(
            "c", f"{folders} folders moved in at once", folders * 10, _nothing, _moved_in(folders)
        ),
        Case("d", "there before the start", files, _written(files), _nothing),
        Case("e", "renamed into place", files, _nothing, _written(files, is_renamed=True)),
    )


def run_case(
    case: Case, action: str, program: tuple[str, ...], checkout: Path = REPOSITORY
) -> Outcome:
    """What becomes of a flood; `program` as of `FloodedDaemon`."""
    with tempfile.TemporaryDirectory(prefix="flood-") as home:
        with FloodedDaemon(Path(home), action, program, checkout=checkout) as daemon:
            case.before(daemon.watch)
            began = time.monotonic()
            with case.at_start():
                daemon.start()
            began = time.monotonic() if case.during is not _nothing else began
            case.during(daemon.watch)
            ended = daemon.see_through(case.files)
        found = account(daemon.library, range(case.files))
    seconds = ended - began
    return Outcome(
        case=f"{case.letter}: {case.name}",
        files=case.files,
        seconds=round(seconds, 1),
        files_per_s=round(case.files / seconds, 1),
        missed=len(found.missed),
        doubled=len(found.doubled) + sum(times > 1 for times in daemon.filed.values()),
        lines=dict(daemon.counts),
        memory_mb=daemon.memory_mb,
    )


def _nothing(_watch: Path) -> None:
    """No photo comes."""


def _written(files: int, *, is_renamed: bool = False) -> Callable[[Path], None]:
    """By two writers at once, as fast as they can."""

    def write(watch: Path) -> None:
        share = files // _WRITERS
        writers = [
            multiprocessing.Process(
                target=pour,
                args=(watch / f"writer {each}", range(each * share, (each + 1) * share)),
                kwargs={"is_renamed": is_renamed},
            )
            for each in range(_WRITERS)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

    return write


def _moved_in(folders: int) -> Callable[[Path], None]:
    """A tree that was made beside the watch folder, by one rename."""

    def move(watch: Path) -> None:
        pour(watch.with_name("elsewhere"), range(folders * 10), each=10)
        watch.with_name("elsewhere").rename(watch / "tree")

    return move


def _print(outcomes: list[Outcome]) -> None:
    table = Table("case", "files", "s", "files/s", "missed", "doubled", "listings", "memory, MB")
    for outcome in outcomes:
        memory = ", ".join(f"{share} {amount:g}" for share, amount in outcome.memory_mb.items())
        figures = (outcome.files, outcome.seconds, outcome.files_per_s)
        counts = (outcome.missed, outcome.doubled, outcome.lines.get("rescan_finished", 0))
        table.add_row(outcome.case, *map(str, (*figures, *counts)), memory)
    Console(width=120).print(table)
    for outcome in outcomes:
        print(f"{outcome.case}: {outcome.lines}")


if __name__ == "__main__":
    main()
