"""Text in a terminal's columns: how many it takes, and paths shortened in the middle to fit.

Only what a person sees at a terminal is shortened. In a pipe, a file or JSON a path is whole.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

CUT = "…"
"""What stands for the part that is left out."""


def columns_of(stream: TextIO) -> int | None:
    """How many columns the terminal behind the stream has.

    None: it is no terminal, does not say, or cannot show the mark of what is left out.
    """
    try:
        if not stream.isatty() or not (stream.encoding or "").lower().startswith("utf"):
            return None
        # As every program of the shell: what a person sets goes before what the terminal says.
        given = os.environ.get("COLUMNS", "")
        found = int(given) if given.isdecimal() else os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return None
    return found or None


def width_of(text: str) -> int:
    """How many columns a terminal takes for the text."""
    return sum(map(_columns, text))


def shorten(path: str, width: int | None) -> str:
    """The path in at most `width` columns where that is possible; None: whole.

    The home folder becomes `~`. Where that is not enough, folders in the middle are left out, from
    the second on, so that where it begins and what it is called stay; a name that is too long by
    itself loses its middle.
    """
    if width is None:
        return path
    path = with_tilde(path)
    if width_of(path) <= width:
        return path
    *folders, name = path.removesuffix("/").split("/")
    name += "/" if path.endswith("/") else ""
    first = folders[:2] if folders[:1] == [""] else folders[:1]
    for begin in (first, []):
        for start in range(len(begin), len(folders) + 1):
            cut = [CUT] if start > len(begin) else []
            short = "/".join([*begin, *cut, *folders[start:], name])
            if width_of(short) <= width:
                return short
    return name if width_of(name) <= width else _without_middle(name, width)


def with_tilde(words: str) -> str:
    """The words with `~` for the home folder, wherever a path in it begins.

    Not after a quote: what stands in quotes is for a shell, which takes it to the letter.
    """
    home = os.path.expanduser("~").rstrip("/")  # noqa: PTH111 - a home may be no valid path
    return re.sub(rf"(?<![^\s(]){re.escape(home)}/", "~/", words) if home else words


def _without_middle(name: str, width: int) -> str:
    """The name's first and last letters; two letters at least."""
    kept = list(name)
    while len(kept) > 2 and width_of("".join(kept)) + 1 > width:  # noqa: PLR2004 - both ends
        # The end has what tells such names apart, and the extension.
        del kept[(len(kept) - 1) * 2 // 5]
    cut = (len(kept) * 2) // 5 or 1
    return "".join([*kept[:cut], CUT, *kept[cut:]])


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
