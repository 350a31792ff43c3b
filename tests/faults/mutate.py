"""Real photos made hostile: one of some hundred files, damaged in one to four ways.

Everything follows from a seed and a number, so that an input that broke something can be made
again. The damage is of the kinds that break readers: not only bytes here and there, but lengths and
counts that lie, texts that are no texts, and checksums that fit all the same.
"""

from __future__ import annotations

import io
import random
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import ExifTags, Image

from tests.imaging.camera import shot
from tests.imaging.pictures import drawn, exif_of, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SMALL_BYTES = 200_000
# One is often enough, and leaves enough of the file to be read.
_WAYS_AT_ONCE = (1, 1, 1, 2, 4)
_EXTENSIONS = (
    ".jpg", ".JPEG", ".png", ".gif", ".webp", ".bmp", ".tif", ".heic", ".avif", ".dng", ".mpo",
    ".mov", ".mp4", ".xmp", ".aae", ".txt", ".zip", ".html", "",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 7, 8, 9, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000)
TEXTS = (
    b"../../etc", b"/etc/passwd", b"..", b".", b"", b"\0", b"a\0b", b"~root", b"{camera}", b"%Y%n",
    b"\n\r\x1b[31m", b"\xff\xfe\xfd", b"X" * 10_000, b"-rf", b"C:\\CON", b"\xe2\x80\xaegpj.exe",
)  # fmt: skip
_YOUNG = ("heic", "avif", "webp", "jpeg", "tiff")
_BOX_NAMES = re.compile(
    rb"ftyp|meta|iloc|iinf|infe|iprp|ipco|ipma|ispe|pitm|iref|idat|mdat|hvcC|av1C|grid|Exif|moov"
)
_WORDS = re.compile(rb"[ -~]{4,40}")
_PNG_HEAD = 8


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file to be shown: its name, its bytes, and how it was made."""

    name: str
    content: bytes
    recipe: str


class Mutations:
    """The inputs of one seed, by their numbers."""

    def __init__(self, data: Path, seed: int) -> None:
        """The samples: all of `data/torture`, the small ones of `data/phone`, and drawn ones.

        Of HEIC, AVIF and WebP, whose decoders are the youngest, the data have few, and of photos
        that are looked at by their preview none so small.
        """
        files = [*(data / "torture").iterdir(), *(data / "phone").rglob("*")]
        self._samples = [
            (path.name, path.read_bytes())
            for path in sorted(files)
            if path.is_file() and path.stat().st_size <= _SMALL_BYTES
        ]
        young = [
            (f"{side}.{form}", written(drawn(side, side * 3 // 4), form, exif=exif_of(6)))
            for form in _YOUNG
            for side in (320, 64, 17)
        ]
        with_preview = [
            ("preview.jpg", shot(drawn(1200, 900), drawn())),
            ("thumbnail.heic", written(drawn(1200, 900), "heic", thumbnails=[320])),
        ]
        self._samples += (young + with_preview) * 8
        self._seed = seed

    def __len__(self) -> int:
        """How many samples there are; as many inputs in a row use each once."""
        return len(self._samples)

    def make(self, number: int) -> Hostile:
        """The input of that number."""
        rng = random.Random(f"{self._seed}/{number}")
        name, content = self._samples[number % len(self._samples)]
        recipe = [name]
        for _ in range(rng.choice(_WAYS_AT_ONCE)):
            way = rng.choice(_WAYS)
            other = rng.choice(self._samples)[1]
            content = way(content, rng, other)[: 2 * _SMALL_BYTES]
            recipe.append(way.__name__)
        if content.startswith(b"\x89PNG") and rng.random() < 0.7:
            content = with_checksums(content)
            recipe.append("with_checksums")
        stem, dot, extension = name.rpartition(".")
        kept = dot + extension if stem else ""
        extension = kept if rng.random() < 0.7 else rng.choice(_EXTENSIONS)
        return Hostile(f"{self._seed}-{number:07}{extension}", content, " ".join(recipe))


def flipped_bits(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """Some bits are turned, anywhere or in the header."""
    changed = bytearray(content)
    reach = len(changed) if rng.random() < 0.5 else min(len(changed), 600)
    for _ in range(rng.choice((1, 2, 5, 64)) if reach else 0):
        changed[rng.randrange(reach)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def truncated(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """The rest is missing."""
    return content[: rng.randint(0, len(content))]


def spliced(content: bytes, rng: random.Random, other: bytes) -> bytes:
    """A stretch of another file stands in it, in addition or instead."""
    start = rng.randint(0, len(other))
    piece = other[start : start + rng.randint(1, 5_000)]
    place = rng.randint(0, len(content))
    return content[:place] + piece + content[place + rng.choice((0, len(piece))) :]


def doubled(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """A stretch stands in it twice, or many times."""
    start = rng.randint(0, len(content))
    piece = content[start : start + rng.randint(1, 2_000)]
    return content[:start] + piece * rng.choice((1, 2, 50)) + content[start:]


def with_hole(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """A stretch is zeros, as after a crash, or as a sync tool leaves it."""
    start = rng.randint(0, len(content))
    size = min(len(content) - start, rng.randint(1, 20_000))
    return content[:start] + bytes(size) + content[start + size :]


def with_numbers(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """Numbers at the edges of their types stand where others stood."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8)) if len(changed) > 8 else 0):
        place = rng.randrange(min(len(changed), rng.choice((64, 2_000, len(changed)))))
        width, order = rng.choice((1, 2, 4)), rng.choice(("big", "little"))
        number = rng.choice(_NUMBERS) % (1 << 8 * width)
        changed[place : place + width] = number.to_bytes(width, order)  # type: ignore[arg-type]
    return bytes(changed)


