"""The values that travel from room to room."""

from __future__ import annotations

import pytest

from gallery_daemon.photo import Identity


@pytest.mark.parametrize(
    ("mtime_ns", "kept"),
    [
        (0, 0),
        (2**63 - 1, 2**63 - 1),
        (2**63, 2**63 - 1),
        (10**25, 2**63 - 1),
        (-(2**63) - 1, -(2**63)),
    ],
)
def test_an_mtime_fits_into_the_journal(mtime_ns: int, kept: int) -> None:
    """Sixty-four bits of nanoseconds; one far outside is still equal to itself."""
    identity = Identity(1, 2, 3, mtime_ns)

    assert kept == identity.mtime_ns
    assert Identity(1, 2, 3, mtime_ns) == identity
