"""A real daemon process with real inotify: what a person sees when photos come in."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import State
from tests.end_to_end.conftest import Daemon, photo_bytes
from tests.imaging.pictures import FILM

if TYPE_CHECKING:
    from pathlib import Path


def test_a_photo_is_filed_once_and_never_again(real_daemon: Daemon, tmp_path: Path) -> None:
    """One photo in, one line out, the file in its place; a second start has nothing to say."""
    real_daemon.start()
    (real_daemon.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 10))

    event = real_daemon.wait_for_photo("WA-1.jpg")
    seconds = real_daemon.stop()
    first = len(real_daemon.events)
    real_daemon.start()
    real_daemon.wait_for(lambda event: event["event"] == "rescan_finished", first)
    real_daemon.stop()

    assert ("photo_filed", "by name", "hardlink") == (
        event["event"],
        event["rule"],
        event["action"],
    )
    assert (real_daemon.library / "WhatsApp/WA-1.jpg").samefile(real_daemon.watch / "WA-1.jpg")
    assert {"class", "confidence", "model", "batch", "waited_ms", "classify_ms", "total_ms"} <= set(
        event
    )
    assert seconds < 5
    assert not [event for event in real_daemon.events[first:] if "photo" in event]


def test_every_way_of_arriving_ends_the_same(daemon: Daemon, tmp_path: Path) -> None:
    """Renamed into place, in a folder that arrives full, into a new folder: each is filed once."""
    daemon.start()
    (daemon.watch / ".syncthing.a.jpg.tmp").write_bytes(photo_bytes(tmp_path, 20))
    (daemon.watch / ".syncthing.a.jpg.tmp").rename(daemon.watch / "a.jpg")
    (tmp_path / "full" / "deep").mkdir(parents=True)
    (tmp_path / "full" / "deep" / "b.jpg").write_bytes(photo_bytes(tmp_path, 30))
    (tmp_path / "full").rename(daemon.watch / "full")
    (daemon.watch / "new").mkdir()
    (daemon.watch / "new" / "c.jpg").write_bytes(photo_bytes(tmp_path, 40))

    for name in "abc":
        daemon.wait_for_photo(f"{name}.jpg")
    daemon.stop()

    lines = [event["photo"] for event in daemon.events if "photo" in event]
    assert 3 == len(lines) == len(set(lines))
    assert 3 == sum(path.is_file() for path in (daemon.library / "All").rglob("*"))


def test_bad_files_cost_one_line_each_and_nothing_else(real_daemon: Daemon, tmp_path: Path) -> None:
    """Garbage, a strange name, a FIFO, a link, a video: one line each, all untouched."""
    whole = photo_bytes(tmp_path, 50)
    bad = {
        "garbage.jpg": b"not a picture at all",
        "film.mp4": FILM,
        "notes.txt": b"hello",
    }
    for name, content in bad.items():
        (real_daemon.watch / name).write_bytes(content)
    os.mkfifo(real_daemon.watch / "pipe.jpg")
    (real_daemon.watch / "link.jpg").symlink_to("/etc/hostname")
    (real_daemon.watch / "new\nline \udcff.jpg").write_bytes(whole)
    real_daemon.start()

    ends = {
        name: real_daemon.wait_for_photo(name)["event"] for name in [*bad, "pipe.jpg", "link.jpg"]
    }
    strange = real_daemon.wait_for(lambda event: "new\nline" in str(event.get("photo")))
    real_daemon.stop()

    assert {
        "garbage.jpg": "photo_quarantined",
        "film.mp4": "photo_left",
        "notes.txt": "photo_left",
        "pipe.jpg": "photo_left",
        "link.jpg": "photo_left",
    } == ends
    assert "photo_filed" == strange["event"]
    assert all((real_daemon.watch / name).read_bytes() == content for name, content in bad.items())


def test_a_live_photo_stays_together_whichever_comes_first(daemon: Daemon, tmp_path: Path) -> None:
    """A film that comes after its still, and one that came before, lie beside it."""
    daemon.start()
    (daemon.watch / "early.mov").write_bytes(FILM)
    (daemon.watch / "early.jpg").write_bytes(photo_bytes(tmp_path, 60))
    (daemon.watch / "late.jpg").write_bytes(photo_bytes(tmp_path, 70))
    daemon.wait_for_photo("late.jpg")
    (daemon.watch / "late.mov").write_bytes(FILM)

    daemon.wait_for_photo("early.jpg")
    daemon.wait_for_photo("late.mov")
    daemon.stop()

    placed = {path.name for path in (daemon.library / "All").rglob("*") if path.is_file()}
    assert {"early.jpg", "early.mov", "late.jpg", "late.mov"} == placed


def test_a_watch_folder_that_goes_and_comes_back_is_watched_again(
    daemon: Daemon, tmp_path: Path
) -> None:
    """Gone is said, nothing is concluded from it, and after it is back photos are filed."""
    daemon.start()
    shutil.rmtree(daemon.watch)
    daemon.wait_for(lambda event: event["event"] == "watch_lost")
    daemon.watch.mkdir()
    (daemon.watch / "back.jpg").write_bytes(photo_bytes(tmp_path, 80))

    event = daemon.wait_for_photo("back.jpg")
    daemon.stop()

    assert "photo_filed" == event["event"]


def test_a_bad_configuration_never_stops_a_running_one(daemon: Daemon, tmp_path: Path) -> None:
    """On SIGHUP a broken file is reported with its line, the old rules stay; a good one counts."""
    daemon.start()
    good = daemon.config.read_text()
    daemon.config.write_text(good.replace("to: WhatsApp/", "too: WhatsApp/"))
    daemon.process.send_signal(signal.SIGHUP)
    typo = f"{daemon.config}:8:5"
    rejected = daemon.wait_for(lambda event: event.get("place") == typo)
    (daemon.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 90))
    old = daemon.wait_for_photo("WA-1.jpg")
    daemon.config.write_text(good.replace("to: WhatsApp/", "to: Chats/"))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(lambda event: event["event"] == "config_reloaded")
    (daemon.watch / "WA-2.jpg").write_bytes(photo_bytes(tmp_path, 100))

    new = daemon.wait_for_photo("WA-2.jpg")
    daemon.stop()

    assert ("config_rejected", True) == (rejected["event"], "too" in rejected["error"])
    assert old["destination"].endswith("/WhatsApp/WA-1.jpg")
    assert new["destination"].endswith("/Chats/WA-2.jpg")


def test_the_service_manager_is_told(daemon: Daemon, tmp_path: Path) -> None:
    """READY when the watch stands, STATUS and WATCHDOG while it turns, STOPPING at the end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)

        daemon.start(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="2000000")
        heard = [manager.recv(4096)]
        while {b"WATCHDOG=1", b"READY=1"} - set(heard):
            heard.append(manager.recv(4096))
        daemon.stop()
        while heard[-1] != b"STOPPING=1":
            heard.append(manager.recv(4096))

    assert any(word.startswith(b"STATUS=") for word in heard)


