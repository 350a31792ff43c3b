"""Names that are not photos yet, each with the tool that writes it; and photos that look odd."""

from __future__ import annotations

import pytest

from gallery_daemon.intake.candidate import WatchRoot, why_folder_ignored, why_ignored

IGNORED = [
    ".syncthing.IMG_1.jpg.tmp",  # Syncthing on Linux and Android
    "~syncthing~IMG_1.jpg.tmp",  # Syncthing on Windows
    ".IMG_1.jpg.~1a2b3c4d",  # Nextcloud's and ownCloud's desktop clients
    "IMG_1.jpg.ocTransferId123.part",  # Nextcloud's server
    "IMG_1.jpg.tacitpart",  # FolderSync
    ".IMG_1.jpg.aB3dE6",  # rsync
    ".~tmp~/IMG_1.jpg",  # rsync --delay-updates
    "IMG_1.jpg.1a2b3c4d.partial",  # rclone
    ".unison.IMG_1.jpg.abc.unison.tmp",  # Unison
    "IMG_1.jpg.!sync",  # Resilio
    "IMG_1.jpg.!Sync",
    ".getxfer.123.4.mega",  # MEGA
    ".tmp.drivedownload/IMG_1.jpg",  # Google Drive
    "Unconfirmed 123.crdownload",  # Chromium
    "IMG_1.jpg.download/IMG_1.jpg",  # Safari
    ".pending-1700000000-IMG_1.jpg",  # Android
    ".trashed-1700000000-IMG_1.jpg",
    ".thumbnails/1.jpg",
    "._IMG_1.jpg",  # macOS
    ".stversions/IMG_1.jpg",
    "@eaDir/IMG_1.jpg/SYNOPHOTO_THUMB_XL.jpg",  # Synology
    "#recycle/IMG_1.jpg",
    ".@__thumb/IMG_1.jpg",  # QNAP
    "lost+found/#123",
    "System Volume Information/x.jpg",
    "$RECYCLE.BIN/x.jpg",
    "a/b/Thumbs.db",
    "IMG_1.jpg~",
    "IMG_1.jpg_original",  # ExifTool
    "IMG_1.JPG.TMP",
    "IMG_1.jpg.temp",
    "IMG_1.jpg.filepart",  # WinSCP
    "IMG_1.jpg.opdownload",  # Opera
    "IMG_1.jpg.download",
    "IMG_1.jpg.BTS",
    "IMG_1.jpg.SyncPart",
    "IMG_1.jpg.SyncTemp",
    "IMG_1.jpg.SyncOld",
    "IMG_1.jpg.aria2",
    "IMG_1.jpg.kate-swp",
    "IMG_1.JPG_ORIGINAL",
    "IMG_1.jpg_exiftool_tmp",
    "IMG_1.jpg@SynoEAStream",
    "~$IMG_1.jpg",  # office programs
    "Icon\r",
    "desktop.ini",
    "EHTHUMBS.DB",
    "@EADIR/IMG_1.jpg",
    "@SynoResource/IMG_1.jpg",
    "@tmp/IMG_1.jpg",
    "@Recycle/IMG_1.jpg",  # QNAP
    "@Recently-Snapshot/GMT+01_2026/IMG_1.jpg",
    "~snapshot/hourly.0/IMG_1.jpg",  # NetApp
    "#SynoRecycle/IMG_1.jpg",
    "#snapshot/IMG_1.jpg",
    "a/LOST.DIR/1.jpg",  # Android
    "RECYCLER/S-1-5/Dc1.jpg",
    "__MACOSX/IMG_1.jpg",
    "files_trashbin/files/IMG_1.jpg.d1700000000",  # Nextcloud's server
    "files_versions/IMG_1.jpg.v1700000000",
    "appdata_oc1a2b3c4d5e/preview/1.jpg",
    ".dropbox.cache/2026-03-04/IMG_1.jpg",
    ".sync/Archive/IMG_1.jpg",  # Resilio
    ".debris/2026-03-04/IMG_1.jpg",  # MEGA
    ".Trash-1000/files/IMG_1.jpg",
    ".zfs/snapshot/IMG_1.jpg",
    "deep/.stfolder/IMG_1.jpg",
]
PHOTOS = [
    "IMG_1.jpg",
    "a/b c/IMG_1 (2).JPG",
    "IMG_1.sync-conflict-20260304-120000-ABCDEF7.jpg",
    "IMG_1 (conflicted copy 2026-03-04 120000).jpg",
    "PXL_20200710_061629144.MP.jpg",
    "~IMG.jpg",
    "tmp.jpg",
    "part/IMG_1.jpg",
    "nl\n\udcff.jpg",
    # Folders of people, whose names end as those of temporary files do.
    *(
        f"{folder}/IMG_1.jpg"
        for folder in (
            "Wedding_original",
            "WEDDING_ORIGINAL",
            "a/Wedding_original/b",
            "Holiday.part",
            "Scans.tmp",
            "Scans.temp",
            "x~",
            "~$x",
            "~syncthing~x",
            "Half.partial",
            "Half.filepart",
            "Slides.bts",
            "Slides.!sync",
            "Old.swp",
            "Big.crdownload",
            "Big.opdownload",
            "Big.aria2",
            "Raw_exiftool_tmp",
            "x.SyncOld",
            "Thumbs.db",
            "desktop.ini",
            "download",
            "original",
        )
    ),
    # Files that are called as folders are which are passed over.
    "@eaDir",
    "lost+found",
    "#recycle.jpg",
    "recycler.jpg",
    "files_versions.jpg",
]


