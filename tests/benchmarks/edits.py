"""How many edits of a picture are told by its first rows, and how many unchanged ones look edited.

    python -m tests.benchmarks.edits [--pictures N] [--seed S] [--data FOLDER]

Pictures of the galleries, cut to 4:3 and enlarged, with a sensor's noise, are edited and saved as a
program does that keeps a camera's preview of 160x120. Whether that preview would be taken is asked
of the product. Pictures of a phone's camera (cars, mountains, selfies, trees) and others, most of
which no camera wrote, are counted apart.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from gallery_daemon.imaging.ending import scan_start
from gallery_daemon.imaging.top_rows import bytes_of_top, shows_the_same_top
from tests.conftest import SHARED_DATA
from tests.imaging.camera import small
from tests.imaging.edits import CAMERAS, EDITS
from tests.imaging.pictures import grainy, written

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZE = (2016, 1512)
_BY_CAMERA = frozenset({"cars", "mountains", "selfies", "trees"})
_LEAST_SIDE = 180


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    options = parser.parse_args()
    paths = sorted(options.data.glob("gallery*/*/*.jpg"))
    random.Random(options.seed).shuffle(paths)
    counts: Counter[bool] = Counter()
    taken: dict[str, Counter[bool]] = {}
    for path in paths:
        with Image.open(path) as image:
            if min(image.size) < _LEAST_SIDE:
                continue
            picture = ImageOps.fit(image.convert("RGB"), _SIZE, Image.Resampling.BICUBIC)
        group = path.parent.name in _BY_CAMERA
        counts[group] += 1
        for name, is_taken in _outcomes(picture):
            taken.setdefault(name, Counter())[group] += is_taken
        if counts.total() == options.pictures:
            break
    print(f"{'preview taken':<36}{'by a camera':>14}{'others':>14}")
    print(f"{'of':<36}{counts[True]:>14}{counts[False]:>14}")
    for name, by_group in taken.items():
        shares = (f"{by_group[group] / max(1, counts[group]):>14.1%}" for group in (True, False))
        print(f"{name:<36}{''.join(shares)}")


def _outcomes(picture: Image.Image) -> Iterator[tuple[str, bool]]:
    """The name of each case, and whether the preview counts."""
    unchanged = written(grainy(picture), "jpeg", quality=90)
    for name, camera in CAMERAS.items():
        yield f"unchanged: {name}", _is_taken(unchanged, camera(picture))
    preview = CAMERAS["means"](picture)
    for name, edit in EDITS.items():
        yield (
            f"edited: {name}",
            _is_taken(written(grainy(edit(picture)), "jpeg", quality=90), preview),
        )


def _is_taken(data: bytes, preview: Image.Image) -> bool:
    start = scan_start(BytesIO(data), 0)
    assert start is not None
    shown = JpegImageFile(BytesIO(small(preview)))
    # The share of a large photo, as this one is smaller than those of phones.
    return shows_the_same_top(shown, data[: start + bytes_of_top(128 * len(data)) // 128])


if __name__ == "__main__":
    main()
