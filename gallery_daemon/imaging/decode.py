"""Bytes to a square RGB picture, by the smallest decode that is enough.

A camera's own preview is used if it is large enough and shows this very picture: a JPEG has one in
its EXIF (`preview` says when it counts), a HEIC has a thumbnail, which libheif gives by `draft`.
(AVIF allows one, too, but no real file has been seen with one, and Pillow's plugin would not give
it.) What is enough depends on the look: nearly every phone's preview of 160x120 serves a quick one,
a picture of 128x128; the full look's has 224x224, and few previews serve that.
Otherwise `draft` asks libjpeg for an eighth, a quarter or a half of the size, so a 12-megapixel
photo takes some ten milliseconds. Then the picture is resized to the square (squashed, so that
nothing at the edge is lost), its colours become RGB, and the camera's orientation is applied: in
this order each step has the fewest pixels.

Colours change in two steps around the resize. Before it to values that can be averaged: no palette,
no single bits, no transparent colour key. After it, with few pixels left, to RGB on white: the
slow conversions (CMYK, LAB, 16 bits, alpha).

The plugin of the sniffed kind is called by its class and no other sees the file: Pillow's registry
would start Ghostscript for an EPS. Pillow raises nearly anything on a hostile file; all of it
becomes `BadPhoto` with one sentence (`pillow`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.ending import NO_END_MARKER, ending
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.heif import clean_aperture, thumbnails_of
from gallery_daemon.imaging.intact import is_intact_hevc
from gallery_daemon.imaging.metadata import (
    Metadata,
    checked_orientation,
    hide_xmp,
    read_metadata,
)
from gallery_daemon.imaging.pillow import as_bad_photo, decoding, truncated
from gallery_daemon.imaging.png import used_chunks
from gallery_daemon.imaging.preview import bytes_for_preview, claims_to_show, find_preview
from gallery_daemon.imaging.top_rows import Top, compare_tops
from gallery_daemon.imaging.unended import with_end_marker
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL.ImageFile import ImageFile

    from gallery_daemon.imaging.formats import FileKind


Pixels = NDArray[np.uint8]
SIDE = 224
"""Of the picture for a full look."""
QUICK_SIDE = 128
"""Of the picture for a quick look, nearly what a camera's preview has."""

# A JPEG counts as one picture, even where a gain map or a second view follows (MPO).
_OPENERS: dict[str, Callable[[BytesIO], ImageFile]] = {
    "jpeg": JpegImageFile,
    "png": lambda file: PngImageFile(BytesIO(used_chunks(file.getvalue()))),
    "gif": GifImageFile,
    "webp": WebPImageFile,
    "bmp": BmpImageFile,
    "tiff": TiffImageFile,
    "heic": HeifImageFile,
    "avif": AvifImageFile,
}
# The least width and height of a HEIC's thumbnail for a look: the whole takes a second.
_THUMBNAILS = {LookKind.FULL: (SIDE, SIDE), LookKind.QUICK: (112, 112)}
# The same of a JPEG's preview. For a full look a little more than the network's, as the whole takes
# some ten milliseconds: of 450 pictures with a preview 320 long and 224 or more on the short side,
# 99.3% got the class of the whole decode, and 99.6% with 240 or more. The others' confidence was
# below 0.4 (`tests.benchmarks.previews`). For a quick look 160x120 will do, and not 160x90.
PREVIEW_SIDES = {LookKind.FULL: 240, LookKind.QUICK: 112}
# The least size to ask of libjpeg's scaled decode. More than SIDE, because two filters of nearly
# the same reach blur: at 225 pixels the confidence differs by 0.010 from the whole decode's and one
# class in 150 is another, at 270 by 0.006, at 375 (of 12 megapixels) by 0.003, with no other class
# in 57. `python -m tests.benchmarks.decoding` compares all ways.
_DRAFT = (256, 256)
SILENT_DECODERS = frozenset({"heic", "avif"})
"""The decoders of these do not notice a missing end: a cut HEIC becomes grey tiles."""

_UNENDED = "its end marker is missing, but all of the picture is there"

# How pixels are turned upright, by EXIF's orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset({5, 6, 7, 8})

# Pillow's modes.
_SIXTEEN_BITS = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_AVERAGEABLE_AS = {"1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA"}
_WITH_ALPHA = frozenset({"LA", "RGBA"})
_KEYED = frozenset({"1", "L", "P", "RGB"})


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPhoto:
    """A decoded photo.

    `pixels` are uint8 (224, 224, 3): rows, columns, RGB, upright; or (128, 128, 3), if `look` says
    that they are of a preview that is enough for a quick look only. `size` is the whole picture's
    width and height, upright; `orientation` is EXIF's 1 to 8 as the camera wrote it, and 1 for a
    HEIC whose container turns it, whatever its EXIF says. `remark` is what is wrong with the file
    or its metadata although the picture is whole, for people.
    """

    kind: FileKind
    pixels: Pixels
    size: tuple[int, int]
    orientation: int
    metadata: Metadata
    look: LookKind = LookKind.FULL
    remark: str | None = None


