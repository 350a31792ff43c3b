"""The steps of a decision, file by file: one for the photo, one for each of its sidecars.

Pure. `groups_of` says which photos may share the journal's transactions. A step has the name to try
first; `names_to_try` gives the next ones. Which files are sidecars of a photo is decided in
`sidecars`, and what they are called beside it in `beside`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.filing.beside import name_beside
from gallery_daemon.rules.component import NAME_BYTES, NUMBER, byte_length, cut, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.decision import Decision, Destination
    from gallery_daemon.journal.record import CacheEntry, JournalEntry, Row
    from gallery_daemon.photo import Facts, Photo, Prediction


_DIGITS = re.compile("[0-9]+")
# With leading zeros; no one has so many photos of one name.
_MOST_DIGITS = 12
# What a group may copy: seconds of a slow disk, after which the first of its photos has its line.
_GROUP_BYTES = 128 << 20


@dataclass(frozen=True, slots=True)
class Plan:
    """A photo with all that led to its destination, and the sidecars that go with it.

    `cache_entry` goes into the journal's cache of inferences; `said` is the class that a person
    said, by which it was decided.
    """

    photo: Photo
    destination: Destination
    decision: Decision
    facts: Facts
    prediction: Prediction | None
    sidecars: tuple[Photo, ...]
    cache_entry: CacheEntry | None = None
    said: str | None = None


Deed: TypeAlias = "Plan | JournalEntry"
"""What becomes of a file: a plan is executed, the entry of a file that stays is recorded."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file's part of a plan: `name` is the first to try in `folder` of the library.

    `identical` is as in `Destination`.
    """

    file: Photo
    folder: tuple[str, ...]
    name: str
    action: Action
    on_conflict: OnConflict
    identical: Identical | None = None


def step_of(photo: Photo, to: Destination) -> Step:
    """The photo's own step."""
    return Step(photo, to.folder, to.name, to.action, to.on_conflict, to.identical)


def groups_of(deeds: Sequence[Deed]) -> Iterator[Sequence[Deed]]:
    """The deeds in groups, in order; the intents of a group may be open at the same time.

    So no group has one file twice, under whatever names: whether the second is filed already, the
    first one's end says. A photo with sidecars is the last of its group, because what they are
    called beside it is known only then, and the next photo must not take their names.
    """
    start, size_bytes, files = 0, 0, set[object]()
    for place, deed in enumerate(deeds):
        photo = deed.photo
        names = {photo.path, (photo.identity.device, photo.identity.inode)}
        size_bytes += photo.identity.size_bytes
        if place > start and (
            files & names or size_bytes > _GROUP_BYTES or _has_sidecars(deeds[place - 1])
        ):
            yield deeds[start:place]
            start, size_bytes, files = place, photo.identity.size_bytes, set()
        files |= names
    if deeds:
        yield deeds[start:]


def _has_sidecars(deed: Deed) -> bool:
    return isinstance(deed, Plan) and bool(deed.sidecars)


def names_to_try(name: str) -> Iterator[str]:
    """The name, then `name (2)`, `name (3)` ... before the extension, of at most 255 bytes.

    A name with a place for a number has 1, 2, 3 ... there.
    """
    return (_nth(name, number) for number in count(1))


def would_be_tried(name: str, wanted: str) -> bool:
    """Whether `name` is one of the names to try for `wanted`."""
    numbers = _numbers_in(name) - {0}
    return name == wanted or any(name == _nth(wanted, number) for number in numbers)


def _numbers_in(name: str) -> set[int]:
    """All numbers in the digits of a name: of 201 also 20, 1 and so on."""
    return {
        int(digits[start:end])
        for digits in _DIGITS.findall(name)
        for start in range(len(digits))
        for end in range(start + 1, min(len(digits), start + _MOST_DIGITS) + 1)
    }


def _nth(name: str, number: int) -> str:
    """The `number`th name to try, from 1."""
    if NUMBER in name:
        return numbered(name, number)
    if number == 1:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    ending = f" ({number}){dot}{extension}"
    return cut(stem, NAME_BYTES - byte_length(ending)) + ending


def step_late(sidecar: Photo, owner: Row, *, completes: bool = False) -> Step:
    """The step of a sidecar that goes beside its photo, which was filed as `owner` says.

    `completes`: the photo stays where it is, and so does the sidecar; if there is one of its name
    in the library already, that one counts.
    """
    assert owner.name is not None
    assert owner.action is not None
    name = name_beside(sidecar.name, owner.candidate.name, owner.name)
    step = Step(sidecar, owner.folder, name, Action(owner.action), OnConflict.DEDUPE)
    return completing(step) if completes else step


def completing(step: Step) -> Step:
    """The step of a sidecar that takes nothing away from where it is, and no other's place."""
    action = Action.COPY if step.action is Action.MOVE else step.action
    return replace(step, action=action, on_conflict=OnConflict.SKIP, identical=Identical.MERGE)
