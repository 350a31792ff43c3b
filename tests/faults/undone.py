"""One trial of `undo`: it is killed, a `sort` clears up, and it is said again.

All is filed first, and nobody but its owner may read a photo. In the end everything lies where it
came from, with the rights that it had, whatever the library's disk made of them; nothing of it is
in the library, and said once more nothing happens. What came home is known, so no `sort` files it.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

from gallery_daemon.journal.record import OPEN_STATES, State
from tests.faults.anew import count_calls_of, run_daemon, say
from tests.faults.material import material
from tests.faults.oracle import Broken, Finding, digest_of, files_below, judge_killed
from tests.faults.running import Stuck
from tests.faults.scene import ORIGINALS, STRANGER, made
from tests.faults.tracing import last_call
from tests.faults.trial import Program, Trial

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.faults.scene import Case, Scene
    from tests.faults.tracing import Kill

_WORDS = ("undo", "--last", f"{sum(original.photo is None for original in ORIGINALS)}")
_PRIVATE = 0o600


def try_kills(case: Case, kills: Sequence[Kill], program: Program) -> Trial:
    """The first `undo` is killed by the first of `kills`, the one after the `sort` by the next.

    One that makes too few of its calls is not killed; then it was the last one.
    """
    cuts, findings = [], list[Finding]()
    with made(case, material()) as scene:
        modes = _filed(scene, program)
        sort = ("sort", f"{scene.watch}", "--config", f"{scene.config}")
        try:
            for kill in (*kills, None):
                if say(scene, program, _WORDS, kill):
                    break
                cuts.append(last_call(scene.home / "trace"))
                findings += judge_killed(scene)
                say(scene, program, sort, None)
                findings += judge_killed(scene)
            findings += _judge_ended(scene, modes)
            say(scene, program, sort, None)
            say(scene, program, _WORDS, None)
            findings += _judge_ended(scene, modes)
        except Stuck as stuck:
            findings.append(Finding(Broken.STUCK, str(stuck)))
    return Trial(tuple(cuts), tuple(findings))


def count_calls(case: Case, program: Program) -> Counter[str]:
    """How often each call is made by an `undo` that is not killed."""
    with made(case, material()) as scene:
        _filed(scene, program)
        return count_calls_of(_WORDS, scene, program)


def _filed(scene: Scene, program: Program) -> dict[str, int]:
    """The modes that the photos had, of which all are filed."""
    modes = {}
    for original in ORIGINALS:
        path = scene.watch / original.relative
        path.chmod(_PRIVATE)
        modes[original.relative] = _mode(path)
    run_daemon(scene, program)
    return modes


def _judge_ended(scene: Scene, modes: dict[str, int]) -> Iterator[Finding]:
    """What is wrong in the end: all is at home as it was, and nothing but the stranger is filed."""
    watch, library = files_below(scene.watch), files_below(scene.library)
    for original in ORIGINALS:
        path = scene.watch / original.relative
        if watch.pop(path, None) != digest_of(scene.material[original.relative]):
            yield Finding(Broken.LOST, f"{original.relative} is not where it was")
        elif _mode(path) != modes[original.relative]:
            had = f"{modes[original.relative]:03o}"
            yield Finding(Broken.RIGHTS, f"{original.relative} had {had}, now {_mode(path):03o}")
    if library.pop(scene.library / STRANGER, None) != digest_of(scene.stranger):
        yield Finding(Broken.STRANGER, f"{STRANGER} lay in the library before and is changed")
    for path in (*watch, *library):
        yield Finding(Broken.DOUBLED, f"{path} is one too many")
    with closing(sqlite3.connect(f"file:{scene.journal}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT path, state FROM filings ORDER BY id").fetchall()
    for path, state in rows:
        if state in {*OPEN_STATES, State.FILED}:
            yield Finding(Broken.JOURNAL, f"{os.fsdecode(path)} is {state}, it says")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
