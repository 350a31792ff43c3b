"""From the bytes of an EXIF block to a path: no camera's name does harm, whatever it is."""

from __future__ import annotations

import os
import struct
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from gallery_daemon.filing.steps import names_to_try
from gallery_daemon.imaging.decode import read_picture
from gallery_daemon.imaging.facts import facts_of
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction
from gallery_daemon.rules.fields import FIELDS, values_of
from gallery_daemon.rules.template import Template
from tests.faults.bombs import jpeg_with_exif

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_MAKE, _MODEL, _TAKEN = 271, 272, 306
_ASCII = 2

hostile = st.sampled_from([b"../../etc", b"/etc/passwd", b"..", b".", b"\0", b"~", b"a/b", b"-"])
texts = st.binary(max_size=300) | st.text().map(str.encode) | st.lists(hostile).map(b"".join)
odd_names = st.sampled_from([b".x", b"a\nb", b"\x1b[0m", b"\xff" * 255, b"n" * 255, b" "])
names = odd_names | st.binary(min_size=1, max_size=255).filter(lambda name: not {0, 47} & set(name))


def exif_block(tags: dict[int, bytes]) -> bytes:
    """A TIFF directory with these texts, byte for byte, which Pillow would not write."""
    entries, rest = b"", b""
    begin = 8 + 2 + 12 * len(tags) + 4
    for tag, text in sorted(tags.items()):
        field = (text + bytes(4))[:4] if len(text) <= 4 else struct.pack(">I", begin + len(rest))
        rest += text if len(text) > 4 else b""
        entries += struct.pack(">HHI", tag, _ASCII, len(text)) + field
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", len(tags)) + entries + bytes(4) + rest


def facts_from(tags: dict[int, bytes], name: str) -> Facts:
    """The facts of a photo with these tags."""
    picture = read_picture(jpeg_with_exif(exif_block(tags)), max_pixels=10_000)
    return facts_of(
        picture.metadata, form="jpeg", size=(64, 48), orientation=1, name=name, mtime=NOW
    )


def test_the_block_says_what_is_put_in() -> None:
    """So that the property below is about these bytes and not about nothing."""
    known = facts_from(
        {_MAKE: b"\xc9t\xe9", _MODEL: b"../x\0y", _TAKEN: b"2020:01:02 03:04:05"}, "x"
    )

    assert ("\u00c9t\u00e9 ../x", 2020) == (known.camera, known.taken.when.year)


@example(b"", b"../x", b"", b"n" * 255, ["camera"])
@example(b"", b"", b"", b".hid\nden", ["name"])
@example(b"", b"", b"", b"\xff" * 255, ["name", "stem"])
@given(texts, texts, texts, names, st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4))
def test_no_bytes_of_exif_make_a_part_that_does_harm(
    make: bytes, model: bytes, taken: bytes, name: bytes, fields: list[str]
) -> None:
    """In any field, alone or beside others: one visible name of at most 255 bytes each."""
    file = os.fsdecode(name)
    photo = Photo(Candidate("phone", "/watch", f"in/{file}"), Identity(1, 2, 3, 4), NOW)
    known = facts_from({_MAKE: make, _MODEL: model, _TAKEN: taken}, file)
    values = values_of(photo, known, Prediction({"cars": 1.0}, "m@1"), None)
    joined = "".join(f"{{{field}}}" for field in fields)
    apart = "/".join(f"{{{field}|camera}}" for field in fields)

    parts = [
        next(names_to_try(part))  # which puts a number where `{sequence}` has its place
        for template in (f"All/{joined}/", apart)
        for part in Template.parse(template).render(values)
    ]

    assert 2 + len(fields) == len(parts)
    for part in parts:
        assert part not in {"", ".", ".."}
        assert not {"/", "\0", "\n"} & set(part)
        assert not part.startswith(".")
        assert len(os.fsencode(part)) <= 255
