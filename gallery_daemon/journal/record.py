"""What the journal holds of a file: `JournalEntry` as it is written, `Row` as it is read back.

One row a file, sidecars too. Paths are bytes in the columns, as the file system has them, so a name
with broken UTF-8 comes back the same.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gallery_daemon.codec import to_text
from gallery_daemon.decision import Action, library_path
from gallery_daemon.photo import Candidate, Identity, LookKind

if TYPE_CHECKING:
    import sqlite3

    from gallery_daemon.decision import Decision
    from gallery_daemon.photo import Facts, Photo, Prediction


class State(StrEnum):
    """What became of a file, or what is being done with it."""

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


OPEN_STATES = (State.INTENT, State.UNDOING, State.REFILING)
"""Begun, and not ended."""
KEPT_STATES = (State.FILED, State.IDENTICAL)
"""Its bytes are in the library, so not even `--again` files it a second time."""
FINAL_STATES = (
    *KEPT_STATES,
    State.SKIPPED,
    State.LEFT,
    State.QUARANTINED,
    State.UNDONE,
    State.REFILED,
)
"""Such a file is not classified again until it changes."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what with a file: its permissions, of 0o666 at most, its owner and its group."""

    mode: int
    owner: int
    group: int


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be done with one file: its destination, and the action.

    `name` is the first one tried, before a conflict's ` (2)`. `token` is part of the names of the
    act's temporary files, so recovery knows them. `parent` is the row of a sidecar's photo;
    `undoes` the row that this one reverts, or refiles. `rights` is as in `Row`.
    """

    action: str
    folder: tuple[str, ...]
    name: str
    token: str
    parent: int | None = None
    undoes: int | None = None
    rights: Rights | None = None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What similar photos are found by; None where a photo has no such value.

    `bits` are the 128 of `Facts.dhash`; `taken_ms` are milliseconds since 1970 on the camera's
    own clock; `burst` is the burst that its name tells.
    """

    bits: int | None = None
    taken_ms: int | None = None
    burst: str | None = None


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """What `model` (`name@hash8`) said of a file, as the ASCII text that its writer made.

    `fingerprint` is None where no picture was decoded.
    """

    model: str
    text: str
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One decided file; a sidecar has no decision of its own. `cache_entry` goes into the cache.

    `redoes` is the row of an undo that is undone: what it undid was decided as this is. `said` is
    the class that a person said, by which it was decided, whatever the prediction is.
    """

    photo: Photo
    state: State
    reason: str | None = None
    decision: Decision | None = None
    facts: Facts | None = None
    prediction: Prediction | None = None
    intent: Intent | None = None
    cache_entry: CacheEntry | None = None
    redoes: int | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class IntentEnd:
    """How the intent of that row ends.

    `action` is what was really done, `name` the one taken; `content_hash` is that of the file, if
    it was not known before. `may_revert`: the intent may be one that reverts or refiles a row.
    """

    row: int
    state: State
    action: str | None
    name: str | None
    reason: str | None
    content_hash: str | None = None
    may_revert: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One file as the journal has it.

    `root` and `relative` are where it came from; `folder` and `name` its place below `library`, or
    the one that was planned. `confidence`, `precision`, `familiarity` and `look` are as in
    `Prediction`; a row of an older program has only the first. `decided_at` is ISO 8601 with its
    offset; `made_inode` is that of the copy, if one was made; `unfinished` the name under which a
    copy was begun that is not whole yet, and `begun_inode` its inode; `content_hash` the SHA-256 of
    what was filed, in hexadecimal digits, or of its ends (`contents.OF_ENDS`); `rights` those that
    the file had and its new place cannot keep; `said` the class that a person said, where that
    decided. In the row of an undo the two places are exchanged:
    it leads from the library to the watch folder.
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
    unfinished: str | None = None
    begun_inode: int | None = None
    precision: float | None = None
    familiarity: float | None = None
    look: LookKind | None = None
    content_hash: str | None = None
    rights: Rights | None = None
    said: str | None = None

    @property
    def filed_as(self) -> str | None:
        """The class by which it was decided: a person's word, or else the model's."""
        return self.said or self.top_class

    @property
    def takes_source(self) -> bool:
        """Whether the file leaves its old place once it has its new one."""
        return self.action == Action.MOVE or self.state is State.UNDOING

    @property
    def candidate(self) -> Candidate:
        """The file where it came from."""
        return Candidate(self.source, self.root, self.relative)

    @property
    def path(self) -> str:
        """The absolute path that it came from."""
        return self.candidate.path

    @property
    def below_library(self) -> str:
        """The path in the library, relative to it, of a file that has a name there."""
        assert self.name is not None
        return "/".join((*self.folder, self.name))

    @property
    def destination(self) -> str | None:
        """The absolute path in the library; None if it was never filed."""
        return None if self.name is None else self.place(self.name)

    def place(self, name: str) -> str:
        """The absolute path of `name` in the row's folder of the library."""
        return library_path(self.library, *self.folder, name)


