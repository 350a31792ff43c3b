"""What a file is besides its bytes arrives with a copy, or the source stays; no right is won."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.errors import FilingError
from gallery_daemon.filing.attributes import (
    ACL,
    GROUP,
    GROUP_OBJ,
    MASK,
    OTHER,
    USER,
    USER_OBJ,
    AclEntry,
    Attributes,
    format_acl,
    lacks,
    mode_without,
    parse_acl,
    read_attributes,
    shortfall,
    without_group,
)
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.undo import Undoer
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from tests.disks import CannotMountError, exfat_by_fuse, ext4, ramfs
from tests.filing.conftest import NOW, World, make_files, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_TAGS = {"u": (USER_OBJ, USER), "g": (GROUP_OBJ, GROUP), "m": (MASK, MASK), "o": (OTHER, OTHER)}
_NOBODY = 0xFFFFFFFF


def acl(text: str) -> bytes:
    """A list as setfacl(1) takes it, as the kernel has it."""
    return format_acl(tuple(_entry(line) for line in text.split(",")))


def _entry(line: str) -> AclEntry:
    kind, who, rights = line.split(":")
    number = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in rights if letter != "-")
    obj, named = _TAGS[kind]
    return AclEntry(named, number, int(who)) if who else AclEntry(obj, number, _NOBODY)


@pytest.fixture
def source(world: World) -> Path:
    """A photo in the watch folder."""
    make_files(world.watch, {"x.jpg": b"photo" * 1000})
    return world.watch / "x.jpg"


@pytest.fixture(params=["from tmpfs", "new ext4"])
def rich_library(request: pytest.FixtureRequest, world: World, far_library: Path) -> Iterator[Path]:
    """A library on another file system, which has attributes and lists."""
    del world
    if request.param == "from tmpfs":
        yield far_library
        return
    yield from _mounted_for(ext4())


@pytest.fixture(params=["exfat", "ramfs"])
def poor_library(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A library on a file system that has neither."""
    yield from _mounted_for(exfat_by_fuse() if request.param == "exfat" else ramfs())


def _mounted_for(mount: AbstractContextManager[Path]) -> Iterator[Path]:
    with ExitStack() as stack:
        try:
            library = stack.enter_context(mount) / "library"
        except CannotMountError as error:
            pytest.skip(f"{error}")
        library.mkdir()
        yield library


def attributes_of(path: Path) -> Attributes:
    """All of the file but its owner."""
    return read_attributes(os.fspath(path))


def set_acl(path: Path, text: str) -> None:
    """The list is set, or the test skipped."""
    try:
        os.setxattr(path, ACL, acl(text))
    except OSError as error:
        pytest.skip(f"no access control lists here: {error}")


MASK_TRAP = "u::rw,u:65534:rw,g::-,m::rw,o::-"
EXTENDED = {
    "user.xdg.tags": b"holiday,anna",  # Dolphin, Baloo, Nautilus' extensions
    "user.xdg.comment": "Ärger am Strand".encode(),
    "user.baloo.rating": b"8",
    "user.xdg.origin.url": b"https://example.org/x.jpg",
    "user.DOSATTRIB": bytes(range(40)),
    "user.empty": b"",
    "user.with space and ü": b"\0\xff",
    "user.much": b"m" * 1500,
}


@pytest.mark.parametrize("action", [Action.COPY, Action.HARDLINK, Action.MOVE])
@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640, 0o644, 0o664])
def test_a_copy_has_all_that_a_person_set(
    world: World, source: Path, rich_library: Path, action: Action, mode: int
) -> None:
    """Tags, comments, ratings, times to the nanosecond, permissions; of a read-only file too."""
    world.library = rich_library
    for name, value in EXTENDED.items():
        os.setxattr(source, name, value)
    source.chmod(mode)
    os.utime(source, ns=(1_500_000_000_000_000_007, 1_600_000_000_123_456_789))
    before = attributes_of(source)

    filing = world.execute(world.plan("x.jpg", action))

    # When it was last read is the moment of the copying itself, on some file systems.
    placed = attributes_of(rich_library / "Memes/x.jpg")
    assert replace(before, atime_ns=placed.atime_ns) == placed
    assert EXTENDED == placed.extended
    assert (mode, 1_600_000_000_123_456_789) == (placed.mode, placed.mtime_ns)
    assert (action is Action.MOVE) != source.exists()
    assert action is not Action.MOVE or filing.reason is None


