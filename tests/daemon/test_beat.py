"""The one timer: deadlines fall on beats, and an idle loop wakes for nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.config.load import digest_of_file
from gallery_daemon.daemon.beat import BEAT_S, next_beat
from gallery_daemon.daemon.loop import Inbox, Loop
from gallery_daemon.daemon.reload import ConfigWatcher
from gallery_daemon.daemon.status import Heartbeat
from gallery_daemon.daemon.summary import Summary, Today
from gallery_daemon.daemon.watching import Watching
from tests.daemon.test_loop import Recorder
from tests.daemon.test_reload_watcher import Kernel
from tests.daemon.test_status import Recorder as Manager
from tests.daemon.test_watching import Asked, ScriptedWatch
from tests.faults.household import HandClock
from tests.logs.captured import CapturedLog

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.photo import Candidate
    from tests.filing.conftest import World

HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("now", "within_s", "beat"),
    [
        (0.0, 5.0, 5.0),
        (100.0003, 5.0, 105.0),
        (104.9999, 5.0, 105.0),
        (105.0, 5.0, 110.0),
        (100.0003, 10.0, 110.0),
        (103.0, 10.0, 110.0),
        (101.0, 60.0, 160.0),
        (101.0, 7.0, 105.0),
        # Too soon for a beat.
        (104.0, 2.0, 106.0),
        (101.0, 0.5, 101.5),
    ],
)
def test_a_deadline_is_moved_forward_to_a_beat(now: float, within_s: float, beat: float) -> None:
    """The last one that is soon enough."""
    assert beat == next_beat(now, within_s)


@given(now=st.floats(0, 1e9), within_s=st.floats(0.001, 1e6))
def test_a_beat_is_after_now_and_never_too_late(now: float, within_s: float) -> None:
    """Or the loop would turn without a pause, or a promise would not be kept."""
    assert now < next_beat(now, within_s) <= now + within_s


class Late(Inbox[str]):
    """An inbox whose waits pass on the clock of the test, each ending a little late."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self.clock, self.wakes = clock, 0

    def take(self, timeout_s: float | None) -> Candidate | str | None:
        """Nothing, when the time is over."""
        assert timeout_s is not None, "the loop sleeps for ever"
        self.wakes += 1
        self.clock.wait(timeout_s + 0.0007)
        return None


def test_an_idle_loop_wakes_once_a_beat(world: World, tmp_path: Path) -> None:
    """Two folders, the configuration, the clock and the manager's watchdog, through midnight."""
    clock, log = HandClock(), CapturedLog()
    clock.now = 1234.5678
    clock.date = clock.date.replace(hour=23, minute=30, second=3)
    config = tmp_path / "config.yaml"
    config.write_text("version: 1")
    inbox = Late(clock)
    pairs = tuple((ScriptedWatch(name), Asked()) for name in ("phone", "camera"))
    watching = Watching(pairs, inbox, log)  # type: ignore[arg-type]
    kernel = Kernel(are_heard=True)
    digest = digest_of_file(os.fspath(config)) or ""
    loop = Loop(
        Recorder(),  # type: ignore[arg-type]
        inbox,  # type: ignore[arg-type]
        clock,
        (
            watching,
            ConfigWatcher(os.fspath(config), digest, lambda: None, events=kernel),
            Summary(Today(clock.date.date()), world.journal, log, clock),
            Heartbeat(Manager(watchdog_s=90.0), lambda: "idle"),
        ),
    )
    end = clock.now + HOUR_S

    loop.run(until=lambda: clock.now >= end)
    watching.stop()

    # A look that settles at the start, and midnight, which is on no beat.
    assert HOUR_S / BEAT_S <= inbox.wakes <= HOUR_S / BEAT_S + 4
