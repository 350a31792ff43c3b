"""What the configuration does and its author may not mean, and whether a sync tool looks on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.config.synced import sync_marker, synced_warnings
from gallery_daemon.daemon.configuration import classes_of
from gallery_daemon.doctor.finding import counted, odd, well
from gallery_daemon.rules.analysis import warnings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.config.settings import Config
    from gallery_daemon.config.synced import SyncMarker
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.rules.analysis import RuleWarning

ABOUT = "configuration"
_SYNC = "sync tool"


def look_at_settings(config: Config) -> Iterator[Finding]:
    """The configuration, which can be used, and what a sync tool makes of its actions."""
    yield from judge_rules(config, warnings(config.rules, classes_of(config.model.bundle)))
    markers = {folder.path: sync_marker(folder.path) for folder in config.watch}
    yield from judge_sync(markers.items(), synced_warnings(config), config.file or "")


def judge_rules(config: Config, found: tuple[RuleWarning, ...]) -> Iterator[Finding]:
    """It can be used; each rule that is not what it seems."""
    rules = counted(len(config.rules.rules), "rule")
    yield well(ABOUT, f"{config.file or 'command line'} can be used: {rules}")
    for each in found:
        place = f"{config.file}:{each.line}"
        yield odd(ABOUT, f"{place}: {each.sentence}", "mend the rule, or take it away")


def judge_sync(
    markers: Iterable[tuple[str, SyncMarker | None]], moving: tuple[RuleWarning, ...], file: str
) -> Iterator[Finding]:
    """Moving out of a synced folder deletes on the phone; anything else is safe."""
    for each in moving:
        place = f"{file}:{each.line}: " if each.line else ""
        advice = "say action: hardlink, unless the phone is to be emptied"
        yield odd(_SYNC, f"{place}{each.sentence}", advice)
    if moving:
        return
    for folder, marker in markers:
        if marker is not None:
            name = os.path.basename(marker.path)  # noqa: PTH119 - a name, not a path
            keeps = f"{marker.tool} keeps {folder} in step ({name})"
            yield well(_SYNC, f"{keeps}, and nothing is moved out of it")
