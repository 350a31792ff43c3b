"""The journal as the doctor reads it."""

from __future__ import annotations

import contextlib
import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.decision import Action
from gallery_daemon.doctor.library import JournalState, judge_journal, look_at_journal
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from tests.doctor.lines import said, statuses
from tests.filing.conftest import NOW, World, make_files

if TYPE_CHECKING:
    from pathlib import Path

WELL = JournalState("/j", is_there=True, size_bytes=12_000_000)


@pytest.mark.parametrize(
    ("seen", "is_running", "expected"),
    [
        (JournalState("/j"), False, ["ok"]),
        (WELL, False, ["ok"]),
        (replace(WELL, problem="it cannot be used"), False, ["fail"]),
        (replace(WELL, flaw="row 3 missing from index"), False, ["fail"]),
        (replace(WELL, begun=1), False, ["ok", "warn"]),
        (replace(WELL, begun=1), True, ["ok"]),
        (replace(WELL, failed=2, quarantined=1), True, ["ok", "warn", "warn"]),
    ],
)
def test_what_waits_for_a_person_is_a_warning(
    seen: JournalState, is_running: bool, expected: list[str]
) -> None:
    """Damage fails; what was cut short counts only while no daemon runs."""
    assert expected == statuses(judge_journal(seen, is_running=is_running))


def test_a_journal_is_read_through(world: World) -> None:
    """Whole; a filing that is open, a photo that failed and is still there, the library in use."""
    make_files(world.watch, {"a.jpg": b"a", "b.jpg": b"b", "c.jpg": b"c", "gone.jpg": b"d"})
    world.execute(world.plan("a.jpg", Action.COPY))
    library = str(world.library)
    intent = Intent("copy", ("Memes",), "b.jpg", "t0")
    world.journal.record(
        JournalEntry(world.photo("b.jpg"), State.INTENT, intent=intent), library, NOW
    )
    for name in ("c.jpg", "gone.jpg"):
        world.journal.record(JournalEntry(world.photo(name), State.FAILED, "why"), library, NOW)
    (world.watch / "gone.jpg").unlink()

    seen = look_at_journal(world.journal_path, library)

    assert (None, None, 1, 1, 0) == (
        seen.problem,
        seen.flaw,
        seen.begun,
        seen.failed,
        seen.quarantined,
    )
    assert seen.has_used_library
    assert seen.size_bytes > 0


def test_a_damaged_journal_fails_and_stays(tmp_path: Path) -> None:
    """What is no database is named with what to do, and nothing is written."""
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"no database at all, and long enough to look like one" * 100)
    before = path.read_bytes()

    findings = list(judge_journal(look_at_journal(path, None), is_running=False))

    assert ["fail"] == statuses(findings)
    assert "is damaged" in said(findings)
    assert before == path.read_bytes()


def test_a_damaged_page_is_found(world: World) -> None:
    """A journal that opens, with a page overwritten in its middle."""
    make_files(world.watch, {f"{number}.jpg": b"x" for number in range(200)})
    entries = [
        JournalEntry(world.photo(f"{number}.jpg"), State.LEFT, "why") for number in range(200)
    ]
    path = world.home / "damaged.sqlite3"
    with contextlib.closing(Journal(path)) as journal:
        journal.record_all(entries, str(world.library), NOW)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)

    seen = look_at_journal(path, None)

    assert ["fail"] == statuses(judge_journal(seen, is_running=False))


@pytest.mark.parametrize("is_there", [True, False])
def test_a_journal_on_a_read_only_disk_fails(tmp_path: Path, is_there: bool) -> None:
    """As the daemon does at once, whether it has one already or would make it."""
    words = ["mount", "-t", "tmpfs", "none", f"{tmp_path}"]
    if os.geteuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("no permission to mount")
    try:
        if is_there:
            Journal(tmp_path / "state/journal.sqlite3").close()
        subprocess.run(["mount", "-o", "remount,ro", f"{tmp_path}"], check=True)
        findings = list(
            judge_journal(
                look_at_journal(tmp_path / "state/journal.sqlite3", None), is_running=True
            )
        )
        with pytest.raises(GalleryError):
            Journal(tmp_path / "state/journal.sqlite3").close()
    finally:
        subprocess.run(["umount", "--lazy", f"{tmp_path}"], check=True)

    assert ["fail"] == statuses(findings)
    assert "cannot be written: its disk is read-only -> the daemon stops" in said(findings)


@pytest.mark.parametrize("name", ["", "-wal", "-shm", "-owners"])
def test_a_journal_that_may_not_be_written_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It, its folder, or one of the files that are made beside it."""
    path = tmp_path / "journal.sqlite3"
    Journal(path).close()
    refused = tmp_path / f"{path.name}{name}"
    refused.touch()
    monkeypatch.setattr(os, "access", lambda asked, _mode: asked != refused)

    seen = look_at_journal(path, None)

    assert f"no permission to write {refused}" in (seen.problem or "")
