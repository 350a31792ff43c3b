"""Which pictures count as alike: copies that are missed, and others that are not told apart.

    python -m tests.benchmarks.alike [FOLDER ...] [--copies N] [--seen N]

By default of the pictures in `../shared/data/gallery` and `phone`. Each of N pictures is saved
anew, made smaller, brighter, cut and turned a little, and each copy is read as the program reads
photos; and every picture is compared with every other. Then: photos decoded whole and by their
preview, what the bits cost, and how long a journal of so many photos is asked (`asking`).
"""

from __future__ import annotations

import argparse
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance, ImageOps
from pillow_heif import register_heif_opener
from rich.console import Console
from rich.table import Table

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.decode import SIDE, Pixels, read_picture, read_preview
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.look import dhash
from gallery_daemon.photo import PLAIN
from gallery_daemon.rules.conditions.similar import BURST_BITS, NEAR_BITS
from tests.benchmarks.asking import asked_us, took_us
from tests.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_HALF_BITS = 64
_LIMITS = (0, 2, 4, 5, 6, NEAR_BITS, 10, 12, 14, 16, 24, 30, BURST_BITS, 42)
_ROWS_A_TURN = 1_000
_JPEG = 85
# Made shorter for a test suite of their project: they have an end, and grey in place of the rest.
_NOT_WHOLE = "-shortened"


