"""A watch folder that is unmounted while the daemon runs: said, and nothing of the bare folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import photo_bytes
from tests.faults.conftest import is_filed, mounted, status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import QuickDaemon


@pytest.mark.parametrize("mode", ["auto", "poll"])
def test_nothing_is_filed_from_a_bare_mount_point(
    daemon: QuickDaemon, tmp_path: Path, mode: str
) -> None:
    """Polling lists the bare folder before the watch is known to be lost; `settle` is short."""
    text = daemon.config.read_text()
    daemon.config.write_text(text.replace("settle:", f"mode: {mode}, poll_every: 1s, settle:"))
    watch = daemon.watch
    with mounted("tmpfs", "card", watch, "size=4m"):
        (watch / "a.jpg").write_bytes(photo_bytes(tmp_path, 1))
        daemon.start()
        daemon.wait_for(is_filed("a.jpg"))
    (watch / "bare.jpg").write_bytes(photo_bytes(tmp_path, 2))

    lost = daemon.wait_for(lambda event: event["event"] == "watch_lost")
    told = status(daemon)["watch"]
    with mounted("tmpfs", "card", watch, "size=4m"):
        (watch / "b.jpg").write_bytes(photo_bytes(tmp_path, 3))
        daemon.wait_for(is_filed("b.jpg"))
        daemon.stop()

    assert f"no file system is mounted at {watch} any more" == lost["reason"]
    assert [False] == [each["watched"] for each in told]
    assert {"a.jpg", "b.jpg"} == {path.name for path in daemon.library.rglob("*.jpg")}
    assert {"bare.jpg"} == set(os.listdir(watch))  # noqa: PTH208 - names are all that is needed
