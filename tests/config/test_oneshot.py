"""Configurations for `sort`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gallery_daemon.config.load import load
from gallery_daemon.config.oneshot import adapt, default_config
from gallery_daemon.config.settings import ModelChoice, WatchFolder
from gallery_daemon.daemon.configuration import manifest_of
from gallery_daemon.daemon.precision_limits import precision_limits
from gallery_daemon.decision import Action
from gallery_daemon.errors import GalleryError
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction
from gallery_daemon.rules.conditions.model import MinConfidence
from gallery_daemon.rules.decide import RuleSet, decide
from gallery_daemon.rules.demands import precision_demands
from tests.config.texts import CLASSES, HEAD, RULES, config_of

REPOSITORY = Path(__file__).resolve().parents[2]

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
    assert rule.placing is not None
    assert config.rules.uncertain is not None
    assert ("{class}/", Action.COPY) == (rule.placing.to.text, rule.placing.action)
    assert "Review/" == config.rules.uncertain.to.text
    assert (None, None) == (config.rules.otherwise, config.rules.failed)


def test_without_a_file_photos_are_as_sure_as_with_the_example() -> None:
    """Who writes a configuration later finds the same photos in review."""
    example = load(str(REPOSITORY / "config.example.yaml"), lambda _: CLASSES)
    without = default_config(("/in",), "/out", knows_precision=True)

    assert _asked_by(example.rules) == _asked_by(without.rules)
    assert {"memes": {0.9}, "cars": {0.95}}.items() <= _asked_by(without.rules).items()


@pytest.mark.parametrize(
    ("top_class", "precision", "goes_to"),
    [
        ("memes", 0.93, "memes"),
        ("memes", 0.89, "Review"),
        ("cars", 0.96, "cars"),
        ("cars", 0.93, "Review"),
        ("other", None, "Review"),
    ],
)
def test_without_a_file_memes_are_asked_for_less(
    top_class: str, precision: float | None, goes_to: str
) -> None:
    """Of a hundred memes 95 are never right, so by the usual precision none would be filed."""
    rules = default_config(("/in",), "/out", knows_precision=True).rules
    says = Prediction({top_class: 0.9, "trees": 0.1}, "m@1", precision=precision)

    facts = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
    photo = Photo(Candidate("in", "/in", "a.jpg"), Identity(1, 2, 3, 4), datetime.now(UTC))
    found = decide(photo, facts, says, rules)

    assert found.destination is not None
    assert (goes_to,) == found.destination.folder


def test_the_shipped_model_can_satisfy_every_class_without_a_file() -> None:
    """Else a whole class would go to review, whatever a person does."""
    rules = default_config(("/in",), "/out", knows_precision=True).rules

    limits = precision_limits(rules, manifest_of(ModelChoice()))

    assert set(CLASSES) == {limit.top_class for limit in limits}
    assert [] == [limit.sentence for limit in limits if limit.threshold is None]


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


def _asked_by(rules: RuleSet) -> dict[str, set[float]]:
    """The precisions that each class is asked for."""
    demands = precision_demands(rules, CLASSES)
    return {name: {each.precision for each in demands if name in each.classes} for name in CLASSES}
