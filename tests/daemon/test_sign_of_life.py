"""What a person at a terminal is told while nothing is logged."""

from __future__ import annotations

from gallery_daemon.daemon.sign_of_life import SignOfLife


class Scene:
    """A daemon's state as the task sees it, and what the person has read."""

    def __init__(self) -> None:
        self.files = 0
        self.is_loading = self.is_listing = False
        self.is_watching = True
        self.read: list[str] = []
        self.task = SignOfLife(
            self.read.append,
            files=lambda: self.files,
            is_loading=lambda: self.is_loading,
            is_listing=lambda: self.is_listing,
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
    scene.files, scene.is_loading = 7, True

    assert ["the model loads; 7 files wait for it"] == scene.turn()
    assert [] == scene.turn()

    scene.is_loading = False
    assert [] == scene.turn()
    scene.files, scene.is_loading = 1, True
    assert ["the model loads; 1 file waits for it"] == scene.turn()


def test_that_nothing_is_left_to_do_is_told_once() -> None:
    """Not before the folders are listed, and not after each photo."""
    scene = Scene()
    scene.is_listing = True
    assert [] == scene.turn()

    scene.files, scene.is_listing = 2, False
    assert [] == scene.turn()

    scene.files = 0
    assert ["nothing is left to do; watching for new photos, until Ctrl-C"] == scene.turn()
    scene.files = 1
    assert [] == scene.turn()
    scene.files = 0
    assert [] == scene.turn()


def test_where_no_folder_is_there_nothing_is_watched() -> None:
    """`watch_lost` says so; that there is nothing to do would be no comfort."""
    scene = Scene()
    scene.is_watching = False
    assert [] == scene.turn()

    scene.is_watching = True
    assert 1 == len(scene.turn())
