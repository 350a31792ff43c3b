"""Which folders were made for photos."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from gallery_daemon.journal.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_is_known_by_its_path_and_its_inode(tmp_path: Path) -> None:
    """In its own library, whatever bytes it is called by, until it is forgotten."""
    name = ("Memes", "b\udcfe")
    with closing(Journal(tmp_path / "journal.sqlite3")) as journal:
        made = journal.made_folders
        made.add("/lib", name, 7)
        made.add("/lib", name, 2**64 - 1)

        assert made.is_made("/lib", name, 2**64 - 1)
        assert not made.is_made("/lib", name, 7)
        assert not made.is_made("/other", name, 2**64 - 1)
        assert not made.is_made("/lib", ("Memes",), 2**64 - 1)
        made.forget("/lib", name)
        assert not made.is_made("/lib", name, 2**64 - 1)
