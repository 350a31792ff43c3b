"""Who may do what with a photo comes home with it from a disk that keeps no permissions."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.recover import recover
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.filing.undo import Undoer
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Rights, State
from tests.disks import CannotMountError, exfat_by_fuse
from tests.faults.conftest import mounted
from tests.filing.conftest import NOW, World, make_files, read_files
from tests.filing.fuse import CrashError, Fuse, disk_on, journal_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.journal.record import Row

_PHOTO = b"photo" * 1000
_OWNER, _GROUP = 1234, 4321


@pytest.fixture(scope="module", params=["022", "077"])
def exfat(request: pytest.FixtureRequest) -> Iterator[Path]:
    """An exFAT by FUSE, on which others may read everything, or nothing."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(exfat_by_fuse(umask=request.param))
        except CannotMountError as error:
            pytest.skip(f"{error}")
        yield folder


@pytest.fixture
def into_exfat(
    exfat: Path, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A photo of somebody's on a disk that keeps permissions, and a library on one that does not.

    `Kept` in the library is on the first.
    """
    world.library = exfat / tmp_path_factory.mktemp("library").name
    make_files(world.watch, {"x.jpg": _PHOTO})
    os.chown(world.watch / "x.jpg", _OWNER, _GROUP)
    (world.home / "kept").mkdir()
    (world.library / "Kept").mkdir(parents=True)
    with mounted("none", f"{world.home / 'kept'}", world.library / "Kept", "bind"):
        yield world
    shutil.rmtree(world.library)


def rights_of(path: Path) -> Rights:
    """What the file shows."""
    found = path.stat()
    return Rights(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)


def filed(world: World) -> Row:
    """The row of the photo."""
    (row,) = world.journal.find(Query(states=(State.FILED,)))
    return row


def undo(world: World) -> None:
    """The photo goes back."""
    Undoer(world.journal, world.disk).undo(filed(world), NOW)


def refile(world: World, to: str) -> Row:
    """The photo goes to another folder of the library."""
    # The photo is not in the watch folder any more, and a plan is of one that is.
    make_files(world.watch, {"stand-in.jpg": b""})
    plan = world.plan("stand-in.jpg", Action.MOVE, to=to, rename="x.jpg")
    (world.watch / "stand-in.jpg").unlink()
    return Relocator(world.journal, world.disk).relocate_photo(filed(world), plan, NOW).row


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o444, 0o400])
def test_an_undo_gives_a_photo_the_rights_that_it_had(into_exfat: World, mode: int) -> None:
    """Nobody may do more with it than before, and its owner no less."""
    (into_exfat.watch / "x.jpg").chmod(mode)

    into_exfat.execute(into_exfat.plan("x.jpg", Action.MOVE))
    row = filed(into_exfat)
    undo(into_exfat)

    assert Rights(mode, _OWNER, _GROUP) == row.rights
    assert Rights(mode, _OWNER, _GROUP) == rights_of(into_exfat.watch / "x.jpg")
    assert {} == read_files(into_exfat.library)


def test_a_disk_that_is_mounted_with_another_mask_gives_no_rights(into_exfat: World) -> None:
    """What a private photo looked like there was never sure, even if it looked private."""
    (into_exfat.watch / "x.jpg").chmod(0o600)
    into_exfat.execute(into_exfat.plan("x.jpg", Action.MOVE))

    assert Rights(0o600, _OWNER, _GROUP) == filed(into_exfat).rights


def test_a_refiling_to_a_disk_that_keeps_rights_gives_them_back(into_exfat: World) -> None:
    """Also by way of another folder that cannot; and back, and home."""
    (into_exfat.watch / "x.jpg").chmod(0o600)
    had, library = Rights(0o600, _OWNER, _GROUP), into_exfat.library
    into_exfat.execute(into_exfat.plan("x.jpg", Action.MOVE))
    first = filed(into_exfat)

    second = refile(into_exfat, "Anew")
    third = refile(into_exfat, "Kept")

    assert (had, had, None) == (first.rights, second.rights, third.rights)
    assert had == rights_of(library / "Kept/x.jpg")
    relocator = Relocator(into_exfat.journal, into_exfat.disk)
    relocator.take_back(filed(into_exfat), second, NOW, None)
    relocator.take_back(filed(into_exfat), first, NOW, None)
    assert {"Memes/x.jpg": _PHOTO} == read_files(library)
    undo(into_exfat)
    assert had == rights_of(into_exfat.watch / "x.jpg")


def test_what_a_person_allowed_since_holds(world: World, far_library: Path) -> None:
    """On a disk that keeps it: shared in the library, it is shared at home."""
    world.library = far_library
    make_files(world.watch, {"x.jpg": _PHOTO})
    (world.watch / "x.jpg").chmod(0o600)
    world.execute(world.plan("x.jpg", Action.MOVE))
    assert filed(world).rights is None
    (far_library / "Memes/x.jpg").chmod(0o640)

    undo(world)

    assert 0o640 == rights_of(world.watch / "x.jpg").mode


def test_a_private_photo_is_said_to_be_open_there(into_exfat: World) -> None:
    """It is filed, for the disk was chosen; the line says who may read it."""
    (into_exfat.watch / "x.jpg").chmod(0o600)

    filing = into_exfat.execute(into_exfat.plan("x.jpg", Action.MOVE))

    assert Action.MOVE is filing.action
    is_open = bool(rights_of(Path(filing.destination)).mode & 0o044)
    told = "the permissions (600, 644 there, so others may read it) cannot be kept there"
    assert filing.reason == (told if is_open else None)


def _sweep(tmp_path: Path, exfat: Path, act: Callable[[World], None]) -> None:
    """A private photo is filed, then `act` is cut before each effect, recovered, done again."""
    for effects in range(100):
        home, library = tmp_path / f"{effects}", exfat / f"sweep-{effects}"
        make_files(home / "watch", {"x.jpg": _PHOTO})
        os.chown(home / "watch/x.jpg", _OWNER, _GROUP)
        (home / "watch/x.jpg").chmod(0o600)
        library.mkdir()
        crashed = False
        for fuse in (Fuse(effects), Fuse(2), Fuse(10_000)):
            journal = journal_on(fuse, home / "journal.sqlite3")
            world = World(home, library, journal, disk_on(fuse))
            try:
                act(world)
            except CrashError:
                crashed = True
            finally:
                journal.close()
        assert Rights(0o600, _OWNER, _GROUP) == rights_of(home / "watch/x.jpg"), effects
        assert ({"x.jpg": _PHOTO}, {}) == (read_files(home / "watch"), read_files(library))
        shutil.rmtree(library)
        if not crashed:
            return
    pytest.fail("the sweep did not end")


@pytest.mark.faults
@pytest.mark.parametrize("exfat", ["022"], indirect=True)
def test_no_crash_gives_anybody_more_rights(tmp_path: Path, exfat: Path) -> None:
    """Filed and undone, cut anywhere, and recovery again: home with the rights that it had."""

    def there_and_back(world: World) -> None:
        recover(world.journal, world.disk)
        rows = world.journal.find(Query())
        if not any(row.state is State.FILED for row in rows):
            if any(row.state is State.UNDO for row in rows):
                return
            world.execute(world.plan("x.jpg", Action.MOVE))
        undo(world)

    _sweep(tmp_path, exfat, there_and_back)


def test_a_journal_of_before_brings_a_photo_home(into_exfat: World) -> None:
    """It has no rights, so the photo has those that the disk shows, as before."""
    into_exfat.execute(into_exfat.plan("x.jpg", Action.MOVE))
    into_exfat.journal.close()
    into_exfat.journal = journal = Journal(into_exfat.journal_path)
    journal.copied(filed(into_exfat).id, 1, None)

    undo(into_exfat)

    assert {"x.jpg": _PHOTO} == read_files(into_exfat.watch)
    Filer(journal, into_exfat.disk, f"{into_exfat.library}").recover()
