"""The little world of filing, the household, and a scene, for this room's tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.filing.conftest import tmp_path, world
from tests.households import household
from tests.journey.foretold import Scene

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["household", "scene", "tmp_path", "world"]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A person's folders, whose photos say in their bytes what the model sees."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    return Scene(tmp_path, tmp_path / "library")
