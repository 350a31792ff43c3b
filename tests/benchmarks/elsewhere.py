"""How a model does on camera and phone files that nobody collected for training.

    python -m tests.benchmarks.elsewhere [--model BUNDLE]

The files of `../shared/data/phone` were labelled by eye: nearly all are `other`, which makes them a
test of what matters most, that an ordinary photo is not filed as something that it is not.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from gallery_daemon.cli.figures import print_measures
from gallery_daemon.model.engines.choose import EngineOptions
from gallery_daemon.model.engines.measured import engines_file
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.training.display import Silent
from gallery_daemon.training.evaluate import evaluate
from tests.conftest import SHARED_DATA

LABELS = {"45-gps_ifd.jpg": "cars", "HTC Desire.jpg": "cars", "8bit-sRGB.avif": "trees"}
# Where two people would not agree: a lake below mountains, a waterfall, a single tree, a film
# poster, a line of text, a list of chats of another app, four pictures in one.
UNSURE = {
    "2018-04-12 19_24_49.gif",
    "IMG_20180725_163423-tiny.jpg",
    "Landscape_1.jpg",
    "Landscape_3.jpg",
    "Landscape_6.jpg",
    "Landscape_8.jpg",
    "buggy_panorama.jpg",
    "chatui.png",
    "gif.gif",
    "grid_960x640.heic",
    "no_exif.jpg",
    "panorama360.jpg",
    "screen_2_dark.png",
    "sugarshack.mpo",
    "train.jpg",
    "tree-with-transforms.avif",
}
SIDECARS = {".aae", ".mov", ".mp4", ".xmp"}


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((SHARED_DATA / "phone").iterdir()):
            if path.is_file() and path.suffix.lower() not in SIDECARS and path.name not in UNSURE:
                link = Path(folder, LABELS.get(path.name, "other"), path.name)
                link.parent.mkdir(exist_ok=True)
                link.symlink_to(path.resolve())
        found = evaluate(
            [Path(folder)], EngineOptions(find_bundle(options.model), engines_file()), Silent()
        )
    print(f"model {found.model}; {len(found.skipped)} files are no readable photos")
    print_measures(found.measures, "camera and phone files")


if __name__ == "__main__":
    main()
