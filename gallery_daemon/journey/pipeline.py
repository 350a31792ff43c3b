"""The table of contents: one photo's journey, one short method for each step.

    arrive -> examine -> answer -> judge -> end -> carry out

Everything here happens in the main thread, and every file that settles comes to exactly one end:
filed, left, quarantined, failed, or back to settling because it changed. The judge says what is to
become of a file, `Ends` does it, and this file says who is called when.

What was judged in one turn is carried out at its end, together; or before, where a file is next
that must find the ones before it where they are to be.
"""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import RefusalKind
from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.errors import JournalError
from gallery_daemon.filing.versions import is_version_name
from gallery_daemon.intake.arrivals import Arrival, Denied, NoFile
from gallery_daemon.journey.examined import Unexamined, Unpredicted, examined_of
from gallery_daemon.journey.judge import (
    Accompany,
    Examine,
    Fail,
    File,
    Gone,
    Late,
    Leave,
    Quarantine,
    Refuse,
    Settle,
    Wait,
    of_answer,
    of_arrival,
)
from gallery_daemon.journey.waiting_sidecars import with_revived
from gallery_daemon.logs.events import (
    ClassifierFailed,
    ClassifierStarted,
    ClassifierStopped,
    EnginesMeasured,
)
from gallery_daemon.photo import Photo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.classifier.child import ChildEvent
    from gallery_daemon.classifier.host import ClassifierHost, HostEvent
    from gallery_daemon.clock import Clock
    from gallery_daemon.filing.execute import Filer
    from gallery_daemon.intake.arrivals import Arrivals
    from gallery_daemon.journey.ends import Ends
    from gallery_daemon.journey.examined import Examined
    from gallery_daemon.journey.inference_cache import InferenceCache
    from gallery_daemon.journey.known_files import KnownFiles
    from gallery_daemon.journey.persons_word import PersonsWord
    from gallery_daemon.journey.photolog import PhotoLog
    from gallery_daemon.journey.retry import CircuitBreaker, Retries
    from gallery_daemon.journey.similar_photos import SimilarIndex
    from gallery_daemon.journey.waiting_sidecars import WaitingSidecars
    from gallery_daemon.photo import Candidate, Identity
    from gallery_daemon.rules.decide import RuleSet

# Photos begun in one turn; those that the cache knows are filed in that same turn.
_HANDFUL = 64
# For so long the journal is not asked again of a photo that was listed; the claim asks in the end.
_A_MOMENT_S = 10.0
# Answers that wait for an earlier photo: one that is hard to read holds up so many, and no more.
_ANSWERS_LIMIT = 1_000


