"""A look at the library for lessons, written into the journal; nothing in the library is changed.

A look is many turns of a few hundred files, so that a daemon does other things in between, and its
memory does not grow with the library, only with the photos that were carried away. It is at the
whole library, or at those paths of which events told.

Hidden folders, bins and names that are not photos yet are passed over, as in a watch folder; and so
are the watch folders themselves, which may be inside the library.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.intake.scan import Listed, scan
from gallery_daemon.journal.lesson import LessonState
from gallery_daemon.learning.corrections import Findings, findings, is_still
from gallery_daemon.learning.library_places import LibraryPlaces
from gallery_daemon.learning.statements import TakenBack, Teaches, statement_of
from gallery_daemon.learning.whereabouts import Whereabouts
from gallery_daemon.logs.lesson_events import LessonGiven, LessonWithdrawn, MassMoveSeen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from gallery_daemon.clock import Clock
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.learning.corrections import Move
    from gallery_daemon.learning.statements import Carried
    from gallery_daemon.logs.events import Event
    from gallery_daemon.photo import Identity
    from gallery_daemon.rules.places import ClassPlaces

BATCH: Final = 200
"""Files looked at in one turn: a few milliseconds."""

_SOURCE = "library"


def root_of_library(library: str, others: Collection[str] = ()) -> WatchRoot:
    """The library as a folder to list; `others`, absolute paths, do not count even inside it."""
    prefix = library.rstrip("/") + "/"
    inside = (each.rstrip("/") for each in others)
    return WatchRoot(
        _SOURCE, library, skipped=tuple(each for each in inside if each.startswith(prefix))
    )


@dataclass(frozen=True, slots=True)
class LibraryLook:
    """What a look came to, and is in the journal.

    `events` are to be told. `waiting` are the paths below the library of photos that were moved a
    moment ago, or may belong to one move with them: they are to be looked at again; in
    `counts_in_s` seconds they count. `has_copies`: a look at some paths met copies of photos that
    may be anywhere, which only a look at the whole library can tell.
    """

    events: tuple[Event, ...]
    waiting: tuple[str, ...]
    has_copies: bool = False
    counts_in_s: float = 0.0


@dataclass(slots=True)
class _Walk:
    """A look that is under way; `is_whole`: at the whole library."""

    files: Iterator[Listed]
    is_whole: bool
    carried: list[Carried] = field(default_factory=list)
    came_home: list[Lesson] = field(default_factory=list)
    followed: list[tuple[int, str, Identity]] = field(default_factory=list)


class LibraryScan:
    """Looks at the files of one library, one look at a time."""

    def __init__(
        self,
        journal: Journal,
        disk: Disk,
        clock: Clock,
        *,
        root: WatchRoot,
        places: ClassPlaces,
    ) -> None:
        """`root` is made by `root_of_library`; `places` by the rules that hold."""
        self._journal, self._clock, self.root = journal, clock, root
        self._places = LibraryPlaces(root.path, places)
        self._whereabouts = Whereabouts(journal, disk, root.path)
        self._walk: _Walk | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a look has begun and not ended."""
        return self._walk is not None

    def begin(self, paths: Iterable[str] | None = None) -> None:
        """A look begins: at these paths below the library, and what is in those that are folders.

        None: at the whole library. A look that was under way is given up.
        """
        files = self._all() if paths is None else self._at(paths)
        self._walk = _Walk(files, is_whole=paths is None)

    def turn(self) -> LibraryLook | None:
        """A batch of files is looked at; after the last what all of them come to is written.

        Raises:
            JournalError: the journal cannot be used now; the look is given up.
        """
        assert self._walk is not None
        walk, self._walk = self._walk, None
        batch = list(islice(walk.files, BATCH))
        walk.carried += self._whereabouts.carried(batch, self._now_s())
        if not walk.is_whole:
            walk.came_home += self._whereabouts.came_home(batch)
            walk.followed += self._whereabouts.followed_home(batch)
        if len(batch) == BATCH:
            self._walk = walk
            return None
        if walk.is_whole:
            walk.came_home += self._whereabouts.came_home()
            walk.followed += self._whereabouts.followed_home()
        now_s = self._now_s()
        copies = [] if walk.is_whole else [each for each in walk.carried if self._may_say(each)]
        if copies:
            return self._put_off(walk, copies, now_s)
        found = findings(
            [each for each in walk.carried if walk.is_whole or not each.is_copy],
            self._places,
            now_s=now_s,
            stayed=self._whereabouts.stayed,
        )
        return LibraryLook(
            self._write(found, walk),
            self._paths(found.waiting),
            counts_in_s=found.counts_in_s,
        )

    def _put_off(self, walk: _Walk, copies: Sequence[Carried], now_s: float) -> LibraryLook:
        """Only a look at the whole library can tell, and what was moved with them is of one move.

        Until they lie still it waits.
        """
        if all(is_still(each, now_s) for each in copies):
            return LibraryLook((), (), has_copies=True)
        return LibraryLook((), self._paths(walk.carried))

    def _paths(self, photos: Iterable[Carried]) -> tuple[str, ...]:
        """Below the library, each once."""
        again = dict.fromkeys(self.root.relative(photo.path) for photo in photos)
        return tuple(filter(None, again))

    def _may_say(self, photo: Carried) -> bool:
        """Whether it is a copy that would say something, if it is all that there is."""
        if not photo.is_copy:
            return False
        return isinstance(statement_of(photo, self._places), Teaches | TakenBack)

    def look(self) -> LibraryLook:
        """A look at the whole library, at once.

        Raises:
            JournalError: the journal cannot be used now.
        """
        self.begin()
        while (look := self.turn()) is None:
            pass
        return look

    def _all(self) -> Iterator[Listed]:
        return (each for each in scan(self.root) if isinstance(each, Listed))

    def _at(self, paths: Iterable[str]) -> Iterator[Listed]:
        for path in paths:
            try:
                found = os.lstat(f"{self.root.path.rstrip('/')}/{path}")
            except OSError:
                continue
            if not stat.S_ISDIR(found.st_mode):
                if self.root.why_not_file(path) is None:
                    yield Listed(self.root.candidate(path), found)
            elif self.root.why_not(path) is None:
                yield from (each for each in scan(self.root, path) if isinstance(each, Listed))

    def _now_s(self) -> float:
        return self._clock.wall().timestamp()

    def _write(self, found: Findings, walk: _Walk) -> tuple[Event, ...]:
        lessons, now = self._journal.lessons, self._clock.wall()
        back = {each.id: each for each in (*found.taken_back, *walk.came_home)}
        if back:
            lessons.withdraw(back, now)
        moved = [
            (lesson.id, photo.path, photo.identity)
            for lesson, photo in found.kept
            if (lesson.path, lesson.identity) != (photo.path, photo.identity)
        ]
        moved += walk.followed
        if moved:
            lessons.moved(moved)
        given = set(lessons.give(found.lessons, now)) if found.lessons else set()
        return (
            *(
                LessonWithdrawn(each.path, each.class_name)
                for each in back.values()
                if each.state is LessonState.ACTIVE
            ),
            *(
                LessonGiven(each.path, each.class_name, each.before, each.kind)
                for each in (lessons.active(self.root.path) if given else ())
                if each.id in given
            ),
            *(self._note(move, now) for move in found.mass_moves),
        )

    def _note(self, move: Move, now: datetime) -> MassMoveSeen:
        folders = move.from_folder, move.to_folder
        number = self._journal.lessons.note_mass_move(move.lessons, *folders, now)
        left, reached = ("/".join(each) or "the library" for each in folders)
        return MassMoveSeen(number, len(move.lessons), left, reached, move.lessons[0].class_name)
