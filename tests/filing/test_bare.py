"""Where no call renames without replacing: filed all the same, never overwriting, not half there.

With a disk that only behaves so, which runs everywhere; and on exFAT by FUSE, which is so.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, Destination, OnConflict
from gallery_daemon.errors import FilingError, PhotoChanged
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.overlay import DryRunDisk
from gallery_daemon.filing.recover import recover
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.filing.removal import temporary_name
from gallery_daemon.filing.steps import step_of
from gallery_daemon.filing.undo import Undoer
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.disks import CannotMountError, exfat_by_fuse
from tests.filing.bare import BareDisk, LinkingDisk
from tests.filing.conftest import NOW, World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, fused_disk, journal_on
from tests.filing.test_recover import KEPT, NUMBERED, Naming, attempt, check
from tests.journal.empty import new_journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.journal.record import Rights, Row

_PHOTO = b"photo" * 40_000
_OTHER = b"another"


@pytest.fixture(scope="module")
def exfat() -> Iterator[Path]:
    """An exFAT by FUSE."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(exfat_by_fuse())
        except CannotMountError as error:
            pytest.skip(f"{error}")
        yield folder


@pytest.fixture(params=["bare", "into exFAT", "from exFAT", "within exFAT"])
def bare(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world in which a whole file cannot get a name by a rename, at one end or both."""
    fat = tmp_path
    if request.param != "bare":
        fat = request.getfixturevalue("exfat") / tmp_path_factory.mktemp("x").name
        fat.mkdir()
    home = tmp_path if request.param in {"bare", "into exFAT"} else fat
    library = (tmp_path if request.param in {"bare", "from exFAT"} else fat) / "library"
    (home / "watch").mkdir()
    library.mkdir()
    journal = new_journal(tmp_path / "journal.sqlite3")
    disk = BareDisk() if request.param == "bare" else Disk()
    yield World(home, library, journal, disk)
    journal.close()
    if fat is not tmp_path:
        shutil.rmtree(fat)


def filed(world: World) -> Row:
    """The row of the photo."""
    (row,) = world.journal.find(Query(states=(State.FILED,)))
    return row


def undo(world: World) -> None:
    """The photo goes back."""
    Undoer(world.journal, world.disk).undo(filed(world), NOW)


@pytest.mark.parametrize("action", list(Action))
def test_a_photo_is_filed_and_undone(bare: World, action: Action) -> None:
    """By every action; nothing else is left, and the journal says what was done."""
    make_files(bare.watch, {"a/x.jpg": _PHOTO})
    os.utime(bare.watch / "a/x.jpg", ns=(1, 1_234_567_890_123_456_789))

    filing = bare.execute(bare.plan("a/x.jpg", action))

    placed, home = read_files(bare.library), read_files(bare.watch)
    if filing.action is not Action.SYMLINK:
        assert {"Memes/x.jpg": _PHOTO} == placed
        apart = (bare.library / "Memes/x.jpg").stat().st_mtime_ns - 1_234_567_890_123_456_789
        assert abs(apart) < 2_000_000_000
    assert ({} if action is Action.MOVE else {"a/x.jpg": _PHOTO}) == home
    if filing.action is not action:
        assert "cop" in (filing.reason or "")
    undo(bare)
    assert ({}, {"a/x.jpg": _PHOTO}) == (read_files(bare.library), read_files(bare.watch))
    assert not bare.journal.open_intents()


@pytest.mark.parametrize("action", [Action.COPY, Action.MOVE, Action.HARDLINK])
def test_a_taken_name_is_not_overwritten(bare: World, action: Action) -> None:
    """The photo gets the next name; one of the same bytes is not filed twice."""
    make_files(bare.watch, {"x.jpg": _PHOTO, "y.jpg": _PHOTO})
    make_files(bare.library, {"Memes/x.jpg": _OTHER, "Memes/y.jpg": _PHOTO})

    other = bare.execute(bare.plan("x.jpg", action))
    same = bare.execute(bare.plan("y.jpg", action))

    assert (State.FILED, "x (2).jpg") == (other.state, Path(other.destination).name)
    assert (State.IDENTICAL, "y.jpg") == (same.state, Path(same.destination).name)
    assert {"Memes/x.jpg": _OTHER, "Memes/x (2).jpg": _PHOTO, "Memes/y.jpg": _PHOTO} == read_files(
        bare.library
    )


@pytest.mark.parametrize("action", [Action.COPY, Action.MOVE, Action.HARDLINK])
def test_another_disk_under_the_same_number_is_tried_anew(tmp_path: Path, action: Action) -> None:
    """One that renames safely was there before: one try fails, and the next one files."""
    make_files(tmp_path, {"watch/x.jpg": _PHOTO, "watch/y.jpg": _PHOTO[1:], "library/a": b""})
    journal = new_journal(tmp_path / "journal.sqlite3")
    world = World(tmp_path, tmp_path / "library", journal, disk := Disk())
    world.execute(world.plan("y.jpg", Action.COPY))
    disk.__class__ = BareDisk
    with pytest.raises(FilingError):
        world.execute(world.plan("x.jpg", action))
    assert {"a", "Memes/y.jpg"} == set(read_files(world.library))

    world.execute(world.plan("x.jpg", action))

    assert _PHOTO == read_files(world.library)["Memes/x.jpg"]
    journal.close()


@pytest.mark.parametrize("content", [_OTHER, _PHOTO, _PHOTO[:1000], b""])
def test_a_name_that_is_taken_in_the_last_moment_is_not_overwritten(
    tmp_path: Path, content: bytes
) -> None:
    """After it was looked at and before it is made; not even one that looks like our half."""

    class Racing(BareDisk):
        def copy(
            self,
            source: int,
            folder: int,
            name: str,
            identity: object,
            on_begun: Callable[[], None] = lambda: None,
            *,
            rights: Rights | None = None,
        ) -> str:
            if name == "x.jpg":
                make_files(world.library, {"Memes/x.jpg": content})
            return super().copy(source, folder, name, identity, on_begun, rights=rights)  # type: ignore[arg-type]

    world = _plain(tmp_path, Racing())
    make_files(world.watch, {"x.jpg": _PHOTO})

    with contextlib.suppress(FilingError):
        world.execute(world.plan("x.jpg", Action.COPY, on_conflict=OnConflict.KEEP_BOTH))

    assert {"Memes/x.jpg": content, "Memes/x (2).jpg": _PHOTO} == read_files(world.library)


def _plain(home: Path, disk: Disk) -> World:
    (home / "watch").mkdir()
    (home / "library").mkdir()
    return World(home, home / "library", new_journal(home / "journal.sqlite3"), disk)


def test_a_photo_is_written_once_however_often_it_is_tried(tmp_path: Path) -> None:
    """A disk that has refused once is not filled again to be refused again."""
    written = []

    class Counting(BareDisk):
        def _pour(self, source: int, target: int) -> bytes:
            written.append(target)
            return super()._pour(source, target)

    world = _plain(tmp_path, Counting())
    make_files(world.watch, {"x.jpg": _PHOTO, "y.jpg": _PHOTO[:-1]})

    world.execute(world.plan("x.jpg", Action.MOVE))
    world.execute(world.plan("y.jpg", Action.COPY))

    assert 2 == len(written)


@pytest.mark.parametrize(
    "name", ["a:b.jpg", "why?.jpg", "a\\b.jpg", "tab\t.jpg", "bro\udcffken.jpg"]
)
def test_a_name_that_fat_refuses_is_told_so(
    exfat: Path, world: World, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """Once, in a sentence, and nothing is left there."""
    world.library = exfat / tmp_path_factory.mktemp("names").name
    world.library.mkdir()
    make_files(world.watch, {name: _PHOTO})

    with pytest.raises(FilingError, match="cannot hold a file of this name") as refused:
        world.execute(world.plan(name, Action.MOVE))

    assert not refused.value.transient
    assert ({}, [name]) == (read_files(world.library), list(read_files(world.watch)))
    assert not world.journal.open_intents()


def test_a_copy_that_is_interrupted_is_taken_back(tmp_path: Path) -> None:
    """Half a photo has its final name for no longer than the program runs."""
    stop = Event()

    class Stopping(BareDisk):
        def _pour(self, source: int, target: int) -> bytes:
            os.write(target, b"photo")
            stop.set()
            return super()._pour(source, target)

    world = _plain(tmp_path, Stopping(stop))
    make_files(world.watch, {"x.jpg": _PHOTO})

    with pytest.raises(FilingError, match="interrupted"):
        world.execute(world.plan("x.jpg", Action.MOVE))

    assert ({}, {"x.jpg": _PHOTO}) == (read_files(world.library), read_files(world.watch))
    assert not world.journal.open_intents()


@pytest.mark.parametrize(
    "refusal", [OSError(errno.ENOSPC, "full"), PhotoChanged("it changed")], ids=["full", "changed"]
)
def test_a_copy_that_fails_leaves_no_half(tmp_path: Path, refusal: Exception) -> None:
    """A full disk, or a photo that is written while it is copied."""

    class Failing(BareDisk):
        def _pour(self, source: int, target: int) -> bytes:
            del source
            os.write(target, b"photo")
            raise refusal

    world = _plain(tmp_path, Failing())
    make_files(world.watch, {"x.jpg": _PHOTO})

    with pytest.raises((FilingError, PhotoChanged)):
        world.execute(world.plan("x.jpg", Action.MOVE))

    assert ({}, {"x.jpg": _PHOTO}) == (read_files(world.library), read_files(world.watch))
    assert not world.journal.open_intents()


@pytest.mark.parametrize(
    ("inode", "half", "source", "stays"),
    [
        ("ours", b"", _PHOTO, False),
        ("ours", bytes(500), _PHOTO, False),  # what was not written yet reads as zeros
        ("ours", _PHOTO[:3_000], _PHOTO, False),
        ("ours", _PHOTO[:3_000] + bytes(500), _PHOTO, False),
        ("ours", _PHOTO, _PHOTO, False),  # whole, but its end was not written down
        ("ours", _OTHER, _PHOTO, True),
        ("ours", _PHOTO + b"more", _PHOTO, True),
        ("ours", _PHOTO[:3_000], None, True),  # the source is gone: it may be all that there is
        ("ours", _PHOTO[:3_000], _OTHER, True),
        # FAT numbers files anew, so only the bytes tell; another program may have begun a file.
        ("another", b"", _PHOTO, True),
        ("another", bytes(500), _PHOTO, True),
        ("another", _PHOTO[:3_000], _PHOTO, False),
        ("another", _PHOTO[:3_000] + bytes(500), _PHOTO, False),
        ("another", _OTHER, _PHOTO, True),
        # The kill came before the inode was noted, so not a byte of ours was written.
        ("not noted", b"", _PHOTO, False),
        ("not noted", bytes(500), _PHOTO, True),
        ("not noted", _PHOTO[:3_000], _PHOTO, True),
        ("not noted", _PHOTO, _PHOTO, True),
    ],
)
def test_a_half_is_removed_only_if_it_is_ours_and_nothing_is_lost_with_it(
    tmp_path: Path, inode: str, half: bytes, source: bytes | None, stays: bool
) -> None:
    """After a crash: the journal has its name and inode, and every byte must be the source's."""

    class Dying(BareDisk):
        def _pour(self, source: int, target: int) -> bytes:
            del source, target
            raise CrashError

        def hide(self, source: tuple[int, str], hidden: tuple[int, str]) -> None:
            del source, hidden
            raise CrashError

    world = _plain(tmp_path, Dying())
    make_files(world.watch, {"x.jpg": _PHOTO})
    with pytest.raises(CrashError):
        world.execute(world.plan("x.jpg", Action.MOVE))
    (world.library / "Memes/x.jpg").write_bytes(half)
    if inode == "another":
        (world.library / "Memes/new").write_bytes(half)
        (world.library / "Memes/new").replace(world.library / "Memes/x.jpg")
    (row,) = world.journal.open_intents()
    if inode == "not noted":
        world.journal.unfinished(row.id, row.unfinished, None)
    if source is None:
        (world.watch / "x.jpg").unlink()
    elif source is not _PHOTO:
        (world.watch / "x.jpg").write_bytes(source)

    (recovered,) = recover(world.journal, BareDisk())

    assert ({"Memes/x.jpg": half} if stays else {}) == read_files(world.library)
    assert stays == ("x.jpg may be half of it" in recovered.result)
    assert not world.journal.open_intents()
    assert ({} if source is None else {"x.jpg": source}) == read_files(world.watch)


def test_a_filed_photo_moves_on_and_back(bare: World) -> None:
    """Refiled and undone: by a copy inside the library, which leaves no second one."""
    make_files(bare.watch, {"x.jpg": _PHOTO})
    bare.execute(bare.plan("x.jpg", Action.COPY))
    row = filed(bare)
    to = Destination(("Anew", "Deep"), "x.jpg", Action.COPY, OnConflict.DEDUPE, True)
    plan = bare.plan("x.jpg", Action.COPY, to="Anew/Deep")

    moved = Relocator(bare.journal, bare.disk).relocate_photo(row, plan, NOW)

    assert to == plan.destination
    assert ((), {"Anew/Deep/x.jpg": _PHOTO}) == (moved.problems, read_files(bare.library))
    undone = Relocator(bare.journal, bare.disk).take_back(moved.row, row, NOW, None)
    assert (State.UNDO, {"Memes/x.jpg": _PHOTO}) == (undone.state, read_files(bare.library))


@pytest.mark.parametrize("mode", [0o600, 0o644])
@pytest.mark.parametrize("action", list(Action))
def test_a_plan_says_what_will_be_done(bare: World, action: Action, mode: int) -> None:
    """State, action, name and reason, of a private photo as well; and nothing is touched."""
    if type(bare.disk) is BareDisk:
        pytest.skip("a plan knows the file systems of this machine")
    make_files(bare.watch, {"x.jpg": _PHOTO, "y.jpg": _OTHER})
    make_files(bare.library, {"Memes/y.jpg": b"taken"})
    with contextlib.suppress(PermissionError):  # on exFAT
        (bare.watch / "x.jpg").chmod(mode)
    plans = [bare.plan(name, action) for name in ("x.jpg", "y.jpg")]
    dry_run = DryRunDisk()

    planned = [
        dry_run.place(os.fspath(bare.library), step_of(p.photo, p.destination)) for p in plans
    ]
    untouched = read_files(bare.library)
    done = [bare.execute(plan) for plan in plans]

    assert {"Memes/y.jpg": b"taken"} == untouched
    assert [(each.state, each.action, each.name, each.reason) for each in planned] == [
        (each.state, each.action, Path(each.destination).name, each.reason) for each in done
    ]


@pytest.mark.parametrize("is_replaced_again", [True, False])
def test_a_newer_version_survives_where_nothing_is_renamed_safely(
    tmp_path: Path, *, is_replaced_again: bool
) -> None:
    """Put in the photo's place while it is taken away: it lies there under a name of nobody's.

    It was never copied, so there is no moment in which a half lies under a photo's name.
    """

    class Replaced(BareDisk):
        def hide(self, source: tuple[int, str], hidden: tuple[int, str]) -> None:
            if hidden[1].endswith(".gone"):
                (world.watch / "x.jpg").unlink()
                make_files(world.watch, {"x.jpg": b"newer"})
            super().hide(source, hidden)
            if hidden[1].endswith(".gone") and is_replaced_again:
                make_files(world.watch, {"x.jpg": b"newest"})

    world = _plain(tmp_path, Replaced())
    make_files(world.watch, {"x.jpg": _PHOTO})

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    again = {"x.jpg": b"newest"} if is_replaced_again else {}
    found = read_files(world.watch)
    (name,) = found.keys() - again.keys()
    assert re.fullmatch(r"x \(gallery-daemon [0-9a-f]{8}\)\.jpg", name)
    assert again | {name: b"newer"} == found
    assert filing.reason == f"the source changed meanwhile, so it stays as {name}"
    assert {"Memes/x.jpg": _PHOTO} == read_files(world.library)


def test_nobody_s_hidden_name_is_taken(world: World) -> None:
    """Where only a plain rename is left, it is looked first whether the name is free."""
    make_files(world.watch, {"x.jpg": _PHOTO, temporary_name("ab"): b"older"})

    with (
        BareDisk().folder(os.fspath(world.watch), ()) as folder,
        pytest.raises(FileExistsError),
    ):
        BareDisk().hide((folder, "x.jpg"), (folder, temporary_name("ab")))


def _sweep(
    tmp_path: Path,
    root: Path,
    kind: type[Disk],
    action: Action,
    naming: Naming,
    second: int | None,
) -> None:
    """Crash before effect n, perhaps again in recovery, then a clean start."""
    start = {"x.HEIC": b"photo" * 5000, "x.MOV": b"film" * 5000}
    for effects in range(300):
        home, library = tmp_path / str(effects), root / f"library-{effects}"
        make_files(home / "watch", start)
        make_files(library, {f"Memes/{naming[1]}.HEIC": b"bystander"})
        crashed = False
        for fuse in (Fuse(effects), *([Fuse(second)] if second is not None else []), Fuse(10_000)):
            journal = journal_on(fuse, home / "journal.sqlite3")
            try:
                attempt(World(home, library, journal, fused_disk(kind, fuse)), action, naming)
            except CrashError:
                crashed = True
            finally:
                journal.close()
        clean = World(home, library, Journal(home / "journal.sqlite3"))
        check(clean, start, action, naming)
        clean.journal.close()
        if not crashed:
            return
    pytest.fail("the sweep did not end")


@pytest.mark.faults
@pytest.mark.parametrize(
    ("naming", "second"), [(KEPT, None), (KEPT, 1), (KEPT, 4), (NUMBERED, None), (NUMBERED, 2)]
)
@pytest.mark.parametrize("action", [Action.MOVE, Action.COPY, Action.HARDLINK])
@pytest.mark.parametrize("kind", [BareDisk, LinkingDisk])
def test_no_crash_loses_or_doubles_a_photo_there(
    tmp_path: Path, kind: type[Disk], action: Action, naming: Naming, second: int | None
) -> None:
    """As in `test_recover`, where copies are made under their final names, or renames are links."""
    _sweep(tmp_path, tmp_path, kind, action, naming, second)


@pytest.mark.faults
@pytest.mark.parametrize("action", [Action.MOVE, Action.COPY])
def test_no_crash_loses_or_doubles_a_photo_on_exfat(
    tmp_path: Path,
    exfat: Path,
    tmp_path_factory: pytest.TempPathFactory,
    action: Action,
) -> None:
    """The same on the real thing."""
    root = exfat / tmp_path_factory.mktemp("sweep").name
    root.mkdir()
    _sweep(tmp_path, root, Disk, action, KEPT, 1)


def test_the_filer_knows_its_own_copy_after_its_inode_has_changed(tmp_path: Path) -> None:
    """FAT numbers files anew at every mount: the whole copy of a move is found by its bytes."""

    class Dying(BareDisk):
        def hide(self, source: tuple[int, str], hidden: tuple[int, str]) -> None:
            del source, hidden
            raise CrashError

    world = _plain(tmp_path, Dying())
    make_files(world.watch, {"x.jpg": _PHOTO})
    with pytest.raises(CrashError):
        world.execute(world.plan("x.jpg", Action.MOVE))
    placed = world.library / "Memes/x.jpg"
    (world.library / "again").write_bytes(placed.read_bytes())
    os.utime(world.library / "again", ns=(1, placed.stat().st_mtime_ns))
    (world.library / "again").replace(placed)

    Filer(world.journal, BareDisk(), os.fspath(world.library)).recover()

    assert ({}, {"Memes/x.jpg": _PHOTO}) == (read_files(world.watch), read_files(world.library))
    assert State.FILED is filed(world).state
