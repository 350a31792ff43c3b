"""What was filed before goes where the present rules say: shown first, done when confirmed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.cli.refile import _print_refiled
from gallery_daemon.commands.dry_run import PlannedFile
from gallery_daemon.commands.refile import FiledSidecar, OrphanSidecar, Refile, Refiled
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.relocate import Relocated
from gallery_daemon.journal.record import Row, State
from gallery_daemon.photo import Candidate, Identity, Photo
from tests.cli.test_plan import config, lines
from tests.end_to_end.conftest import photo_bytes
from tests.faults.conftest import mounted
from tests.filing.conftest import NOW, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_refile_shows_first_and_does_it_when_told(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """Nothing without --yes; then every photo is at its new place, and `undo` brings it back."""
    old, new = config(tmp_path, "Old"), config(tmp_path, "New")
    quick_run("sort", watch, "--config", old)
    before = read_files(tmp_path / "library")

    dry = quick_run("refile", "--config", new)
    untouched = read_files(tmp_path / "library")
    done = lines(quick_run("refile", "--config", new, "--yes", "--json"))
    library = read_files(tmp_path / "library")
    again = quick_run("refile", "--config", new, "--yes")
    there = (tmp_path / "library/Old").exists()
    undone = quick_run("undo", "--last", "3")

    assert not there
    assert "Old/cars/ -> New/cars/  3" in dry.stdout
    assert "nothing was done; --yes does it" in dry.stdout
    assert before == untouched
    assert {"New/cars"} == {name.rpartition("/")[0] for name in library}
    assert set(library) == {
        each["destination"].removeprefix(f"{tmp_path}/library/") for each in done
    }
    assert "0 photos to be filed anew, 3 to stay where they are" in again.stdout
    assert 0 == undone.returncode, undone.stderr
    assert before == read_files(tmp_path / "library")


def test_refile_leaves_how_a_photo_came_and_says_so(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """Hard links stay what they are when the rules say `copy`."""
    old, new = config(tmp_path, "Same"), tmp_path / "new.yaml"
    new.write_text(old.read_text().replace("rules:\n", "defaults: {action: copy}\nrules:\n"))
    quick_run("sort", watch, "--config", old)

    said = quick_run("refile", "--config", new, "--yes").stdout
    same = quick_run("refile", "--config", old).stdout

    assert "3 photos were hardlinked and would be copied now: refile leaves that" in said
    assert "refile leaves that" not in same
    assert 2 == (watch / "IMG_2.jpg").stat().st_nlink


def test_refile_in_a_read_only_library_says_so(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """Nothing is moved, and what is to be done is not about `move`."""
    old, new, library = config(tmp_path, "Old"), config(tmp_path, "New"), tmp_path / "library"
    quick_run("sort", watch, "--config", old)
    (library / "New/cars").mkdir(parents=True)
    before = read_files(library)

    with mounted("none", os.fspath(library), library, "bind"):
        subprocess.run(["mount", "-o", "remount,bind,ro", library], check=True)
        done = quick_run("refile", "--config", new, "--yes")

    assert 1 == done.returncode
    assert f"{library}/New/cars is read-only" in done.stdout
    assert "another action than move" not in done.stdout
    assert "mount it writable; then say the command again" in done.stdout
    assert before == read_files(library)


def test_refile_in_a_full_library_says_what_to_do(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """It does not try again by itself: once there is room and it is said again, it is done."""
    old, new, library = config(tmp_path, "Old"), config(tmp_path, "New"), tmp_path / "library"
    library.mkdir()
    with mounted("tmpfs", "none", library, "nr_inodes=64"):
        quick_run("sort", watch, "--config", old)
        before = read_files(library)
        with contextlib.suppress(OSError):
            for number in range(64):
                (library / f"filler {number}").touch()
        full = quick_run("refile", "--config", new, "--yes")
        for filler in library.glob("filler *"):
            filler.unlink()
        after = read_files(library)
        mended = quick_run("refile", "--config", new, "--yes")

    assert (1, 0) == (full.returncode, mended.returncode)
    assert f"no space is left in {library}/New/cars (hint: make room; then" in full.stdout
    assert "tried again" not in full.stdout
    assert 3 == len(before)
    assert before == after


def test_refile_can_be_bounded(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """By class and by time."""
    old, new = config(tmp_path, "Old"), config(tmp_path, "New")
    quick_run("sort", watch, "--config", old)

    none = quick_run("refile", "--config", new, "--class", "memes", "--json")
    soon = quick_run("refile", "--config", new, "--since", "2099-01-01", "--json")
    all_of_them = lines(quick_run("refile", "--config", new, "--class", "cars", "--json"))

    assert ("", "") == (none.stdout, soon.stdout)
    assert 3 == len(all_of_them)
    assert {"was", "destination", "class", "rule"} <= set(all_of_them[0])


@pytest.mark.parametrize(
    "action",
    ["hardlink", *(pytest.param(each, marks=pytest.mark.long) for each in ("copy", "move"))],
)
def test_refile_of_two_photos_of_one_name(
    quick_run: Run, watch: Path, tmp_path: Path, action: str
) -> None:
    """A name that came twice, as a camera's do; the plan, the act and a second look agree."""
    old, new = config(tmp_path, "Old"), config(tmp_path, "New")
    sort = ("sort", watch, "--config", old, "--action", action)
    quick_run(*sort)
    (watch / "IMG_2.jpg").unlink(missing_ok=True)
    (watch / "IMG_2.jpg").write_bytes(photo_bytes(tmp_path, 9))
    quick_run(*sort)
    before = read_files(watch), read_files(tmp_path / "library")

    planned = lines(quick_run("refile", "--config", new, "--json"))
    done = lines(quick_run("refile", "--config", new, "--yes", "--json"))
    again = quick_run("refile", "--config", new, "--yes")
    library = read_files(tmp_path / "library")
    undone = quick_run("undo", "--last", "4")

    ways = [{each["was"]: each["destination"] for each in some} for some in (planned, done)]
    assert ways[0] == ways[1]
    assert {f"{tmp_path}/library/{name}" for name in library} == set(ways[0].values())
    assert sorted(before[1].values()) == sorted(library.values())
    assert "0 photos to be filed anew, 4 to stay" in again.stdout
    assert 0 == undone.returncode, undone.stdout
    assert before == (read_files(watch), read_files(tmp_path / "library"))


