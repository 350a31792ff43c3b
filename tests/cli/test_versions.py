"""What was learned, at the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.manifest import HEAD_FILE, find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from tests.end_to_end.conftest import photo_bytes
from tests.model.learned import adopt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def versions(tmp_path: Path) -> ModelVersions:
    """Those of the shipped model for the library of `explained`, of the home of `run`."""
    state = tmp_path / "home/.local/state/gallery-daemon"
    return ModelVersions.of(find_bundle("default"), str(tmp_path / "library"), state)


def test_classify_goes_by_what_a_configuration_has_learned(
    quick_run: Run, explained: Path, tmp_path: Path, versions: ModelVersions
) -> None:
    """With --config; a damaged version is said, and the one before answers."""
    photo = tmp_path / "IMG_1.jpg"
    photo.write_bytes(photo_bytes(tmp_path, 7))
    classes = versions.base.classes
    adopt(versions, favourite=classes.index("trees"))
    second = adopt(versions, favourite=classes.index("memes"))

    plain = quick_run("classify", "--json", photo)
    learned = quick_run("classify", "--json", "--config", explained, photo)
    assert second.folder is not None
    (second.folder / HEAD_FILE).write_bytes(b"")
    before = quick_run("classify", "--json", "--config", explained, photo)

    found = [json.loads(each.stdout)["class"] for each in (plain, learned, before)]
    assert ["cars", "memes", "trees"] == found
    assert ("", "") == (plain.stderr, learned.stderr)
    assert "warning: version 2 does not serve" in before.stderr
    both = quick_run("classify", "--model", "default", "--config", explained, photo)
    assert (2, "error: invalid value: give either --model or --config") == (
        both.returncode,
        both.stderr.splitlines()[0].lower(),
    )
