"""`train` and `evaluate` as a person types them."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gallery_daemon.cli.main import main
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from tests.training.conftest import make_gallery

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_a_model_in_one_command(run: Run, tmp_path: Path) -> None:
    """Train fast on a folder with a broken picture: it is named, and what to do with the model."""
    data, bundle = make_gallery(tmp_path / "data", 6), tmp_path / "family"
    (data / "red" / "cut.png").write_bytes((data / "red" / "00.png").read_bytes()[:300])

    done = run("train", data, "--fast", "--out", bundle)

    assert 0 == done.returncode, done.stderr
    assert "cut.png" in done.stderr
    # Of two validation pictures nobody should conclude anything; the tables are in the report.
    assert "caution: this is little to go by" in done.stdout
    assert f"open {bundle}/report.html" in done.stdout
    assert 40 > len(done.stdout.splitlines())
    assert "95% right from" in (bundle / "report.html").read_text("utf-8")
    assert f"  model: {bundle}\n" in done.stdout
    begun_with, made = read_manifest(find_bundle("default")), read_manifest(bundle)
    assert begun_with.int8 is not None
    assert made.int8 is not None
    # The same file, measured under the head of today by the twelve pictures.
    assert (begun_with.int8.bin_sha256, 12) == (made.int8.bin_sha256, made.int8.pictures)
    assert not list(bundle.glob("loss*.png"))


def test_pictures_in_the_wrong_folder_are_named(run: Run, tmp_path: Path) -> None:
    """A red one among the blue: it is the first of the list, and no model is trained."""
    data = make_gallery(tmp_path / "data", 12)
    for number, path in enumerate(sorted(data.rglob("*.png"))):
        # All alike, they would be left out together; so each is cut in another way.
        with Image.open(path) as image:
            image.paste((255, 255, 255), (number % 6 * 10, number % 4 * 12, 64, 48))
            image.save(path)
    (data / "red" / "03.png").rename(data / "blue" / "slip.png")

    done = run("train", data, "--doubtful")

    assert 0 == done.returncode, done.stderr
    first, why, *_, last = done.stdout.splitlines()
    assert str(data / "blue" / "slip.png") == first
    assert "looks like red" in why
    assert "lies in blue" in why
    assert last.startswith("1 of 22 pictures are doubtful")
    assert {"data"} == {each.name for each in tmp_path.iterdir()}


def test_without_a_place_for_the_bundle_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The option that only naming doubtful pictures can do without."""
    monkeypatch.setattr(sys, "argv", ["gallery-daemon", "train", "/nowhere"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert 2 == ended.value.code
    assert "--out" in capsys.readouterr().err


@pytest.mark.long
def test_ctrl_c_keeps_the_best_and_says_how_to_go_on(run: Run, tmp_path: Path) -> None:
    """A real SIGINT in the second phase; the bundle can be used, and --resume finishes it."""
    data, bundle = make_gallery(tmp_path / "data", 40), tmp_path / "family"
    words = ["train", data, "--weights", "default", "--out", bundle, "--epochs", "1,3"]
    with subprocess.Popen(
        [sys.executable, "-m", "gallery_daemon", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what it runs in the background with SIGINT ignored, and so would be this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads yet
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("the upper layers, epoch 1 of 3"):
                process.send_signal(signal.SIGINT)
                break
        else:
            pytest.fail("the epoch was never told of")
        said, complaints = process.communicate()

    assert 0 == process.returncode, complaints
    assert f"interrupted: wrote the best so far to {bundle}" in said
    assert "--resume" in said
    resumed = run(*words, "--resume")
    assert 0 == resumed.returncode, resumed.stderr
    assert f"  model: {bundle}\n" in resumed.stdout
    assert not list(tmp_path.glob(".family.training"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--epochs", "five"), "write a number for each phase"),
        (("--epochs", "5"), "1 numbers of epochs for the 2 phases"),
        (("--fast", "--epochs", "40"), "the recipe fast has no epochs"),
        (("--folds", "1"), "give 2 or more"),
        (("--folds", "2", "--leave-source-out", "a"), "exclude each other"),
        (("--recipe", "cake"), "there is no recipe 'cake'"),
        (("--fast", "--recipe", "article"), "exclude each other"),
        (("--val", "v", "--split-by-source"), "exclude each other"),
        (("--leave-source-out", ","), "names no source"),
        (("--device", "gpu"), "there is no device 'gpu'"),
    ],
)
def test_mistakes_are_found_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
    says: str,
) -> None:
    """One sentence, exit status 2, and nothing is made."""
    # In this process: in one of its own, each would import torch.
    command = ["gallery-daemon", "train", "/nowhere", "--out", f"{tmp_path}/b", *words]
    monkeypatch.setattr(sys, "argv", command)

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr().err
    assert 2 == ended.value.code
    assert says in said
    assert "Traceback" not in said
    assert not (tmp_path / "b").exists()