def read_picture(data: bytes, *, max_pixels: int) -> DecodedPhoto:
    """The picture in a file's bytes; the first of several.

    Args:
        data: the whole file.
        max_pixels: width times height at most, checked before anything is decoded.

    Raises:
        NotAPhoto: it is no photo, or of a kind that is not supported.
        BadPhoto: it claims to be a photo and cannot be read, or is too large.
    """
    file = BytesIO(data)
    kind = sniff(file)
    if not kind.is_photo:
        raise NotAPhoto(kind.words)
    end = ending(file, kind)
    if kind.name in SILENT_DECODERS and not end.whole:
        raise truncated(kind)
    if end == NO_END_MARKER:
        return _read_unended(file, kind, max_pixels)
    by_preview = None
    if kind.name == "jpeg":
        # The part, so that who wants a hash is shown the same as who does not.
        part = bytes_for_preview(file, kind) or data
        by_preview = read_preview(part, kind, max_pixels=max_pixels)
    # A whole preview must not hide that the end of the file is missing.
    if by_preview and end.whole:
        return by_preview
    with as_bad_photo(kind, file), decoding(max_pixels):
        found = _read(file, kind, max_pixels)
    # A picture whose decoder needs no end, or a JPEG that lacks what should follow the picture.
    return found if end.whole else _remarked(found, f"the picture is whole, but {end.reason}")


def read_preview(
    data: bytes,
    kind: FileKind,
    *,
    max_pixels: int,
    look: LookKind = LookKind.FULL,
    more: Callable[[], bytes | None] = lambda: None,
) -> DecodedPhoto | None:
    """The picture, from its embedded preview; None if there is none that is good enough.

    Raises nothing: whatever is wrong with a preview, or with this part of the file, the picture
    itself may still be readable.

    Args:
        data: the file, or what `preview.bytes_for_preview` gives of it.
        kind: a JPEG or a HEIC; others have no preview.
        max_pixels: as of `read_picture`.
        look: what it must be good enough for.
        more: gives what `preview.bytes_for_preview` does of a JPEG whose top is plain.
    """
    try:
        with decoding(max_pixels):
            match kind.name:
                case "jpeg":
                    return _read_preview_of_jpeg(data, kind, max_pixels, look, more)
                case "heic":
                    return _read_preview_of_heic(data, kind, max_pixels, look)
                case _:
                    return None
    except Exception:  # noqa: BLE001 - a disk's error comes again when the whole file is read
        return None


def _read_unended(file: BytesIO, kind: FileKind, max_pixels: int) -> DecodedPhoto:
    """The picture of a JPEG without an end marker, if that is all it lacks."""
    with as_bad_photo(kind, file), decoding(max_pixels):
        opened(file, kind, max_pixels)
        ended = with_end_marker(file.getvalue())
        if ended is None:
            raise truncated(kind)
        return _remarked(_read(BytesIO(ended), kind, max_pixels), _UNENDED)


def _remarked(photo: DecodedPhoto, remark: str) -> DecodedPhoto:
    """The photo with a remark before what is said of its metadata."""
    return replace(photo, remark="; ".join(filter(None, (remark, photo.remark))))


def _read(file: BytesIO, kind: FileKind, max_pixels: int) -> DecodedPhoto:
    image = opened(file, kind, max_pixels)
    size, written = image.size, orientation_of_plugin(image)
    if kind.name == "jpeg":
        image.draft("RGB", _DRAFT)
    elif kind.name == "heic":
        take_thumbnail(image, file.getvalue(), _THUMBNAILS[LookKind.FULL])
    image.load()
    metadata = read_metadata(image, file)
    # libavif leaves the cropping to its caller.
    aperture = clean_aperture(file.getvalue(), size) if kind.name == "avif" else None
    if aperture is None:
        return _picture(kind, image, size, metadata, written=written)
    part = image.crop(aperture)
    return _picture(kind, part, part.size, metadata)


def _read_preview_of_jpeg(
    data: bytes,
    kind: FileKind,
    max_pixels: int,
    look: LookKind,
    more: Callable[[], bytes | None],
) -> DecodedPhoto | None:
    # The preview first: many are too small, and then the header is read only once.
    found = find_preview(data, PREVIEW_SIDES[look])
    if found is None:
        return None
    file = BytesIO(data)
    (preview, orientation), image = found, JpegImageFile(file)
    _refuse_too_large(image, max_pixels)
    metadata = read_metadata(image, file)
    if not claims_to_show(preview, orientation, image, metadata):
        return None
    good_for = _good_for(preview.size, PREVIEW_SIDES)
    preview.draft("RGB", _DRAFT)
    preview.load()
    top = compare_tops(preview, data)
    if top is Top.PLAIN and (longer := more()):
        top = compare_tops(preview, longer)
    if top is not Top.SAME:
        return None
    return _picture(kind, preview, image.size, metadata, look=good_for)


def _read_preview_of_heic(
    data: bytes, kind: FileKind, max_pixels: int, look: LookKind
) -> DecodedPhoto | None:
    file = BytesIO(data)
    image = opened(file, kind, max_pixels)
    size = image.size
    if not take_thumbnail(image, data, _THUMBNAILS[look]):
        return None
    good_for = _good_for(image.size, {LookKind.FULL: SIDE})
    image.load()
    return _picture(kind, image, size, read_metadata(image, file), look=good_for)


