"""How many edits of a picture are told by its first rows, and how many unchanged ones look edited.

    python -m tests.benchmarks.edits [--pictures N] [--by-programs N] [--seed S] [--data FOLDER]

Pictures of the galleries, cut to 4:3 and enlarged, with a sensor's noise, are edited and saved as a
program does that keeps a camera's preview of 160x120. Whether that preview would be taken is asked
of the product. Pictures of a phone's camera (cars, mountains, selfies, trees) and others, most of
which no camera wrote, are counted apart.

Then real programs edit the first of these pictures, as photos that a camera wrote which has tables
of its own, and one that codes as libjpeg does. Whether a quick look takes the thumbnail is asked of
all signs together.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import read_preview
from gallery_daemon.imaging.ending import scan_start
from gallery_daemon.imaging.formats import JPEG
from gallery_daemon.imaging.preview import bytes_for_preview
from gallery_daemon.imaging.top_rows import Top, bytes_of_top, compare_tops
from gallery_daemon.photo import LookKind
from tests.conftest import SHARED_DATA
from tests.imaging.camera import small
from tests.imaging.edits import CAMERAS, EDITS
from tests.imaging.pictures import grainy, written
from tests.imaging.programs import (
    EDITED_BY,
    LIBJPEGS,
    NOT_EDITED_BY,
    OWN_TABLES,
    by_camera,
    is_installed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZE = (2016, 1512)
_BY_CAMERA = frozenset({"cars", "mountains", "selfies", "trees"})
_LEAST_SIDE = 180


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--by-programs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    options = parser.parse_args()
    counts: Counter[bool] = Counter()
    taken: dict[str, Counter[bool]] = {}
    by_programs: dict[str, Counter[str]] = {}
    for number, (picture, group) in enumerate(_pictures(options.data, options.seed)):
        if number >= max(options.pictures, options.by_programs):
            break
        if number < options.by_programs:
            for name, make in _taken_of_programs(picture):
                by_programs.setdefault(name, Counter())[make] += 1
        if number < options.pictures:
            counts[group] += 1
            for name, is_taken in _outcomes(picture):
                taken.setdefault(name, Counter())[group] += is_taken
    print(f"{'preview taken':<36}{'by a camera':>14}{'others':>14}")
    print(f"{'of':<36}{counts[True]:>14}{counts[False]:>14}")
    for name, by_group in taken.items():
        shares = (f"{by_group[group] / max(1, counts[group]):>14.1%}" for group in (True, False))
        print(f"{name:<36}{''.join(shares)}")
    print(f"\n{'quick look at the thumbnail':<36}{'own tables':>14}{'as libjpeg':>14}")
    print(f"{'of':<36}{options.by_programs:>14}{options.by_programs:>14}")
    for name in (*NOT_EDITED_BY, *EDITED_BY):
        if not is_installed(name):
            print(f"{name:<36}{'not installed':>14}")
            continue
        found = by_programs.get(name, Counter())
        shares = (f"{found[make] / options.by_programs:>14.1%}" for make in (OWN_TABLES, LIBJPEGS))
        print(f"{name:<36}{''.join(shares)}")


def _pictures(data: Path, seed: int) -> Iterator[tuple[Image.Image, bool]]:
    """The pictures in random order, and whether each is of a phone's camera."""
    paths = sorted(data.glob("gallery*/*/*.jpg"))
    random.Random(seed).shuffle(paths)
    for path in paths:
        with Image.open(path) as image:
            if min(image.size) >= _LEAST_SIDE:
                picture = ImageOps.fit(image.convert("RGB"), _SIZE, Image.Resampling.BICUBIC)
                yield picture, path.parent.name in _BY_CAMERA


def _taken_of_programs(picture: Image.Image) -> Iterator[tuple[str, str]]:
    """The program and the camera's maker wherever the thumbnail counts."""
    for make in (OWN_TABLES, LIBJPEGS):
        photo = by_camera(picture, make)
        for name, program in (NOT_EDITED_BY | EDITED_BY).items():
            if is_installed(name):
                with tempfile.TemporaryDirectory() as folder:
                    edited = program(photo, Path(folder))
                part = bytes_for_preview(BytesIO(edited), JPEG)
                pixels = Limits.photo_pixels
                if part and read_preview(part, JPEG, max_pixels=pixels, look=LookKind.QUICK):
                    yield name, make


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
    return compare_tops(shown, data[: start + bytes_of_top(128 * len(data)) // 128]) is Top.SAME


if __name__ == "__main__":
    main()
