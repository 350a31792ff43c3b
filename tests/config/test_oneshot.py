"""Configurations for `sort`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.oneshot import adapt, default_config
from gallery_daemon.config.settings import WatchFolder
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError
from gallery_daemon.rules.conditions.model import MinConfidence, MinPrecision
from tests.config.texts import HEAD, RULES, config_of

if TYPE_CHECKING:
    from pathlib import Path

WITH_OWN = f"""{HEAD}rules:
  - {{name: own, to: A/, action: symlink}}
  - {{name: usual, to: B/}}
  - {{name: left, leave: true}}
uncertain: Review/
failed: Failed/
"""


def test_without_a_file_everything_goes_to_its_class() -> None:
    """And what the model is less sure of to review."""
    folders = ("/in/Camera", "/in/Camera/", "/old/Camera")
    config = default_config(folders, "/out", Action.COPY, knows_precision=True)

    (rule,) = config.rules.rules
    assert (None, "/out") == (config.file, config.library)
    assert (
        WatchFolder("Camera", "/in/Camera"),
        WatchFolder("Camera (2)", "/old/Camera"),
    ) == config.watch
    assert (MinPrecision(0.95),) == rule.conditions
    assert rule.placing is not None
    assert config.rules.uncertain is not None
    assert ("{class}/", Action.COPY) == (rule.placing.to.text, rule.placing.action)
    assert "Review/" == config.rules.uncertain.to.text
    assert (None, None) == (config.rules.otherwise, config.rules.failed)


def test_a_model_of_version_0_1_is_asked_for_its_confidence() -> None:
    """It cannot tell its precision; what it is 60% sure of was filed then, and is now."""
    (rule,) = default_config(("/in",), "/out", knows_precision=False).rules.rules

    assert (MinConfidence(0.6),) == rule.conditions


def test_a_source_s_name_can_be_written_down(tmp_path: Path) -> None:
    """A folder's name may be any bytes; what it is called stands in the log and the journal."""
    source = f"{tmp_path}/photos\udce9"

    (folder,) = default_config((source,), "/out", knows_precision=True).watch

    assert (source, "photos?") == (folder.path, folder.name)


def test_sources_begin_where_the_command_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of any command."""
    monkeypatch.chdir(tmp_path)

    config = default_config(("in",), "out", knows_precision=True)

    assert str(tmp_path / "in") == config.watch[0].path
    assert str(tmp_path / "out") == config.library


def test_an_action_replaces_the_default_one_only() -> None:
    """A rule that says its own has a reason for it."""
    config = adapt(config_of(WITH_OWN), action=Action.COPY)

    placings = [rule.placing for rule in config.rules.rules]
    placings += [config.rules.uncertain, config.rules.otherwise, config.rules.failed]
    assert [Action.SYMLINK, Action.COPY, None, Action.COPY, None, Action.COPY] == [
        placing and placing.action for placing in placings
    ]


def test_what_the_command_line_does_not_say_stays() -> None:
    """Each part on its own."""
    config = config_of(WITH_OWN)

    assert config == adapt(config)
    assert (config.watch, "/lib") == (
        adapt(config, library="/lib").watch,
        adapt(config, library="/lib").library,
    )
    assert config.library == adapt(config, sources=("/in",)).library


def test_a_source_that_the_file_watches_keeps_its_settings() -> None:
    """So that rules for it still match; another one is called by its last component."""
    config = config_of(
        "version: 1\nwatch: {name: phone, path: /in, ignore: x}\nlibrary: /out\n" + RULES
    )

    watch = adapt(config, sources=("/in/", "/in/inner", "/old/phone")).watch

    expected = (
        WatchFolder("phone", "/in", ignore=("x",)),
        WatchFolder("phone (2)", "/old/phone"),
    )
    assert expected == watch


@pytest.mark.parametrize("source", ["/out", "/out/in", "/out/../out/./in"])
def test_the_library_cannot_be_sorted_into_itself(source: str) -> None:
    """What is filed would be found again."""
    with pytest.raises(GalleryError):
        default_config((source,), "/out", knows_precision=True)

    assert default_config(("/",), "/out", knows_precision=True).watch == (WatchFolder("/", "/"),)


def test_a_symlink_does_not_hide_the_library(tmp_path: Path) -> None:
    """Two names for one folder are one folder."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "link").symlink_to("photos")

    with pytest.raises(GalleryError, match="the library is the watch folder"):
        default_config((str(tmp_path / "link"),), str(tmp_path / "photos"), knows_precision=True)
