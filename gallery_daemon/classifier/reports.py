"""What the host tells the main loop: one end for every photo, and the process's own life.

All are plain values, so that the loop can log them; each photo that was submitted comes back in
exactly one `Classified` or `Refused`, or is still among `unanswered` when the host is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.classifier.messages import RefusalKind
    from gallery_daemon.errors import ClassifierLost
    from gallery_daemon.photo import Facts, Photo, Prediction


@dataclass(frozen=True, slots=True)
class Classified:
    """A photo has its prediction, made in a batch of `batch` photos; None: it is remembered.

    `classify_ms` runs from the first look at its bytes to the prediction.
    """

    photo: Photo
    facts: Facts
    prediction: Prediction
    batch: int | None
    classify_ms: float | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo has no prediction, for one reason; `facts` only where it could be read after all."""

    photo: Photo
    kind: RefusalKind
    reason: str
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class ClassifierStarted:
    """The process is ready: the model (`name@hash8`), its engine, how long loading took.

    `measured` has pictures per second by engine, if engines were measured just now.
    """

    model: str
    engine: str
    load_ms: float
    pid: int
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ClassifierStopped:
    """The process, which had been ready, has ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class ClassifierFailed:
    """The process could not be started, or died before it did anything; it is tried again.

    `is_lost` is true when the process itself said what is wrong, and after several attempts in a
    row: a command raises `error` then, a daemon logs it and goes on.
    """

    error: ClassifierLost
    is_lost: bool
    retry_in_s: float


Report = Classified | Refused | ClassifierStarted | ClassifierStopped | ClassifierFailed
