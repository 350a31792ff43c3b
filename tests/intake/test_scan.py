"""Listings of real folders: every file once, in one order, and nothing behind a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.intake.scan import Listed, Unlisted, names_below, open_below, scan


def listed(root: WatchRoot) -> tuple[set[str], set[str]]:
    """Names found, and names skipped with the reason."""
    names = list(scan(root))
    found = {name.candidate.relative for name in names if isinstance(name, Listed)}
    return found, {
        f"{Path(name.path).name}: {name.reason}" for name in names if isinstance(name, Unlisted)
    }


def test_a_listing_finds_files_and_says_what_it_passes_over(tmp_path: Path) -> None:
    """Deep files, links as names, ignored files with a reason; not what lies behind links."""
    for name in (
        "a.jpg", "b/c/d.jpg", ".hidden/e.jpg", "x.jpg.part", "library/f.jpg",
        "Wedding_original/g.jpg", "Wedding_original/@eaDir/h.jpg", "y.jpg.part/i.jpg",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path)

    found, skipped = listed(
        WatchRoot("phone", os.fspath(tmp_path), skipped=(f"{tmp_path}/library",))
    )

    own = {"Wedding_original/g.jpg", "y.jpg.part/i.jpg"}
    assert {"a.jpg", "b/c/d.jpg", "loop", *own} == found
    assert {
        "x.jpg.part: a download in progress (Firefox, KIO, Nextcloud's server) (*.part)",
        ".hidden: a hidden name (.*)",
        "@eaDir: Synology's thumbnails (@eadir)",
    } == skipped


def test_a_folder_that_becomes_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    """It waited for its turn as a folder; swapped meanwhile, it is told and passed over."""
    for name in ("watch/a.jpg", "watch/b/c.jpg", "outside/secret.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    listing = scan(WatchRoot("phone", os.fspath(tmp_path / "watch")))
    names = [next(listing)]
    (tmp_path / "watch/b").rename(tmp_path / "b")
    (tmp_path / "watch/b").symlink_to(tmp_path / "outside")

    names += listing

    assert {"a.jpg"} == {name.candidate.relative for name in names if isinstance(name, Listed)}
    (skipped,) = (name for name in names if isinstance(name, Unlisted))
    assert (f"{tmp_path}/watch/b", True) == (skipped.path, skipped.is_folder_error)


def test_a_listing_has_one_order(tmp_path: Path) -> None:
    """A folder's own files by name, then the folders below it by name."""
    for name in ("b/2.jpg", "z.jpg", "b/1.jpg", "a/c/3.jpg", "a/9.jpg", "B.jpg", "c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    names = [
        name.candidate.relative
        for name in scan(WatchRoot("phone", os.fspath(tmp_path)))
        if isinstance(name, Listed)
    ]

    assert ["B.jpg", "c.jpg", "z.jpg", "a/9.jpg", "a/c/3.jpg", "b/1.jpg", "b/2.jpg"] == names


def test_only_and_ignore_narrow_a_listing(tmp_path: Path) -> None:
    """Globs on the name, or on the path where they hold a slash; and folders left out."""
    for name in ("a.jpg", "a.png", "trips/b.jpg", "trips/old/c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    root = os.fspath(tmp_path)

    assert {"a.jpg", "trips/b.jpg"} == listed(
        WatchRoot("phone", root, only=("*.jpg",), ignore=("trips/old/**",))
    )[0]
    assert {"a.jpg", "a.png"} == listed(WatchRoot("phone", root, recursive=False))[0]


def test_a_folder_that_cannot_be_listed_does_not_end_the_listing(tmp_path: Path) -> None:
    """A missing root is told as a folder that could not be listed."""
    (name,) = scan(WatchRoot("phone", os.fspath(tmp_path / "gone")))

    assert isinstance(name, Unlisted)
    assert name.is_folder_error


def test_a_listing_may_begin_below_the_root(tmp_path: Path) -> None:
    """Paths are still below the root, and what lies beside the start is not listed."""
    for name in ("a.jpg", "in/b.jpg", "in/deep/c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    names = list(scan(WatchRoot("phone", os.fspath(tmp_path)), "in"))

    assert ["in/b.jpg", "in/deep/c.jpg"] == [
        name.candidate.relative for name in names if isinstance(name, Listed)
    ]


def test_depth_and_odd_names_do_not_matter(tmp_path: Path) -> None:
    """Two hundred folders deep, a name of broken UTF-8, with a line break: the same file."""
    deep = "/".join(["d"] * 200)
    (tmp_path / deep).mkdir(parents=True)
    name = os.fsdecode(b"nl\n\xff.jpg")
    (tmp_path / deep / name).write_bytes(b"x")

    (found,) = scan(WatchRoot("phone", os.fspath(tmp_path)))

    assert isinstance(found, Listed)
    assert f"{deep}/{name}" == found.candidate.relative
    assert (tmp_path / deep / name).stat().st_ino == found.stat.st_ino


def test_a_file_that_goes_during_the_listing_is_not_listed(tmp_path: Path) -> None:
    """Its name was read before; nothing is said of it."""
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(b"x")
    listing = scan(WatchRoot("phone", os.fspath(tmp_path)))
    names = [next(listing)]
    (tmp_path / "b.jpg").unlink()

    names += listing

    assert ["a.jpg", "c.jpg"] == [
        name.candidate.relative for name in names if isinstance(name, Listed)
    ]


@pytest.mark.parametrize("relative", ["link.jpg", "behind/x.jpg", "gone.jpg", "dir/../x.jpg/x"])
def test_a_file_is_opened_below_the_root_or_not_at_all(tmp_path: Path, relative: str) -> None:
    """A link as name or on the way, a missing file, a file for a folder: an error each."""
    (tmp_path / "dir").mkdir()
    (tmp_path / "x.jpg").write_bytes(b"x")
    (tmp_path / "link.jpg").symlink_to("x.jpg")
    (tmp_path / "behind").symlink_to(".")

    with pytest.raises(OSError, match=r"\[Errno"):
        open_below(os.fspath(tmp_path), relative)


def test_a_fifo_is_opened_without_waiting(tmp_path: Path) -> None:
    """It is for the caller to see what it is; nothing hangs, and a folder's names are read."""
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "sub/fifo.jpg")

    with open_below(os.fspath(tmp_path), "sub/fifo.jpg") as file:
        assert b"" == file.read()
    assert ["fifo.jpg"] == [entry.name for entry in names_below(os.fspath(tmp_path), "sub")]
