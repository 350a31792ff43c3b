"""The command line in processes of its own: what a person types, sees, and gets as exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def photo(path: Path, seed: int = 0) -> Path:
    """A small JPEG of coarse blocks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(blocks.repeat(40, 0).repeat(40, 1)).save(path)
    return path


def test_the_front_door_does_not_wait_for_torch() -> None:
    """A fresh interpreter that has imported the whole command line has not imported torch."""
    code = (
        "import sys; from gallery_daemon.cli.app import make_app; make_app();"
        "sys.exit('gallery_daemon.cli.train' not in sys.modules or 'torch' in sys.modules)"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


@pytest.mark.parametrize(
    ("words", "imported"),
    [("history --last x", "history"), ("evaluate", "train"), ("--version", "")],
)
def test_a_command_does_not_wait_for_the_others(words: str, imported: str) -> None:
    """Of the files of commands, its own alone is imported."""
    code = (
        "import sys; from gallery_daemon.cli.app import COMMANDS, needed_app, run_command\n"
        "try: run_command(needed_app(sys.argv[1:]))\n"
        "except BaseException:\n"
        "    files = (f'gallery_daemon.cli.{name}' for name in COMMANDS)\n"
        "    print(*(name for name in files if name in sys.modules), file=sys.stderr)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, *words.split()], check=True, capture_output=True, text=True
    )

    expected = [f"gallery_daemon.cli.{imported}"] if imported else []
    assert expected == told.stderr.split()


def test_without_a_configuration_run_says_how_to_get_one(run: Run) -> None:
    """Three lines on standard error, exit status 2, no traceback."""
    done = run("run")

    assert 2 == done.returncode
    assert 3 == len(done.stderr.splitlines())
    assert "check --init" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("runs",), "did you mean"),
        (("sort", "/nowhere", "--library", "/tmp/x"), "there is no folder /nowhere"),
        (("sort", "/tmp"), "give --library"),
        (("run", "--watch", "/tmp"), "--library"),
        (("check", "--config", "/nowhere.yaml"), "there is no such file"),
        (("evaluate", "/nowhere"), "cannot list /nowhere"),
        (("classify", "--model", "/nowhere", "/etc/hostname"), "model bundle /nowhere"),
    ],
)
def test_mistakes_are_sentences(run: Run, words: tuple[str, ...], says: str) -> None:
    """What is wrong and what to do, on standard error; never a traceback."""
    done = run(*words)

    assert done.returncode in {1, 2}
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_sort_files_once_and_accounts_for_every_file(run: Run, tmp_path: Path) -> None:
    """Filed, left and quarantined add up; a second pass knows them; history tells them."""
    inbox, library = tmp_path / "inbox", tmp_path / "library"
    photo(inbox / "a.jpg", 1)
    photo(inbox / "deep/b.jpg", 2)
    (inbox / "notes.txt").write_text("hello")
    (inbox / "broken.png").write_bytes(b"not a picture")
    (inbox / "x.jpg.part").write_bytes(b"half")

    first = run("sort", inbox, "--library", library, "--action", "copy", "--log-format", "json")
    second = run("sort", inbox, "--library", library, "--action", "copy")
    history = run("history", "--json")

    assert (0, 0) == (first.returncode, second.returncode)
    assert "5 files: 2 filed, 2 left, 1 quarantined, 0 failed" in first.stdout
    # The ignored name is told by every pass, the others are known.
    assert "1 files: 0 filed, 1 left" in second.stdout
    assert "4 known from before" in second.stdout
    events = [json.loads(line) for line in first.stderr.splitlines()]
    assert 5 == sum("photo" in event for event in events)
    assert 2 == sum(path.is_file() for path in library.rglob("*"))
    rows = [json.loads(line) for line in history.stdout.splitlines()]
    assert {"filed": 2, "left": 1, "quarantined": 1} == {
        state: sum(row["state"] == state for row in rows)
        for state in ("filed", "left", "quarantined")
    }


