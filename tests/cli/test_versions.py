"""What was learned, at the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.manifest import HEAD_FILE, find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from tests.end_to_end.conftest import photo_bytes
from tests.model.learned import REFUSED, adopt, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def versions(tmp_path: Path) -> ModelVersions:
    """Those of the shipped model for the library of `explained`, of the home of `run`."""
    state = tmp_path / "home/.local/state/gallery-daemon"
    return ModelVersions.of(find_bundle("default"), str(tmp_path / "library"), state)


def test_classify_goes_by_what_a_configuration_has_learned(
    quick_run: Run, explained: Path, tmp_path: Path, versions: ModelVersions
) -> None:
    """With --config; a damaged version is said, and the one before answers."""
    photo = tmp_path / "IMG_1.jpg"
    photo.write_bytes(photo_bytes(tmp_path, 7))
    classes = versions.base.classes
    adopt(versions, favourite=classes.index("trees"))
    second = adopt(versions, favourite=classes.index("memes"))

    plain = quick_run("classify", "--json", photo)
    learned = quick_run("classify", "--json", "--config", explained, photo)
    assert second.folder is not None
    (second.folder / HEAD_FILE).write_bytes(b"")
    before = quick_run("classify", "--json", "--config", explained, photo)

    found = [json.loads(each.stdout)["class"] for each in (plain, learned, before)]
    assert ["cars", "memes", "trees"] == found
    assert ("", "") == (plain.stderr, learned.stderr)
    assert "warning: version 2 does not serve" in before.stderr
    both = quick_run("classify", "--model", "default", "--config", explained, photo)
    assert (2, "error: --model and --config exclude each other") == (
        both.returncode,
        both.stderr.splitlines()[0].lower(),
    )


def test_versions_are_listed_with_what_they_learned(
    run: Run, explained: Path, versions: ModelVersions
) -> None:
    """For a person and as JSON; a refused one says why and how many lessons are wanted."""
    first = adopt(versions, 0)
    write(versions, 1, gate=REFUSED)

    shown = run("model", "list", "--config", explained)
    said = run("model", "list", "--config", explained, "--json")

    base, learned, refused = map(json.loads, said.stdout.splitlines())
    assert ["adopted", "current", "refused"] == [each["state"] for each in (base, learned, refused)]
    assert (0, None, None) == (base["version"], base["lessons"], base["gate"])
    assert first.manifest.model_id == learned["model"]
    assert {versions.base.classes[0]: 3} == learned["lessons"]
    assert {"passed": False, "reasons": list(REFUSED.reasons), "wanted_more": 12} == refused["gate"]
    assert f"* {1:>3} current, {first.manifest.model_id}" in shown.stdout
    assert "no better on lessons" in shown.stdout
    assert "about 12 more lessons" in shown.stdout


def test_another_version_is_used_and_rolled_back(
    run: Run, explained: Path, versions: ModelVersions
) -> None:
    """Step by step to the model as it came; then there is none before."""
    for favourite in (0, 1):
        adopt(versions, favourite)

    def serving() -> int:
        return versions.serving().version.number

    seen = [serving()]
    for words in (("use", "1"), ("rollback",), ("rollback",), ("use", "2"), ("use", "base")):
        done = run("model", *words, "--config", explained)
        assert 0 == done.returncode, done.stderr
        seen.append(serving())
    # From 1 back to 2, which served before it, and then to the base.
    assert [2, 1, 2, 0, 2, 0] == seen
    for _ in range(2):
        run("model", "rollback", "--config", explained)
    none = run("model", "rollback", "--config", explained)
    assert 2 == none.returncode
    assert "serves, and none did before it" in none.stderr


def test_a_version_that_cannot_be_used_is_refused(
    run: Run, explained: Path, versions: ModelVersions
) -> None:
    """One that there is not, one that the gate refused, one that lacks a class of the rules."""
    write(versions, gate=REFUSED)
    unknown = run("model", "use", "7", "--config", explained)
    refused = run("model", "use", "1", "--config", explained)
    adopt(versions, more_classes=("receipts",))
    explained.write_text(explained.read_text().replace("class: cars", "class: receipts"))
    lacking = run("model", "rollback", "--config", explained)

    assert [2, 2, 2] == [each.returncode for each in (unknown, refused, lacking)]
    assert "there is no version 7" in unknown.stderr
    assert "version 1 was refused: no better on lessons" in refused.stderr
    assert "does not go with version 0: " in lacking.stderr
    assert 2 == versions.serving().version.number


def test_after_an_adoption_plan_and_refile_show_what_would_go_elsewhere(
    quick_run: Run, explained: Path, tmp_path: Path, versions: ModelVersions
) -> None:
    """`plan --was-model` by both versions, `refile` what the one before had filed."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(3):
        (inbox / f"IMG_{number}.jpg").write_bytes(photo_bytes(tmp_path, number))
    assert 0 == quick_run("sort", inbox, "--config", explained).returncode
    adopt(versions, versions.base.classes.index("trees"))

    planned = quick_run("plan", "--config", explained, "--was-model", "base", "--json")
    same = quick_run("plan", "--config", explained, "--was-model", "1", "--json")
    unknown = quick_run("plan", "--config", explained, "--was-model", "9")
    shown = quick_run("refile", "--config", explained, "--json")
    done = quick_run("refile", "--config", explained, "--yes")
    quick_run("model", "rollback", "--config", explained)
    back = quick_run("refile", "--config", explained, "--yes")

    library = str(tmp_path / "library")
    changes = [json.loads(line) for line in planned.stdout.splitlines()]
    assert [("cars", "trees")] * 3 == [
        (each["was"]["class"], each["now"]["class"]) for each in changes
    ]
    assert {f"{library}/All/IMG_{number}.jpg" for number in range(3)} == {
        each["now"]["destination"] for each in changes
    }
    assert "" == same.stdout
    assert (2, True) == (unknown.returncode, "there is no version 9" in unknown.stderr)
    assert 3 == len(shown.stdout.splitlines())
    assert "3 photos to be filed anew" in done.stdout
    assert "3 photos to be filed anew" in back.stdout
    assert 3 == len(list((tmp_path / "library" / "Cars").rglob("*.jpg")))