@pytest.mark.parametrize(
    "text",
    [
        MASK_TRAP,
        "u::rw,u:1000:r,u:65534:-,g::r,m::r,o::r",
        "u::rw,g::rw,g:100:r,g:65534:-,m::rw,o::-",
        "u::r,u:65534:rw,g::r,m::rw,o::-",
    ],
)
def test_an_access_control_list_arrives(
    world: World, source: Path, rich_library: Path, text: str
) -> None:
    """Entry by entry; and then a move may remove the source."""
    world.library = rich_library
    set_acl(source, text)

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    assert acl(text) == os.getxattr(filing.destination, ACL)
    assert (Action.MOVE, None) == (filing.action, filing.reason)
    assert not source.exists()


def test_the_folder_s_default_list_lets_nobody_in(
    world: World, source: Path, rich_library: Path
) -> None:
    """A file that is made there would inherit it; the photo's own permissions say who may."""
    world.library = rich_library
    (rich_library / "Memes").mkdir(parents=True)
    words = ["setfacl", "-d", "-m", "u:65534:rw", os.fspath(rich_library / "Memes")]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("no setfacl, or no access control lists here")
    source.chmod(0o640)

    filing = world.execute(world.plan("x.jpg", Action.COPY))

    with pytest.raises(OSError, match="No data available"):
        os.getxattr(filing.destination, ACL)
    assert 0o640 == attributes_of(rich_library / "Memes/x.jpg").mode


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("user.xdg.tags", "user.xdg.tags cannot be kept there, so the source stays"),
        ("user.baloo.rating", "user.baloo.rating cannot be kept there, so the source stays"),
        ("user.anything", "user.anything cannot be kept there, so the source stays"),
    ],
)
def test_a_source_stays_if_its_tags_cannot_be_held(
    world: World, source: Path, poor_library: Path, name: str, told: str
) -> None:
    """Filed as a copy, and the reason names what is missing; undone, the tags are still there."""
    world.library = poor_library
    os.setxattr(source, name, b"holiday")

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    assert (State.FILED, Action.COPY) == (filing.state, filing.action)
    assert told in (filing.reason or "")
    assert b"holiday" == os.getxattr(source, name)
    assert {"Memes/x.jpg": source.read_bytes()} == read_files(poor_library)
    (row,) = world.journal.find(Query(states=(State.FILED,)))
    Undoer(world.journal, world.disk).undo(row, NOW)
    assert ({}, b"holiday") == (read_files(poor_library), os.getxattr(source, name))


def test_a_source_stays_if_its_list_cannot_be_held(
    world: World, source: Path, poor_library: Path
) -> None:
    """And the copy has no right that the list did not give: its middle digit is only the mask."""
    world.library = poor_library
    set_acl(source, MASK_TRAP)

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    assert Action.COPY is filing.action
    assert "the access control list " in (filing.reason or "")
    assert "cannot be kept there, so the source stays" in (filing.reason or "")
    assert source.exists()
    made = (poor_library / "Memes/x.jpg").stat().st_mode & 0o777
    assert made in {0o600, 0o755}  # exFAT has those of its mount


def test_an_attribute_too_large_for_the_file_system_keeps_the_source(
    world: World, source: Path
) -> None:
    """ext4 says that no space is left; that is not the disk being full."""
    for library in _mounted_for(ext4(make=["-b", "1024", "-I", "128", "-O", "^ea_inode"])):
        world.library = library
        os.setxattr(source, "user.thumbnail", b"t" * 3000)

        filing = world.execute(world.plan("x.jpg", Action.MOVE))

        assert "user.thumbnail cannot be kept there" in (filing.reason or "")
        assert (b"t" * 3000, Action.COPY) == (
            os.getxattr(source, "user.thumbnail"),
            filing.action,
        )


