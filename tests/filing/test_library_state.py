"""Whether the library takes photos, asked beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.filing.library_state import LibraryState, LibraryTrouble, look_at_library
from tests.disks import CannotMountError, ext4

if TYPE_CHECKING:
    from pathlib import Path


def test_the_library_is_asked_without_leaving_a_trace(tmp_path: Path) -> None:
    """There and not there yet: both can be written; a file in its place cannot; nothing is left."""
    (tmp_path / "file").touch()

    there = look_at_library(str(tmp_path), was_used=False)
    later = look_at_library(str(tmp_path / "a/b"), was_used=True)
    wrong = look_at_library(str(tmp_path / "file"), was_used=False)

    assert LibraryState(str(tmp_path), True, None, False) == there
    assert LibraryState(str(tmp_path / "a/b"), False, None, True) == later
    assert "it is not a folder" == wrong.problem
    assert ["file"] == [path.name for path in tmp_path.iterdir()]


def test_a_library_on_a_read_only_disk_is_in_trouble() -> None:
    """As it is found where a damaged disk was mounted anew; root may write anywhere else."""
    try:
        with ext4(options="ro") as disk:
            there = look_at_library(f"{disk}", was_used=True)
            later = look_at_library(f"{disk}/Photos", was_used=False)
    except CannotMountError as error:
        pytest.skip(str(error))

    advice = "see who owns it, or choose another library:"
    assert LibraryTrouble(f"{disk}: read-only file system", advice) == there.trouble
    cannot = f"{disk}/Photos cannot be made: read-only file system"
    assert LibraryTrouble(cannot, advice) == later.trouble
