"""What one would write today: torchvision's transforms in a `DataLoader`, two workers, batches.

python -m tests.benchmarks.loader FOLDER
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.utils.data import DataLoader, Dataset

from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.manifest import find_bundle
from tests.benchmarks.article import article_transform, with_pillow
from tests.benchmarks.processes import tell_finishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchvision import transforms

BATCH_SIZE = 16
_WORKERS = 2


class _Photos(Dataset[torch.Tensor]):
    def __init__(self, paths: Sequence[Path], transform: transforms.Compose) -> None:
        self._paths, self._transform = paths, transform

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, place: int) -> torch.Tensor:
        picture: torch.Tensor = self._transform(with_pillow(self._paths[place]))
        return picture


def main() -> None:
    """Classify the photos batch by batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    network, manifest = load_bundle(find_bundle("default"))
    photos = _Photos(sorted(options.folder.iterdir()), article_transform(manifest))
    finishes: list[float] = []
    with torch.no_grad():
        for batch in DataLoader(photos, batch_size=BATCH_SIZE, num_workers=_WORKERS):
            network(batch).softmax(1).argmax(1).tolist()
            finishes += [time.monotonic()] * len(batch)
    tell_finishes(finishes)


if __name__ == "__main__":
    main()