def test_what_programs_wrote_for_themselves_does_not_keep_the_source(
    world: World, source: Path, poor_library: Path
) -> None:
    """Dropbox marks every file; the line says what did not arrive."""
    world.library = poor_library
    os.setxattr(source, "user.com.dropbox.attrs", b"\x01\x02")

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    assert Action.MOVE is filing.action
    assert "user.com.dropbox.attrs cannot be kept there" in (filing.reason or "")
    assert not source.exists()


def test_what_is_the_kernel_s_is_left_to_it(world: World, source: Path, poor_library: Path) -> None:
    """Labels and capabilities are made anew where the file lies then; nobody misses them."""
    world.library = poor_library
    try:
        os.setxattr(source, "trusted.overlay.origin", b"1")
    except OSError as error:
        pytest.skip(f"only root may: {error}")

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    assert (Action.MOVE, False) == (filing.action, source.exists())
    assert "trusted" not in (filing.reason or "")


def test_a_tag_that_is_set_while_the_photo_is_copied_keeps_the_source(
    world: World, source: Path, far_library: Path
) -> None:
    """A tag changes neither size nor mtime; compared is what there is in the end."""

    class Tagging(Disk):
        def sync(self, folder: int) -> None:
            os.setxattr(source, "user.xdg.tags", b"late")
            super().sync(folder)

    world.library, world.disk = far_library, Tagging()
    (far_library / "Memes").mkdir()

    filing = world.execute(world.plan("x.jpg", Action.MOVE))

    assert Action.COPY is filing.action
    assert b"late" == os.getxattr(source, "user.xdg.tags")


def test_an_undo_does_not_throw_tags_away(world: World, source: Path, far_library: Path) -> None:
    """A person has tagged the copy in the library since: it stays, and the refusal says how on."""
    world.library = far_library
    filing = world.execute(world.plan("x.jpg", Action.COPY))
    os.setxattr(filing.destination, "user.xdg.tags", b"best")
    (row,) = world.journal.find(Query(states=(State.FILED,)))

    with pytest.raises(FilingError, match=r"has what .* has not \(user.xdg.tags\)"):
        Undoer(world.journal, world.disk).undo(row, NOW)
    assert b"best" == os.getxattr(filing.destination, "user.xdg.tags")
    os.setxattr(source, "user.xdg.tags", b"best")
    Undoer(world.journal, world.disk).undo(row, NOW)

    assert ({}, True) == (read_files(far_library), source.exists())


def test_sidecars_keep_theirs_as_well(world: World, source: Path, poor_library: Path) -> None:
    """An XMP with a comment stays where it was, while the photo without any goes."""
    world.library = poor_library
    (source.parent / "x.jpg.xmp").write_bytes(b"notes")
    os.setxattr(source.parent / "x.jpg.xmp", "user.xdg.comment", b"mine")

    world.execute(world.plan("x.jpg", Action.MOVE, sidecars=("x.jpg.xmp",)))

    assert ["x.jpg.xmp"] == list(read_files(world.watch))
    assert ["Memes/x.jpg", "Memes/x.jpg.xmp"] == list(read_files(poor_library))


def test_the_owner_arrives_where_this_user_may_give_files_away(
    world: World, source: Path, far_library: Path
) -> None:
    """Root files what is somebody's, and it stays theirs."""
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    world.library = far_library
    os.chown(source, 1234, 4321)
    source.chmod(0o640)

    made = Path(world.execute(world.plan("x.jpg", Action.MOVE)).destination).stat()

    assert (1234, 4321, 0o640) == (made.st_uid, made.st_gid, made.st_mode & 0o777)