def test_classify_says_a_line_for_each_file(run: Run, tmp_path: Path) -> None:
    """The documented keys for a photo, an error for what is none; exit status 1 for the latter."""
    good = photo(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(b"no picture")

    done = run("classify", "--json", good, tmp_path / "b.jpg", tmp_path / "gone.jpg")
    plain = run("classify", good)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert 1 == done.returncode
    assert {"path", "class", "confidence", "probabilities"} == set(lines[0])
    assert pytest.approx(1, abs=1e-3) == sum(lines[0]["probabilities"].values())
    assert [{"path", "error"}] * 2 == [set(line) for line in lines[1:]]
    assert (0, 1) == (plain.returncode, len(plain.stdout.splitlines()))


@pytest.mark.data
@pytest.mark.long
def test_all_eight_orientations_are_one_picture(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    """The same class and nearly the same probabilities, however the camera was held."""
    turns = [
        None,
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_90,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_270,
    ]
    with Image.open(shared_data / "phone/Landscape_1.jpg") as upright:
        for orientation, turn in enumerate(turns, 1):
            exif = Image.Exif()
            exif[0x0112] = orientation
            turned = upright if turn is None else upright.transpose(turn)
            turned.save(tmp_path / f"{orientation}.jpg", quality=95, exif=exif)

    done = run("classify", "--json", *sorted(tmp_path.glob("?.jpg")))

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert 8 == len(lines)
    assert 1 == len({line["class"] for line in lines})
    for name in lines[0]["probabilities"]:
        values = [line["probabilities"][name] for line in lines]
        assert max(values) - min(values) < 0.03


@pytest.mark.data
@pytest.mark.long
def test_torture_is_accounted_for(run: Run, shared_data: Path, tmp_path: Path) -> None:
    """456 files that break readers: the pass ends by itself and every file has one end."""
    files = sum(path.is_file() for path in (shared_data / "torture").rglob("*"))

    done = run("sort", shared_data / "torture", "--library", tmp_path / "out", "--action", "copy")

    assert "Traceback" not in done.stderr
    assert f"{files} files: " in done.stdout
    assert " 0 failed" in done.stdout


@pytest.mark.data
def test_evaluate_prints_the_documented_keys(run: Run, shared_data: Path, tmp_path: Path) -> None:
    """Accuracy, recall of each class and the confusion matrix, on a few pictures of the gallery."""
    for folder in (shared_data / "gallery").iterdir():
        (tmp_path / "data" / folder.name).mkdir(parents=True)
        for picture in sorted(folder.iterdir())[:40:4]:
            (tmp_path / "data" / folder.name / picture.name).symlink_to(picture)

    done = run("evaluate", tmp_path / "data", "--json")

    said = json.loads(done.stdout)
    assert said["accuracy"] > 0.7
    assert set(said["classes"]) == set(said["per_class"])
    assert said["pictures"] == sum(map(sum, said["confusion"])) == 70
    assert all(0 <= score["recall"] <= 1 for score in said["per_class"].values())
    for each in said["per_class"].values():
        assert ["0.9", "0.95", "0.98", "0.99"] == list(each["at_precision"])
        assert ["0.6", "0.7", "0.8", "0.9"] == list(each["at_confidence"])
    assert 100 == len(said["risk_coverage"]["share"])
    assert {"quick", "quick_against_full"} < set(said)
    assert "fmejbah" in {score["source"] for score in said["per_source"]}


def test_an_output_that_takes_nothing_is_one_sentence(tmp_path: Path) -> None:
    """A full disk behind `>` is an error; a reader that is gone, and a closed output, are none."""
    program = f"XDG_CONFIG_HOME={tmp_path} {sys.executable} -m gallery_daemon --version"

    full, closed, gone = (
        subprocess.run(
            f"{program} {where}",
            shell=True,
            executable="/bin/bash",
            capture_output=True,
            text=True,
            check=False,
        )
        for where in ("> /dev/full", ">&-", "| true")
    )

    assert 2 == full.returncode
    assert "error: cannot write the output: No space left on device\n" == full.stderr
    assert (0, "") == (closed.returncode, closed.stderr)
    assert "" == gone.stderr
