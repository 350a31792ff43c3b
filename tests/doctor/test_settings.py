"""The configuration's warnings as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.load import check_text
from gallery_daemon.doctor.settings import look_at_settings
from tests.config.texts import CLASSES
from tests.doctor.lines import said, verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config


def config_on(folder: Path, rules: str) -> Config:
    """A configuration that watches `folder`."""
    head = f"version: 1\nwatch: {folder}\nlibrary: /nowhere/library\nrules:\n"
    return check_text(head + rules, "/etc/config.yaml", lambda _: CLASSES)


def test_moving_out_of_a_synced_folder_is_warned_of(tmp_path: Path) -> None:
    """With the rule's line and what to do; hard links out of it are well, and an unsynced folder
    is not worth a line.
    """
    rule = "  - {name: a, to: A/, action: %s}\n"
    unsynced = list(look_at_settings(config_on(tmp_path, rule % "move")))
    (tmp_path / ".stfolder").mkdir()

    moves = list(look_at_settings(config_on(tmp_path, rule % "move")))
    links = list(look_at_settings(config_on(tmp_path, rule % "hardlink")))

    assert ["ok"] == verdicts(unsynced)
    assert ["ok", "warn"] == verdicts(moves)
    assert "/etc/config.yaml:5: " in said(moves)
    assert "-> say action: hardlink" in said(moves)
    assert ["ok", "ok"] == verdicts(links)
    assert "Syncthing keeps" in said(links)


def test_a_rule_that_can_never_match_is_warned_of(tmp_path: Path) -> None:
    """At its line."""
    rules = "  - {name: a, to: A/}\n  - {name: b, to: B/}\n"

    findings = list(look_at_settings(config_on(tmp_path, rules)))

    assert ["ok", "warn"] == verdicts(findings)
    assert '/etc/config.yaml:6: rule "b" can never match' in said(findings)
