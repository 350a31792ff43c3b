"""What the log says: one class per event, with its public name, its level and its fields.

Rooms make these values and `Log.write` writes them, so an event's fields are declared once. Names
are past participles, and the order of the fields is their order in the line. The manual's table and
a test of every line hold both to what is published.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.errors import ClassifierLost


class Event:
    """One line of the log."""

    __slots__ = ()

    NAME: ClassVar[str]
    LEVEL: ClassVar[int] = logging.INFO

    def level(self) -> int:
        """How important it is, as `logging` counts."""
        return self.LEVEL

    def fields(self) -> dict[str, object]:
        """The values by their public names. `Log` leaves out None and ()."""
        return _values(self)


class Log:
    """Writes events to a `structlog` logger; tests give it one that captures."""

    def __init__(self, logger: Any) -> None:  # noqa: ANN401 - structlog types its loggers so
        self._logger = logger

    def write(self, event: Event) -> None:
        """The event is one line of the log; what is not known is left out of it."""
        known = {key: value for key, value in event.fields().items() if value not in (None, ())}
        self._logger.log(event.level(), event.NAME, **known)


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """All that an event says of one photo; what is not known is left out of the line.

    `confidence`, `precision` and `familiarity` are 0 to 1, as in `photo.Prediction`, and `look` is
    `quick` or `full`; `needs_confidence` is what the rule that nearly took an uncertain photo asks
    for; `batch` is the number of photos classified together. `waited_ms` runs from settled until it
    is handed to the classifier process, `classify_ms` until the prediction, `total_ms` from settled
    until filed. `destination` is absolute.
    """

    photo: str
    source: str
    outcome: str | None = None
    rule: str | None = None
    top_class: str | None = None
    confidence: float | None = None
    precision: float | None = None
    familiarity: float | None = None
    look: str | None = None
    needs_confidence: float | None = None
    action: str | None = None
    destination: str | None = None
    taken: str | None = None
    taken_from: str | None = None
    model: str | None = None
    batch: int | None = None
    sidecars: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    waited_ms: float | None = None
    classify_ms: float | None = None
    total_ms: float | None = None

    def fields(self) -> dict[str, object]:
        """The values by their public names."""
        # A field cannot be called `class`.
        return {("class" if key == "top_class" else key): it for key, it in _values(self).items()}


@dataclass(frozen=True, slots=True)
class PhotoEvent(Event):
    """A file came to an end, and why."""

    line: PhotoLine
    reason: str | None = None

    def fields(self) -> dict[str, object]:
        """The photo's line, then what this event adds."""
        return self.line.fields() | {"reason": self.reason}


class PhotoFiled(PhotoEvent):
    """A photo is in the library."""

    __slots__ = ()

    NAME = "photo_filed"


class PhotoLeft(PhotoEvent):
    """A photo, or a file that is no photo, stays where it is, as it should."""

    __slots__ = ()

    NAME = "photo_left"


class PhotoQuarantined(PhotoEvent):
    """A file that claims to be a photo cannot be read; it is tried again when it changes."""

    __slots__ = ()

    NAME, LEVEL = "photo_quarantined", logging.WARNING


@dataclass(frozen=True, slots=True)
class PhotoFailed(PhotoEvent):
    """A photo could not be filed; it stays, and is tried again, or waits until it changes."""

    retry_in_s: float | None = None

    NAME, LEVEL = "photo_failed", logging.ERROR

    def fields(self) -> dict[str, object]:
        """The photo's line, the reason, and the seconds until the next attempt."""
        return PhotoEvent.fields(self) | {"retry_in_s": self.retry_in_s}


@dataclass(frozen=True, slots=True)
class DaemonStarted(Event):
    """The daemon is ready."""

    NAME = "daemon_started"

    version: str
    config: str
    library: str
    rules: int


@dataclass(frozen=True, slots=True)
class DaemonStopped(Event):
    """The daemon has ended in order."""

    NAME = "daemon_stopped"

    reason: str


@dataclass(frozen=True, slots=True)
class ConfigReloaded(Event):
    """A changed configuration is in force; `changes` says in what, rule by rule."""

    NAME = "config_reloaded"

    config: str
    rules: int
    digest: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfigRejected(Event):
    """A changed configuration is wrong, or fails its tests; the old one stays in force."""

    NAME, LEVEL = "config_rejected", logging.ERROR

    place: str
    error: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class ConfigWarned(Event):
    """The configuration is valid and does something the person may not mean."""

    NAME, LEVEL = "config_warned", logging.WARNING

    place: str
    warning: str


