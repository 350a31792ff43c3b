"""Which paths below a watch folder may become photos, for a watch and a scan alike.

A path does not count if the configuration excludes it, or if any of its components is a name that
sync tools, phones and systems leave beside photos. Conflict copies (`*.sync-conflict-*`,
`(conflicted copy ...)`) are real photos and are not among these names. Names are never enough,
because many tools write under the final name from the first byte: that is what settling is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gallery_daemon.photo import Candidate
from gallery_daemon.rules.glob import name_matches, path_matches

# How ignored names begin, and who writes them. A leading dot alone covers Syncthing, Nextcloud and
# ownCloud clients, rsync, Unison, MEGA, Android's pending and trashed, AppleDouble, thumbnails and
# caches.
PREFIXES: Final = {
    ".": "a hidden name",
    "~syncthing~": "Syncthing on Windows, in transfer",
    "~$": "a lock file of an office program",
}
# How ignored names end, in lower case.
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
# Whole names, in lower case: folders of thumbnails or deleted files, and files of systems.
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


@dataclass(frozen=True, slots=True)
class WatchRoot:
    """A watch folder, and what in it counts.

    `path` is absolute; `skipped` are absolute folders in it that do not count (the library and the
    journal's); `only` and `ignore` are globs, on the path below the root if they contain a `/`, on
    the name otherwise.
    """

    source: str
    path: str
    recursive: bool = True
    skipped: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def candidate(self, relative: str) -> Candidate:
        """The candidate at the path `relative` below the root."""
        return Candidate(self.source, self.path, relative)

    def relative(self, path: str) -> str | None:
        """The path below the root of an absolute path; None if it is not below."""
        prefix = self.path.rstrip("/") + "/"
        return path.removeprefix(prefix) if path.startswith(prefix) and path != prefix else None

    def why_not(self, relative: str) -> str | None:
        """Why nothing at this path below the root, or deeper, counts; None if it may."""
        path = f"{self.path.rstrip('/')}/{relative}"
        # The first test is fast, and nearly every path ends there.
        if path.startswith(self.skipped) and any(
            path == folder or path.startswith(folder + "/") for folder in self.skipped
        ):
            return "the library's or the journal's own folder"
        pattern = _fitting(self.ignore, relative)
        if pattern is not None:
            return f"ignored by the configuration ({pattern})"
        return why_ignored(relative)

    def why_not_file(self, relative: str) -> str | None:
        """Why the file at this path does not count; None if it does."""
        if self.only and _fitting(self.only, relative) is None:
            return "not among those the configuration wants"
        return self.why_not(relative)


def _fitting(patterns: tuple[str, ...], relative: str) -> str | None:
    """The first pattern that fits: the path if it contains a `/`, the name otherwise."""
    name = relative.rpartition("/")[2]
    for pattern in patterns:
        if path_matches(pattern, relative) if "/" in pattern else name_matches(pattern, name):
            return pattern
    return None


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
    # Nearly every name is a photo's: two calls let it through, not one for each row.
    if not name.startswith(_ANY_PREFIX) and not name.endswith(_ANY_SUFFIX):
        return None
    for prefix, why in PREFIXES.items():
        if name.startswith(prefix):
            return f"{why} ({prefix}*)"
    for suffix, why in SUFFIXES.items():
        if name.endswith(suffix):
            return f"{why} (*{suffix})"
    return None
