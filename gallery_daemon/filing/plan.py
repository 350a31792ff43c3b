"""A plan: what is to be done with a photo and its sidecars, not yet done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from gallery_daemon.rules.component import NAME_BYTES, NUMBER, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.decision import Action, Decision, Destination, Identical, OnConflict
    from gallery_daemon.journal.record import CacheEntry
    from gallery_daemon.photo import Facts, Photo, Prediction

_DIGITS = re.compile("[0-9]+")
# Zeros before it included; more photos of one name than anybody has.
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """A photo with all that led to its destination, and the sidecars that travel with it.

    `note` is what the journal shall remember of the look at it.
    """

    photo: Photo
    destination: Destination
    decision: Decision
    facts: Facts
    prediction: Prediction | None
    sidecars: tuple[Photo, ...]
    note: CacheEntry | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One file's part of a plan: `name` is the first choice in `folder` of the library.

    `identical` is as in `Destination`.
    """

    file: Photo
    folder: tuple[str, ...]
    name: str
    action: Action
    on_conflict: OnConflict
    identical: Identical | None = None


def step_of(photo: Photo, to: Destination) -> Step:
    """The photo's own part of its plan."""
    return Step(photo, to.folder, to.name, to.action, to.on_conflict, to.identical)


def names_to_try(name: str) -> Iterator[str]:
    """The name, then `name (2)`, `name (3)` ... before the extension, of at most 255 bytes.

    A name with a place for a number has 1, 2, 3 ... there.
    """
    return (_nth(name, number) for number in count(1))


def would_be_tried(name: str, wanted: str) -> bool:
    """Whether `name` is among the names to try for `wanted`, however late."""
    numbers = _numbers_in(name) - {0}
    return name == wanted or any(name == _nth(wanted, number) for number in numbers)


def _numbers_in(name: str) -> set[int]:
    """All numbers that can be read out of a name: of 201 also 20, 1 and so on."""
    return {
        int(digits[start:end])
        for digits in _DIGITS.findall(name)
        for start in range(len(digits))
        for end in range(start + 1, min(len(digits), start + _MOST_DIGITS) + 1)
    }


def _nth(name: str, number: int) -> str:
    """The name to try when `number` - 1 of them were taken."""
    if NUMBER in name:
        return numbered(name, number)
    if number == 1:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    ending = f" ({number}){dot}{extension}"
    return _cut(stem, NAME_BYTES - len(_bytes(ending))) + ending


def _cut(text: str, most: int) -> str:
    """The longest beginning of `text` that has at most `most` bytes."""
    while len(_bytes(text)) > most:
        text = text[:-1]
    return text


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
