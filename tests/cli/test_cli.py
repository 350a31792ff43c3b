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
    code = "import sys, gallery_daemon.cli.app; sys.exit('torch' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_without_a_configuration_run_says_how_to_get_one(run: Run) -> None:
    """Three lines on standard error, exit status 2, no traceback."""
    done = run("run")

    assert 2 == done.returncode
    assert 3 == len(done.stderr.splitlines())
    assert "check --init" in done.stderr


def test_a_commented_configuration_can_be_had_and_used(run: Run) -> None:
    """`check --init` writes one that `check` accepts, and never writes over it."""
    first, second, third = run("check", "--init"), run("check"), run("check", "--init")

    assert (0, 0, 2) == (first.returncode, second.returncode, third.returncode)
    assert "rules" in second.stdout
    assert "exists already" in third.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("runs",), "Did you mean"),
        (("sort", "/nowhere", "--library", "/tmp/x"), "/nowhere is not a folder"),
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


def test_a_broken_configuration_is_named_with_its_place(run: Run, tmp_path: Path) -> None:
    """File, line, column, what, and did you mean."""
    broken = tmp_path / "c.yaml"
    broken.write_text("version: 1\nwatch: /w\nlibrary: /l\nrulez: []\n")

    done = run("check", "--config", broken)

    assert 2 == done.returncode
    assert f'{broken}:4:1: error: unknown key "rulez"' in done.stderr
    assert "did you mean rules?" in done.stderr


def test_a_new_configuration_has_its_schema_beside_it(run: Run, tmp_path: Path) -> None:
    """The first line leads an editor there; one that is there stays, and any can be printed."""
    config, schema = tmp_path / "new/c.yaml", tmp_path / "new/config.schema.json"

    first = run("check", "--init", "--config", config)
    written = schema.read_text()
    schema.write_text("mine")
    config.unlink()
    second = run("check", "--init", "--config", config)
    printed = run("check", "--schema", "--config", config)

    assert (0, 0, 0) == (first.returncode, second.returncode, printed.returncode)
    assert "# yaml-language-server: $schema=config.schema.json" == config.read_text().split("\n")[0]
    assert "mine" == schema.read_text()
    assert printed.stdout == written
    assert "whatsapp_screenshots" in json.dumps(json.loads(written))


def test_check_runs_the_tests_of_the_rules(run: Run, tmp_path: Path) -> None:
    """Each on a line, like a test runner; one that fails says why, and the exit status is 2."""
    config = tmp_path / "c.yaml"
    config.write_text(
        "version: 1\nwatch: /w\nlibrary: /l\nrules:\n"
        "  - {name: memes, when: {class: memes, min_confidence: 0.92}, to: Memes/}\ntests:\n"
        "  - {given: {class: memes, confidence: 0.95}, expect: {rule: memes, to: Memes/}}\n"
        "  - {name: sure, given: {class: memes, confidence: 0.85}, expect: {rule: memes}}\n"
    )

    failing = run("check", "--config", config)
    refused = run("run", "--config", config)
    config.write_text(config.read_text().replace("0.85", "0.93"))
    holding = run("check", "--config", config)

    why = "expected rule memes, got uncertain (confidence 0.85 < 0.92, line 5)"
    assert [
        "ok      line 7",
        f"FAILED  sure: {why} ({config}:8:5)",
        "tests: 1 ok, 1 failed",
    ] == failing.stdout.splitlines()[1:]
    assert (2, 2, 0) == (failing.returncode, refused.returncode, holding.returncode)
    assert f'{config}:8:5: error: the test "sure" fails: {why}\n' == refused.stderr
    assert "tests: 2 ok, 0 failed" in holding.stdout


