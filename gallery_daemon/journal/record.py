"""What the journal remembers of a file: as it is written (`Entry`) and as it is read (`Row`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action, library_path
from gallery_daemon.photo import Candidate

if TYPE_CHECKING:
    from gallery_daemon.decision import Decision
    from gallery_daemon.photo import Facts, Identity, Photo, Prediction


class State(StrEnum):
    """What became of a file, or shall become."""

    INTENT = "intent"
    UNDOING = "undoing"
    REFILING = "refiling"
    FILED = "filed"
    IDENTICAL = "identical"
    SKIPPED = "skipped"
    LEFT = "left"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    ABANDONED = "abandoned"
    UNDO = "undo"
    UNDONE = "undone"
    REFILED = "refiled"


# Begun and not ended.
OPEN_STATES = (State.INTENT, State.UNDOING, State.REFILING)
# Its bytes lie in the library: not even the person's "again" files it a second time.
KEPT_STATES = (State.FILED, State.IDENTICAL)
# A file in one of these is not looked at again until it changes.
FINAL_STATES = (
    *KEPT_STATES,
    State.SKIPPED,
    State.LEFT,
    State.QUARANTINED,
    State.UNDONE,
    State.REFILED,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be done with one file: the place it shall come to, and how.

    `name` is the first choice, before a conflict's ` (2)`. `token` is in the names of the act's
    temporaries, so that recovery knows them. `parent` is the row of the photo that a sidecar
    belongs to; `undoes` the row that this takes back, or files anew.
    """

    action: str
    folder: tuple[str, ...]
    name: str
    token: str
    parent: int | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """What a photo is recognised by among others; None: nothing of the kind.

    `bits` are the 128 of `Facts.dhash`; `taken_ms` milliseconds of the camera's own clock since
    1970; `burst` is what its name says.
    """

    bits: int | None = None
    taken_ms: int | None = None
    burst: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a model (`name@hash8`) saw in a file: a text for who has written it, ASCII.

    Without a `sign` nobody has looked for one.
    """

    model: str
    text: str
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One decided file. A sidecar has no decision of its own; `note` is remembered with it."""

    photo: Photo
    state: State
    reason: str | None = None
    decision: Decision | None = None
    facts: Facts | None = None
    prediction: Prediction | None = None
    intent: Intent | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One file as the journal has it.

    `root` and `relative` lead to where it came from; `folder` and `name` to where it lies, or was
    to lie, below `library`; `confidence` is 0..1; `decided_at` is ISO 8601 with its offset;
    `made_inode` is the copy's, if one was made on the way. An undo's row has the two the other way
    round: from the library to below the watch folder.
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
    owner: int | None = None
    undoes: int | None = None
    made_inode: int | None = None

    @property
    def takes_source(self) -> bool:
        """Whether the file shall be gone from where it came from, once it lies where it shall."""
        return self.action == Action.MOVE or self.state is State.UNDOING

    @property
    def candidate(self) -> Candidate:
        """The file where it came from."""
        return Candidate(self.source, self.root, self.relative)

    @property
    def path(self) -> str:
        """Where the file came from, absolute."""
        return self.candidate.path

    @property
    def destination(self) -> str | None:
        """Where the file lies in the library, absolute; None if it never came there."""
        return None if self.name is None else self.place(self.name)

    def place(self, name: str) -> str:
        """The absolute path of a name in the folder where the file lies, or was to lie."""
        return library_path(self.library, *self.folder, name)
