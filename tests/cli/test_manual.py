"""`manual`: the topics, a page, in a pipe and on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.manual.pages import TOPICS, read_page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

COLUMNS = 80


def test_the_topics_are_listed_with_what_they_are_about(run: Run) -> None:
    """One line for each, in the order in which a newcomer needs them."""
    *lines, _, how = run("manual").stdout.splitlines()

    assert list(TOPICS) == [line.split()[0] for line in lines]
    assert all(read_page(topic).says in line for topic, line in zip(TOPICS, lines, strict=True))
    assert "gallery-daemon manual TOPIC" in how


def test_in_a_pipe_a_page_is_markdown(run: Run) -> None:
    """The text as it is written, without the marks of generated parts."""
    done = run("manual", "rules")

    assert done.stdout.startswith("# Rules\n")
    assert "| condition | holds if |" in done.stdout
    assert "<!--" not in done.stdout


def test_an_unknown_topic_is_a_mistake_with_a_hint(run: Run) -> None:
    """Status 2, and the topic that is meant, or all of them."""
    near, far = run("manual", "rule"), run("manual", "xyz")

    assert (2, 2) == (near.returncode, far.returncode)
    assert "did you mean rules?" in near.stderr
    assert "the topics are commands, rules" in far.stderr


@pytest.mark.parametrize("no_color", ["", "1"])
def test_on_a_terminal_a_page_fits_its_width(no_color: str, tmp_path: Path) -> None:
    """It is laid out for 80 columns, goes through the pager, and obeys NO_COLOR."""
    shown = _on_a_terminal(tmp_path, no_color, "manual", "operating")

    lines = shown.replace("\r", "").splitlines()
    assert "Operating" in shown
    assert "\x1b[1m" in shown
    assert bool(no_color) == ("\x1b[36m" not in shown and "\x1b[1;36m" not in shown)
    assert [line for line in map(_bare, lines) if len(line.rstrip()) > COLUMNS] == []


def _on_a_terminal(home: Path, no_color: str, *words: str) -> str:
    """What the program writes to a terminal of 80 columns, with `cat` for a pager."""
    ours, theirs = pty.openpty()
    environ = os.environ | {
        "HOME": str(home),
        "COLUMNS": str(COLUMNS),
        "TERM": "xterm-256color",
        "PAGER": "cat",
        "NO_COLOR": no_color,
    }
    command = [sys.executable, "-m", "gallery_daemon", *words]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, env=environ):
        os.close(theirs)
        found = b""
        try:
            while piece := os.read(ours, 65536):
                found += piece
        except OSError:  # a terminal that everyone has left
            os.close(ours)
    return found.decode()


def _bare(line: str) -> str:
    """Without what sets colours."""
    pieces = line.split("\x1b[")
    return pieces[0] + "".join(piece.partition("m")[2] for piece in pieces[1:])
