"""Whose fault a refusal is: the photo's folder's, the photo's own, or the library's."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError, PhotoGone
from gallery_daemon.filing import permissions
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.overlay import DryRunDisk
from gallery_daemon.filing.steps import step_of
from gallery_daemon.journal.journal import Journal
from tests.disks import CannotMountError, ext4, mergerfs
from tests.filing.conftest import World, make_files, read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NOBODY = 65534


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world on an ext4 that everybody reaches."""
    with ExitStack() as stack:
        try:
            home = stack.enter_context(ext4())
        except CannotMountError as error:
            pytest.skip(f"{error}")
        for folder in (home.parent, home):
            folder.chmod(0o755)
        for name in ("watch", "library"):
            (home / name).mkdir()
            os.chown(home / name, _NOBODY, _NOBODY)
        make_files(home / "watch", {"x.jpg": b"photo"})
        os.chown(home / "watch/x.jpg", _NOBODY, _NOBODY)
        journal = Journal(tmp_path_factory.mktemp("state") / "journal.sqlite3")
        yield World(home, home / "library", journal)
        journal.close()


@contextmanager
def as_nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """File system calls are made with nobody's rights, and root comes back after that.

    Only for calls that go by the effective user; access(2) goes by the real one.
    """
    permissions._has.cache_clear()
    monkeypatch.setattr(os, "access", _access)
    os.setegid(_NOBODY)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        permissions._has.cache_clear()


_real_access = os.access


def _access(path: str | Path, mode: int) -> bool:
    return _real_access(path, mode, effective_ids=True)


def _stick(world: World) -> None:
    os.chown(world.watch, 0, 0)
    os.chown(world.watch / "x.jpg", 0, 0)
    world.watch.chmod(0o1777)


def _close_the_folder(world: World) -> None:
    os.chown(world.watch, 0, 0)
    world.watch.chmod(0o755)