@dataclass(frozen=True, slots=True)
class FormerRulesFound(Event):
    """Photos in the library were filed by rules that are in the configuration no more; they stay.

    `rules` are those, with how many photos each has filed.
    """

    NAME = "former_rules_found"

    library: str
    photos: int
    rules: Mapping[str, int]
    hint: str


@dataclass(frozen=True, slots=True)
class LibraryUnusable(Event):
    """The library takes no photos now: it is read-only, or its disk is not mounted; they wait."""

    NAME, LEVEL = "library_unusable", logging.WARNING

    library: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class WatchStarted(Event):
    """A watch folder is watched from now on, natively or by polling, and why.

    What is in it is not known yet. `is_fallback`: it is polled only because the kernel gives no
    more watches; that makes it a warning and is no field.
    """

    NAME = "watch_started"

    source: str
    path: str
    mode: str
    why: str
    is_fallback: bool = False

    def level(self) -> int:
        """A warning if it is polled only for want of the kernel's watches."""
        return logging.WARNING if self.is_fallback else logging.INFO

    def fields(self) -> dict[str, object]:
        """All but `is_fallback`."""
        return {key: value for key, value in _values(self).items() if key != "is_fallback"}


@dataclass(frozen=True, slots=True)
class WatchLost(Event):
    """A watch folder is gone; nothing is filed or concluded from it until it is back."""

    NAME, LEVEL = "watch_lost", logging.WARNING

    source: str
    path: str
    reason: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class RescanFinished(Event):
    """A watch folder was listed: names seen, how many are new, places skipped, names ignored.

    `ignored` counts files and folders that are passed over by their names.
    """

    NAME = "rescan_finished"

    source: str
    seen: int
    new: int
    skipped: int
    ignored: int
    ms: float


@dataclass(frozen=True, slots=True)
class FolderSkipped(Event):
    """A folder could not be listed; the rest goes on."""

    NAME, LEVEL = "folder_skipped", logging.WARNING

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClassifierStarted(Event):
    """The classifier process is ready: the model (`name@hash8`), its engine, how long loading took.

    `measured` has pictures per second by engine, if engines were measured before.
    """

    NAME = "classifier_started"

    model: str
    engine: str
    load_ms: float
    pid: int
    measured: Mapping[str, float]

    def fields(self) -> dict[str, object]:
        """All, but `measured` only where engines were measured."""
        return _values(self) | {"measured": dict(self.measured) or None}


@dataclass(frozen=True, slots=True)
class EnginesMeasured(Event):
    """Engines were measured while no photo waited; the fastest is used from the next start on."""

    NAME = "engines_measured"

    engine: str
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ClassifierStopped(Event):
    """The classifier process, which had been ready, has ended."""

    NAME = "classifier_stopped"

    reason: str


@dataclass(frozen=True, slots=True)
class ClassifierFailed(Event):
    """The process could not be started, or died before it did anything; it is tried again.

    `is_lost` is true when the process itself said what is wrong, and after several attempts in a
    row: a command raises `error` then, a daemon logs it and goes on.
    """

    NAME, LEVEL = "classifier_failed", logging.ERROR

    error: ClassifierLost
    is_lost: bool
    retry_in_s: float

    def fields(self) -> dict[str, object]:
        """The sentence of the error and its hint."""
        return {"error": self.error.sentence, "hint": self.error.hint}


@dataclass(frozen=True, slots=True)
class FilingRecovered(Event):
    """A filing that a crash cut short was finished or taken back."""

    NAME, LEVEL = "filing_recovered", logging.WARNING

    photo: str
    result: str


@dataclass(frozen=True, slots=True)
class JournalRebuilt(Event):
    """The journal was damaged; a new one knows so many photos by what is in the library."""

    NAME, LEVEL = "journal_rebuilt", logging.ERROR

    damaged: str
    photos: int


@dataclass(frozen=True, slots=True)
class DailySummary(Event):
    """What became of one day's photos; those that were filed also by outcome and class.

    A photo that failed and was filed later counts by its last end. `copied_bytes` counts what takes
    space of its own in the library, sidecars too.
    """

    NAME = "daily_summary"

    day: str
    filed: int
    left: int
    quarantined: int
    failed: int
    undone: int
    outcomes: Mapping[str, int]
    classes: Mapping[str, int]
    copied_bytes: int


@dataclass(frozen=True, slots=True)
class MetricsFailed(Event):
    """The metrics cannot be served at `address`; photos are filed all the same."""

    NAME, LEVEL = "metrics_failed", logging.WARNING

    address: str
    reason: str
    hint: str | None


def _values(event: Any) -> dict[str, object]:  # noqa: ANN401 - any dataclass
    return {field.name: getattr(event, field.name) for field in fields(event)}
