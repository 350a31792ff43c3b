"""The photos of lessons become features, in the classifier process, as every photo is read there.

A photo is looked at once for each body: the journal keeps the rows with the lesson. What cannot be
read, or is not the photo that it was, is not learned from, and is tried again the next time.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gallery_daemon.classifier.answers import Answers
from gallery_daemon.classifier.results import Classified
from gallery_daemon.photo import Candidate, Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gallery_daemon.classifier.host import Timeouts
    from gallery_daemon.classifier.messages import Setup
    from gallery_daemon.clock import Clock
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.journal.lesson_table import LessonTable

# In one transaction of the journal: after an interruption, those before need no second look.
_HANDFUL = 50


@dataclass(frozen=True, slots=True)
class LessonRows:
    """The features of lessons by id, full and quick look, each a row of float16 as bytes.

    `unread` are the photos, by path, that could not be looked at, and why.
    """

    rows: dict[int, tuple[bytes, bytes]]
    unread: dict[str, str]


class FeatureReader:
    """Looks at the photos of lessons with one body."""

    def __init__(
        self, table: LessonTable, body_sha256: str, setup: Setup, timeouts: Timeouts, clock: Clock
    ) -> None:
        """`table` keeps the rows; `setup` is of a bundle that has this body."""
        self._table, self._body, self._clock = table, body_sha256, clock
        self._process = Answers(replace(setup, want_features=True), clock, timeouts)

    def rows(
        self, library: str, lessons: Sequence[Lesson], told: Callable[[int, int], None]
    ) -> LessonRows:
        """The features of those lessons of the library that the body can be shown.

        `told` hears how many photos were looked at, of how many.

        Raises:
            ClassifierLost: the process cannot be started.
            JournalError: the journal cannot be used now.
        """
        kept = self._table.features(library, self._body)
        rows = {each.id: kept[each.id] for each in lessons if each.id in kept}
        wanted = [lesson for lesson in lessons if lesson.id not in rows]
        found = LessonRows(rows, {})
        fresh: dict[int, tuple[bytes, bytes]] = {}
        photos = _photos(wanted, self._clock, found.unread)
        for count, report in enumerate(self._process.of(photos, want_hash=False), start=1):
            told(count, len(wanted))
            if isinstance(report, Classified) and report.features:
                full, quick = map(base64.b64decode, report.features)
                fresh[int(report.photo.candidate.source)] = full, quick
            else:
                reason = "it has no features" if isinstance(report, Classified) else report.reason
                found.unread[report.photo.path] = reason
            if len(fresh) == _HANDFUL:
                self._keep(fresh, found)
        self._keep(fresh, found)
        return found

    def _keep(self, fresh: dict[int, tuple[bytes, bytes]], found: LessonRows) -> None:
        if fresh:
            self._table.keep_features(self._body, fresh)
        found.rows.update(fresh)
        fresh.clear()


def _photos(lessons: Sequence[Lesson], clock: Clock, unread: dict[str, str]) -> Iterator[Photo]:
    """Those that are still what the lesson was said of; of the others, why not."""
    for lesson in lessons:
        try:
            identity = Identity.of(os.lstat(lesson.path))
        except OSError as error:
            unread[lesson.path] = f"cannot be read: {error.strerror}"
            continue
        if not identity.has_same_bytes_as(lesson.identity):
            unread[lesson.path] = "it was changed since"
            continue
        folder, _, name = lesson.path.rpartition("/")
        # The lesson's id stands where a watch folder's name would, and leads the report back to it.
        yield Photo(Candidate(str(lesson.id), folder or "/", name), identity, clock.wall())