def _chattr(flag: str, name: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        words = ["chattr", flag, os.fspath(world.watch / name)]
        if subprocess.run(words, check=False, capture_output=True).returncode:
            pytest.skip("no chattr here")

    return change


_REFUSALS = [
    pytest.param(_stick, "out of its folder: it is sticky, so only the photo's owner may", id="+t"),
    pytest.param(_close_the_folder, "no permission to take the photo out of its folder", id="r-x"),
    pytest.param(_chattr("+i", "x.jpg"), "the photo is protected (chattr)", id="photo +i"),
    pytest.param(_chattr("+a", "x.jpg"), "the photo is protected (chattr)", id="photo +a"),
    pytest.param(_chattr("+a", "."), "out of its folder: it is protected (chattr)", id="folder +a"),
    pytest.param(_chattr("+i", "."), "no permission to take the photo out", id="folder +i"),
]


@pytest.mark.parametrize(("refuse", "words"), _REFUSALS)
def test_a_photo_that_cannot_leave_its_folder_is_no_fault_of_the_library(
    shared: World, monkeypatch: pytest.MonkeyPatch, refuse: Callable[[World], None], words: str
) -> None:
    """A plan says it beforehand, and the act in the same words; nothing is filed."""
    refuse(shared)
    plan = shared.plan("x.jpg", Action.MOVE)
    try:
        with as_nobody(monkeypatch):
            with pytest.raises(FilingError) as planned:
                DryRunDisk().place(os.fspath(shared.library), step_of(plan.photo, plan.destination))
            with pytest.raises(FilingError) as done:
                shared.execute(plan)
    finally:
        for name in ("x.jpg", "."):
            subprocess.run(["chattr", "-i", "-a", f"{shared.watch / name}"], check=False)

    assert words in done.value.sentence
    assert done.value.sentence == planned.value.sentence
    assert "library" not in done.value.sentence
    assert not done.value.of_library
    assert {} == read_files(shared.library)


def test_a_library_that_refuses_is_told_as_such(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The neighbour: the folder of the photo is open, and the library is not."""
    os.chown(shared.library, 0, 0)

    with as_nobody(monkeypatch), pytest.raises(FilingError, match="no permission to write in"):
        shared.execute(shared.plan("x.jpg", Action.MOVE))


def test_a_protected_photo_is_copied_to_another_disk_and_stays(
    shared: World, far_library: Path
) -> None:
    """What cannot be taken away is told, in a person's words."""
    _chattr("+i", "x.jpg")(shared)
    shared.library = far_library

    try:
        filing = shared.execute(shared.plan("x.jpg", Action.MOVE))
    finally:
        subprocess.run(["chattr", "-i", f"{shared.watch / 'x.jpg'}"], check=False)

    assert Action.COPY is filing.action
    assert "the photo is protected (chattr)" in (filing.reason or "")


def test_a_photo_that_is_gone_is_not_a_library_that_is_gone(world: World) -> None:
    """It vanishes between the check and the rename."""

    class Late(Disk):
        def rename(self, source: tuple[int, str], target: tuple[int, str]) -> None:
            (world.watch / "x.jpg").unlink(missing_ok=True)
            super().rename(source, target)

    make_files(world.watch, {"x.jpg": b"photo"})
    world.disk = Late()

    with pytest.raises(PhotoGone):
        world.execute(world.plan("x.jpg", Action.MOVE))


def test_a_link_that_the_kernel_refuses_is_planned_and_told(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fs.protected_hardlinks: somebody else's file that one may read and not write."""
    if not permissions.links_are_protected():
        pytest.skip("links are not protected here")
    os.chown(shared.watch / "x.jpg", 0, 0)
    (shared.watch / "x.jpg").chmod(0o644)
    plan = shared.plan("x.jpg", Action.HARDLINK)

    with as_nobody(monkeypatch):
        planned = DryRunDisk().place(
            os.fspath(shared.library), step_of(plan.photo, plan.destination)
        )
        filing = shared.execute(plan)

    assert (Action.COPY, Action.COPY) == (planned.action, filing.action)
    assert planned.reason == filing.reason
    assert "fs.protected_hardlinks" in (filing.reason or "")


def test_one_s_own_file_is_linked(shared: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The neighbour: owned, and not even writable."""
    (shared.watch / "x.jpg").chmod(0o400)
    plan = shared.plan("x.jpg", Action.HARDLINK)

    with as_nobody(monkeypatch):
        planned = DryRunDisk().place(
            os.fspath(shared.library), step_of(plan.photo, plan.destination)
        )
        filing = shared.execute(plan)

    assert (Action.HARDLINK, Action.HARDLINK) == (planned.action, filing.action)


@pytest.mark.parametrize("action", [Action.HARDLINK, Action.MOVE])
@pytest.mark.parametrize(
    ("policy", "is_linked"),
    [("epmfs", False), ("eplfs", False), ("mfs", True), ("ff", True)],
)
def test_a_pool_s_branches_are_planned_and_told(
    tmp_path: Path, policy: str, is_linked: bool, action: Action
) -> None:
    """mergerfs that keeps paths on their branch links only where the folder is on it."""
    for name in ("one/watch", "two/library"):
        (tmp_path / name).mkdir(parents=True)
    make_files(tmp_path / "one/watch", {"x.jpg": b"photo"})
    with ExitStack() as stack:
        try:
            branches = [tmp_path / "one", tmp_path / "two"]
            home = stack.enter_context(mergerfs(branches, policy=policy))
        except CannotMountError as error:
            pytest.skip(f"{error}")
        world = World(home, home / "library", Journal(tmp_path / "journal.sqlite3"))
        stack.callback(world.journal.close)
        plan = world.plan("x.jpg", action)
        planned = DryRunDisk().place(
            os.fspath(world.library), step_of(plan.photo, plan.destination)
        )
        filing = world.execute(plan)
        placed = read_files(world.library)

    assert {"Memes/x.jpg": b"photo"} == placed
    assert (planned.action, planned.reason) == (filing.action, filing.reason)
    if action is Action.HARDLINK:
        assert (Action.HARDLINK if is_linked else Action.COPY) is filing.action
        assert is_linked or "another part of the same disk or pool" in (filing.reason or "")


def test_another_mount_of_one_disk_is_told(tmp_path: Path) -> None:
    """A bind mount has the device of the watch folder, and yet no link leads there."""
    for name in ("watch", "library", "real"):
        (tmp_path / name).mkdir()
    make_files(tmp_path / "watch", {"x.jpg": b"photo"})
    words = ["mount", "--bind", f"{tmp_path / 'real'}", f"{tmp_path / 'library'}"]
    if os.geteuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("no permission to mount")
    try:
        world = World(tmp_path, tmp_path / "library", Journal(tmp_path / "journal.sqlite3"))
        plan = world.plan("x.jpg", Action.HARDLINK)
        planned = DryRunDisk().place(
            os.fspath(world.library), step_of(plan.photo, plan.destination)
        )
        filing = world.execute(plan)
        world.journal.close()
    finally:
        subprocess.run(["umount", "--lazy", f"{tmp_path / 'library'}"], check=True)

    assert "another mount of the same disk" in (filing.reason or "")
    assert (planned.action, planned.reason) == (filing.action, filing.reason)


def test_what_stays_is_asked_by_path_as_well(tmp_path: Path) -> None:
    """Nothing speaks against a file of one's own."""
    make_files(tmp_path, {"x.jpg": b"photo"})

    assert permissions.why_it_stays(os.fspath(tmp_path), "x.jpg") is None
    assert permissions.may_be_linked(os.fspath(tmp_path / "x.jpg"), Path(tmp_path).stat())
