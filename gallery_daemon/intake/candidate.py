"""Which paths below a watch folder may become photos: the ground that a watch and a scan share."""

from __future__ import annotations

from dataclasses import dataclass

from gallery_daemon.intake.ignore import why_ignored
from gallery_daemon.photo import Candidate
from gallery_daemon.rules.glob import name_matches, path_matches


@dataclass(frozen=True, slots=True)
class Ground:
    """A watch folder: where it lies and what in it is looked at.

    `root` is absolute; `skipped` are absolute folders in it that are not looked at (the library and
    the journal's); `only` and `ignore` are globs, on the path below the root where they hold a `/`,
    on the name where they do not.
    """

    source: str
    root: str
    recursive: bool = True
    skipped: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def candidate(self, relative: str) -> Candidate:
        """The candidate at the path `relative` below the root."""
        return Candidate(self.source, self.root, relative)

    def relative(self, path: str) -> str | None:
        """The path below the root of an absolute path in it; None if it lies elsewhere."""
        prefix = self.root.rstrip("/") + "/"
        return path.removeprefix(prefix) if path.startswith(prefix) and path != prefix else None

    def why_not(self, relative: str) -> str | None:
        """Why nothing at or below this path below the root counts; None if it may."""
        path = f"{self.root.rstrip('/')}/{relative}"
        # Of a hundred thousand paths hardly one gets further than the first of the two questions.
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
    """The first pattern that fits the path or, if it has no `/`, the name."""
    name = relative.rpartition("/")[2]
    for pattern in patterns:
        if path_matches(pattern, relative) if "/" in pattern else name_matches(pattern, name):
            return pattern
    return None
