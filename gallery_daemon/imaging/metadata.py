"""The metadata of a picture, out of whatever holds them: EXIF, XMP and IPTC.

| | EXIF | XMP | IPTC |
|---|---|---|---|
| JPEG | APP1 | APP1 | Photoshop's resources in APP13 |
| TIFF | the directories | tag 700 | tag 33723, or Photoshop's resources in 34377 |
| PNG | eXIf, raw profiles `exif` and `APP1` | iTXt, raw profiles `xmp` and `APP1` | raw profiles |
| WebP, HEIC, AVIF | a chunk, an item | a chunk, an item | |
| GIF | | an application extension | |

An EXIF block is a TIFF and may hold the other two as one does. A raw profile is ImageMagick's way
to keep a block in a PNG, as a text of hexadecimal digits. Hostile files may carry anything, and
Pillow then raises nearly anything (SyntaxError, struct.error, TypeError ...): each tag is read
under a guard of its own, so one broken tag costs one fact and never the photo.

Of these only EXIF turns a picture, as in browsers and by MWG's rule that an orientation belongs
there: an XMP packet is copied from picture to picture by programs that turn the pixels. Pillow
searches the text of XMP for one, so EXIF is read without its help; a TIFF is turned while it loads,
so its XMP is hidden before (`hide_xmp`). What turns a HEIC or an AVIF is in `heif`.

Sources: EXIF 3.0 (CIPA DC-008), XMP specification part 3 (storage in files), MWG guidelines 2.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from PIL import ExifTags, Image
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile
from pillow_heif import HeifImageFile

from gallery_daemon.imaging import tiff
from gallery_daemon.imaging.heif import exif_turn
from gallery_daemon.imaging.iptc import RESOURCE_HEADERS, read_iptc
from gallery_daemon.imaging.texts import decoded, redecoded
from gallery_daemon.imaging.xmp import PACKET_BYTES_LIMIT, Xmp, read_xmp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Value = TypeVar("Value")

_ORIENTATIONS = range(1, 9)
_UPRIGHT = 1
_BASE = (
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.Orientation,
    ExifTags.Base.Software,
    ExifTags.Base.DateTime,
    # In TIFF/EP and in some cameras' files the date taken stands here.
    ExifTags.Base.DateTimeOriginal,
)
_CAMERA = (
    ExifTags.Base.DateTimeOriginal,
    ExifTags.Base.SubsecTimeOriginal,
    ExifTags.Base.OffsetTimeOriginal,
    ExifTags.Base.DateTimeDigitized,
    ExifTags.Base.SubsecTimeDigitized,
    ExifTags.Base.OffsetTimeDigitized,
    ExifTags.Base.SubsecTime,
    ExifTags.Base.OffsetTime,
    ExifTags.Base.ExposureTime,
    ExifTags.Base.FNumber,
    ExifTags.Base.ISOSpeedRatings,
    ExifTags.Base.FocalLength,
    ExifTags.Base.MakerNote,
)
_SIZE = (ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight)
_GPS = (
    ExifTags.GPS.GPSLatitudeRef,
    ExifTags.GPS.GPSLatitude,
    ExifTags.GPS.GPSLongitudeRef,
    ExifTags.GPS.GPSLongitude,
    ExifTags.GPS.GPSDateStamp,
    ExifTags.GPS.GPSTimeStamp,
)
XMP_USED = frozenset({
    "exif:DateTimeOriginal", "exif:DateTimeDigitized", "photoshop:DateCreated", "xmp:CreateDate",
    "tiff:Make", "tiff:Model",
    "exif:GPSLatitude", "exif:GPSLongitude", "exif:GPSLatitudeRef", "exif:GPSLongitudeRef",
    "exif:ExposureTime", "exif:FNumber", "exif:ISOSpeedRatings", "exif:FocalLength",
})  # fmt: skip
# Writers know one or two; a hostile JPEG could have thousands.
_PACKETS_LIMIT = 8
_NAMES = (tiff.MAKE, tiff.MODEL)
_BLOCKS = frozenset({tiff.XMP, tiff.IPTC, tiff.PHOTOSHOP, *_NAMES})

_EXIF_HEADER = b"Exif\0\0"
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_PACKET = re.compile(rb"<(?:\?xpacket|x:x[am]pmeta|rdf:RDF)\b")
_GIF_XMP, _GIF_XMP_END = b"!\xff\x0bXMP DataXMP", b"\1\xff\xfe"
# A name, the number of bytes, and their digits in lines; some writers put more behind them.
_RAW_PROFILE = re.compile(r"\s*\S+\s+(\d{1,9})\s+([0-9A-Fa-f\s]*)", re.ASCII)
_RAW_PROFILE_KEY = "raw profile type "


@dataclass(frozen=True, slots=True)
class Metadata:
    """The tags of EXIF's directories that are used and can be read; XMP's and IPTC's texts.

    `xmp` has XMP's properties by their usual names, `iptc` the datasets of record 2 by number.
    `size` holds the width and height that the camera wrote, which may be wrong. `remark` says what
    is wrong with the metadata, for people.
    """

    base: Mapping[int, object]
    camera: Mapping[int, object]
    gps: Mapping[int, object]
    xmp: Mapping[str, str] = field(default_factory=dict)
    iptc: Mapping[int, str] = field(default_factory=dict)
    size: Mapping[int, object] = field(default_factory=dict)
    remark: str | None = None

    @property
    def orientation(self) -> int:
        """EXIF's 1 to 8; 1 where it is absent or nonsense (a Huawei writes 0)."""
        return checked_orientation(self.base.get(ExifTags.Base.Orientation))


