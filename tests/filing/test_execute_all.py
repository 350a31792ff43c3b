"""Photos that are decided together: two transactions, one end each, whatever happens to others."""

from __future__ import annotations

import errno
import os
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.errors import (
    AlreadyFiled,
    FilingError,
    JournalError,
    PhotoChanged,
    PhotoGone,
)
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.joint_acts import Filing
from gallery_daemon.filing.recover import recover
from gallery_daemon.filing.steps import groups_of
from gallery_daemon.journal.claims import AlreadyClaimed
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from tests.filing.conftest import NOW, World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.filing.joint_acts import Result
    from gallery_daemon.filing.steps import Deed, Plan
    from gallery_daemon.journal.record import IntentEnd, Row

ACTIONS = list(Action)


def photos(world: World, count: int) -> list[str]:
    """The names of so many photos in the watch folder, of different bytes."""
    names = [f"{number:02}.jpg" for number in range(count)]
    make_files(world.watch, {name: f"photo {name}".encode() for name in names})
    return names


def plans(world: World, count: int, action: Action) -> list[Plan]:
    """Plans for so many photos."""
    return [world.plan(name, action) for name in photos(world, count)]


def kinds(results: Sequence[Result]) -> list[type | State | None]:
    """What came of each: a state, an error's class, or None."""
    return [
        each.state if isinstance(each, Filing) else None if each is None else type(each)
        for each in results
    ]


def states(world: World) -> dict[str, list[State]]:
    """What the journal has of each file, the oldest first."""
    found: dict[str, list[State]] = {}
    for row in reversed(list(world.journal.newest_first())):
        found.setdefault(row.candidate.name, []).append(row.state)
    return found


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.SYMLINK, Action.MOVE])
def test_a_group_takes_two_transactions(world: World, action: Action) -> None:
    """One for sixty-four intents and for what stays, one for all ends."""
    deeds: list[Deed] = [*plans(world, 64, action)]
    make_files(world.watch, {"stays.jpg": b"stays"})
    deeds.insert(7, JournalEntry(world.photo("stays.jpg"), State.LEFT, "no rule matched"))
    (world.library / "Memes").mkdir()
    said: list[str] = []
    world.journal._database._connection.set_trace_callback(said.append)

    results = world.execute_all(*deeds)

    assert 2 == said.count("COMMIT")
    assert 64 == kinds(results).count(State.FILED)
    assert [None] == [each for each in results if not isinstance(each, Filing)]
    assert 64 == len(read_files(world.library))
    order = [row.candidate.name for row in reversed(list(world.journal.newest_first()))]
    assert [deed.photo.name for deed in deeds] == order


def test_a_lone_photo_takes_two_as_well(world: World) -> None:
    """It waits for nobody."""
    (plan,) = plans(world, 1, Action.HARDLINK)
    (world.library / "Memes").mkdir()
    said: list[str] = []
    world.journal._database._connection.set_trace_callback(said.append)

    world.execute(plan)

    assert 2 == said.count("COMMIT")


