"""All that is known of a file when it comes to an end: one value for each way to know it.

A photo was examined, by the classifier process or out of the cache, and has a prediction or a
refusal, never both and never neither. A sidecar is not examined: it goes where its photo goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, TypeAlias

from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.photo import Facts

if TYPE_CHECKING:
    from gallery_daemon.classifier.messages import RefusalKind
    from gallery_daemon.journal.record import CacheEntry
    from gallery_daemon.photo import Photo, Prediction


@dataclass(frozen=True, slots=True)
class Predicted:
    """A photo that could be read; `remark` is what is wrong with the file all the same.

    `batch` and `classify_ms` are as in `Classified`; `cache_entry` is for the journal's cache of
    inferences. `said` is the class that a person said, by which the photo is judged.
    """

    photo: Photo
    facts: Facts
    prediction: Prediction
    remark: str | None = None
    batch: int | None = None
    classify_ms: float | None = None
    cache_entry: CacheEntry | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Unpredicted:
    """A file that has no prediction, and why; `cache_entry` only if that lasts."""

    photo: Photo
    facts: Facts
    refusal: RefusalKind
    reason: str
    cache_entry: CacheEntry | None = None
    prediction: ClassVar[None] = None
    said: ClassVar[None] = None

    @classmethod
    def unread(cls, photo: Photo, refusal: RefusalKind, reason: str) -> Self:
        """A file that was refused before the classifier process saw it."""
        return cls(photo, unread_facts(photo), refusal, reason)


@dataclass(frozen=True, slots=True)
class Unexamined:
    """A sidecar, or a version of a photo that goes along like one."""

    photo: Photo
    prediction: ClassVar[None] = None
    cache_entry: ClassVar[None] = None
    said: ClassVar[None] = None

    @property
    def facts(self) -> Facts:
        """What is known of it without opening it."""
        return unread_facts(self.photo)


Examined: TypeAlias = Predicted | Unpredicted
Traveller: TypeAlias = Examined | Unexamined
"""Whatever is on the journey, and comes to an end."""


def examined_of(answer: Classified | Refused, cache_entry: CacheEntry | None = None) -> Examined:
    """What the classifier process says of a file, or the cache in its place."""
    match answer:
        case Classified(photo, facts, prediction, batch, classify_ms, remark):
            return Predicted(photo, facts, prediction, remark, batch, classify_ms, cache_entry)
        case Refused(photo, kind, reason, facts):
            return Unpredicted(photo, facts or unread_facts(photo), kind, reason, cache_entry)


def unread_facts(photo: Photo) -> Facts:
    """What is known of a file without opening it."""
    return Facts.unread(photo.identity.modified_at.astimezone())
