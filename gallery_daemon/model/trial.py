"""A trial of one library on this machine: how fast it runs a bundle's network.

    python -P -m gallery_daemon.model.trial BUNDLE LIBRARY DEVICE THREADS

A process of its own, because an engine that does not fit a processor may crash instead of failing,
and because torch, once imported, is never small again. Says one JSON object a line for each way in
which the library can run the network here, with the share of the machine that others took then:
`{"kind": "torch cpu bfloat16", "pictures_per_s": 51, "others": 0.02}`.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from gallery_daemon.errors import GalleryError
from gallery_daemon.model.engine import INT8, Kind
from gallery_daemon.model.others import Stopwatch
from gallery_daemon.model.predict import Predictor, load_predictor
from gallery_daemon.model.probes import probes

# As under a backlog.
_BATCH_SIZE = 16
# Enough for a steady figure; where one batch takes longer, it is the only one.
_ENOUGH_S = 1.0
# Source: linux/prctl.h.
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Try all that the arguments name; what fails is passed over with a word on standard error."""
    end_with_parent()
    # What a library prints does not come between our lines.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    folder, library, device, threads = sys.argv[1:]
    try:
        kinds = _kinds(library, device)
    except GalleryError as error:
        sys.exit(error.sentence)
    for kind in kinds:
        try:
            speed, others = _speed(load_predictor(Path(folder), kind, int(threads) or None))
        except (GalleryError, RuntimeError) as error:
            sys.stderr.write(f"{kind} is not taken: {error}\n")
            continue
        told = {"kind": str(kind), "pictures_per_s": round(speed, 1), "others": round(others, 3)}
        out.write(json.dumps(told) + "\n")
        out.flush()


def end_with_parent() -> None:
    """The kernel kills this process when the thread that started it ends (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _kinds(library: str, device: str) -> tuple[Kind, ...]:
    if library == INT8.library:
        return (INT8,)
    from gallery_daemon.model.torch_engine import torch_kinds  # noqa: PLC0415 - torch is large

    return torch_kinds(device)


def _speed(predictor: Predictor) -> tuple[float, float]:
    """Pictures per second, and the share of the machine that others took meanwhile, 0..1.

    By the fastest batch: whatever else runs here can only make one slower.
    """
    pictures = probes(predictor.manifest.input_size)
    predictor.predict(pictures)  # compiles kernels and warms caches
    batch = np.tile(pictures, (_BATCH_SIZE // len(pictures), 1, 1, 1))
    batch_s: list[float] = []
    stopwatch = Stopwatch.start()
    while sum(batch_s) < _ENOUGH_S:
        began = time.perf_counter()
        predictor.predict(batch)
        batch_s.append(time.perf_counter() - began)
    return _BATCH_SIZE / min(batch_s), stopwatch.others_share()


if __name__ == "__main__":
    main()
