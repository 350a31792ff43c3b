"""Programs that edit a photo and keep its camera's thumbnail, and cameras that wrote it.

Each program leaves the size, the dates and the thumbnail as they were, as far as it lets itself be
told so: who sets EXIF's date, names itself, or changes the size is found by that alone.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile

from tests.imaging.camera import camera_exif, small, with_preview
from tests.imaging.edits import EDITS, PREVIEW
from tests.imaging.pictures import grainy, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Program = Callable[[bytes, Path], bytes]

OWN_TABLES, LIBJPEGS = "Apple", "Maker"
"""Of a camera with tables of its own, and of one that codes as libjpeg does."""


@cache
def _tables() -> Mapping[int, list[int]]:
    """Of no quality of libjpeg's."""
    with Image.open(BytesIO(written(Image.new("RGB", (8, 8)), "jpeg", quality=90))) as image:
        assert isinstance(image, JpegImageFile)
        return {
            number: [step + 1 for step in table] for number, table in image.quantization.items()
        }


def by_camera(picture: Image.Image, make: str) -> bytes:
    """The photo as the camera of that maker writes it."""
    exif = camera_exif(picture.size)
    exif[ExifTags.Base.Make] = make
    block = with_preview(exif, small(picture.resize(PREVIEW, Image.Resampling.BOX)))
    tables = {"qtables": _tables()} if make == OWN_TABLES else {"quality": 90}
    return written(grainy(picture), "jpeg", exif=block, **tables)


def _pillow(name: str) -> Program:
    """Snapseed and its like are made so, without their names: new pixels, and all of the EXIF."""

    def run(photo: bytes, _: Path) -> bytes:
        with Image.open(BytesIO(photo)) as image:
            return written(EDITS[name](image), "jpeg", quality=95, exif=image.info["exif"])

    return run


def _copied_by_exiftool(name: str) -> Program:
    """An app that drops EXIF, and exiftool that brings it back."""

    def run(photo: bytes, folder: Path) -> bytes:
        source, edited = folder / "source.jpg", folder / "edited.jpg"
        source.write_bytes(photo)
        with Image.open(source) as image:
            edited.write_bytes(written(EDITS[name](image), "jpeg", quality=90))
        _run("exiftool", "-q", "-overwrite_original", "-TagsFromFile", source, "-exif", edited)
        return edited.read_bytes()

    return run


def _command(*command: str) -> Program:
    """A program that reads `in.jpg` and writes `out.jpg`."""

    def run(photo: bytes, folder: Path) -> bytes:
        places = {"IN": folder / "in.jpg", "OUT": folder / "out.jpg"}
        places["IN"].write_bytes(photo)
        _run(*(places.get(word, word) for word in command))
        return places["OUT"].read_bytes()

    return run


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, timeout=60, capture_output=True)


EDITED_BY: dict[str, Program] = {
    "an app: more colour": _pillow("more colour"),
    "an app: black and white": _pillow("black and white"),
    "an app: more contrast": _pillow("more contrast"),
    "an app: brighter": _pillow("brighter"),
    "an app: words at the top": _pillow("words at the top"),
    "an app: mirrored": _pillow("mirrored"),
    "an app: cropped to nine tenths": _pillow("cropped to nine tenths"),
    "exiftool: more colour": _copied_by_exiftool("more colour"),
    "exiftool: words at the top": _copied_by_exiftool("words at the top"),
    "convert: more colour": _command("convert", "IN", "-modulate", "100,160", "OUT"),
    "convert: words at the top": _command(
        "convert", "IN", "-gravity", "north", "-fill", "white", "-pointsize", "150",
        "-annotate", "+0+20", "WHEN YOU SEE IT", "OUT",
    ),
    "convert: cut in half": _command("convert", "IN", "-crop", "50%x50%+0+0", "OUT"),
    "jpegtran: mirrored": _command(
        "jpegtran", "-copy", "all", "-flip", "horizontal", "-outfile", "OUT", "IN"
    ),
    "jpegtran: turned by a half": _command(
        "jpegtran", "-copy", "all", "-rotate", "180", "-outfile", "OUT", "IN"
    ),
    "jpegtran: turned by a quarter": _command(
        "jpegtran", "-copy", "all", "-rotate", "90", "-outfile", "OUT", "IN"
    ),
    "jpegtran: grey": _command("jpegtran", "-copy", "all", "-grayscale", "-outfile", "OUT", "IN"),
    "jpegtran: cut in half": _command(
        "jpegtran", "-copy", "all", "-crop", "1008x752+0+0", "-outfile", "OUT", "IN"
    ),
}  # fmt: skip
NOT_EDITED_BY: dict[str, Program] = {
    "nobody": lambda photo, _: photo,
    "exiftool: a comment and a place": _command(
        "exiftool", "-q", "-UserComment=seen", "-GPSLatitude=1", "-GPSLatitudeRef=N",
        "-o", "OUT", "IN",
    ),
    "exiftool: turned by its tag": _command(
        "exiftool", "-q", "-n", "-Orientation=6", "-o", "OUT", "IN"
    ),
    "jpegtran: other codes": _command(
        "jpegtran", "-copy", "all", "-optimize", "-outfile", "OUT", "IN"
    ),
}  # fmt: skip


def is_installed(name: str) -> bool:
    """Whether the program of that name in `EDITED_BY` or `NOT_EDITED_BY` is here."""
    program = name.partition(":")[0]
    return program in {"an app", "nobody"} or shutil.which(program) is not None
