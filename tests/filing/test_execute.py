"""Folder before, one plan, folder after."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.execute import Filer
from gallery_daemon.journal.contents import DigestKind
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.filing.conftest import NOW, World, make_files, read_files

if TYPE_CHECKING:
    from pathlib import Path

ACTIONS = list(Action)
STAYS = {Action.HARDLINK: True, Action.COPY: True, Action.MOVE: False, Action.SYMLINK: True}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
def test_a_photo_comes_into_the_library(
    world: World, action: Action, far: bool, request: pytest.FixtureRequest
) -> None:
    """Whole, with its mtime; only a move takes it away from where it was; nothing else is left."""
    if far:
        world.library = request.getfixturevalue("far_library")
    make_files(world.watch, {"a/x.jpg": b"photo" * 1000})
    os.utime(world.watch / "a/x.jpg", ns=(1_000_000_007, 1_234_567_890_123_456_789))

    filing = world.execute(world.plan("a/x.jpg", action, to="Memes/2026"))

    placed = world.library / "Memes/2026/x.jpg"
    assert (State.FILED, os.fspath(placed)) == (filing.state, filing.destination)
    assert b"photo" * 1000 == placed.read_bytes()
    assert 1_234_567_890_123_456_789 == placed.stat().st_mtime_ns
    assert STAYS[action] == (world.watch / "a/x.jpg").exists()
    assert ["Memes/2026/x.jpg"] == list(read_files(world.library))
    assert (["a/x.jpg"] if STAYS[action] else []) == list(read_files(world.watch))
    assert not world.journal.open_intents()


READS = [
    # A rename or a link reads nothing, so the hash is its only reading.
    (Action.MOVE, False, False, 1),
    (Action.HARDLINK, False, False, 1),
    (Action.SYMLINK, False, False, 1),
    (Action.COPY, False, False, 0),
    (Action.MOVE, True, False, 0),
    (Action.HARDLINK, True, False, 0),
    # Nothing is copied, because the same bytes lie there.
    (Action.COPY, False, True, 1),
    (Action.MOVE, True, True, 1),
]


@pytest.mark.parametrize(("action", "far", "is_there", "reads"), READS)
def test_a_photo_that_is_copied_is_not_read_again_for_its_hash(
    world: World,
    action: Action,
    far: bool,
    is_there: bool,
    reads: int,
    request: pytest.FixtureRequest,
) -> None:
    """The copy has hashed it; the journal has the same hash either way."""
    hashed = []

    class Counting(Disk):
        def content_hash(self, source: int, kind: DigestKind = DigestKind.WHOLE) -> str:
            hashed.append(source)
            return super().content_hash(source, kind)

    if far:
        world.library = request.getfixturevalue("far_library")
    make_files(world.watch, {"x.jpg": b"photo" * 1000})
    make_files(world.library, {"Memes/x.jpg": b"photo" * 1000} if is_there else {})
    world.disk = Counting()

    world.execute(world.plan("x.jpg", action))

    (row,) = world.journal.find(Query())
    assert hashlib.sha256(b"photo" * 1000).hexdigest() == row.content_hash
    assert reads == len(hashed)


def test_a_hard_link_is_the_same_file_and_a_copy_where_it_cannot_be(
    world: World, far_library: Path
) -> None:
    """On one disk both names are one inode; on another the filing says that it copied."""
    make_files(world.watch, {"x.jpg": b"photo"})

    near = world.execute(world.plan("x.jpg", Action.HARDLINK))
    world.library = far_library
    far = world.execute(world.plan("x.jpg", Action.HARDLINK))

    assert (Action.HARDLINK, Action.COPY) == (near.action, far.action)
    assert (world.watch / "x.jpg").samefile(near.destination)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("on_conflict", "identical", "same", "state", "name"),
    [
        (OnConflict.DEDUPE, None, False, State.FILED, "x (2).jpg"),
        (OnConflict.DEDUPE, None, True, State.IDENTICAL, "x.jpg"),
        (OnConflict.RENAME, None, True, State.FILED, "x (2).jpg"),
        (OnConflict.KEEP_BOTH, None, True, State.FILED, "x (2).jpg"),
        (OnConflict.KEEP_BOTH, None, False, State.FILED, "x (2).jpg"),
        (OnConflict.SKIP, None, False, State.SKIPPED, "x.jpg"),
        (OnConflict.SKIP, None, True, State.SKIPPED, "x.jpg"),
        (OnConflict.RENAME, Identical.MERGE, True, State.IDENTICAL, "x.jpg"),
        (OnConflict.RENAME, Identical.MERGE, False, State.FILED, "x (2).jpg"),
        (OnConflict.RENAME, Identical.LEAVE, True, State.SKIPPED, "x.jpg"),
        (OnConflict.DEDUPE, Identical.KEEP, True, State.FILED, "x (2).jpg"),
        (OnConflict.SKIP, Identical.MERGE, True, State.IDENTICAL, "x.jpg"),
        (OnConflict.SKIP, Identical.MERGE, False, State.SKIPPED, "x.jpg"),
    ],
)
def test_a_taken_name_is_never_overwritten(
    world: World,
    action: Action,
    on_conflict: OnConflict,
    identical: Identical | None,
    same: bool,
    state: State,
    name: str,
) -> None:
    """The file there stays byte for byte; the photo gets another name, or stays."""
    make_files(world.watch, {"x.jpg": b"new"})
    make_files(world.library, {"Memes/x.jpg": b"new" if same else b"old"})
    if action is Action.SYMLINK and same:
        (world.library / "Memes/x.jpg").unlink()
        (world.library / "Memes/x.jpg").symlink_to(world.watch / "x.jpg")
    before = read_files(world.library)["Memes/x.jpg"]

    filing = world.execute(
        world.plan("x.jpg", action, on_conflict=on_conflict, identical=identical)
    )

    assert (state, name) == (filing.state, filing.destination.rpartition("/")[2])
    assert before == read_files(world.library)["Memes/x.jpg"]
    assert (state is State.FILED) == ("Memes/x (2).jpg" in read_files(world.library))
    if state is not State.FILED:
        assert {"x.jpg": b"new"} == read_files(world.watch)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("on_conflict", OnConflict)
def test_a_sequence_takes_the_first_number_that_is_free(
    world: World, action: Action, on_conflict: OnConflict
) -> None:
    """A name with a place for a number is never taken, so there is nothing to skip either."""
    make_files(world.watch, {"x.HEIC": b"photo", "x.MOV": b"film"})
    make_files(world.library, {"Memes/Trip 01.HEIC": b"a", "Memes/Trip 03.HEIC": b"b"})
    plan = world.plan(
        "x.HEIC", action, on_conflict=on_conflict, sidecars=("x.MOV",), rename="Trip \0\0.HEIC"
    )

    filing = world.execute(plan)

    assert "Trip 02.HEIC" == filing.destination.rpartition("/")[2]
    assert {"Memes/Trip 02.HEIC", "Memes/Trip 02.MOV"} <= set(read_files(world.library))


def test_identical_bytes_are_merged_under_any_number(world: World) -> None:
    """The photo that came back finds itself as 02."""
    make_files(world.watch, {"x.jpg": b"photo"})
    make_files(world.library, {"Memes/01.jpg": b"other", "Memes/02.jpg": b"photo"})

    filing = world.execute(world.plan("x.jpg", Action.COPY, rename="\0\0.jpg"))

    assert (State.IDENTICAL, "02.jpg") == (filing.state, filing.destination.rpartition("/")[2])


@pytest.mark.parametrize("action", ACTIONS)
def test_sidecars_travel_under_their_photo_s_name(world: World, action: Action) -> None:
    """A photo that became ` (2)` takes its sidecars along as ` (2)`."""
    make_files(world.watch, {"x.HEIC": b"photo", "x.MOV": b"film", "x.HEIC.xmp": b"notes"})
    make_files(world.library, {"Memes/x.HEIC": b"another"})

    filing = world.execute(world.plan("x.HEIC", action, sidecars=("x.MOV", "x.HEIC.xmp")))

    assert ("x.MOV", "x.HEIC.xmp") == filing.sidecars
    assert {
        "Memes/x.HEIC",
        "Memes/x (2).HEIC",
        "Memes/x (2).MOV",
        "Memes/x (2).HEIC.xmp",
    } == set(read_files(world.library))


def test_a_sidecar_s_trouble_is_told_and_does_not_keep_the_photo(world: World) -> None:
    """The film changed after it settled: the photo is filed, the film stays and is named."""
    make_files(world.watch, {"x.HEIC": b"photo", "x.MOV": b"film"})
    plan = world.plan("x.HEIC", Action.MOVE, sidecars=("x.MOV",))
    (world.watch / "x.MOV").write_bytes(b"longer film")

    filing = world.execute(plan)

    assert State.FILED is filing.state
    assert {"x.MOV": b"longer film"} == read_files(world.watch)
    assert filing.problems[0].startswith("x.MOV: ")


def test_a_late_sidecar_finds_its_photo(world: World) -> None:
    """A film that comes after its still is filed beside it, under its name, by the same action."""
    make_files(world.watch, {"x.HEIC": b"photo"})
    make_files(world.library, {"Memes/x.HEIC": b"another"})
    world.execute(world.plan("x.HEIC", Action.MOVE))
    make_files(world.watch, {"x.MOV": b"film"})
    library = os.fspath(world.library)
    owner = world.journal.latest_of(os.fspath(world.watch / "x.HEIC"), library)
    assert owner is not None

    Filer(world.journal, world.disk, library).execute_late(world.photo("x.MOV"), owner, NOW)

    assert b"film" == read_files(world.library)["Memes/x (2).MOV"]
    assert {} == read_files(world.watch)


@pytest.mark.parametrize("action", ACTIONS)
def test_what_was_classified_is_what_is_filed(world: World, action: Action) -> None:
    """A photo that was rewritten, or swapped for a link, in the meantime is not filed."""
    make_files(world.watch, {"x.jpg": b"photo", "secret": b"secret"})
    plan = world.plan("x.jpg", action)
    (world.watch / "x.jpg").write_bytes(b"another photo")
    with pytest.raises(PhotoChanged):
        world.execute(plan)

    (world.watch / "x.jpg").unlink()
    (world.watch / "x.jpg").symlink_to(world.watch / "secret")
    with pytest.raises(PhotoChanged):
        world.execute(plan)

    assert {} == read_files(world.library)
    assert not world.journal.open_intents()


@pytest.mark.parametrize("action", ACTIONS)
def test_no_link_leads_out_of_the_library_or_the_watch_folder(world: World, action: Action) -> None:
    """A folder of the library, or of the watch folder, that is a link is refused."""
    make_files(world.watch, {"a/x.jpg": b"photo"})
    outside = world.home / "outside"
    outside.mkdir()
    (world.library / "Memes").symlink_to(outside)
    with pytest.raises(FilingError, match=r"symbolic link|a link or a file"):
        world.execute(world.plan("a/x.jpg", action))

    plan = world.plan("a/x.jpg", action, to="Cars")
    (world.watch / "a").rename(outside / "a")
    (world.watch / "a").symlink_to(outside / "a")
    with pytest.raises(FilingError, match="replaced"):
        world.execute(plan)

    assert {"a/x.jpg": b"photo"} == read_files(outside)


def test_refusals_are_sentences_and_touch_nothing(world: World) -> None:
    """A vanished photo, a missing library, a name that is too long: what, and whether it passes."""
    make_files(world.watch, {"x.jpg": b"photo"})
    plan = world.plan("x.jpg", Action.MOVE)
    far = replace(plan.destination, name="n" * 256)
    with pytest.raises(FilingError, match="too long") as too_long:
        world.execute(replace(plan, destination=far))
    world.library = world.home / "unmounted"
    with pytest.raises(FilingError, match="is not there") as gone:
        world.execute(plan)
    (world.watch / "x.jpg").unlink()
    with pytest.raises(FilingError, match="vanished") as vanished:
        world.execute(plan)

    assert (False, True, False) == (
        too_long.value.transient,
        gone.value.transient,
        vanished.value.transient,
    )
    assert not world.journal.open_intents()


@pytest.mark.parametrize(
    "name", ["n\new.jpg", "br\udcffken.jpg", "-rf.jpg", "n" * 251 + ".jpg", "ünï 🚗.jpg"]
)
def test_strange_names_are_names(world: World, name: str) -> None:
    """Newlines, broken UTF-8, dashes, 255 bytes: the name arrives byte for byte."""
    make_files(world.watch, {name: b"photo"})

    world.execute(world.plan(name, Action.COPY))
    (world.watch / name).write_bytes(b"another photo")
    world.execute(world.plan(name, Action.COPY, on_conflict=OnConflict.RENAME))

    assert f"Memes/{name}" in read_files(world.library)
    assert 2 == len(read_files(world.library))


def test_a_race_for_one_name_has_no_loser(tmp_path: Path) -> None:
    """Four writers, eight photos of one name each: thirty-two files, every one whole."""
    library = tmp_path / "library"
    library.mkdir()

    def write(writer: int) -> None:
        journal = Journal(tmp_path / f"journal-{writer}.sqlite3")
        world = World(tmp_path / str(writer), library, journal, Disk())
        for number in range(8):
            make_files(world.watch, {f"{number}/x.jpg": f"{writer}-{number}".encode()})
            world.execute(world.plan(f"{number}/x.jpg", ACTIONS[number % 3]))
        journal.close()

    threads = [Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    contents = sorted(read_files(library).values())
    assert sorted(f"{w}-{n}".encode() for w in range(4) for n in range(8)) == contents
