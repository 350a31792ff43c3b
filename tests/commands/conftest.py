"""The little world of filing and the household, for this room's tests."""

from __future__ import annotations

from tests.households import household, tmp_path, world

__all__ = ["household", "tmp_path", "world"]