def with_lying_length(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """A segment, a chunk or a box says another length than it has."""
    places = [
        (found.start() + 2, 2) for found in re.finditer(rb"\xff[\xc0-\xcf\xda-\xef]", content)
    ]
    places = places[:200] if content.startswith(b"\xff\xd8") else []
    places += [(found.start() - 4, 4) for found in _BOX_NAMES.finditer(content)]
    places += [(found.start() - 4, 4) for found in re.finditer(rb"IHDR|IDAT|eXIf|iTXt", content)]
    if content.startswith(b"RIFF"):
        places += [(4, 4), (16, 4)]
    if not places:
        return with_numbers(content, rng, b"")
    place, width = rng.choice(places)
    length = rng.choice((*_NUMBERS, rng.randrange(len(content) + 1))) % (1 << 8 * width)
    return content[: max(0, place)] + length.to_bytes(width, "big") + content[place + width :]


def with_text(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """A word in it is a hostile one, cut or filled to its length."""
    words = list(_WORDS.finditer(content[:8_000]))
    if not words:
        return flipped_bits(content, rng, b"")
    word = rng.choice(words)
    text = rng.choice(TEXTS)[: len(word.group())].ljust(
        len(word.group()), rng.choice((b"\0", b" "))
    )
    return content[: word.start()] + text + content[word.end() :]


def with_exif(content: bytes, rng: random.Random, _other: bytes) -> bytes:
    """A JPEG whose EXIF calls the camera by a hostile name; of the rest, its words."""
    if not content.startswith(b"\xff\xd8"):
        return with_text(content, rng, b"")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = rng.choice(TEXTS).decode("latin-1")
    exif[ExifTags.Base.Model] = rng.choice(TEXTS).decode("latin-1")
    exif[ExifTags.Base.Orientation] = rng.choice((0, 1, 6, 9, 65535))
    block = exif.tobytes()
    segment = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    return content[:2] + segment + content[2:]


_WAYS: tuple[Callable[[bytes, random.Random, bytes], bytes], ...] = (
    flipped_bits, truncated, spliced, doubled, with_hole, with_numbers, with_lying_length,
    with_lying_length, with_text, with_exif,
)  # fmt: skip


def with_checksums(content: bytes) -> bytes:
    """The chunks of a PNG have checksums that fit, so that a decoder reads on."""
    out = io.BytesIO()
    out.write(content[:_PNG_HEAD])
    place = _PNG_HEAD
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        body = content[place + 4 : place + 8 + length]
        out.write(content[place : place + 4] + body + zlib.crc32(body).to_bytes(4, "big"))
        place += 12 + length
    out.write(content[place:])
    return out.getvalue()
