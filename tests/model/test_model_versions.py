"""Versions on disk: which serves, how that changes, and what serves where one is damaged."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load, save

from gallery_daemon.errors import BundleError, GalleryError
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.manifest import HEAD_FILE, MANIFEST_FILE
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.model_version import ModelVersionState
from gallery_daemon.model.model_versions import ModelVersions
from gallery_daemon.model.version_files import LESSONS_FILE
from tests.model.learned import (
    LIBRARY,
    REFUSED,
    adopt,
    head_for,
    learned,
    lessons_for,
    versions_on,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GREY = np.full((1, 224, 224, 3), 128, np.uint8)


@pytest.fixture
def versions(banked: Path, tmp_path: Path) -> ModelVersions:
    """Those on a bundle with a bank; there are none yet."""
    return versions_on(banked, tmp_path)


def states(versions: ModelVersions) -> list[tuple[int, str]]:
    """The number and the state of each."""
    return [(each.number, str(each.state)) for each in versions.all()]


def test_without_a_version_the_base_serves(versions: ModelVersions) -> None:
    """And nothing is written by looking."""
    serving = versions.serving()

    assert (0, None, None) == (serving.version.number, serving.version.folder, serving.problem)
    assert [(0, "current")] == states(versions)
    assert not versions.folder.exists()


def test_a_candidate_serves_once_it_is_adopted(versions: ModelVersions) -> None:
    """It has the hashes of its files, and a name of its own for log and journal."""
    candidate = write(versions, favourite=1)
    before = states(versions)
    with versions.locked():
        versions.adopt(1)

    assert [(0, "current"), (1, "candidate")] == before
    assert [(0, "adopted"), (1, "current")] == states(versions)
    serving = versions.serving().version
    assert candidate == serving
    assert serving.learned is not None
    assert (1, 3) == (serving.learned.number, serving.learned.count)
    assert serving.manifest.model_id != versions.base.model_id
    assert serving.manifest.weights_sha256 == versions.base.weights_sha256


def test_a_version_predicts_by_its_head_and_knows_its_lessons(
    versions: ModelVersions, banked: Path
) -> None:
    """The body is the base's; what is like a lesson is familiar."""
    version = adopt(versions, favourite=1, more_classes=("receipts",))

    predictor = load_predictor(banked, version=version.folder)
    found = predictor.predict(GREY)

    assert ("cars", "memes", "trees", "receipts") == predictor.manifest.classes
    assert [1] == found.probabilities.argmax(axis=1).tolist()
    plain = load_predictor(banked)
    assert np.array_equal(plain.features(GREY), predictor.features(GREY))
    assert plain._bank is not None
    assert predictor._bank is not None
    assert (30, 33) == (len(plain._bank.labels), len(predictor._bank.labels))


def test_a_refused_candidate_is_kept_and_never_adopted(versions: ModelVersions) -> None:
    """It says why, and how many lessons are wanted."""
    write(versions, gate=REFUSED)

    with versions.locked(), pytest.raises(GalleryError, match="refused: no better on lessons"):
        versions.adopt(1)
    assert [(0, "current"), (1, "refused")] == states(versions)
    latest = versions.latest()
    assert latest is not None
    assert REFUSED == latest.gate


def test_a_newer_candidate_takes_the_place_of_those_never_adopted(versions: ModelVersions) -> None:
    """What was adopted is kept, so that it can serve again."""
    adopt(versions)
    write(versions, gate=REFUSED)
    write(versions)

    assert [(0, "adopted"), (1, "current"), (3, "candidate")] == states(versions)


def test_a_rollback_goes_back_step_by_step(versions: ModelVersions) -> None:
    """To the version before, not to the next lower number; at last to the base."""
    for favourite in (0, 1):
        adopt(versions, favourite)
    with versions.locked():
        versions.roll_back()
    adopt(versions, 2)

    gone_back = []
    with versions.locked():
        while versions.serving().version.number:
            gone_back.append(versions.roll_back().number)
        with pytest.raises(GalleryError, match="none did before"):
            versions.roll_back()

    assert [1, 0] == gone_back
    assert [(0, "current"), (1, "adopted"), (2, "adopted"), (3, "adopted")] == states(versions)


