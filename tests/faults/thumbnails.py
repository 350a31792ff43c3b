"""Photos whose thumbnail alone is bad, in the ways that files go bad, lie, or mean harm.

The picture itself is whole, so it is known what a look at the photo must show. Each input follows
from a seed and a number. `FINDABLE` are the ways that the program must see through: the thumbnail
is refused, or shows what the picture shows. The others leave codes that still come out even, or are
a whole thumbnail that nothing in a HEIC gives away: of these it is counted how many are taken.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from gallery_daemon.imaging.heif import extents_for_thumbnail
from tests.faults.mutate import Hostile
from tests.imaging.camera import camera_exif, with_preview
from tests.imaging.edits import sepia, with_bars
from tests.imaging.pictures import drawn, grainy, written

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE = (1024, 768)
_SMALL = ((160, 120), (320, 240), (512, 384))
_SCENES = 3
_SEGMENT_BYTES = 0xFFFF
_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN = b"\xff\xda"
_FRAME = b"\xff\xc0"
_NUMBERS = (0, 1, 2, 7, 8, 255, 60_000, 65_535, 1 << 20, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF)
_SIDES = (0, 1, 8, 119, 120, 121, 160, 240, 4_096, 16_000, 65_500, 65_535)
_LEAST_HOLE = 16


@dataclass(frozen=True, slots=True)
class BadThumbnail:
    """A photo, and what its thumbnail went through; `scene` is what it shows."""

    hostile: Hostile
    way: str
    scene: int


@cache
def scene(number: int) -> Image.Image:
    """Hills of many colours with no symmetry, as large as the photo."""
    coarse = np.random.default_rng(number).integers(40, 216, (12, 16, 3), np.uint8)
    hills = Image.fromarray(coarse).resize(_SIZE, Image.Resampling.BICUBIC)
    return Image.blend(hills, drawn(*_SIZE), 0.4)


@cache
def coded_thumbnail(number: int, size: tuple[int, int]) -> bytes:
    """The scene's thumbnail as a camera's JPEG has it."""
    return _jpeg(_shown(number, size))


def _shown(number: int, size: tuple[int, int]) -> Image.Image:
    return scene(number).resize(size, Image.Resampling.BOX)


def _jpeg(image: Image.Image, **options: object) -> bytes:
    return written(image, "jpeg", quality=75, **options)


@cache
def _body(number: int) -> bytes:
    """The photo behind its start marker, without EXIF."""
    return written(grainy(scene(number)), "jpeg", quality=92)[2:]


def photo(number: int, thumbnail: bytes, **odd: int) -> bytes:
    """The scene as a camera's JPEG with that thumbnail; `odd` as of `with_preview`."""
    block = with_preview(camera_exif(_SIZE), thumbnail, **odd)[: _SEGMENT_BYTES - 2]
    segment = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    return _START + segment + _body(number)


# Ways of a JPEG's thumbnail: of the coded bytes, or of the picture in it.


def scan_of(coded: bytes) -> int:
    """Where its coded rows begin."""
    place = coded.index(_SCAN) + 2
    return place + int.from_bytes(coded[place : place + 2], "big")


def _place(coded: bytes, rng: random.Random) -> int:
    return rng.randrange(scan_of(coded), len(coded) - 2)


def cut(coded: bytes, rng: random.Random) -> bytes:
    """The rest is missing."""
    return coded[: rng.randrange(len(coded) - 2)]


def cut_with_end(coded: bytes, rng: random.Random) -> bytes:
    """The rest is missing, but for the end marker. The last bytes may have been padding."""
    return coded[: rng.randrange(scan_of(coded), len(coded) - 8)] + _END


def with_hole(coded: bytes, rng: random.Random) -> bytes:
    """A stretch is zeros."""
    place = _place(coded[:-_LEAST_HOLE], rng)
    size = min(rng.choice((_LEAST_HOLE, 64, 512, 4096)), len(coded) - 2 - place)
    return coded[:place] + bytes(size) + coded[place + size :]


def of_another_size(coded: bytes, rng: random.Random) -> bytes:
    """Its header says another width or height than it has."""
    place = coded.index(_FRAME) + 5 + rng.choice((0, 2))
    return coded[:place] + rng.choice(_SIDES).to_bytes(2, "big") + coded[place + 2 :]


def not_a_jpeg(coded: bytes, rng: random.Random) -> bytes:
    """Another format stands there, or nothing at all."""
    form = rng.choice(("png", "webp", "bmp", "gif", "tiff"))
    other = written(Image.open(BytesIO(coded)).convert("RGB").resize((160, 120)), form)
    return rng.choice((other, b"", b"\0", _START, _START + _END, rng.randbytes(len(coded))))


