"""Why a photo is where it is, for a page: what `explain` says of it, as values.

What the journal remembers is asked in the journal's thread, what the rules of today make of it in
any other: for that the photo may have to be looked at again.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gallery_daemon.commands.explain import explain_file
from gallery_daemon.commands.lessons import what_is_said
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.record import State
from gallery_daemon.rules.explain import Asked, near_misses_of

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.decision import Decision
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.past_decisions import PastDecision
    from gallery_daemon.journal.record import Row
    from gallery_daemon.photo import Prediction
    from gallery_daemon.rules.explain import NearMiss

_MISSES: Final = 3


@dataclass(frozen=True, slots=True)
class RememberedPhoto:
    """What the journal has of a photo that lies at `place`.

    `lesson` is what was said of it, or why its place says nothing; `history` all that became of the
    file, the oldest first.
    """

    place: str
    known: PastDecision
    lesson: str | None
    history: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a photo is where it is.

    `rules` are today's with each condition's answer, or, where `is_of_then`, those of the time when
    it was filed, because today's cannot be asked: `trouble` says why. `decision` is what today's
    rules would do; None: they cannot be asked. `said` is the class that a person said.
    """

    remembered: RememberedPhoto
    prediction: Prediction | None
    rules: tuple[Asked, ...]
    near_misses: tuple[NearMiss, ...]
    decision: Decision | None
    said: str | None = None
    trouble: GalleryError | None = None

    @property
    def is_of_then(self) -> bool:
        """Whether the rules are those of the time when it was filed."""
        return self.decision is None


def remembered(number: int, config: Config, journal: Journal, clock: Clock) -> RememberedPhoto:
    """What the journal has of the photo of that row.

    Raises:
        GalleryError: there is no such photo, or the journal cannot be read.
    """
    row = journal.row(number)
    if row is None or row.parent is not None or row.library != config.library:
        raise GalleryError("there is no such photo in this library")
    place = row.path if row.state is not State.FILED else row.destination or row.path
    lesson = None
    # What is wrong with the model is told where the rules are asked.
    with contextlib.suppress(GalleryError):
        lesson = what_is_said(place, config, journal, clock)
    history = tuple(journal.past_decisions.history_of(row))
    return RememberedPhoto(place, journal.past_decisions.of(row), lesson, history)


def why(photo: RememberedPhoto, config: Config, clock: Clock) -> Why:
    """What the rules of today make of it; where they cannot be asked, what those of then did."""
    known = photo.known
    try:
        today = explain_file(photo.place, config, clock, known)
    except GalleryError as error:
        then = tuple(Asked(0, entry, is_reached=True) for entry in known.trace)
        misses = near_misses_of(known.trace)[:_MISSES]
        return Why(photo, known.prediction, then, misses, None, known.row.said, error)
    explanation = today.explanation
    return Why(
        photo,
        today.prediction,
        explanation.rules,
        explanation.near_misses[:_MISSES],
        explanation.decision,
        today.said,
    )
