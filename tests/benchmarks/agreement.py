"""How often each engine names the class that the float32 reference names, and how fast it is.

    python -m tests.benchmarks.agreement [--pictures N] [--bundle BUNDLE] [--data FOLDER]

On pictures that the bundle's training kept for validation, as far as its manifest says which these
were, and on the camera files of `../shared/data/phone`, which no training has seen. All engines see
the same pictures in the same process, turn by turn; speeds are medians over batches.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from rich.console import Console
from rich.table import Table

from gallery_daemon.model.engines.engine import INT8, REFERENCE, EngineKind
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.engines.torch import torch_kinds
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.training.dataset import Labelled
from gallery_daemon.training.pictures import read_pictures
from tests.benchmarks.held_out import held_out
from tests.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.model.engines.engine import PictureBatch
    from gallery_daemon.model.engines.predict import Predictor, Probabilities

BATCH_SIZE = 16
_SURE = 0.8


@dataclass
class Against:
    """What an engine came to beside the reference."""

    agreed: list[bool] = field(default_factory=list)
    differences: list[float] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    sure_and_other: int = 0
    speeds: list[float] = field(default_factory=list)

    def add(self, found: Probabilities, reference: Probabilities) -> None:
        """One more batch of both, (N, C) each."""
        same = found.argmax(1) == reference.argmax(1)
        self.agreed += same.tolist()
        self.differences.append(float(np.abs(found - reference).mean()))
        self.confidences += np.abs(found.max(1) - reference.max(1)).tolist()
        self.sure_and_other += int((~same & (reference.max(1) > _SURE)).sum())


def main() -> None:
    """Print a table for each set of pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1600, help="of the gallery, at most")
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    options = parser.parse_args()
    bundle = find_bundle(options.bundle)
    manifest = read_manifest(bundle)
    kinds = [REFERENCE, *(each for each in torch_kinds("cpu") if each != REFERENCE)]
    kinds += [INT8] if manifest.int8 else []
    engines = [load_predictor(bundle, kind) for kind in kinds]
    held = held_out(options.data, manifest)[: options.pictures]
    phone = [Labelled(path, 0) for path in sorted((options.data / "phone").rglob("*.*"))]
    for name, pictures in (("validation pictures", held), ("camera files", phone)):
        _show(name, _compare(engines, pictures))


def _compare(
    engines: Sequence[Predictor], pictures: Sequence[Labelled]
) -> dict[EngineKind, Against]:
    found = {engine.kind: Against() for engine in engines}
    pixels = (each for _, each in read_pictures(pictures, os.cpu_count() or 1) if not _is_bad(each))
    for batch in _batches(cast("Iterator[PictureBatch]", pixels)):
        reference: Probabilities | None = None
        for engine in engines:
            began = time.perf_counter()
            probabilities = engine.predict(batch).probabilities
            if len(batch) == BATCH_SIZE:
                found[engine.kind].speeds.append(BATCH_SIZE / (time.perf_counter() - began))
            reference = probabilities if reference is None else reference
            found[engine.kind].add(probabilities, reference)
    return found


def _is_bad(found: object) -> bool:
    return isinstance(found, str)


def _batches(pixels: Iterator[PictureBatch]) -> Iterator[PictureBatch]:
    while batch := list(islice(pixels, BATCH_SIZE)):
        yield np.stack(batch)


def _show(name: str, found: dict[EngineKind, Against]) -> None:
    pictures = len(found[REFERENCE].agreed)
    table = Table(title=f"{pictures} {name}")
    for heading in ("engine", "same class", "probability", "confidence", "sure, other", "1/s"):
        table.add_column(heading, justify="left" if heading == "engine" else "right")
    for kind, each in found.items():
        table.add_row(
            str(kind),
            f"{np.mean(each.agreed):.2%}",
            f"{np.mean(each.differences):.4f}",
            f"{np.mean(each.confidences):.4f}",
            str(each.sure_and_other),
            f"{statistics.median(each.speeds):.0f}" if each.speeds else "-",
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
