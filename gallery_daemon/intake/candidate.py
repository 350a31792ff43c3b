"""Which paths below a watch folder may become photos, for a watch and a scan alike.

A path does not count if the configuration excludes it, or if any of its components is a name that
sync tools, phones and systems leave beside photos. Files and folders have patterns of their own: a
photo called `IMG_1.jpg_original` is ExifTool's backup, a folder called `Wedding_original` is a
person's, and what is in it counts. Conflict copies (`*.sync-conflict-*`,
`(conflicted copy ...)`) are real photos and are not among these names. Names are never enough,
because many tools write under the final name from the first byte: that is what settling is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gallery_daemon.photo import Candidate
from gallery_daemon.rules.glob import name_matches, path_matches

if TYPE_CHECKING:
    from collections.abc import Mapping

# A leading dot counts for files and folders alike, and alone covers Syncthing, Nextcloud and
# ownCloud clients, rsync, Unison, MEGA, Google Drive, Dropbox, Android's pending and trashed,
# AppleDouble, thumbnails, bins and caches.
_HIDDEN: Final = {".": "a hidden name"}
# How ignored files begin, and who writes them.
FILE_PREFIXES: Final = _HIDDEN | {
    "~syncthing~": "Syncthing on Windows, in transfer",
    "~$": "a lock file of an office program",
}
# How ignored files end, in lower case. A folder with such a name is a person's.
FILE_SUFFIXES: Final = {
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
    ".syncpart": "a transfer in progress (Resilio Sync)",
    ".synctemp": "a transfer in progress (Resilio Sync)",
    ".syncold": "a version before a transfer (Resilio Sync)",
    ".aria2": "a download in progress (aria2)",
    ".swp": "an editor's swap file",
    ".kate-swp": "an editor's swap file",
    "~": "a backup copy",
    "_exiftool_tmp": "ExifTool at work",
    "_original": "ExifTool's backup",
    "@synoeastream": "Synology's attributes",
    "@synoresource": "Synology's attributes",
}
# Whole names of ignored files, in lower case.
FILE_NAMES: Final = {
    "thumbs.db": "Windows' thumbnails",
    "ehthumbs.db": "Windows' thumbnails",
    "desktop.ini": "Windows' folder settings",
    "icon\r": "macOS' folder icon",
}
# How ignored folders begin and end, in lower case: of a program that keeps files in a folder while
# it works, and whose mark people do not use.
FOLDER_PREFIXES: Final = _HIDDEN | {"appdata_oc": "Nextcloud's previews"}
FOLDER_SUFFIXES: Final = {".download": "a download in progress (Safari)"}
# Whole names of ignored folders, in lower case: of thumbnails, of deleted files and of systems.
FOLDER_NAMES: Final = {
    "@eadir": "Synology's thumbnails",
    "@synoresource": "Synology's own folder",
    "@tmp": "Synology's own folder",
    "@sharesnap": "Synology's own folder",
    "@transcode": "QNAP's smaller films",
    "@recycle": "a NAS's bin",
    "@recently-snapshot": "a NAS's snapshots",
    "#recycle": "a NAS's bin",
    "#synorecycle": "a NAS's bin",
    "#snapshot": "a NAS's snapshots",
    "~snapshot": "a NAS's snapshots",
    "files_trashbin": "the bin of Nextcloud's server",
    "files_versions": "old versions on Nextcloud's server",
    "$recycle.bin": "Windows' bin",
    "recycler": "Windows' bin",
    "system volume information": "Windows' own folder",
    "lost+found": "the file system's own folder",
    "lost.dir": "Android's own folder",
    "__macosx": "an archive's extra folder",
}


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
        """Why nothing in the folder at this path below the root counts; None if it may."""
        return self._why_excluded(relative) or why_folder_ignored(relative)

    def is_own(self, relative: str) -> bool:
        """Whether the folder at this path is the library or the journal's, or in one of them."""
        path = f"{self.path.rstrip('/')}/{relative}"
        # The first test is fast, and nearly every path ends there.
        return path.startswith(self.skipped) and any(
            path == folder or path.startswith(folder + "/") for folder in self.skipped
        )

    def why_not_file(self, relative: str) -> str | None:
        """Why the file at this path does not count; None if it does."""
        if self.only and _fitting(self.only, relative) is None:
            return "not among those the configuration wants"
        return self._why_excluded(relative) or why_ignored(relative)

    def _why_excluded(self, relative: str) -> str | None:
        """Why the configuration does not want what is at this path."""
        if self.is_own(relative):
            return "the library's or the journal's own folder"
        pattern = _fitting(self.ignore, relative)
        return None if pattern is None else f"ignored by the configuration ({pattern})"


def _fitting(patterns: tuple[str, ...], relative: str) -> str | None:
    """The first pattern that fits: the path if it contains a `/`, the name otherwise."""
    name = relative.rpartition("/")[2]
    for pattern in patterns:
        if path_matches(pattern, relative) if "/" in pattern else name_matches(pattern, name):
            return pattern
    return None


def why_ignored(relative: str) -> str | None:
    """Why the file at the path below a watch folder is ignored, and by which pattern."""
    folder, _, name = relative.rpartition("/")
    return (why_folder_ignored(folder) if folder else None) or _why_file(name.lower())


def why_folder_ignored(relative: str) -> str | None:
    """Why the folder at the path below a watch folder is ignored, or one that it is in."""
    return next(filter(None, map(_why_folder, relative.lower().split("/"))), None)


def _why_file(name: str) -> str | None:
    # Nearly every name is a photo's: two calls let it through, not one for each row.
    if name.startswith(_FILE_PREFIXES) or name.endswith(_FILE_SUFFIXES) or name in FILE_NAMES:
        return _why(name, FILE_NAMES, FILE_PREFIXES, FILE_SUFFIXES)
    return None


def _why_folder(name: str) -> str | None:
    if name.startswith(_FOLDER_PREFIXES) or name.endswith(_FOLDER_SUFFIXES) or name in FOLDER_NAMES:
        return _why(name, FOLDER_NAMES, FOLDER_PREFIXES, FOLDER_SUFFIXES)
    return None


def _why(
    name: str, names: Mapping[str, str], prefixes: Mapping[str, str], suffixes: Mapping[str, str]
) -> str | None:
    if name in names:
        return f"{names[name]} ({name})"
    for prefix, why in prefixes.items():
        if name.startswith(prefix):
            return f"{why} ({prefix}*)"
    for suffix, why in suffixes.items():
        if name.endswith(suffix):
            return f"{why} (*{suffix})"
    return None


_FILE_PREFIXES, _FILE_SUFFIXES = tuple(FILE_PREFIXES), tuple(FILE_SUFFIXES)
_FOLDER_PREFIXES, _FOLDER_SUFFIXES = tuple(FOLDER_PREFIXES), tuple(FOLDER_SUFFIXES)
