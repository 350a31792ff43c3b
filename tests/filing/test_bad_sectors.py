"""Every effect is refused in turn with an input/output error, and the program goes on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import World, make_files, read_files
from tests.filing.fuse import BadSector, disk_on

if TYPE_CHECKING:
    from pathlib import Path

_BYTES = b"photo" * 5000


@pytest.mark.faults
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
@pytest.mark.parametrize("action", list(Action))
def test_what_the_disk_refuses_half_way_is_neither_lost_nor_doubled(
    tmp_path: Path, action: Action, far: bool, request: pytest.FixtureRequest
) -> None:
    """Tried again it is filed once, though every conflict would make a copy of it.

    The photo is told as filed exactly if it lies in the library, and as failed if it does not.
    """
    root = request.getfixturevalue("far_library") if far else tmp_path
    for effects in range(100):
        home, library = tmp_path / str(effects), root / f"library-{effects}"
        make_files(home / "watch", {"x.jpg": _BYTES})
        make_files(library, {"Memes/x.jpg": b"bystander"})
        world = World(home, library, Journal(home / "journal.sqlite3"))
        plan = world.plan("x.jpg", action, on_conflict=OnConflict.RENAME)
        fuse = BadSector(effects)
        world.disk = disk_on(fuse)

        with contextlib.suppress(FilingError, PhotoChanged):
            world.execute(plan)
        told = [row.state for row in world.journal.find(Query())]
        is_there = len(read_files(library)) > 1
        recover(world.journal, world.disk)
        if not world.journal.find(Query(states=(State.FILED,))):
            world.execute(plan)

        placed = read_files(library)
        assert b"bystander" == placed.pop("Memes/x.jpg")
        assert ["Memes/x (2).jpg"] == list(placed)
        if action is not Action.SYMLINK:
            assert [_BYTES] == list(placed.values())
        if action is not Action.MOVE:
            assert {"x.jpg": _BYTES} == read_files(world.watch)
        assert 1 == len(world.journal.find(Query(states=(State.FILED,))))
        assert told != [State.FAILED] or not is_there
        assert not world.journal.open_intents()
        world.journal.close()
        if not fuse.has_blown:
            return
    pytest.fail("the sweep did not end")
