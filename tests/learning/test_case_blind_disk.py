"""A library on a disk that does not tell `Memes` from `memes`: exFAT by FUSE, if it can be had."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, Outcome
from gallery_daemon.filing.disk import Disk
from tests.disks import CannotMountError, exfat_by_fuse
from tests.filing.conftest import World, read_files
from tests.journal.empty import new_journal
from tests.learning.shelves import Shelves, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.faults


@pytest.fixture
def blind(tmp_path: Path) -> Iterator[Shelves]:
    """Shelves there, on which other programs had made class folders in small letters."""
    (tmp_path / "watch").mkdir()
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(exfat_by_fuse())
        except CannotMountError as reason:
            pytest.skip(str(reason))
        library = folder / "library"
        for name in ("memes", "cars"):
            (library / name).mkdir(parents=True)
        journal = new_journal(tmp_path / "journal.sqlite3")
        stack.callback(journal.close)
        yield Shelves(World(tmp_path, library, journal, Disk()))


def test_what_is_filed_there_is_no_drag(blind: Shelves) -> None:
    """The rules say `Memes/`, the disk says `memes/`: it is one folder."""
    photo = blind.file("x.jpg", action=Action.COPY)

    assert (blind.library / "memes/x.jpg").exists()
    assert [] == told(blind.look())
    os.rename(blind.library / "memes", blind.library / "other name")  # noqa: PTH104, TID251 - of a folder
    os.rename(blind.library / "other name", blind.library / "MEMES")  # noqa: PTH104, TID251
    assert photo.exists()
    assert [] == told(blind.look())


def test_a_drag_to_a_class_s_folder_in_other_letters_is_a_lesson(blind: Shelves) -> None:
    """And back, it is withdrawn; out of review as well."""
    photo = blind.file("x.jpg", action=Action.COPY)
    unsure = blind.file("y.jpg", "trees", "Review", action=Action.COPY, outcome=Outcome.UNCERTAIN)

    moved = blind.move(photo, "cars/")
    blind.move(unsure, "MEMES/")
    before = read_files(blind.library)
    look = blind.look()

    assert ["lesson_given"] * 2 == told(look)
    assert {"cars/x.jpg": "cars", "memes/y.jpg": "memes"} == blind.lessons()
    assert before == read_files(blind.library)
    assert [] == told(blind.look())

    blind.move(moved, "memes/")
    assert ["lesson_withdrawn"] == told(blind.look())
    assert {"memes/y.jpg": "memes"} == blind.lessons()


def test_a_rename_to_capital_letters_says_nothing(blind: Shelves) -> None:
    """Of the file or of its class's folder, for a photo with a lesson and for one without."""
    blind.file("x.jpg", action=Action.COPY)
    blind.move(blind.file("z.jpg", action=Action.COPY), "cars/")
    blind.look()

    for old, new in (("cars/z.jpg", "cars/Z.JPG"), ("memes/x.jpg", "memes/X.jpg")):
        (blind.library / old).rename(blind.library / "passing")
        (blind.library / "passing").rename(blind.library / new)

    assert [] == told(blind.look())
    assert ["cars"] == list(blind.lessons().values())
