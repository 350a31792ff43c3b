"""Asking the classifier process about some files: in order, and an error for each that has none."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from gallery_daemon.classifier import answers
from gallery_daemon.classifier.host import ClassifierHost
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.classify import FileClassifier
from gallery_daemon.errors import ClassifierLost
from tests.classifier.loop import FAKE, setup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.commands.classify import Classification


@pytest.fixture
def _fake() -> Iterator[None]:
    """The process that goes by names, and is there in no time."""
    with patch.object(answers, "ClassifierHost", partial(ClassifierHost, command=FAKE)):
        yield


def classified(folder: Path, *names: str, bundle: str = "/good") -> list[Classification]:
    """What comes of the files of these names; what is called `gone` is not there."""
    for name in names:
        if not name.startswith("gone"):
            (folder / name).write_bytes(b"a photo")
    classifier = FileClassifier(setup(bundle), SystemClock())
    return list(classifier.run([os.fspath(folder / name) for name in names]))


@pytest.mark.usefixtures("_fake")
def test_answers_come_in_the_order_of_the_arguments(tmp_path: Path) -> None:
    """However the process answers, and whatever cannot be asked for in between."""
    names = ["held.jpg", "a.jpg", "gone.jpg", "broken.jpg", "b.jpg"]

    found = classified(tmp_path, *names)

    assert names == [each.path.rpartition("/")[2] for each in found]
    assert [True, True, False, False, True] == [each.prediction is not None for each in found]
    assert [None, None, "No such file or directory", "its end is missing", None] == [
        each.error for each in found
    ]
    assert [True, True, False, True, True] == [each.identity is not None for each in found]


@pytest.mark.usefixtures("_fake")
def test_no_process_is_started_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file can be asked for, there is only the error of each."""
    starts = tmp_path / "starts"
    monkeypatch.setenv("FAKE_STARTS", os.fspath(starts))

    found = classified(tmp_path, "gone 1.jpg", "gone 2.jpg")

    assert 2 == len([each for each in found if each.error])
    assert not starts.exists()


@pytest.mark.usefixtures("_fake")
def test_a_process_that_cannot_be_started_is_one_error_for_all(tmp_path: Path) -> None:
    """It is raised, for no file is to blame."""
    with pytest.raises(ClassifierLost):
        classified(tmp_path, "a.jpg", "b.jpg", bundle="/broken")
