"""Which pictures there are, and which of them contradict each other."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.errors import TrainingError
from gallery_daemon.training.dataset import Gallery, find_gallery, without_duplicates
from gallery_daemon.training.display import Silent
from gallery_daemon.training.pictures import read_gallery
from tests.training.conftest import make_gallery

if TYPE_CHECKING:
    from pathlib import Path


def _names(gallery: Gallery) -> list[str]:
    return [f"{gallery.classes[each.label]}/{each.path.name}" for each in gallery.pictures]


def test_several_folders_add_up(tmp_path: Path) -> None:
    """A class may lie in one folder or in both; an empty class folder beside a full one is fine."""
    first, second = make_gallery(tmp_path / "a", 2), make_gallery(tmp_path / "b", 1)
    shutil.rmtree(second / "red")
    (second / "red").mkdir()

    found = find_gallery([first, second])

    assert ["blue/00.png", "blue/01.png", "blue/00.png", "red/00.png", "red/01.png"] == _names(
        found
    )
    assert {"blue": 3, "red": 2} == found.counts()


def test_a_folder_given_twice_counts_once(tmp_path: Path) -> None:
    """By whatever path: its pictures are no duplicates of themselves."""
    data = make_gallery(tmp_path / "a", 2)
    (tmp_path / "link").symlink_to(data)

    found = find_gallery([data, tmp_path / "link", data / ".." / "a"])

    assert {"blue": 2, "red": 2} == found.counts()


def test_hidden_files_thumbnails_and_bins_are_not_looked_at(tmp_path: Path) -> None:
    """A NAS keeps thumbnails beside the pictures; a link that leads nowhere is listed later."""
    data = make_gallery(tmp_path / "a", 1)
    for folder in ("@eaDir", "red/.thumbs", "red/@eaDir"):
        (data / folder).mkdir()
        shutil.copy(data / "red" / "00.png", data / folder / "small.png")
    (data / "red" / "gone.png").symlink_to(tmp_path / "nowhere.png")

    found = find_gallery([data])

    assert ["blue/00.png", "red/00.png", "red/gone.png"] == _names(found)


def test_a_class_that_cannot_be_printed_is_refused(tmp_path: Path) -> None:
    """It would be a folder's name and stand in rules and log lines."""
    data = make_gallery(tmp_path / "a", 1)
    (data / "red").rename(data / "r\udce9d")

    with pytest.raises(TrainingError, match="a name that cannot be printed"):
        find_gallery([data])


def test_a_source_is_the_part_before_two_underscores(tmp_path: Path) -> None:
    """Names without one have the empty source, which is one source too."""
    make_gallery(tmp_path / "a", 3, ("phone__", "", "my_old__cam__"))

    found = find_gallery([tmp_path / "a"])

    assert {"phone": 1, "": 1, "my_old": 1} == found.sources()["red"]


def test_identical_files_of_one_class_count_once(tmp_path: Path) -> None:
    """The first by path is kept; the others are listed with it."""
    data = make_gallery(tmp_path / "a", 2)
    shutil.copy(data / "red" / "00.png", data / "red" / "copy.png")

    gallery, skipped = without_duplicates(find_gallery([data]))

    assert [(data / "red" / "copy.png", f"the same file as {data / 'red' / '00.png'}")] == [
        *skipped
    ]
    assert "red/00.png" in _names(gallery)


def test_identical_files_of_two_classes_are_left_out_with_both_paths(tmp_path: Path) -> None:
    """Neither is used; the reason of each names the other."""
    data = make_gallery(tmp_path / "a", 2)
    red, blue = data / "red" / "00.png", data / "blue" / "stray.png"
    shutil.copy(red, blue)

    gallery, skipped = without_duplicates(find_gallery([data]))

    assert ["blue/00.png", "blue/01.png", "red/01.png"] == _names(gallery)
    said = dict(skipped)
    assert (
        f"the same file as {red}, which is of the class 'red': keep it in one class" == said[blue]
    )
    assert f"the same file as {blue}, which is of the class 'blue'" in said[red]


def test_a_class_of_nothing_usable_is_one_sentence_with_the_first_reason(tmp_path: Path) -> None:
    """All red pictures are broken: the class is named, and why its first picture was skipped."""
    data = make_gallery(tmp_path / "a", 2)
    for picture in (data / "red").iterdir():
        picture.write_bytes(picture.name.encode())

    with pytest.raises(TrainingError, match="no picture of the class 'red' can be used") as caught:
        read_gallery(find_gallery([data]), tmp_path, threads=1, display=Silent())

    assert "00.png" in (caught.value.hint or "")


def test_folders_that_are_no_gallery_are_one_sentence(tmp_path: Path) -> None:
    """Absent, one class, none, an empty class: each says what and where."""
    data = make_gallery(tmp_path / "data", 1)
    (tmp_path / "one" / "only").mkdir(parents=True)
    (tmp_path / "none").mkdir()

    with pytest.raises(TrainingError, match=r"cannot list .*absent: No such file"):
        find_gallery([tmp_path / "absent"])
    with pytest.raises(TrainingError, match="one has 1 class folder, training needs at least two"):
        find_gallery([tmp_path / "one"])
    with pytest.raises(TrainingError, match="none has 0 class folders"):
        find_gallery([tmp_path / "none"])
    (data / "empty").mkdir()
    with pytest.raises(TrainingError, match=r"the class 'empty' of .*data has no pictures"):
        find_gallery([data])