def checked_orientation(value: object) -> int:
    """An orientation of EXIF, 1 to 8; 1 for anything else."""
    return value if isinstance(value, int) and value in _ORIENTATIONS else _UPRIGHT


def hide_xmp(image: Image.Image) -> None:
    """Keep Pillow from turning an opened picture by a text search in its XMP."""
    image.info.pop("xmp", None)


def read_metadata(image: Image.Image, file: BytesIO) -> Metadata:
    """The metadata of an opened picture.

    To be called for a PNG only after decoding: its EXIF may follow the pixels.

    Args:
        image: from the plugin of its format.
        file: what it was opened from.
    """
    profiles = _raw_profiles(image)
    block = _guarded(lambda: _exif_block(image, profiles), b"")
    exif = _guarded(lambda: _exif(image, block), Image.Exif())
    tree = file if isinstance(image, TiffImageFile) else BytesIO(block)
    blocks = tiff.blocks(tree, _BLOCKS)
    camera = _directory(exif, ExifTags.IFD.Exif)
    xmp = _guarded(lambda: _xmp(_packets(image, file, blocks, profiles)), Xmp())
    return Metadata(
        # Pillow passes over the type of UTF-8 texts.
        base=_names(blocks) | _tags(exif, _BASE) | _turn_of_heic(image, file),
        camera=_tags(camera, _CAMERA),
        gps=_tags(_directory(exif, ExifTags.IFD.GPSInfo), _GPS),
        xmp=xmp.properties,
        iptc=_first(_iptc_blocks(image, blocks, profiles)),
        size=_tags(camera, _SIZE),
        remark=f"its XMP is not read: {xmp.refused}" if xmp.refused else None,
    )


def _turn_of_heic(image: Image.Image, file: BytesIO) -> dict[int, object]:
    """EXIF's orientation of a HEIC as far as it counts: the plugin has set it to 1."""
    if not isinstance(image, HeifImageFile):
        return {}
    return {ExifTags.Base.Orientation: _guarded(lambda: exif_turn(file.getvalue()), _UPRIGHT)}


