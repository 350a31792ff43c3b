"""What a person types after something was filed that should not have been."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.conftest import photo_bytes
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    """Three photos and a file that is none."""
    watch = tmp_path / "watch"
    watch.mkdir()
    for number in range(3):
        (watch / f"IMG_{number}.jpg").write_bytes(photo_bytes(tmp_path, number))
    (watch / "notes.txt").write_text("hello")
    return watch


def rows(run: Run, *words: str) -> list[dict[str, Any]]:
    """What `history --json` says."""
    done = run("history", "--json", *words)
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_pass_is_undone_and_sorted_again(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """Undone, all is as before and stays so; `--again` files it, and an undo of an undo too."""
    library, before = tmp_path / "library", read_files(watch)
    sort = ("sort", watch, "--library", library, "--action", "move")
    quick_run(*sort)

    undone = quick_run("undo", "--since", "1h")

    assert 0 == undone.returncode, undone.stderr
    assert 3 == len(undone.stdout.splitlines())
    assert (before, {}) == (read_files(watch), read_files(library))
    quick_run(*sort)
    assert {} == read_files(library)
    (last, *_) = rows(quick_run, "--state", "undo")
    redone = quick_run("undo", str(last["id"]))
    assert "filed again at" in redone.stdout
    assert 1 == len(read_files(library))
    quick_run(*sort, "--again")
    assert 3 == len(read_files(library))


@pytest.mark.parametrize("action", ["hardlink", "copy", "move"])
def test_what_belongs_to_a_photo_comes_again_with_it(
    quick_run: Run, watch: Path, tmp_path: Path, action: str
) -> None:
    """Though a sidecar settles while its photo, which was undone, is still being looked at."""
    library = tmp_path / "library"
    (watch / "IMG_1.xmp").write_text("<x:xmpmeta/>")
    sort = ("sort", watch, "--library", library, "--action", action)
    quick_run(*sort)
    filed = read_files(library)
    quick_run("undo", "--since", "1h")
    assert {} == read_files(library)

    quick_run(*sort, "--again")

    assert 4 == len(filed)
    assert filed == read_files(library)


def test_what_cannot_be_undone_is_told_and_the_rest_is(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """One edited photo stays, the others come back; exit status 1, and a line for each."""
    library = tmp_path / "library"
    quick_run("sort", watch, "--library", library, "--action", "move")
    edited = next(library.rglob("IMG_1.jpg"))
    edited.write_bytes(b"brighter")

    dry = quick_run("undo", "--last", "3", "--dry-run")
    still = read_files(library)
    done = quick_run("undo", "--last", "3", "--json")

    assert 3 == dry.stdout.count("would go back to")
    assert 3 == len(still)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert 1 == done.returncode
    assert ["undo", None, "undo"] == [line.get("state") for line in lines]
    assert "was changed since it was filed" in lines[1]["error"]
    assert [edited] == [path for path in library.rglob("*") if path.is_file()]


def test_the_history_can_be_asked(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """By time, class, name and state; the table has the numbers that `undo` takes."""
    quick_run("sort", watch, "--library", tmp_path / "library")

    assert 4 == len(rows(quick_run))
    assert 3 == len(rows(quick_run, "--class", "cars", "--since", "2h"))
    assert ["notes.txt"] == [
        row["photo"].rpartition("/")[2] for row in rows(quick_run, "--state", "left")
    ]
    assert [] == rows(quick_run, "--before", "2020-01-01")
    (one,) = rows(quick_run, "--name", "img_2*")
    table = quick_run("history", "--name", "IMG_2.jpg").stdout
    assert f" {one['id']} " in table
    assert "filed" in table


MISTAKES = {
    (): "say which",
    ("--last", "1", "7"): "say which",
    ("99",): "the journal has no #99",
    ("--since", "yesterday"): "is no time; say 2h",
    ("--last", "0"): "error: invalid value for",
}


def test_mistakes_are_sentences(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """Exit status 2, what is wrong and what to say instead, and nothing is touched."""
    library = tmp_path / "library"
    quick_run("sort", watch, "--library", library, "--action", "move")
    before = read_files(library)
    assert 3 == len(before)

    for words, says in MISTAKES.items():
        done = quick_run("undo", *words)

        assert 2 == done.returncode, words
        assert says in done.stderr
        assert before == read_files(library)


def test_before_anything_was_filed_there_is_nothing_to_undo(run: Run) -> None:
    """No journal is made by asking for one."""
    undo, history, status = run("undo", "--last", "1"), run("history"), run("status", "--json")

    assert (2, 0, 0) == (undo.returncode, history.returncode, status.returncode)
    assert "nothing was filed yet" in undo.stderr
    assert [] == json.loads(status.stdout)["quarantined"]


def test_the_status_names_what_cannot_be_read(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """A quarantined file with its reason, until it has become readable."""
    library = tmp_path / "library"
    (watch / "garbage.jpg").write_bytes(b"not a picture at all")
    quick_run("sort", watch, "--library", library)

    told = json.loads(quick_run("status", "--json").stdout)
    (watch / "garbage.jpg").write_bytes(photo_bytes(tmp_path, 9))
    quick_run("sort", watch, "--library", library)
    later = json.loads(quick_run("status", "--json").stdout)

    assert [str(watch / "garbage.jpg")] == [each["photo"] for each in told["quarantined"]]
    assert [] == later["quarantined"]
    assert "cannot be read" not in quick_run("status").stdout


@pytest.mark.parametrize("option", ["--last", "-n", "--limit", "--lines"])
def test_one_number_has_one_name_in_every_command(
    quick_run: Run, watch: Path, tmp_path: Path, option: str
) -> None:
    """`--last`; and the names that a single command had before mean the same in all of them."""
    quick_run("sort", watch, "--library", tmp_path / "library")

    history = quick_run("history", option, "2", "--json").stdout.splitlines()
    logs = quick_run("logs", option, "2", "--json").stdout.splitlines()
    undo = quick_run("undo", option, "2", "--dry-run", "--json").stdout.splitlines()

    assert (2, 2, 2) == (len(history), len(logs), len(undo))
    assert history[:2] == logs[::-1]


def test_a_configuration_bounds_what_is_undone_and_shown(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """To its library; `status` says in which library a photo lies."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(
            f"version: 1\nwatch: {watch}\nlibrary: {tmp_path}/{name}\n"
            "rules: [{name: all, to: '{class}/'}]\n"
        )
        quick_run("sort", watch, "--config", tmp_path / f"{name}.yaml", "--action", "copy")
    one = ("--config", tmp_path / "one.yaml")
    latest = rows(quick_run, "--state", "filed")[0]["id"]

    both, alone = quick_run("status").stdout, quick_run("status", *one).stdout
    refused = quick_run("undo", str(latest), *one)
    undone = quick_run("undo", "--last", "1", *one)

    assert f"filed last into {tmp_path}/two:" in both
    assert f"filed last into {tmp_path}/one:" in alone
    assert f"{tmp_path}/two" not in alone
    assert 2 == refused.returncode
    assert f"is of another library, {tmp_path}/two" in refused.stderr
    assert 0 == undone.returncode, undone.stderr
    assert (2, 3) == (len(read_files(tmp_path / "one")), len(read_files(tmp_path / "two")))
