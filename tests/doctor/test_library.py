"""The library, links into it, and the space there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.doctor.library import (
    Location,
    judge_file_system,
    judge_library,
    judge_links,
    judge_space,
    location_of,
    size,
    wants_links,
)
from gallery_daemon.filing.file_systems import Capabilities
from gallery_daemon.filing.library_state import LibraryState
from tests.config.texts import HEAD, config_of
from tests.doctor.lines import said

if TYPE_CHECKING:
    from pathlib import Path

MB, GB = 1_000_000, 1_000_000_000


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (LibraryState("/l", True, None, True), "ok /l can be written"),
        (LibraryState("/l", False, None, False), "ok /l will be made"),
        (
            LibraryState("/l", False, None, True),
            "fail /l is not there, and photos were filed into it",
        ),
        (
            LibraryState("/l", True, "no permission to write", False),
            "fail /l: no permission to write",
        ),
        (
            LibraryState("/l", False, "read-only file system", False),
            "fail /l cannot be made: read-only",
        ),
    ],
)
def test_a_library_that_cannot_take_photos_fails(seen: LibraryState, says: str) -> None:
    """Gone after it was used, not writable, or not to be made."""
    assert said([judge_library(seen)]).startswith(says)


EXT4 = Capabilities("ext4")
DISK = Location(1, "/", EXT4)


@pytest.mark.parametrize(
    ("library", "foreign", "says"),
    [
        (DISK, 0, "ok phone: the same disk and mount"),
        (Location(2, "/", EXT4), 0, "warn phone: the library lies on another disk or mount"),
        (Location(1, "/bound", EXT4), 0, "warn phone: the library lies on another disk or mount"),
        (
            Location(1, "/", Capabilities("exfat", has_links=False)),
            0,
            "warn phone: exfat has no hard links",
        ),
        (DISK, 3, "warn phone: 3 files belong to somebody else"),
    ],
)
def test_where_no_link_can_be_made_it_is_said(library: Location, foreign: int, says: str) -> None:
    """Another device, another mount of the same one, FAT, files that are not ours."""
    assert said([judge_links("phone", DISK, library, foreign)]).startswith(says)


def test_a_library_that_is_not_there_lies_where_it_would_be_made(tmp_path: Path) -> None:
    """Device and mount are those of the nearest folder above."""
    mounts = f"1 1 8:1 / {tmp_path} rw - tmpfs x rw\n"

    assert location_of(str(tmp_path), mounts) == location_of(str(tmp_path / "a/b"), mounts)
    assert str(tmp_path) == location_of(str(tmp_path), mounts).mount


def test_only_who_links_hears_of_links() -> None:
    """By a rule, or by an outcome alone; not where everything is copied or switched off."""
    copy = f"{HEAD}defaults: {{action: copy}}\nrules:\n  - {{name: a, to: A/"
    assert not wants_links(config_of(f"{copy}}}\n"))
    assert wants_links(config_of(f"{copy}, action: {Action.HARDLINK}}}\n"))
    assert not wants_links(config_of(f"{copy}, action: hardlink, enabled: false}}\n"))
    assert wants_links(config_of(f"{HEAD}rules:\n  - {{name: a, leave: true}}\notherwise: Rest/\n"))


@pytest.mark.parametrize(
    ("free", "total", "status"),
    [
        (20 * GB, 100 * GB, "ok"),
        (900 * MB, 4 * GB, "warn"),
        (4 * GB, 100 * GB, "warn"),
        (150 * GB, 4_000 * GB, "ok"),
        (40 * MB, 100 * GB, "fail"),
    ],
)
def test_little_space_is_told_before_it_is_none(free: int, total: int, status: str) -> None:
    """Under 1 GB, under 5% of a disk that is not huge; and nothing at all fails."""
    assert status == judge_space("the library", free, total).status


def test_sizes_are_for_people() -> None:
    """Two digits are enough."""
    assert ["0.0 MB", "1.2 MB", "87 MB", "3.4 GB"] == [
        size(count) for count in (0, 1_200_000, 87_000_000, 3_400_000_000)
    ]


_NO_TAGS = "{} keeps no tags, comments and access control lists of files"
_STAYS = "a photo that has some is copied, and stays where it is"
_NOT_PRIVATE = "vfat keeps no permissions: others may read every photo there, a private one too"
_NO_SAFE_RENAME = (
    "exFAT by FUSE cannot rename a file without replacing another: a photo is made under its final"
    " name, and is not whole there at first"
)


@pytest.mark.parametrize(
    ("can", "mode", "moves", "says"),
    [
        (EXT4, 0o755, True, []),
        (
            Capabilities("exFAT by FUSE", has_safe_renames=False, keeps_attributes=False),
            0o755,
            True,
            [
                _NO_SAFE_RENAME,
                f"{_NO_TAGS.format('exFAT by FUSE')}: {_STAYS}",
            ],
        ),
        (
            Capabilities("vfat", keeps_attributes=False),
            0o755,
            False,
            [_NO_TAGS.format("vfat")],
        ),
        (Capabilities("vfat", keeps_rights=False), 0o755, True, [_NOT_PRIVATE]),
        (Capabilities("vfat", keeps_rights=False), 0o640, True, [_NOT_PRIVATE]),
        (Capabilities("vfat", keeps_rights=False), 0o700, True, []),
    ],
)
def test_what_the_library_s_file_system_lacks_is_said(
    can: Capabilities, mode: int, moves: bool, says: list[str]
) -> None:
    """And what is done instead; that a photo stays matters only to who moves."""
    found = list(judge_file_system("/l", can, mode, moves=moves))

    assert [f"/l: {each}" for each in says] == [each.what for each in found]
    assert all(each.advice for each in found)
