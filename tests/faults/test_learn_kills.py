"""A sample of `python -m tests.faults.learn_kills`: where what serves is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.learn_kills import LearnerHome, sweep
from tests.faults.tracing import why_not

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "call", ["rename", *(pytest.param(call, marks=pytest.mark.long) for call in ("fsync", "mkdir"))]
)
def test_a_learn_that_is_killed_leaves_nothing_half(tmp_path: Path, call: str) -> None:
    """A version is whole or not there, the one before serves, and the next `learn` ends well."""
    if reason := why_not():
        pytest.skip(reason)
    home = LearnerHome(tmp_path / "home")
    home.furnish()

    kills, broken = sweep(home.home, call)

    assert [] == broken
    assert kills >= 2
