"""The one line that every file gets; it is counted at the same time.

All the journey's values come together here and become one `PhotoLine`; nothing else in the program
writes about photos. What the classifier process says of itself is logged and remembered here, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gallery_daemon.journal.record import State
from gallery_daemon.journey.classifier_state import ClassifierState
from gallery_daemon.journey.examined import Predicted
from gallery_daemon.journey.shortfall import NO_GAP
from gallery_daemon.logs.events import (
    PhotoFailed,
    PhotoFiled,
    PhotoLeft,
    PhotoLine,
    PhotoQuarantined,
)

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.decision import Decision
    from gallery_daemon.errors import ClassifierLost
    from gallery_daemon.filing.joint_acts import Filing
    from gallery_daemon.intake.arrivals import NoFile
    from gallery_daemon.intake.scan import Unlisted
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.examined import Examined, Traveller
    from gallery_daemon.journey.pass_counts import PassCounts
    from gallery_daemon.journey.shortfall import ConfidenceGap, ConfidenceGaps
    from gallery_daemon.logs.events import (
        ClassifierFailed,
        ClassifierStarted,
        ClassifierStopped,
        EnginesMeasured,
        FilingRecovered,
        Log,
    )
    from gallery_daemon.photo import Candidate, Photo

_DIGITS = 4


@dataclass(slots=True)
class _Times:
    """Monotonic seconds of one photo's journey."""

    settled: float
    classifying: float | None = None


