"""Real photos of real phones and cameras: what each is, and what is known of it."""

from __future__ import annotations

import time
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from pillow_heif import HeifImageFile

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.decode import read_picture
from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.formats import sniff
from gallery_daemon.imaging.look import look
from tests.imaging.pictures import difference, identity_of, squashed

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.photo import Facts

pytestmark = pytest.mark.data

CUT_JPEG = "the JPEG data end early (truncated file)"

# What each readable file is: its format, and width and height as a person sees it.
READ = {
    "200MP.heic": ("heic", 12240, 16320),
    "2018-04-12 19_24_49.gif": ("gif", 100, 67),
    "2018-04-12 19_24_49.jpg": ("jpeg", 640, 480),
    "20220514_102409.jpg": ("jpeg", 2304, 2409),
    "45-gps_ifd.jpg": ("jpeg", 1600, 900),
    "8bit-sRGB.avif": ("avif", 1617, 1080),
    "Android Depth Map.jpg": ("jpeg", 768, 1024),
    "HTC Desire.jpg": ("jpeg", 776, 909),
    "IMG-20170403-WA0001.jpg": ("jpeg", 720, 1280),
    "IMG-20170403-WA0010.jpg": ("jpeg", 720, 1280),
    "IMG_1234 (2).JPEG": ("jpeg", 256, 192),
    "IMG_1234_HEVC.JPEG": ("jpeg", 256, 192),
    "IMG_20180725_163423-tiny.jpg": ("jpeg", 1012, 759),
    "IMG_2682.heic": ("heic", 4032, 3024),
    "IMG_2927.HEIC": ("heic", 3024, 4032),
    "IMG_4120 (1).JPG": ("jpeg", 500, 375),
    "IMG_4120 copy.JPG": ("jpeg", 500, 375),
    "IMG_4120.JPG": ("jpeg", 500, 375),
    "IMG_5195.HEIC": ("heic", 2566, 3313),
    "IMG_E4120.JPG": ("jpeg", 500, 500),
    "Issue 247-1.nef": ("jpeg", 2000, 3008),
    "Issue 487.heic": ("heic", 3024, 4032),
    "Landscape_1.jpg": ("jpeg", 1800, 1200),
    "Landscape_3.jpg": ("jpeg", 1800, 1200),
    "Landscape_6.jpg": ("jpeg", 1800, 1200),
    "Landscape_8.jpg": ("jpeg", 1800, 1200),
    "Nokia 3110c (Mobile Phone).jpg": ("jpeg", 1024, 1280),
    "PXL_20200710_061629144.MP.jpg": ("jpeg", 4032, 3024),
    "Samsung GT-I9000 (Galaxy S).jpg": ("jpeg", 480, 640),
    "Samsung SM-J327T1.jpg": ("jpeg", 1932, 2576),
    "Screenshot 2019-05-21 at 10.45.52.png": ("png", 1189, 849),
    "apple_gainmap_new.jpg": ("jpeg", 384, 512),
    "aux_YCbCr.heic": ("heic", 4000, 1848),
    "buggy_panorama.jpg": ("jpeg", 500, 174),
    "chatui.png": ("png", 1080, 1920),
    "date-priority-test.jpg": ("jpeg", 100, 100),
    "datetimeoriginal-gps.jpg": ("jpeg", 150, 100),
    "empty_gps.jpg": ("jpeg", 4640, 3472),
    "empty_icc.heic": ("heic", 1025, 900),
    "exif-at-eof.heic": ("heic", 3024, 4032),
    "fin de journée.jpg": ("jpeg", 914, 1625),
    "florida_beach.jpg": ("jpeg", 4032, 3024),
    "gif.gif": ("gif", 400, 300),
    "gps-datetime.jpg": ("jpeg", 100, 100),
    "grid_960x640.heic": ("heic", 960, 640),
    "heic-collection.heic": ("heic", 1440, 960),
    "iphone_15_pro.heic": ("heic", 3024, 4032),
    "iphone_7.heic": ("heic", 3024, 4032),
    "issue_9292_sony_1_top_left.HIF": ("heic", 7008, 4672),
    "issue_9292_sony_6_right_top.HIF": ("heic", 4672, 7008),
    "makernotes/Apple.jpg": ("jpeg", 8, 8),
    "makernotes/Canon.jpg": ("jpeg", 8, 8),
    "makernotes/ExifTool.jpg": ("jpeg", 8, 8),
    "makernotes/FLIR.jpg": ("jpeg", 8, 8),
    "makernotes/FujiFilm.jpg": ("jpeg", 8, 8),
    "makernotes/GoPro.jpg": ("jpeg", 8, 8),
    "makernotes/Google.jpg": ("jpeg", 8, 8),
    "makernotes/Minolta.jpg": ("jpeg", 8, 8),
    "makernotes/Motorola.jpg": ("jpeg", 8, 8),
    "makernotes/Nikon.jpg": ("jpeg", 8, 8),
    "makernotes/NikonD70.jpg": ("jpeg", 71, 47),
    "makernotes/Panasonic.jpg": ("jpeg", 8, 8),
    "makernotes/Pentax.jpg": ("jpeg", 8, 8),
    "makernotes/Sigma.jpg": ("jpeg", 8, 8),
    "makernotes/Sony.jpg": ("jpeg", 8, 8),
    "no_exif.jpg": ("jpeg", 322, 466),
    "panorama360.jpg": ("jpeg", 500, 250),
    "pixel-motion-photo-shortened.jpg": ("jpeg", 3024, 4032),
    "pixel-motion-photo-video-removed-shortened.jpg": ("jpeg", 3024, 4032),
    "pixel-motion-photo-without-exif-shortened.jpg": ("jpeg", 4032, 3024),
    "sample_MP.heic": ("heic", 1080, 1920),
    "samsung-one-ui-6.heic": ("heic", 3000, 4000),
    "screen_2_dark.png": ("png", 1080, 2340),
    "screenshot.png": ("png", 721, 332),
    "seine_sdr_gainmap_srgb.avif": ("avif", 400, 300),
    "seine_sdr_gainmap_srgb.jpg": ("jpeg", 400, 300),
    "small_uhdr.jpg": ("jpeg", 600, 400),
    "ss-motion-photo-shortened.jpg": ("jpeg", 3000, 4000),
    "sugarshack.mpo": ("jpeg", 640, 480),
    "train.jpg": ("jpeg", 4032, 3024),
    "tree-with-transforms.avif": ("avif", 262, 264),
    "ultraHDR.jpg": ("jpeg", 3072, 4080),
}
REFUSED = {
    "2010.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "2018-04-12 19_24_49.mov": (NotAPhoto, "an empty file"),
    "APhotoManager-exmaple.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "Canon-R6-pruned.CR3": (NotAPhoto, "a Canon RAW (CR3) file, which is not supported"),
    "IMG_1361.dng": (NotAPhoto, "a RAW (DNG) file, which is not supported"),
    "IMG_4120.AAE": (NotAPhoto, "a property list, not a photo"),
    "Reagan.jxl": (NotAPhoto, "a JPEG XL picture, which is not supported"),
    "User Comment Encoding.jpg": (BadPhoto, CUT_JPEG),
    "apple-test-2.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "canon_eos_6d.dng": (NotAPhoto, "a RAW (DNG) file, which is not supported"),
    "canon_eos_6d.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "date.heic.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "digikam-example.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "dolbyVision-hdr.MOV": (NotAPhoto, "a video, not a photo"),
    "exiftool-9.74-example.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "iphone_7.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "iso-value-array.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "jPhotoTagger-example.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "makernotes/CanonRaw.cr2": (NotAPhoto, "a Canon RAW (CR2) file, which is not supported"),
    "makernotes/CanonRaw.cr3": (NotAPhoto, "a Canon RAW (CR3) file, which is not supported"),
    "makernotes/DNG.dng": (NotAPhoto, "a RAW (DNG) file, which is not supported"),
    "makernotes/FujiFilm.raf": (NotAPhoto, "a Fujifilm RAW (RAF) file, which is not supported"),
    "makernotes/Nikon.nef": (NotAPhoto, "a Nikon RAW (NEF) file, which is not supported"),
    "makernotes/PLIST.aae": (NotAPhoto, "a property list, not a photo"),
    "makernotes/Panasonic.rw2": (NotAPhoto, "a Panasonic RAW (RW2) file, which is not supported"),
    "makernotes/QuickTime.heic": (BadPhoto, "the HEIC data end early (truncated file)"),
    "makernotes/QuickTime.mov": (NotAPhoto, "a video, not a photo"),
    "makernotes/XMP.xmp": (NotAPhoto, "an XMP sidecar, not a photo"),
    "pixel-motion-photo-jfif-segment-shortened.jpg": (
        BadPhoto,
        CUT_JPEG,
    ),
    "sample_sef_slow_motion.mp4": (NotAPhoto, "a video, not a photo"),
    "train.mov": (NotAPhoto, "a video, not a photo"),
}

