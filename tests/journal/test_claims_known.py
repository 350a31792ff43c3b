"""Which of many files the journal knows: as for each alone, whatever their number."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.journal.record import JournalEntry, State
from tests.filing.conftest import NOW, World, make_files

if TYPE_CHECKING:
    from gallery_daemon.photo import Photo


def photos(world: World, number: int) -> list[Photo]:
    """So many photos that lie in the watch folder."""
    names = [f"{each:03}.jpg" for each in range(number)]
    make_files(world.watch, {name: name.encode() for name in names})
    return [world.photo(name) for name in names]


@pytest.mark.parametrize("number", [0, 1, 2, 99, 100, 101, 250])
def test_every_file_of_many_is_answered_for(world: World, number: int) -> None:
    """Every third file came to its end, and the others remain, in their order."""
    there = photos(world, number)
    library = os.fspath(world.library)
    ended = [JournalEntry(photo, State.LEFT) for photo in there[::3]]
    world.journal.record_all(ended, library, NOW)

    unknown = world.journal.unknown(there, library)

    assert [photo for place, photo in enumerate(there) if place % 3] == unknown


def test_a_file_is_known_by_each_of_its_names(world: World) -> None:
    """By its path on another disk, by its inode under another path; never with other bytes."""
    same, renamed, rewritten, elsewhere = there = photos(world, 4)
    library = os.fspath(world.library)
    world.journal.record_all([JournalEntry(photo, State.LEFT) for photo in there], library, NOW)
    now = [
        replace(same, identity=replace(same.identity, inode=1, device=1)),
        replace(renamed, candidate=replace(renamed.candidate, relative="new.jpg")),
        replace(rewritten, identity=replace(rewritten.identity, mtime_ns=1)),
        replace(
            elsewhere,
            candidate=replace(elsewhere.candidate, relative="copy.jpg"),
            identity=replace(elsewhere.identity, inode=2),
        ),
    ]

    assert now[2:] == world.journal.unknown(now, library)
    assert now == world.journal.unknown(now, library + "2")
    assert now == world.journal.unknown(now, library, again=True)
