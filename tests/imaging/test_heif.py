"""How a HEIC or an AVIF lies, by its container and by its EXIF."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import read_picture, read_preview
from gallery_daemon.imaging.formats import HEIC
from gallery_daemon.imaging.heif import clean_aperture, exif_turn
from gallery_daemon.imaging.preview import bytes_for_preview
from tests.imaging.pictures import difference, drawn, exif_of, held, squashed, written

WHOLE = (320, 240)
# The tag of EXIF, one big-endian SHORT, up to the byte that matters.
_OTHER_TAG = b"\1\x13\0\3\0\0\0\1\0"
_ORIENTATION = b"\1\x12\0\3\0\0\0\1\0"


@cache
def heic(orientation: int | None, *, container: int = 1, miaf: bool = False) -> bytes:
    """A HEIC as an encoder makes it that knows of EXIF alone, or of the container as well.

    Args:
        orientation: EXIF's; None: there is no EXIF.
        container: how the container turns it, as EXIF's 1 to 8.
        miaf: whether a brand promises that the container says everything.
    """
    shown = container if container > 1 else orientation or 1
    if orientation is None:
        # Without EXIF the writer turns the container as XMP says.
        options = {"xmp": f'tiff:Orientation="{container}"'.encode()} if container > 1 else {}
    else:
        options = {"exif": exif_of(container).tobytes()}
    data = bytearray(written(held(drawn(400, 300), shown), "heic", thumbnails=[300], **options))
    assert b"miaf" in data[:64]
    if orientation is not None:
        place = data.index(_ORIENTATION)
        data[place + len(_ORIENTATION)] = orientation
    return bytes(data if miaf else data.replace(b"miaf", b"mif1", 1))


def boxed(name: bytes, *contents: bytes) -> bytes:
    """A box."""
    content = b"".join(contents)
    return (len(content) + 8).to_bytes(4, "big") + name + content


def with_aperture(data: bytes, *numbers: int) -> bytes:
    """The AVIF with a `clap` of its first item: four fractions."""
    clap = boxed(b"clap", *(number.to_bytes(4, "big", signed=number < 0) for number in numbers))
    ipco = data.index(b"ipco") - 4
    ipco_bytes = int.from_bytes(data[ipco : ipco + 4], "big")
    count = 0
    place = ipco + 8
    while place < ipco + ipco_bytes:
        place += int.from_bytes(data[place : place + 4], "big")
        count += 1
    ipma = data.index(b"ipma") - 4
    ipma_bytes = int.from_bytes(data[ipma : ipma + 4], "big")
    associations = bytearray(data[ipma : ipma + ipma_bytes])
    associations[18] += 1  # of the first item: version, flags, entries, its number
    associations.insert(19, 0x80 | (count + 1))
    grown = bytearray(data)
    grown[ipma : ipma + ipma_bytes] = associations
    grown[ipma : ipma + 4] = (ipma_bytes + 1).to_bytes(4, "big")
    grown[place:place] = clap
    added = len(clap) + 1
    for name in (b"ipco", b"iprp", b"meta"):
        start = data.index(name) - 4
        length = int.from_bytes(data[start : start + 4], "big")
        grown[start : start + 4] = (length + (len(clap) if name == b"ipco" else added)).to_bytes(
            4, "big"
        )
    return _moved(bytes(grown), added)


def _moved(data: bytes, added: int) -> bytes:
    """The file with the places in `iloc` behind what was added; as libavif writes them."""
    iloc = data.index(b"iloc") + 4
    assert data[iloc : iloc + 6] == b"\0\0\0\0\x44\0"
    grown, place = bytearray(data), iloc + 8
    for _ in range(int.from_bytes(data[iloc + 6 : iloc + 8], "big")):
        extents = int.from_bytes(data[place + 4 : place + 6], "big")
        place += 6
        for _ in range(extents):
            offset = int.from_bytes(data[place : place + 4], "big") + added
            grown[place : place + 4] = offset.to_bytes(4, "big")
            place += 8
    return bytes(grown)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_a_heic_whose_container_is_silent(orientation: int) -> None:
    """As macOS does: the size, the orientation and the picture, whole and by the thumbnail."""
    data = heic(orientation)

    photo = read_picture(data, max_pixels=Limits.photo_pixels)
    part = bytes_for_preview(BytesIO(data), HEIC) or data
    quick = read_preview(part, HEIC, max_pixels=Limits.photo_pixels)

    assert quick is not None
    for each in (photo, quick):
        assert (orientation, (400, 300)) == (each.orientation, each.size)
        assert difference(squashed(drawn(400, 300)), each.pixels) < 4


@pytest.mark.parametrize(
    ("orientation", "container", "miaf", "size"),
    [
        # The container turns: EXIF is what the camera knew, whatever it says.
        (6, 6, False, (400, 300)),
        (3, 6, False, (400, 300)),
        (1, 6, False, (400, 300)),
        (None, 8, False, (400, 300)),
        (6, 2, False, (400, 300)),
        # The brand promises that there is no more to say.
        (6, 1, True, (300, 400)),
        (6, 6, True, (400, 300)),
        # Nothing is said, or nonsense.
        (None, 1, False, (400, 300)),
        (None, 1, True, (400, 300)),
    ],
    ids=range(9),
)
def test_a_container_that_speaks_is_believed(
    orientation: int | None, container: int, miaf: bool, size: tuple[int, int]
) -> None:
    """EXIF's orientation is a note there, and does not turn the picture again."""
    data = heic(orientation, container=container, miaf=miaf)

    photo = read_picture(data, max_pixels=Limits.photo_pixels)

    assert (1, size) == (photo.orientation, photo.size)


