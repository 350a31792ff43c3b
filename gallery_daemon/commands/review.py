"""The review: photos that wait for a person's word, the most useful first.

One object is for one thread, as its journal is. Nothing here knows of a browser. Photos go by the
ids of their rows; a path leaves this room only towards the classifier process, by `file_of`.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, overload

from gallery_daemon.commands.review_filing import SaidFiling
from gallery_daemon.commands.review_order import (
    Lookalikes,
    ReviewOrder,
    ToOrder,
    usefulness_of,
)
from gallery_daemon.daemon.configuration import versions_of
from gallery_daemon.daemon.idle_learning import lessons_since
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.record import State
from gallery_daemon.learning.class_names import FEWEST_OF_NEW_CLASS, refuse_class_name
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.review_filing import FiledAs, TakenBackAs
    from gallery_daemon.config.settings import Config
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journal.review_rows import ReviewMark, ReviewRow, ReviewRows
    from gallery_daemon.model.version_files import LearnedRecord

# Of so many at the front of the queue the files are asked for; the page shows no more at once.
_FRONT = 200
# Among more new ones than these nobody asks which look the same: it would take a second.
_COMPARED = 10_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A photo that waits for a person's word.

    `id` is its row's. `name` and `folder` are text to show, without lone surrogates; the folder is
    below the library, or the watch folder of a photo that was left. `probabilities` are the
    model's, 0 to 1; `taken` as much of the date as is known, in ISO 8601.
    """

    id: int
    name: str
    top_class: str | None
    confidence: float | None
    margin: float
    familiarity: float | None
    probabilities: Mapping[str, float]
    taken: str | None
    folder: str


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that the model does not know yet: it has so many lessons, of `wanted`."""

    name: str
    lessons: int
    wanted: int = FEWEST_OF_NEW_CLASS


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far a person is.

    `decided` photos in this sitting; so many are `waiting`. Of all `lessons` that hold the model
    that serves does not know `new_lessons` yet.
    """

    decided: int
    waiting: int
    lessons: int
    new_lessons: int
    new_classes: tuple[NewClass, ...] = ()


class ReviewQueue(Sequence[Waiting]):
    """The photos that wait, in order; each is read from the journal when it is asked for.

    So it is for the thread of its journal. `ids` may be given to any other.
    """

    def __init__(self, rows: ReviewRows, ids: Sequence[int]) -> None:
        self._rows, self.ids = rows, tuple(ids)

    def __len__(self) -> int:
        """How many wait."""
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> Waiting: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Waiting, ...]: ...
    def __getitem__(self, place: int | slice) -> Waiting | tuple[Waiting, ...]:
        """The photo there, or those."""
        if isinstance(place, int):
            return self.of([self.ids[place]])[0]
        return self.of(self.ids[place])

    def of(self, ids: Sequence[int]) -> tuple[Waiting, ...]:
        """The photos with those ids, in that order; those that the journal has lost are left out.

        Raises:
            JournalError: the journal cannot be read now.
        """
        found = self._rows.rows(ids)
        return tuple(_waiting(found[number]) for number in ids if number in found)


