"""The oracle finds nothing where all is well, and each broken promise as what it is."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from tests.faults.material import FILM, LARGE, LIVE, material
from tests.faults.oracle import Broken, judge_ended, judge_killed
from tests.faults.running import QUICK, Running, run_command
from tests.faults.scene import STRANGER, Case, Scene, Where, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def finished() -> Iterator[Scene]:
    """A scene in which a daemon has moved everything and ended in order."""
    with made(Case(Action.MOVE, Where.NEAR), material()) as scene:
        with Running(run_command(QUICK, scene), scene.environ, 50.0) as daemon:
            assert daemon.run_out()
        yield scene


@pytest.fixture
def scene(finished: Scene, tmp_path: Path) -> Iterator[Scene]:
    """The finished scene, as it was again after the test."""
    parts = (finished.watch, finished.library, finished.journal.parent)
    for part in parts:
        shutil.copytree(part, tmp_path / part.name)
    yield finished
    for part in parts:
        shutil.rmtree(part)
        shutil.copytree(tmp_path / part.name, part)


def test_all_is_well(scene: Scene) -> None:
    """A daemon that nobody kills breaks no promise."""
    assert [] == [*judge_killed(scene), *judge_ended(scene)]


def _lose(scene: Scene) -> None:
    (scene.library / "Photos/ultraHDR.jpg").unlink()


def _file_elsewhere(scene: Scene) -> None:
    (scene.library / "Photos/ultraHDR.jpg").rename(scene.library / "Live/ultraHDR.jpg")


def _double(scene: Scene) -> None:
    shutil.copy(scene.library / "Photos/ultraHDR.jpg", scene.library / "Photos/ultraHDR (2).jpg")


def _leave_the_source(scene: Scene) -> None:
    shutil.copy(scene.library / "Photos/ultraHDR.jpg", scene.watch / LARGE)


def _cut(scene: Scene) -> None:
    (scene.library / "Photos/more.jpg").write_bytes(scene.material[LARGE][:-1])


def _link(scene: Scene) -> None:
    (scene.library / "Photos/more.jpg").symlink_to(scene.watch / LARGE)


def _leave_a_temporary(scene: Scene) -> None:
    (scene.library / "Photos/.gallery-daemon-ab12.part").write_bytes(b"")


def _change_the_stranger(scene: Scene) -> None:
    (scene.library / STRANGER).write_bytes(scene.material[FILM])


def _say(statement: str, *values: str) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        with sqlite3.connect(scene.journal) as database:
            assert database.execute(statement, values).rowcount
        database.close()

    change.__name__ = statement
    return change


BREAKS = {
    _lose: Broken.LOST,
    _file_elsewhere: Broken.LOST,
    _double: Broken.DOUBLED,
    _leave_the_source: Broken.DOUBLED,
    _cut: Broken.HALF,
    _link: Broken.HALF,
    _leave_a_temporary: Broken.STRAY,
    _change_the_stranger: Broken.STRANGER,
    _say("DELETE FROM filings WHERE id = 1"): Broken.JOURNAL,
    _say("UPDATE filings SET state = 'intent' WHERE id = 2"): Broken.JOURNAL,
    _say("UPDATE filings SET state = 'identical' WHERE id = 2"): Broken.JOURNAL,
    _say("UPDATE filings SET name = CAST('x.jpg' AS BLOB) WHERE id = 2"): Broken.JOURNAL,
    _say("UPDATE filings SET parent = NULL WHERE parent IS NOT NULL"): Broken.JOURNAL,
    _say("DROP TABLE filings"): Broken.JOURNAL,
}


@pytest.mark.parametrize("harm", BREAKS, ids=lambda harm: harm.__name__)
def test_a_broken_promise_is_found(scene: Scene, harm: Callable[[Scene], None]) -> None:
    """Each kind of harm is found, as what it is."""
    harm(scene)

    found = {finding.broken for finding in judge_ended(scene)}

    assert BREAKS[harm] in found


@pytest.mark.parametrize("harm", [_lose, _cut, _change_the_stranger], ids=lambda h: h.__name__)
def test_what_a_kill_must_not_do_is_found_before_the_next_start(
    scene: Scene, harm: Callable[[Scene], None]
) -> None:
    """What a later start might mend is seen in the moment of the kill."""
    harm(scene)

    assert BREAKS[harm] in {finding.broken for finding in judge_killed(scene)}


def test_bytes_under_a_hidden_name_are_not_lost_yet(scene: Scene) -> None:
    """Between its two names a photo is safe in the moment of a kill, and lost in the end."""
    (scene.library / "Live/Pairs" / LIVE).rename(scene.watch / ".gallery-daemon-ab12.gone")

    assert [] == list(judge_killed(scene))
    assert {Broken.LOST, Broken.STRAY} <= {finding.broken for finding in judge_ended(scene)}