def columns_of(entry: JournalEntry) -> dict[str, Any]:
    """The entry's columns by name."""
    candidate, identity = entry.photo.candidate, entry.photo.identity
    columns: dict[str, Any] = {
        "source": candidate.source,
        "root": os.fsencode(candidate.root),
        "relative": os.fsencode(candidate.relative),
        "path": os.fsencode(candidate.path),
        "device": signed(identity.device),
        "inode": signed(identity.inode),
        "size_bytes": identity.size_bytes,
        "mtime_ns": identity.mtime_ns,
        "state": entry.state,
        "reason": written(entry.reason),
        "said": entry.said,
    }
    if decision := entry.decision:
        trace = to_text(decision.trace)
        columns |= {"outcome": decision.outcome, "rule": decision.rule, "trace": trace}
    if facts := entry.facts:
        columns |= {"taken": facts.taken.date.text, "taken_from": facts.taken.origin}
        columns["content_hash"] = facts.content_hash
    if prediction := entry.prediction:
        columns |= {
            "class": prediction.top_class,
            "confidence": prediction.confidence,
            "probabilities": json.dumps(dict(prediction.probabilities)),
            "precision": prediction.precision,
            "familiarity": prediction.familiarity,
            "look": prediction.look,
            "model": prediction.model,
        }
    if intent := entry.intent:
        columns |= {
            "parent": intent.parent,
            "action": intent.action,
            "folder": os.fsencode("/".join(intent.folder)),
            "name": os.fsencode(intent.name),
            "token": intent.token,
            "undoes": intent.undoes,
            **rights_columns(intent.rights),
        }
    return columns


def rights_columns(rights: Rights | None) -> dict[str, int | None]:
    """The columns of the rights, by name."""
    if rights is None:
        return dict.fromkeys(("mode", "uid", "gid"))
    return {"mode": rights.mode, "uid": rights.owner, "gid": rights.group}


def row_of(columns: sqlite3.Row) -> Row:
    """The row of these columns."""
    folder = os.fsdecode(columns["folder"] or b"")
    inode = None if columns["made_inode"] is None else unsigned(columns["made_inode"])
    is_whole = columns["unfinished"] is None
    return Row(
        id=columns["id"],
        parent=columns["parent"],
        decided_at=columns["decided_at"],
        source=columns["source"],
        root=os.fsdecode(columns["root"]),
        relative=os.fsdecode(columns["relative"]),
        identity=Identity(
            unsigned(columns["device"]),
            unsigned(columns["inode"]),
            columns["size_bytes"],
            columns["mtime_ns"],
        ),
        library=os.fsdecode(columns["library"]),
        state=State(columns["state"]),
        outcome=columns["outcome"],
        rule=columns["rule"],
        top_class=columns["class"],
        confidence=columns["confidence"],
        model=columns["model"],
        action=columns["action"],
        folder=tuple(folder.split("/")) if folder else (),
        name=None if columns["name"] is None else os.fsdecode(columns["name"]),
        token=columns["token"],
        reason=columns["reason"],
        owner=columns["owner"],
        undoes=columns["undoes"],
        # One column for both: it is the inode of a whole copy only once no name is unfinished.
        made_inode=inode if is_whole else None,
        begun_inode=None if is_whole else inode,
        unfinished=None if columns["unfinished"] is None else os.fsdecode(columns["unfinished"]),
        precision=columns["precision"],
        familiarity=columns["familiarity"],
        look=None if columns["look"] is None else LookKind(columns["look"]),
        content_hash=columns["content_hash"],
        rights=_rights_of(columns),
        said=columns["said"],
    )


def _rights_of(columns: sqlite3.Row) -> Rights | None:
    mode, owner, group = (columns[name] for name in ("mode", "uid", "gid"))
    return None if mode is None else Rights(mode, owner, group)


def written(text: str | None) -> str | None:
    """The text as SQLite takes it: lone surrogates are spelled out."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def signed(number: int) -> int:
    """The 64 bits of `number` as SQLite's signed integer; inode numbers are unsigned."""
    return number - (1 << 64) if number >= 1 << 63 else number


def unsigned(number: int) -> int:
    """The number of which `signed` made this one."""
    return number + (1 << 64) if number < 0 else number