def test_a_classifier_that_is_killed_is_started_again(real_daemon: Daemon, tmp_path: Path) -> None:
    """Killing the child between two photos costs a line in the log and no photo."""
    real_daemon.start()
    (real_daemon.watch / "one.jpg").write_bytes(photo_bytes(tmp_path, 110))
    real_daemon.wait_for_photo("one.jpg")
    started = real_daemon.wait_for(lambda event: event["event"] == "classifier_started")
    os.kill(started["pid"], signal.SIGKILL)
    real_daemon.wait_for(lambda event: event["event"] == "classifier_stopped")
    (real_daemon.watch / "two.jpg").write_bytes(photo_bytes(tmp_path, 120))

    event = real_daemon.wait_for_photo("two.jpg")
    real_daemon.stop()

    assert "photo_filed" == event["event"]


@pytest.mark.faults
def test_a_killed_daemon_files_everything_once(daemon: Daemon, tmp_path: Path) -> None:
    """SIGKILL while photos stream in, a new start: every photo lies in the library once."""
    daemon.start()
    names = [f"{number}.jpg" for number in range(12)]
    for number, name in enumerate(names):
        (daemon.watch / name).write_bytes(photo_bytes(tmp_path, number * 20))
    daemon.wait_for(lambda event: event["event"] == "photo_filed")
    daemon.kill()
    daemon.start()

    # A last photo is filed after all others, so its line says that they are done.
    (daemon.watch / "last.jpg").write_bytes(photo_bytes(tmp_path, 250))
    daemon.wait_for_photo("last.jpg")
    daemon.stop()

    placed = sorted(path.name for path in (daemon.library / "All").rglob("*") if path.is_file())
    assert sorted([*names, "last.jpg"]) == placed


@pytest.mark.faults
def test_a_stop_among_many_photos_ends_in_order(daemon: Daemon, tmp_path: Path) -> None:
    """What was begun together is ended and told together; the rest is filed after a new start."""
    daemon.start()
    names = {f"{number:03}.jpg" for number in range(300)}
    whole = photo_bytes(tmp_path, 20)
    folder = daemon.watch.with_name("elsewhere")
    folder.mkdir()
    for name in names:
        # Each has bytes of its own behind the end marker.
        (folder / name).write_bytes(whole + name.encode())
    folder.rename(daemon.watch / "folder")
    daemon.wait_for(lambda event: event["event"] == "photo_filed")
    daemon.stop()

    filed = [event["photo"] for event in daemon.events if event["event"] == "photo_filed"]
    state = daemon.watch.with_name("state") / "gallery-daemon"
    with closing(Journal(state / "journal.sqlite3", read_only=True)) as journal:
        rows = [row.path for row in journal.newest_first() if row.state is State.FILED]
        assert [] == journal.open_intents()
    assert rows[::-1] == filed
    assert len(filed) < len(names)

    daemon.start()
    (daemon.watch / "last.jpg").write_bytes(photo_bytes(tmp_path, 250))
    daemon.wait_for_photo("last.jpg")
    daemon.wait_for(lambda _: _count(daemon) == len(names) + 1)
    daemon.stop()

    placed = Counter(path.name for path in (daemon.library / "All").rglob("*") if path.is_file())
    assert dict.fromkeys({*names, "last.jpg"}, 1) == placed


def _count(daemon: Daemon) -> int:
    return sum(event["event"] == "photo_filed" for event in daemon.events)
