"""Texts of metadata: decoded, and as one short printable line, because they go into folder names.

EXIF's texts are ASCII, since version 3.0 UTF-8 too. Phones write UTF-8 under either type, and old
programs Latin-1; what is valid UTF-8 beyond ASCII is hardly ever meant as anything else.

Source: EXIF 3.0 (CIPA DC-008-2023), section 4.6.2 (type 129).
"""

from __future__ import annotations

_LENGTH_LIMIT = 64
# Letters of a text that are examined: a TIFF's may have hundreds of millions.
_EXAMINED_LIMIT = 1_000


def decoded(raw: bytes) -> str:
    """The beginning of a text in UTF-8 or, where it is none, in Latin-1."""
    begins = raw[:_EXAMINED_LIMIT].partition(b"\0")[0]
    try:
        return begins.decode()
    except UnicodeDecodeError as error:
        is_cut = len(begins) == _EXAMINED_LIMIT and error.start > _EXAMINED_LIMIT - 4
        return begins[: error.start].decode() if is_cut else begins.decode("latin-1")


def redecoded(text: str) -> str:
    """The same of a text that was decoded as Latin-1, as Pillow does."""
    return decoded(text[:_EXAMINED_LIMIT].encode("latin-1", "replace"))


def clean(value: object) -> str:
    """A text up to its first NUL, without control characters, of 64 letters at most.

    Anything but text is the empty text; bytes are a text whose type was not given.
    """
    text = decoded(value) if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return ""
    begins = text[:_EXAMINED_LIMIT].partition("\0")[0]
    printable = (letter if letter.isprintable() else " " for letter in begins)
    return " ".join("".join(printable).split())[:_LENGTH_LIMIT].strip()
