"""A person drags a filed photo while the daemon runs, and the log says what it takes from it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.daemon.configuration import classes_of
from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Daemon, Event

BY_CLASS = '  - {name: by class, to: "{class}/"}\n'


def shell(command: str, *paths: Path) -> None:
    """Another process does it."""
    subprocess.run(["sh", "-c", command, "sh", *map(str, paths)], check=True)


def lesson(daemon: Daemon, name: str, after: int) -> Event:
    """The next line of that name."""
    return daemon.wait_for(lambda event: event["event"] == name, after)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_real_drag_is_a_lesson(daemon: Daemon, tmp_path: Path) -> None:
    """By `mv` and back, then as a file manager copies and deletes; half a minute after each."""
    text = daemon.config.read_text()
    daemon.config.write_text(text[: text.index("  - name: everything")] + BY_CLASS)
    daemon.start()
    (daemon.watch / "IMG_1.jpg").write_bytes(photo_bytes(tmp_path, 10))
    filed = daemon.library / str(daemon.wait_for_photo("IMG_1.jpg")["destination"])
    before = filed.parent.name
    wanted = next(name for name in classes_of(ModelChoice()) if name != before)
    dragged = daemon.library / wanted / "IMG_1.jpg"
    dragged.parent.mkdir(exist_ok=True)

    shell('mv "$1" "$2"', filed, dragged)
    given = lesson(daemon, "lesson_given", 0)
    shell('mv "$1" "$2"', dragged, filed)
    withdrawn = lesson(daemon, "lesson_withdrawn", 0)
    shell('cp "$1" "$2" && rm "$1"', filed, dragged)
    copied = lesson(daemon, "lesson_given", daemon.events.index(withdrawn))
    daemon.stop()

    assert (str(dragged), wanted, before, "correction") == (
        given["photo"], given["class"], given["before"], given["kind"],
    )  # fmt: skip
    assert (str(dragged), wanted) == (withdrawn["photo"], withdrawn["class"])
    assert (str(dragged), wanted) == (copied["photo"], copied["class"])
    assert [dragged] == [path for path in daemon.library.rglob("*") if path.is_file()]
