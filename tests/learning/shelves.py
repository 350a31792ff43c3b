"""A library with filed photos, a person who carries them about, and looks at it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, Decision, Destination, OnConflict, Outcome
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.steps import Plan
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonState
from gallery_daemon.learning.corrections import AT_ONCE_S
from gallery_daemon.learning.library_scan import LibraryLook, LibraryScan, root_of_library
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction
from gallery_daemon.rules.condition import AllOf
from gallery_daemon.rules.conditions.model import ClassIs
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.places import ClassPlaces
from gallery_daemon.rules.template import Template
from tests.filing.conftest import World

if TYPE_CHECKING:
    from collections.abc import Iterator

CLASSES = ("cars", "memes", "trees")
MEMORY = Path("/dev/shm")


def placing(to: str) -> Placing:
    """Photos go there."""
    parsed = Template.parse(to)
    return Placing(parsed, None, Action.HARDLINK, OnConflict.DEDUPE, with_sidecars=True)


def rules_for(places: dict[str, str], uncertain: str | None = "Review/") -> RuleSet:
    """A rule for each class, and a place for the uncertain."""
    rules = (
        Rule(name, ClassIs((name,)), placing(to), enabled=True, line=1)
        for name, to in places.items()
    )
    return RuleSet(tuple(rules), None if uncertain is None else placing(uncertain))


RULES = rules_for({"cars": "Cars/", "memes": "Memes/", "trees": "Trees/"})
BY_CLASS = RuleSet((Rule("all", AllOf(()), placing("{class}/"), enabled=True, line=1),))


@dataclass
class Later:
    """A wall clock that is ahead of the machine's, so that files have lain still."""

    ahead_s: float = AT_ONCE_S + 1

    def wall(self) -> datetime:
        """The machine's time, later."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def monotonic(self) -> float:
        """Seconds, as the wall has them."""
        return self.wall().timestamp()


@dataclass
class Shelves:
    """The library of a `World` with rules, of which photos are filed and looked for."""

    world: World
    rules: RuleSet = RULES
    clock: Later = field(default_factory=Later)
    others: tuple[str, ...] = ()

    @property
    def library(self) -> Path:
        """Its root."""
        return self.world.library

    @property
    def journal(self) -> Journal:
        """That of the world."""
        return self.world.journal

    def file(
        self,
        name: str,
        top_class: str = "memes",
        to: str = "Memes",
        *,
        action: Action = Action.HARDLINK,
        outcome: Outcome = Outcome.RULE,
        content: bytes | None = None,
    ) -> Path:
        """A photo of the watch folder is filed; where it lies."""
        path = self.world.watch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(name) if content is None else content)
        when = self.now() - timedelta(hours=1)
        candidate = Candidate("phone", os.fspath(self.world.watch), name)
        photo = Photo(candidate, Identity.of(path.lstat()), when)
        folder = tuple(to.split("/"))
        destination = Destination(folder, path.name, action, OnConflict.DEDUPE, with_sidecars=True)
        rule = top_class if outcome is Outcome.RULE else None
        plan = Plan(
            photo,
            destination,
            Decision(outcome, rule, destination, ()),
            Facts.unread(when),
            Prediction({top_class: 0.9, "other": 0.1}, "default@00000000"),
            (),
        )
        filing = self.world.execute(plan)
        assert filing.destination is not None
        return self.library / os.fspath(filing.destination)

    @staticmethod
    def now() -> datetime:
        """The machine's time."""
        return datetime.now(UTC)

    def move(self, photo: Path, to: str) -> Path:
        """A person moves it below the library, to a folder or to a name."""
        target = self.library / to
        if to.endswith("/"):
            target /= photo.name
        target.parent.mkdir(parents=True, exist_ok=True)
        return photo.rename(target)

    def copy_and_delete(self, photo: Path, to: str, *, keeps_mtime: bool = True) -> Path:
        """As a file manager moves to another disk."""
        target = self.library / to / photo.name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copy2 if keeps_mtime else shutil.copyfile)(photo, target)
        photo.unlink()
        return target

    def look(self) -> LibraryLook:
        """The library is looked at."""
        return self.scan().look()

    def look_at(self, *paths: str) -> LibraryLook:
        """Only these paths below the library are."""
        scan = self.scan()
        scan.begin(paths)
        look = scan.turn()
        assert look is not None
        return look

    def scan(self) -> LibraryScan:
        """What looks, by the rules of now."""
        root = root_of_library(os.fspath(self.library), self.others)
        places = ClassPlaces.of(self.rules, CLASSES)
        return LibraryScan(self.journal, self.world.disk, self.clock, root=root, places=places)

    def lessons(self) -> dict[str, str]:
        """The class by the path below the library, of each lesson that holds."""
        return {
            lesson.path.removeprefix(f"{self.library}/"): lesson.class_name
            for lesson in self.journal.lessons.active(os.fspath(self.library))
        }

    def kinds(self) -> list[str]:
        """The kind of each lesson that holds."""
        active = self.journal.lessons.active(os.fspath(self.library))
        return [str(lesson.kind) for lesson in active]

    def states(self) -> list[LessonState]:
        """Of every lesson, the oldest first."""
        rows = self.journal._database.rows("SELECT state FROM lessons ORDER BY id")
        return [LessonState(row["state"]) for row in rows]


def told(look: LibraryLook) -> list[str]:
    """The names of the events."""
    return [event.NAME for event in look.events]


def worlds() -> Iterator[World]:
    """A fresh world in memory."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as name:
        home = Path(name)
        for folder in ("watch", "library"):
            (home / folder).mkdir()
        with closing(Journal(home / "journal.sqlite3")) as journal:
            yield World(home, home / "library", journal, Disk())
