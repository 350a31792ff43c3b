"""How often the chosen engine names the class that the float32 reference names.

    python -m tests.benchmarks.agreement [--every N] [--data FOLDER]

Both engines see the same pictures in the same process, turn by turn; their speeds are printed too,
as the median over batches.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from itertools import islice
from pathlib import Path

import numpy as np

from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.predict import REFERENCE, Predictor
from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.pictures import read_pictures
from tests.conftest import SHARED_DATA

BATCH_SIZE = 16


def main() -> None:
    """Print agreement, mean difference of probabilities, and speeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take every Nth picture")
    parser.add_argument("--data", type=Path, default=SHARED_DATA / "gallery")
    options = parser.parse_args()
    engines = [Predictor(find_bundle("default"), REFERENCE), Predictor(find_bundle("default"))]
    gallery = find_gallery([options.data], engines[0].manifest.classes)
    read = read_pictures(gallery.pictures[:: options.every], os.cpu_count() or 1)
    pixels = (found for _, found in read if not isinstance(found, str))

    agreed, pictures, difference = 0, 0, 0.0
    results: list[np.ndarray] = []
    speeds: list[list[float]] = [[], []]
    while batch := list(islice(pixels, BATCH_SIZE)):
        results = []
        for engine, speed in zip(engines, speeds, strict=True):
            start = time.perf_counter()
            results.append(engine.predict(np.stack(batch)))
            speed.append(len(batch) / (time.perf_counter() - start))
        agreed += int((results[0].argmax(1) == results[1].argmax(1)).sum())
        difference += float(np.abs(results[0] - results[1]).sum(1).sum())
        pictures += len(batch)

    print(f"{pictures} pictures, same class: {agreed / pictures:.2%}")
    print(f"mean difference of a probability: {difference / pictures / results[0].shape[1]:.5f}")
    for engine, speed in zip(engines, speeds, strict=True):
        print(f"{engine.engine}: {statistics.median(speed):.1f} pictures/s")


if __name__ == "__main__":
    main()
