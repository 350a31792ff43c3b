"""What the log says of learning: lessons that were seen, and moves that are asked about."""

from __future__ import annotations

from dataclasses import dataclass

from gallery_daemon.logs.events import Event


@dataclass(frozen=True, slots=True)
class LessonGiven(Event):
    """A filed photo lies under another class's place, or was taken there out of review.

    `before` is what the model had called it; `kind` is `correction` or `confirmation`.
    """

    NAME = "lesson_given"

    photo: str
    top_class: str
    before: str | None
    kind: str

    def fields(self) -> dict[str, object]:
        """The values by their public names."""
        # A field cannot be called `class`.
        return {
            "photo": self.photo,
            "class": self.top_class,
            "before": self.before,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class LessonWithdrawn(Event):
    """The photo of a lesson was dragged back, so the lesson does not hold any more."""

    NAME = "lesson_withdrawn"

    photo: str
    top_class: str

    def fields(self) -> dict[str, object]:
        """The values by their public names."""
        return {"photo": self.photo, "class": self.top_class}


@dataclass(frozen=True, slots=True)
class MassMoveSeen(Event):
    """Very many photos went at once to one class's place; they teach nothing unless you say so."""

    NAME = "mass_move_seen"

    move: int
    photos: int
    moved_from: str
    moved_to: str
    top_class: str

    def fields(self) -> dict[str, object]:
        """The values by their public names, and what to do."""
        return {
            "move": self.move,
            "photos": self.photos,
            "moved_from": self.moved_from,
            "moved_to": self.moved_to,
            "class": self.top_class,
            "hint": f"gallery-daemon lessons --accept-move {self.move}"
            f" (or --dismiss-move {self.move})",
        }
