"""The journal's little world, for what follows and sums it up."""

from __future__ import annotations

from tests.filing.conftest import tmp_path, world

__all__ = ["tmp_path", "world"]