class Pipeline:
    """Walks photos through one configuration's journey."""

    def __init__(
        self,
        *,
        arrivals: Arrivals,
        known: KnownFiles,
        host: ClassifierHost,
        cache: InferenceCache,
        similar: SimilarIndex,
        word: PersonsWord,
        rules: RuleSet,
        sidecars: WaitingSidecars,
        ends: Ends,
        filer: Filer,
        retries: Retries,
        breaker: CircuitBreaker,
        photo_log: PhotoLog,
        clock: Clock,
        in_order: bool = False,
    ) -> None:
        """`in_order`: photos are judged as they arrived, though the cache answers some at once."""
        self._arrivals, self._known, self._host = arrivals, known, host
        self._cache, self._similar, self._rules = cache, similar, rules
        self._word = word
        self._sidecars, self._ends, self._filer = sidecars, ends, filer
        self._retries, self._breaker = retries, breaker
        self._photo_log, self._clock, self._in_order = photo_log, clock, in_order
        # Files that a listing found new, as they were, and until when that counts.
        self._asked: dict[Candidate, tuple[Identity, float]] = {}
        self._backlog: deque[Photo | Examined] = deque()
        self._under_way: set[Candidate] = set()  # from the backlog until it is judged
        self._begun: deque[Candidate] = deque()  # in order: those that are not judged yet
        self._answers: dict[Candidate, Examined] = {}  # in order: those that wait for one before

    @property
    def load(self) -> int:
        """How many files are on their way; listings hold while it is high."""
        return sum(self.stages.values())

    @property
    def stages(self) -> dict[str, int]:
        """How many files settle, are settled and wait, or are with the classifier process."""
        return {
            "settling": len(self._arrivals),
            "waiting": len(self._backlog),
            "classifying": self._examining,
        }

    @property
    def is_done(self) -> bool:
        """Whether no file is on its way, nor comes back by itself: none waits to be tried again."""
        return not (self.load or self._host.has_untold or self._retries.has_due)

    def next_deadline(self) -> float | None:
        """When `turn` is wanted at the latest, in monotonic seconds."""
        has_next = self._backlog and self._has_room
        deadlines = (
            self._arrivals.next_deadline(),
            self._host.next_deadline(),
            self._retries.next_deadline(),
            self._breaker.next_deadline(self._examining) if has_next else None,
        )
        return min((time for time in deadlines if time is not None), default=None)

    def turn(self) -> None:
        """All that is due: settled files arrive, photos are examined, answers are judged."""
        with self._sidecars.in_one_turn():
            self._turn(self._clock.monotonic())

    def _turn(self, now: float) -> None:
        self._retry(now)
        for arrival in self._arrivals.take(now, self._clock.wall()):
            self._arrive(arrival)
        for _ in range(min(_HANDFUL, len(self._backlog))):
            if self._has_room and self._breaker.lets_begin(now, self._examining):
                self._examine(self._backlog.popleft())
        for report in self._host.tick(self._clock.monotonic()):
            self._answer(report)
        self._carry_out()

    def _new_among(self, photos: Sequence[Photo]) -> list[Photo]:
        """Those whose identity is not known, and that do not wait to be tried again."""
        try:
            found = self._known.not_identified(photos)
            unknown = with_revived(photos, found, self._sidecars)
        except JournalError:
            # The claim asks again before anything is done.
            unknown = list(photos)
        is_waiting = self._retries.is_waiting
        return [each for each in unknown if not is_waiting(each.candidate, each.identity)]

    def listed(self, photos: Sequence[Photo]) -> int:
        """The new ones of some listed files begin their journey; returns how many they are."""
        new, now = self._new_among(photos), self._clock.monotonic()
        self._asked = {each: asked for each, asked in self._asked.items() if asked[1] >= now}
        for photo in new:
            self._asked[photo.candidate] = photo.identity, now + _A_MOMENT_S
            self.saw(photo.candidate)
        return len(new)

    def saw(self, candidate: Candidate) -> None:
        """A name was seen."""
        self._ends.settle(candidate)

    def heard(self, event: ChildEvent) -> None:
        """The classifier process has said something; `turn` acts on it."""
        self._host.received(event, self._clock.monotonic())

    def leave_waiting(self) -> None:
        """At the end of a pass: sidecars that still wait for a photo stay."""
        self._ends.leave_waiting()
        while (version := self._sidecars.next_version()) is not None:
            self._end(version)
            self._ends.carry_out()

    @property
    def _examining(self) -> int:
        return self._host.outstanding + len(self._answers)

    @property
    def _has_room(self) -> bool:
        return self._host.has_room and len(self._answers) < _ANSWERS_LIMIT

    def _retry(self, now: float) -> None:
        """What failed and is due is looked at again, as if it had just been seen."""
        due = self._retries.take_due(now)
        if due:
            self._recover()
        for candidate in due:
            self.saw(candidate)
            if candidate not in self._arrivals:
                self._retries.ended(candidate)

    def _recover(self) -> None:
        """Filings that an error cut short are ended, if the journal can be written now."""
        with contextlib.suppress(JournalError):
            for recovered in self._filer.recover():
                self._photo_log.recovered(recovered)
                self._ends.library_is_well()

    def _arrive(self, arrival: Arrival | Denied | NoFile) -> None:
        # What is known of a file and of its sidecars is asked of the journal.
        self._carry_out()
        if isinstance(arrival, NoFile):
            self._photo_log.no_file(arrival)
            return
        photo = arrival.photo
        asked = self._asked.pop(photo.candidate, None)
        # If it has changed on its way, the next step finds that out and lets it settle again.
        if photo.candidate in self._under_way:
            return
        if self._retries.is_waiting(photo.candidate, photo.identity):
            return
        if not self._is_new(photo, asked):
            self._ends.known(photo)
            return
        self._photo_log.settled(photo)
        if isinstance(arrival, Denied):
            self._judge(Unpredicted.unread(photo, RefusalKind.DENIED, arrival.reason))
            return
        match of_arrival(photo.name, arrival.kind):
            case Examine():
                self._queue(photo)
                self._revive_sidecars(photo)
            case Accompany():
                self._accompany(arrival)
            case Refuse(kind, reason):
                self._refuse(Unpredicted.unread(photo, kind, reason))

    def _revive_sidecars(self, photo: Photo) -> None:
        """Sidecars that were left because their photo was not there yet arrive again."""
        until = self._clock.monotonic() + _A_MOMENT_S
        with contextlib.suppress(JournalError):
            for sidecar in self._sidecars.sidecars_that_came_before(photo):
                self._asked[sidecar.candidate] = sidecar.identity, until
                self.saw(sidecar.candidate)

    def _is_new(self, photo: Photo, asked: tuple[Identity, float] | None) -> bool:
        """Whether it has not come to an end, by its identity and then by its bytes.

        Of what was just listed the first is known.
        """
        identity, until = asked or (None, 0.0)
        just_asked = identity == photo.identity and self._clock.monotonic() <= until
        if not just_asked and not self._new_among((photo,)):
            return False
        try:
            is_revived = self._sidecars.came_before_its_photo(photo)
            is_new = is_revived or self._known.recognise(photo) is None
        except JournalError:
            return True  # the claim asks again before anything is done
        if not is_new:
            self._photo_log.recognised()
        return is_new

    def _queue(self, waiting: Photo | Examined) -> None:
        self._backlog.append(waiting)
        self._under_way.add(_photo_of(waiting).candidate)

    def _accompany(self, arrival: Arrival) -> None:
        sidecar = arrival.photo
        try:
            verdict = self._sidecars.verdict_on(sidecar, arrival.kind)
        except JournalError as error:
            self._ends.fail_with(Unexamined(sidecar), error)
        else:
            self._ends.sidecar(sidecar, verdict)

    def _refuse(self, examined: Examined) -> None:
        """It needs no classifier; but if it would be filed, it takes its turn for the name."""
        if isinstance(of_answer(examined, self._rules), File):
            self._queue(examined)
        else:
            self._judge(examined)

    def _examine(self, waiting: Photo | Examined) -> None:
        """The classifier process examines it, unless the cache has the answer."""
        photo = _photo_of(waiting)
        if self._in_order:
            self._begun.append(photo.candidate)
        if not isinstance(waiting, Photo):
            self._answered(waiting)
            return
        self._photo_log.classifying(photo)
        report = self._cache.answer(photo)
        if report is None:
            self._host.submit(photo, want_hash=self._rules.needs_hash)
        else:
            self._answer(report)

    def _answer(self, report: HostEvent) -> None:
        match report:
            case Classified() | Refused():
                self._answered(examined_of(report, self._cache.entry_for(report)))
            case ClassifierStarted():
                self._photo_log.classifier_started(report)
            case ClassifierStopped():
                self._photo_log.classifier_stopped(report)
            case ClassifierFailed():
                self._photo_log.classifier_failed(report)
            case EnginesMeasured():
                self._photo_log.engines_measured(report)

    def _answered(self, examined: Examined) -> None:
        """It is judged, in order after those that were begun before it."""
        if not self._in_order:
            self._judge(examined)
            return
        self._answers[examined.photo.candidate] = examined
        while self._begun and self._begun[0] in self._answers:
            self._judge(self._answers.pop(self._begun.popleft()))

    def _judge(self, examined: Examined) -> None:
        """The judge says what becomes of it."""
        self._under_way.discard(examined.photo.candidate)
        if is_version_name(examined.photo.name):
            # What became of its original is asked of the journal.
            self._carry_out()
        self._follow_or_end(examined)
        # Similar photos are looked for in the journal.
        if self._ends.are_due or self._similar.is_needed:
            self._ends.carry_out()
        self._judge_released()

    def _carry_out(self) -> None:
        """The verdicts are carried out, and those on the versions that waited for such a photo."""
        self._ends.carry_out()
        self._judge_released()

    def _judge_released(self) -> None:
        """Versions whose original did not take them along have ends of their own, one by one."""
        while (version := self._sidecars.next_version()) is not None:
            self._follow_or_end(version)
            self._ends.carry_out()

    def _follow_or_end(self, examined: Examined) -> None:
        """A version goes where its original goes; any other photo comes to an end of its own."""
        photo = examined.photo
        try:
            verdict = self._sidecars.verdict_on_version(examined)
        except JournalError as error:
            self._ends.fail_with(examined, error)
            return
        if verdict is None:
            self._end(examined)
            return
        self._cache.keep(examined)
        match verdict:
            case Wait(owner):
                self._sidecars.wait(photo, owner, examined)
            case Late():
                self._ends.sidecar(photo, verdict)

    def _end(self, examined: Examined) -> None:
        try:
            examined = self._word.of(self._similar.of(examined))
        except JournalError as error:
            self._ends.fail_with(examined, error)
            return
        match of_answer(examined, self._rules):
            case File() as verdict:
                self._ends.file(examined, verdict)
            case Leave() as verdict:
                self._ends.leave(examined, verdict)
            case Quarantine() as verdict:
                self._ends.quarantine(examined, verdict)
            case Fail(reason):
                self._ends.fail(examined, reason)
            case Gone(reason):
                self._ends.gone(examined, reason)
            case Settle():
                self.saw(examined.photo.candidate)


def _photo_of(waiting: Photo | Examined) -> Photo:
    return waiting if isinstance(waiting, Photo) else waiting.photo
