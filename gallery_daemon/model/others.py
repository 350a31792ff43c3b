"""How much of the machine other programs take while something is timed.

Work beside a trial slows whichever engine is on just then, so the slower one may look the faster;
what was measured in company is not to be relied on for long.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_STAT = Path("/proc/stat")
# Source: proc_stat(5), the fields of its first line, in ticks: user, nice, system, idle, iowait,
# irq, softirq, steal. Waiting is not work; guests are counted in user and nice already.
_WORK = (0, 1, 2, 5, 6, 7)
# Twenty ticks of each processor, and too short for a person to notice.
_A_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Started; seconds of the clock, of all work of the machine, and of this process's own."""

    wall_s: float
    work_s: float | None
    own_s: float

    @classmethod
    def start(cls) -> Self:
        """It runs from now on."""
        return cls(time.perf_counter(), _work_s(), time.process_time())

    def others_share(self) -> float:
        """What others took of all processors since the start, 0..1; 0 where no kernel tells."""
        now = Stopwatch.start()
        if self.work_s is None or now.work_s is None or now.wall_s <= self.wall_s:
            return 0.0
        others_s = now.work_s - self.work_s - (now.own_s - self.own_s)
        share = others_s / ((now.wall_s - self.wall_s) * (os.cpu_count() or 1))
        return min(max(share, 0.0), 1.0)


def share_of_others() -> float:
    """What others take of all processors just now, 0..1: a look of a fifth of a second."""
    stopwatch = Stopwatch.start()
    threading.Event().wait(_A_LOOK_S)
    return stopwatch.others_share()


def _work_s() -> float | None:
    try:
        name, *ticks = _STAT.read_text("ascii").partition("\n")[0].split()
        work = sum(int(ticks[field]) for field in _WORK)
    except (OSError, ValueError, IndexError):
        return None
    return work / os.sysconf("SC_CLK_TCK") if name == "cpu" else None
