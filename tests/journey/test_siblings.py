"""What lies beside a file, by its folder's names and by what the configuration lets count."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gallery_daemon.imaging.formats import SIDECAR
from gallery_daemon.intake import scan
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.journey.judge import PASSED_OVER, Leave
from gallery_daemon.journey.siblings import Siblings
from gallery_daemon.photo import Candidate, Identity, Photo
from tests.journey.foretold import xmp_for
from tests.journey.test_waiting_sidecars import waiting_in

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def photo(root: Path, name: str) -> Photo:
    """The settled file."""
    candidate = Candidate("phone", os.fspath(root), name)
    return Photo(candidate, Identity.of((root / name).lstat()), NOW)


def put(root: Path, *names: str) -> None:
    """Files that have been there for long."""
    for name in names:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"<x:xmpmeta/>")
    long_ago = (NOW - timedelta(days=1)).timestamp()
    for folder in {(root / name).parent for name in names}:
        os.utime(folder, (long_ago, long_ago))


def test_a_photo_and_its_sidecars_find_each_other(tmp_path: Path) -> None:
    """In one folder, and not in the one beside it."""
    put(tmp_path, "IMG_1.jpg", "IMG_1.xmp", "IMG_1.mov", "IMG_12.mov", "a/IMG_1.aae", "x.txt")
    siblings = Siblings((WatchRoot("phone", os.fspath(tmp_path)),))

    owner = siblings.owner_of(photo(tmp_path, "IMG_1.xmp"))
    found = {each.relative for each in siblings.sidecars_of(photo(tmp_path, "IMG_1.jpg"))}

    assert photo(tmp_path, "IMG_1.jpg").candidate == owner
    assert {"IMG_1.xmp", "IMG_1.mov"} == found
    assert siblings.owner_of(photo(tmp_path, "a/IMG_1.aae")) is None


def test_an_xmp_is_asked_whose_it_is(tmp_path: Path) -> None:
    """By its owner and by the photo that looks for its sidecars."""
    put(tmp_path, "a.jpg", "a.nef", "a.dng")
    (tmp_path / "a.xmp").write_bytes(xmp_for("JPG"))
    siblings = Siblings(())

    assert photo(tmp_path, "a.jpg").candidate == siblings.owner_of(photo(tmp_path, "a.xmp"))
    assert ["a.xmp"] == [each.name for each in siblings.sidecars_of(photo(tmp_path, "a.jpg"))]


def test_a_sidecar_of_a_photo_that_does_not_count_stays(tmp_path: Path) -> None:
    """It goes with no other, and does not wait for what never comes to an end."""
    put(tmp_path, "IMG_1.jpg", "IMG_1.heic", "IMG_1.jpg.xmp")
    root = WatchRoot("phone", os.fspath(tmp_path), ignore=("*.jpg",))

    with waiting_in(tmp_path / "journal.sqlite3", Siblings((root,))) as waiting:
        verdict = waiting.verdict_on(photo(tmp_path, "IMG_1.jpg.xmp"), SIDECAR)

    assert Leave(PASSED_OVER) == verdict


def test_a_folder_is_listed_once_for_many_files_and_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand films must not cost ten thousand listings; a change, however small, does."""
    listed: list[str] = []
    names_below = scan.names_below

    def counted(root: str, relative: str) -> list[os.DirEntry[str]]:
        listed.append(relative)
        return names_below(root, relative)

    monkeypatch.setattr("gallery_daemon.journey.siblings.names_below", counted)
    put(tmp_path, "a.xmp", "b.xmp")
    siblings = Siblings(())
    first, second = photo(tmp_path, "a.xmp"), photo(tmp_path, "b.xmp")

    assert siblings.owner_of(first) is siblings.owner_of(second) is None
    once = len(listed)
    (tmp_path / "a.jpg").touch()
    assert siblings.owner_of(first) is not None
    again = len(listed)
    siblings.owner_of(second)
    recently_changed = len(listed)
    put(tmp_path, "a.jpg")
    siblings.owner_of(second)
    quiet = len(listed)
    siblings.owner_of(replace(second, settled_at=NOW + timedelta(seconds=9)))
    soon = len(listed)
    siblings.owner_of(replace(second, settled_at=NOW + timedelta(seconds=11)))

    assert [1, 2, 3, 4, 4, 5] == [once, again, recently_changed, quiet, soon, len(listed)]


def test_in_one_turn_a_folder_is_listed_once_though_files_come_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came meanwhile is seen in the next turn."""
    listed: list[str] = []
    names_below = scan.names_below

    def counted(root: str, relative: str) -> list[os.DirEntry[str]]:
        listed.append(relative)
        return names_below(root, relative)

    monkeypatch.setattr("gallery_daemon.journey.siblings.names_below", counted)
    put(tmp_path, "a.xmp", "b/b.xmp")
    siblings = Siblings(())
    one, other = photo(tmp_path, "a.xmp"), photo(tmp_path, "b/b.xmp")

    with siblings.in_one_turn():
        assert siblings.owner_of(one) is siblings.owner_of(other) is None
        for name in ("a.jpg", "b/b.jpg"):
            (tmp_path / name).touch()
        assert siblings.owner_of(one) is siblings.owner_of(other) is None
    assert ["", "b"] == listed

    with siblings.in_one_turn():
        assert siblings.owner_of(one) is not None
        assert siblings.owner_of(other) is not None


def test_a_folder_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    """Nor one that cannot be listed."""
    put(tmp_path, "a/a.xmp", "a/a.jpg")
    sidecar = photo(tmp_path, "a/a.xmp")
    for path in (tmp_path / "a").iterdir():
        path.unlink()
    (tmp_path / "a").rmdir()

    assert Siblings(()).owner_of(sidecar) is None
