"""What a person at a terminal is told while nothing is logged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

from gallery_daemon.daemon.sign_of_life import SignOfLife
from gallery_daemon.errors import FilingError
from gallery_daemon.filing.execute import Filer
from gallery_daemon.photo import Candidate
from tests.faults.belongings import Belongings

if TYPE_CHECKING:
    from gallery_daemon.daemon.watching import Watching
    from gallery_daemon.intake.candidate import WatchRoot
    from tests.faults.household import Household

DONE = "nothing is left to do; watching for new photos, until Ctrl-C"


class Scene:
    """A daemon's state as the task sees it, and what the person has read."""

    def __init__(self) -> None:
        self.files = 0
        self.is_loading = False
        self.is_done = self.is_watching = True
        self.read: list[str] = []
        self.task = SignOfLife(
            self.read.append,
            files=lambda: self.files,
            is_loading=lambda: self.is_loading,
            is_done=lambda: self.is_done,
            is_watching=lambda: self.is_watching,
        )

    def turn(self) -> list[str]:
        """The loop's next turn; returns what is new."""
        is_due = self.task.next_deadline() is not None
        before = len(self.read)
        self.task.run_due(1.0)
        # It wakes the loop exactly when it has something to say, or the loop would never sleep.
        assert is_due == (len(self.read) > before)
        assert self.task.next_deadline() is None
        return self.read[before:]


def test_the_model_s_loading_is_told_once_for_each_start() -> None:
    """With how many files wait for it."""
    scene = Scene()
    scene.files, scene.is_loading, scene.is_done = 7, True, False

    assert ["the model loads; 7 files wait for it"] == scene.turn()
    assert [] == scene.turn()

    scene.is_loading = False
    assert [] == scene.turn()
    scene.files, scene.is_loading = 1, True
    assert ["the model loads; 1 file waits for it"] == scene.turn()


def test_that_nothing_is_left_to_do_is_told_once() -> None:
    """Not while anything is, and not again after the next photo."""
    scene = Scene()
    scene.is_done = False
    assert [] == scene.turn()

    scene.is_done = True
    assert [DONE] == scene.turn()
    scene.is_done = False
    assert [] == scene.turn()
    scene.is_done = True
    assert [] == scene.turn()


def test_where_no_folder_is_there_nothing_is_watched() -> None:
    """`watch_lost` says so; that there is nothing to do would be no comfort."""
    scene = Scene()
    scene.is_watching = False
    assert [] == scene.turn()

    scene.is_watching = True
    assert 1 == len(scene.turn())


class Listed:
    """The watches of a daemon whose folders were listed."""

    listings = ()

    def __init__(self, *roots: WatchRoot) -> None:
        self.folders = tuple((root, True) for root in roots)


def task_of(household: Household) -> SignOfLife:
    """The task of that daemon, which writes where its log is."""
    runtime = household.present
    watching = cast("Watching", Listed(*runtime.roots))
    return SignOfLife.of(runtime, watching, lambda words: print(words, file=household.log))


def test_what_failed_and_is_tried_again_is_left_to_do(household: Household) -> None:
    """A photo that cannot be filed at first is filed, and then nothing is left."""
    has = Belongings(household.watch, household.library)
    has.put("cars.jpg", has.photo())
    household.start()
    task, pipeline = task_of(household), household.present.pipeline
    pipeline.saw(Candidate("phone", str(household.watch), "cars.jpg"))
    file, full = Filer.execute_all, [FilingError("no room", transient=True)]

    def execute_all(*args: object) -> object:
        return [full.pop()] if full else file(*args)  # type: ignore[arg-type]

    with patch.object(Filer, "execute_all", execute_all):
        while (deadline := pipeline.next_deadline()) is not None:
            household.clock.wait(max(0.0, deadline - household.clock.now))
            task.run_due(household.clock.now)
            pipeline.turn()
        task.run_due(household.clock.now)

    said = household.log.getvalue().splitlines()
    assert ["photo_failed", "photo_filed", DONE] == [
        json.loads(line)["event"] if line.startswith("{") else line for line in said
    ]
