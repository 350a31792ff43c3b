"""The little world of filing and the household, for this room's tests."""

from __future__ import annotations

from tests.filing.conftest import tmp_path, world
from tests.households import household

__all__ = ["household", "tmp_path", "world"]
