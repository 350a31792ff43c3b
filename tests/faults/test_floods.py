"""Floods and limits: a real daemon loses nothing, says what it lacks, and goes on without it.

Limits on watches and instances are set in a user namespace of the daemon's own, so no other program
on the machine feels them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import Daemon, Event
from tests.faults.flooding import account, pour, queue_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
LIMITED = 'echo "$2" > "/proc/sys/user/$1" && shift 2 && exec "$@"'


class Flooded(Daemon):
    """The daemon with a stand-in for the classifier process; it polls every second if it must."""

    program: tuple[str, ...] = (sys.executable, "-m", "tests.faults.quick_daemon")

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.environ["PYTHONPATH"] = os.fspath(ROOT)
        text = self.config.read_text()
        self.config.write_text(text.replace("settle: 200ms", "settle: 200ms, poll_every: 1s"))

    def limit(self, name: str, most: int) -> None:
        """Of inotify's `name` it has so many and no more."""
        namespace = ("unshare", "--user", "--map-root-user")
        if subprocess.run((*namespace, "true"), check=False, capture_output=True).returncode:
            pytest.skip("no permission to make a user namespace")
        set_limit = ("sh", "-c", LIMITED, "sh", f"max_inotify_{name}", str(most))
        self.program = (*namespace, *set_limit, *self.program)

    def see_through(self, photos: int) -> list[Event]:
        """So many photos have a line, and the daemon has ended; all its lines of photos."""
        ended: set[str] = set()

        def is_last(event: Event) -> bool:
            ended.update([event["photo"]] if "photo" in event else [])
            return len(ended) == photos

        self.wait_for(is_last)
        self.stop()
        return [event for event in self.events if "photo" in event]

    def watch_started(self, mode: str, after: int = 0) -> Event:
        """The line that says so."""
        return self.wait_for(
            lambda event: event["event"] == "watch_started" and event["mode"] == mode, after
        )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """In memory where that can be had: thousands of syncs are the disk's time, not the daemon's."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as home:
        yield Path(home)


@pytest.fixture
def daemon(home: Path) -> Iterator[Flooded]:
    """Not started yet; gone after the test."""
    daemon = Flooded(home)
    yield daemon
    if hasattr(daemon, "process"):
        daemon.kill()


def assert_all_filed_once(daemon: Flooded, photos: int) -> None:
    """Every photo lies in the library once and has one line, which says so."""
    lines = daemon.see_through(photos)

    found = account(daemon.library, range(photos))
    assert ((), ()) == (found.missed, found.doubled)
    assert {"photo_filed": photos} == Counter(line["event"] for line in lines)


def test_a_thousand_photos_at_once_are_filed_once(daemon: Flooded) -> None:
    """Written as fast as it goes, while the daemon runs."""
    daemon.start()

    pour(daemon.watch, range(1000), each=250)

    assert_all_filed_once(daemon, 1000)


def test_a_queue_that_overflows_loses_nothing(daemon: Flooded) -> None:
    """What the kernel dropped is listed at once, and not at the next rescan."""
    with queue_of(8):
        daemon.start()

    pour(daemon.watch, range(500), each=20)

    assert_all_filed_once(daemon, 500)
    listings = [event for event in daemon.events if event["event"] == "rescan_finished"]
    assert len(listings) > 1, "nothing overflowed"


def test_a_tree_that_is_moved_in_is_filed(daemon: Flooded, home: Path) -> None:
    """Two hundred full folders in each other, by one rename."""
    for number in range(200):
        branch = "/".join(str(number)) if number else "0"
        pour(home / "tree" / branch, range(number * 2, number * 2 + 2))
    daemon.start()

    (home / "tree").rename(daemon.watch / "tree")

    assert_all_filed_once(daemon, 400)


def test_without_enough_watches_the_folder_is_polled(daemon: Flooded) -> None:
    """The line names the sysctl, as a warning; what was there and what comes is filed."""
    daemon.limit("watches", 3)
    pour(daemon.watch, range(5), each=1)

    daemon.start()
    polled = daemon.watch_started("poll")
    pour(daemon.watch, range(5, 10), each=1)

    assert "fs.inotify.max_user_watches" in polled["why"]
    assert "warning" == polled["level"]
    assert_all_filed_once(daemon, 10)


def test_watches_that_run_out_later_are_noticed(daemon: Flooded) -> None:
    """New folders beyond the limit: told, polled from then on, and nothing in them is missed."""
    daemon.limit("watches", 3)
    daemon.start()
    native = daemon.watch_started("inotify")

    pour(daemon.watch, range(5), each=1)
    polled = daemon.watch_started("poll")
    pour(daemon.watch, range(5, 10), each=1)

    assert "info" == native["level"]
    assert "fs.inotify.max_user_watches" in polled["why"]
    assert_all_filed_once(daemon, 10)


def test_without_an_instance_the_folder_is_polled(daemon: Flooded) -> None:
    """The line names the sysctl; photos are filed."""
    daemon.limit("instances", 0)

    daemon.start()
    polled = daemon.watch_started("poll")
    pour(daemon.watch, range(5), each=1)

    assert "fs.inotify.max_user_instances" in polled["why"]
    assert_all_filed_once(daemon, 5)
