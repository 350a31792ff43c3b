"""Whatever a person does with their library, exactly those lessons hold that they mean."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gallery_daemon.commands.undo import Undoing
from gallery_daemon.decision import Action, Outcome
from gallery_daemon.filing.relocate import Relocator
from gallery_daemon.journal.record import State
from tests.filing.conftest import read_files
from tests.learning.shelves import Later, Shelves, worlds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gallery_daemon.journal.record import Row

CLASS_OF = {"Memes": "memes", "Cars": "cars", "Trees": "trees"}
OUTCOME_OF = {"Review": Outcome.UNCERTAIN, "Holiday": Outcome.OTHERWISE}
FOLDERS = (*CLASS_OF, "Memes/Best", "Review", "Holiday")


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
        here, home = class_of(self.path, library), class_of(self.home, library)
        if here is None:
            if self.path.parent.name == "Review":
                self.says = None
        elif self.says is None or self.says[0] != here:
            is_new = here != home and (self.outcome is Outcome.UNCERTAIN or here != self.top_class)
            kind = "confirmation" if self.outcome is Outcome.UNCERTAIN else "correction"
            self.says = (here, kind) if is_new else None


def class_of(path: Path, library: Path) -> str | None:
    """That of the place where the photo lies, or above it."""
    return CLASS_OF.get(path.relative_to(library).parts[0])


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
        elif photo.path.exists() or what == "file_again":
            getattr(self, what)(photo, self.shelves.library / folder / photo.path.name)

    def file(self, number: int, folder: str) -> None:
        """The program files another photo; by a rule that asks for its name, too."""
        outcome = OUTCOME_OF.get(folder, Outcome.RULE)
        top = "cars" if len(self.photos) % 2 else CLASS_OF.get(folder, "cars")
        action = [Action.HARDLINK, Action.COPY, Action.MOVE][number % 3]
        name = f"{len(self.photos)}.jpg"
        path = self.shelves.file(name, top, folder, action=action, outcome=outcome)
        self.photos.append(Meant(path, path, top, outcome))

    def move(self, photo: Meant, to: Path) -> None:
        """Dragged on one disk."""
        to.parent.mkdir(parents=True, exist_ok=True)
        photo.path = photo.path.rename(to)

    def rename(self, photo: Meant, _to: Path) -> None:
        """It has another name where it is, and was seen there before.

        A copy of neither the name, the mtime nor the inode would be a stranger.
        """
        if photo.path != photo.home:
            self.look()
            photo.path = photo.path.rename(photo.path.with_name(f"a {photo.path.name}"))

    def undone_at_once(self, photo: Meant, to: Path) -> None:
        """Dragged, looked at a moment later, and dragged back: nobody meant anything."""
        if to != photo.path and not to.exists():
            self.look()
            before, was = self.lessons(), photo.path
            to.parent.mkdir(parents=True, exist_ok=True)
            was.rename(to)
            self.shelves.clock = Later(0)
            self.shelves.look()
            assert set(self.lessons().values()) <= set(before.values()), "it was believed at once"
            to.rename(was)
            self.shelves.clock = Later()

    def two_places(self, photo: Meant, to: Path) -> None:
        """Carried to one folder, and for a while in a second one of the same class as well."""
        if photo.path != photo.home or to.exists():
            return
        again = to.parent / "Again" / to.name
        again.parent.mkdir(parents=True, exist_ok=True)
        os.link(photo.path, again)
        photo.path = photo.path.rename(to)
        self.look()
        photo.path, gone = (again, to) if os.fspath(again) in self.lessons() else (to, again)
        gone.unlink()

    def inode_reused(self, photo: Meant, to: Path) -> None:
        """It is deleted, and another file has its inode: here by being written into."""
        if photo.path.lstat().st_nlink == 1:
            self.look()
            photo.path.write_bytes(b"a stranger")
            to.parent.mkdir(parents=True, exist_ok=True)
            photo.path.rename(to.with_name(f"stranger {photo.path.name}"))

    def file_again(self, photo: Meant, to: Path) -> None:
        """The program files anew what was undone, perhaps as another class."""
        folder = os.fspath(to.parent.relative_to(self.shelves.library))
        world, name = self.shelves.world, photo.home.name
        if photo.is_filed or folder not in CLASS_OF or not (world.watch / name).exists():
            return
        filing = world.execute(world.plan(name, Action.HARDLINK, to=folder))
        assert filing.destination is not None
        photo.home = photo.path = self.shelves.library / os.fspath(filing.destination)
        photo.is_filed, photo.outcome, photo.top_class = True, Outcome.RULE, "memes"

    def copy_and_delete(self, photo: Meant, to: Path) -> None:
        """Dragged to another disk; not onto itself.

        Not under another name than it was filed by: a copy of it might be known by nothing.
        """
        if to != photo.path and to.name == photo.home.name:
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

    def lessons(self) -> dict[str, tuple[str, str]]:
        """Class and kind of the lessons that hold, by where their photos are; none is twice."""
        held = self.shelves.journal.lessons.active(os.fspath(self.shelves.library))
        assert len({each.filing for each in held}) == len(held), "one photo has two lessons"
        return {each.path: (each.class_name, str(each.kind)) for each in held}

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
    *("move",) * 3, *("look",) * 3, *("copy_and_delete", "refile", "undo") * 2,
    "file", "file_again", "copy", "delete", "rename", "undone_at_once", "two_places",
    "inode_reused",
)  # fmt: skip
acts = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.sampled_from(FOLDERS)),
    min_size=4,
    max_size=12,
)


# What a bug would be seen by at once, each by another one.
LOOK = ("look", 0, "Cars")
KNOWN = (
    ((0, "Memes"), [("undo", 0, "Memes"), ("file_again", 0, "Cars")]),
    ((0, "Memes"), [("undone_at_once", 0, "Cars")]),
    ((0, "Memes"), [("move", 0, "Cars"), LOOK, ("move", 0, "Memes")]),
    ((0, "Memes"), [("move", 0, "Cars"), LOOK, ("move", 0, "Review")]),
    ((0, "Memes"), [("move", 0, "Cars"), LOOK, ("move", 0, "Trees")]),
    ((0, "Memes"), [("move", 0, "Cars"), LOOK, ("rename", 0, "Cars")]),
    # The second photo was filed by its name: the model had called it a car.
    ((0, "Memes"), [("file", 0, "Memes"), ("move", 1, "Memes/Best")]),
    ((0, "Memes"), [("file", 0, "Trees"), ("move", 1, "Cars")]),
    ((1, "Memes"), [("inode_reused", 0, "Cars")]),
    ((0, "Memes"), [("two_places", 0, "Cars")]),
)


def with_known(test: Callable[..., None]) -> Callable[..., None]:
    """The test has these as examples, too."""
    for case in KNOWN:
        test = example(*case)(test)
    return test


@pytest.mark.timeout(300)
@with_known
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

        found = person.lessons()
        meant = {os.fspath(each.path): each.says for each in person.photos if each.says}
        assert meant == found
        assert [] == [row for row in world.journal.newest_first() if row.state is State.INTENT]
