"""One component of a path in the library, made harmless whatever it is made of.

Camera names come out of EXIF and file names come from anywhere, so nothing is assumed of them. What
leaves here is one visible name that every Linux file system takes: not empty, no `/`, no control
character, no leading dot, and short enough.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

NAME_BYTES = 255
"""The longest file name. Source: NAME_MAX of Linux's limits.h; ext4, btrfs and XFS agree."""

NUMBER = "\0"
"""Stands for a digit of the number that makes a name free, which is known only when it is filed.

No file's name can hold it, so it is never mistaken for the name's own text.
"""

_PLACES = re.compile(f"{NUMBER}+")

_EXTENSION_BYTES = 32
"""What follows the last dot counts as an extension up to here, the dot included."""

_LINE_BREAKS = frozenset({"Cc", "Zl", "Zp"})
"""Unicode categories that break a line or control a terminal."""


def component(text: str, *, numbered: bool = False) -> str:
    """`text` as one component of a path; a name too long is cut before its extension.

    If it is `numbered`, each `NUMBER` in it stays.
    """
    kept = NUMBER if numbered else ""
    harmless = (
        "_" if each == "/" or (is_control(each) and each not in kept) else each for each in text
    )
    clean = "".join(harmless) or "_"
    if clean.startswith("."):
        clean = f"_{clean[1:]}"
    return _cut_name(clean)


def numbered(name: str, number: int) -> str:
    """The number in each of its places, with zeros before it; the text before makes room."""
    filled = _PLACES.sub(lambda place: f"{number:0{len(place[0])}}", name)
    if NUMBER not in name:
        return filled
    before = name.partition(NUMBER)[0]
    rest = filled[len(before) :]
    return cut(before, max(0, NAME_BYTES - byte_length(rest))) + rest


def is_control(letter: str) -> bool:
    """Whether a character breaks lines, controls a terminal, or cannot be a byte of a file name.

    Surrogates U+DC80 to U+DCFF are how Python writes the bytes of a name that is not UTF-8
    (`os.fsdecode`); any other surrogate stands for nothing.
    """
    category = unicodedata.category(letter)
    return category in _LINE_BREAKS or (category == "Cs" and not "\udc80" <= letter <= "\udcff")


def extension(name: str) -> str | None:
    """What follows the last dot, in lower case; nothing for `name`, `name.` and `.name`."""
    stem, _, end = name.rpartition(".")
    return end.lower() if stem and end else None


def stem(name: str) -> str:
    """The name without the last dot and what follows it; whole where there is no extension."""
    return name if extension(name) is None else name.rpartition(".")[0]


def _cut_name(name: str) -> str:
    if byte_length(name) <= NAME_BYTES:
        return name
    before, dot, end = name.rpartition(".")
    tail = dot + end
    if not before or byte_length(tail) > _EXTENSION_BYTES:
        return cut(name, NAME_BYTES)
    return cut(before, NAME_BYTES - byte_length(tail)) + tail


def cut(text: str, limit_bytes: int) -> str:
    """The longest beginning of `text` that fits, whole characters only."""
    ends = accumulate(byte_length(letter) for letter in text)
    return "".join(letter for letter, end in zip(text, ends, strict=True) if end <= limit_bytes)


def byte_length(text: str) -> int:
    """The bytes of the text as a name of a file."""
    return len(text.encode("utf-8", "surrogateescape"))
