"""The benchmark's photos are such as a phone writes, in what the program looks at."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile
from pillow_heif import HeifImageFile

from gallery_daemon.imaging.decode import read_picture
from gallery_daemon.imaging.metadata import read_metadata
from gallery_daemon.imaging.preview import claims_to_show, find_preview
from gallery_daemon.imaging.top_rows import Top, compare_tops
from tests.benchmarks.camera_photos import Camera, dated_copies, is_short, photo_of
from tests.imaging.pictures import difference, drawn, squashed

if TYPE_CHECKING:
    from pathlib import Path

# Of the longer side: enough for a thumbnail that is smaller than the picture.
LENGTH = 640
LYING, STANDING = drawn(320, 230), drawn(230, 320)


@pytest.mark.parametrize(("picture", "orientation"), [(LYING, 1), (STANDING, 6)])
def test_the_thumbnail_counts_as_the_cameras(picture: Image.Image, orientation: int) -> None:
    """160x120, beside EXIF that says that nobody changed the photo, as do its rows."""
    photo = photo_of(picture, Camera.WITH_THUMBNAIL, LENGTH)

    found = find_preview(photo, 120)

    assert found is not None
    preview, own_orientation = found
    image = JpegImageFile(BytesIO(photo))
    assert ((640, 480), (160, 120)) == (image.size, preview.size)
    metadata = read_metadata(image, BytesIO(photo))
    assert orientation == metadata.orientation
    assert claims_to_show(preview, own_orientation, image, metadata)
    assert compare_tops(preview, photo) is Top.SAME


@pytest.mark.parametrize("camera", Camera)
@pytest.mark.parametrize("picture", [LYING, STANDING])
def test_the_photo_is_upright_and_shows_the_middle_of_the_picture(
    camera: Camera, picture: Image.Image
) -> None:
    """Cut to 4:3 or 3:4, with some noise."""
    found = read_picture(photo_of(picture, camera, LENGTH), max_pixels=1_000_000)

    assert ((640, 480) if picture is LYING else (480, 640)) == found.size
    assert difference(squashed(picture), found.pixels) < 8


def test_a_camera_without_thumbnails_writes_the_same_photo() -> None:
    """All but the thumbnail: the same EXIF, the same picture."""
    with_one = photo_of(STANDING, Camera.WITH_THUMBNAIL, LENGTH)
    without = photo_of(STANDING, Camera.WITHOUT, LENGTH)

    assert find_preview(without, 1) is None
    pictures = [Image.open(BytesIO(photo)) for photo in (with_one, without)]
    tags = [dict(each.getexif().get_ifd(ExifTags.IFD.Exif)) for each in pictures]
    assert tags[0] == tags[1] != {}
    assert pictures[0].tobytes() == pictures[1].tobytes()


def test_a_heic_has_a_thumbnail_of_320() -> None:
    """Which is what libheif gives where so little is asked for."""
    image = HeifImageFile(BytesIO(photo_of(LYING, Camera.HEIC, LENGTH)))

    assert [320] == image.info["thumbnails"]


def test_a_long_picture_is_not_cut() -> None:
    """A screenshot keeps its shape."""
    photo = photo_of(drawn(100, 200), Camera.WITHOUT, LENGTH)

    assert not is_short((100, 200))
    assert (320, 640) == read_picture(photo, max_pixels=1_000_000).size


@pytest.mark.parametrize("camera", [Camera.WITH_THUMBNAIL, Camera.HEIC])
def test_copies_differ_in_the_moment_that_they_were_taken(camera: Camera, tmp_path: Path) -> None:
    """So no two of them have the same bytes; and each is still as the camera wrote it."""
    source = tmp_path / f"source{camera.suffix}"
    source.write_bytes(photo_of(LYING, camera, LENGTH))

    copies = dated_copies([source], tmp_path / "copies", 3)

    photos = [path.read_bytes() for path in copies]
    assert 3 == len(set(photos)) == len({path.stat().st_mtime for path in copies})
    assert {len(photo) for photo in photos} == {source.stat().st_size}
    opened = HeifImageFile if camera is Camera.HEIC else JpegImageFile
    for photo in photos:
        exif = opened(BytesIO(photo)).getexif()
        taken = exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
        assert taken == exif[ExifTags.Base.DateTime]
