"""On paper a step ends as it does on the disk, and the disk is as before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.filing.paper import Paper
from gallery_daemon.filing.plan import Step, step_of
from gallery_daemon.photo import Action, OnConflict
from tests.filing.conftest import World, make_files, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.filing.plan import Plan

_WATCH = {
    "a/x.jpg": b"photo",
    "b/x.jpg": b"other",
    "c/x.jpg": b"photo",
    "d/y.jpg": b"yours",
    "d/z.jpg": b"fresh",
}
_LIBRARY = {"Memes/y.jpg": b"yours", "Memes/x.jpg": b"mine!"}


def step(plan: Plan) -> Step:
    """The photo's part of a plan."""
    return step_of(plan.photo, plan.destination)


@pytest.mark.parametrize("on_conflict", list(OnConflict))
@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
def test_paper_says_what_the_disk_will_do(
    world: World, action: Action, on_conflict: OnConflict, far: bool, request: pytest.FixtureRequest
) -> None:
    """State, action and name of every photo, one after the other; and nothing is touched."""
    if far:
        world.library = request.getfixturevalue("far_library")
    make_files(world.watch, _WATCH)
    make_files(world.library, _LIBRARY)
    plans = [
        world.plan(name, action, on_conflict=on_conflict, rename=name.rpartition("/")[2])
        for name in _WATCH
    ]
    paper, library = Paper(), os.fspath(world.library)

    foretold = [paper.place(library, step(plan)) for plan in plans]
    untouched = read_files(world.watch), read_files(world.library)
    filings = [world.execute(plan) for plan in plans]

    assert (_WATCH, _LIBRARY) == untouched
    assert [(each.state, each.action, each.name, each.reason) for each in foretold] == [
        (each.state, each.action, each.destination.rpartition("/")[2], each.reason)
        for each in filings
    ]


def test_a_folder_that_is_not_there_is_not_made(world: World) -> None:
    """Neither the library nor a folder in it."""
    make_files(world.watch, {"x.jpg": b"photo"})
    plan = world.plan("x.jpg", Action.COPY, to="Deep/Down")
    library = os.fspath(world.home / "no library yet")

    placed = Paper().place(library, step(plan))

    assert "x.jpg" == placed.name
    assert ["library", "watch"] == sorted(
        path.name for path in world.home.iterdir() if path.is_dir()
    )


def test_a_name_that_is_vacated_is_free_until_it_is_kept_on(world: World) -> None:
    """A photo that would go away leaves its name to the next one, unless it stays after all."""
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/x.jpg": b"other"})
    wanted = step(world.plan("x.jpg", Action.COPY))
    paper, library = Paper(), os.fspath(world.library)
    path = os.fspath(world.library / "Memes/x.jpg")

    paper.vacate(path)
    paper.keep_on(path)
    kept = paper.place(library, wanted)
    paper.vacate(path)
    vacated = paper.place(library, wanted)

    assert ("x (2).jpg", "x.jpg") == (kept.name, vacated.name)


def test_bytes_are_read_where_they_lie(world: World, tmp_path: Path) -> None:
    """A photo that is in the library only is compared there, as if it lay at home."""
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/x.jpg": b"photo", "Old/x.jpg": b"photo"})
    photo = world.photo("x.jpg")
    (world.watch / "x.jpg").rename(tmp_path / "gone")
    wanted = Step(photo, ("Memes",), "x.jpg", Action.MOVE, OnConflict.DEDUPE)

    placed = Paper().place(os.fspath(world.library), wanted, os.fspath(world.library / "Old/x.jpg"))

    assert "the same bytes lie in the library already" == placed.reason
