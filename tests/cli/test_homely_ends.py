"""What `classify` and `train` say at a terminal: the home folder is `~`, in a pipe it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.cli import classify, fitting, train
from gallery_daemon.commands.classify import Classification
from gallery_daemon.photo import Prediction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOME = "/home/a-name-of-some-length"


class Seer:
    """Calls everything a car."""

    def __init__(self, *_: object) -> None:
        pass

    def run(self, files: Sequence[str]) -> Iterator[Classification]:
        """An answer for each file."""
        for file in files:
            yield Classification(file, Prediction({"cars": 1.0}, "m@00000000"), None)


@pytest.fixture(params=[None, 80])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """A pipe, and a terminal of 80 columns."""
    found: int | None = request.param
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setattr(fitting, "columns_of", lambda _stream: found)
    return found


def test_classify(
    columns: int | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line a file."""
    monkeypatch.setattr(classify, "FileClassifier", Seer)

    classify.classify([f"{HOME}/Sync/a.jpg"])

    home = HOME if columns is None else "~"
    assert f"{home}/Sync/a.jpg: cars 1.00\n" == capsys.readouterr().out


@pytest.mark.parametrize("is_finished", [True, False])
def test_train(
    columns: int | None, capsys: pytest.CaptureFixture[str], *, is_finished: bool
) -> None:
    """The line for the configuration is to be copied, and stays whole."""
    out = Path(HOME) / "models/family"

    train._print_end(out, is_finished=is_finished, can_resume=True)

    lines = capsys.readouterr().out.splitlines()
    told = [line for line in lines if "model: " not in line]
    assert (f"  model: {out}" in lines) == is_finished
    assert any(HOME in line for line in told) == (columns is None)
    assert columns is None or all(len(line) <= columns for line in told)
