"""Whatever a person does with their library, exactly those lessons hold that they mean."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.decision import Action, Outcome
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import State
from tests.filing.conftest import World, read_files
from tests.learning.shelves import Shelves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.journal.record import Row

CLASS_OF = {"Memes": "memes", "Cars": "cars", "Trees": "trees", "Memes/Best": "memes"}
OUTCOME_OF = {"Review": Outcome.UNCERTAIN, "Holiday": Outcome.OTHERWISE}
FOLDERS = (*CLASS_OF, "Review", "Holiday")
MEMORY = Path("/dev/shm")


@dataclass
class Meant:
    """One photo as the person sees it; `says` is the class and kind that they mean by it."""

    home: Path
    path: Path
    top_class: str
    outcome: Outcome
    says: tuple[str, str] | None = None
    is_filed: bool = True

    def look(self, library: Path) -> None:
        """What the person means now, by where the photo lies."""
        if not self.is_filed or self.path == self.home:
            self.says = None
            return
        if not self.path.exists():
            return
        here = CLASS_OF.get(os.fspath(self.path.parent.relative_to(library)))
        home = CLASS_OF.get(os.fspath(self.home.parent.relative_to(library)))
        if here is None:
            if self.path.parent.name == "Review":
                self.says = None
        elif self.says is None or self.says[0] != here:
            is_new = here != home and (self.outcome is Outcome.UNCERTAIN or here != self.top_class)
            kind = "confirmation" if self.outcome is Outcome.UNCERTAIN else "correction"
            self.says = (here, kind) if is_new else None


class Person:
    """Acts on the library, and remembers what they mean."""

    def __init__(self, shelves: Shelves) -> None:
        self.shelves = shelves
        self.photos: list[Meant] = []

    def act(self, what: str, number: int, folder: str) -> None:
        """One act, on the photo of that number or on a new one."""
        photo = self.photos[number % len(self.photos)] if self.photos else None
        if what == "file" or photo is None:
            self.file(number, folder)
        elif what == "look":
            self.look()
        elif photo.path.exists():
            getattr(self, what)(photo, self.shelves.library / folder / photo.path.name)

    def file(self, number: int, folder: str) -> None:
        """The program files another photo."""
        outcome = OUTCOME_OF.get(folder, Outcome.RULE)
        top = CLASS_OF.get(folder, "cars")
        action = [Action.HARDLINK, Action.COPY, Action.MOVE][number % 3]
        name = f"{len(self.photos)}.jpg"
        path = self.shelves.file(name, top, folder, action=action, outcome=outcome)
        self.photos.append(Meant(path, path, top, outcome))

    def move(self, photo: Meant, to: Path) -> None:
        """Dragged on one disk."""
        to.parent.mkdir(parents=True, exist_ok=True)
        photo.path = photo.path.rename(to)

    def copy_and_delete(self, photo: Meant, to: Path) -> None:
        """Dragged to another disk; not onto itself."""
        if to != photo.path:
            folder = os.fspath(to.parent.relative_to(self.shelves.library))
            keeps_mtime = len(folder) % 2 == 0
            photo.path = self.shelves.copy_and_delete(photo.path, folder, keeps_mtime=keeps_mtime)

    def copy(self, photo: Meant, to: Path) -> None:
        """For a while a copy lies elsewhere, while the photo stays."""
        if not to.exists():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(photo.path, to)
            self.look()
            to.unlink()

    def delete(self, photo: Meant, _to: Path) -> None:
        """It is gone."""
        self.look()  # what was meant by its last place was seen
        photo.path.unlink()

    def refile(self, photo: Meant, to: Path) -> None:
        """The program, not the person, moves a photo that is where it was filed."""
        folder = os.fspath(to.parent.relative_to(self.shelves.library))
        row = self.row_of(photo)
        if photo.path != photo.home or row is None or folder not in CLASS_OF or to == photo.home:
            return
        world, name = self.shelves.world, row.candidate.relative
        (world.watch / name).touch()
        plan = world.plan(name, Action.COPY, to=folder)
        plan.prediction.probabilities[CLASS_OF[folder]] = 0.95  # type: ignore[union-attr, index] # a dict
        Relocator(world.journal, world.disk).relocate_photo(row, plan, self.shelves.now())
        photo.home = photo.path = to
        photo.top_class, photo.outcome = CLASS_OF[folder], Outcome.RULE

    def undo(self, photo: Meant, _to: Path) -> None:
        """The program takes a filing back."""
        row = self.row_of(photo)
        if photo.path != photo.home or row is None or row.undoes is not None:
            return
        world = self.shelves.world
        (done,) = Undoing(world.journal, world.disk, self.shelves.clock).run([row])
        if done.error is None:
            photo.is_filed = False

    def row_of(self, photo: Meant) -> Row | None:
        """The filing of a photo at home."""
        folder, name = photo.home.parent, photo.home.name
        parts = folder.relative_to(self.shelves.library).parts
        return self.shelves.journal.filed_at(os.fspath(self.shelves.library), parts, name)

    def look(self) -> None:
        """The library is looked at, which changes nothing in it."""
        before = read_files(self.shelves.library)
        self.shelves.look()
        assert before == read_files(self.shelves.library)
        for photo in self.photos:
            photo.look(self.shelves.library)


ACTS = (
    *("move",) * 3, *("look",) * 3, *("copy_and_delete", "refile") * 2,
    "file", "copy", "delete", "undo",
)  # fmt: skip
acts = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.sampled_from(FOLDERS)),
    min_size=4,
    max_size=12,
)


def worlds() -> Iterator[World]:
    """A fresh world in memory."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as name:
        home = Path(name)
        for folder in ("watch", "library"):
            (home / folder).mkdir()
        with closing(Journal(home / "journal.sqlite3")) as journal:
            yield World(home, home / "library", journal, Disk())


@pytest.mark.timeout(300)
@given(st.tuples(st.integers(0, 2), st.sampled_from(FOLDERS)), acts)
def test_the_lessons_that_hold_are_those_that_are_meant(
    first: tuple[int, str],
    chosen: list[tuple[str, int, str]],
) -> None:
    """Filing, refiling and undoing never give any, copies that leave the photo neither."""
    for world in worlds():
        person = Person(Shelves(world))
        person.file(first[0], first[1])
        for act in chosen:
            person.act(*act)
        person.look()

        lessons = world.journal.lessons.active(os.fspath(world.library))
        found = {each.path: (each.class_name, str(each.kind)) for each in lessons}
        meant = {os.fspath(each.path): each.says for each in person.photos if each.says}
        assert meant == found
        assert [] == [row for row in world.journal.newest_first() if row.state is State.INTENT]