class Reviewing:
    """What a person reviews, of one library.

    What serves is read once: another configuration or version of the model is another review.
    """

    def __init__(self, config: Config, journal: Journal, disk: Disk, clock: Clock) -> None:
        self._config, self._journal = config, journal
        self._disk, self._clock = disk, clock
        self._order = ReviewOrder()
        self._gone: set[int] = set()
        self._saying = SaidFiling(config, journal, disk, clock)
        self._decided = 0
        self._counted_at: tuple[tuple[int, int], int] | None = None

    def queue(self) -> ReviewQueue:
        """The photos that wait, the most useful first; of the first ones those that are there.

        Raises:
            JournalError: the journal cannot be read now.
        """
        rows = self._journal.review_rows
        waiting = self._waiting()
        self._order.keep(waiting)
        new = sorted(waiting - self._order.known())
        if new:
            self._order.add(self._to_order(new))
        return ReviewQueue(rows, self._without_gone(self._order.ids()))

    def classes(self) -> tuple[str, ...]:
        """The classes that serve, in the model's order, and those that lessons name beside them.

        Raises:
            BundleError: the model cannot be read.
            JournalError: the journal cannot be read now.
        """
        taught = (each.class_name for each in self._lessons())
        return tuple(dict.fromkeys((*self._saying.model_classes, *taught)))

    def file_of(self, number: int) -> tuple[str, Identity]:
        """Where the photo of the row lies now, as an absolute path, and which file that is.

        Raises:
            GalleryError: there is no such photo any more.
        """
        row = self._journal.row(number)
        if row is None or row.parent is not None or row.library != self._config.library:
            raise GalleryError("there is no such photo in this library")
        found = self._file_now(row)
        if found is None:
            self._gone.add(number)
            raise GalleryError("it is not where it was: moved or deleted since")
        return _place_of(row), found

    def _file_now(self, row: Row) -> Identity | None:
        """Its identity; None where it, or a folder on the way, is gone or a link to another."""
        root, folders, name = _spot_of(row)
        with contextlib.suppress(OSError), self._disk.folder(root, folders) as folder:
            is_link = self._disk.points_to(folder, name) is not None
            return None if is_link else self._disk.identity(folder, name)
        return None

    def file_as(self, ids: Iterable[int], class_name: str) -> list[FiledAs]:
        """Each photo is filed as that class, and is a lesson; or a sentence says why not.

        Raises:
            GalleryError: there is no such class, or the journal is damaged.
        """
        if class_name not in self.classes():
            raise GalleryError(
                f"there is no class {class_name}", hint="a new one is made by its name"
            )
        return self._counted(self._saying.file_as(ids, class_name))

    def new_class(self, name: str, ids: Iterable[int]) -> list[FiledAs]:
        """The photos are lessons of a class that the model does not know yet.

        They stay where they are, unless the rules name the class already.

        Raises:
            GalleryError: a class cannot be called so, or the journal is damaged.
        """
        refuse_class_name(name, self._saying.model_classes)
        return self._counted(self._saying.file_as(ids, name))

    def take_back(self, ids: Iterable[int]) -> list[TakenBackAs]:
        """Filings as a class are undone, with the lessons; ids as `SaidFiling.take_back` has them.

        Raises:
            JournalDamaged: the journal is to be set aside.
        """
        found = self._saying.take_back(ids)
        self._decided = max(0, self._decided - sum(each.problem is None for each in found))
        return found

    def progress(self) -> ReviewProgress:
        """How far the person is, and what was learned so far.

        Raises:
            BundleError: the model cannot be read.
            JournalError: the journal cannot be read now.
        """
        lessons, known = self._lessons(), self._saying.model_classes
        new = Counter(each.class_name for each in lessons if each.class_name not in known)
        return ReviewProgress(
            decided=self._decided,
            waiting=self._count(),
            lessons=len(lessons),
            new_lessons=lessons_since(self._learned, lessons),
            new_classes=tuple(NewClass(name, count) for name, count in sorted(new.items())),
        )

    def _count(self) -> int:
        """How many wait; it is counted anew only when the journal has changed."""
        if self._counted_at is None or self._counted_at[0] != self._journal.version():
            self._waiting()
        assert self._counted_at is not None
        return self._counted_at[1]

    def _waiting(self) -> set[int]:
        version = self._journal.version()
        waiting = self._journal.review_rows.waiting(self._config.library)
        self._counted_at = version, len(waiting)
        return waiting

    @cached_property
    def _learned(self) -> LearnedRecord | None:
        """How the version came to be that served when this was made; None: it is the base."""
        versions = versions_of(self._config.model.bundle, self._config.library)
        return versions.serving().version.learned

    def _lessons(self) -> list[Lesson]:
        return self._journal.lessons.active(self._config.library)

    def _counted(self, found: list[FiledAs]) -> list[FiledAs]:
        self._decided += sum(each.is_taught for each in found)
        return found

    def _to_order(self, new: Sequence[int]) -> list[ToOrder]:
        """What the order of those rows depends on."""
        looks = Lookalikes() if len(new) <= _COMPARED else None
        return [_to_order(mark, looks) for mark in self._journal.review_rows.marks(new)]

    def _without_gone(self, ids: Sequence[int]) -> list[int]:
        """Those that are there, as far as it is known; of the first ones it is found out."""
        shown = [each for each in ids if each not in self._gone]
        found = self._journal.review_rows.rows(shown[:_FRONT])
        gone = {each for each, one in found.items() if _identity(_place_of(one.row)) is None}
        self._gone |= gone
        return [each for each in shown if each not in gone]


def _to_order(mark: ReviewMark, looks: Lookalikes | None) -> ToOrder:
    alike = None if looks is None else looks.mark_of(mark.id, mark.bits)
    kin = (("minute", mark.minute), ("burst", mark.burst), ("looks", alike))
    useful = usefulness_of(mark.margin, mark.familiarity)
    # Of a hundred thousand photos the marks themselves would take ten megabytes more.
    return ToOrder(mark.id, useful, tuple(hash(each) for each in kin if each[1] is not None))


def _spot_of(row: Row) -> tuple[str, tuple[str, ...], str]:
    """Where the photo's own file lies: a root, the folders below it, and its name.

    That is in the library, or where it came from, if it was left there or has a mere link here.
    """
    if row.state is State.FILED and row.name is not None and row.action != Action.SYMLINK:
        return row.library, row.folder, row.name
    return row.root, row.candidate.folders, row.candidate.name


def _place_of(row: Row) -> str:
    """The same as a path."""
    root, folders, name = _spot_of(row)
    return "/".join((root.rstrip("/"), *folders, name))


def _identity(path: str) -> Identity | None:
    try:
        return Identity.of(os.lstat(path))
    except OSError:
        return None


def _waiting(found: ReviewRow) -> Waiting:
    row = found.row
    first, second, *_ = (*sorted(found.probabilities.values(), reverse=True), 0.0, 0.0)
    is_filed = row.state is State.FILED
    return Waiting(
        id=row.id,
        name=shown(row.name if is_filed and row.name else row.candidate.name),
        top_class=row.top_class,
        confidence=row.confidence,
        margin=first - second,
        familiarity=row.familiarity,
        probabilities=found.probabilities,
        taken=found.taken,
        folder=shown("/".join(row.folder) if is_filed else row.source),
    )


def shown(text: str) -> str:
    """A file's name as text that can be written anywhere."""
    return os.fsencode(text).decode("utf-8", "replace")
