"""What must be true of a scene, right after a kill and in the end.

Right after a kill: the bytes of every file are somewhere, whole; nothing lies half-written under a
final name, but where the journal says that the file of that name is not whole yet, and then it is
the beginning of one; the stranger is as it was. In the end, besides: every file lies in exactly one
place of the library, and in the watch folder if the action keeps it there; no temporary is left;
the journal has one `filed` row for each, which says where it lies, and no open intent.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gallery_daemon.decision import Action
from gallery_daemon.journal.record import State
from tests.faults.scene import ORIGINALS, STRANGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.scene import Original, Scene

# In the name of every temporary of ours.
_MARK = ".gallery-daemon-"


# By path: the digest of its bytes, or a link's target.
Files: TypeAlias = "dict[Path, str]"


class Broken(StrEnum):
    """Which promise."""

    LOST = "lost"
    DOUBLED = "doubled"
    HALF = "half"
    STRAY = "stray"
    JOURNAL = "journal"
    STRANGER = "stranger"
    RIGHTS = "rights"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise, in a sentence."""

    broken: Broken
    sentence: str

    def __str__(self) -> str:
        return f"{self.broken}: {self.sentence}"


def judge_killed(scene: Scene) -> Iterator[Finding]:
    """What is wrong in the moment of a kill."""
    files = {**files_below(scene.watch), **files_below(scene.library)}
    for original in ORIGINALS:
        if digest_of(scene.material[original.relative]) not in files.values():
            yield Finding(Broken.LOST, f"the bytes of {original.relative} are nowhere")
    yield from _whole(scene, files, begun=True)


def judge_ended(scene: Scene) -> Iterator[Finding]:
    """What is wrong when everything has come to an end."""
    watch, library = files_below(scene.watch), files_below(scene.library)
    for original in ORIGINALS:
        yield from _placed(scene, original, watch, library)
    yield from _whole(scene, watch | library)
    for path in (*watch, *library):
        if _MARK in path.name:
            yield Finding(Broken.STRAY, f"{path} is left")
    try:
        yield from _journal(scene)
    except sqlite3.Error as error:
        yield Finding(Broken.JOURNAL, f"it cannot be read: {error}")


def _placed(scene: Scene, original: Original, watch: Files, library: Files) -> Iterator[Finding]:
    """It lies where it must, and nowhere else."""
    mark = digest_of(scene.material[original.relative])
    kept = [path for path, found in watch.items() if found == mark]
    if scene.action is Action.SYMLINK:
        mark = link_to(scene.watch / original.relative)
    filed = [path for path, found in library.items() if found == mark]
    home = [] if scene.action is Action.MOVE else [scene.watch / original.relative]
    where = f"{original.relative} lies in {_names(scene, kept + filed)}"
    if not filed or (home and not kept):
        yield Finding(Broken.LOST, where)
    elif len(filed) > 1 or len(kept) > len(home):
        yield Finding(Broken.DOUBLED, where)
    elif filed + kept != [scene.library / original.destination, *home]:
        yield Finding(Broken.LOST, f"{where}, which is the wrong place")


def _whole(scene: Scene, files: Files, *, begun: bool = False) -> Iterator[Finding]:
    """Under final names lie only files that there ever were, and the stranger is untouched.

    `begun`: or the beginning of one, where the journal says so.
    """
    whole = {digest_of(content) for content in (*scene.material.values(), scene.stranger)}
    if scene.action is Action.SYMLINK:
        whole |= {link_to(scene.watch / original.relative) for original in ORIGINALS}
    for path, found in files.items():
        if _MARK not in path.name and found not in whole:
            if begun and path in _unfinished(scene) and _is_beginning(scene, path):
                continue
            yield Finding(Broken.HALF, f"{path} is no whole file: {path.lstat().st_size} bytes")
    if files.get(scene.library / STRANGER) != digest_of(scene.stranger):
        yield Finding(Broken.STRANGER, f"{STRANGER} lay in the library before and is changed")


def _unfinished(scene: Scene) -> set[Path]:
    """The files that the journal says are not whole yet."""
    database = sqlite3.connect(f"file:{scene.journal}?mode=ro", uri=True)
    try:
        rows = database.execute(
            "SELECT library, folder, unfinished FROM filings WHERE unfinished IS NOT NULL"
        ).fetchall()
    finally:
        database.close()
    return {Path(os.fsdecode(b"/".join(row))) for row in rows}


def _is_beginning(scene: Scene, path: Path) -> bool:
    content = path.read_bytes()
    return any(whole.startswith(content) for whole in scene.material.values())


def _journal(scene: Scene) -> Iterator[Finding]:
    """One `filed` row for each file, right in all it says, and no row that is open or denies it."""
    database = sqlite3.connect(f"file:{scene.journal}?mode=ro", uri=True)
    try:
        rows = database.execute(
            "SELECT id, parent, path, state, folder, name FROM filings ORDER BY id"
        ).fetchall()
    finally:
        database.close()
    numbers: dict[str | None, int] = {}
    for original in ORIGINALS:
        path = os.fsencode(scene.watch / original.relative)
        states = [row[3] for row in rows if row[2] == path and row[3] != State.ABANDONED]
        if states != [State.FILED]:
            yield Finding(Broken.JOURNAL, f"{original.relative} has the rows {states}")
            continue
        number, parent, told = next(
            (row[0], row[1], os.fsdecode(row[4] + b"/" + row[5]))
            for row in rows
            if row[2] == path and row[3] == State.FILED
        )
        numbers[original.relative] = number
        if told != original.destination:
            yield Finding(Broken.JOURNAL, f"{original.relative} was filed to {told}, it says")
        if parent != numbers.get(original.photo):
            yield Finding(Broken.JOURNAL, f"{original.relative} belongs to row {parent}, it says")


def files_below(root: Path) -> Files:
    """All files below a folder, hidden ones too."""
    return {
        path: link_to(path.readlink()) if path.is_symlink() else digest_of(path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def link_to(path: Path) -> str:
    return f"-> {path}"


def _names(scene: Scene, paths: list[Path]) -> str:
    return ", ".join(os.path.relpath(path, scene.library.parent) for path in paths) or "no place"
