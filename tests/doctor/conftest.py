"""The little world of filing, for tests of what the doctor finds in a journal."""

from __future__ import annotations

from tests.filing.conftest import tmp_path, world

__all__ = ["tmp_path", "world"]
