"""Case-insensitive globs for names, and for paths with `**`.

A pattern and a name that look alike match alike: both are brought to one Unicode form first,
because macOS and iOS decompose the letters of file names (NFD) and people type them composed
(NFC).

A path is matched component by component, so `*` never crosses a `/` and the work is bounded by
pattern components times path components: no pattern can make the daemon hang.
"""

from __future__ import annotations

import fnmatch
import operator
import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

ANY_DEPTH = "**"


def name_matches(pattern: str, name: str) -> bool:
    """Whether `pattern` matches the whole of `name`, with `*`, `?`, `[a-z]` and `[!a-z]`."""
    return _compiled(pattern).match(_composed(name)) is not None


def path_matches(pattern: str, path: str) -> bool:
    """Whether `pattern` matches the whole of the relative `path`, as in a `.gitignore`.

    `**` stands for any number of folders, also none; at the end, for anything inside the folder.
    """
    components = path.split("/")
    # reached[i]: the pattern read so far matches the first i components.
    reached = [True] + [False] * len(components)
    *folders, last = pattern.split("/")
    for part in folders:
        reached = _step(part, components, reached)
    if last == ANY_DEPTH:
        return any(reached[:-1])
    return _step(last, components, reached)[-1]


def _step(part: str, components: list[str], reached: list[bool]) -> list[bool]:
    """Where the pattern can be in the path once it has read one component more, `part`."""
    if part == ANY_DEPTH:
        return list(accumulate(reached, operator.or_))
    return [False] + [
        here and name_matches(part, component)
        for here, component in zip(reached, components, strict=False)
    ]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(_composed(pattern)), re.IGNORECASE)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
