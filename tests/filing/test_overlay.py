"""In a dry run a step ends as it does on the disk, and the disk stays as it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.errors import FilingError
from gallery_daemon.filing.overlay import DryRunDisk
from gallery_daemon.filing.steps import Step, step_of
from gallery_daemon.photo import Candidate, Identity, Photo
from tests.filing.conftest import NOW, World, make_files, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.filing.steps import Plan

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
def test_a_dry_run_says_what_the_disk_will_do(
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
    dry_run, library = DryRunDisk(), os.fspath(world.library)

    planned = [dry_run.place(library, step(plan)) for plan in plans]
    untouched = read_files(world.watch), read_files(world.library)
    filings = [world.execute(plan) for plan in plans]

    assert (_WATCH, _LIBRARY) == untouched
    assert [(each.state, each.action, each.name, each.reason) for each in planned] == [
        (each.state, each.action, each.destination.rpartition("/")[2], each.reason)
        for each in filings
    ]


def test_a_folder_that_is_not_there_is_not_made(world: World) -> None:
    """Neither the library nor a folder in it."""
    make_files(world.watch, {"x.jpg": b"photo"})
    plan = world.plan("x.jpg", Action.COPY, to="Deep/Down")
    library = os.fspath(world.home / "no library yet")

    placed = DryRunDisk().place(library, step(plan))

    assert "x.jpg" == placed.name
    assert ["library", "watch"] == sorted(
        path.name for path in world.home.iterdir() if path.is_dir()
    )


@pytest.mark.parametrize("action", list(Action))
def test_two_photos_may_have_come_from_one_path(world: World, action: Action) -> None:
    """One after the other: the second is not taken for the first."""
    make_files(world.watch, {"x.jpg": b"first"})
    first = step(world.plan("x.jpg", action))
    dry_run, library = DryRunDisk(), os.fspath(world.library)

    one = dry_run.place(library, first)
    (world.watch / "x.jpg").unlink()
    make_files(world.watch, {"x.jpg": b"later photo"})
    other = dry_run.place(library, step(world.plan("x.jpg", action)))

    names = ["x.jpg", "x.jpg" if action is Action.SYMLINK else "x (2).jpg"]
    assert names == [one.name, other.name]


def test_a_name_in_the_library_is_free_once_its_file_has_gone_on(world: World) -> None:
    """What moves on inside the library leaves its name to the next one."""
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/x.jpg": b"other"})
    lies = Photo(
        Candidate("phone", os.fspath(world.library), "Memes/x.jpg"),
        Identity.of((world.library / "Memes/x.jpg").lstat()),
        NOW,
    )
    dry_run, library = DryRunDisk(), os.fspath(world.library)

    taken = dry_run.place(library, step(world.plan("x.jpg", Action.COPY)))
    moved = dry_run.place(library, Step(lies, ("New",), "x.jpg", Action.MOVE, OnConflict.DEDUPE))
    free = dry_run.place(library, step(world.plan("x.jpg", Action.COPY)))

    assert ["x (2).jpg", "x.jpg", "x.jpg"] == [taken.name, moved.name, free.name]
    assert {"Memes/x.jpg": b"other"} == read_files(world.library)


def test_a_link_in_the_way_is_seen_in_a_dry_run(world: World, tmp_path: Path) -> None:
    """As the disk refuses it, and in the same words."""
    make_files(world.watch, {"x.jpg": b"photo"})
    (world.library / "Memes").symlink_to(tmp_path)
    plan = world.plan("x.jpg", Action.MOVE)

    with pytest.raises(FilingError) as planned:
        DryRunDisk().place(os.fspath(world.library), step(plan))
    with pytest.raises(FilingError) as done:
        world.execute(plan)

    assert done.value.sentence == planned.value.sentence
    assert "a link or a file" in done.value.sentence
