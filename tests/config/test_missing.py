"""What is advised about a watch folder that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.missing import advice_on_missing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Sync/Camra", "Sync/Camera"),
        ("Sync/camera", "Sync/Camera"),
        ("Synk/Camera", "Sync/Camera"),
        ("Sync/Downloads", None),
        ("Synk/Kamera", None),
        ("Photos", None),
    ],
)
def test_a_mistyped_folder_is_named(tmp_path: Path, typed: str, meant: str | None) -> None:
    """Only one that is there; what else helps is said in any case."""
    (tmp_path / "Sync/Camera").mkdir(parents=True)
    (tmp_path / "Sync/Camra.txt").touch()

    said = advice_on_missing(str(tmp_path / typed))

    assert ("did you mean" in said) == (meant is not None)
    assert meant is None or f"did you mean {tmp_path}/{meant}? if not, make it" in said
    assert "mount its disk" in said


def test_a_disk_that_cannot_be_listed_is_no_error() -> None:
    """The daemon goes on, whatever the folder above it is."""
    assert "make it" in advice_on_missing("/nowhere/at/all")
