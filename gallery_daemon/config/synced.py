"""Warns of moving photos out of a folder that a sync tool keeps in step with a phone.

For the sync tool a photo that was moved away was deleted, so it deletes the photo on the phone, too
(syncthing issue 8066). That may be intended, so it is a warning and not an error.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.config.mistakes import quoted
from gallery_daemon.decision import Action
from gallery_daemon.rules.analysis import RuleWarning
from gallery_daemon.rules.conditions.name import SourceLike
from gallery_daemon.rules.glob import name_matches

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config, WatchFolder
    from gallery_daemon.rules.decide import Rule

MARKERS = (
    (".stfolder", "Syncthing"),
    (".stignore", "Syncthing"),
    (".sync_*.db", "Nextcloud"),
    ("._sync_*.db", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".dropbox.cache", "Dropbox"),
    (".dropbox", "Dropbox"),
    (".sync", "Resilio Sync"),
)
"""What sync tools leave at the root of a folder they keep in step; Unison leaves nothing."""


@dataclass(frozen=True, slots=True)
class SyncMarker:
    """A sync tool's marker and its path."""

    tool: str
    path: str


def sync_marker(folder: str) -> SyncMarker | None:
    """The nearest marker in `folder` or above it; folders that cannot be listed are passed over."""
    here = Path(os.path.realpath(folder))
    markers = (_marker_in(each) for each in (here, *here.parents))
    return next((marker for marker in markers if marker is not None), None)


def synced_warnings(config: Config) -> tuple[RuleWarning, ...]:
    """A warning for each synced watch folder that a rule or an outcome moves photos out of.

    `line` is the rule's, or 0 where an outcome such as `uncertain` moves.
    """
    found = []
    for folder in config.watch:
        movers = _movers(config, folder)
        marker = sync_marker(folder.path) if movers else None
        if marker is None:
            continue
        names = ", ".join(quoted(name) for name, _ in movers)
        sentence = (
            f"{names} {'moves' if len(movers) == 1 else 'move'} photos out of {folder.path},"
            f" which {marker.tool} keeps in step ({marker.path}):"
            " what is moved is deleted on your other devices; hardlink keeps it"
        )
        first, line = movers[0]
        found.append(RuleWarning(first, line, sentence))
    return tuple(found)


def _marker_in(folder: Path) -> SyncMarker | None:
    try:
        hidden = sorted(each.name for each in folder.iterdir() if each.name.startswith("."))
    except OSError:
        return None
    for pattern, tool in MARKERS:
        name = next((each for each in hidden if name_matches(pattern, each)), None)
        if name is not None:
            return SyncMarker(tool, str(folder / name))
    return None


def _movers(config: Config, folder: WatchFolder) -> list[tuple[str, int]]:
    """The rules and outcomes that move photos out of this folder, with their line (0 for none)."""
    rules = [
        (rule.name, rule.line)
        for rule in config.rules.rules
        if rule.enabled and rule.placing is not None and rule.placing.action is Action.MOVE
        if _looks_into(rule, folder)
    ]
    outcomes = {
        "uncertain": config.rules.uncertain,
        "otherwise": config.rules.otherwise,
        "failed": config.rules.failed,
    }
    moving = [
        (name, 0) for name, placing in outcomes.items() if placing and placing.action is Action.MOVE
    ]
    return rules + moving


def _looks_into(rule: Rule, folder: WatchFolder) -> bool:
    """Whether photos of this folder can come to the rule at all."""
    wanted = [each for each in rule.conditions if isinstance(each, SourceLike)]
    return all(any(name_matches(p, folder.name) for p in each.patterns) for each in wanted)
