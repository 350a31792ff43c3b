"""The scratch folder: whose it is, when it goes, and what `--resume` finds in it."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors import SafetensorError

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.training.dataset import Gallery, Labelled
from gallery_daemon.training.recipe import ARTICLE, FAST
from gallery_daemon.training.train_options import TrainOptions
from gallery_daemon.training.weights import StartWeights
from gallery_daemon.training.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGHTS = StartWeights("none", None)


@pytest.fixture
def options(tmp_path: Path) -> TrainOptions:
    """A bundle `b` is to be made."""
    return TrainOptions((tmp_path / "data",), tmp_path / "b", "none", ARTICLE)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Two files in two classes."""
    (tmp_path / "data").mkdir()
    paths = [tmp_path / "data" / name for name in ("0.png", "1.png")]
    for path in paths:
        path.write_bytes(b"picture")
    return Gallery(("x", "y"), tuple(Labelled(path, label) for label, path in enumerate(paths)))


def _begin(options: TrainOptions) -> Path:
    """An unfinished training is there, as a kill leaves it; its folder."""
    with Workspace(options) as workspace:
        (workspace.folder / "course.safetensors").touch()
    return workspace.folder


def test_it_is_beside_the_bundle_and_hidden(options: TrainOptions) -> None:
    """On the same disk, which is large; a photo manager does not look into it."""
    with Workspace(options) as workspace:
        assert options.out.parent / ".b.training" == workspace.folder
        assert workspace.folder.is_dir()
        assert not options.out.exists()


def test_it_goes_when_nothing_was_kept_and_stays_when_something_was(options: TrainOptions) -> None:
    """Pixels and features alone are no use; a checkpoint is."""
    with Workspace(options) as workspace:
        (workspace.folder / "pixels.npy").touch()
    assert not workspace.folder.exists()

    assert _begin(options).exists()


def test_it_goes_when_the_bundle_is_finished(options: TrainOptions) -> None:
    """With all checkpoints."""
    with Workspace(options) as workspace:
        (workspace.folder / "course.safetensors").touch()
        workspace.finish()

    assert [] == [path for path in options.out.parent.iterdir() if path.name.endswith(".training")]


@pytest.mark.parametrize("leave", [KeyboardInterrupt, TrainingError, RuntimeError])
def test_it_goes_whatever_ended_the_work(options: TrainOptions, leave: type[BaseException]) -> None:
    """And the error is the one that it was."""
    with pytest.raises(leave), Workspace(options) as workspace:
        raise leave("x")

    assert not workspace.folder.exists()


def test_two_trainings_of_one_bundle_do_not_meet(options: TrainOptions) -> None:
    """The second says so, whether it would begin or go on; the first goes on undisturbed."""
    with Workspace(options) as workspace:
        (workspace.folder / "course.safetensors").touch()
        with (
            pytest.raises(TrainingError, match="is under way"),
            Workspace(replace(options, resume=True)),
        ):
            pass
        with pytest.raises(TrainingError, match="an unfinished training"), Workspace(options):
            pass
        assert (workspace.folder / "course.safetensors").exists()


def test_an_unfinished_training_is_not_begun_anew_by_accident(options: TrainOptions) -> None:
    """Hours of it may be in there: go on, or take the folder away."""
    folder = _begin(options)

    with (
        pytest.raises(TrainingError, match="an unfinished training of") as caught,
        Workspace(options),
    ):
        pass

    assert "--resume" in (caught.value.hint or "")
    assert (folder / "course.safetensors").exists()


def test_there_must_be_something_to_go_on_with(options: TrainOptions) -> None:
    """Nothing there, a folder without settings, settings that were cut."""
    for text in (None, "", '{"seed": '):
        if text is not None:
            folder = options.out.parent / ".b.training"
            folder.mkdir(exist_ok=True)
            (folder / "settings.json").write_text(text)
        with (
            pytest.raises(TrainingError, match="no unfinished training"),
            Workspace(replace(options, resume=True)),
        ):
            pass


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": 7}, "another seed: 0"),
        ({"recipe": FAST}, "another recipe"),
        ({"validation_share": 0.5}, "another validation share: 0.2"),
        ({"weights": None}, 'another weights: "none"'),
        ({"left_out": (("a",),)}, r"another left out: \[\]"),
    ],
)
def test_it_goes_on_with_the_options_that_it_was_begun_with(
    options: TrainOptions, change: dict[str, Any], says: str
) -> None:
    """Which is another and what it was; then nothing has been touched."""
    folder = _begin(options)

    with (
        pytest.raises(TrainingError, match=says),
        Workspace(replace(options, resume=True, **change)),
    ):
        pass

    assert (folder / "course.safetensors").exists()


def test_threads_and_an_8_bit_network_may_change_in_between(options: TrainOptions) -> None:
    """They do not decide the weights."""
    folder = _begin(options)

    with Workspace(replace(options, resume=True, threads=99, int8=True)) as workspace:
        assert folder == workspace.folder


def _edited(path: Path) -> None:
    path.write_bytes(b"another picture")


def _touched(path: Path) -> None:
    facts = path.stat()
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))


@pytest.mark.parametrize("change", [_edited, _touched])
def test_pictures_that_were_edited_are_refused(
    options: TrainOptions, gallery: Gallery, change: Callable[[Path], None]
) -> None:
    """Features of what they were would be taken for theirs."""
    _refused(options, gallery, gallery, lambda: change(gallery.pictures[1].path))


