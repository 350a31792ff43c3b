"""An inspection: what is in some folders now, examined without touching anything.

What the journal knows is passed over; what was examined before is remembered; only the rest goes to
the classifier process, which is started only if something does. Every file counts as settled: a
plan says what would become of the files as they are now.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.classifier.answers import Answers
from gallery_daemon.classifier.host import Timeouts
from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.daemon.wiring import setup_of
from gallery_daemon.errors import JournalError
from gallery_daemon.intake.arrivals import Arrival, Arrivals, Denied, NoFile, can_be_opened
from gallery_daemon.intake.scan import Listed, Unlisted, scan
from gallery_daemon.journey.examined import Examined, Predicted, Unpredicted, examined_of
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.journey.judge import Accompany, Examine, Refuse, of_arrival
from gallery_daemon.journey.quick_looks import is_enough_for
from gallery_daemon.photo import Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gallery_daemon.classifier.results import Classified, Refused
    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.sort import ProgressDisplay
    from gallery_daemon.config.settings import Config
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import CacheEntry

# Files in one transaction of the journal: after an interruption, those before are remembered.
_HANDFUL = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """A watch folder, or the part of it below `start`."""

    root: WatchRoot
    start: str = ""


# An Arrival is a sidecar here: what becomes of it depends on its photo.
Inspected: TypeAlias = Examined | Arrival | NoFile | Unlisted


class Inspection:
    """Examines files; counts those that were `known`, remembered, and classified just now."""

    def __init__(
        self,
        config: Config,
        journal: Journal,
        clock: Clock,
        display: ProgressDisplay,
        *,
        again: bool = False,
        looks: bool = True,
    ) -> None:
        """`again`: what was refused before is examined anew.

        Without `looks` nothing is classified: what is not remembered is `unjudged`, by its path.
        """
        self._config, self._journal = config, journal
        self._clock, self._display = clock, display
        self._cache = InferenceCache.of(config, journal, again=again)
        self.known = self.remembered = self.classified = 0
        self._looks, self.unjudged = looks, list[str]()

    def files(
        self, scopes: Iterable[Scope], unknown: Callable[[list[Photo]], list[Photo]]
    ) -> Iterator[Inspected]:
        """Every file that `unknown` does not leave out, folder by folder in the order of `scan`.

        Raises:
            ClassifierLost: the classifier process cannot be started.
            JournalError: the journal cannot be read.
        """
        inspected: list[Inspected] = []
        numbers: dict[str, int] = {}
        waiting: list[Photo] = []
        for scope in scopes:
            names = scan(scope.root, scope.start)
            while handful := list(islice(names, _HANDFUL)):
                numbers |= {_path(name): len(numbers) + at for at, name in enumerate(handful)}
                passed_over = (name for name in handful if isinstance(name, Unlisted))
                inspected += (name for name in passed_over if not name.is_hidden_folder)
                found = [name for name in handful if isinstance(name, Listed)]
                photos = unknown([self._photo(name) for name in found])
                self.known += len(found) - len(photos)
                for each in self._arrived(photos):
                    if isinstance(each, Photo):
                        waiting.append(each)
                    else:
                        inspected.append(each)
        # The classifier answers in any order; the result must not depend on that.
        for examined in self._classify(waiting):
            inspected += examined
        inspected.sort(key=lambda each: numbers[_path(each)])
        self._see([each for each in inspected if isinstance(each, Examined)])
        yield from inspected

    def recall(self, photo: Photo) -> Examined | None:
        """The photo, if it was examined before."""
        report = self._cache.answer(photo)
        if report is None:
            return None
        self.remembered += 1
        is_seen = self._journal.inferences.seen.number_of(photo.path, photo.identity) is not None
        return examined_of(report, None if is_seen else self._cache.entry_for(report))

    def classify(self, photos: Sequence[Photo]) -> Iterator[Examined]:
        """Each of the photos, examined, and given once the journal has what the model saw.

        Raises:
            ClassifierLost: the classifier process cannot be started.
        """
        for handful in self._classify(photos):
            self._see(handful)
            yield from handful

    def _classify(self, photos: Sequence[Photo]) -> Iterator[list[Examined]]:
        if not self._looks:
            self.unjudged += (photo.path for photo in photos)
            return
        config = self._config
        timeouts = Timeouts(photo_s=config.limits.photo_s)
        setup = setup_of(config.model, config.batch, config.limits)
        reports: list[Classified | Refused] = []
        answers = Answers(setup, self._clock, timeouts, is_enough_for(config))
        try:
            for report in answers.of(photos, want_hash=config.rules.needs_hash):
                self.classified += 1
                self._display.update(self.classified, len(photos))
                reports.append(report)
                if len(reports) == _HANDFUL:
                    yield self._remember(reports)
                    reports.clear()
        except BaseException:
            self._remember(reports)
            raise
        yield self._remember(reports)

    def _photo(self, found: Listed) -> Photo:
        return Photo(found.candidate, Identity.of(found.stat), self._clock.wall())

    def _arrived(self, photos: list[Photo]) -> Iterator[Inspected | Photo]:
        """Those that were examined before, and what the others are: a Photo is to be classified."""
        rest: list[Photo] = []
        for photo in photos:
            examined = self.recall(photo) if can_be_opened(photo.candidate) else None
            if examined is None:
                rest.append(photo)
            else:
                yield examined
        # Every file counts as settled, and as whole: the decoder has the last word.
        arrivals = Arrivals({photo.candidate.source: 0.0 for photo in rest}, patience_s=0.0)
        now, wall = self._clock.monotonic(), self._clock.wall()
        for photo in rest:
            refused = arrivals.saw(photo.candidate, now, wall)
            if refused is not None:
                yield refused
        # A file that changes meanwhile is not given: it is not settled.
        for _ in range(len(rest)):
            yield from map(_as_inspected, arrivals.take(now, wall))

    def _remember(self, reports: Sequence[Classified | Refused]) -> list[Examined]:
        """The journal has what the model saw; if it cannot be written, they are examined anew."""
        examined = [examined_of(report, self._cache.entry_for(report)) for report in reports]
        self._write(
            (each.photo, replace(each.cache_entry, fingerprint=None))
            for each in examined
            if each.cache_entry is not None
        )
        return examined

    def _see(self, examined: Iterable[Examined]) -> None:
        """The photos count as seen, in this order, as in a pass, which judges one by one."""
        self._write(
            (each.photo, each.cache_entry) for each in examined if each.cache_entry is not None
        )

    def _write(self, entries: Iterable[tuple[Photo, CacheEntry]]) -> None:
        with contextlib.suppress(JournalError):
            self._journal.inferences.remember(
                (photo.path, photo.identity, entry) for photo, entry in entries
            )


def _as_inspected(arrival: Arrival | Denied | NoFile) -> Inspected | Photo:
    match arrival:
        case NoFile():
            return arrival
        case Denied(photo, reason):
            return Unpredicted.unread(photo, RefusalKind.DENIED, reason)
        case Arrival(photo, kind):
            match of_arrival(photo.name, kind):
                case Examine():
                    return photo
                case Accompany():
                    return arrival
                case Refuse(refusal, reason):
                    return Unpredicted.unread(photo, refusal, reason)


def _path(named: Listed | Inspected) -> str:
    match named:
        case Unlisted(path=path):
            return path
        case Listed(candidate) | NoFile(candidate):
            return candidate.path
        case Predicted(photo) | Unpredicted(photo) | Arrival(photo):
            return photo.path