class PhotoLog:
    """Writes the line of every file and counts it."""

    def __init__(
        self,
        log: Log,
        tally: PassCounts,
        library: str,
        clock: Clock,
        shortfalls: ConfidenceGaps | None = None,
    ) -> None:
        """`shortfalls` knows what an uncertain photo lacks; without it, its line does not say."""
        self._log, self._tally, self._clock = log, tally, clock
        self._shortfalls = shortfalls
        self._library = library.rstrip("/") + "/"
        self._times: dict[Candidate, _Times] = {}
        self._reported: set[Candidate] = set()
        self.lost: ClassifierLost | None = None
        self.classifier = ClassifierState()

    def settled(self, photo: Photo) -> None:
        """The photo's journey begins."""
        self._times[photo.candidate] = _Times(self._clock.monotonic())

    def classifying(self, photo: Photo) -> None:
        """The photo is handed to the classifier process."""
        times = self._times.setdefault(photo.candidate, _Times(self._clock.monotonic()))
        times.classifying = self._clock.monotonic()

    def filed(
        self, examined: Examined, decision: Decision, filing: Filing, reason: str | None = None
    ) -> None:
        """The photo is in the library, or need not be, as the filing says."""
        lacks = self._lacks(examined, decision)
        line = self._line(
            examined,
            decision,
            needs_confidence=_share(lacks.confidence),
            action=filing.action,
            destination=filing.destination,
            sidecars=filing.sidecars,
            problems=filing.problems,
        )
        for problem in filing.problems:
            self._tally.stay(State.FAILED, examined.photo.path, problem)
        for name in filing.sidecars:
            # The photo's line names them; they get no line that would drop their times.
            self._times.pop(_beside(examined.photo.candidate, name), None)
        if filing.state is State.FILED:
            self._tally.file_into(self._folder_of(filing), 1 + len(filing.sidecars))
            told = "; ".join(filter(None, (lacks.reason, reason, filing.reason)))
            self._log.write(PhotoFiled(line, told or None))
        else:
            self._tally.stay(State.LEFT, examined.photo.path, filing.reason or "")
            self._log.write(PhotoLeft(line, filing.reason or ""))

    def filed_late(self, sidecar: Photo, owner: Row, filing: Filing) -> None:
        """A sidecar that came after its photo is beside it."""
        self._times.pop(sidecar.candidate, None)
        line = PhotoLine(
            photo=sidecar.path,
            source=sidecar.candidate.source,
            outcome=owner.outcome,
            rule=owner.rule,
            action=filing.action,
            destination=filing.destination,
        )
        reason = f"a sidecar of {owner.relative}, which was filed before"
        if filing.state is State.FILED:
            self._tally.file_into(self._folder_of(filing), 1)
            told = "; ".join(filter(None, (reason, filing.reason)))
            self._log.write(PhotoFiled(line, told))
        else:
            self._tally.stay(State.LEFT, sidecar.path, filing.reason or reason)
            self._log.write(PhotoLeft(line, filing.reason or reason))

    def left(self, traveller: Traveller, reason: str, decision: Decision | None) -> None:
        """The file stays where it is, as it should."""
        self._tally.stay(State.LEFT, traveller.photo.path, reason)
        lacks = NO_GAP if decision is None else self._lacks(traveller, decision)
        needs = _share(lacks.confidence)
        line = self._line(traveller, decision, needs_confidence=needs)
        self._log.write(PhotoLeft(line, "; ".join(filter(None, (reason, lacks.reason)))))

    def quarantined(self, examined: Examined, reason: str) -> None:
        """The file cannot be read as a photo; it stays."""
        self._tally.stay(State.QUARANTINED, examined.photo.path, reason)
        self._log.write(PhotoQuarantined(self._line(examined), reason))

    def failed(self, traveller: Traveller, reason: str, retry_in_s: float | None) -> None:
        """The photo could not be filed; it stays and is tried again, or waits until it changes."""
        self._tally.stay(State.FAILED, traveller.photo.path, reason)
        self._log.write(PhotoFailed(self._line(traveller), reason, retry_in_s))

    def no_file(self, refused: NoFile) -> None:
        """The candidate is no regular file; logged once while the program runs."""
        if refused.candidate in self._reported:
            return
        self._reported.add(refused.candidate)
        line = PhotoLine(photo=refused.candidate.path, source=refused.candidate.source)
        self._tally.stay(State.LEFT, refused.candidate.path, refused.reason)
        self._log.write(PhotoLeft(line, refused.reason))

    def ignored(self, skipped: Unlisted) -> None:
        """A file is passed over by its name; a pass logs that, the daemon never does."""
        self._tally.stay(State.LEFT, skipped.path, skipped.reason)
        self._log.write(
            PhotoLeft(PhotoLine(photo=skipped.path, source=skipped.source), skipped.reason)
        )

    def recognised(self) -> None:
        """By its bytes a file is known that a listing took for new; that gets no line."""
        self._tally.known += 1

    def recovered(self, recovered: FilingRecovered) -> None:
        """A filing that was cut short was ended."""
        self._log.write(recovered)

    def classifier_started(self, report: ClassifierStarted) -> None:
        """The classifier process is ready."""
        self.classifier.note_start(report, self._clock.wall())
        self._log.write(report)

    def engines_measured(self, report: EnginesMeasured) -> None:
        """It is known which engine is the fastest here."""
        self._log.write(report)

    def classifier_stopped(self, report: ClassifierStopped) -> None:
        """The classifier process has ended."""
        self.classifier.note_stop(report)
        self._log.write(report)

    def classifier_failed(self, report: ClassifierFailed) -> None:
        """The classifier process cannot be started; if it is `lost`, a command gives up."""
        self.classifier.note_failure(report)
        if report.is_lost:
            self.lost = report.error
        self._log.write(report)

    def _lacks(self, traveller: Traveller, decision: Decision) -> ConfidenceGap:
        if self._shortfalls is None or not isinstance(traveller, Predicted):
            return NO_GAP
        return self._shortfalls.of(traveller, decision)

    def _folder_of(self, filing: Filing) -> str:
        """The folder below the library."""
        return filing.destination.removeprefix(self._library).rpartition("/")[0]

    def _line(
        self,
        traveller: Traveller,
        decision: Decision | None = None,
        **added: Any,  # noqa: ANN401 - the line's own fields
    ) -> PhotoLine:
        """The line, with what is `added`; the photo's journey is over, and its times go."""
        photo, taken = traveller.photo, traveller.facts.taken
        times = self._times.pop(photo.candidate, None)
        now = self._clock.monotonic()
        began = times.classifying if times else None
        if isinstance(traveller, Predicted):
            added |= _of_prediction(traveller)
        return PhotoLine(
            photo=photo.path,
            source=photo.candidate.source,
            outcome=decision.outcome if decision else None,
            rule=decision.rule if decision else None,
            taken=taken.date.text,
            taken_from=taken.origin,
            waited_ms=_ms(began - times.settled) if times and began else None,
            total_ms=_ms(now - times.settled) if times else None,
            **added,
        )


def _of_prediction(examined: Predicted) -> dict[str, Any]:
    prediction = examined.prediction
    return {
        "batch": examined.batch,
        "classify_ms": examined.classify_ms,
        "top_class": prediction.top_class,
        "confidence": round(prediction.confidence, _DIGITS),
        "precision": _share(prediction.precision),
        "familiarity": _share(prediction.familiarity),
        "look": prediction.look,
        "model": prediction.model,
    }


def _beside(candidate: Candidate, name: str) -> Candidate:
    return replace(candidate, relative="".join((*candidate.relative.rpartition("/")[:2], name)))


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
