"""A photo as a page's script has it: what is known of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gallery_daemon.review.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gallery_daemon.commands.review import Waiting

_GUESSES: Final = 3
_DIGITS: Final = 4
_MINUTE: Final = len("2026-03-04T05:06")

# Those that do something else are left out.
_LETTERS: Final = "qertyiopdghjklzxcvbm"
KEYS: Final = "1234567890" + _LETTERS
"""The keys of classes, in their order; the page's own have other letters."""


def words_of(photo: Waiting, place: int) -> Mapping[str, object]:
    """The photo at that place of a queue."""
    by_share = sorted(photo.probabilities.items(), key=lambda each: each[1], reverse=True)
    return {
        "id": photo.id,
        "place": place,
        "name": harmless(photo.name),
        "folder": harmless(photo.folder),
        "taken": _moment(photo.taken),
        "guesses": [[harmless(name), round(share, _DIGITS)] for name, share in by_share[:_GUESSES]],
    }


def keys_of(classes: Sequence[str]) -> Sequence[Mapping[str, str]]:
    """Each class with its key, and how it is read; those that are too many have none."""
    keys = KEYS + " " * len(classes)
    return [
        {"name": name, "key": key.strip(), "says": harmless(name.replace("_", " "))}
        for name, key in zip(classes, keys, strict=False)
    ]


def _moment(taken: str | None) -> str | None:
    """As much as is known, to the minute: `2026-03-04 05:06`."""
    return None if taken is None else harmless(taken[:_MINUTE].replace("T", " "))
