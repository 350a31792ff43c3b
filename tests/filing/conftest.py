"""A little world on a real disk: watch folder, library, journal; a folder tree as a literal."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action, Decision, Destination, Identical, OnConflict, Outcome
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.execute import Filer
from gallery_daemon.filing.steps import Plan
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction
from tests.journal.empty import new_journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.filing.joint_acts import Filing, Result
    from gallery_daemon.filing.steps import Deed
    from gallery_daemon.journal.journal import Journal

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
Tree = dict[str, bytes]


def make_files(root: Path, tree: Tree) -> None:
    """The files of `tree` lie below `root`."""
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read_files(root: Path) -> Tree:
    """All files below `root`, hidden ones too; a link reads as its target."""
    return {
        os.fspath(path.relative_to(root)): (
            b"-> " + os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        )
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@dataclass
class World:
    """Everything that filing touches."""

    home: Path
    library: Path
    journal: Journal
    disk: Disk = field(default_factory=Disk)

    @property
    def watch(self) -> Path:
        """The watch folder."""
        return self.home / "watch"

    @property
    def journal_path(self) -> Path:
        """The journal's file."""
        return self.home / "journal.sqlite3"

    def photo(self, name: str) -> Photo:
        """The file as it is now, settled."""
        path = self.watch / name
        candidate = Candidate("phone", os.fspath(self.watch), name)
        return Photo(candidate, Identity.of(path.lstat()), NOW)

    def plan(
        self,
        name: str,
        action: Action,
        *,
        to: str = "Memes",
        on_conflict: OnConflict = OnConflict.DEDUPE,
        identical: Identical | None = None,
        sidecars: tuple[str, ...] = (),
        rename: str | None = None,
    ) -> Plan:
        """A plan for the file called `name`."""
        destination = Destination(
            tuple(to.split("/")),
            rename or name.rpartition("/")[2],
            action,
            on_conflict,
            True,
            identical,
        )
        return Plan(
            self.photo(name),
            destination,
            Decision(Outcome.RULE, "memes", destination, ()),
            Facts.unread(NOW),
            Prediction({"memes": 0.9, "cars": 0.1}, "default@00000000"),
            tuple(self.photo(sidecar) for sidecar in sidecars),
        )

    def execute(self, plan: Plan) -> Filing:
        """The plan is executed; what stops it is raised."""
        (result,) = self.execute_all(plan)
        if isinstance(result, GalleryError):
            raise result
        assert result is not None
        return result

    def execute_all(self, *deeds: Deed) -> list[Result]:
        """What comes of some deeds that are decided together."""
        filer = Filer(self.journal, self.disk, os.fspath(self.library))
        return list(filer.execute_all(deeds, NOW))


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory, where there is such a place: each commit of the journal waits for the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="gallery-daemon-test-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty world on one file system."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "library").mkdir()
    journal = new_journal(tmp_path / "journal.sqlite3")
    yield World(tmp_path, tmp_path / "library", journal)
    journal.close()


@pytest.fixture
def far_library(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on another file system."""
    folder = tmp_path_factory.mktemp("library")
    if folder.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system, at /dev/shm")
    return folder
