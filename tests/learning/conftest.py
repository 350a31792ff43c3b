"""The little world of filing, with rules, for this room's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.filing.conftest import tmp_path, world
from tests.learning.shelves import Shelves

if TYPE_CHECKING:
    from tests.filing.conftest import World

__all__ = ["shelves", "tmp_path", "world"]


@pytest.fixture
def shelves(world: World) -> Shelves:
    """An empty library, with a place for each of three classes, and one for the uncertain."""
    return Shelves(world)
