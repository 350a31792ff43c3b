"""The files that a classifier process is shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.classifier.contract import make_photo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten good photos, and one file for every kind of refusal, but the vanished."""
    folder = tmp_path_factory.mktemp("photos")
    for number in range(10):
        make_photo(folder / f"good{number}.jpg")
    whole = make_photo(folder / "broken.jpg").read_bytes()
    (folder / "broken.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "notes.jpg").write_text("these are notes, whatever the name says\n")
    os.mkfifo(folder / "fifo.jpg")
    make_photo(folder / "swapped.jpg")
    return folder
