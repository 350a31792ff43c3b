"""A trial of one library on this machine: how fast it runs a bundle's network.

    python -P -m gallery_daemon.model.engines.trial BUNDLE LIBRARY DEVICE THREADS

A process of its own, because an engine that does not fit a processor may crash instead of failing,
and because torch stays in memory once imported. Prints one JSON object a line for each way in which
the library can run the network here:
`{"kind": "torch cpu bfloat16", "pictures_per_s": 51, "others": 0.02}`.

`others` is the share of the machine that other programs took meanwhile. They slow the engine that
is being timed, so the slower of two may look the faster: with a large share, a figure is not final.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from gallery_daemon.errors import GalleryError
from gallery_daemon.model.engines.predict import Predictor, kinds_of, load_predictor
from gallery_daemon.model.engines.probes import probes

# As under a backlog.
_BATCH_SIZE = 16
# Enough for a steady figure; where one batch takes longer, it is the only one.
_ENOUGH_S = 1.0
# Source: linux/prctl.h.
_PR_SET_PDEATHSIG = 1
_STAT = Path("/proc/stat")
# Source: proc_stat(5), the fields of its first line, in ticks: user, nice, system, idle, iowait,
# irq, softirq, steal. Waiting is not work; guests are counted in user and nice already.
_WORK = (0, 1, 2, 5, 6, 7)
# Twenty ticks of each processor, and too short for a person to notice.
_LOOK_S = 0.2


def main() -> None:
    """Time every engine that the arguments name; one that fails is reported on standard error."""
    end_with_parent()
    # What a library prints goes to standard error, not between our lines.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    folder, library, device, threads = sys.argv[1:]
    try:
        kinds = kinds_of(library, device)
    except GalleryError as error:
        sys.exit(error.sentence)
    for kind in kinds:
        try:
            speed, others = _speed(load_predictor(Path(folder), kind, int(threads) or None))
        except (GalleryError, RuntimeError) as error:
            sys.stderr.write(f"{kind} is not taken: {error}\n")
            continue
        result = {"kind": str(kind), "pictures_per_s": round(speed, 1), "others": round(others, 3)}
        out.write(json.dumps(result) + "\n")
        out.flush()


def end_with_parent() -> None:
    """From now on the kernel kills this process when the thread that started it ends (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _speed(predictor: Predictor) -> tuple[float, float]:
    """Pictures per second, and the share of the machine that others took meanwhile (0..1).

    The speed is that of the fastest batch: other programs can only make a batch slower.
    """
    pictures = probes(predictor.manifest.full.size)
    predictor.predict(pictures)  # compiles kernels and warms caches
    batch = np.tile(pictures, (_BATCH_SIZE // len(pictures), 1, 1, 1))
    batch_s: list[float] = []
    stopwatch = Stopwatch.start()
    while sum(batch_s) < _ENOUGH_S:
        began = time.perf_counter()
        predictor.predict(batch)
        batch_s.append(time.perf_counter() - began)
    return _BATCH_SIZE / min(batch_s), stopwatch.others_share()


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """When it was started: the clock, the machine's work and this process's work, in seconds."""

    wall_s: float
    work_s: float | None
    own_s: float

    @classmethod
    def start(cls) -> Self:
        """A stopwatch that runs from now on."""
        return cls(time.perf_counter(), _work_s(), time.process_time())

    def others_share(self) -> float:
        """The share of all processors that others took since the start, 0..1; 0 if not known."""
        now = Stopwatch.start()
        if self.work_s is None or now.work_s is None or now.wall_s <= self.wall_s:
            return 0.0
        others_s = now.work_s - self.work_s - (now.own_s - self.own_s)
        share = others_s / ((now.wall_s - self.wall_s) * (os.cpu_count() or 1))
        return min(max(share, 0.0), 1.0)


def share_of_others() -> float:
    """The share of all processors that others take now, 0..1, measured for a fifth of a second."""
    stopwatch = Stopwatch.start()
    threading.Event().wait(_LOOK_S)
    return stopwatch.others_share()


def _work_s() -> float | None:
    try:
        name, *ticks = _STAT.read_text("ascii").partition("\n")[0].split()
        work = sum(int(ticks[field]) for field in _WORK)
    except (OSError, ValueError, IndexError):
        return None
    return work / os.sysconf("SC_CLK_TCK") if name == "cpu" else None


if __name__ == "__main__":
    main()