@pytest.mark.parametrize("action", ["hardlink", "copy"])
def test_refile_brings_nothing_back_to_the_phone(
    quick_run: Run, watch: Path, tmp_path: Path, action: str
) -> None:
    """One deleted there, one renamed: both are filed anew in the library, and only there."""
    old, new = config(tmp_path, "Old"), config(tmp_path, "New")
    quick_run("sort", watch, "--config", old, "--action", action)
    (watch / "IMG_1.jpg").unlink()
    (watch / "IMG_2.jpg").rename(watch / "renamed.jpg")
    before = read_files(watch)

    done = quick_run("refile", "--config", new, "--yes")
    quick_run("sort", watch, "--config", new, "--action", action)

    assert 0 == done.returncode, done.stdout
    assert "3 photos filed anew; back with: gallery-daemon undo --last 3" in done.stdout
    assert before == read_files(watch)
    library = set(read_files(tmp_path / "library"))
    names = {"IMG_1 (2).jpg", "IMG_1.jpg", "IMG_2.jpg"}
    # By its inode a hard link is known under another name; a copy is another photo by that.
    assert {f"New/cars/{name}" for name in names} == library - {"New/cars/renamed.jpg"}
    assert action == "copy" or "New/cars/renamed.jpg" not in library


def test_refile_tells_what_does_not_go_along(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """Sidecars are in the plan; edited ones keep their photo; another library is named."""
    old, new = config(tmp_path, "Old"), config(tmp_path, "New")
    for name in ("IMG_1.xmp", "IMG_2.xmp"):
        (watch / name).write_text("<xmp/>")
    quick_run("sort", watch, "--config", old)
    edited = tmp_path / "library/Old/cars/IMG_2.xmp"
    edited.unlink()
    edited.write_text("<xmp>much work</xmp>")
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(new.read_text().replace(f"{tmp_path}/library", f"{tmp_path}/another"))

    plan = quick_run("refile", "--config", new)
    done = quick_run("refile", "--config", new, "--yes")
    other = quick_run("refile", "--config", elsewhere)

    for said in (plan, done):
        assert "IMG_2.xmp was changed since it was filed" in said.stdout
        assert "1 stays as it is" in said.stdout
        assert "2 photos to be filed anew with 1 sidecar, 1 to stay where they are" in said.stdout
    assert "(with IMG_1" in done.stdout
    assert edited.with_name("IMG_2.jpg").exists()
    assert f"3 photos in another library, {tmp_path}/library: not looked at" in other.stdout


def test_refile_counts_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    """An error, and a sidecar that was left behind, are reported in sentences and counted."""
    row = Row(
        id=1,
        parent=None,
        decided_at=NOW.isoformat(),
        source="phone",
        root="/w",
        relative="x.jpg",
        identity=Identity(1, 2, 3, 4),
        library="/l",
        state=State.FILED,
        outcome="rule",
        rule="all",
        top_class=None,
        confidence=None,
        model=None,
        action="copy",
        folder=("New",),
        name="x.jpg",
        token=None,
        reason=None,
    )
    straggler = OrphanSidecar(
        FiledSidecar(row, Photo(Candidate("phone", "/l", ""), row.identity, NOW)), row
    )
    refile = Refile("/l/Old/x.jpg", PlannedFile("/w/x.jpg", State.FILED), straggler)
    problem = "x.xmp: it was changed"
    ends = [
        Refiled(refile, None, GalleryError("no space is left in /l/New", hint="make room")),
        Refiled(refile, Relocated(row, problems=(problem,))),
        Refiled(refile, Relocated(row)),
    ]

    is_well = [_print_refiled([end], as_json=False) for end in ends]
    said = capsys.readouterr().out
    [_print_refiled([end], as_json=True) for end in ends]
    error, kept, moved = map(json.loads, capsys.readouterr().out.splitlines())

    assert [False, False, True] == is_well
    assert "/l/Old/x.jpg was not filed anew: no space is left in /l/New (hint: make room)" in said
    assert f"/l/Old/x.jpg is filed anew, but {problem}" in said
    assert 2 == said.count("1 with trouble")
    assert ("failed", "no space is left in /l/New") == (error["state"], error["error"])
    assert ([problem], "filed") == (kept["problems"], kept["state"])
    assert ("/l/New/x.jpg", []) == (moved["destination"], moved["problems"])