def test_check_has_pictures_looked_at_and_nobody_else_does(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """The stand-in calls all a car; a file that is missing or no photo fails with its sentence."""
    config, starts = tmp_path / "c.yaml", tmp_path / "starts"
    config.write_text(
        f"version: 1\nwatch: {watch}\nlibrary: {tmp_path}/library\nrules:\n"
        '  - {name: all, to: "{class}/", as: "{hash8}.{ext}"}\ntests:\n'
        "  - {name: car, file: watch/keep.jpg, expect: {class: cars, to: cars/}}\n"
        "  - {name: meme, file: watch/keep.jpg, expect: {class: memes}}\n"
        "  - {name: gone, file: watch/gone.jpg, expect: {rule: all}}\n"
        "  - {name: broken, file: watch/broken.png, expect: {rule: all}}\n"
    )

    sorted_ = quick_run("sort", watch, "--config", config, "--log-format", "json")
    begun = starts.read_text() if starts.exists() else ""
    done = quick_run("check", "--config", config)

    car, meme, gone, broken, total = done.stdout.splitlines()[1:]
    assert "ok      car" == car
    assert meme.startswith("FAILED  meme: expected class memes, got cars ")
    assert f"FAILED  gone: {watch}/gone.jpg: No such file or directory ({config}:9:5)" == gone
    assert broken.startswith(f"FAILED  broken: {watch}/broken.png: ")
    assert "tests: 1 ok, 3 failed" == total
    assert 2 == done.returncode
    assert "4 tests are skipped: only `gallery-daemon check` looks at" in sorted_.stderr
    assert len(starts.read_text()) > len(begun)


def test_check_tells_machines_one_object_a_line(run: Run, tmp_path: Path) -> None:
    """Warnings, tests and the sum; of a wrong configuration its errors, each with its place."""
    config = tmp_path / "c.yaml"
    config.write_text(
        "version: 1\nwatch: /w\nlibrary: /l\nrules:\n"
        "  - {name: all, to: All/}\n  - {name: never, to: X/}\ntests:\n"
        "  - {name: one, given: {class: cars}, expect: {rule: all, to: All/}}\n"
        "  - {name: two, given: {name: a.jpg}, expect: {outcome: otherwise}}\n"
    )

    done = run("check", "--json", "--config", config)
    config.write_text(config.read_text().replace("to: X/", "too: X/"))
    wrong = run("check", "--json", "--config", config)
    nowhere = run("check", "--json", "--config", tmp_path / "no.yaml")

    warning, one, two, total = map(json.loads, done.stdout.splitlines())
    assert ("warning", str(config), 6) == (warning["kind"], warning["file"], warning["line"])
    assert ("test", "one", "ok", None) == (one["kind"], one["name"], one["result"], one["reason"])
    assert (
        {"rule": "all", "to": "All/"}
        == one["expected"]
        == {key: one["got"][key] for key in one["expected"]}
    )
    assert ("failed", "expected otherwise, got rule all", 9, 5) == (
        two["result"],
        two["reason"],
        two["line"],
        two["column"],
    )
    sums = {"kind": "summary", "errors": 0, "warnings": 1, "rules": 2}
    assert sums | {"ok": 1, "failed": 1, "skipped": 0} == total
    errors = [json.loads(line) for line in wrong.stdout.splitlines()]
    assert ["error", "error", "summary"] == [each["kind"] for each in errors]
    assert {"line": 6, "column": 19, "hint": "did you mean to?"}.items() <= errors[1].items()
    assert "error" == json.loads(nowhere.stdout.splitlines()[0])["kind"]
    assert (2, 2, 2) == (done.returncode, wrong.returncode, nowhere.returncode)


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
    assert all({"0.95", "0.99"} == set(each["at_precision"]) for each in said["per_class"].values())
    assert "fmejbah" in {score["source"] for score in said["per_source"]}


def test_an_output_that_takes_nothing_is_one_sentence(tmp_path: Path) -> None:
    """A full disk behind `>` is told; a reader who has gone, and a closed output, need no word."""
    program = f"XDG_CONFIG_HOME={tmp_path} {sys.executable} -m gallery_daemon check --help"

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