# When a file says it was taken, and what says so.
TAKEN = {
    "200MP.heic": ("exif", "2025-01-19T14:53:27.031000+03:00"),
    "2018-04-12 19_24_49.gif": ("name", "2018-04-12T19:24:49"),
    "20220514_102409.jpg": ("exif", "2022-05-14T10:24:09"),
    "IMG-20170403-WA0001.jpg": ("name", "2017-04-03T00:00:00"),
    "IMG_1234 (2).JPEG": ("xmp", "2019-12-09T18:59:32+01:00"),
    "IMG_20180725_163423-tiny.jpg": ("exif", "2018-07-25T16:34:23.935476"),
    "IMG_2927.HEIC": ("exif", "2020-05-04T18:39:11.644000-04:00"),
    "IMG_4120.JPG": ("exif", "2019-06-09T12:57:32.835000"),
    "PXL_20200710_061629144.MP.jpg": ("exif", "2020-07-10T06:16:29.237898+00:00"),
    "Screenshot 2019-05-21 at 10.45.52.png": ("name", "2019-05-21T10:45:52"),
    "date-priority-test.jpg": ("exif", "2023-02-02T02:00:00"),
    "no_exif.jpg": ("xmp", "2013-09-23T10:09:46+02:00"),
    "seine_sdr_gainmap_srgb.avif": ("exif", "2023-08-05T17:16:53"),
    "makernotes/NikonD70.jpg": ("exif", "2005-01-14T08:57:59.200000"),
}
UNDATED = ("8bit-sRGB.avif", "Nokia 3110c (Mobile Phone).jpg", "Landscape_6.jpg", "gif.gif")
CAMERAS = {
    "IMG_2682.heic": "Apple iPhone 7",
    "200MP.heic": "samsung Galaxy S24 Ultra",
    "HTC Desire.jpg": "HTC Desire",
    "Samsung GT-I9000 (Galaxy S).jpg": "SAMSUNG GT-I9000",
    "makernotes/NikonD70.jpg": "NIKON D70",
    "makernotes/GoPro.jpg": "GoPro HERO6 Black",
    "makernotes/Pentax.jpg": "PENTAX K10D",
    "screenshot.png": None,
}
WITH_GPS = ("HTC Desire.jpg", "IMG_2682.heic", "IMG_4120.JPG", "ultraHDR.jpg")
WITHOUT_GPS = ("empty_gps.jpg", "45-gps_ifd.jpg", "no_exif.jpg", "IMG_2927.HEIC")
WITH_PREVIEW = {"Samsung SM-J327T1.jpg", "ultraHDR.jpg"}
# Most of the picture was taken out of the file, and what stands for it has an end.
# The orientation of a HEIC whose container says nothing of it.
TURNED_BY_EXIF = 6
GREY_BUT_FOR_ITS_PREVIEW = "ss-motion-photo-shortened.jpg"
LANDSCAPES = ("Landscape_1.jpg", "Landscape_3.jpg", "Landscape_6.jpg", "Landscape_8.jpg")
# Cut in the wild, or by those who collected them.
CUT = {
    "2018-04-12 19_24_49.mov",
    "User Comment Encoding.jpg",
    "pixel-motion-photo-jfif-segment-shortened.jpg",
}


