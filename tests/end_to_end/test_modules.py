"""What the daemon imports, for it holds that in memory as long as it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import Daemon, photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

import pytest

# The network and its readers are the classifier process's, tables and parsers the commands'.
HEAVY = frozenset({"rich", "typer", "click", "torch", "numpy", "PIL", "pillow_heif", "openvino"})
# Only where metrics are asked for; and what no daemon needs.
UNASKED = frozenset(
    {
        "gallery_daemon.cli.app",
        "gallery_daemon.cli.render",
        "gallery_daemon.daemon.exporter",
        "http.server",
        "importlib.metadata",
        "asyncio",
        "ssl",
    }
)


@pytest.fixture
def listing(tmp_path: Path) -> Iterator[Daemon]:
    """The real program, which lists its modules at the end."""
    daemon = Daemon(tmp_path)
    daemon.program = (sys.executable, "-m", "tests.end_to_end.listing_modules")
    yield daemon
    if hasattr(daemon, "process"):
        daemon.kill()


def test_a_daemon_holds_nothing_that_it_does_not_need(listing: Daemon, tmp_path: Path) -> None:
    """From its start over a photo to its end, neither the network nor tables are loaded."""
    listing.start(MODULES=str(tmp_path / "modules"))
    (listing.watch / "WA-1.jpg").write_bytes(photo_bytes(tmp_path, 10))
    listing.wait_for_photo("WA-1.jpg")

    listing.stop()

    loaded = set((tmp_path / "modules").read_text("utf-8").split())
    assert "gallery_daemon.daemon.daemon" in loaded
    assert set() == {name.partition(".")[0] for name in loaded} & HEAVY
    assert set() == loaded & UNASKED
