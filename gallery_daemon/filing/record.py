"""What the journal remembers of a file: as it is written (`Entry`) and as it is read (`Row`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.photo import Decision, Facts, Identity, Photo, Prediction


class State(StrEnum):
    """What became of a file, or shall become."""

    INTENT = "intent"
    FILED = "filed"
    IDENTICAL = "identical"
    SKIPPED = "skipped"
    LEFT = "left"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    ABANDONED = "abandoned"


# A file in one of these is not looked at again until it changes.
FINAL_STATES = (State.FILED, State.IDENTICAL, State.SKIPPED, State.LEFT, State.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be done with one file: the place it shall come to, and how.

    `name` is the first choice, before a conflict's ` (2)`. `token` is in the names of the act's
    temporaries, so that recovery knows them. `parent` is the row of the photo that a sidecar
    belongs to.
    """

    action: str
    folder: tuple[str, ...]
    name: str
    token: str
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One decided file. A sidecar has no decision of its own."""

    photo: Photo
    state: State
    reason: str | None = None
    decision: Decision | None = None
    facts: Facts | None = None
    prediction: Prediction | None = None
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One file as the journal has it.

    `root` and `relative` lead to where it came from; `folder` and `name` to where it lies, or was
    to lie, below `library`; `confidence` is 0..1; `decided_at` is ISO 8601 with its offset.
    """

    id: int
    parent: int | None
    decided_at: str
    source: str
    root: str
    relative: str
    identity: Identity
    library: str
    state: State
    outcome: str | None
    rule: str | None
    top_class: str | None
    confidence: float | None
    model: str | None
    action: str | None
    folder: tuple[str, ...]
    name: str | None
    token: str | None
    reason: str | None

    @property
    def path(self) -> str:
        """Where the file came from, absolute."""
        return f"{self.root.rstrip('/')}/{self.relative}"

    @property
    def destination(self) -> str | None:
        """Where the file lies in the library, absolute; None if it never came there."""
        if self.name is None:
            return None
        return "/".join((self.library.rstrip("/"), *self.folder, self.name))
