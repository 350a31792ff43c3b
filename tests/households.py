"""The journal's little world, for what follows and sums it up; a household, for what refiles."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.faults.household import Household
from tests.filing.conftest import tmp_path, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["tmp_path", "world"]


@pytest.fixture
def household(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Household]:
    """A person's folders, and no daemon."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    household = Household(tmp_path, tmp_path / "library")
    yield household
    household.stop()
