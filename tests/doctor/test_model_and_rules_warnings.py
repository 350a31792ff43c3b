"""The configuration's warnings as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.load import check_text
from gallery_daemon.config.synced import synced_warnings
from gallery_daemon.doctor.model_and_rules import judge_rules, look_at_rules
from gallery_daemon.doctor.watched import judge_sync, look_at_sync
from tests.config.texts import CLASSES
from tests.doctor.lines import said, statuses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.config.settings import Config
    from gallery_daemon.doctor.finding import Finding


def config_on(folder: Path, rules: str) -> Config:
    """A configuration that watches `folder`."""
    head = f"version: 1\nwatch: {folder}\nlibrary: /nowhere/library\nrules:\n"
    return check_text(head + rules, "/etc/config.yaml", lambda _: CLASSES)


def findings_of(config: Config) -> Iterator[Finding]:
    """What is said of the configuration: its rules, then sync tools."""
    yield from judge_rules(config, look_at_rules(config))
    markers = look_at_sync(folder.path for folder in config.watch)
    yield from judge_sync(markers, synced_warnings(config), config.file or "")


def test_moving_out_of_a_synced_folder_is_warned_of(tmp_path: Path) -> None:
    """With the rule's line and what to do; hard links out of it are well, and an unsynced folder
    is not worth a line.
    """
    rule = "  - {name: a, to: A/, action: %s}\n"
    unsynced = list(findings_of(config_on(tmp_path, rule % "move")))
    (tmp_path / ".stfolder").mkdir()

    moves = list(findings_of(config_on(tmp_path, rule % "move")))
    links = list(findings_of(config_on(tmp_path, rule % "hardlink")))

    assert ["ok"] == statuses(unsynced)
    assert ["ok", "warn"] == statuses(moves)
    assert "/etc/config.yaml:5: " in said(moves)
    assert "-> say action: hardlink" in said(moves)
    assert ["ok", "ok"] == statuses(links)
    assert "Syncthing keeps" in said(links)


def test_a_rule_that_can_never_match_is_warned_of(tmp_path: Path) -> None:
    """At its line."""
    rules = "  - {name: a, to: A/}\n  - {name: b, to: B/}\n"

    findings = list(findings_of(config_on(tmp_path, rules)))

    assert ["ok", "warn"] == statuses(findings)
    assert '/etc/config.yaml:6: rule "b" can never match' in said(findings)
