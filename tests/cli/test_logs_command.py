"""`logs` in a process of its own: what was, and what comes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from gallery_daemon.cli import fitting, logs
from gallery_daemon.journal.record import State
from tests.cli.test_blocks import ROW
from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Run

# It ends at once; on a machine that others keep busy that may take a while.
_PATIENCE_S = 50


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    """Two photos and a file that is none."""
    watch = tmp_path / "watch"
    watch.mkdir()
    for number in range(2):
        (watch / f"IMG_{number}.jpg").write_bytes(photo_bytes(tmp_path, number))
    (watch / "notes.txt").write_text("hello")
    return watch


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`logs -f` on the journal of the home that `quick_run` has."""
    environ = os.environ | {"HOME": str(tmp_path / "home"), "NO_COLOR": "1"}
    environ.pop("XDG_STATE_HOME", None)
    with subprocess.Popen(
        [sys.executable, "-m", "gallery_daemon", "logs", "-f", "--class", "cars"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    ) as process:
        yield process
        process.kill()


def test_the_latest_photos_have_a_line_each(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """Time, class, rule, name and place, the newest last; filters and `--json` as in `history`."""
    empty = quick_run("logs")
    quick_run("sort", watch, "--library", tmp_path / "library")

    plain, cars = quick_run("logs"), quick_run("logs", "--class", "cars", "--json")
    none, one = quick_run("logs", "--max-confidence", "0.1"), quick_run("logs", "-n", "1")

    assert (0, "") == (empty.returncode, empty.stdout)
    assert 3 == len(plain.stdout.splitlines())
    assert any("IMG_0.jpg -> cars/IMG_0.jpg" in line for line in plain.stdout.splitlines())
    assert any("notes.txt  left: " in line for line in plain.stdout.splitlines())
    assert {"filed"} == {json.loads(line)["state"] for line in cars.stdout.splitlines()}
    assert plain.stdout.splitlines()[-1:] == one.stdout.splitlines()
    assert "" == none.stdout
    assert 2 == quick_run("logs", "--min-confidence", "1.5").returncode


def test_what_comes_is_followed_until_ctrl_c(
    follower: subprocess.Popen[str], quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """From before the journal is there; Ctrl-C is quiet."""
    quick_run("sort", watch, "--library", tmp_path / "library")

    assert follower.stdout is not None
    assert follower.stderr is not None
    lines = [follower.stdout.readline() for _ in range(2)]
    follower.send_signal(signal.SIGINT)

    assert all("-> cars/IMG_" in line for line in lines)
    assert 130 == follower.wait(_PATIENCE_S)
    assert ("", "") == (follower.stdout.read(), follower.stderr.read())


def test_a_reader_that_has_gone_ends_it_quietly(
    follower: subprocess.Popen[str], quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """`logs -f | head -1` ends although nothing more comes, and without a traceback."""
    quick_run("sort", watch, "--library", tmp_path / "library")
    assert follower.stdout is not None
    assert follower.stderr is not None
    follower.stdout.readline()

    follower.stdout.close()

    assert 0 == follower.wait(_PATIENCE_S)
    assert "" == follower.stderr.read()


def test_a_long_reason_goes_on_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal nor ends within a word; in a pipe it is one line."""
    reason = "its XMP is not read: a document type, or more than 100 elements in one another"
    line = logs._line(replace(ROW, state=State.LEFT, reason=reason))
    console = Console()

    whole = [each.plain for each in logs._folded(line, console)]
    monkeypatch.setattr(logs, "columns_of", lambda _stream: 60)
    folded = [each.plain for each in logs._folded(line, console)]

    assert [line.plain] == whole
    assert len(folded) > 1
    assert max(map(len, folded)) <= 60
    assert all(each.startswith("    ") for each in folded[1:])
    assert line.plain.split() == " ".join(folded).split()


def test_a_line_fits_a_terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a long class too: the rule goes, for the class and the place say as much."""
    monkeypatch.setattr(fitting, "columns_of", lambda _stream: 80)
    name = "IMG_20260605_155512_f8019.jpg"
    long = replace(ROW, rule="everything", relative=name, name=name, folder=(ROW.top_class or "",))
    short = replace(long, top_class="memes", folder=("Memes",))

    told, whole = (logs._line(row).plain for row in (long, short))

    assert len(told) <= 80
    assert "whatsapp_screenshots 0.97  IMG" in told
    assert "-> …" in told or "enshots/" in told
    assert len(whole) <= 80
    assert "memes 0.97  everything  " in whole
