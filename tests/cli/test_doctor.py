"""`doctor` in a process of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TEXT = "version: 1\nwatch: {watch}\nlibrary: {library}\nrules:\n  - {{name: all, to: All/}}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose watch folder is there."""
    (tmp_path / "watch").mkdir()
    path = tmp_path / "config.yaml"
    path.write_text(TEXT.format(watch=tmp_path / "watch", library=tmp_path / "library"))
    return path


def test_a_household_that_is_well_has_no_failure(run: Run, config: Path, tmp_path: Path) -> None:
    """Exit status 0, a line for each thing, and nothing that was not there before."""
    done = run("doctor", "--config", config)

    assert 0 == done.returncode, done.stdout
    for about in ("configuration", "watch folder", "inotify", "library", "hard links", "space"):
        assert f" {about} " in done.stdout
    assert "all is well" in done.stdout or "0 failures" in done.stdout
    assert {"watch", "config.yaml"} == {path.name for path in tmp_path.iterdir()} - {"home"}


def test_what_fails_is_said_with_what_to_do(run: Run, config: Path, tmp_path: Path) -> None:
    """Exit status 1; as JSON, one object for each finding, under the public names."""
    (tmp_path / "watch").rmdir()

    done = run("doctor", "--config", config, "--json")

    findings = [json.loads(line) for line in done.stdout.splitlines()]
    (failed,) = [each for each in findings if each["verdict"] == "fail"]
    assert 1 == done.returncode
    assert {"verdict", "about", "what", "advice"} == set(failed)
    assert ("watch folder", True) == (failed["about"], "mount its disk" in failed["advice"])


def test_a_wrong_configuration_does_not_keep_the_rest_from_being_looked_at(
    run: Run, config: Path
) -> None:
    """Exit status 2; each mistake with its place, and still the journal and the versions."""
    config.write_text(config.read_text().replace("rules:", "rulez:"))

    done = run("doctor", "--config", config)

    assert 2 == done.returncode
    assert f"fail configuration {config}:4:1: " in done.stdout
    assert "ok   journal" in done.stdout
    assert "Python 3." in done.stdout


def test_a_library_that_is_gone_fails(quick_run: Run, config: Path, tmp_path: Path) -> None:
    """Photos were filed into it, so it is a disk that is not mounted."""
    (tmp_path / "watch/a.jpg").write_bytes(photo_bytes(tmp_path, 1))
    library = tmp_path / "library"
    quick_run("sort", tmp_path / "watch", "--library", library)
    library.rename(tmp_path / "unmounted")

    done = quick_run("doctor", "--config", config)

    assert 1 == done.returncode
    assert "is not there, and photos were filed into it" in done.stdout
