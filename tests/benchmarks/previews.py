"""What not decoding the whole picture saves, photo by photo, in decoding alone.

    python -m tests.benchmarks.previews FOLDER [--rounds N]

HEIC photos with an embedded preview, and JPEGs of 3 megapixels and more: the program's own reading
of the file's bytes against a whole decode and the same resize, turn by turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pillow_heif
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.decode import SIDE, read_picture
from gallery_daemon.imaging.formats import sniff

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAST_JPEG_PIXELS = 3_000_000


@dataclass(frozen=True)
class Saving:
    """Medians over the rounds, in milliseconds."""

    photo: str
    kind: str
    megapixels: float
    ours_ms: float
    whole_ms: float

    @property
    def times(self) -> float:
        """How many times as fast ours is."""
        return self.whole_ms / self.ours_ms


def main() -> None:
    """Print one line of JSON for each photo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for path in sorted(options.folder.rglob("*")):
        if path.is_file() and (size := _size_if_wanted(path)):
            print(json.dumps(asdict(_saving(path, size, options.rounds))), flush=True)


def _size_if_wanted(path: Path) -> tuple[int, int] | None:
    """Width and height of a photo that both sides can read."""
    data = path.read_bytes()
    kind = sniff(BytesIO(data)).name
    try:
        if kind == "heic":
            heif = pillow_heif.open_heif(BytesIO(data))
            is_wanted, size = bool(heif.info["thumbnails"]), heif.size
        elif kind == "jpeg":
            with JpegImageFile(BytesIO(data)) as image:
                is_wanted, size = image.width * image.height >= _LEAST_JPEG_PIXELS, image.size
        else:
            return None
        if is_wanted:
            _WHOLE[kind](data)
            read_picture(data, max_pixels=Limits.photo_pixels)
    except (BadPhoto, NotAPhoto, EOFError, OSError, ValueError, SyntaxError):
        return None
    return size if is_wanted else None


def _saving(path: Path, size: tuple[int, int], rounds: int) -> Saving:
    data = path.read_bytes()
    kind = sniff(BytesIO(data)).name
    ours, whole = [], []
    for _ in range(rounds):
        ours.append(_took_ms(lambda: read_picture(data, max_pixels=Limits.photo_pixels)))
        whole.append(_took_ms(lambda: _WHOLE[kind](data)))
    return Saving(
        path.name,
        kind,
        round(size[0] * size[1] / 1e6, 1),
        statistics.median(ours),
        statistics.median(whole),
    )


def _took_ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _whole_heic(data: bytes) -> None:
    _square(pillow_heif.open_heif(BytesIO(data)).to_pillow())


def _whole_jpeg(data: bytes) -> None:
    with JpegImageFile(BytesIO(data)) as image:
        _square(image)


def _square(image: Image.Image) -> None:
    image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)


_WHOLE: dict[str, Callable[[bytes], None]] = {"heic": _whole_heic, "jpeg": _whole_jpeg}


def savings_in(output: str) -> list[Saving]:
    """What `main` has printed."""
    return [Saving(**json.loads(line)) for line in output.splitlines()]


if __name__ == "__main__":
    main()
