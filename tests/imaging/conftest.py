"""What the tests of this room share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def phone(shared_data: Path) -> Path:
    """The folder of real photos."""
    return shared_data / "phone"
