"""Rows of the journal in a terminal of 80 columns, and in a pipe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gallery_daemon.cli import fitting
from gallery_daemon.cli.blocks import blocks
from gallery_daemon.cli.fitting import path_line, sentence, way
from gallery_daemon.journal.record import Row, State
from gallery_daemon.photo import Identity
from tests.filing.conftest import NOW

HOME = "/media/anna/Backup of 2024"
ROW = Row(
    id=412,
    parent=None,
    decided_at=NOW.isoformat(),
    source="phone",
    root=f"{HOME}/Sync/Camera",
    relative="2024/05/IMG_20240501_101500.HEIC",
    identity=Identity(1, 2, 3, 4),
    library=f"{HOME}/Pictures/Sorted",
    state=State.FILED,
    outcome="rule",
    rule="whatsapp by name",
    top_class="whatsapp_screenshots",
    confidence=0.971,
    model=None,
    action="hardlink",
    folder=("Screenshots", "2024", "05"),
    name="IMG_20240501_101500.HEIC",
    token=None,
    reason=None,
)
OF_UNDO = replace(ROW, root=ROW.library, library=ROW.root)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """80 columns."""
    monkeypatch.setattr(fitting, "columns_of", lambda _stream: 80)


def test_in_a_pipe_a_path_is_whole() -> None:
    """So that it can be copied, and searched for."""
    (_, photo, place) = blocks([ROW], {})

    assert "      2024/05/IMG_20240501_101500.HEIC" == photo
    assert f"      -> {ROW.destination}" == place


@pytest.mark.parametrize(
    ("row", "before", "expected"),
    [
        (replace(ROW, undoes=5), replace(ROW, state=State.REFILED), "filed (refiled from 5)"),
        (replace(ROW, undoes=5, state=State.FAILED), ROW, "failed (refiling of 5)"),
        (replace(OF_UNDO, undoes=5, state=State.UNDO), ROW, "undo (undid 5)"),
        (replace(ROW, undoes=5), replace(OF_UNDO, state=State.UNDONE), "filed (undid 5)"),
    ],
)
def test_a_row_says_which_one_it_reverted_or_refiled(row: Row, before: Row, expected: str) -> None:
    """A refiling undid nothing; an undo did, and so did the undo of an undo."""
    first, *_ = blocks([row], {5: before})

    assert f"  {expected}, whatsapp_screenshots" in first


@pytest.mark.usefixtures("terminal")
def test_in_a_terminal_no_line_is_broken() -> None:
    """The path loses its middle, and a rule's long name goes on in the next line."""
    first, *more, photo, place = "\n".join(blocks([ROW], {})).split("\n")

    assert all(len(line) <= 80 for line in (first, *more, photo, place))
    assert " 412  2026-03-04 12:00:00  filed, whatsapp_screenshots 0.97, rule whatsapp by" == first
    assert ["      name"] == more
    assert place.startswith("      -> /media/…/")
    assert place.endswith("/Screenshots/2024/05/IMG_20240501_101500.HEIC")


@pytest.mark.usefixtures("terminal")
def test_a_sentence_goes_on_in_the_next_line() -> None:
    """Below its beginning."""
    words = "no permission to take the photo out of its folder: see who owns the folder " * 2

    lines = sentence(words, 6).split("\n")

    assert all(line.startswith(" " * 6) and len(line) <= 80 for line in lines)
    assert words.split() == " ".join(lines).split()


@pytest.mark.usefixtures("terminal")
def test_a_way_keeps_both_names() -> None:
    """From where to where, in what is left of the line."""
    photo = "Camera/2024/05/IMG_20240501_101500.HEIC"
    found = way(photo, "Screenshots/2024/05/IMG_20240501_101500.HEIC", 40)
    renamed = way(photo, "Screenshots/2024/05/IMG_20240501_101500 (2).HEIC", 20)
    # Of a line that is nearly full a path gets more than is left, but no more than it must.
    short = way("train.jpg", "other/2021/train.jpg", 54)
    line = path_line(f"{HOME}/Sync/Camera/2024", 2, before="phone: ", after=" (watched)")

    assert len(found) == 40
    assert "-> " in found
    assert "…/IMG_20240501_101500.HEIC -> …/2024/05/" == found
    assert "…/IMG_20240501_101500.HEIC -> …/IMG_20240501_101500 (2).HEIC" == renamed
    assert "train.jpg -> other/2021/" == short
    assert len(line) <= 80
    assert line.endswith("/2024 (watched)")
