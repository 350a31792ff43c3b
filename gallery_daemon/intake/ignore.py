"""Names that are not photos yet, or never: what sync tools, phones and systems leave beside photos.

A name is ignored if any component of its path below the watch folder is. Conflict copies
(`*.sync-conflict-*`, `(conflicted copy ...)`) are real photos and are not in the table. Names are
never enough, many tools write the final name from byte 0: that is what settling is for.
"""

from __future__ import annotations

from typing import Final

# Beginnings, with who writes them. A leading dot alone covers Syncthing, Nextcloud and ownCloud
# clients, rsync, Unison, MEGA, Android's pending and trashed, AppleDouble, thumbnails and caches.
PREFIXES: Final = {
    ".": "a hidden name",
    "~syncthing~": "Syncthing on Windows, in transfer",
    "~$": "a lock file of an office program",
}
# Endings, in lower case.
SUFFIXES: Final = {
    ".tmp": "a temporary file",
    ".temp": "a temporary file",
    ".part": "a download in progress (Firefox, KIO, Nextcloud's server)",
    ".partial": "a transfer in progress (rclone, OneDrive)",
    ".filepart": "a transfer in progress (WinSCP)",
    ".crdownload": "a download in progress (Chromium)",
    ".opdownload": "a download in progress (Opera)",
    ".download": "a download in progress (Safari)",
    ".tacitpart": "a transfer in progress (FolderSync)",
    ".!sync": "a transfer in progress (Resilio Sync)",
    ".bts": "a transfer in progress (Resilio Sync)",
    ".aria2": "a download in progress (aria2)",
    ".swp": "an editor's swap file",
    "~": "a backup copy",
    "_exiftool_tmp": "ExifTool at work",
    "_original": "ExifTool's backup",
}
# Whole names, in lower case: folders that hold thumbnails or rubbish, and systems' litter.
NAMES: Final = {
    "@eadir": "Synology's thumbnails",
    "#recycle": "a NAS's bin",
    "#snapshot": "a NAS's snapshots",
    "$recycle.bin": "Windows' bin",
    "system volume information": "Windows' own folder",
    "lost+found": "the file system's own folder",
    "lost.dir": "Android's own folder",
    "__macosx": "an archive's extra folder",
    "thumbs.db": "Windows' thumbnails",
    "ehthumbs.db": "Windows' thumbnails",
    "desktop.ini": "Windows' folder settings",
    "icon\r": "macOS' folder icon",
}
_ANY_PREFIX, _ANY_SUFFIX = tuple(PREFIXES), tuple(SUFFIXES)


def why_ignored(relative: str) -> str | None:
    """Why the path below a watch folder is ignored, and by which pattern; None if it is not."""
    for component in relative.split("/"):
        why = _why(component.lower())
        if why is not None:
            return why
    return None


def _why(name: str) -> str | None:
    if name in NAMES:
        return f"{NAMES[name]} ({name})"
    # Nearly every name is a photo's: it is let through by two calls and not by one for each row.
    if not name.startswith(_ANY_PREFIX) and not name.endswith(_ANY_SUFFIX):
        return None
    for prefix, why in PREFIXES.items():
        if name.startswith(prefix):
            return f"{why} ({prefix}*)"
    for suffix, why in SUFFIXES.items():
        if name.endswith(suffix):
            return f"{why} (*{suffix})"
    return None
