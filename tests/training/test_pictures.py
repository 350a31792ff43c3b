"""Reading pictures: each once, as at prediction; what cannot be read is named and left out."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.errors import TrainingError
from gallery_daemon.imaging.thumbnails import as_thumbnail
from gallery_daemon.photo import LookKind
from gallery_daemon.training.dataset import Gallery, Labelled, find_gallery
from gallery_daemon.training.display import Silent
from gallery_daemon.training.pictures import (
    LoadedGallery,
    read_gallery,
    read_pictures,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLOURS = {"a": (250, 0, 0), "b": (0, 250, 0), "c": (0, 0, 250)}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three classes of three pictures each, plain ones of a shade for each number."""
    for name, colour in COLOURS.items():
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(3):
            shade = tuple(max(0, part - 40 * number) for part in colour)
            Image.new("RGB", (30 + number, 20), shade).save(
                tmp_path / "data" / name / f"{number}.png"
            )
    return tmp_path / "data"


def _read(data: Path, threads: int = 2, gallery: Gallery | None = None) -> LoadedGallery:
    return read_gallery(
        gallery or find_gallery([data]), data.parent, threads=threads, display=Silent()
    )


def _names(loaded: LoadedGallery) -> list[str]:
    return [f"{each.path.parent.name}/{each.path.name}" for each in loaded.gallery.pictures]


@pytest.mark.parametrize("threads", [1, 4])
def test_each_row_is_the_picture_of_that_place(data: Path, threads: int) -> None:
    """Red, green, blue in that order, at the size of the network, however many decoders work."""
    loaded = _read(data, threads)

    pixels = loaded.open()
    assert (9, 224, 224, 3) == pixels.shape
    for picture, row in zip(loaded.gallery.pictures, pixels, strict=True):
        with Image.open(picture.path) as image:
            assert image.getpixel((0, 0)) == tuple(row[100, 100])


def test_pictures_that_cannot_be_read_leave_no_gap(data: Path) -> None:
    """Named with the reason; the rows of the others stay beside their pictures."""
    whole = (data / "a" / "0.png").read_bytes()
    (data / "a" / "1.png").write_bytes(whole[: len(whole) // 2])
    (data / "b" / "0.png").write_text("a text, not a picture")
    (data / "c" / "9.png").symlink_to(data / "nowhere")
    (data / "c" / "empty.jpg").touch()

    loaded = _read(data)

    assert ["a/0.png", "a/2.png", "b/1.png", "b/2.png", "c/0.png", "c/1.png", "c/2.png"] == _names(
        loaded
    )
    reasons = {path.name: reason for path, reason in loaded.skipped}
    assert {"1.png", "0.png", "9.png", "empty.jpg"} == set(reasons)
    assert "No such file or directory" == reasons["9.png"]
    assert all(reasons.values())
    pixels = loaded.open()
    assert 7 == len(pixels)
    assert [(170, 0, 0), (0, 210, 0)] == [tuple(map(int, pixels[n][0, 0])) for n in (1, 2)]


def test_a_picture_that_may_not_be_read_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system says it."""
    lstat = os.lstat

    def denied(path: str, **rest: int) -> os.stat_result:
        if path.endswith("a/0.png"):
            raise PermissionError(13, "Permission denied")
        return lstat(path, **rest)

    monkeypatch.setattr(os, "lstat", denied)

    assert ((data / "a" / "0.png", "Permission denied"),) == _read(data).skipped


def test_a_folder_or_a_pipe_with_a_pictures_name_is_no_picture(data: Path) -> None:
    """Neither is waited for."""
    os.mkfifo(data / "a" / "pipe.png")

    loaded = _read(data)

    assert ["pipe.png"] == [path.name for path, _ in loaded.skipped]


def test_identical_pictures_are_read_once(data: Path) -> None:
    """Those of one class; the copy is named with the first."""
    shutil.copy(data / "a" / "0.png", data / "a" / "copy.png")

    loaded = _read(data)

    assert 9 == len(loaded.gallery.pictures)
    assert (
        (data / "a" / "copy.png", f"the same file as {data / 'a' / '0.png'}"),
    ) == loaded.skipped


def test_pictures_that_only_validate_do_not_make_a_class(data: Path) -> None:
    """Nothing could be learned of it."""
    gallery = find_gallery([data])
    held = tuple(replace(each, is_held=each.label == 1) for each in gallery.pictures)
    shutil.copy(data / "b" / "0.png", data / "b" / "copy.png")
    with_copy = (*held, Labelled(data / "b" / "copy.png", 1, is_held=True))

    with pytest.raises(TrainingError, match="no picture of the class 'b' can be used"):
        _read(data, gallery=Gallery(gallery.classes, with_copy))


def test_every_picture_is_counted_as_it_is_read(data: Path) -> None:
    """Also one that cannot be: the bar comes to its end."""
    (data / "a" / "0.png").write_text("no picture")

    class Counting(Silent):
        def __init__(self) -> None:
            self.total, self.done = 0, 0

        def begin(self, step: str, total: int) -> None:
            assert "reading pictures" == step
            self.total = total

        def advance(self, pictures: int) -> None:
            self.done += pictures

    display = Counting()
    read_gallery(find_gallery([data]), data.parent, threads=2, display=display)

    assert 9 == display.total == display.done


def test_reading_goes_ahead_in_order_and_not_without_end(data: Path) -> None:
    """More pictures than are read ahead: all of them, in the order asked for."""
    gallery = find_gallery([data])
    many: Sequence[Labelled] = gallery.pictures * 15

    found = list(read_pictures(many, 3))

    assert list(many) == [picture for picture, _ in found]
    assert all(not isinstance(pixels, str) for _, pixels in found)


def test_a_quick_look_sees_what_a_camera_puts_into_the_file(data: Path) -> None:
    """Of each picture a row of 128 pixels, with little left of what is fine."""
    loaded = _read(data)

    full, quick = (loaded.open(look) for look in LookKind)
    assert ((9, 224, 224, 3), (9, 128, 128, 3)) == (full.shape, quick.shape)
    assert np.abs(full.mean((1, 2)) - quick.mean((1, 2))).max() < 4
    stripes = np.zeros((224, 224, 3), np.uint8)
    stripes[:, ::2] = 255
    assert as_thumbnail(stripes).std() < 40


def test_a_full_look_can_be_smaller(data: Path) -> None:
    """As large as the network sees it; what is varied for training stays whole."""
    loaded = replace(_read(data), full_size=160)

    assert (2, 160, 160, 3) == loaded.shown(LookKind.FULL, [3, 5]).shape
    assert (3, 128, 128, 3) == loaded.shown(LookKind.QUICK, slice(0, 3)).shape
    assert (9, 224, 224, 3) == loaded.open().shape