def test_pictures_added_moved_or_labelled_otherwise_are_refused(
    options: TrainOptions, gallery: Gallery
) -> None:
    """Rows would belong to other pictures."""
    first, second = gallery.pictures
    for changed in ((first,), (second, first), (first, replace(second, label=0))):
        _refused(options, gallery, replace(gallery, pictures=changed), lambda: None)


def _refused(
    options: TrainOptions, before: Gallery, after: Gallery, change: Callable[[], object]
) -> None:
    with Workspace(options) as workspace:
        workspace.refuse_other_start(before, WEIGHTS)
        workspace.refuse_other_start(before, WEIGHTS)
        change()
        with pytest.raises(TrainingError, match="have changed since") as caught:
            workspace.refuse_other_start(after, WEIGHTS)
    assert str(workspace.folder) in (caught.value.hint or "")


def test_other_weights_to_start_from_are_refused(options: TrainOptions, gallery: Gallery) -> None:
    """By what they are, not by what they are called: a file may have been replaced."""
    one, other = ({"conv1.weight": torch.full((2,), value)} for value in (1.0, 2.0))

    with Workspace(options) as workspace:
        workspace.refuse_other_start(gallery, StartWeights("a.safetensors", one))
        workspace.refuse_other_start(gallery, StartWeights("moved.safetensors", dict(one)))
        with pytest.raises(TrainingError, match=r"the weights a\.safetensors have changed"):
            workspace.refuse_other_start(gallery, StartWeights("a.safetensors", other))


def test_killed_while_it_notes_the_pictures_it_can_go_on(
    options: TrainOptions, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a note is none: or the pictures would be said to have changed."""
    write = Path.write_text

    def dies(path: Path, text: str) -> int:
        write(path, text[:5])
        raise KeyboardInterrupt

    with Workspace(options) as workspace:
        (workspace.folder / "course.safetensors").touch()
        monkeypatch.setattr(Path, "write_text", dies)
        with pytest.raises(KeyboardInterrupt):
            workspace.refuse_other_start(gallery, WEIGHTS)
        monkeypatch.undo()

    with Workspace(replace(options, resume=True)) as workspace:
        workspace.refuse_other_start(gallery, WEIGHTS)


def test_a_full_disk_at_the_start_leaves_nothing_in_the_way(
    options: TrainOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence; and with room again, the same command works."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with (
        pytest.raises(BundleError, match=r"cannot write into .*: No space left"),
        Workspace(options),
    ):
        pass
    monkeypatch.undo()

    assert [] == list(options.out.parent.iterdir())
    with Workspace(options) as workspace:
        assert workspace.folder.is_dir()


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), SafetensorError("No space left")]
)
def test_a_full_disk_in_the_middle_is_one_sentence_and_keeps_what_there_is(
    options: TrainOptions, error: Exception
) -> None:
    """As the system says it, with the place; the last checkpoint stays for --resume."""

    def work() -> None:
        with Workspace(options) as workspace:
            (workspace.folder / "course.safetensors").touch()
            raise error

    with pytest.raises(BundleError, match=r"cannot write into .*: No space left"):
        work()

    with Workspace(replace(options, resume=True)) as workspace:
        assert (workspace.folder / "course.safetensors").exists()


def _unfinished(out: Path, *, finished: bool = False) -> None:
    out.mkdir()
    (out / "model.safetensors").write_bytes(b"weights")
    manifest = {
        "format_version": 1, "name": "b", "classes": ["x", "y"], "weights_sha256": "0" * 64,
        "temperature": 1.0, "input_size": 224, "mean": [0.5] * 3, "std": [0.5] * 3,
        "provenance": {"finished": finished},
    }  # fmt: skip
    (out / "model.json").write_text(json.dumps(manifest))
    (out / "report.html").write_text("page")


def test_the_unfinished_bundle_makes_way_for_the_finished_one(options: TrainOptions) -> None:
    """It is away while the new one is written, and gone in the end."""
    _begin(options)
    _unfinished(options.out)

    with Workspace(replace(options, resume=True)) as workspace:
        with workspace.replacing_unfinished():
            assert not options.out.exists()
            options.out.mkdir()
        workspace.finish()

    assert [] == list(options.out.iterdir())


def test_the_unfinished_bundle_comes_back_when_the_new_one_fails(options: TrainOptions) -> None:
    """A disk that is full then costs nothing that there was."""
    _begin(options)
    _unfinished(options.out)

    with (
        pytest.raises(BundleError, match="cannot write into"),
        Workspace(replace(options, resume=True)) as workspace,
        workspace.replacing_unfinished(),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert "page" == (options.out / "report.html").read_text()


def test_a_bundle_that_is_finished_or_somebodys_is_not_moved(options: TrainOptions) -> None:
    """Finished; with a file of the person's own; no bundle at all: all stay as they are."""
    _begin(options)
    _unfinished(options.out, finished=True)
    again = replace(options, resume=True)
    with pytest.raises(BundleError, match="exists already"), Workspace(again):
        pass
    (options.out / "model.json").write_text(
        (options.out / "model.json").read_text().replace("true", "false")
    )
    (options.out / "notes.txt").write_text("mine")
    with pytest.raises(BundleError, match=r"notes\.txt is no part of the unfinished bundle"):
        Workspace(again).__enter__()
    (options.out / "model.safetensors").unlink()
    with pytest.raises(BundleError, match="exists already"), Workspace(again):
        pass

    assert "mine" == (options.out / "notes.txt").read_text()
