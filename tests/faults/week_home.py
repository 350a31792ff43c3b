"""A person's folders for a week, the daemon that lives there, and what must always be true.

The person is played: they know what every photo shows, drag with `mv`, or as a file manager copies
and deletes, and remember what they meant by it. `check` compares the library with what the program
filed and the person did since, to the byte, and the lessons in the journal with what was meant.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from gallery_daemon.decision import Outcome
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from tests.end_to_end.conftest import Daemon
from tests.faults.week_photo import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gallery_daemon.journal.record import Row
    from tests.faults.week_photo import PlayedPhoto

PROGRAM: Final[tuple[str, ...]] = (sys.executable, "-m", "tests.faults.week_daemon")
WATCH_FOLDERS: Final = ("phone", "camera", "card")
REVIEW: Final = "Review"
_DEADLINE_S: Final = 400.0
# `refile` looks at all photos again by another version.
_LONG_S: Final = 1800.0
_CONFIG = """\
version: 1
watch:
  - {{name: phone, path: {home}/phone, settle: 1s}}
  - {{name: camera, path: {home}/camera, settle: 1s}}
  - {{name: card, path: {home}/card, settle: 1s}}
library: {home}/library
model: {model}
rules:
  - {{name: memes, when: {{class: memes, min_confidence: 0.8}}, to: Memes/}}
  - {{name: camera, when: {{source: camera, min_confidence: 0.8}}, to: "{{class}}/", action: copy}}
  - {{name: card, when: {{source: card, min_confidence: 0.8}}, to: "{{class}}/", action: move}}
  - {{name: all, when: {{min_confidence: 0.8}}, to: "{{class}}/"}}