def test_any_adopted_version_may_be_used_again_by_each_of_its_names(
    versions: ModelVersions,
) -> None:
    """By number or model id; the base also as `base`."""
    first, second = adopt(versions, 0), adopt(versions, 1)

    assert 1 == versions.number_of("1") == versions.number_of(first.manifest.model_id)
    assert 2 == versions.number_of(second.manifest.model_id)
    assert 0 == versions.number_of("base") == versions.number_of(versions.base.model_id)
    with pytest.raises(GalleryError, match="no version 7"):
        versions.number_of("7")
    with versions.locked():
        versions.adopt(1)
    assert (1, 2) == (versions.serving().version.number, versions.previous().number)


def flip(path: Path) -> None:
    """One bit of the file is another."""
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def not_a_number(path: Path) -> None:
    """The head has a number that is none, and whoever wrote it also wrote its hash."""
    head = load(path.read_bytes())
    path.write_bytes(save(head | {"bias": np.full_like(head["bias"], np.nan)}))
    manifest = path.with_name(MANIFEST_FILE)
    raw = json.loads(manifest.read_text())
    raw["head_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(raw))


def a_folder(path: Path) -> None:
    """The file is a folder."""
    path.unlink()
    path.mkdir()


def of_another(path: Path) -> None:
    """The version says that it was learned on another base."""
    raw = json.loads(path.read_text())
    raw["learned"]["base"] = "other@12345678"
    path.write_text(json.dumps(raw))


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "cut head": (HEAD_FILE, lambda path: path.write_bytes(path.read_bytes()[:-10])),
    "flipped head": (HEAD_FILE, flip),
    "missing head": (HEAD_FILE, Path.unlink),
    "head of NaN": (HEAD_FILE, not_a_number),
    "head is a folder": (HEAD_FILE, a_folder),
    "flipped lessons": (LESSONS_FILE, flip),
    "missing lessons": (LESSONS_FILE, Path.unlink),
    "cut manifest": (MANIFEST_FILE, lambda path: path.write_bytes(path.read_bytes()[:-10])),
    "empty manifest": (MANIFEST_FILE, lambda path: path.write_bytes(b"")),
    "missing manifest": (MANIFEST_FILE, Path.unlink),
    "another base": (MANIFEST_FILE, of_another),
    "nothing": ("", shutil.rmtree),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_where_a_version_is_damaged_the_one_before_serves(
    versions: ModelVersions, damage: str
) -> None:
    """And a sentence says which does not, why, and what does."""
    adopt(versions, 0)
    second = adopt(versions, 1)
    assert second.folder is not None
    name, spoil = DAMAGES[damage]
    spoil(second.folder / name)

    serving = versions.serving()

    assert 1 == serving.version.number
    assert serving.problem is not None
    assert serving.problem.startswith("version 2 does not serve: ")
    assert serving.problem.endswith(f"; {serving.version.manifest.model_id} does")
    if damage != "nothing":
        assert (2, "unusable") == states(versions)[-1]


def test_where_all_are_damaged_the_base_serves(versions: ModelVersions) -> None:
    """Photos are filed as before anything was learned."""
    for favourite in (0, 1):
        version = adopt(versions, favourite)
        assert version.folder is not None
        (version.folder / HEAD_FILE).write_bytes(b"")

    serving = versions.serving()

    assert 0 == serving.version.number
    assert serving.problem is not None
    assert "version 2 does not" in serving.problem
    assert "version 1 does not" in serving.problem


@pytest.mark.parametrize("content", [b"", b"7", b'{"number": "7"}', b"\xff\xfe"])
def test_where_current_is_damaged_the_base_serves_until_it_is_said_anew(
    versions: ModelVersions, content: bytes
) -> None:
    """Nothing that was adopted is thrown away meanwhile."""
    adopt(versions)
    (versions.folder / "current").write_bytes(content)

    problem = versions.serving().problem
    assert problem is not None
    assert "not known which version serves" in problem
    write(versions)
    assert (versions.folder / "0001").is_dir()
    with versions.locked():
        versions.adopt(1)
    assert (1, None) == (versions.serving().version.number, versions.serving().problem)


def test_what_was_learned_on_another_body_does_not_count_and_says_so(
    versions: ModelVersions, bundle: Path, tmp_path: Path
) -> None:
    """Until something is learned on this one; each base and each library has its own."""
    adopt(versions)

    other = versions_on(bundle, tmp_path)
    serving = other.serving()
    assert 0 == serving.version.number
    assert serving.problem is not None
    assert "what was learned for this library on banked-" in serving.problem
    adopt(other)
    assert other.serving().problem is None
    assert versions_on(bundle, tmp_path, "/elsewhere").serving().problem is None


def test_a_version_does_not_serve_once_its_base_has_another_head(
    versions: ModelVersions, tmp_path: Path
) -> None:
    """The body is the same, so the features are, but the lessons were weighed against another."""
    adopt(versions)
    base = replace(versions.base, head_sha256="0" * 64)

    other = ModelVersions(versions.bundle, base, LIBRARY, tmp_path / "state")

    assert 0 == other.serving().version.number
    assert other.latest() is None
    assert "was learned on banked@" in str(other.serving().problem)


def test_only_one_at_a_time_makes_a_version(versions: ModelVersions) -> None:
    """The second is told so; a process that is killed holds nobody up."""
    busy = pytest.raises(GalleryError, match="another `learn` is at work")
    with versions.locked(), busy, versions.locked():
        pass
    with versions.locked():
        pass


def test_what_a_crash_left_is_cleared_up_by_the_next(versions: ModelVersions) -> None:
    """Half a version is not listed, and in nobody's way."""
    adopt(versions)
    half = versions.folder / ".made-2"
    half.mkdir()
    (half / HEAD_FILE).write_bytes(b"half")
    (versions.folder / ".made-current").write_bytes(b"{")

    assert [(0, "adopted"), (1, "current")] == states(versions)
    adopt(versions)
    assert ["0001", "0002", "current", "lock"] == sorted(
        each.name for each in versions.folder.iterdir()
    )


def test_parts_that_do_not_fit_are_never_a_version(versions: ModelVersions) -> None:
    """Neither a head of other classes nor lessons of a class that there is not."""
    manifest = versions.base
    more = replace(manifest, classes=(*manifest.classes, "receipts"))
    for head, lessons in (
        (head_for(more, 0), lessons_for(manifest)),
        (head_for(manifest, 0), lessons_for(more)),
    ):
        with versions.locked(), pytest.raises(BundleError):
            versions.write_candidate(manifest, head, lessons, learned(versions))
    assert [(0, "current")] == states(versions)
    assert ["lock"] == [each.name for each in versions.folder.iterdir()]


def test_a_disk_that_takes_nothing_is_an_error_for_people(
    versions: ModelVersions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is as it was; the same for a folder that cannot be written."""
    adopt(versions)

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gallery_daemon.model.model_versions.write_synced", full)
    with pytest.raises(GalleryError, match="no space left on device"):
        write(versions)
    monkeypatch.undo()
    assert [(0, "adopted"), (1, "current")] == states(versions)
    assert not list(versions.folder.glob(".made-*"))

    blocked = versions_on(versions.bundle, Path("/proc/nowhere"))
    with pytest.raises(GalleryError, match="no version can be written"):
        write(blocked)


def test_marks_change_with_whatever_may_change_what_serves(versions: ModelVersions) -> None:
    """So a daemon that looks on takes up a new version, and gives up a damaged one."""
    version = adopt(versions)
    assert version.folder is not None
    seen = [versions.marks()]
    (version.folder / HEAD_FILE).write_bytes(b"damaged")
    seen.append(versions.marks())
    adopt(versions)
    seen.append(versions.marks())
    with versions.locked():
        versions.adopt(0)
    seen.append(versions.marks())

    assert len(seen) == len(set(seen))
    assert seen[-1] == versions.marks()


def test_versions_are_read_without_numpy(versions: ModelVersions) -> None:
    """The daemon reads which serves with its configuration."""
    adopt(versions)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from gallery_daemon.model.model_versions import ModelVersions\n"
        f"found = ModelVersions.of(Path({str(versions.bundle)!r}), {LIBRARY!r}, "
        f"Path({str(versions._models.parent)!r}))\n"
        "assert found.serving().version.number == 1, found.serving()\n"
        "sys.exit(bool({'numpy', 'torch'} & set(sys.modules)))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_manifest_of_a_version_is_one_like_any_other(versions: ModelVersions) -> None:
    """Whoever reads a bundle's manifest reads it."""
    version = adopt(versions, more_classes=("receipts",))
    assert version.folder is not None

    assert version.manifest == read_manifest(version.folder)
    assert ModelVersionState.CURRENT is versions.all()[-1].state
