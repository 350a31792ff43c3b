"""One trial of `refile --yes`: it is killed, a daemon clears up, and it is said again.

All is filed first, then the rules name other folders, and a stranger lies in one of those too. The
watch folder must stay as it is at every moment, and in the end each file lies once where the new
rules say; said once more, nothing happens, and `undo` leads back to where all lay before.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.journal.record import State
from tests.faults.material import FILM, LARGE, LIVE, NAMESAKE, material
from tests.faults.oracle import Broken, Files, Finding, files_below
from tests.faults.running import REPOSITORY, Running, Stuck, environ_of, run_command
from tests.faults.scene import ON_EXFAT, ORIGINALS, STRANGER, made
from tests.faults.tracing import census, last_call, traced
from tests.faults.trial import Program, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.scene import Case, Scene
    from tests.faults.tracing import Kill

ANEW = {
    LIVE: "Anew/Pairs/LIVE_0001.HEIC",
    FILM: "Anew/Pairs/LIVE_0001.MOV",
    LARGE: "Anew/ultraHDR.jpg",
    NAMESAKE: "Anew/fin de journée (2).jpg",
}
_FOLDERS = {"to: Live/Pairs/": "to: Anew/Pairs/", "to: Photos/": "to: Anew/"}
_SECOND_STRANGER = f"Anew/{NAMESAKE}"
_PHOTOS = f"{sum(original.photo is None for original in ORIGINALS)}"
_KILLED = -9


@dataclass(frozen=True, slots=True)
class _World:
    """A scene in which all is filed, and other rules are in force; how it lay."""

    scene: Scene
    program: Program
    watch: Files
    library: Files

    def refile(self, kill: Kill | None = None) -> bool:
        """It has come to its end; False: it was killed.

        Raises:
            Stuck: neither.
        """
        return self._say(("refile", "--config", f"{self.scene.config}", "--yes"), kill)

    def undo(self) -> None:
        """The photos are back where they lay before.

        Raises:
            Stuck: it says that they are not.
        """
        self._say(("undo", "--last", _PHOTOS), None)

    def start(self) -> None:
        """A daemon has come and gone, and cleared up."""
        run_daemon(self.scene, self.program)

    def _say(self, words: Sequence[str], kill: Kill | None) -> bool:
        return say(self.scene, self.program, words, kill)


def try_kills(case: Case, kills: Sequence[Kill], program: Program) -> Trial:
    """The first `refile` is killed by the first of `kills`, the one after the daemon by the next.

    One that makes too few of its calls is not killed; then it was the last one.
    """
    cuts, findings = [], list[Finding]()
    with made(case, material()) as scene:
        world = _filed(scene, program)
        try:
            for kill in (*kills, None):
                if world.refile(kill):
                    break
                cuts.append(last_call(scene.home / "trace"))
                findings += _judge_killed(world, is_copied=case.where in ON_EXFAT)
                world.start()
                findings += _judge_killed(world)
            findings += _judge_twice_and_undo(world)
        except Stuck as stuck:
            findings.append(Finding(Broken.STUCK, str(stuck)))
    return Trial(tuple(cuts), tuple(findings))


def count_calls(case: Case, program: Program) -> Counter[str]:
    """How often each call is made by a `refile` that is not killed."""
    with made(case, material()) as scene:
        _filed(scene, program)
        words = ("refile", "--config", f"{scene.config}", "--yes")
        return count_calls_of(words, scene, program)


def _filed(scene: Scene, program: Program) -> _World:
    run_daemon(scene, program)
    text = scene.config.read_text()
    for old, new in _FOLDERS.items():
        text = text.replace(old, new)
    scene.config.write_text(text)
    second, first = scene.library / _SECOND_STRANGER, scene.library / STRANGER
    second.parent.mkdir()
    second.write_bytes(scene.stranger)
    os.utime(second, ns=(first.stat().st_mtime_ns,) * 2)
    return _World(scene, program, files_below(scene.watch), files_below(scene.library))


def run_daemon(scene: Scene, program: Program) -> None:
    """A daemon has come and gone, and cleared up.

    Raises:
        Stuck: it has not.
    """
    command = run_command(program.command, scene)
    with Running(command, scene.environ | program.environ, program.deadline_s) as daemon:
        if not daemon.run_out():
            raise Stuck("the daemon was killed by another")


def say(scene: Scene, program: Program, words: Sequence[str], kill: Kill | None) -> bool:
    """The command has come to its end; False: it was killed.

    Raises:
        Stuck: neither, or it says that it could not do all of it.
    """
    command: Sequence[str] = (*program.command, *words)
    if kill is not None:
        command = traced(command, scene.home / "trace", kill, scene.made_into)
    return _ends(command, scene, program)


def count_calls_of(words: Sequence[str], scene: Scene, program: Program) -> Counter[str]:
    """How often the command makes each call."""
    trace = scene.home / "trace"
    _ends(traced((*program.command, *words), trace, None, ()), scene, program)
    return census(trace, scene.scratch)


def _ends(command: Sequence[str], scene: Scene, program: Program) -> bool:
    """Whether the command ended well; False: it was killed."""
    try:
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=environ_of(scene.environ | program.environ),
            capture_output=True,
            text=True,
            timeout=program.deadline_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Stuck(f"{' '.join(command)} takes too long") from error
    if done.returncode not in {0, _KILLED}:
        raise Stuck(f"exit status {done.returncode}: {done.stdout}{done.stderr}")
    return done.returncode == 0


def _judge_killed(world: _World, *, is_copied: bool = False) -> Iterator[Finding]:
    """What is wrong in the moment of a kill: each file has one name in the library.

    `is_copied`: or one is on its way, at both places.
    """
    yield from _watch_is_untouched(world)
    now = Counter(files_below(world.scene.library).values())
    was = Counter(world.library.values())
    for found in was - now:
        yield Finding(Broken.LOST, f"{found} is not in the library any more")
    for found in {} if is_copied else now - was:
        kind = Broken.DOUBLED if found in was else Broken.HALF
        yield Finding(kind, f"{found} is in the library, {now[found]} times")
    yield from _strangers(world)


def _judge_twice_and_undo(world: _World) -> Iterator[Finding]:
    """What is wrong in the end, when it is said again, and when it is undone."""
    yield from _judge_killed(world)
    yield from _placed(world, ANEW)
    before = _rows(world.scene)
    world.refile()
    if before != _rows(world.scene):
        yield Finding(Broken.JOURNAL, "a second refile, of nothing, has changed the journal")
    yield from _placed(world, ANEW)
    world.undo()
    yield from _judge_killed(world)
    yield from _placed(world, {each.relative: each.destination for each in ORIGINALS})


def _placed(world: _World, places: dict[str, str]) -> Iterator[Finding]:
    """Each file lies in its place, and the journal says so, once; no intent is open."""
    scene = world.scene
    library = files_below(scene.library)
    rows = _rows(scene)
    for original in ORIGINALS:
        place = scene.library / places[original.relative]
        if library.get(place) != world.library[scene.library / original.destination]:
            yield Finding(Broken.LOST, f"{original.relative} is not at {place}")
        path = f"{scene.watch / original.relative}"
        told = [row[3] for row in rows if (row[1], row[2]) == (path, State.FILED)]
        if told != [f"{place}"]:
            yield Finding(Broken.JOURNAL, f"{original.relative} was filed to {told}, it says")
    for row in rows:
        if row[2] in {State.INTENT, State.UNDOING, State.REFILING}:
            yield Finding(Broken.JOURNAL, f"{row} is open")


def _watch_is_untouched(world: _World) -> Iterator[Finding]:
    if world.watch != files_below(world.scene.watch):
        yield Finding(Broken.STRAY, "the watch folder is not as it was")


def _strangers(world: _World) -> Iterator[Finding]:
    library = files_below(world.scene.library)
    for name in (STRANGER, _SECOND_STRANGER):
        path = world.scene.library / name
        if library.get(path) != world.library[path]:
            yield Finding(Broken.STRANGER, f"{name} lay in the library before and is changed")


def _rows(scene: Scene) -> list[tuple[int, str, str, str]]:
    """Number, path, state and destination of all that the journal has."""
    with closing(sqlite3.connect(f"file:{scene.journal}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT id, path, state, library, folder, name FROM filings ORDER BY id"
        ).fetchall()
    return [
        (number, os.fsdecode(path), state, os.fsdecode(b"/".join((library, folder, name or b""))))
        for number, path, state, library, folder, name in rows
    ]
