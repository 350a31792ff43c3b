"""What the log says of the model: which version serves, what was learned, whether it fits still."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.logs.events import Event

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ModelAdopted(Event):
    """Another version of the model serves: learned, chosen by a person, or gone back to.

    `model` and `before` are `name@hash8`, `version` is its number, 0 the model as it came. It was
    learned from so many `lessons`; `figures` are those that it was judged by.
    """

    NAME = "model_adopted"

    library: str
    model: str
    before: str
    version: int
    lessons: int
    figures: Mapping[str, object]

    def fields(self) -> dict[str, object]:
        """All, but `figures` only where there are some."""
        values: dict[str, object] = {
            name: getattr(self, name)
            for name in ("library", "model", "before", "version", "lessons")
        }
        return values | {"figures": dict(self.figures) or None}


@dataclass(frozen=True, slots=True)
class ModelRefused(Event):
    """What was learned did not pass the gate: `model` goes on serving.

    `wanted` is about how many more lessons could change that, if it is known.
    """

    NAME = "model_refused"

    library: str
    model: str
    lessons: int
    reason: str
    wanted: int | None


@dataclass(frozen=True, slots=True)
class ModelDamaged(Event):
    """A version of the model that should serve does not; `model` (`name@hash8`) does."""

    NAME, LEVEL = "model_damaged", logging.ERROR

    library: str
    reason: str
    model: str


@dataclass(frozen=True, slots=True)
class LearningPossible(Event):
    """So many lessons were given since the last time that it is worth learning from them."""

    NAME = "learning_possible"

    library: str
    lessons: int
    hint: str


@dataclass(frozen=True, slots=True)
class LearningFailed(Event):
    """The daemon could not learn; photos are filed as before, and it tries again later."""

    NAME, LEVEL = "learning_failed", logging.WARNING

    library: str
    reason: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class ModelDrifted(Event):
    """For weeks the model has been less sure of new photos, or known them less, than before.

    `folder` is where to look, `photos` are those of the last weeks; `confidence` and `familiarity`
    are their means, `confidence_before` and `familiarity_before` those of the weeks before.
    """

    NAME, LEVEL = "model_drifted", logging.WARNING

    library: str
    model: str
    photos: int
    confidence: float
    confidence_before: float
    familiarity: float | None
    familiarity_before: float | None
    folder: str
    hint: str
