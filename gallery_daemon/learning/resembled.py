"""What a photo resembles, in words: of the pictures that the model knows, and of the lessons.

Without numpy, so that the review can read it; `nearest` finds it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NearClass:
    """So many of the nearest pictures are of this class.

    `similarity` is the nearest one's: the cosine of the features, -1 to 1.
    """

    class_name: str
    pictures: int
    similarity: float


@dataclass(frozen=True, slots=True)
class NearLesson:
    """A lesson by its id in the journal, with its photo's path, and how similar that is, -1..1."""

    id: int
    photo: str
    class_name: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The nearest pictures by class, the most frequent first; the nearest lessons in order.

    A model knows at least one picture, so `classes` has one; `lessons` may be empty.
    """

    classes: tuple[NearClass, ...]
    lessons: tuple[NearLesson, ...]

    @property
    def words(self) -> str:
        """The nearest pictures, as the end of "it resembles: ...", without a full stop."""
        count = sum(each.pictures for each in self.classes)
        first, *rest = (
            (each.pictures, f"{each.class_name.replace('_', ' ')} ({each.similarity:.2f})")
            for each in self.classes
        )
        be = "is" if first[0] == 1 else "are"
        others = "".join(f", {pictures} {name}" for pictures, name in rest)
        return f"{first[0]} of the {count} nearest of the model's pictures {be} {first[1]}{others}"
