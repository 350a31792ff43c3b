"""Of which library lessons are, by which rules, and when: with and without a configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.manifest import HEAD_FILE, find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from tests.filing.conftest import read_files
from tests.learning.given import KINDS, give, wrong_calls

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TWELVE = tuple(f"{kind}-{number}" for kind in KINDS for number in range(12))

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state folder of the home of `run`."""
    state = tmp_path / "home/.local/state/gallery-daemon"
    state.mkdir(parents=True)
    return state


def versions_for(library: Path, state: Path) -> ModelVersions:
    """Those of the shipped model."""
    return ModelVersions.of(find_bundle("default"), str(library), state)


def test_who_has_no_configuration_learns_too(
    quick_run: Run, watch: Path, tmp_path: Path, state: Path
) -> None:
    """As after `run --watch FOLDER --library FOLDER`: the built-in rules, and the only library."""
    library = tmp_path / "library"
    quick_run("sort", watch, "--library", library)
    photo = next((library / "cars").iterdir())
    give(state / "journal.sqlite3", library, TWELVE, wrong_calls(versions_for(library, state)))

    labelled = quick_run("label", photo, "trees")
    lessons = quick_run("lessons", "--json")
    learned = quick_run("learn", "--yes", "--json")
    listed = quick_run("model", "list")
    back = quick_run("model", "rollback")
    explained = quick_run("explain", photo)

    assert 0 == labelled.returncode, labelled.stderr
    assert 37 == len(lessons.stdout.splitlines())
    assert "adopted" == json.loads(learned.stdout)["result"]
    assert f"versions for {library}" in listed.stdout
    assert "*   1 current" in listed.stdout
    assert "serves: the model as it came" in back.stdout, back.stderr
    assert "lesson: label of" in explained.stdout


def test_of_several_libraries_one_is_to_be_named(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """Or the configuration says it."""
    for name in ("one", "two"):
        quick_run("sort", watch, "--library", tmp_path / name, "--again")

    unclear = quick_run("lessons")
    named = quick_run("lessons", "--library", tmp_path / "two")
    none = quick_run("lessons", "--config", tmp_path / "none.yaml")

    assert 2 == unclear.returncode
    assert "There is no configuration, and photos were filed into" in unclear.stderr
    assert f"hint: name one: --library {tmp_path}/one" in unclear.stderr
    assert f"no lessons for {tmp_path}/two" in named.stdout
    assert 2 == none.returncode


def test_who_has_filed_nothing_is_told_how_to_begin(quick_run: Run) -> None:
    """There is neither a configuration nor a library."""
    done = quick_run("learn")

    assert (2, True) == (done.returncode, "check --init" in done.stderr)


def test_rules_that_name_a_class_of_a_damaged_version(
    quick_run: Run, explained: Path, tmp_path: Path, state: Path
) -> None:
    """By learning anew one is rid of it; nothing else goes on until then."""
    library = tmp_path / "library"
    versions = versions_for(library, state)
    said = wrong_calls(versions) | {"dog": "receipts"}
    more = [f"dog-{number}" for number in range(20, 40)]
    give(state / "journal.sqlite3", library, (*TWELVE, *more), said)
    first = quick_run("learn", "--config", explained, "--yes", "--json")
    rule = "  - {name: receipts, when: {class: receipts}, to: Receipts/}\n"
    text = explained.read_text()
    explained.write_text(text.replace("  - name: cars\n", f"{rule}  - name: cars\n"))
    whole = quick_run("check", "--config", explained)
    head = versions.folder / "0001" / HEAD_FILE
    head.write_bytes(head.read_bytes()[:-4])

    broken = quick_run("check", "--config", explained)
    lessons = quick_run("lessons", "--config", explained)
    again = quick_run("learn", "--config", explained, "--yes", "--json")
    mended = quick_run("check", "--config", explained)

    assert "adopted" == json.loads(first.stdout)["result"], first.stdout
    assert 0 == whole.returncode, whole.stderr
    assert (2, True) == (broken.returncode, "receipts" in broken.stderr), broken.stderr
    assert "receipts 32" in lessons.stdout
    assert "adopted" == json.loads(again.stdout)["result"], again.stderr
    assert 0 == mended.returncode, mended.stderr


def test_a_photo_that_was_dragged_just_now(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """`learn` says that it waits, and for how long; alone it is no lesson yet."""
    library = tmp_path / "library"
    quick_run("sort", watch, "--library", library)
    dragged, other, *_ = sorted((library / "cars").iterdir())
    (library / "trees").mkdir()
    dragged.rename(library / "trees" / dragged.name)

    alone = quick_run("learn")
    quick_run("label", other, "trees")
    beside = quick_run("learn")
    as_json = quick_run("learn", "--json")

    waits = "not counted yet, because they were moved just now: 1 photo, for "
    assert (2, True) == (alone.returncode, f"there are no lessons yet; {waits}" in alone.stderr)
    assert waits in beside.stdout, beside.stderr
    said = json.loads(as_json.stdout)
    assert (1, 1) == (said["lessons"], said["waiting"])
    assert 0 < said["counts_in_s"] <= 30


def test_another_library_has_learned_nothing(
    quick_run: Run, watch: Path, explained: Path, tmp_path: Path, state: Path
) -> None:
    """What was learned in the configuration's own is that one's, also for `sort --library`."""
    library = tmp_path / "library"
    versions = versions_for(library, state)
    give(state / "journal.sqlite3", library, TWELVE, wrong_calls(versions))
    quick_run("learn", "--config", explained, "--yes")
    learned = versions.serving().version.manifest.model_id

    quick_run("sort", watch, "--config", explained, "--library", tmp_path / "other")
    quick_run("sort", watch, "--config", explained)

    rows = [json.loads(line) for line in quick_run("history", "--json").stdout.splitlines()]
    by_library = {
        name: {row["model"] for row in rows if f"/{name}/" in row.get("destination", "")}
        for name in ("other", "library")
    }
    assert read_files(tmp_path / "other")
    assert {"other": {versions.base.model_id}, "library": {learned}} == by_library
