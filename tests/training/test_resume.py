"""Ctrl-C keeps the best so far, and `--resume` ends where an uninterrupted training would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.training.train import train
from gallery_daemon.training.train_options import TrainOptions
from tests.training.conftest import VARIED, Listening, make_gallery

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.training.display import Epoch


# What is tested does not depend on the network.
TINY = pytest.mark.usefixtures("tiny")


class ImpatientAfter(Listening):
    """Presses Ctrl-C in the middle of the epoch after the given one."""

    def __init__(self, phase: str, number: int) -> None:
        super().__init__()
        self._last = (phase, number)
        self._is_over = False

    def epoch(self, epoch: Epoch) -> None:
        super().epoch(epoch)
        self._is_over = (epoch.phase, epoch.number) == self._last

    def advance(self, pictures: int) -> None:  # noqa: ARG002 - the port has it
        if self._is_over:
            raise KeyboardInterrupt


@pytest.mark.long
def test_a_training_interrupted_twice_ends_with_the_same_bits(
    gallery: Path, tmp_path: Path
) -> None:
    """In a long phase and at its end: a whole bundle each time, and the same weights at last."""
    options = TrainOptions((gallery,), tmp_path / "twice", "none", VARIED, seed=3)
    again = replace(options, resume=True)
    whole = train(replace(options, out=tmp_path / "once"), Listening())

    for begun, number in ((options, 1), (again, 2)):
        interrupted = train(begun, ImpatientAfter("all", number))
        assert (False, True) == (interrupted.finished, interrupted.can_resume)
        load_bundle(options.out)
    display = Listening()
    at_last = train(again, display)

    assert at_last.finished
    assert [epoch.number for epoch in whole.epochs] == [epoch.number for epoch in at_last.epochs]
    assert len(whole.epochs) > len(display.epochs)
    assert whole.manifest.weights_sha256 == at_last.manifest.weights_sha256
    assert whole.manifest.head_sha256 == at_last.manifest.head_sha256
    assert {"once", "twice"} == {path.name for path in tmp_path.iterdir()}


@TINY
def test_what_a_person_put_into_the_unfinished_bundle_is_theirs(
    gallery: Path, tmp_path: Path
) -> None:
    """It is named and stays, and so does the bundle; before anything is learned."""
    options = TrainOptions((gallery,), tmp_path / "b", "none", VARIED)
    train(options, ImpatientAfter("all", 1))
    (options.out / "notes.txt").write_text("mine")
    display = Listening()

    with pytest.raises(BundleError, match=r"notes\.txt is no part of the unfinished bundle"):
        train(replace(options, resume=True), display)

    assert [] == display.epochs
    assert "mine" == (options.out / "notes.txt").read_text()


@TINY
def test_a_folder_in_the_way_of_the_scratch_folder_is_left_alone(
    gallery: Path, tmp_path: Path
) -> None:
    """Somebody else's folder of that name is not taken, and never removed."""
    (tmp_path / ".b.training").mkdir()
    (tmp_path / ".b.training" / "mine.txt").write_text("mine")

    with pytest.raises(BundleError, match="is in the way"):
        train(TrainOptions((gallery,), tmp_path / "b", "none", VARIED), Listening())

    assert "mine" == (tmp_path / ".b.training" / "mine.txt").read_text()


@TINY
def test_pictures_that_have_changed_since_are_refused(tmp_path: Path) -> None:
    """One picture edited in between: what was computed of it would not be true any more."""
    data = make_gallery(tmp_path / "data", 6)
    options = TrainOptions((data,), tmp_path / "b", "none", VARIED)
    train(options, ImpatientAfter("all", 1))
    Image.new("RGB", (50, 50), "green").save(data / "red" / "00.png")

    with pytest.raises(TrainingError, match=r"the pictures or the weights none have changed"):
        train(replace(options, resume=True), Listening())


@TINY
def test_an_early_interruption_keeps_the_best_and_cannot_go_on(
    gallery: Path, tmp_path: Path
) -> None:
    """Only the head has learned, in a second: there is a bundle, and nothing worth resuming."""
    options = TrainOptions((gallery,), tmp_path / "b", "none", VARIED)

    summary = train(options, ImpatientAfter("head", 1))

    assert not summary.finished
    assert not summary.can_resume
    assert ["b"] == [path.name for path in tmp_path.iterdir()]


@TINY
def test_an_interruption_before_anything_was_learned_leaves_nothing(
    gallery: Path, tmp_path: Path
) -> None:
    """Ctrl-C while pictures are read: no bundle, no scratch folder."""
    display = ImpatientAfter("", 0)
    display._is_over = True

    with pytest.raises(KeyboardInterrupt):
        train(TrainOptions((gallery,), tmp_path / "b", "none", VARIED), display)

    assert [] == list(tmp_path.iterdir())


@TINY
def test_an_interruption_with_a_source_left_out_goes_on_there(tmp_path: Path) -> None:
    """Nothing can be said of the whole yet, so there is no bundle; the first fold is kept."""
    data = make_gallery(tmp_path / "data", 6, ("a__", "b__"))
    options = TrainOptions(
        (data,), tmp_path / "b", "none", VARIED, left_out=(("a",), ("b",)), seed=1
    )

    with pytest.raises(KeyboardInterrupt):
        train(options, ImpatientAfter("all", 1))
    assert not options.out.exists()
    display = Listening()
    summary = train(replace(options, resume=True), display)

    assert summary.left_out is not None
    assert 12 == summary.left_out.pictures
    assert ("all", 2) == (display.epochs[0].phase, display.epochs[0].number)


@TINY
def test_resuming_needs_the_same_options_and_something_to_resume(
    gallery: Path, tmp_path: Path
) -> None:
    """Another seed, no --resume, a finished bundle, nothing there: one sentence each."""
    options = TrainOptions((gallery,), tmp_path / "b", "none", VARIED)
    with pytest.raises(TrainingError, match=r"no unfinished training of .*b to go on with"):
        train(replace(options, resume=True), Listening())
    train(options, ImpatientAfter("all", 1))

    with pytest.raises(TrainingError, match="has another seed: 0"):
        train(replace(options, resume=True, seed=7), Listening())
    with pytest.raises(TrainingError, match="an unfinished training") as caught:
        train(options, Listening())
    assert "--resume" in (caught.value.hint or "")
    train(replace(options, resume=True), Listening())
    with pytest.raises(BundleError, match="exists already"):
        train(options, Listening())


@TINY
def test_a_damaged_checkpoint_is_one_sentence(gallery: Path, tmp_path: Path) -> None:
    """Cut by a full disk, say: it is named, and what to do."""
    options = TrainOptions((gallery,), tmp_path / "b", "none", VARIED)
    train(options, ImpatientAfter("all", 1))
    checkpoint = tmp_path / ".b.training" / "course.safetensors"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])

    with pytest.raises(TrainingError, match=r"course\.safetensors is damaged"):
        train(replace(options, resume=True), Listening())
