"""Whether a JPEG's header says that a program changed the picture after the camera wrote it.

Programs that only sort photos or add words to them may leave the same traces; then nothing is lost
but the use of the preview. What no camera has been seen to write:

- EXIF's `Software` names an editor, where most leave the camera's name beside it.
- Photoshop's resources in APP13, other than captions: by Photoshop, Capture NX.
- A history of events in XMP: by Photoshop, Lightroom, GIMP.
- `xmp:ModifyDate` is another time than that of the photo: by all that keep to XMP.
- The picture is coded by the standard's example of a table, in some quality of libjpeg's, and its
  camera is of a maker that has tables of its own: Apple, Google and Samsung in 16 of 16 files. So
  GIMP, ImageMagick, Pillow and Android's apps code; but so do cameras of others, such as Sony's
  phones, and of these nothing can be said.

(Cameras call their own program `Ver.1.02`, `HDR+ 1.0.585804401zd`, `14.4.2`, `J327T1UVS4ASH2`.)

Sources: the names that JPEGsnoop 1.8 knows (Signatures.inl), and those in some 60 edited files of
test suites; Adobe's Photoshop file format; XMP specification part 1 (ModifyDate) and 2 (History);
ITU-T T.81, table K.1; libjpeg, jcparam.c (qualities).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PIL import ExifTags

from gallery_daemon.imaging.iptc import has_more_than_captions

if TYPE_CHECKING:
    from PIL.JpegImagePlugin import JpegImageFile

    from gallery_daemon.imaging.metadata import Metadata

_EDITORS = re.compile(
    r"adobe|photoshop|lightroom|gimp|snapseed|picasa|paint\.net|paint ?shop|photoscape|picsart"
    r"|polarr|pixelmator|pixlr|vsco|affinity|acdsee|irfanview|darktable|rawtherapee|digikam"
    r"|capture (?:nx|one|editor)|photo (?:editor|gallery|viewer)|xnview|imagemagick|canva"
    r"|facetune|meitu|fotor|luminar|nero photosnap|photosuite",
    re.IGNORECASE,
)
_HISTORY = b"http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
# Down to the second, as an attribute or an element. Times in Greenwich say nothing here: EXIF has
# the camera's own.
_MODIFIED = re.compile(rb"xmp:ModifyDate(?:\s*=\s*[\"']|>\s*)([0-9T:-]{19})(?![.0-9]*Z)")
_MAKERS_WITH_TABLES = frozenset({"apple", "google", "samsung"})
# For luminance, row by row.
_EXAMPLE = (
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_DIGITS = re.compile(r"\d+")


def _in_quality(quality: int) -> tuple[int, ...]:
    """The table of libjpeg's quality, 1 to 100."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality  # noqa: PLR2004
    return tuple(min(255, max(1, (step * percent + 50) // 100)) for step in _EXAMPLE)


_BY_LIBJPEG = frozenset(map(_in_quality, range(1, 101)))


def is_edited(picture: JpegImageFile, metadata: Metadata) -> bool:
    """Whether there is any such trace.

    Args:
        picture: opened.
        metadata: the picture's.
    """
    software = metadata.base.get(ExifTags.Base.Software)
    taken = metadata.camera.get(ExifTags.Base.DateTimeOriginal)
    packets = [content for marker, content in picture.applist if marker == "APP1"]
    resources = (content for marker, content in picture.applist if marker == "APP13")
    return (
        (isinstance(software, str) and _EDITORS.search(software) is not None)
        or has_more_than_captions(resources)
        or _is_coded_by_another(picture, metadata)
        or any(_HISTORY in packet or _says_another_time(packet, taken) for packet in packets)
    )


def _is_coded_by_another(picture: JpegImageFile, metadata: Metadata) -> bool:
    """Whether it has libjpeg's tables, although its camera has its own."""
    make = metadata.base.get(ExifTags.Base.Make)
    return (
        isinstance(make, str)
        and make.strip("\0 ").lower() in _MAKERS_WITH_TABLES
        and tuple(picture.quantization.get(0, ())) in _BY_LIBJPEG
    )


def _says_another_time(packet: bytes, taken: object) -> bool:
    found = _MODIFIED.search(packet)
    if not found or not isinstance(taken, str):
        return False
    return _DIGITS.findall(found[1].decode("ascii")) != _DIGITS.findall(taken)
