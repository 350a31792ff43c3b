"""What is seen in the library before a photo is filed into it."""

from __future__ import annotations

import os

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import FilingError
from gallery_daemon.journal.record import State
from tests.filing.conftest import World, make_files, read_files


def test_a_used_library_that_is_empty_is_an_unmounted_disk(world: World) -> None:
    """Nothing is filed onto the disk below; any folder in it says that it is meant so."""
    make_files(world.watch, {"x.jpg": b"photo", "y.jpg": b"another"})
    world.execute(world.plan("x.jpg", Action.MOVE))
    plan = world.plan("y.jpg", Action.MOVE)
    world.library.rename(world.home / "elsewhere")
    world.library.mkdir()

    with pytest.raises(FilingError, match="is empty, though") as refused:
        world.execute(plan)
    before = read_files(world.library)
    (world.library / "Memes").mkdir()
    world.execute(plan)

    assert (True, True, {}) == (refused.value.transient, refused.value.of_library, before)
    assert {"Memes/y.jpg": b"another"} == read_files(world.library)


@pytest.mark.parametrize("action", list(Action))
def test_a_linked_photo_that_is_edited_in_place_is_not_filed_twice(
    world: World, action: Action
) -> None:
    """Both names changed together; wherever the rules would put it now, it lies there already."""
    make_files(world.watch, {"x.jpg": b"photo"})
    first = world.execute(world.plan("x.jpg", Action.HARDLINK))
    (world.watch / "x.jpg").write_bytes(b"brighter photo")

    again = world.execute(world.plan("x.jpg", action, to="Cars", on_conflict=OnConflict.RENAME))

    assert (State.IDENTICAL, first.destination) == (again.state, again.destination)
    assert {"Memes/x.jpg": b"brighter photo"} == read_files(world.library)
    assert world.journal.is_known(
        os.fspath(world.watch / "x.jpg"), world.photo("x.jpg").identity, os.fspath(world.library)
    )
