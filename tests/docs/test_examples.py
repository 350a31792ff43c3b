"""The commands that the documents show: each can be typed, and those of the tour are run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from gallery_daemon.cli.app import make_app
from tests.docs.pages import DOCUMENTS, README
from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from pathlib import Path


def shown_in(text: str) -> list[str]:
    """The commands in the shell blocks of a document."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    lines = (line.strip() for block in blocks for line in block.replace("\\\n", "").splitlines())
    return [line for line in lines if line.startswith("gallery-daemon ")]


TOUR = README.read_text("utf-8").partition("## A five-minute tour")[2].partition("\n## ")[0]
SHOWN = sorted({line for path in DOCUMENTS for line in shown_in(path.read_text("utf-8"))})


@pytest.fixture(scope="module")
def parser() -> Any:
    """The parser of all commands."""
    return typer.main.get_command(make_app())


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_can_be_typed(parser: Any, line: str) -> None:
    """Its options are known, its arguments complete, its values of the right kind."""
    command = parser
    words = shlex.split(line.partition(" > ")[0])
    while hasattr(command, "commands"):
        words = words[1:]
        command = command.commands[words[0]]

    command.make_context(words[0], words[1:])


@pytest.mark.timeout(180)
def test_the_tour_runs_as_it_is_written(tmp_path: Path) -> None:
    """From a folder of photos to an undo, with a home of its own; `run` alone does not end."""
    for folder in ("Pictures/Phone", "Sync/Camera"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "IMG_2041.HEIC").write_bytes(photo_bytes(tmp_path, 1))
    commands = [line for line in shown_in(TOUR) if line != "gallery-daemon run"]
    # Without --dry-run, as its second step says.
    commands.insert(1, commands[0].removesuffix(" --dry-run"))

    told = [_type(command, tmp_path) for command in commands]

    assert "1 would be filed" in told[0]
    assert "1 filed" in told[1]
    assert "#1 back at" in told[-1]
    assert not list((tmp_path / "Pictures/Sorted").rglob("*.HEIC"))


def _type(line: str, home: Path) -> str:
    """What the command prints, with the stand-in for the classifier; it must end well."""
    environ = os.environ | {"HOME": str(home), "COLUMNS": "200"}
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        environ.pop(name, None)
    program = f"{shlex.quote(sys.executable)} -m tests.faults.quick_daemon "
    done = subprocess.run(
        ["sh", "-c", program + line.removeprefix("gallery-daemon ")],
        capture_output=True,
        text=True,
        env=environ,
        check=False,
    )
    assert 0 == done.returncode, (line, done.stdout, done.stderr)
    return done.stdout