@pytest.mark.parametrize("action", ACTIONS)
def test_each_folder_is_synced_once_and_before_the_ends(
    world: World, action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that photos came into, and those that a move took them from."""
    happened: list[str] = []
    names = photos(world, 12)
    deeds = [
        world.plan(name, action, to="Memes" if number % 3 else "Cars")
        for number, name in enumerate(names)
    ]
    for folder in ("Memes", "Cars"):
        (world.library / folder).mkdir()

    class Noting(Disk):
        def sync(self, folder: int) -> None:
            happened.append(Path(f"/proc/self/fd/{folder}").readlink().name)
            super().sync(folder)

    close = Journal.close_intents

    def close_intents(journal: Journal, ends: Sequence[IntentEnd]) -> None:
        happened.append("ends")
        close(journal, ends)

    monkeypatch.setattr(Journal, "close_intents", close_intents)
    world.disk = Noting()
    world.execute_all(*deeds)

    touched = ["Cars", "Memes"] + ["watch"] * (action is Action.MOVE)
    assert [*touched, "ends"] == [*sorted(happened[:-1]), happened[-1]]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_folder_that_cannot_be_synced_is_told_of_with_its_photos(
    world: World, action: Action
) -> None:
    """They lie there, as the disk says; those in other folders have nothing to tell."""
    deeds = [
        world.plan(name, action, to="Memes" if number % 2 else "Cars")
        for number, name in enumerate(photos(world, 4))
    ]
    for folder in ("Memes", "Cars"):
        (world.library / folder).mkdir()

    class Failing(Disk):
        def sync(self, folder: int) -> None:
            if Path(f"/proc/self/fd/{folder}").readlink().name == "Cars":
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            super().sync(folder)

    world.disk = Failing()
    results = world.execute_all(*deeds)

    told = [each.reason for each in results if isinstance(each, Filing)]
    assert [f"{world.library}/Cars gives input/output errors", None] * 2 == told
    assert {f"{number:02}.jpg": [State.FILED] for number in range(4)} == states(world)


def test_a_disk_that_fails_under_library_and_journal_is_an_error_for_each_photo(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither can the folder be synced nor the journal be asked; all is found out later."""
    deeds = plans(world, 2, Action.HARDLINK)
    (world.library / "Memes").mkdir()

    class Failing(Disk):
        def sync(self, _folder: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def refuse(_journal: Journal, _number: int) -> None:
        raise JournalError("the journal cannot be used: disk i/o error")

    world.disk = Failing()
    with monkeypatch.context() as failing:
        failing.setattr(Journal, "existing_row", refuse)
        results = world.execute_all(*deeds)

    assert [JournalError] * 2 == kinds(results)
    assert [State.INTENT] * 2 == [row.state for row in world.journal.open_intents()]

    recovered = recover(world.journal, Disk())

    assert 2 == len(recovered)
    assert {f"{number:02}.jpg": [State.FILED] for number in range(2)} == states(world)


@pytest.mark.parametrize("action", ACTIONS)
def test_one_of_each_fault_takes_no_other_with_it(
    world: World, action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each photo has the end that it would have alone, in the order in which they were decided."""
    first, gone, changed, claimed, filed, left, broken, last = photos(world, 8)
    os.link(world.watch / first, world.watch / "twin.jpg")
    world.execute(world.plan(filed, Action.COPY))
    library = os.fspath(world.library)
    deeds: list[Deed] = [world.plan(name, action) for name in (first, gone, changed, claimed)]
    deeds += [world.plan("twin.jpg", action), world.plan(filed, action)]
    deeds += [
        JournalEntry(world.photo(left), State.LEFT, "no rule matched"),
        JournalEntry(world.photo(broken), State.QUARANTINED, "its end is missing"),
        world.plan(last, action),
    ]
    (world.watch / gone).unlink()
    (world.watch / changed).write_bytes(b"another photo")
    with closing(Journal(world.journal_path)) as other:
        intent = Intent("move", ("Memes",), claimed, "token")
        other.record(JournalEntry(world.photo(claimed), State.INTENT, intent=intent), library, NOW)
        monkeypatch.setattr(Journal, "take_over", lambda *_: nullcontext(False))

        results = world.execute_all(*deeds)

        assert [claimed] == [row.candidate.name for row in world.journal.open_intents()]
    assert [
        State.FILED,
        PhotoGone,
        PhotoChanged,
        AlreadyClaimed,
        AlreadyFiled,
        AlreadyFiled,
        None,
        None,
        State.FILED,
    ] == kinds(results)
    assert {
        first: [State.FILED],
        gone: [State.ABANDONED],
        changed: [State.ABANDONED],
        claimed: [State.INTENT],
        filed: [State.FILED],
        left: [State.LEFT],
        broken: [State.QUARANTINED],
        last: [State.FILED],
    } == states(world)
    assert {f"Memes/{name}" for name in (first, filed, last)} == set(read_files(world.library))


def test_a_claim_that_a_crash_left_is_ended_in_between(world: World) -> None:
    """The intents before it have their ends by then: recovery takes none of ours for a dead one."""
    before, stale, after = photos(world, 3)
    with closing(Journal(world.journal_path)) as dead:
        intent = Intent("hardlink", ("Memes",), stale, "token")
        entry = JournalEntry(world.photo(stale), State.INTENT, intent=intent)
        dead.record(entry, os.fspath(world.library), NOW)
    open_then: list[list[str]] = []

    class Watched(Journal):
        def open_intents(self) -> list[Row]:
            found = super().open_intents()
            open_then.append([row.candidate.name for row in found])
            return found

    world.journal.close()
    world.journal = Watched(world.journal_path)
    results = world.execute_all(
        *(world.plan(each, Action.HARDLINK) for each in (before, stale, after))
    )

    assert [State.FILED] * 3 == kinds(results)
    assert [[stale]] == open_then
    assert {before: [State.FILED], stale: [State.FILED], after: [State.FILED]} == states(world)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_library_that_is_full_for_a_moment_refuses_one_photo(
    world: World, action: Action
) -> None:
    """The others have their place; what is refused is remembered, and where it was."""
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Full(Disk):
        def link(self, source: int, folder: int, name: str) -> None:
            self._refuse(name)
            super().link(source, folder, name)

        def symlink(self, target: str, folder: int, name: str) -> None:
            self._refuse(name)
            super().symlink(target, folder, name)

        def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
            self._refuse(target[1])
            super().rename(source, target)

        def _refuse(self, name: str) -> None:
            if name == "01.jpg":
                raise full

    deeds = plans(world, 3, action)
    world.disk = Full()

    results = world.execute_all(*deeds)

    assert [State.FILED, FilingError, State.FILED] == kinds(results)
    refusal = results[1]
    assert isinstance(refusal, FilingError)
    assert refusal.of_library
    assert (world.watch / "01.jpg").read_bytes() == b"photo 01.jpg"
    assert [State.FAILED] == states(world)["01.jpg"]
    assert not [name for name in read_files(world.library) if ".gallery-daemon" in name]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_journal_that_is_full_at_the_end_loses_and_doubles_nothing(
    world: World, action: Action
) -> None:
    """SQLite itself refuses all ends: the acts stay done, and recovery finds each on the disk."""
    deeds = plans(world, 40, action)

    class Filling(Disk):
        def sync(self, folder: int) -> None:
            super().sync(folder)
            pages = next(world.journal._database.rows("PRAGMA page_count"))[0]
            list(world.journal._database.rows(f"PRAGMA max_page_count = {pages}"))

    if action is not Action.COPY:
        # A copy is noted before it has its name, so there is no room even for that.
        world.disk = Filling()
    else:
        world.journal.close()
        world.journal = Refusing(world.journal_path)

    results = world.execute_all(*deeds)
    before = states(world)
    world.journal.close()
    world.journal = Journal(world.journal_path)
    recovered = recover(world.journal, Disk())

    assert [JournalError] * 40 == kinds(results)
    assert [[State.INTENT]] * 40 == list(before.values())
    assert 40 == len(recovered)
    assert [[State.FILED]] * 40 == list(states(world).values())
    assert {f"Memes/{number:02}.jpg" for number in range(40)} == set(read_files(world.library))
    again = [deed for deed in deeds if (world.watch / deed.photo.name).exists()]
    assert {AlreadyFiled} >= set(kinds(world.execute_all(*again)))


class Refusing(Journal):
    """Its disk is full when the ends are to be written."""

    def close_intents(self, *_: object) -> None:
        """It is not possible."""
        raise JournalError("the journal's disk is full")


@pytest.mark.faults
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "other disk"])
def test_no_crash_in_a_group_loses_or_doubles_a_photo(
    tmp_path: Path, action: Action, far: bool, request: pytest.FixtureRequest
) -> None:
    """Killed before each effect in turn: so many intents are open, and recovery ends each."""
    root = request.getfixturevalue("far_library") if far else tmp_path
    most_open = 0
    for effects in range(200):
        home, library = tmp_path / str(effects), root / f"library-{effects}"
        library.mkdir()
        fuse = Fuse(effects)
        world = World(home, library, journal_on(fuse, _made(home)), disk_on(fuse))
        deeds = plans(world, 4, action)
        try:
            world.execute_all(*deeds)
        except CrashError:
            pass
        finally:
            world.journal.close()
        clean = World(home, library, Journal(world.journal_path))
        most_open = max(most_open, len(clean.journal.open_intents()))
        recover(clean.journal, clean.disk)
        kept = {os.fspath(clean.watch / deed.photo.name): deed for deed in deeds}
        rest = [deed for path, deed in kept.items() if os.path.lexists(path)]
        clean.execute_all(*rest)

        assert {f"{number:02}.jpg" for number in range(4)} == {
            name.removeprefix("Memes/") for name in read_files(library)
        }
        assert {(State.FILED,)} == {
            tuple(each for each in found if each is not State.ABANDONED)
            for found in states(clean).values()
        }
        assert not clean.journal.open_intents()
        clean.journal.close()
        if not fuse.has_blown:
            assert 4 == most_open
            return
    pytest.fail("the sweep did not end")


def _made(home: Path) -> Path:
    (home / "watch").mkdir(parents=True)
    return home / "journal.sqlite3"


def test_what_may_share_transactions(world: World) -> None:
    """Not two names of one file, and nothing after a photo with sidecars; small enough to copy."""
    names = photos(world, 6)
    make_files(world.watch, {"02.xmp": b"notes"})
    os.link(world.watch / "03.jpg", world.watch / "twin.jpg")
    deeds: list[Plan] = [
        world.plan(name, Action.COPY, sidecars=("02.xmp",) if name == "02.jpg" else ())
        for name in (*names[:4], "twin.jpg", *names[4:])
    ]
    large = deeds[-1].photo
    large = replace(large, identity=replace(large.identity, size_bytes=1 << 30))
    deeds[-1] = replace(deeds[-1], photo=large)

    assert [
        ["00.jpg", "01.jpg", "02.jpg"],
        ["03.jpg"],
        ["twin.jpg", "04.jpg"],
        ["05.jpg"],
    ] == [[deed.photo.name for deed in group] for group in groups_of(deeds)]
    assert [] == list(groups_of([]))


def test_sidecars_come_before_the_next_photo(world: World) -> None:
    """A photo of their name gets another one, as if they had been filed one by one."""
    make_files(world.watch, {"a.jpg": b"a", "a.xmp": b"notes", "b.jpg": b"b"})

    world.execute_all(
        world.plan("a.jpg", Action.COPY, sidecars=("a.xmp",)),
        world.plan("b.jpg", Action.COPY, rename="a.xmp"),
    )

    assert {
        "Memes/a.jpg": b"a",
        "Memes/a.xmp": b"notes",
        "Memes/a (2).xmp": b"b",
    } == read_files(world.library)
