"""What is advised about a watch folder that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.missing import advice_on_missing, refuse_elsewhere, refuse_missing
from gallery_daemon.errors import GalleryError

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


@pytest.mark.parametrize(
    ("typed", "says", "hint"),
    [
        ("Sync/Camrea", "there is no folder Sync/Camrea", "did you mean {}/Sync/Camera?"),
        ("{}/Sync/Camrea", "there is no folder {}/Sync/Camrea", "did you mean {}/Sync/Camera?"),
        ("Downloads", "there is no folder Downloads", "make it, mount its disk"),
        ("Sync/a.jpg", "Sync/a.jpg is not a folder", "give folders of photos"),
        (r"C:\Users\me", r"C:\Users\me is a path of Windows", "/mnt/c/Users/me"),
        (r"\\nas\photos", r"\\nas\photos is a share of Windows", "mount it"),
    ],
)
def test_a_folder_that_was_typed_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, says: str, hint: str
) -> None:
    """Or the command ends with the one that was meant: no disk comes for a mistyped name."""
    (tmp_path / "Sync/Camera").mkdir(parents=True)
    (tmp_path / "Sync/a.jpg").touch()
    monkeypatch.chdir(tmp_path)
    refuse_missing("Sync/Camera")

    with pytest.raises(GalleryError) as caught:
        refuse_missing(typed.format(tmp_path))

    assert says.format(tmp_path) == caught.value.sentence
    assert hint.format(tmp_path) in (caught.value.hint or "")


def test_a_library_is_made_but_not_by_a_name_of_windows() -> None:
    """It would be a folder of that strange name in the present one."""
    refuse_elsewhere("/not/yet/there")

    with pytest.raises(GalleryError, match="a path of Windows"):
        refuse_elsewhere(r"D:\Photos")


def test_a_disk_that_cannot_be_listed_is_no_error() -> None:
    """The daemon goes on, whatever the folder above it is."""
    assert "make it" in advice_on_missing("/nowhere/at/all")
