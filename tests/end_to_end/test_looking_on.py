"""Looking on while a real daemon files: status, doctor, logs, figures, a summary's settings."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.end_to_end.conftest import Daemon, photo_bytes

if TYPE_CHECKING:
    from pathlib import Path


def asked(daemon: Daemon, *words: str) -> str:
    """What a command says in the daemon's home."""
    done = subprocess.run(
        [sys.executable, "-m", "gallery_daemon", *words],
        capture_output=True,
        text=True,
        env=daemon.environ | {"NO_COLOR": "1", "COLUMNS": "200"},
        timeout=50,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout


def own(daemon: Daemon) -> dict[str, Any]:
    """The daemon's own words in `status --json`; other daemons may run on this machine."""
    told = json.loads(asked(daemon, "status", "--json"))
    (found,) = (each for each in told["daemons"] if each["pid"] == daemon.process.pid)
    return dict(found) | {"last": told["last"]}


def test_a_daemon_at_work_can_be_looked_at(daemon: Daemon, tmp_path: Path) -> None:
    """By `status`, `doctor`, `logs` and over its socket, with one photo filed."""
    place = tmp_path / "metrics.sock"
    daemon.config.write_text(f"{daemon.config.read_text()}metrics: {{listen: 'unix:{place}'}}\n")
    daemon.start()
    idle = own(daemon)["classifier"]["state"]
    (daemon.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 10))
    daemon.wait_for_photo("WA-1.jpg")

    status = own(daemon)
    table, doctor = asked(daemon, "status"), asked(daemon, "doctor", "--config", str(daemon.config))
    logs = asked(daemon, "logs", "--rule", "by name")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.connect(str(place))
        asking.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        figures = asking.makefile("rb").read().decode()
    daemon.stop()

    assert ("idle", "running") == (idle, status["classifier"]["state"])
    assert str(daemon.config) == status["config"]
    assert {"settling": 0, "waiting": 0, "classifying": 0} == status["backlog"]
    assert (1, {"1", "5", "15"}) == (status["since_start"]["filed"], set(status["per_minute"]))
    assert ["WA-1.jpg"] == [row["photo"].rpartition("/")[2] for row in status["last"]]
    assert f"configuration: {daemon.config} ({status['digest']})" in table
    assert "runs and answers, on its own" in doctor
    assert "another configuration" not in doctor
    assert "WA-1.jpg -> WhatsApp/WA-1.jpg" in logs
    assert "gallery_daemon_watched" in figures
    assert not place.exists()


def test_figures_that_cannot_be_fetched_stop_no_photo(daemon: Daemon, tmp_path: Path) -> None:
    """A folder that is not there for the socket: one warning, and photos are filed."""
    line = f"metrics: {{listen: 'unix:{tmp_path}/nowhere/m.sock'}}\n"
    daemon.config.write_text(daemon.config.read_text() + line)
    daemon.start()
    (daemon.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 10))

    event = daemon.wait_for_photo("WA-1.jpg")
    failed = daemon.wait_for(lambda event: event["event"] == "metrics_failed")
    daemon.stop()

    assert "photo_filed" == event["event"]
    assert ("warning", "No such file or directory") == (failed["level"], failed["reason"])
