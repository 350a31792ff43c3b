"""A photo as a person is shown it: small, upright, in the colours of a screen, and nothing else.

What a page shows is made of pixels alone: no metadata, no profile, no second frame. Browsers pass
over a WebP's orientation (Chromium 156), so the pixels are turned. The smallest decode that is
enough is taken: a HEIC's thumbnail, a JPEG at an eighth, a quarter or a half.

In the classifier process only.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageCms

from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging.decode import (
    SILENT_DECODERS,
    opened,
    orientation_of_plugin,
    take_thumbnail,
    to_averageable,
    to_rgb,
    turned,
)
from gallery_daemon.imaging.ending import NO_END_MARKER, ending
from gallery_daemon.imaging.heif import clean_aperture
from gallery_daemon.imaging.look import whole_photo
from gallery_daemon.imaging.metadata import read_metadata
from gallery_daemon.imaging.pillow import as_bad_photo, decoding, truncated
from gallery_daemon.imaging.unended import with_end_marker

if TYPE_CHECKING:
    from gallery_daemon.imaging.formats import FileKind
    from gallery_daemon.photo import Identity

MOST_BYTES: Final = 700_000
"""Of a picture, so that it fits into a frame of the pipe."""
# WebP has two thirds of a JPEG's bytes, and takes ten times as long to write: worth it for what a
# page has by the hundred.
_WEBP_SIDE: Final = 640
_WEBP_QUALITY: Final = 80
# For a large one the first that is small enough; then half the side.
_JPEG_QUALITIES: Final = (85, 75, 60)


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """A picture to show: `kind` is "webp" or "jpeg"; width and height are pixels, upright."""

    data: bytes
    kind: str
    width: int
    height: int


def shown_picture(
    path: str, identity: Identity, side: int, *, max_bytes: int, max_pixels: int
) -> ScreenPicture:
    """The photo at `path`, no longer and no wider than `side` pixels; never enlarged.

    Args:
        path: absolute.
        identity: of the file that is meant.
        side: in pixels, 1 or more.
        max_bytes: of the largest file.
        max_pixels: width times height at most, checked before anything is decoded.

    Raises:
        PhotoChanged: it is another file.
        NotAPhoto: it is no photo, or of a kind that is not supported.
        BadPhoto: it cannot be read, or is too large.
        OSError: it cannot be opened or read.
    """
    data, kind = whole_photo(path, identity, max_bytes)
    file = BytesIO(data)
    with as_bad_photo(kind, file), decoding(max_pixels):
        end = ending(file, kind)
        if kind.name in SILENT_DECODERS and not end.whole:
            raise truncated(kind)
        if end == NO_END_MARKER:
            file = BytesIO(with_end_marker(data) or data)
        return _written(_upright(file, kind, side, max_pixels), side)


def _upright(file: BytesIO, kind: FileKind, side: int, max_pixels: int) -> Image.Image:
    """The picture as RGB, no longer than `side`, in the colours of a screen."""
    image = opened(file, kind, max_pixels)
    orientation_of_plugin(image)  # a TIFF's hides its XMP, too, which would turn it a second time
    wanted = _fitting(image.size, side)
    if kind.name == "jpeg":
        image.draft("RGB", wanted)
    elif kind.name == "heic":
        take_thumbnail(image, file.getvalue(), wanted)
    image.load()
    profile = image.info.get("icc_profile")
    orientation = read_metadata(image, file).orientation
    aperture = clean_aperture(file.getvalue(), image.size) if kind.name == "avif" else None
    whole: Image.Image = image if aperture is None else image.crop(aperture)
    size = _fitting(whole.size, side)
    small = to_averageable(whole).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    coloured = _on_screen(to_rgb(small, whole.mode), profile)
    return turned(coloured, orientation)


def _fitting(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size within a square of `side`."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _on_screen(image: Image.Image, profile: object) -> Image.Image:
    """The picture in sRGB, where it has another profile of RGB that can be read."""
    if isinstance(profile, bytes):
        # Of another colour space, such as a scanner's CMYK, or broken: then without.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            target = ImageCms.createProfile("sRGB")
            found = ImageCms.profileToProfile(image, BytesIO(profile), target)
            if found is not None:
                return found
    return image


def _written(image: Image.Image, side: int) -> ScreenPicture:
    if max(image.size) <= _WEBP_SIDE:
        data = _bytes_of(image, "webp", quality=_WEBP_QUALITY, method=2)
        if len(data) <= MOST_BYTES:
            return ScreenPicture(data, "webp", *image.size)
    for quality in _JPEG_QUALITIES:
        data = _bytes_of(image, "jpeg", quality=quality, progressive=True)
        if len(data) <= MOST_BYTES:
            return ScreenPicture(data, "jpeg", *image.size)
    if side <= 1:
        raise BadPhoto("no picture of it is small enough")
    half = max(image.size) // 2
    return _written(image.resize(_fitting(image.size, half), Image.Resampling.LANCZOS), half)


def _bytes_of(image: Image.Image, form: str, **options: object) -> bytes:
    out = BytesIO()
    # Without what Pillow would take over from the source.
    Image.frombytes(image.mode, image.size, image.tobytes()).save(out, form, **options)
    return out.getvalue()