@cache
def facts_of(path: Path) -> Facts:
    """The facts of one file under the usual limits, looked at once for all that is asked of it."""
    return look(
        str(path),
        identity_of(path),
        max_bytes=Limits.photo_bytes,
        max_pixels=Limits.photo_pixels,
        want_hash=False,
    ).facts


def test_every_file_is_in_a_table(phone: Path) -> None:
    """No file of the folder is without an expected outcome."""
    files = {str(path.relative_to(phone)) for path in phone.rglob("*") if path.is_file()}

    assert {*READ, *REFUSED} == files


@pytest.mark.parametrize("name", READ)
def test_a_readable_photo_is_read(phone: Path, name: str) -> None:
    """Format and size are what a person would say; no warning escapes."""
    facts = facts_of(phone / name)

    assert (facts.format, facts.width, facts.height) == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_another_file_is_refused_with_its_reason(phone: Path, name: str) -> None:
    """RAW files, films, sidecars and cut photos are named as what they are."""
    error, reason = REFUSED[name]

    with pytest.raises(error) as refusal:
        facts_of(phone / name)

    assert reason == str(refusal.value)


@pytest.mark.parametrize("name", TAKEN)
def test_the_date_and_its_origin_are_told(phone: Path, name: str) -> None:
    """EXIF, then XMP, then the name."""
    taken = facts_of(phone / name).taken

    assert (taken.origin, taken.when.isoformat()) == TAKEN[name]


