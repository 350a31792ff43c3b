"""Bad thumbnails of whole photos: a quick look shows what a full look shows, or is none.

The facts and the picture are all that a decision rests on, so a photo whose quick look is the full
one is decided as with `looks: full`. `python -m tests.faults.fuzz --thumbnails` does the same with
thousands.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageOps

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging import tiff
from gallery_daemon.imaging.heif import thumbnails_of
from gallery_daemon.imaging.intact import is_intact_hevc, is_intact_jpeg
from gallery_daemon.imaging.look import Look, look
from gallery_daemon.imaging.preview import _coded_preview, _exif_block
from gallery_daemon.photo import LookKind
from tests.faults.thumbnails import (
    coded_thumbnail,
    heic,
    photo,
    scan_of,
    scene,
    thumbnail_of,
    unit,
    with_thumbnail,
)
from tests.imaging.camera import camera_exif, small
from tests.imaging.edits import sepia, with_bars
from tests.imaging.pictures import difference, grainy, identity_of, squashed, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START, END = b"\xff\xd8", b"\xff\xd9"
SIZES = {"160x120": (160, 120), "320x240": (320, 240)}
SHOWN = scene(0)


def looked(path: Path, content: bytes, kind: LookKind = LookKind.QUICK) -> Look:
    """A look at that photo."""
    path.write_bytes(content)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return look(
        str(path),
        identity_of(path),
        max_bytes=Limits.photo_bytes,
        max_pixels=Limits.photo_pixels,
        want_hash=False,
        kind=kind,
    )


def is_as_without(path: Path, content: bytes, without: bytes) -> bool:
    """Whether both looks at the photo show what is shown where it has no thumbnail."""
    bare = looked(path, without)
    quick, full = (looked(path, content, kind) for kind in (LookKind.QUICK, LookKind.FULL))
    facts, *others = (replace(each.facts, content_hash=None) for each in (bare, quick, full))
    return (
        LookKind.FULL is quick.kind is full.kind
        and np.array_equal(quick.picture, bare.picture)
        and np.array_equal(full.picture, bare.picture)
        and [facts, facts] == others
    )


def part(coded: bytes, share: float) -> bytes:
    """So much of the coded rows."""
    start = scan_of(coded)
    return coded[: start + int((len(coded) - start) * share)]


def holed(coded: bytes, size: int, filler: bytes = b"\0") -> bytes:
    """With nothing in the middle."""
    place = (scan_of(coded) + len(coded)) // 2
    return coded[:place] + filler * size + coded[place + size :]


def said(coded: bytes, width: int, height: int) -> bytes:
    """It says another size than it has."""
    place = coded.index(b"\xff\xc0") + 5
    sides = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return coded[:place] + sides + coded[place + 4 :]


def opened(coded: bytes) -> Image.Image:
    return Image.open(BytesIO(coded)).convert("RGB")


def commented(coded: bytes, other: bytes) -> bytes:
    return START + b"\xff\xfe" + (len(other) + 2).to_bytes(2, "big") + other + coded[2:]


def again(edit: Callable[[Image.Image], Image.Image]) -> Callable[[bytes], bytes]:
    """The thumbnail, edited."""

    def code(coded: bytes) -> bytes:
        return small(edit(opened(coded)))

    return code


REFUSED: dict[str, Callable[[bytes], bytes]] = {
    "cut at a quarter": lambda coded: part(coded, 0.25),
    "cut at a half": lambda coded: part(coded, 0.5),
    "cut at three quarters": lambda coded: part(coded, 0.75),
    "cut at 95 of 100": lambda coded: part(coded, 0.95),
    "cut at a quarter, with an end marker": lambda coded: part(coded, 0.25) + END,
    "cut at a half, with an end marker": lambda coded: part(coded, 0.5) + END,
    "cut at three quarters, with an end marker": lambda coded: part(coded, 0.75) + END,
    "cut at 95 of 100, with an end marker": lambda coded: part(coded, 0.95) + END,
    "cut in its header": lambda coded: coded[:100],
    "without an end marker": lambda coded: coded[:-2],
    "16 zeros in the middle": lambda coded: holed(coded, 16),
    "512 zeros in the middle": lambda coded: holed(coded, 512),
    "512 bytes of FF in the middle": lambda coded: holed(coded, 512, b"\xff"),
    "with more behind its rows": lambda coded: coded[:-2] + coded[-302:],
    "of another picture": lambda coded: coded_thumbnail(2, opened(coded).size),
    "mirrored": again(ImageOps.mirror),
    "turned by a quarter": again(lambda image: image.transpose(Image.Transpose.ROTATE_90)),
    "turned by a half": again(lambda image: image.transpose(Image.Transpose.ROTATE_180)),
    "with black bars": again(with_bars),
    "before a filter": again(sepia),
    "black": again(lambda image: Image.new("RGB", image.size)),
    "larger than the picture": again(lambda image: image.resize((1600, 1200))),
    "of 1x1": again(lambda image: image.resize((1, 1))),
    "of 0 bytes": lambda _: b"",
    "of 1 byte": lambda _: b"\xff",
    "of markers alone": lambda _: START + END,
    "noise": lambda _: bytes(range(256)) * 20,
    "a PNG": lambda coded: written(opened(coded), "png"),
    "a HEIC": lambda coded: written(opened(coded), "heic"),
    "progressive": lambda coded: written(opened(coded), "jpeg", progressive=True),
    "CMYK": lambda coded: written(opened(coded).convert("CMYK"), "jpeg"),
    "grey": again(ImageOps.grayscale),
    "said to be of 16,000 x 16,000": lambda coded: said(coded, 16_000, 16_000),
    "said to be of 4,096 x 3,072": lambda coded: said(coded, 4_096, 3_072),
    "said to be of no width": lambda coded: said(coded, 0, 120),
    "said to be smaller": lambda coded: said(coded, 144, 108),
    "two, another first": lambda coded: coded_thumbnail(2, (160, 120)) + coded,
}
ODD: dict[str, dict[str, int]] = {
    "its place is behind the block": {"offset": 60_000},
    "its place is behind the file": {"offset": 0xFFFFFFF0},
    "its place is in the first directory": {"offset": 8},
    "its place is the block's start": {"offset": 0},
    "it is longer than the block": {"length": 60_000},
    "it is as long as a number can be": {"length": 0xFFFFFFFF},
    "its length is 0": {"length": 0},
    "its length is cut": {"length": 1500},
    "its directory is the first one": {"next": 8},
    "its directory overlaps the first one": {"next": 10},
    "its directory is behind the block": {"next": 0xFFFFFFF0},
    "it is turned otherwise": {"own_orientation": 3},
}


@cache
def without_one() -> bytes:
    """The photo as a camera without thumbnails writes it."""
    return written(grainy(SHOWN), "jpeg", quality=92, exif=camera_exif(SHOWN.size))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", REFUSED)
def test_a_bad_thumbnail_is_as_none(kind: str, size: str, tmp_path: Path) -> None:
    """Both looks show the picture itself, with its facts."""
    content = photo(0, REFUSED[kind](coded_thumbnail(0, SIZES[size])))

    assert is_as_without(tmp_path / "x.jpg", content, without_one())


@pytest.mark.parametrize("kind", ODD)
def test_a_directory_that_lies_is_as_none(kind: str, tmp_path: Path) -> None:
    """About where the thumbnail is, how long, or how turned."""
    content = photo(0, coded_thumbnail(0, (160, 120)), **ODD[kind])

    assert is_as_without(tmp_path / "x.jpg", content, without_one())


TAKEN: dict[str, Callable[[bytes], bytes]] = {
    "unchanged": lambda coded: coded,
    "with bytes behind its end": lambda coded: coded + bytes(100),
    "two, another behind": lambda coded: coded + coded_thumbnail(2, (160, 120)),
    "two, another in its comment": lambda coded: commented(coded, coded_thumbnail(2, (160, 120))),
    "with restarts": lambda coded: written(opened(coded), "jpeg", restart_marker_rows=1),
    "with codes of its own": lambda coded: written(opened(coded), "jpeg", optimize=True),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_a_good_thumbnail_is_taken(kind: str, tmp_path: Path) -> None:
    """Or the others would prove nothing."""
    seen = looked(tmp_path / "x.jpg", photo(0, TAKEN[kind](coded_thumbnail(0, (160, 120)))))

    assert LookKind.QUICK is seen.kind
    assert difference(squashed(SHOWN), enlarged(seen)) < 6


def enlarged(seen: Look) -> np.ndarray:
    return squashed(Image.fromarray(seen.picture))


@pytest.mark.parametrize("size", SIZES)
def test_a_changed_byte_is_found_where_the_codes_come_out_uneven(size: str) -> None:
    """An eighth of them or more; after the others the codes fall into step again, a known gap."""
    coded = coded_thumbnail(0, SIZES[size])
    places = range(scan_of(coded), len(coded) - 2, 7)
    changed = [coded[:at] + bytes([coded[at] ^ 0x5A]) + coded[at + 1 :] for at in places]

    found = sum(not is_intact_jpeg(each, SIZES[size]) for each in changed)

    assert is_intact_jpeg(coded, SIZES[size])
    assert len(changed) / 8 < found


def test_two_readers_must_see_one_size() -> None:
    """Else nobody knows what the thumbnail shows."""
    assert not is_intact_jpeg(coded_thumbnail(0, (160, 120)), (120, 160))


def test_a_thumbnail_does_not_save_a_broken_photo(tmp_path: Path) -> None:
    """With a bad one or a good one it is quarantined, as with full looks."""
    coded = coded_thumbnail(0, (160, 120))
    for thumbnail in (coded, part(coded, 0.5), b""):
        content = photo(0, thumbnail)
        for kind in LookKind:
            with pytest.raises(BadPhoto, match="the JPEG data end early"):
                looked(tmp_path / "x.jpg", content[: len(content) // 2], kind)


HEIC_REFUSED: dict[str, Callable[[bytes, bytes], bytes]] = {
    "cut at a half": lambda data, coded: with_thumbnail(data, coded[: len(coded) // 2]),
    "cut by a byte": lambda data, coded: with_thumbnail(data, coded[:-1]),
    "16 zeros in the middle": lambda data, coded: with_thumbnail(data, middle(coded, 16)),
    "512 zeros in the middle": lambda data, coded: with_thumbnail(data, middle(coded, 512)),
    "zeros from the middle on": lambda data, coded: with_thumbnail(
        data, coded[: len(coded) // 2] + bytes(len(coded) // 2)
    ),
    "of 0 bytes": lambda data, _: with_thumbnail(data, b""),
    "of an empty unit": lambda data, coded: with_thumbnail(data, unit(b"") + coded),
    "noise": lambda data, coded: with_thumbnail(data, bytes(range(1, 256)) * (len(coded) // 255)),
    "with more behind it": lambda data, coded: with_thumbnail(data, coded + b"more"),
    "a JPEG": lambda data, _: with_thumbnail(data, coded_thumbnail(0, (320, 240))),
    "its place is behind the file": lambda data, coded: with_thumbnail(
        data, coded, place=0xFFFFFFF0
    ),
    "its place is the file's start": lambda data, coded: with_thumbnail(data, coded, place=0),
    "it is longer than the file": lambda data, coded: with_thumbnail(data, coded, size=0x7FFFFFFF),
    "said to be of 16,000 x 16,000": lambda data, _: said_of_heic(data, 16_000, 16_000),
    "larger than the picture": lambda data, _: said_of_heic(data, 2_048, 1_536),
    "of another shape": lambda data, _: said_of_heic(data, 240, 320),
}


def middle(coded: bytes, size: int) -> bytes:
    place = len(coded) // 2
    return coded[:place] + bytes(size) + coded[place + size :]


def said_of_heic(data: bytes, width: int, height: int) -> bytes:
    old, new = (
        b"ispe\0\0\0\0" + side.to_bytes(4, "big") + other.to_bytes(4, "big")
        for side, other in ((320, 240), (width, height))
    )
    assert data.count(old) == 1
    return data.replace(old, new)


@pytest.mark.parametrize("kind", HEIC_REFUSED)
def test_a_bad_thumbnail_of_a_heic_is_as_none(kind: str, tmp_path: Path) -> None:
    """It is as if the container had none, or named none."""
    data = heic(0)
    place, size = thumbnail_of(data)
    content = HEIC_REFUSED[kind](data, data[place : place + size])

    assert is_as_without(tmp_path / "x.heic", content, data.replace(b"thmb", b"xxxx"))


def test_a_heic_that_is_refused_for_its_thumbnail_is_refused_by_both_looks(tmp_path: Path) -> None:
    """libheif reads no picture where an item has no width: quarantined, as before quick looks."""
    content = said_of_heic(heic(0), 0, 240)

    for kind in LookKind:
        with pytest.raises(BadPhoto, match="Zero image width"):
            looked(tmp_path / "x.heic", content, kind)


def test_a_good_thumbnail_of_a_heic_is_taken(tmp_path: Path) -> None:
    """Also where it lies behind the picture."""
    data = heic(0)
    place, size = thumbnail_of(data)
    moved = with_thumbnail(data, data[place : place + size])

    assert heic(0) != moved
    for content in (data, moved):
        seen = looked(tmp_path / "x.heic", content)
        assert seen.facts.content_hash is None
        assert difference(squashed(SHOWN), enlarged(seen)) < 6


@pytest.mark.parametrize(
    ("coded", "is_intact"),
    [
        (unit(b"ab\0\0\3\0"), True),
        (unit(b"abc") + unit(b"def"), True),
        (unit(b"ab\0\0\0c"), False),
        (unit(b"ab\0\0\1c"), False),
        (unit(b"ab\0\0\2c"), False),
        (unit(b"ab"), False),
        (unit(b"abc") + b"\0", False),
        (unit(b"abc")[:-1], False),
        (b"", False),
    ],
)
def test_units_of_hevc_add_up(coded: bytes, is_intact: bool) -> None:
    """And none has what would begin another."""
    assert is_intact is is_intact_hevc(coded)


def preview_of(data: bytes) -> bytes:
    """Coded, as its EXIF names it; empty if it has none."""
    block = _exif_block(data)
    return _coded_preview(block, tiff.second_directory(BytesIO(block)) or {})


@pytest.mark.data
def test_the_thumbnails_of_phones_are_intact(phone: Path) -> None:
    """No photo loses its quick look for this."""
    jpegs = [path.read_bytes() for path in sorted(phone.rglob("*.[jJ][pP]*[gG]"))]
    paths = sorted(phone.rglob("*.[hH][eE][iI][cC]"))
    # Of QuickTime.heic the coded pictures were taken out.
    heics = [path.read_bytes() for path in paths if path.stem != "QuickTime"]

    previews = [coded for coded in map(preview_of, jpegs) if len(coded) > 100]
    thumbnails = [coded for data in heics for coded in thumbnails_of(data)]

    assert 20 < len(previews)
    assert 6 < len(thumbnails)
    assert all(is_intact_jpeg(coded, opened(coded).size) for coded in previews)
    assert all(map(is_intact_hevc, thumbnails))
