"""Moving photos out of a synced folder is warned of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.load import check_text
from gallery_daemon.config.synced import SyncMarker, sync_marker, synced_warnings
from tests.config.texts import default_classes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        (".stfolder", "Syncthing"),
        (".stignore", "Syncthing"),
        (".sync_1a2b.db", "Nextcloud"),
        ("._sync_1a2b.db", "Nextcloud"),
        (".owncloudsync.log", "ownCloud"),
        (".dropbox.cache", "Dropbox"),
        (".sync", "Resilio Sync"),
    ],
)
def test_each_tool_is_known_by_its_marker(tmp_path: Path, name: str, tool: str) -> None:
    """In the folder itself or above it."""
    (tmp_path / "Sync" / "Camera").mkdir(parents=True)
    marker = tmp_path / "Sync" / name
    marker.touch()

    expected = SyncMarker(tool, str(marker))
    assert expected == sync_marker(str(tmp_path / "Sync"))
    assert expected == sync_marker(str(tmp_path / "Sync" / "Camera"))
    assert sync_marker(str(tmp_path)) is None


def test_a_folder_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    """What is above it still counts."""
    (tmp_path / ".stfolder").mkdir()

    marker = sync_marker(str(tmp_path / "gone" / "Camera"))

    assert SyncMarker("Syncthing", str(tmp_path / ".stfolder")) == marker


def sentences(folder: Path, rest: str) -> list[tuple[str, int, str]]:
    watch = (
        f"watch:\n  - {{name: phone, path: {folder}/a}}\n  - {{name: other, path: {folder}/b}}\n"
    )
    text = f"version: 1\n{watch}library: {folder}/library\n{rest}"
    config = check_text(text, f"{folder}/config.yaml", default_classes)
    return [(each.rule, each.line, each.sentence) for each in synced_warnings(config)]


@pytest.fixture
def synced(tmp_path: Path) -> Path:
    """A folder with the watch folders `a`, kept in step by Syncthing, and `b`."""
    (tmp_path / "a" / ".stfolder").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    return tmp_path


def test_a_rule_that_moves_is_named_with_what_happens(synced: Path) -> None:
    """Only for the folder that is synced."""
    rules = "rules:\n  - {name: x, to: X/}\n  - {name: y, to: Y/, action: move}\n"

    ((rule, line, sentence),) = sentences(synced, rules)

    assert ("y", 8) == (rule, line)
    expected = (
        f'"y" moves photos out of {synced}/a, which Syncthing keeps in step'
        f" ({synced}/a/.stfolder): what is moved is deleted on your other devices;"
        " hardlink keeps it"
    )
    assert expected == sentence


@pytest.mark.parametrize(
    "rest",
    [
        "rules: [{name: x, to: X/}]\n",
        "rules: [{name: x, to: X/, action: move, enabled: false}]\n",
        "rules: [{name: x, to: X/, action: move, when: {source: oth*}}]\n",
        "rules: [{name: x, leave: true}]\nuncertain: leave\ndefaults: {action: move}\n",
    ],
)
def test_what_moves_nothing_out_of_it_is_not_warned_of(synced: Path, rest: str) -> None:
    """Other actions, disabled rules, rules for another watch folder, and leaving."""
    assert [] == sentences(synced, rest)


def test_outcomes_move_as_well(synced: Path) -> None:
    """They have no line of their own; all who move are named."""
    rest = "rules: [{name: x, leave: true}]\nfailed: F/\ndefaults: {action: move}\n"

    assert [("failed", 0)] == [each[:2] for each in sentences(synced, rest)]
    ((_, _, sentence),) = sentences(synced, rest + "uncertain: R/\n")
    assert sentence.startswith('"uncertain", "failed" move photos out of')
