"""Two builds of the daemon: under a flood, and with nothing to do.

The flood is of tiny photos, with a stand-in for the classifier process, so that its figures are the
daemon's own. While nothing happens, both run at the same time: what the machine does meanwhile
falls on both, and neither disturbs the other.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.builds import Both, in_turn
from tests.benchmarks.flood import run_case, written_while_it_runs
from tests.benchmarks.idle import known_daemon, leave_alone
from tests.benchmarks.processes import Broken, environ_with
from tests.benchmarks.rows import Compared, Target, at_least, at_most, row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.benchmarks.builds import Build
    from tests.benchmarks.idle import Idle
    from tests.benchmarks.rows import Row

_STAND_IN = ("-m", "tests.faults.quick_daemon")
# Run by each checkout, as each has a journal of its own form.
_FILL = """
import sys
from pathlib import Path
from tests.benchmarks.known import fill
fill(*map(Path, sys.argv[1:4]), int(sys.argv[4]))
"""
_LESS_MB = 4.0
_WAKEUPS = (0.2, 0.25)


def flood_row(both: Both[Build], files: int, rounds: int, say: Callable[[str], None]) -> Row:
    """Photos a second, from when the first is written to when the last is filed.

    Raises:
        Broken: a photo was missed, or filed twice.
    """

    def flooded(build: Build) -> float:
        found = run_case(written_while_it_runs(files), "hardlink", _STAND_IN, build.checkout)
        say(f"{build.name}: {found.files} photos in {found.seconds:.1f} s")
        if found.missed or found.doubled:
            raise Broken(f"{build.name}: {found.missed} missed, {found.doubled} filed twice")
        return found.files_per_s

    rates = [in_turn(both, flooded, turn) for turn in range(rounds)]
    return row(
        f"{files} tiny photos written while it runs",
        "photos/s",
        [each.ours for each in rates],
        [each.theirs for each in rates],
        at_least(2),
    )


@dataclass(frozen=True, slots=True)
class Rest:
    """How many files are known, and for how long nothing happens."""

    files: int
    seconds: float


def idle_rows(
    both: Both[Build], rest: Rest, work: Path, rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """Processor time, memory and wake-ups while nothing happens."""
    homes = Both(work / "idle-ours", work / "idle-theirs")
    for home, build in ((homes.ours, both.ours), (homes.theirs, both.theirs)):
        _fill(home, build, rest.files)
    found = []
    for _ in range(rounds):
        found.append(_both_idle(both, homes, rest))
        for build, idle in ((both.ours, found[-1].ours), (both.theirs, found[-1].theirs)):
            say(f"{build.name}: {idle}")

    def idle_row(what: str, unit: str, figure: Callable[[Idle], float], target: Target) -> Row:
        ours, theirs = (
            [figure(each.ours) for each in found],
            [figure(each.theirs) for each in found],
        )
        return row(what, unit, ours, theirs, target)

    title = f"idle for {rest.seconds:g} s, {rest.files} known files: "
    return [
        idle_row(f"{title}processor", "s", lambda idle: idle.cpu_s, at_most(0.5)),
        idle_row(
            f"{title}memory",
            "MB (RSS)",
            lambda idle: idle.memory.rss_mb,
            Target(Compared.LESS, least=_LESS_MB),
        ),
        idle_row(
            f"{title}wake-ups",
            "1/s",
            lambda idle: idle.wakeups / idle.seconds,
            Target(Compared.OURS, *_WAKEUPS),
        ),
    ]


def _fill(home: Path, build: Build, files: int) -> None:
    home.mkdir()
    folders = (home / "watch", home / "library", home / "state/gallery-daemon/journal.sqlite3")
    subprocess.run(
        (sys.executable, "-c", _FILL, *map(str, folders), str(files)),
        cwd=build.checkout,
        env=environ_with(build.environ, build.checkout),
        check=True,
    )


def _both_idle(both: Both[Build], homes: Both[Path], rest: Rest) -> Both[Idle]:
    with ExitStack() as running, ThreadPoolExecutor() as pool:
        ours, theirs = (
            running.enter_context(known_daemon(home, build.checkout, build.environ))
            for home, build in ((homes.ours, both.ours), (homes.theirs, both.theirs))
        )
        for daemon in (ours, theirs):
            daemon.start()
            daemon.wait_for("rescan_finished")
        left = [pool.submit(leave_alone, daemon, rest.seconds) for daemon in (ours, theirs)]
        return Both(left[0].result(), left[1].result())
