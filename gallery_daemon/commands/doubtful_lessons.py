"""What `lessons --doubtful` asks: which lessons contradict all others.

All lessons are learned from as by `learn`, and nothing comes of it but this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.commands.learn import learner_of
from gallery_daemon.learning.doubtful import doubtful_lessons
from gallery_daemon.model.bank import load_bank

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.model.model_versions import ModelVersions


@dataclass(frozen=True, slots=True)
class DoubtfulLesson:
    """The photo of a lesson looks like `likelier`, and not like the lesson's class.

    `given` and `probability` are what heads that did not know the lesson give its class and the
    other, 0..1.
    """

    lesson: Lesson
    likelier: str
    given: float
    probability: float


def doubtful_of(
    config: Config,
    versions: ModelVersions,
    journal: Journal,
    clock: Clock,
    told: Callable[[int, int], None],
) -> tuple[DoubtfulLesson, ...]:
    """The doubtful lessons of the library, the most doubtful first.

    `told` hears how many photos were looked at, of how many.

    Raises:
        GalleryError: there are no lessons, or the model cannot learn.
    """
    learning = learner_of(config, versions, journal, clock).candidate(told)
    candidate = learning.candidate
    bank = load_bank(versions.bundle, versions.base, candidate.head.weight.shape[1])
    assert bank is not None, "what has none cannot learn"
    return tuple(
        DoubtfulLesson(
            learning.lessons[doubt.place],
            candidate.manifest.classes[doubt.likelier],
            doubt.given,
            doubt.probability,
        )
        for doubt in doubtful_lessons(candidate, bank)
    )