@pytest.mark.parametrize("name", UNDATED)
def test_a_photo_without_a_date_has_its_mtime(phone: Path, name: str) -> None:
    """Nothing in the file tells a date."""
    assert "mtime" == facts_of(phone / name).taken.origin


@pytest.mark.parametrize("name", CAMERAS)
def test_the_camera_is_named(phone: Path, name: str) -> None:
    """As people say it."""
    assert CAMERAS[name] == facts_of(phone / name).camera


@pytest.mark.parametrize("name", [*WITH_GPS, *WITHOUT_GPS])
def test_a_place_is_known_or_not(phone: Path, name: str) -> None:
    """An empty GPS block is no place."""
    assert (name in WITH_GPS) is facts_of(phone / name).has_gps


def test_a_landscape_looks_the_same_however_it_was_held(phone: Path) -> None:
    """One picture stored in four orientations becomes one picture, but for the digit in it."""
    pictures = [
        read_picture((phone / name).read_bytes(), max_pixels=Limits.photo_pixels)
        for name in LANDSCAPES
    ]

    assert [picture.orientation for picture in pictures] == [1, 3, 6, 8]
    for picture in pictures[1:]:
        assert difference(pictures[0].pixels, picture.pixels) < 2


@pytest.mark.parametrize(
    "name",
    [name for name, (form, width, _) in READ.items() if form in {"jpeg", "heic"} and width < 4600],
)
def test_the_scaled_decode_looks_like_the_whole_one(phone: Path, name: str) -> None:
    """The mean difference is about a grey level for JPEG; previews are softer."""
    data = (phone / name).read_bytes()
    file = BytesIO(data)
    is_heic = READ[name][0] == "heic"
    whole = HeifImageFile(file) if is_heic else ImageOps.exif_transpose(JpegImageFile(file))

    scaled = read_picture(data, max_pixels=Limits.photo_pixels)

    if is_heic and scaled.orientation == TURNED_BY_EXIF:
        whole = whole.transpose(Image.Transpose.ROTATE_270)
    assert scaled.size == whole.size
    if name != GREY_BUT_FOR_ITS_PREVIEW:
        limit = 9 if is_heic or name in WITH_PREVIEW else 1.5
        assert difference(squashed(whole), scaled.pixels) < limit


def test_200_megapixels_are_read_by_their_preview(phone: Path) -> None:
    """Decoded whole it takes seconds and 1.4 GB; its preview some hundredths of a second."""
    data = (phone / "200MP.heic").read_bytes()
    start = time.process_time()

    picture = read_picture(data, max_pixels=Limits.photo_pixels)

    assert (12240, 16320) == picture.size
    assert time.process_time() - start < 1


def test_what_stands_complete_is_whole(phone: Path) -> None:
    """No whole file of the folder is called cut: trailers, motion photos and films included."""
    cut = set()
    for name in {*READ, *REFUSED}:
        file = BytesIO((phone / name).read_bytes())
        if not ending(file, sniff(file)).whole:
            cut.add(name)

    assert cut == CUT


@pytest.mark.parametrize(
    "name", ["PXL_20200710_061629144.MP.jpg", "ultraHDR.jpg", "sample_MP.heic"]
)
def test_a_cut_photo_of_several_parts_is_cut(phone: Path, name: str) -> None:
    """Wherever a motion photo or a gain map is cut, something is missed."""
    data = (phone / name).read_bytes()
    places = np.linspace(1000, len(data) - 1, 40, dtype=int)

    for place in places:
        file = BytesIO(data[:place])

        assert not ending(file, sniff(file)).whole, place


def test_nobody_loads_truncated_images() -> None:
    """Pillow's switch that would make half a photo count stays as it is."""
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