def take_thumbnail(image: ImageFile, data: bytes, least: tuple[int, int]) -> bool:
    """Let a HEIC load a thumbnail that is intact and large enough; whether there is one."""
    thumbnails = thumbnails_of(data)
    if not thumbnails or not all(map(is_intact_hevc, thumbnails)):
        return False
    return image.draft("RGB", least) is not None


def _good_for(size: tuple[int, int], sides: Mapping[LookKind, int]) -> LookKind:
    """The look that a preview of that size is enough for, if it is for a quick one."""
    return LookKind.FULL if min(size) >= sides[LookKind.FULL] else LookKind.QUICK


def opened(file: BytesIO, kind: FileKind, max_pixels: int) -> ImageFile:
    """The photo with its header read, and nothing decoded.

    Raises:
        BadPhoto: it is too large; or nearly any exception, as from every decoder.
    """
    file.seek(0)
    image = _OPENERS[kind.name](file)
    _refuse_too_large(image, max_pixels)
    return image


def _refuse_too_large(image: ImageFile, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise BadPhoto(
            f"{width} x {height} pixels are more than the limit of {max_pixels / 1e6:.0f} million"
        )


def _picture(
    kind: FileKind,
    image: Image.Image,
    size: tuple[int, int],
    metadata: Metadata,
    *,
    written: int | None = None,
    look: LookKind = LookKind.FULL,
) -> DecodedPhoto:
    """The picture of a loaded image.

    Args:
        kind: the file's.
        image: the whole, a smaller decode of it, or its preview.
        size: the whole's, as stored.
        metadata: the file's; the orientation is 1 where the plugin has turned the image.
        written: the orientation that such a plugin found in the file.
        look: what the image is good enough for.
    """
    left = metadata.orientation
    square = _square(image) if look is LookKind.FULL else quick_square(image)
    upright = turned(square, left)
    return DecodedPhoto(
        kind=kind,
        pixels=np.array(upright, dtype=np.uint8, order="C"),
        size=size[::-1] if left in _LYING else size,
        orientation=written or left,
        metadata=metadata,
        look=look,
        remark=metadata.remark,
    )


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The image upright, by EXIF's orientation, 1 to 8."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def orientation_of_plugin(image: ImageFile) -> int | None:
    """The orientation, if the plugin turns the picture while loading; None if it does not."""
    if isinstance(image, TiffImageFile):
        hide_xmp(image)
        return checked_orientation(image.tag_v2.get(ExifTags.Base.Orientation))
    return None


def _square(image: Image.Image) -> Image.Image:
    """The picture as RGB, SIDE x SIDE.

    Pillow's bilinear filter averages over all source pixels, as in training; a large picture is
    first reduced by whole steps, which differs by a quarter of a grey level.
    """
    small = to_averageable(image).resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return to_rgb(small, image.mode)


def quick_square(image: Image.Image) -> Image.Image:
    """A camera's preview as a quick look shows it, here and in training: RGB, QUICK_SIDE square.

    It has about as many pixels, so the filter is one that also enlarges well.
    """
    side = (QUICK_SIDE, QUICK_SIDE)
    small = to_averageable(image).resize(side, Image.Resampling.BICUBIC)
    return to_rgb(small, image.mode)


def to_averageable(image: Image.Image) -> Image.Image:
    """The loaded picture in a mode whose values can be averaged."""
    if image.mode in _KEYED and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in _SIXTEEN_BITS:
        return image.convert("I")
    mode = _AVERAGEABLE_AS.get(image.mode)
    return image.convert(mode) if mode else image


def to_rgb(image: Image.Image, original_mode: str) -> Image.Image:
    """The small picture as RGB, on white where it is transparent.

    Args:
        image: as `to_averageable` and a resize gave it.
        original_mode: the mode in the file, which says what the numbers mean.
    """
    if image.mode in _WITH_ALPHA:
        return _on_white(image.convert("RGBA"))
    if original_mode in _SIXTEEN_BITS:
        return Image.fromarray(_of_sixteen_bits(np.asarray(image))).convert("RGB")
    if image.mode in {"I", "F"}:
        return Image.fromarray(_stretched(np.asarray(image, np.float64))).convert("RGB")
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _of_sixteen_bits(values: NDArray[np.int32]) -> NDArray[np.uint8]:
    """0..65535 as 0..255."""
    return (values.clip(0, 65535) >> 8).astype(np.uint8)


def _stretched(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Values of any range as 0..255, from the smallest to the largest; NaN is black.

    Measurements (heights, temperatures) are stored so, without saying which value is white.
    """
    numbers = values[np.isfinite(values)]
    low, high = (numbers.min(), numbers.max()) if numbers.size else (0.0, 0.0)
    with np.errstate(all="ignore"):
        scaled = (values - low) * (255.0 / (high - low) if high > low else 0.0)
    tame = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0)
    return tame.clip(0, 255).round().astype(np.uint8)
