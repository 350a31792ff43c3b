"""The article's own prediction loop: decode all of it, resize, normalise, float32, one at a time.

    python -m tests.benchmarks.article FOLDER [--reader pillow|cv2] [--photos N]

The article reads with OpenCV; the same with Pillow shows what the reader alone makes. Everything
else is torchvision's as it comes, with as many threads as torch takes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torchvision import transforms

from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.manifest import INPUT_SIZE, find_bundle
from tests.benchmarks.processes import tell_finishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.model.manifest import Manifest


def main() -> None:
    """Classify the photos one by one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", choices=("pillow", "cv2"), default="pillow")
    parser.add_argument("--photos", type=int)
    options = parser.parse_args()
    read = with_pillow if options.reader == "pillow" else _cv2_reader()
    network, manifest = load_bundle(find_bundle("default"))
    transform = article_transform(manifest)
    finishes = []
    with torch.no_grad():
        for path in sorted(options.folder.iterdir())[: options.photos]:
            batch = transform(read(path)).unsqueeze(0)  # (1, 3, 224, 224)
            int(network(batch).softmax(1).argmax(1))
            finishes.append(time.monotonic())
    tell_finishes(finishes)


def article_transform(manifest: Manifest) -> transforms.Compose:
    """A Pillow picture as float32 (3, 224, 224)."""
    side = INPUT_SIZE  # the article's, whatever ours looks at
    return transforms.Compose(
        [
            transforms.Resize((side, side)),
            transforms.ToTensor(),
            transforms.Normalize(manifest.mean, manifest.std),
        ]
    )


def with_pillow(path: Path) -> Image.Image:
    """The whole picture as RGB."""
    with Image.open(path) as image:
        return image.convert("RGB")


def _cv2_reader() -> Callable[[Path], Image.Image]:
    import cv2  # noqa: PLC0415 - need not be installed

    def read(path: Path) -> Image.Image:
        """The whole picture as RGB; OpenCV has it as BGR."""
        return Image.fromarray(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))

    return read


if __name__ == "__main__":
    main()