def test_another_group_wins_no_rights(world: World, source: Path, far_library: Path) -> None:
    """A user who may not give the file its group: that user's group gets what everybody had."""
    if os.geteuid() != 0:
        pytest.skip("only root becomes somebody else")
    far_library.chmod(0o777)
    far_library.parent.chmod(0o755)
    source.chmod(0o664)
    identity = world.photo("x.jpg").identity
    process = os.fork()
    if process == 0:
        status = 1
        try:
            with (
                Disk().folder(os.fspath(world.watch), ()) as home,
                Disk().source(home, "x.jpg", identity) as opened,
                Disk().folder(os.fspath(far_library), ()) as target,
            ):
                os.setgroups([])
                os.setresgid(65534, 65534, 65534)
                os.setresuid(65534, 65534, 65534)
                Disk().copy(opened, target, "x.jpg", identity)
            status = 0
        finally:
            os._exit(status)

    assert 0 == os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    made = (far_library / "x.jpg").stat()
    assert (65534, 65534, 0o644) == (made.st_uid, made.st_gid, made.st_mode & 0o777)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        (MASK_TRAP, 0o600),
        ("u::rw,u:1:rw,g::r,m::rw,o::-", 0o640),
        ("u::rw,u:1:rw,g::rw,m::r,o::-", 0o640),  # the mask holds for the group as well
        ("u::rw,g::rw,g:5:rw,m::rw,o::r", 0o664),
        ("u::rw,u:1:-,g::r,m::r,o::r", 0o600),  # denied to one who may be anybody, or in the group
        ("u::rw,g::r,g:5:-,m::r,o::r", 0o640),  # denied to a group whose members may be anybody
        ("u::rw,u:1:r,g::rw,m::rw,o::rw", 0o644),
        ("u::rwx,u:1:rwx,g::rwx,m::rwx,o::rx", 0o664),  # nobody runs a photo
    ],
)
def test_without_its_list_a_file_gives_nobody_more(text: str, mode: int) -> None:
    """The mode that is worked out of the entries."""
    entries = parse_acl(acl(text))

    assert entries
    assert mode == _with(entries=text).mode
    assert not any(each.rights & 1 for each in entries if each.tag in {USER_OBJ, MASK, OTHER})


@pytest.mark.parametrize(
    ("mode", "then"),
    [
        (0o664, 0o644),
        (0o640, 0o600),
        (0o644, 0o644),
        (0o660, 0o600),
        (0o666, 0o666),
        (0o604, 0o604),
    ],
)
def test_a_new_group_gets_what_everybody_has(mode: int, then: int) -> None:
    """Its members were anybody until now."""
    assert then == without_group(_with(mode=mode)).mode


def test_a_new_group_gets_no_more_by_a_list() -> None:
    """Only the entry of the file's own group is another group's then."""
    changed = without_group(_with(entries="u::rw,u:1:rw,g::rw,g:5:r,m::rw,o::r"))

    assert [(GROUP_OBJ, 4), (GROUP, 4)] == [
        (each.tag, each.rights) for each in changed.acl if each.tag in {GROUP_OBJ, GROUP}
    ]


@pytest.mark.parametrize("value", [b"", b"\x02\0\0\0", b"\x03\0\0\0" + acl(MASK_TRAP)[4:], b"xyz"])
def test_a_list_of_another_kind_is_none(value: bytes) -> None:
    """Of another version, cut, empty."""
    assert () == parse_acl(value)
    assert () == parse_acl(acl("u::rw,g::r,o::r"))


def test_a_date_that_is_lost_keeps_the_source() -> None:
    """Two seconds are FAT's way of telling the time; an hour is another date."""
    there = _with()
    rounded, late = _with(mtime_ns=-1_999_999_999), _with(mtime_ns=3_600_000_000_000)

    assert not shortfall(there, rounded)
    assert ("the date of the file",) == shortfall(there, late).lost
    assert () == lacks(there, late)


def _with(*, mode: int = 0o644, mtime_ns: int = 0, entries: str = "") -> Attributes:
    """The attributes of an imagined file."""
    listed = parse_acl(acl(entries)) if entries else ()
    return Attributes(mode_without(listed) if listed else mode, 0, 0, 0, mtime_ns, listed, {})