def coded_otherwise(coded: bytes, rng: random.Random) -> bytes:
    """In a way that EXIF does not allow, or with other channels."""
    image = Image.open(BytesIO(coded)).convert("RGB")
    mode = rng.choice(("CMYK", "L", "RGB"))
    return _jpeg(image.convert(mode), progressive=mode == "RGB" or rng.random() < 0.5)


def of_another_picture(coded: bytes, rng: random.Random) -> bytes:
    """Or of this one before somebody edited it."""
    image = Image.open(BytesIO(coded)).convert("RGB")
    return _jpeg(rng.choice(_OTHERS)(image))


_OTHERS: tuple[Callable[[Image.Image], Image.Image], ...] = (
    lambda image: _shown(_SCENES, image.size),
    ImageOps.mirror,
    ImageOps.flip,
    lambda image: image.transpose(Image.Transpose.ROTATE_180),
    lambda image: image.transpose(Image.Transpose.ROTATE_90),
    with_bars,
    lambda image: Image.new("RGB", image.size),
    lambda image: Image.new("RGB", image.size, "white"),
    lambda image: image.resize((1, 1)),
    lambda image: image.resize((image.width * 8, image.height * 8)),
    ImageOps.invert,
    sepia,
)


def twice(coded: bytes, rng: random.Random) -> bytes:
    """Another one lies before or behind it, or in a comment within."""
    other = coded_thumbnail(_SCENES, (160, 120))
    comment = _START + b"\xff\xfe" + (len(other) + 2).to_bytes(2, "big") + other + coded[2:]
    return rng.choice((other + coded, coded[:-2] + other, comment))


def flipped_bits(coded: bytes, rng: random.Random) -> bytes:
    """Some bits of its rows are turned."""
    changed = bytearray(coded)
    for _ in range(rng.choice((1, 1, 2, 5))):
        changed[_place(coded, rng)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def with_noise(coded: bytes, rng: random.Random) -> bytes:
    """A stretch of its rows is noise."""
    place = _place(coded, rng)
    size = min(rng.choice((1, 4, 64, 512)), len(coded) - 2 - place)
    noise = rng.randbytes(size).replace(b"\xff", b"\xfe")
    return coded[:place] + noise + coded[place + size :]


def without_a_stretch(coded: bytes, rng: random.Random) -> bytes:
    """Some bytes of its rows are gone."""
    place = _place(coded, rng)
    return coded[:place] + coded[min(place + rng.choice((1, 2, 30, 300)), len(coded) - 2) :]


def with_damaged_header(coded: bytes, rng: random.Random) -> bytes:
    """Bytes of its tables are others."""
    changed = bytearray(coded)
    for _ in range(rng.choice((1, 1, 2, 5))):
        changed[rng.randrange(2, scan_of(coded))] = rng.randrange(256)
    return bytes(changed)


def _unchanged(coded: bytes, _: random.Random) -> bytes:
    return coded


UNCHANGED, LYING = "unchanged", "a directory that lies"
_JPEG_WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    UNCHANGED: _unchanged,
    LYING: _unchanged,
    "cut": cut,
    "cut, with an end marker": cut_with_end,
    "a hole of zeros": with_hole,
    "of another size than it says": of_another_size,
    "no JPEG": not_a_jpeg,
    "progressive, CMYK, grey": coded_otherwise,
    "of another picture": of_another_picture,
    "two of them": twice,
    "flipped bits": flipped_bits,
    "noise": with_noise,
    "bytes left out": without_a_stretch,
    "a damaged header": with_damaged_header,
}


def _odd(rng: random.Random) -> dict[str, int]:
    tag = rng.choice(("offset", "length", "next", "own_orientation"))
    return {tag: rng.choice((*_NUMBERS, rng.randrange(9_000)))}


# Ways of a HEIC's thumbnail: it is appended anew, and the table says where.


@cache
def heic(number: int) -> bytes:
    """The scene as a HEIC with a thumbnail of 320x240."""
    return written(grainy(scene(number)), "heic", thumbnails=[320])


def thumbnail_of(data: bytes) -> tuple[int, int]:
    """Where the coded thumbnail lies, and how long it is."""
    start = data.index(b"meta") + 4
    meta = data[start : start - 8 + int.from_bytes(data[start - 8 : start - 4], "big")]
    extents = extents_for_thumbnail(meta)
    assert extents is not None
    return extents[0]


def with_thumbnail(
    data: bytes, coded: bytes, place: int | None = None, size: int | None = None
) -> bytes:
    """The HEIC with that thumbnail behind its end, at the `place` that its table is told."""
    old = _entry(*thumbnail_of(data))
    assert data.count(old) == 1
    place = len(data) + 8 if place is None else place
    told = data.replace(old, _entry(place, len(coded) if size is None else size))
    return told + (len(coded) + 8).to_bytes(4, "big") + b"mdat" + coded


