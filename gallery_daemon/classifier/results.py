"""What came of showing one photo to the classifier process: the host's answer for each.

A file of its own, so the judge, which is pure, can match on them without loading what starts
processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.classifier.messages import RefusalKind
    from gallery_daemon.photo import Facts, Photo, Prediction


@dataclass(frozen=True, slots=True)
class Classified:
    """A photo has its prediction, made in a batch of `batch` photos.

    `classify_ms` runs from the first look at its bytes to the prediction. Both are None for one
    that came from the cache. `remark` and `features` are as in `messages.Answer`.
    """

    photo: Photo
    facts: Facts
    prediction: Prediction
    batch: int | None
    classify_ms: float | None
    remark: str | None = None
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo has no prediction, and why; `facts` only if it could be read."""

    photo: Photo
    kind: RefusalKind
    reason: str
    facts: Facts | None
