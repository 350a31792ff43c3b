"""Whose a JSON of Google Takeout is, by its name: a name that was made for another length.

Google Photos says what a photo's file cannot (people, albums, a corrected date and place) in a JSON
beside it, and names it after the photo. The name is cut at 46 characters before `.json`, and the
counter of a second photo of one name is put elsewhere than in the photo's own:

    IMG_1.jpg                  IMG_1.jpg.json, IMG_1.jpg.supplemental-metadata.json
    a longer name.jpg          a longer name.jpg.supplemental-me.json, a longer name.jpg..json
    IMG_1(1).jpg               IMG_1.jpg(1).json, IMG_1.jpg.supplemental-metadata(1).json
    one of 47 letters_m(1).jpg one of 47 letters_(1).json

Sources: immich-go's matchers.go and matcher_test.go, GooglePhotosTakeoutHelper's json matcher.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUPPLEMENT = "supplemental-metadata"
_COUNTER = re.compile(r"\([0-9]+\)$")
# In UTF-16, as Java counts; a cut in the middle of an emoji makes it one shorter.
_CUT_AT = 45


class CutName(NamedTuple):
    """The beginning of a photo's name, and its counter, `(1)` say, or nothing."""

    beginning: str
    counter: str


def names_in_json(base: str) -> Iterator[str]:
    """The names that the photo of `base` + `.json` may have, the likeliest first."""
    counter = counter_of(base)
    plain = base.removesuffix(counter)
    before, dot, rest = plain.rpartition(".")
    named = [before] if dot and _SUPPLEMENT.startswith(rest.lower()) else []
    for name in (plain, *named):
        yield _with_counter(name, counter)
    if counter:
        # A person's `IMG_1(1).jpg.supplemental-metadata.json` needs no counter of its own.
        yield base


def cut_name(base: str) -> CutName | None:
    """What is left of the photo's name in `base` + `.json`; None if nothing was cut off."""
    counter = counter_of(base)
    beginning = base.removesuffix(counter)
    units = len(beginning.encode("utf-16-le", "surrogatepass")) // 2
    return CutName(beginning, counter) if units >= _CUT_AT else None


def counter_of(stem: str) -> str:
    """The counter at the end of a name without its extension."""
    found = _COUNTER.search(stem)
    return found[0] if found else ""


def _with_counter(name: str, counter: str) -> str:
    """The photo's own name: its counter is before the extension."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem}{counter}{dot}{extension}" if stem else f"{name}{counter}"
