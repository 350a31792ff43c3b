"""Text of strangers made harmless: what a name may hold that a page should not.

Markup is no danger here, because every template escapes; these are the letters that no escape stops
from breaking a line or turning the words around them.
"""

from __future__ import annotations

_PICTURES = 0x2400
"""Unicode's pictures of the control characters begin here."""
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def _table() -> dict[int, str]:
    pictures = {code: chr(_PICTURES + code) for code in range(0x20)}
    # What turns text around: embeddings, overrides and isolates. The marks of single letters stay,
    # which Hebrew and Arabic names may need and which reach no further than their neighbours.
    turning = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
    others = (*range(0x80, 0xA0), *turning, *range(0xD800, 0xE000), 0xFEFF)
    ends = {0x7F: "\u2421", 0x2028: "\u2424", 0x2029: "\u2424"}
    return pictures | ends | dict.fromkeys(others, _UNKNOWN)


_TABLE = _table()


def harmless(text: str) -> str:
    """The text in one line, with its control characters as pictures of them.

    Halves of broken UTF-8 and what would turn the text around are replacement characters.
    """
    return text.translate(_TABLE)
