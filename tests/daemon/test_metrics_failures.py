"""Figures that cannot be fetched, and how often that is said."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from gallery_daemon.config.kinds.local import Listen
from gallery_daemon.daemon.metrics import ExporterFactory
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log

if TYPE_CHECKING:
    from pathlib import Path


def told_of(*listens: Listen | None) -> list[tuple[str, str]]:
    """Addresses and reasons in the log, where one configuration after the other listens so."""
    stream = io.StringIO()
    exporters = ExporterFactory(make_log(LogFormat.JSON, LogLevel.INFO, stream))
    for listen in listens:
        exporter = exporters.exporter(listen)
        if exporter is not None:
            exporter.close()
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {"metrics_failed"} >= {event["event"] for event in events}
    return [(event["address"].rpartition("/")[2], event["reason"]) for event in events]


def test_a_failure_is_said_once_until_it_is_another(tmp_path: Path) -> None:
    """A reload for other reasons repeats nothing; another address or another reason is news."""
    (tmp_path / "file").write_text("")
    missing, other = (Listen(path=f"{tmp_path}/no/{name}") for name in ("a.sock", "b.sock"))
    elsewhere = Listen(path=f"{tmp_path}/file/b.sock")

    told = told_of(missing, missing, other, other, elsewhere, elsewhere)

    gone = "No such file or directory"
    assert [("a.sock", gone), ("b.sock", gone), ("b.sock", "Not a directory")] == told


def test_a_failure_after_a_success_is_said_again(tmp_path: Path) -> None:
    """So it is where nobody wanted the exporters meanwhile."""
    missing, good = Listen(path=f"{tmp_path}/no/a.sock"), Listen(path=f"{tmp_path}/good.sock")

    assert 2 == len(told_of(missing, good, missing))
    assert 2 == len(told_of(missing, None, missing))
