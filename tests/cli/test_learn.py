"""`learn`: what it shows, what it adopts, what the gate refuses."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.journal.journal import Journal
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from tests.end_to_end.conftest import photo_bytes
from tests.faults.conftest import mounted
from tests.learning.given import KINDS, give, wrong_calls

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TWELVE = tuple(f"{kind}-{number}" for kind in KINDS for number in range(12))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The state folder of the home of `run`."""
    state = tmp_path / "home/.local/state/gallery-daemon"
    state.mkdir(parents=True)
    return state


@pytest.fixture
def versions(tmp_path: Path, state: Path) -> ModelVersions:
    """Those of the shipped model for the library of `explained`."""
    return ModelVersions.of(find_bundle("default"), str(tmp_path / "library"), state)


def test_lessons_become_a_version_that_serves(
    quick_run: Run, explained: Path, tmp_path: Path, state: Path, versions: ModelVersions
) -> None:
    """Shown first, adopted by --yes; then there is nothing new, and photos are called by it."""
    said = wrong_calls(versions)
    give(state / "journal.sqlite3", tmp_path / "library", TWELVE, said)

    shown = quick_run("learn", "--config", explained)
    kept = versions.all()[-1]
    adopted = quick_run("learn", "--config", explained, "--yes", "--json")
    again = quick_run("learn", "--config", explained, "--yes")
    photo = tmp_path / "dog-99.jpg"
    photo.write_bytes(photo_bytes(tmp_path, 9))
    called = quick_run("classify", "--config", explained, "--json", photo)

    assert 1 == shown.returncode, shown.stderr
    assert "learned from 36 lessons: 36 correction" in shown.stdout
    assert "let this one serve with --yes" in shown.stdout
    assert "candidate" == kept.state
    assert 0 == adopted.returncode, adopted.stderr
    found = json.loads(adopted.stdout)
    assert ("adopted", 36, [], 2) == (
        found["result"], found["lessons"], found["unread"], found["version"]
    )  # fmt: skip
    assert dict.fromkeys(said.values(), 12) == {
        name: score["lessons"] for name, score in found["by_class"].items()
    }
    assert 2 == versions.serving().version.number
    assert found["model"] == versions.serving().version.manifest.model_id
    assert (0, True) == (again.returncode, "from these very lessons" in again.stdout)
    assert said["dog"] == json.loads(called.stdout)["class"]


def test_shuffled_labels_are_refused_and_nothing_changes(
    quick_run: Run, explained: Path, tmp_path: Path, state: Path, versions: ModelVersions
) -> None:
    """A planted bad candidate: exit status 1, its reasons kept, the base goes on serving."""
    give(state / "journal.sqlite3", tmp_path / "library", TWELVE, wrong_calls(versions),
         shuffled=True)  # fmt: skip

    refused = quick_run("learn", "--config", explained, "--yes")
    listed = quick_run("model", "list", "--config", explained)

    assert 1 == refused.returncode
    assert "the gate refuses it" in refused.stdout
    assert 0 == versions.serving().version.number
    latest = versions.latest()
    assert latest is not None
    assert not latest.gate.passed
    assert latest.gate.reasons
    assert "refused" in listed.stdout
    lessons = quick_run("lessons", "--config", explained).stdout
    assert "what was learned last (version 1) was refused:" in lessons
    assert latest.gate.reasons[0][:40] in lessons
    used = quick_run("model", "use", "1", "--config", explained)
    assert (2, True) == (used.returncode, "version 1 was refused" in used.stderr)


def test_a_slip_of_the_mouse_is_named(
    quick_run: Run, explained: Path, tmp_path: Path, state: Path, versions: ModelVersions
) -> None:
    """One of the dogs was dropped among the chats; nothing else is doubtful, nor learned."""
    said, library = wrong_calls(versions), tmp_path / "library"
    give(state / "journal.sqlite3", library, TWELVE, said)
    before = quick_run("lessons", "--config", explained, "--doubtful")
    give(state / "journal.sqlite3", library, ["dog-50"], {"dog": said["chat"]})

    found = quick_run("lessons", "--config", explained, "--doubtful", "--json")
    shown = quick_run("lessons", "--config", explained, "--doubtful")

    assert "no lesson is doubtful\n" == before.stdout, before.stderr
    (slip,) = map(json.loads, found.stdout.splitlines())
    assert str(library / "dog-50.jpg") == slip["photo"]
    assert (said["chat"], said["dog"]) == (slip["class"], slip["likelier"])
    assert f"dog-50.jpg: {said['chat']}" in shown.stdout
    assert f"looks like {said['dog']}" in shown.stdout
    assert [0] == [each.number for each in versions.all()]


