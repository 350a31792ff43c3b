"""What the smallest sufficient decode costs in agreement, and what it saves in time.

    python -m tests.benchmarks.decoding [--pictures N] [--heics N] [--seed S] [--data FOLDER]

For each way to a picture the class and the confidence that our `read_picture` leads to are compared
with those of a whole decode of the same bytes by Pillow, resized in one step. Both go through the
float32 reference, so that nothing else differs. The pictures are the JPEG and HEIC photos of
`phone`, and pictures of `gallery` enlarged and saved again as a camera would: with no preview, with
one in the EXIF, as a HEIC and its thumbnail. That thumbnail is a HEIC of its own here: libheif,
when it saves one inside, picks every Nth pixel, which no camera does. Times are medians of one
thread.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps
from pillow_heif import HeifImageFile, from_pillow

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.decode import PREVIEW_SIDES, SIDE, read_picture
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.photo import LookKind
from tests.conftest import SHARED_DATA
from tests.imaging.camera import camera_exif, shot
from tests.imaging.pictures import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.engines.predict import Predictor

_LEAST_PIXELS = 1_000_000
_JPEG_LONG_SIDE, _HEIC_LONG_SIDE = 3000, 1600
_BATCH_SIZE = 16
_SURE = 0.8
# Made shorter for a test suite of their project: they have an end, and grey in place of the rest.
_NOT_WHOLE = "-shortened"


@dataclass
class Way:
    """The pictures that were read in one way: whole, and by us."""

    whole: list[Pixels] = field(default_factory=list)
    ours: list[Pixels] = field(default_factory=list)
    whole_ms: list[float] = field(default_factory=list)
    ours_ms: list[float] = field(default_factory=list)

    def add(self, data: bytes, preview: bytes | None = None) -> None:
        """Read the picture both ways; `preview` is read in its stead where it is apart."""
        start = time.perf_counter()
        self.whole.append(_read_whole(data))
        between = time.perf_counter()
        self.ours.append(read_picture(preview or data, max_pixels=Limits.photo_pixels).pixels)
        self.whole_ms.append((between - start) * 1000)
        self.ours_ms.append((time.perf_counter() - between) * 1000)


def _read_whole(data: bytes) -> Pixels:
    file = BytesIO(data)
    heic = sniff(file).name == "heic"
    file.seek(0)
    image = HeifImageFile(file) if heic else ImageOps.exif_transpose(Image.open(file))
    small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small)


def _phone_photos(folder: Path) -> Iterator[tuple[str, bytes]]:
    """JPEG and HEIC photos of a megapixel and more."""
    for path in sorted(folder.iterdir()):
        if not path.is_file() or _NOT_WHOLE in path.name:
            continue
        data = path.read_bytes()
        try:
            picture = read_picture(data, max_pixels=Limits.photo_pixels)
        except (BadPhoto, NotAPhoto):
            continue
        width, height = picture.size
        if picture.kind.name in {"jpeg", "heic"} and width * height >= _LEAST_PIXELS:
            yield f"phone, {picture.kind.name}", data


def _re_encodings(path: Path) -> Iterator[tuple[str, bytes]]:
    """A picture as camera JPEGs with previews and without."""
    large = _enlarged(path, _JPEG_LONG_SIDE)
    yield "JPEG without preview", written(large, "jpeg", quality=90, exif=camera_exif(large.size))
    for side in (320, 512):
        yield f"JPEG, EXIF preview of {side}", shot(large, _shrunk(large, side))


def _heics(path: Path) -> Iterator[tuple[str, bytes, bytes]]:
    """A picture as HEIC, and as the thumbnail that a camera would put in it."""
    large = _enlarged(path, _HEIC_LONG_SIDE)
    whole = _heic(large, 80)
    for side in (320, 512):
        thumbnail = _resized(large, max(side / max(large.size), SIDE / min(large.size)))
        yield f"HEIC, thumbnail of {side}", whole, _heic(thumbnail, 50)


def _heic(image: Image.Image, quality: int) -> bytes:
    """Encoded fast, as they are many."""
    file = BytesIO()
    from_pillow(image).save(file, quality=quality, enc_params={"preset": "ultrafast"})
    return file.getvalue()


def _enlarged(path: Path, long_side: int) -> Image.Image:
    image = Image.open(path).convert("RGB")
    return _resized(image, long_side / max(image.size))


def _shrunk(image: Image.Image, long_side: int) -> Image.Image:
    """Large enough for a preview whatever the shape, as `long_side` means for 4:3."""
    return _resized(
        image, max(long_side / max(image.size), PREVIEW_SIDES[LookKind.FULL] / min(image.size))
    )


def _resized(image: Image.Image, factor: float) -> Image.Image:
    size = (round(image.width * factor), round(image.height * factor))
    return image.resize(size, Image.Resampling.BICUBIC)


def _probabilities(predictor: Predictor, pictures: list[Pixels]) -> np.ndarray:
    batches = range(0, len(pictures), _BATCH_SIZE)
    return np.concatenate(
        [predictor.predict(np.stack(pictures[at : at + _BATCH_SIZE])) for at in batches]
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=400, help="gallery pictures as JPEG")
    parser.add_argument("--heics", type=int, default=100, help="gallery pictures as HEIC")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    options = parser.parse_args()
    gallery = sorted((options.data / "gallery").rglob("*.jpg"))
    chosen = random.Random(options.seed).sample(gallery, max(options.pictures, options.heics))
    ways: dict[str, Way] = {}
    for way, data in _phone_photos(options.data / "phone"):
        ways.setdefault(way, Way()).add(data)
    for path in chosen[: options.pictures]:
        for way, data in _re_encodings(path):
            ways.setdefault(way, Way()).add(data)
    for path in chosen[: options.heics]:
        for way, data, preview in _heics(path):
            ways.setdefault(way, Way()).add(data, preview)
    _print_table(ways)


def _print_table(ways: dict[str, Way]) -> None:
    predictor = load_predictor(find_bundle("default"))
    print(f"{'way':<26}{'pictures':>9}{'same':>9}{'confidence':>12}{'sure, other':>13}"
          f"{'whole ms':>10}{'ours ms':>9}{'ratio':>7}")  # fmt: skip
    same_of_all, pictures = 0, 0
    for way, read in ways.items():
        whole, ours = (_probabilities(predictor, each) for each in (read.whole, read.ours))
        is_same = whole.argmax(1) == ours.argmax(1)
        difference = float(np.abs(whole.max(1) - ours.max(1)).mean())
        sure_and_other = float((~is_same & (whole.max(1) > _SURE)).mean())
        whole_ms, ours_ms = statistics.median(read.whole_ms), statistics.median(read.ours_ms)
        print(f"{way:<26}{len(is_same):>9}{is_same.mean():>9.2%}{difference:>12.4f}"
              f"{sure_and_other:>13.2%}{whole_ms:>10.1f}{ours_ms:>9.1f}"
              f"{whole_ms / ours_ms:>7.1f}")  # fmt: skip
        same_of_all += int(is_same.sum())
        pictures += len(is_same)
    print(f"{'all':<26}{pictures:>9}{same_of_all / pictures:>9.2%}")


if __name__ == "__main__":
    main()
