"""What is nearest to a photo by its features: pictures of the bank, and lessons. Pure.

The photo itself does not count, which is among both once it is a lesson.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from gallery_daemon.learning.resembled import NearClass, NearLesson
from gallery_daemon.model.folds import directions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.model.bank import FeatureBank

    Halves = NDArray[np.float16]
    Floats = NDArray[np.float32]

PICTURES: Final = 10
LESSONS: Final = 3
# A file that is looked at twice differs by the rounding of float16; another shot of the same thing
# has 0.98 (`model.folds`).
_ITSELF: Final = 0.9999


def nearest_classes(
    features: Halves, bank: FeatureBank, classes: Sequence[str], count: int = PICTURES
) -> tuple[NearClass, ...]:
    """The classes of the nearest pictures of the bank, the most frequent first.

    Args:
        features: float16 (F,), of the photo by the full look.
        bank: with at least one picture.
        classes: the names that the bank's labels are numbers of.
        count: so many pictures are asked, or as many as there are.
    """
    similarities = _similarities(features, bank.full)
    found: dict[str, list[float]] = defaultdict(list)
    for place in _nearest(similarities, count):
        found[classes[int(bank.labels[place])]].append(float(similarities[place]))
    near = (NearClass(name, len(each), each[0]) for name, each in found.items())
    return tuple(sorted(near, key=lambda each: (-each.pictures, -each.similarity)))


def nearest_lessons(
    features: Halves,
    lessons: Sequence[Lesson],
    rows: Mapping[int, tuple[bytes, bytes]],
    count: int = LESSONS,
) -> tuple[NearLesson, ...]:
    """The nearest of the lessons, the nearest first.

    Args:
        features: as above.
        lessons: those that hold.
        rows: what the same body made of them, by id, full and quick look, as the journal has it;
            a lesson without does not count, nor one with a row of another length.
        count: so many at most.
    """
    usable = [each for each in lessons if len(rows.get(each.id, (b"",))[0]) == features.nbytes]
    if not usable:
        return ()
    full = np.stack([np.frombuffer(rows[each.id][0], np.float16) for each in usable])
    similarities = _similarities(features, full)
    return tuple(
        NearLesson(lesson.id, lesson.path, lesson.class_name, float(similarities[place]))
        for place in _nearest(similarities, count)
        for lesson in [usable[place]]
    )


def _similarities(features: Halves, rows: Halves) -> Floats:
    """Cosines, float32 (N,)."""
    row = directions(features[np.newaxis].astype(np.float32))[0]
    found: Floats = directions(rows.astype(np.float32)) @ row
    return found


def _nearest(similarities: Floats, count: int) -> list[int]:
    """The places of the nearest that are not the photo itself, the nearest first."""
    order: list[int] = np.argsort(-similarities, kind="stable").tolist()
    others = [place for place in order if similarities[place] < _ITSELF]
    return others[:count]