def test_an_orientation_that_is_none_turns_nothing() -> None:
    """0 and 9 are upright."""
    for orientation in (0, 9):
        photo = read_picture(heic(orientation), max_pixels=Limits.photo_pixels)
        assert (1, (400, 300)) == (photo.orientation, photo.size)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_only_the_container_turns_an_avif(orientation: int) -> None:
    """What libavif writes of EXIF's orientation; EXIF alone does nothing."""
    turned = written(held(drawn(), orientation), "avif", exif=exif_of(orientation))
    # Under another number first, because the writer moves it into the container.
    note = exif_of(orientation).tobytes().replace(_ORIENTATION, _OTHER_TAG)
    noted = written(drawn(), "avif", exif=note).replace(_OTHER_TAG, _ORIENTATION)

    photo = read_picture(turned, max_pixels=Limits.photo_pixels)
    upright = read_picture(noted, max_pixels=Limits.photo_pixels)

    assert (orientation, WHOLE) == (photo.orientation, photo.size)
    assert difference(squashed(drawn()), photo.pixels) < 6
    assert (1, WHOLE) == (upright.orientation, upright.size)


@pytest.mark.parametrize(
    ("numbers", "box"),
    [
        ((200, 1, 100, 1, 0, 1, 0, 1), (60, 70, 260, 170)),
        ((160, 1, 120, 1, -80, 1, -60, 1), (0, 0, 160, 120)),
        ((160, 1, 120, 1, 80, 1, 60, 1), (160, 120, 320, 240)),
        ((400, 2, 300, 3, 0, 1, 0, 1), (60, 70, 260, 170)),
        # All of it, more than there is, nothing, and no number.
        ((320, 1, 240, 1, 0, 1, 0, 1), None),
        ((322, 1, 240, 1, 0, 1, 0, 1), None),
        ((200, 1, 100, 1, 100, 1, 0, 1), None),
        ((0, 1, 100, 1, 0, 1, 0, 1), None),
        ((-200, 1, 100, 1, 0, 1, 0, 1), None),
        ((200, 0, 100, 1, 0, 1, 0, 1), None),
    ],
)
def test_an_avif_is_cropped_as_its_container_says(
    numbers: tuple[int, ...], box: tuple[int, int, int, int] | None
) -> None:
    """libavif leaves that to its caller; what cannot be is not done."""
    data = with_aperture(written(drawn(), "avif", quality=90), *numbers)

    photo = read_picture(data, max_pixels=Limits.photo_pixels)

    shown = drawn().crop(box) if box else drawn()
    assert box == clean_aperture(data, WHOLE)
    assert shown.size == photo.size
    assert difference(squashed(shown), photo.pixels) < 6


def test_an_aperture_comes_before_the_turn() -> None:
    """The crop is of the stored picture."""
    data = with_aperture(
        written(held(drawn(), 6), "avif", quality=90, exif=exif_of(6)), 120, 1, 320, 1, 60, 1, 0, 1
    )
    photo = read_picture(data, max_pixels=Limits.photo_pixels)

    assert (6, (320, 120)) == (photo.orientation, photo.size)
    expected = held(drawn(), 6).crop((120, 0, 240, 320)).transpose(Image.Transpose.ROTATE_270)
    assert difference(squashed(expected), photo.pixels) < 6


@given(st.integers(0, 900), st.binary(max_size=24))
def test_broken_tables_raise_nothing(place: int, other: bytes) -> None:
    """Whatever a hostile container says, nothing is turned or cropped for it."""
    broken = HEIC_FILE[:place] + other + HEIC_FILE[place + len(other) :]

    assert exif_turn(broken) in range(0x10000)
    clean_aperture(broken, (64, 48))


HEIC_FILE = written(Image.fromarray(np.zeros((48, 64, 3), np.uint8)), "heic", exif=exif_of(6))