def _saved(image: Image.Image, quality: int = _JPEG) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _halved(image: Image.Image) -> Image.Image:
    size = (max(1, image.width // 2), max(1, image.height // 2))
    return image.resize(size, Image.Resampling.LANCZOS)


def _messenger(image: Image.Image) -> Image.Image:
    small = image.copy()
    small.thumbnail((640, 640))
    return small


def _cut(image: Image.Image, percent: float) -> Image.Image:
    """Without so much of its width and height, half of it on each side."""
    x, y = image.width * percent / 200, image.height * percent / 200
    return image.crop((round(x), round(y), round(image.width - x), round(image.height - y)))


_COPIES: dict[str, Callable[[Image.Image], bytes]] = {
    "saved at 60": lambda image: _saved(image, 60),
    "half": lambda image: _saved(_halved(image)),
    "640 px at 50": lambda image: _saved(_messenger(image), 50),
    "brighter by 20%": lambda image: _saved(ImageEnhance.Brightness(image).enhance(1.2)),
    "cut by 1%": lambda image: _saved(_cut(image, 1)),
    "cut by 2%": lambda image: _saved(_cut(image, 2)),
    "cut by 5%": lambda image: _saved(_cut(image, 5)),
    "turned by 1 degree": lambda image: _saved(image.rotate(1, Image.Resampling.BILINEAR)),
    "turned by 3, cut by 8%": lambda image: _saved(
        _cut(image.rotate(3, Image.Resampling.BILINEAR), 8)
    ),
}


@dataclass(frozen=True)
class _Seen:
    """A picture's bits, and its copies' by what was done; None: too plain.

    `whole` are the bits of the whole decode, of a picture that is read by its preview.
    """

    path: Path
    bits: int | None
    copies: dict[str, int | None]
    whole: int | None = None


def main() -> None:
    """Print the tables."""
    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = Limits.photo_pixels
    options = _options()
    console = Console(width=150)
    paths = sorted(path for folder in options.folders for path in folder.rglob("*"))
    with ProcessPoolExecutor() as pool:
        seen = [each for each in pool.map(_look, paths, chunksize=16) if each is not None]
        some = random.Random(1).sample(seen, min(options.copies, len(seen)))
        copied = list(pool.map(_copies, some, chunksize=8))
    told = [each.bits for each in seen if each.bits is not None]
    console.print(f"{len(seen)} pictures, {len(seen) - len(told)} too plain; {len(copied)} copied")
    console.print(_table(copied, _Pairs(told)))
    apart = [(each.bits ^ each.whole).bit_count() for each in seen if each.bits and each.whole]
    console.print(f"{len(apart)} by their preview, bits away from the whole decode's: {apart}")
    pixels = np.random.default_rng(1).integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    console.print(f"the bits of a picture take {took_us(lambda: dhash(pixels)):.0f} us")
    for name, times in asked_us(options.seen, told).items():
        console.print(f"{options.seen} photos seen, {name}: {times}")


def _options() -> argparse.Namespace:
    usual = [SHARED_DATA / "gallery", SHARED_DATA / "phone"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=usual)
    parser.add_argument("--copies", type=int, default=1_000)
    parser.add_argument("--seen", type=int, default=100_000)
    return parser.parse_args()


def _look(path: Path) -> _Seen | None:
    try:
        data = path.read_bytes()
        bits = _bits(data)
    except (BadPhoto, NotAPhoto, OSError):
        return None
    preview = read_preview(data, sniff(BytesIO(data)), max_pixels=Limits.photo_pixels)
    is_by_preview = preview is not None and _NOT_WHOLE not in path.name
    return _Seen(path, bits, {}, _number(_whole(path)) if is_by_preview else None)


def _whole(path: Path) -> Pixels:
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def _copies(seen: _Seen) -> _Seen:
    try:
        with Image.open(seen.path) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError):
        return seen
    return replace(seen, copies={name: _bits(make(image)) for name, make in _COPIES.items()})


def _bits(data: bytes) -> int | None:
    return _number(read_picture(data, max_pixels=Limits.photo_pixels).pixels)


def _number(pixels: Pixels) -> int | None:
    told = dhash(pixels)
    return None if told == PLAIN else int(told, 16)


class _Pairs:
    """How far all pictures are from each other: in rows' bits alone, and in all."""

    def __init__(self, told: Sequence[int]) -> None:
        self.number = len(told) * (len(told) - 1) // 2
        self._across, self._all = np.zeros(129, np.int64), np.zeros(129, np.int64)
        octets = np.array([list(bits.to_bytes(16, "big")) for bits in told], np.uint8)
        signs = np.unpackbits(octets, axis=1).astype(np.float32) * 2 - 1  # (N, 128)
        for start in range(0, len(told), _ROWS_A_TURN):
            mine, others = signs[start : start + _ROWS_A_TURN], signs[start:]
            # Each pair once: of the square at the front, what is above its diagonal.
            once = np.triu(np.ones((len(mine), len(others)), bool), 1)
            across = _differ(mine[:, :_HALF_BITS], others[:, :_HALF_BITS])
            self._across += np.bincount(across[once], minlength=129)
            down = _differ(mine[:, _HALF_BITS:], others[:, _HALF_BITS:])
            self._all += np.bincount((across + down)[once], minlength=129)

    def across(self, limit: int) -> int:
        """Pairs of which so many of the first 64 bits differ at most."""
        return int(self._across[: limit + 1].sum())

    def all(self, limit: int) -> int:
        """The same of all 128."""
        return int(self._all[: limit + 1].sum())


def _differ(mine: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.int64]:
    apart: NDArray[np.int64] = np.rint((mine.shape[1] - mine @ others.T) / 2).astype(np.int64)
    return apart


def _table(copied: Sequence[_Seen], pairs: _Pairs) -> Table:
    table = Table(title="copies that are missed (%), and pairs of other pictures taken for one")
    table.add_column("bits")
    for name in _COPIES:
        table.add_column(name, justify="right")
    table.add_column(f"of {pairs.number} pairs", justify="right")
    table.add_column("rows' 64 bits alone", justify="right")
    for limit in _LIMITS:
        missed = [f"{100 * _missed(copied, name, limit):.1f}" for name in _COPIES]
        table.add_row(str(limit), *missed, str(pairs.all(limit)), str(pairs.across(limit)))
    return table


def _missed(copied: Sequence[_Seen], name: str, limit: int) -> float:
    pairs = [(each.bits, each.copies.get(name, 0)) for each in copied if each.bits and each.copies]
    far = [mine for mine, copy in pairs if copy is None or (mine ^ copy).bit_count() > limit]
    return len(far) / max(1, len(pairs))


if __name__ == "__main__":
    main()
