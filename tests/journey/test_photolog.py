"""What is remembered of a file between its beginning and its line."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from gallery_daemon.clock import SystemClock
from gallery_daemon.decision import Action, Decision, Outcome
from gallery_daemon.filing.execute import Filing
from gallery_daemon.journal.record import State
from gallery_daemon.journey.judge import Examined
from gallery_daemon.journey.photolog import PassCounts, PhotoLog
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log
from gallery_daemon.photo import Candidate, Facts, Identity, Photo

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def file(relative: str) -> Photo:
    """A settled file."""
    return Photo(Candidate("phone", "/in", relative), Identity(1, 2, 3, 4), NOW)


def test_nothing_is_remembered_of_what_is_filed() -> None:
    """Neither of the photo nor of the sidecars that came along and have no line of their own."""
    log = make_log(LogFormat.JSON, LogLevel.INFO, io.StringIO())
    photo_log = PhotoLog(log, PassCounts(), "/library", SystemClock())
    for name in ("trip/a.jpg", "trip/a.xmp", "a.jpg", "a.mov"):
        photo_log.settled(file(name))

    for name, sidecar in (("trip/a.jpg", "a.xmp"), ("a.jpg", "a.mov")):
        filing = Filing(State.FILED, Action.COPY, f"/library/{name}", sidecars=(sidecar,))
        photo_log.filed(
            Examined(file(name), Facts.unread(NOW)), Decision(Outcome.RULE, "all", None, ()), filing
        )

    assert {} == photo_log._times