uncertain: Review/
learn: {{when: idle, after: {after}}}
"""


Lessons: TypeAlias = dict[str, tuple[str, str]]
"""Class and kind of lessons, by where their photos are."""


class WeekDaemon(Daemon):
    """The program that is quick to believe."""

    program: tuple[str, ...] = PROGRAM


@dataclass(slots=True)
class WeekHome:
    """Watch folders, library, daemon and journal below `home`; `photos` are those that came."""

    home: Path
    model: str = "default"
    after: int = 20
    photos: list[PlayedPhoto] = field(default_factory=list)
    daemon: WeekDaemon = field(init=False)
    known: dict[Path, Stamp] = field(default_factory=dict)
    _before: Lessons = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir()
        self.daemon = WeekDaemon(self.home)
        model = self.model if self.model == "default" else f"{{path: {self.model}}}"
        text = _CONFIG.format(home=self.home, model=model, after=self.after)
        self.daemon.config.write_text(text)
        self.daemon.environ["XDG_CACHE_HOME"] = str(self.home / "cache")
        for name in WATCH_FOLDERS:
            (self.home / name).mkdir()

    @property
    def library(self) -> Path:
        """Its root."""
        return self.daemon.library

    @property
    def versions(self) -> ModelVersions:
        """As they lie there now."""
        state = self.home / "state/gallery-daemon"
        return ModelVersions.of(find_bundle(self.model).resolve(), str(self.library), state)

    def ask(self, *words: str, allowed: Iterable[int] = (0,)) -> str:
        """What a command prints."""
        command = (*PROGRAM, *words, *(() if words[0] == "status" else self._config()))
        done = subprocess.run(
            command,
            env=self.daemon.environ | {"NO_COLOR": "1", "COLUMNS": "250"},
            capture_output=True,
            text=True,
            timeout=_LONG_S,
            check=False,
        )
        assert done.returncode in allowed, f"{words} ends with {done.returncode}: {done.stderr}"
        return done.stdout

    def _config(self) -> tuple[str, ...]:
        return "--config", str(self.daemon.config)

    def come(self, photos: Sequence[PlayedPhoto]) -> None:
        """They are copied into their watch folders."""
        for photo in photos:
            target = self.home / photo.source / photo.name
            shutil.copy2(photo.origin, target)
            photo.stamp = Stamp.of(target)
        self.photos += photos

    def see_filed(self, photos: Sequence[PlayedPhoto]) -> None:
        """Wait until the program has filed them all; then the person sees where."""
        wanted = {str(self.home / each.source / each.name): each for each in photos}
        until(lambda: wanted.keys() <= self.rows().keys(), f"{len(wanted)} photos are filed")
        for path, row in self.rows().items():
            if path in wanted:
                self._see(wanted[path], row)

    def _see(self, photo: PlayedPhoto, row: Row) -> None:
        assert row.destination is not None
        assert photo.stamp is not None
        if photo.home is None:
            photo.has_left = photo.source == "card" and row.outcome == Outcome.RULE
        photo.home = photo.path = Path(row.destination)
        photo.outcome, photo.called = row.outcome, row.top_class
        assert photo.path not in self.known, f"{photo.path} was taken"
        self.known[photo.path] = photo.stamp

    def see_refiled(self) -> int:
        """The person sees where `refile` has put photos; how many it moved."""
        rows, moved = self.rows(), 0
        for photo in self.photos:
            row = rows[str(self.home / photo.source / photo.name)]
            if row.destination != str(photo.home):
                assert photo.path == photo.home, f"{photo.name} was moved after the person"
                del self.known[photo.place]
                self._see(photo, row)
                moved += 1
        return moved

    def rows(self) -> dict[str, Row]:
        """What the journal has of every filed photo, by where it came from."""
        query = Query(states=(State.FILED,), is_photo=True, library=str(self.library))
        with closing(self._journal()) as journal:
            return {row.path: row for row in reversed(journal.find(query))}

    def lessons(self) -> Lessons:
        """Class and kind of each lesson that holds, by where its photo is."""
        with closing(self._journal()) as journal:
            held = journal.lessons.active(str(self.library))
        found = {each.path: (each.class_name, str(each.kind)) for each in held}
        assert len(held) == len(found), "a photo has two lessons"
        return found

    def _journal(self) -> Journal:
        return Journal(self.home / "state/gallery-daemon/journal.sqlite3", read_only=True)

    @property
    def meant(self) -> Lessons:
        """The lessons that the person means to give, by where the photos are."""
        return {str(photo.place): photo.says for photo in self.photos if photo.says}

    def see_lessons(self) -> None:
        """Wait until exactly what is meant is in the journal; no other lesson on the way.

        Where a photo of a lesson is now, only a look at all tells in the end, as `learn` begins
        with one.
        """
        self._before = self.lessons()
        until(self._are_meant, "the lessons are those that are meant", self._differences)
        self.ask("lessons", "--json")
        assert self._found() == self.meant, self._differences()

    def _are_meant(self) -> bool:
        found, meant = (sorted(map(_by_name, each.items())) for each in (self._found(), self.meant))
        allowed = {*meant, *map(_by_name, self._before.items())}
        false = [each for each in found if each not in allowed]
        assert not false, f"false lessons: {false}"
        return found == meant

    def _found(self) -> Lessons:
        """The lessons; one whose photo was restored or deleted may be of the copy in the backup."""
        places = {each.place.name: str(each.place) for each in self.photos}
        return {
            places[path.rpartition("/")[2]] if "/Backup/" in path else path: said
            for path, said in self.lessons().items()
        }

    def _differences(self) -> str:
        found, meant = set(self._found().items()), set(self.meant.items())
        return f"missing {sorted(meant - found)}, too many {sorted(found - meant)}"

    def check_classes(self) -> None:
        """The lessons are those that are meant, wherever their photos were last seen.

        But for photos that somebody took home: they say nothing for as long as they are there.
        """
        at_home = {each.place.name for each in self.photos if each.path == each.home}
        found, meant = (
            sorted(lesson for lesson in map(_by_name, each.items()) if lesson[0] not in at_home)
            for each in (self.lessons(), self.meant)
        )
        assert found == meant, self._differences()

    def new_lessons(self) -> int:
        """How many were given since those of the newest version were read."""
        latest = self.versions.latest()
        with closing(self._journal()) as journal:
            held = journal.lessons.active(str(self.library))
        return sum(latest is None or each.given_at > latest.created_at for each in held)

    def move(self, photo: PlayedPhoto, folder: str, name: str | None = None) -> None:
        """Another process moves it in the library."""
        target = self._target(photo, folder, name)
        subprocess.run(["mv", "-n", photo.place, target], check=True)
        self._now_at(photo, target)

    def copy_and_delete(self, photo: PlayedPhoto, folder: str) -> None:
        """As a file manager moves to another disk."""
        target = self._target(photo, folder, None)
        subprocess.run(["cp", "-p", photo.place, target], check=True)
        subprocess.run(["rm", photo.place], check=True)
        self._now_at(photo, target)

    def _target(self, photo: PlayedPhoto, folder: str, name: str | None) -> Path:
        (self.library / folder).mkdir(parents=True, exist_ok=True)
        target = self.library / folder / (name or photo.place.name)
        assert not target.exists(), f"{target} is taken"
        return target

    def _now_at(self, photo: PlayedPhoto, target: Path) -> None:
        self.known[target] = self.known.pop(photo.place)
        photo.path = target

    def carry(self, photos: Sequence[PlayedPhoto], folder: str) -> None:
        """One process moves all of them at once."""
        (self.library / folder).mkdir(parents=True, exist_ok=True)
        places = [photo.place for photo in photos]
        subprocess.run(["mv", "-n", "-t", self.library / folder, *places], check=True)
        for photo in photos:
            self._now_at(photo, self.library / folder / photo.place.name)

    def delete(self, photo: PlayedPhoto) -> None:
        """It is gone from the library, by the person's will."""
        subprocess.run(["rm", photo.place], check=True)
        del self.known[photo.place]
        photo.is_deleted = True

    def inside(self, folder: str) -> list[PlayedPhoto]:
        """Those that are in that folder now, themselves."""
        place = self.library / folder
        return [each for each in self.photos if not each.is_deleted and each.place.parent == place]

    def check(self) -> None:
        """The library is what was filed and what the person did, and no photo is lost or twice."""
        files = [path for path in self.library.rglob("*") if not path.is_dir()]
        found = {path: Stamp.of(path) for path in files}
        changed = {path for path in found if found[path] != self.known.get(path)}
        assert not changed, f"not by the person: {sorted(changed)}"
        assert not self.known.keys() - found.keys(), f"gone: {self.known.keys() - found.keys()}"
        for photo in self.photos:
            self._check(photo)

    def _check(self, photo: PlayedPhoto) -> None:
        here = photo.home is not None and not photo.is_deleted
        in_watch = self.home / photo.source / photo.name
        assert photo.stamp is not None
        if in_watch.exists():
            assert Stamp.of(in_watch) == photo.stamp, f"{in_watch} was changed"
        else:
            assert photo.has_left, f"{in_watch} is gone"
            assert here or photo.is_deleted, f"{photo.name} is lost"

    def check_once(self) -> None:
        """Every photo was filed once; by the log, but for those of a daemon that was killed."""
        told = [each["photo"] for each in self.daemon.events if each["event"] == "photo_filed"]
        assert len(told) == len(set(told)), "a photo was filed twice"
        wrong = [each for each in self.daemon.events if each["level"] in {"error", "critical"}]
        assert not wrong, f"the log has {wrong}"

    def asked(self) -> list[dict[str, Any]]:
        """The mass moves about which the person is asked, as `status --json` has them."""
        return list(json.loads(self.ask("status", "--json"))["mass_moves"])


def _by_name(lesson: tuple[str, tuple[str, str]]) -> tuple[str, str, str]:
    path, (class_name, kind) = lesson
    return path.rpartition("/")[2], class_name, kind


def until(
    is_so: Callable[[], bool], what: str, why_not: Callable[[], str] = lambda: "no more is known"
) -> None:
    """It has come to be so, within the deadline."""
    deadline = time.monotonic() + _DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline, f"it never came to be that {what}: {why_not()}"
        pause(0.2)


def pause(seconds: float) -> None:
    """Time goes by."""
    time.sleep(seconds)  # noqa: TID251 - nobody tells us when other programs have acted
