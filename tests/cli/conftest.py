"""The command line in processes of its own, each forked from one that has imported it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.cli.forked import CommandServer
from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]

_EXPLAINED = """\
version: 1
watch: {{name: phone, path: {inbox}, settle: 300ms}}
library: {library}
defaults: {{action: copy}}
rules:
  - name: wa
    when: {{name: "WA-*"}}
    to: WhatsApp/
  - name: cars
    when: {{class: cars}}
    to: Cars/{{date:%Y}}/
  - name: all
    to: All/
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandServer]:
    """Forks a process for each command."""
    server = CommandServer(tmp_path_factory.mktemp("commands"))
    yield server
    server.close()


@pytest.fixture
def run(server: CommandServer, tmp_path: Path) -> Run:
    """Runs `gallery-daemon` with a home of its own."""
    return _run_of(server, "gallery_daemon", tmp_path / "home")


@pytest.fixture
def quick_run(server: CommandServer, tmp_path: Path) -> Run:
    """The same, with a classifier process that answers at once and calls everything a car."""
    return _run_of(server, "tests.faults.quick_daemon", tmp_path / "home")


def _run_of(server: CommandServer, module: str, home: Path) -> Run:
    environ = os.environ | {"HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"}
    # No service manager of the person who runs the tests.
    environ["XDG_RUNTIME_DIR"] = str(home.with_name("runtime"))
    # Each start of the stand-in for the classifier process is a line of this file.
    environ["FAKE_STARTS"] = str(home.with_name("starts"))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        environ.pop(name, None)

    def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return server.run(module, [*map(str, words)], environ)

    return command


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    """Three photos, one that is kept, a file that is none, one that is broken."""
    watch = tmp_path / "watch"
    (watch / "deep").mkdir(parents=True)
    for number, name in enumerate(("IMG_1.jpg", "deep/IMG_1.jpg", "IMG_2.jpg", "keep.jpg")):
        (watch / name).write_bytes(photo_bytes(tmp_path, number))
    (watch / "notes.txt").write_text("hello")
    (watch / "broken.png").write_bytes(b"no picture")
    return watch


@pytest.fixture
def explained(tmp_path: Path) -> Path:
    """A configuration on `inbox` and `library`, with a rule that asks and one that does not."""
    path = tmp_path / "c.yaml"
    path.write_text(_EXPLAINED.format(inbox=tmp_path / "inbox", library=tmp_path / "library"))
    return path
