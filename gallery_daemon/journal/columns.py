"""How an entry stands in the journal's columns, and how a row is read back from them."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gallery_daemon.journal.record import Entry, Row, State
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    import sqlite3


def columns_of(entry: Entry) -> dict[str, Any]:
    """The entry as a row's columns; paths as bytes."""
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
    }
    if decision := entry.decision:
        trace = json.dumps([asdict(step) for step in decision.trace])
        columns |= {"outcome": decision.outcome, "rule": decision.rule, "trace": trace}
    if facts := entry.facts:
        columns |= {"taken": facts.taken.when.isoformat(), "taken_from": facts.taken.origin}
    if prediction := entry.prediction:
        columns |= {
            "class": prediction.top_class,
            "confidence": prediction.confidence,
            "probabilities": json.dumps(dict(prediction.probabilities)),
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
        }
    return columns


def row_of(columns: sqlite3.Row) -> Row:
    """The row as it was read."""
    folder = os.fsdecode(columns["folder"] or b"")
    return Row(
        id=columns["id"],
        parent=columns["parent"],
        decided_at=columns["decided_at"],
        source=columns["source"],
        root=os.fsdecode(columns["root"]),
        relative=os.fsdecode(columns["relative"]),
        identity=Identity(
            _unsigned(columns["device"]),
            _unsigned(columns["inode"]),
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
        made_inode=None if columns["made_inode"] is None else _unsigned(columns["made_inode"]),
    )


def written(text: str | None) -> str | None:
    """Text that SQLite takes: of a name with broken UTF-8, its bytes are spelled out."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def signed(number: int) -> int:
    """SQLite's integers are signed, inode numbers are not."""
    return number - (1 << 64) if number >= 1 << 63 else number


def _unsigned(number: int) -> int:
    return number + (1 << 64) if number < 0 else number
