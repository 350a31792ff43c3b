"""What the host tells the main loop: one end for every photo, and the process's own life.

All are plain values, so that the loop can log them; each photo that was submitted comes back in
exactly one `Classified` or `Refused`, or is still among `unanswered` when the host is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.logs.events import ClassifierFailed, ClassifierStarted, ClassifierStopped

if TYPE_CHECKING:
    from gallery_daemon.classifier.messages import RefusalKind
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


Report = Classified | Refused | ClassifierStarted | ClassifierStopped | ClassifierFailed
