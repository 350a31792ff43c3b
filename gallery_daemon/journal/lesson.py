"""What a person said of one photo: its class; and so many photos moved at once that it is asked.

A *correction* is a filed photo that was dragged to another class's place, a *confirmation* one that
was dragged out of the uncertain place, a *label* was given by command, and a *folder* lesson came
with the folder of a new class.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.photo import Identity


class LessonKind(StrEnum):
    """How a lesson was given."""

    CORRECTION = "correction"
    CONFIRMATION = "confirmation"
    LABEL = "label"
    FOLDER = "folder"


DRAGGED = frozenset({LessonKind.CORRECTION, LessonKind.CONFIRMATION})
"""Read off where a photo lies; so it ends when the photo is dragged back."""


class LessonState(StrEnum):
    """Whether a lesson holds; if not, why.

    Asked: it is part of a mass move, and the person was asked. Superseded: a later lesson of the
    same file took its place. Withdrawn: the photo was dragged back. Undone: by command. Dismissed:
    with the mass move that it is part of. What is undone or dismissed is not given again for as
    long as the photo lies where it does.
    """

    ACTIVE = "active"
    ASKED = "asked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class NewLesson:
    """A lesson as it is given.

    `path` is absolute, where the photo lies; `filing` the journal's row of it, if this program
    filed it; `content_hash` as in `Row`; `before` what the model had called it.
    """

    library: str
    path: str
    identity: Identity
    kind: LessonKind
    class_name: str
    filing: int | None = None
    content_hash: str | None = None
    before: str | None = None

    @property
    def is_dragged(self) -> bool:
        """Whether it was read off where the photo lies."""
        return self.kind in DRAGGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson(NewLesson):
    """A lesson as the journal has it; `path` and `identity` are those it was last seen with."""

    id: int
    given_at: datetime
    state: LessonState


@dataclass(frozen=True, slots=True)
class MassMove:
    """Many photos that went from one folder of the library to one class's at once.

    `photos` are those about which nothing was said yet; the folders are components below `library`.
    """

    id: int
    library: str
    from_folder: tuple[str, ...]
    to_folder: tuple[str, ...]
    class_name: str
    photos: int
    noticed_at: datetime