def _entry(place: int, size: int) -> bytes:
    """As the writer tells it: a base, and one extent from there."""
    return place.to_bytes(4, "big") + b"\0\1\0\0\0\0" + size.to_bytes(4, "big")


def unit(content: bytes) -> bytes:
    """As HEVC's units lie in a HEIC."""
    return len(content).to_bytes(4, "big") + content


def _heic_unchanged(data: bytes, coded: bytes, _: random.Random) -> bytes:
    return with_thumbnail(data, coded)


def _heic_cut(data: bytes, coded: bytes, rng: random.Random) -> bytes:
    return with_thumbnail(data, coded[: rng.randrange(len(coded) - 1)])


def _heic_hole(data: bytes, coded: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(6, len(coded) - _LEAST_HOLE)
    size = min(rng.choice((_LEAST_HOLE, 512, 4096)), len(coded) - place)
    return with_thumbnail(data, coded[:place] + bytes(size) + coded[place + size :])


def _heic_lying(data: bytes, coded: bytes, rng: random.Random) -> bytes:
    number = rng.choice((*_NUMBERS, rng.randrange(len(data)))) % (1 << 32)
    return with_thumbnail(data, coded, **{rng.choice(("place", "size")): number})


def _heic_size(data: bytes, coded: bytes, rng: random.Random) -> bytes:
    said = b"".join(side.to_bytes(4, "big") for side in (320, 240))
    other = b"".join(rng.choice(_SIDES).to_bytes(4, "big") for _ in range(2))
    return with_thumbnail(data, coded).replace(b"ispe\0\0\0\0" + said, b"ispe\0\0\0\0" + other)


def _heic_two(data: bytes, coded: bytes, rng: random.Random) -> bytes:
    return with_thumbnail(data, rng.choice((coded + coded, coded + bytes(40), unit(b"") + coded)))


def _heic_noise(data: bytes, coded: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(30, len(coded) - 8)
    size = min(rng.choice((1, 1, 4, 64)), len(coded) - place)
    return with_thumbnail(data, coded[:place] + rng.randbytes(size) + coded[place + size :])


def _heic_cut_with_length(data: bytes, coded: bytes, rng: random.Random) -> bytes:
    return with_thumbnail(data, unit(coded[4 : rng.randrange(40, len(coded))]))


def _heic_of_another(data: bytes, _: bytes, rng: random.Random) -> bytes:
    other = heic((_heic_number(data) + rng.randrange(1, _SCENES)) % _SCENES)
    place, size = thumbnail_of(other)
    return with_thumbnail(data, other[place : place + size])


def _heic_number(data: bytes) -> int:
    return next(number for number in range(_SCENES) if heic(number) == data)


_HEIC = "HEIC: "
_HEIC_WAYS: dict[str, Callable[[bytes, bytes, random.Random], bytes]] = {
    _HEIC + UNCHANGED: _heic_unchanged,
    _HEIC + "cut": _heic_cut,
    _HEIC + "a hole of zeros": _heic_hole,
    _HEIC + "a table that lies": _heic_lying,
    _HEIC + "of another size than it says": _heic_size,
    _HEIC + "two of them": _heic_two,
    _HEIC + "noise": _heic_noise,
    _HEIC + "cut, with its length": _heic_cut_with_length,
    _HEIC + "of another picture": _heic_of_another,
}

NOT_FINDABLE = frozenset({
    "flipped bits", "noise", "bytes left out", "a damaged header", _HEIC + "noise",
    _HEIC + "cut, with its length", _HEIC + "of another picture",
})  # fmt: skip
WAYS = (*_JPEG_WAYS, *_HEIC_WAYS)
CONTROLS = (UNCHANGED, _HEIC + UNCHANGED)
"""The ways of which each thumbnail is taken, or else nothing is tested."""


def make(seed: int, number: int) -> BadThumbnail:
    """The input of that number; as many in a row as there are `WAYS` go each way once."""
    rng = random.Random(f"{seed}/thumbnails/{number}")
    way, shown = WAYS[number % len(WAYS)], rng.randrange(_SCENES)
    if way in _HEIC_WAYS:
        data = heic(shown)
        place, size = thumbnail_of(data)
        content, extension = _HEIC_WAYS[way](data, data[place : place + size], rng), "heic"
    else:
        coded = _JPEG_WAYS[way](coded_thumbnail(shown, rng.choice(_SMALL)), rng)
        content = photo(shown, coded, **(_odd(rng) if way == LYING else {}))
        extension = "jpg"
    name = f"{seed}-thumbnail-{number:07}.{extension}"
    return BadThumbnail(Hostile(name, content, way), way, shown)