def _raw_profiles(image: Image.Image) -> dict[str, bytes]:
    """A PNG's raw profiles by their names in small letters."""
    found = {}
    for key, text in image.info.items():
        if isinstance(key, str) and key.lower().startswith(_RAW_PROFILE_KEY):
            profile = _RAW_PROFILE.match(str(text))
            if profile:
                digits = "".join(profile[2].split())
                whole = bytes.fromhex(digits[: len(digits) // 2 * 2])
                found[key.lower().removeprefix(_RAW_PROFILE_KEY)] = whole[: int(profile[1])]
    return found


def _exif_block(image: Image.Image, profiles: Mapping[str, bytes]) -> bytes:
    """The TIFF of EXIF, without its header; empty if there is none."""
    given = image.info.get("exif")
    candidates = (given, *(profiles.get(name) for name in ("exif", "app1")))
    block = next((each for each in candidates if isinstance(each, bytes) and _is_exif(each)), b"")
    while block.startswith(_EXIF_HEADER):
        block = block.removeprefix(_EXIF_HEADER)
    return block


def _is_exif(block: bytes) -> bool:
    return block.startswith(_EXIF_HEADER) or block[:4] in tiff.SIGNATURES


def _exif(image: Image.Image, block: bytes) -> Image.Exif:
    """EXIF without what Pillow adds to it, but for a TIFF, whose directories it is."""
    if isinstance(image, TiffImageFile):
        return image.getexif()
    exif = Image.Exif()
    if block:
        exif.load(block)
    return exif


def _directory(exif: Image.Exif, place: int) -> Mapping[int, object]:
    nothing: Mapping[int, object] = {}
    return _guarded(lambda: exif.get_ifd(place), nothing)


def _tags(
    directory: Image.Exif | Mapping[int, object], wanted: tuple[int, ...]
) -> dict[int, object]:
    """The wanted tags of a directory, without those that are absent or cannot be read."""
    # Pillow reads a value only when asked for it, so each is guarded by itself.
    found = {tag: _guarded(partial(directory.get, tag), None) for tag in wanted}
    return {
        tag: redecoded(value) if isinstance(value, str) else value
        for tag, value in found.items()
        if value is not None
    }


def _names(blocks: Mapping[int, bytes]) -> dict[int, object]:
    return {tag: decoded(blocks[tag]) for tag in _NAMES if blocks.get(tag)}


def _xmp(packets: Iterator[bytes]) -> Xmp:
    """What the first packet says that says anything; one that is refused ends the search."""
    found = (read_xmp(packet, XMP_USED) for packet in islice(filter(None, packets), _PACKETS_LIMIT))
    return next((each for each in found if each.properties or each.refused), Xmp())


def _packets(
    image: Image.Image, file: BytesIO, blocks: Mapping[int, bytes], profiles: Mapping[str, bytes]
) -> Iterator[bytes]:
    """All that may be an XMP packet, the likeliest first."""
    for segment in _segments(image, "APP1"):
        if segment.startswith(_XMP_HEADER):
            yield segment.removeprefix(_XMP_HEADER)
        elif not segment.startswith(_EXIF_HEADER) and (begin := _PACKET.search(segment)):
            yield segment[begin.start() :]  # under another header than the standard's
    for key in ("xmp", "XML:com.adobe.xmp"):
        given = image.info.get(key, b"")
        yield given.encode("latin-1", "replace") if isinstance(given, str) else given
    yield blocks.get(tiff.XMP, b"")
    yield profiles.get("xmp", b"").removeprefix(_XMP_HEADER)
    yield profiles.get("app1", b"").removeprefix(_XMP_HEADER)
    if isinstance(image, GifImageFile):
        behind = file.getbuffer().tobytes().partition(_GIF_XMP)[2]
        yield behind[:PACKET_BYTES_LIMIT].partition(_GIF_XMP_END)[0]


def _iptc_blocks(
    image: Image.Image, blocks: Mapping[int, bytes], profiles: Mapping[str, bytes]
) -> Iterator[bytes]:
    """All that may be IPTC, the likeliest first."""
    resources = b""
    for segment in _segments(image, "APP13"):
        header = next((each for each in RESOURCE_HEADERS if segment.startswith(each)), b"")
        # A resource may go on in the next segment.
        resources += segment.removeprefix(header)
    yield resources
    yield blocks.get(tiff.IPTC, b"")
    yield blocks.get(tiff.PHOTOSHOP, b"")
    yield profiles.get("iptc", b"")
    yield profiles.get("8bim", b"")


def _segments(image: Image.Image, name: str) -> list[bytes]:
    """A JPEG's segments of that name."""
    if not isinstance(image, JpegImageFile):
        return []
    return [segment for marker, segment in image.applist if marker == name]


def _first(blocks: Iterator[bytes]) -> Mapping[int, str]:
    """What is read of the first block of IPTC that says anything."""
    nothing: Mapping[int, str] = {}
    return _guarded(
        lambda: next(filter(None, map(read_iptc, filter(None, blocks))), nothing), nothing
    )


def _guarded(read: Callable[[], Value], otherwise: Value) -> Value:
    """What `read` returns; `otherwise` if it raises, because the metadata are broken."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - the picture is in memory, so no I/O error can hide here
        return otherwise
