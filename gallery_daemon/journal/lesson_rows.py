"""The rows of lessons and mass moves, read and written as values."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

from gallery_daemon.journal.lesson import Lesson, LessonKind, LessonState, MassMove
from gallery_daemon.journal.record import signed, unsigned
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping


def file_columns(path: str, identity: Identity) -> dict[str, Any]:
    """What is written of a file, by its absolute path."""
    return {
        "path": os.fsencode(path),
        "device": signed(identity.device),
        "inode": signed(identity.inode),
        "size": identity.size_bytes,
        "mtime": identity.mtime_ns,
    }


def lesson_of(row: sqlite3.Row) -> Lesson:
    """The lesson in a row."""
    device, inode = unsigned(row["device"]), unsigned(row["inode"])
    return Lesson(
        library=os.fsdecode(row["library"]),
        path=os.fsdecode(row["path"]),
        identity=Identity(device, inode, row["size_bytes"], row["mtime_ns"]),
        kind=LessonKind(row["kind"]),
        class_name=row["class"],
        filing=row["filing"],
        content_hash=row["content_hash"],
        before=row["before"],
        id=row["id"],
        given_at=datetime.fromisoformat(row["given_at"]),
        state=LessonState(row["state"]),
    )


def mass_move_of(row: sqlite3.Row) -> MassMove:
    """The mass move in a row, which counts its photos besides."""
    return MassMove(
        id=row["id"],
        library=os.fsdecode(row["library"]),
        from_folder=_folder(row["from_folder"]),
        to_folder=_folder(row["to_folder"]),
        class_name=row["class"],
        photos=row["photos"],
        noticed_at=datetime.fromisoformat(row["noticed_at"]),
    )


def _folder(column: bytes) -> tuple[str, ...]:
    return tuple(os.fsdecode(column).split("/")) if column else ()


def time_text(when: datetime) -> str:
    """A time as rows have it."""
    return when.isoformat(timespec="milliseconds")


def is_whole_row(table: str, row: Mapping[str, Any]) -> bool:
    """Whether a row of another journal's table can be read."""
    try:
        if table == "lessons":
            LessonKind(row["kind"]), LessonState(row["state"])
            datetime.fromisoformat(row["given_at"])
        elif table == "mass_moves":
            datetime.fromisoformat(row["noticed_at"])
    except (KeyError, TypeError, ValueError):
        return False
    return True
