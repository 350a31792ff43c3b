"""What a process and all that it started cost, as the kernel counts it in /proc.

RSS counts a page that two processes share twice, PSS half in each, so that PSS adds up and RSS is
never too kind.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Megabytes (2**20 bytes) of all processes together."""

    rss_mb: float
    pss_mb: float


def family(pid: int) -> tuple[int, ...]:
    """The process and its descendants that live."""
    found = [pid]
    for each in found:
        try:
            tasks = list(Path(f"/proc/{each}/task").iterdir())
            children = " ".join((task / "children").read_text() for task in tasks)
        except OSError:
            continue  # it has just ended
        found += map(int, children.split())
    return tuple(found)


def memory(pid: int) -> Memory:
    """What the family holds now."""
    totals = {"Rss:": 0, "Pss:": 0}
    for each in family(pid):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            key, amount, *_ = line.split()
            if key in totals:
                totals[key] += int(amount)
    return Memory(round(totals["Rss:"] / 1024, 1), round(totals["Pss:"] / 1024, 1))


def cpu_s(pid: int) -> float:
    """Seconds of one core that the family has used, ended children of theirs included."""
    return sum(_cpu_s(each) for each in family(pid))


def _cpu_s(pid: int) -> float:
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    # The name in brackets may hold anything. User and system time are the 14th and 15th field,
    # those of children that were waited for the 16th and 17th. Source: proc_pid_stat(5).
    after = said.rpartition(")")[2].split()
    return sum(map(int, after[11:15])) / _TICKS_PER_S


def ran_s(pid: int) -> float:
    """Seconds of one core that the family's living threads have run, to the nanosecond.

    `cpu_s` is sampled at the kernel's ticks on many kernels: whoever wakes up with a tick and is
    gone in a millisecond counts for a whole one. Source: the kernel's sched-stats.rst, "schedstat".
    """
    ran_ns = 0
    for each in family(pid):
        for task in Path(f"/proc/{each}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                ran_ns += int(task.read_text().split()[0])
    return ran_ns / 1e9


def wakeups(pid: int) -> int:
    """How often a thread of the family gave up its core to wait, which it was woken from."""
    counts = 0
    for each in family(pid):
        for task in Path(f"/proc/{each}/task").iterdir():
            lines = (task / "status").read_text().splitlines()
            counts += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))
    return counts