def test_without_lessons_there_is_nothing_to_learn(quick_run: Run, explained: Path) -> None:
    """It says how a lesson is given."""
    done = quick_run("learn", "--config", explained)

    assert 2 == done.returncode
    assert "there are no lessons for this library" in done.stderr
    assert "hint: drag a photo" in done.stderr


def test_a_photo_that_is_gone_or_changed_is_left_out_and_named(
    quick_run: Run, explained: Path, tmp_path: Path, state: Path, versions: ModelVersions
) -> None:
    """Its lesson stays; one that was looked at before needs no photo any more."""
    library = tmp_path / "library"
    give(state / "journal.sqlite3", library, TWELVE, wrong_calls(versions))
    (library / "dog-1.jpg").unlink()
    (library / "dog-2.jpg").write_bytes(b"another")

    first = quick_run("learn", "--config", explained, "--json")
    for photo in library.glob("*.jpg"):
        photo.unlink()
    second = quick_run("learn", "--config", explained, "--json")

    found, later = (json.loads(each.stdout) for each in (first, second))
    assert (34, 34) == (found["lessons"], later["lessons"])
    reasons = {each["photo"].rpartition("/")[2]: each["reason"] for each in found["unread"]}
    assert {
        "dog-1.jpg": "cannot be read: No such file or directory",
        "dog-2.jpg": "it was changed since",
    } == reasons


def test_a_new_class_begins_with_a_folder(
    quick_run: Run, explained: Path, tmp_path: Path, versions: ModelVersions
) -> None:
    """Rules may name it then; too few photos, a class that there is, and a bad name are refused."""
    folder = tmp_path / "library" / "Receipts"
    folder.mkdir(parents=True)
    for number in range(14):
        (folder / f"till-{number}.jpg").write_bytes(photo_bytes(tmp_path, number))
    (folder / "notes.txt").write_text("no photo")
    few = quick_run("learn", "--config", explained, "--new-class", "receipts", folder)
    (folder / "till-14.jpg").write_bytes(photo_bytes(tmp_path, 14))
    known = quick_run("learn", "--config", explained, "--new-class", "memes", folder)
    odd = quick_run("learn", "--config", explained, "--new-class", "a/b", folder)

    learned = quick_run("learn", "--config", explained, "--new-class", "receipts", folder, "--yes")

    assert [2, 2, 2] == [each.returncode for each in (few, known, odd)]
    assert "has 14 photos, too few for a new class" in few.stderr
    assert "memes is a class already" in known.stderr
    assert "a class cannot be called 'a/b'" in odd.stderr
    assert 0 == learned.returncode, learned.stdout + learned.stderr
    assert "receipts" == versions.serving().version.manifest.classes[-1]
    explained.write_text(explained.read_text().replace("class: cars", "class: receipts"))
    assert 0 == quick_run("check", "--config", explained).returncode


def test_a_second_learn_waits_for_nothing(
    quick_run: Run, explained: Path, tmp_path: Path, state: Path, versions: ModelVersions
) -> None:
    """It says that another is at work, and ends."""
    give(state / "journal.sqlite3", tmp_path / "library", TWELVE, wrong_calls(versions))

    with versions.locked():
        busy = quick_run("learn", "--config", explained, "--yes")

    assert 2 == busy.returncode
    assert "another `learn` is at work for this library" in busy.stderr
    with closing(Journal(state / "journal.sqlite3", read_only=True)) as journal:
        assert 36 == len(journal.lessons.active(str(tmp_path / "library")))


def test_a_full_state_folder_changes_nothing(
    quick_run: Run, explained: Path, tmp_path: Path, state: Path, versions: ModelVersions
) -> None:
    """Nor does one that cannot be written: an error says what to do, and the base serves."""
    give(state / "journal.sqlite3", tmp_path / "library", TWELVE, wrong_calls(versions))
    models = state / "models"
    models.mkdir()

    with mounted("tmpfs", "none", models, "size=64k"):
        full = quick_run("learn", "--config", explained, "--yes")
        left = [each.name for each in models.rglob("*") if each.is_file()]
        subprocess.run(["mount", "-o", "remount,ro", models], check=True)
        shut = quick_run("learn", "--config", explained, "--yes")
        serving = versions.serving()

    assert (2, 2) == (full.returncode, shut.returncode)
    assert "no space left on device" in full.stderr
    assert "all is as it was" in full.stderr
    assert ["lock"] == left
    assert "read-only file system" in shut.stderr
    assert (0, None) == (serving.version.number, serving.problem)
