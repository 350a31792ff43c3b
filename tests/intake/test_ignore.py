"""Names that are not photos yet, each with the tool that writes it; and photos that look odd."""

from __future__ import annotations

import pytest

from gallery_daemon.intake.ignore import why_ignored

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
]


@pytest.mark.parametrize("name", IGNORED)
def test_what_tools_leave_beside_photos_is_ignored(name: str) -> None:
    """There is a reason, for a person to read."""
    assert why_ignored(name)


@pytest.mark.parametrize("name", PHOTOS)
def test_photos_are_not(name: str) -> None:
    """Conflict copies and odd names are photos."""
    assert why_ignored(name) is None
