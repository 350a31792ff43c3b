"""A survey: what lies in some folders now, looked at without touching anything.

What the journal knows is passed over; what was looked at before is remembered; only the rest is
shown to the classifier process, which is not started for nothing. Every file counts as settled: a
plan says what would become of the files as they are now.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import Refused, Timeouts
from gallery_daemon.commands.answers import Answers
from gallery_daemon.daemon.wiring import setup_of
from gallery_daemon.errors import JournalError
from gallery_daemon.intake.arrivals import Arrival, Arrivals, Denied, NoFile
from gallery_daemon.intake.scan import Listed, Unlisted, scan
from gallery_daemon.journey.looks import LASTING, Look, Looks
from gallery_daemon.photo import Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gallery_daemon.classifier.host import Classified
    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.sort import PassDisplay
    from gallery_daemon.config.settings import Config
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.journal.journal import Journal

# One transaction of the journal for each, so that what is interrupted is not lost.
_HANDFUL = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A watch folder, or the part of it below `start`."""

    ground: WatchRoot
    start: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A photo and what was seen in it, now or before."""

    photo: Photo
    look: Look


Met = Looked | Arrival | Denied | NoFile | Unlisted


class Survey:
    """Looks at files; counts those that were `known`, remembered, and classified just now."""

    def __init__(
        self,
        config: Config,
        journal: Journal,
        clock: Clock,
        display: PassDisplay,
        *,
        again: bool = False,
    ) -> None:
        """`again`: what was refused before is looked at anew."""
        self._config, self._journal = config, journal
        self._clock, self._display = clock, display
        self._looks = Looks.of(config, journal, again=again)
        self.known = self.remembered = self.classified = 0

    def files(
        self, places: Iterable[Place], unknown: Callable[[Sequence[Photo]], list[Photo]]
    ) -> Iterator[Met]:
        """Every file that `unknown` does not leave out, place by place in the order of `scan`.

        Raises:
            ClassifierLost: the classifier process cannot be started.
            JournalError: the journal cannot be read.
        """
        met: list[Met] = []
        numbers: dict[str, int] = {}
        waiting: list[Photo] = []
        for place in places:
            names = scan(place.ground, place.start)
            while handful := list(islice(names, _HANDFUL)):
                numbers |= {_path(name): len(numbers) + at for at, name in enumerate(handful)}
                met += (name for name in handful if isinstance(name, Unlisted))
                found = [name for name in handful if isinstance(name, Listed)]
                photos = unknown([self._photo(name) for name in found])
                self.known += len(found) - len(photos)
                for each in self._met(photos):
                    if isinstance(each, Arrival) and each.kind.is_photo:
                        waiting.append(each.photo)
                    else:
                        met.append(each)
        # The classifier answers as it gets done; who comes first shall be no matter of chance.
        met += self.classify(waiting)
        yield from sorted(met, key=lambda each: numbers[_path(each)])

    def recall(self, photo: Photo) -> Looked | None:
        """The photo, if it was looked at before."""
        look = self._looks.recall(photo)
        if look is None:
            return None
        self.remembered += 1
        return Looked(photo, look)

    def classify(self, photos: Sequence[Photo]) -> Iterator[Looked | Denied]:
        """Each of the photos is looked at, and given once what was seen in it is remembered.

        Raises:
            ClassifierLost: the classifier process cannot be started.
        """
        config = self._config
        patience = Timeouts(photo_s=config.limits.photo_s)
        setup = setup_of(config.model, config.batch, config.limits)
        reports: list[Classified | Refused] = []
        answers = Answers(setup, self._clock, patience)
        try:
            for report in answers.of(photos, want_hash=config.rules.needs_hash):
                self.classified += 1
                self._display.update(self.classified, len(photos))
                reports.append(report)
                if len(reports) == _HANDFUL:
                    yield from self._remembered(reports)
                    reports.clear()
        except BaseException:
            self._remembered(reports)
            raise
        yield from self._remembered(reports)

    def _photo(self, found: Listed) -> Photo:
        return Photo(found.candidate, Identity.of(found.stat), self._clock.wall())

    def _met(self, photos: list[Photo]) -> Iterator[Met]:
        """Those that were looked at before, and what the others are by their content."""
        rest: list[Photo] = []
        for photo in photos:
            looked = self.recall(photo)
            if looked is None:
                rest.append(photo)
            else:
                yield looked
        # Every file counts as settled, and as whole: the decoder has the last word.
        arrivals = Arrivals({photo.candidate.source: 0.0 for photo in rest}, patience_s=0.0)
        now, wall = self._clock.monotonic(), self._clock.wall()
        wall_ns = int(wall.timestamp() * 1e9)
        for photo in rest:
            refused = arrivals.saw(photo.candidate, now, wall_ns)
            if refused is not None:
                yield refused
        # One that changes under our eyes is not there yet.
        for _ in range(len(rest)):
            yield from arrivals.take(now, wall)

    def _met_with(self, report: Classified | Refused) -> Looked | Denied:
        if isinstance(report, Refused) and report.kind not in LASTING:
            return Denied(report.photo, report.reason)
        return Looked(report.photo, self._looks.look(report))

    def _remembered(self, reports: Sequence[Classified | Refused]) -> list[Looked | Denied]:
        """In one transaction; without a journal that can be written, they are seen anew."""
        noted = ((report.photo, self._looks.note(report)) for report in reports)
        notes = [(photo.path, photo.identity, note) for photo, note in noted if note is not None]
        with contextlib.suppress(JournalError):
            self._journal.inferences.remember(notes)
        return [self._met_with(report) for report in reports]


def _path(named: Listed | Met) -> str:
    match named:
        case Unlisted(path=path):
            return path
        case Listed(candidate) | NoFile(candidate):
            return candidate.path
        case Looked(photo) | Arrival(photo) | Denied(photo):
            return photo.path