@pytest.mark.parametrize("name", IGNORED)
def test_what_tools_leave_beside_photos_is_ignored(name: str) -> None:
    """There is a reason, for a person to read."""
    assert why_ignored(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/IMG_1.jpg_original", "ExifTool's backup (*_original)"),
        ("@eaDir/IMG_1.jpg/THUMB.jpg", "Synology's thumbnails (@eadir)"),
        ("IMG_1.jpg.download/IMG_1.jpg", "a download in progress (Safari) (*.download)"),
        ("Wedding_original/.IMG_1.jpg.aB3dE6", "a hidden name (.*)"),
        (".x/IMG_1.jpg.tmp", "a hidden name (.*)"),
    ],
)
def test_the_reason_has_the_pattern(name: str, why: str) -> None:
    """The outermost folder's comes first."""
    assert why == why_ignored(name)


@pytest.mark.parametrize(
    ("folder", "is_passed_over"),
    [("Wedding_original", False), ("x~/y", False), ("@eaDir", True), ("a/.b", True)],
)
def test_a_folder_is_judged_by_the_patterns_of_folders(folder: str, is_passed_over: bool) -> None:
    """So a scan enters it or does not, as its files count or do not."""
    assert is_passed_over == bool(why_folder_ignored(folder))
    assert is_passed_over == bool(why_ignored(f"{folder}/IMG_1.jpg"))


@pytest.mark.parametrize("name", PHOTOS)
def test_photos_are_not(name: str) -> None:
    """Conflict copies and odd names are photos."""
    assert why_ignored(name) is None


ROOT = WatchRoot(
    "phone",
    "/in/Camera",
    skipped=("/in/Camera/library",),
    only=("*.jpg", "films/*.mov"),
    ignore=("*.tmp.jpg", "old/**"),
)


@pytest.mark.parametrize(
    ("relative", "reason"),
    [
        ("a.jpg", None),
        ("deep/b/c.JPG", None),
        ("films/a.mov", None),
        ("a.mov", "not among those the configuration wants"),
        ("deep/films/a.mov", "not among those the configuration wants"),
        ("library/cars/a.jpg", "the library's or the journal's own folder"),
        ("library", "not among those the configuration wants"),
        ("library2/a.jpg", None),
        ("a.tmp.jpg", "ignored by the configuration (*.tmp.jpg)"),
        ("old/deep/a.jpg", "ignored by the configuration (old/**)"),
        ("deep/old/a.jpg", None),
        (".hidden/a.jpg", "a hidden name (.*)"),
        ("odd\udcff.jpg", None),
    ],
)
def test_the_configuration_and_the_name_say_which_files_count(
    relative: str, reason: str | None
) -> None:
    """`only` first, then the program's own folders, `ignore`, and names that are never photos."""
    assert reason == ROOT.why_not_file(relative)


@pytest.mark.parametrize(
    ("path", "relative"),
    [
        ("/in/Camera/a/b.jpg", "a/b.jpg"),
        ("/in/Camera", None),
        ("/in/Camera/", None),
        ("/in/Camera2/a.jpg", None),
        ("/elsewhere/a.jpg", None),
    ],
)
def test_a_path_is_below_the_root_by_whole_components(path: str, relative: str | None) -> None:
    """And a candidate made of it has the same path again."""
    assert relative == ROOT.relative(path)
    if relative is not None:
        assert path == ROOT.candidate(relative).path


def test_the_whole_disk_may_be_a_watch_folder() -> None:
    """Its path ends with the only slash there is."""
    root = WatchRoot("all", "/", skipped=("/lib",))

    assert "in/a.jpg" == root.relative("/in/a.jpg")
    assert root.why_not("lib/a.jpg")
    assert root.why_not("library/a.jpg") is None
