"""See before you act: what `plan` and `sort --dry-run` show is what is done then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.conftest import photo_bytes
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from tests.cli.conftest import Run

CONFIG = """\
version: 1
watch: {{name: phone, path: {home}/watch, settle: 300ms}}
library: {home}/library
rules:
  - {{name: keep, when: {{name: "keep*"}}, leave: true}}
  - {{name: all, to: "{to}/{{class}}/"}}
"""


pytestmark = pytest.mark.usefixtures("watch")


def config(tmp_path: Path, to: str) -> Path:
    """A configuration whose photos go there."""
    path = tmp_path / f"{to}.yaml"
    path.write_text(CONFIG.format(home=tmp_path, to=to))
    return path


def lines(done: CompletedProcess[str]) -> list[dict[str, Any]]:
    """The JSON objects that were printed."""
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def starts(tmp_path: Path) -> int:
    """How often a classifier process was started."""
    path = tmp_path / "starts"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_sort_does_what_its_dry_run_says(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """Every file in the same state at the same place; nothing is made or moved before."""
    sort = ("sort", watch, "--library", tmp_path / "library")
    before = read_files(watch)

    planned = lines(quick_run(*sort, "--dry-run", "--json"))
    untouched = read_files(watch), (tmp_path / "library").exists()
    history = quick_run("history", "--json").stdout
    quick_run(*sort)
    done = lines(quick_run("history", "--json"))

    assert (before, False, "") == (*untouched, history)
    keys = ("photo", "state", "outcome", "rule", "class", "destination", "reason")
    assert sorted(
        ([each.get(key) for key in keys] for each in planned if each["state"] != "filed"), key=str
    ) == sorted(
        ([each.get(key) for key in keys] for each in done if each["state"] != "filed"), key=str
    )
    assert 4 == sum(each["state"] == "filed" for each in planned)
    assert {each["photo"]: each["destination"] for each in planned} == {
        each["photo"]: each.get("destination") for each in done
    }


def test_of_many_photos_of_one_name_the_first_by_path_gets_it(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """In a plan, also where others are remembered already, and in the pass that follows."""
    for number, name in enumerate("hgfedcba"):
        (watch / name).mkdir()
        (watch / name / "x.jpg").write_bytes(photo_bytes(tmp_path, 10 + number))
    chosen = config(tmp_path, "All")
    text = chosen.read_text().replace("settle: 300ms", "settle: 0s")
    chosen.write_text(text.replace("rules:", "defaults: {on_conflict: skip}\nrules:"))
    quick_run("plan", watch / "h", "--config", chosen)

    plans = [lines(quick_run("plan", "--config", chosen, "--json")) for _ in range(2)]
    quick_run("sort", watch, "--config", chosen)
    done = lines(quick_run("history", "--json"))

    filed = [str(watch / name) for name in ("IMG_1.jpg", "IMG_2.jpg", "a/x.jpg")]
    assert [filed] * 3 == [
        sorted(each["photo"] for each in told if each["state"] == "filed")
        for told in (*plans, done)
    ]


def test_a_second_look_needs_no_classifier(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """Nor does a plan with other rules, nor one of all photos after they were filed."""
    old, new = config(tmp_path, "Old"), config(tmp_path, "New")

    first = quick_run("plan", "--config", old)
    second = quick_run("plan", "--config", old)
    third = quick_run("plan", "--config", new, "--json")
    after_the_plans = starts(tmp_path)
    quick_run("sort", watch, "--config", old)
    fourth = quick_run("plan", "--config", old, "--all")

    assert "4 classified now, 0 remembered" in first.stdout
    assert "0 classified now, 4 remembered" in second.stdout
    assert str(tmp_path / "library/New/cars/IMG_2.jpg") in third.stdout
    assert 1 == after_the_plans
    assert "0 classified now, 4 remembered" in fourth.stdout


def test_the_plan_is_a_tree_with_counts_and_reasons(quick_run: Run, tmp_path: Path) -> None:
    """Folders with numbers, names that are taken, what is left and why; all names if asked."""
    done = quick_run("plan", "--config", config(tmp_path, "All"), "--names")

    assert 0 == done.returncode, done.stderr
    for says in (
        f"{tmp_path}/library  3  hardlink",
        "All/  3",
        "cars/  3",
        "IMG_1 (2).jpg",
        "1 would get another name",
        "2 want the name of another of them: here the first by its path gets it",
        "the rule keep leaves it  1",
        "a text file, not a photo",
        "6 files: 3 would be filed (hardlink), 2 left, 1 quarantined",
        "4 classified now, 0 remembered",
    ):
        assert says in done.stdout


def test_the_plan_says_which_photos_are_moved(quick_run: Run, tmp_path: Path) -> None:
    """In the sum, at each folder and in a line of its own: they go from the phone, too."""
    mixed = config(tmp_path, "Mixed")
    moves = '  - {name: one, when: {name: "IMG_2*"}, to: Moved/, action: move}\n'
    mixed.write_text(mixed.read_text().replace("rules:\n", "rules:\n" + moves))

    done = quick_run("plan", "--config", mixed)
    said = lines(quick_run("plan", "--config", mixed, "--json"))

    for says in (
        f"{tmp_path}/library  3  2 hardlink, 1 move",
        "Mixed/  2  hardlink",
        "Moved/  1  move",
        "1 would be moved",
        "6 files: 3 would be filed (2 hardlink, 1 move), 2 left",
    ):
        assert says in done.stdout
    assert ["hardlink", "hardlink", "move"] == sorted(
        each["action"] for each in said if each["state"] == "filed"
    )


def test_another_action_is_a_change(quick_run: Run, tmp_path: Path) -> None:
    """To the same place by `move` instead of a hard link is no small thing."""
    old, new = config(tmp_path, "Same"), tmp_path / "new.yaml"
    defaults = "defaults: {action: move, on_conflict: skip}\nrules:\n"
    new.write_text(old.read_text().replace("rules:\n", defaults))

    shown = quick_run("plan", "--config", new, "--was", old)
    said = lines(quick_run("plan", "--config", new, "--was", old, "--json"))

    assert "Same/cars/ by hardlink -> Same/cars/ by move  3" in shown.stdout
    assert "0 of 6 files would go elsewhere, 3 to the same place by another action" in shown.stdout
    assert [("hardlink", "move")] * 3 == [
        (each["was"]["action"], each["now"]["action"]) for each in said
    ]


def test_another_end_for_taken_names_is_a_change(quick_run: Run, tmp_path: Path) -> None:
    """By `skip` a photo whose name is taken is not filed."""
    old, skip = config(tmp_path, "Same"), tmp_path / "skip.yaml"
    skip.write_text(old.read_text().replace("rules:\n", "defaults: {on_conflict: skip}\nrules:\n"))

    shown = quick_run("plan", "--config", skip, "--was", old).stdout
    said = lines(quick_run("plan", "--config", skip, "--was", old, "--json"))

    assert "Same/cars/ on_conflict dedupe -> Same/cars/ on_conflict skip  3" in shown
    assert (
        "0 of 6 files would go elsewhere, 3 to the same place unless their name is taken" in shown
    )
    assert [("dedupe", "skip", "leave")] * 3 == [
        (each["was"]["on_conflict"], each["now"]["on_conflict"], each["now"]["identical"])
        for each in said
    ]


def test_a_number_in_a_name_is_no_name_that_is_taken(quick_run: Run, tmp_path: Path) -> None:
    """Each gets the next one, and nothing says that other bytes lie there."""
    numbered = config(tmp_path, "Trip")
    text = numbered.read_text().replace("{name: all,", '{name: all, as: "{sequence:4}.{ext}",')
    numbered.write_text(text)

    shown = quick_run("plan", "--config", numbered, "--names").stdout
    said = lines(quick_run("plan", "--config", numbered, "--json"))

    assert "taken by other bytes" not in shown
    assert "3 get the numbers that are free" in shown
    assert "0003.jpg" in shown
    assert [None] * 3 == [each["reason"] for each in said if each["state"] == "filed"]


def test_a_folder_may_be_planned_alone(quick_run: Run, watch: Path, tmp_path: Path) -> None:
    """It is a part of its watch folder, and nothing else is looked at."""
    planned = lines(
        quick_run("plan", watch / "deep", "--config", config(tmp_path, "All"), "--json")
    )

    assert [str(watch / "deep/IMG_1.jpg")] == [each["photo"] for each in planned]


def test_a_changed_configuration_shows_what_goes_elsewhere(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """Old and new folder with a number; photos that were filed before are among them."""
    old, new = config(tmp_path, "Old"), config(tmp_path, "New")
    quick_run("sort", watch, "--config", old)

    shown = quick_run("plan", "--config", new, "--was", old)
    said = lines(quick_run("plan", "--config", new, "--was", old, "--json"))
    same = quick_run("plan", "--config", new, "--was", new)

    assert "Old/cars/ -> New/cars/  3" in shown.stdout
    assert "3 of 6 files would go elsewhere" in shown.stdout
    assert 3 == len(said)
    assert {"photo", "was", "now"} == set(said[0])
    assert "0 of 6 files would go elsewhere" in same.stdout


def test_another_watch_folder_or_library_is_told_as_such(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """The sum counts what either configuration looks at; two libraries are shown in full."""
    here, elsewhere = config(tmp_path, "Here"), tmp_path / "elsewhere.yaml"
    text = here.read_text()
    elsewhere.write_text(text.replace(f"path: {watch}", f"path: {tmp_path}/empty"))
    (tmp_path / "empty").mkdir()
    other = tmp_path / "other.yaml"
    other.write_text(text.replace(f"library: {tmp_path}/library", f"library: {tmp_path}/other"))

    unwatched = quick_run("plan", "--config", elsewhere, "--was", here).stdout
    moved = quick_run("plan", "--config", other, "--was", here).stdout

    assert "Here/cars/ -> not watched  3" in unwatched
    assert "6 of 6 files would go elsewhere" in unwatched
    assert f"{tmp_path}/library/Here/cars/ -> {tmp_path}/other/Here/cars/  3" in moved


def test_rules_that_fail_their_own_tests_are_not_in_force(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """`sort` and `refile` refuse them as `run` does; who only looks is warned."""
    failing = config(tmp_path, "All")
    tests = "tests:\n  - {given: {class: cars}, expect: {to: Elsewhere/}}\n"
    failing.write_text(failing.read_text() + tests)

    sorts = [quick_run("sort", watch, "--config", failing, *more) for more in ((), ("--dry-run",))]
    refile = quick_run("refile", "--config", failing, "--yes")
    looks = [
        quick_run(*words, "--config", failing, "--json")
        for words in (("plan",), ("explain", watch / "IMG_2.jpg"))
    ]

    for done in (*sorts, refile):
        assert (2, "") == (done.returncode, done.stdout)
        assert 'error: the test "line 8" fails' in done.stderr
    assert not (tmp_path / "library").exists()
    for done in looks:
        assert f'{failing}:8:5: warning: the test "line 8" fails' in done.stderr
        assert 1 == done.stderr.count("`run` and `sort` refuse this configuration")
        assert str(tmp_path / "library/All/cars/IMG_2.jpg") in done.stdout
        assert 0 == done.returncode


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plan", "--config", "/nowhere.yaml"), "there is no such file"),
        (("plan",), "there is no configuration"),
        (("sort", "/tmp", "--library", "/tmp/x", "--json"), "go with --dry-run"),
        (("refile", "--since", "yesterday"), "is no time"),
    ],
)
def test_mistakes_are_sentences(run: Run, words: tuple[str, ...], says: str) -> None:
    """Exit status 2, and what is wrong."""
    done = run(*words)

    assert 2 == done.returncode
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_filed_by_former_rules_is_told(
    quick_run: Run, watch: Path, tmp_path: Path
) -> None:
    """And by which command it is filed anew; afterwards nothing more is said of it."""
    new = config(tmp_path, "New")
    (watch / "keep.jpg").unlink()
    before = quick_run("plan", "--config", new).stdout
    quick_run("sort", watch, "--library", tmp_path / "library")

    planned = quick_run("plan", "--config", new)
    quick_run("refile", "--config", new, "--yes")
    after = quick_run("plan", "--config", new)

    command = f"gallery-daemon refile --config {new}"
    assert "refile" not in before
    assert "3 photos lie where rules put them that are in the configuration no more" in (
        planned.stdout
    )
    assert command in planned.stdout
    assert "in the configuration no more" not in after.stdout
    assert f"what was filed before stays; what the rules of now would do: {command}" in after.stdout
