"""The package's docstrings name every room, and a room's docstring each of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import gallery_daemon
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "gallery_daemon"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_is_in_the_package_s_docstring(room: Path) -> None:
    """A reader who opens the package finds every room named, in the order of the journey."""
    assert f"`{room.name}`" in (gallery_daemon.__doc__ or "")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_file_is_in_its_room_s_docstring(room: Path) -> None:
    """A room's own docstring names each of its files."""
    text = (room / "__init__.py").read_text("utf-8")

    files = {path.stem for path in room.glob("*.py")} - {"__init__"}
    assert not [name for name in files if f"`{name}`" not in text]
