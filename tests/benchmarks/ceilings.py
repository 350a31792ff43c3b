"""How fast this machine can decode if it does nothing else, and how fast it can infer.

    python -m tests.benchmarks.ceilings decode|inference FOLDER

Each on all cores, with the program's own decoder and its own engine. No pipeline of the two can be
faster than the roofline they imply.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.look import look
from gallery_daemon.model.engines.choose import EngineOptions, load_best
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.photo import Identity, LookKind
from tests.benchmarks.processes import tell_finishes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.imaging.decode import Pixels

BATCH_SIZE = 16
# Other pictures in each batch, and few enough to lie ready in memory.
_PICTURES = 4 * BATCH_SIZE


def main() -> None:
    """Decode the photos, or infer as many pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("decode", "inference"))
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    paths = sorted(options.folder.iterdir())
    tell_finishes(_decode(paths) if options.kind == "decode" else _infer(paths))


def _decode(paths: Sequence[Path]) -> list[float]:
    def finish(path: Path) -> float:
        _pixels(path)
        return time.monotonic()

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        return list(threads.map(finish, paths))


def _infer(paths: Sequence[Path]) -> list[float]:
    pictures = [_pixels(path) for path in paths[:_PICTURES]]
    predict = _predict()
    turns = cycle(pictures)
    finishes: list[float] = []
    while len(finishes) < len(paths):
        predict(np.stack(list(islice(turns, BATCH_SIZE))))
        finishes += [time.monotonic()] * BATCH_SIZE
    return finishes


def _pixels(path: Path) -> Pixels:
    """The picture as the classifier process reads it, uint8 (224, 224, 3)."""
    was = path.stat()
    identity = Identity.of(was)
    limits = {"max_bytes": Limits.photo_bytes, "max_pixels": Limits.photo_pixels}
    return look(str(path), identity, **limits, want_hash=False, kind=LookKind.FULL).picture


def _predict() -> Callable[[Pixels], np.ndarray]:
    """The engine that the program takes here, loaded: uint8 (N, S, S, 3) to (N, C)."""
    bundle = find_bundle("default")
    predictor, _ = load_best(EngineOptions(bundle, engines_file()))
    return lambda pictures: predictor.predict(pictures).probabilities


if __name__ == "__main__":
    main()
