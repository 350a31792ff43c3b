"""What a session does besides photos, by its configuration."""

from __future__ import annotations

import io
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.clock import SystemClock
from gallery_daemon.config.load import check_text
from gallery_daemon.daemon.daemon import Session
from gallery_daemon.daemon.instance import InstanceLock
from gallery_daemon.daemon.metrics import ExporterFactory, Metrics
from gallery_daemon.daemon.reload import Signals, noop
from gallery_daemon.daemon.summary import Summary, Today
from gallery_daemon.daemon.systemd import Notifier
from gallery_daemon.logs.setup import LogFormat, LogLevel, make_log
from tests.config.texts import RULES, default_classes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {Summary}),
        ("summary: off\n", set()),
        ("metrics: {listen: 'unix:HOME/m.sock'}\n", {Summary, Metrics}),
    ],
)
def test_a_day_is_summed_up_and_figures_are_kept_as_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, expected: set[type]
) -> None:
    """The summary unless switched off, figures only where they are asked for."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "watch").mkdir()
    head = f"version: 1\nwatch: {tmp_path}/watch\nlibrary: {tmp_path}/library\n"
    text = head + RULES + more.replace("HOME", str(tmp_path))
    config = check_text(text, str(tmp_path / "c.yaml"), default_classes)
    log = make_log(LogFormat.JSON, LogLevel.INFO, io.StringIO())
    clock, lock = SystemClock(), InstanceLock(noop)
    today = Today(clock.wall().date())

    session = Session(
        config,
        Signals(),
        lock,
        today,
        exporters=ExporterFactory(log),
        log=log,
        clock=clock,
        notifier=Notifier(None),
    )
    with closing(session):
        tasks = {type(task) for task in session._tasks()}

    assert expected == tasks & {Summary, Metrics}
