"""A configuration is read with the version of its model that serves for its library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.oneshot import default_config
from gallery_daemon.daemon.configuration import (
    classes_of,
    manifest_of,
    read_configuration,
    trouble_with_versions,
    versions_of,
    with_version,
)
from gallery_daemon.daemon.wiring import setup_of
from gallery_daemon.errors import ConfigErrors
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.journey.quick_looks import why_only_full
from gallery_daemon.model.manifest import HEAD_FILE
from tests.model.learned import adopt

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.model_versions import ModelVersions

TEXT = """\
version: 1
watch: {watch}
library: {library}
rules:
  - {{name: x, when: {{class: {name}}}, to: X/}}
"""


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelVersions:
    """Those of the shipped model for the test's library."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    return versions_of("default", os.fspath(tmp_path / "library"))


def written(tmp_path: Path, name: str = "memes", library: str = "library") -> Path:
    """A configuration whose rule asks for this class."""
    path = tmp_path / "config.yaml"
    path.write_text(TEXT.format(watch=tmp_path / "in", library=tmp_path / library, name=name))
    return path


def test_the_version_that_serves_is_the_model_in_every_respect(
    versions: ModelVersions, tmp_path: Path
) -> None:
    """For the classifier process, the rules, the cache; a learned class is one like any other."""
    version = adopt(versions, more_classes=("receipts",))

    config = read_configuration(written(tmp_path, "receipts"))

    assert os.fspath(version.folder or "") == config.model.version
    assert config.model.version == setup_of(config.model, config.batch, config.limits).version
    assert version.manifest == manifest_of(config.model)
    assert version.manifest.classes == classes_of(config.model)
    assert "receipts" == classes_of(config.model)[-1]
    assert why_only_full(config, manifest_of(config.model)) is None
    assert trouble_with_versions(config) is None
    cache = InferenceCache.of(config, None)  # type: ignore[arg-type]
    assert version.manifest.model_id == cache._model


def test_another_library_has_what_was_learned_for_it(
    versions: ModelVersions, tmp_path: Path
) -> None:
    """That is nothing, here: the class is unknown, and the shipped model serves."""
    adopt(versions, more_classes=("receipts",))

    assert read_configuration(written(tmp_path, library="other")).model.version is None
    with pytest.raises(ConfigErrors) as refused:
        read_configuration(written(tmp_path, "receipts", library="other"))
    assert "receipts" in refused.value.errors[0].sentence


def test_the_built_in_rules_go_by_it_too(versions: ModelVersions, tmp_path: Path) -> None:
    """`run --watch` and `sort --library` learn like a configuration."""
    version = adopt(versions)
    watch, library = (os.fspath(tmp_path / each) for each in ("in", "library"))

    config = with_version(default_config((watch,), library, knows_precision=True))

    assert os.fspath(version.folder or "") == config.model.version


def test_a_damaged_version_is_said_and_the_one_before_serves(
    versions: ModelVersions, tmp_path: Path
) -> None:
    """Where the rules name what only that version knew, the mistake says so, too."""
    first, second = adopt(versions), adopt(versions, more_classes=("receipts",))
    assert second.folder is not None
    (second.folder / HEAD_FILE).write_bytes(b"")

    config = read_configuration(written(tmp_path))
    assert os.fspath(first.folder or "") == config.model.version
    assert "version 2 does not serve" in str(trouble_with_versions(config))

    with pytest.raises(ConfigErrors) as refused:
        read_configuration(written(tmp_path, "receipts"))
    unknown, why = refused.value.errors
    assert "receipts" in unknown.sentence
    assert why.sentence.startswith("model: version 2 does not serve: ")
