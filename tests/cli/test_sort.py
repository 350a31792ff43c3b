"""Whose rules `sort` follows, and into whose library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_plan import CONFIG
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def own(tmp_path: Path, watch: Path) -> Path:  # noqa: ARG001 - the photos that are sorted
    """The person's own configuration."""
    path = tmp_path / "home/.config/gallery-daemon/config.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG.format(home=tmp_path, to="Mine"))
    return path


@pytest.mark.usefixtures("own")
def test_sort_follows_the_configuration_that_its_help_names(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """Its rules, and its library."""
    done = quick_run("sort", watch)

    assert 0 == done.returncode, done.stderr
    assert {"Mine"} == {name.partition("/")[0] for name in read_files(tmp_path / "library")}


@pytest.mark.usefixtures("own")
def test_another_library_takes_the_place_of_its_own(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """The rules stay the person's."""
    done = quick_run("sort", watch, "--library", tmp_path / "other")

    assert 0 == done.returncode, done.stderr
    assert {"Mine"} == {name.partition("/")[0] for name in read_files(tmp_path / "other")}
    assert not (tmp_path / "library").exists()


def test_a_wrong_configuration_is_not_passed_over(
    quick_run: Run, watch: Path, own: Path, tmp_path: Path
) -> None:
    """Other rules than the person's would be a surprise."""
    own.write_text(own.read_text() + "rulez: []\n")

    done = quick_run("sort", watch, "--library", tmp_path / "other")

    assert 2 == done.returncode
    assert "did you mean rules?" in done.stderr
    assert not (tmp_path / "other").exists()


def test_without_a_configuration_the_library_must_be_said(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """With it the built-in rules apply."""
    lost = quick_run("sort", watch)
    done = quick_run("sort", watch, "--library", tmp_path / "library")

    assert 2 == lost.returncode
    assert "give --library FOLDER, or --config FILE" in lost.stderr
    assert "gallery-daemon check --init" in lost.stderr
    assert 0 == done.returncode
    assert {"cars"} == {name.partition("/")[0] for name in read_files(tmp_path / "library")}
