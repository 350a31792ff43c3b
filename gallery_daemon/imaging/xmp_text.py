"""An XMP packet as text: its encoding, and what programs write into it that XML forbids.

A packet stands in a binary file and is often cut out of it too widely; its declaration, if it has
one, may name an encoding that it is not in. Only a stray ampersand and the number of a control
character, which XML forbids and programs write, are mended.

Each expression here looks at a letter once, or a few times: a packet is text of strangers, and one
that tries each `<?xml` of 170,000 up to the end takes minutes.

Source: XMP specification, part 1 (ISO 16684-1: encodings).
"""

from __future__ import annotations

import re

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Its encoding is wrong once the packet is text.
_DECLARATION = re.compile(r"<\?xml\s[^<>]*\?>")
# Which XML allows nowhere.
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WRITTEN_CONTROLS = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE | re.ASCII
)
# Of an entity that XML does not know by itself, or of none: "Smith & Sons", HTML's `&nbsp;`.
_STRAY_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)", re.IGNORECASE | re.ASCII
)


def text_of(packet: bytes) -> str:
    """The XML as text, from its first element or processing instruction on."""
    encoding = next((name for mark, name in _ENCODINGS if packet.startswith(mark)), "")
    if encoding:
        text = packet.decode(encoding, "replace")
    else:
        # What is behind the last tag, or behind a zero, may be anything.
        eight_bits = packet.partition(b"\0")[0].rpartition(b">")
        text = _of_eight_bits(b"".join(eight_bits[:2]))
    begins = text[max(0, text.find("<")) :].partition("\0")[0]
    return _CONTROLS.sub("", _DECLARATION.sub("", begins, count=1))


def mended(text: str) -> str:
    """The text without the numbers of controls, and with its stray ampersands written out."""
    return _STRAY_AMPERSAND.sub("&amp;", _WRITTEN_CONTROLS.sub("", text))


def _of_eight_bits(packet: bytes) -> str:
    try:
        return packet.decode()
    except UnicodeDecodeError:
        return packet.decode("latin-1")
