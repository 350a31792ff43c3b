"""A daemon takes up what was learned, without anybody restarting it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.manifest import HEAD_FILE, find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from tests.end_to_end.conftest import photo_bytes
from tests.learning.given import KINDS, give, wrong_calls
from tests.model.learned import adopt

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Daemon, Event

BY_CLASS = '  - {name: by class, to: "{class}/"}\n'


@pytest.fixture
def versions(daemon: Daemon) -> ModelVersions:
    """Those of the shipped model for the daemon's library, which files by class."""
    text = daemon.config.read_text()
    daemon.config.write_text(text[: text.index("  - name: everything")] + BY_CLASS)
    state = Path(daemon.environ["XDG_STATE_HOME"]) / "gallery-daemon"
    return ModelVersions.of(find_bundle("default"), str(daemon.library), state)


def filed(daemon: Daemon, tmp_path: Path, number: int) -> str:
    """The folder that the next photo is filed into."""
    name = f"IMG_{number}.jpg"
    (daemon.watch / name).write_bytes(photo_bytes(tmp_path, number))
    return str(daemon.wait_for_photo(name)["destination"]).split("/")[-2]


def adoption(daemon: Daemon, after: int) -> Event:
    """What the log says of the next version that serves."""
    # Fitting takes seconds of a processor, which others may want, too.
    return daemon.wait_for(lambda event: event["event"] == "model_adopted", after, 200)


@pytest.mark.timeout(300)
def test_a_running_daemon_takes_up_each_version_that_is_to_serve(
    daemon: Daemon, versions: ModelVersions, tmp_path: Path
) -> None:
    """Adopted, rolled back, damaged: the next photo is filed by what serves, and the log says."""
    classes = versions.base.classes
    daemon.start()
    folders, told = [filed(daemon, tmp_path, 1)], []

    first = adopt(versions, classes.index("memes"))
    told.append(adoption(daemon, 0))
    folders.append(filed(daemon, tmp_path, 2))
    second = adopt(versions, classes.index("trees"))
    told.append(adoption(daemon, len(daemon.events)))
    folders.append(filed(daemon, tmp_path, 3))
    before = len(daemon.events)
    assert second.folder is not None
    (second.folder / HEAD_FILE).write_bytes(b"cut")
    damaged = daemon.wait_for(lambda event: event["event"] == "model_damaged", before)
    told.append(adoption(daemon, before))
    folders.append(filed(daemon, tmp_path, 4))
    before = len(daemon.events)
    with versions.locked():
        versions.adopt(1)
        versions.adopt(0)
    told.append(adoption(daemon, before))
    folders.append(filed(daemon, tmp_path, 5))
    daemon.stop()

    assert ["cars", "memes", "trees", "memes", "cars"] == folders
    base, *learned = (each.manifest.model_id for each in (versions.read(0), first, second))
    assert [(base, learned[0]), (learned[0], learned[1]), (learned[1], learned[0]),
            (learned[0], base)] == [(each["before"], each["model"]) for each in told]  # fmt: skip
    assert [(1, 3), (2, 3), (1, 3), (0, 0)] == [(each["version"], each["lessons"]) for each in told]
    assert "version 2 does not serve" in damaged["reason"]
    assert not [each for each in daemon.events if each["event"] == "config_reloaded"]


@pytest.mark.timeout(300)
def test_a_daemon_learns_by_itself_when_nothing_waits(
    daemon: Daemon, versions: ModelVersions, tmp_path: Path
) -> None:
    """Lessons arrive, a version is adopted, later photos are filed by it, and rolled back."""
    daemon.config.write_text(daemon.config.read_text() + "learn: {when: idle, after: 20}\n")
    state = Path(daemon.environ["XDG_STATE_HOME"]) / "gallery-daemon"
    said = wrong_calls(versions)
    names = [f"{kind}-{number}" for kind in KINDS for number in range(12)]
    daemon.start()
    first = kind_filed(daemon, tmp_path, "dog-100")

    give(state / "journal.sqlite3", daemon.library, names[:9], said)
    give(state / "journal.sqlite3", daemon.library, names[9:], said)
    adopted = adoption(daemon, 0)
    learned = [kind_filed(daemon, tmp_path, f"{kind}-101") for kind in KINDS]
    rolled_back = subprocess.run(
        [*daemon.program, "model", "rollback", "--config", str(daemon.config)],
        env=os.environ | daemon.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    back = adoption(daemon, len(daemon.events))
    last = kind_filed(daemon, tmp_path, "dog-102")
    daemon.stop()

    assert "cars" == first == last
    assert [said[kind] for kind in KINDS] == learned
    assert (1, 36, versions.base.model_id) == (
        adopted["version"], adopted["lessons"], adopted["before"]
    )  # fmt: skip
    assert adopted["figures"]["right_after"] > adopted["figures"]["right_before"]
    assert (0, adopted["model"]) == (back["version"], back["before"])
    assert "gallery-daemon refile" in rolled_back.stdout
    # It was refused nothing, failed at nothing, and did not learn the same twice.
    assert not {"model_refused", "learning_failed", "learning_possible"} & {
        event["event"] for event in daemon.events
    }
    assert ["0001"] == sorted(each.name for each in versions.folder.glob("0*"))


def kind_filed(daemon: Daemon, tmp_path: Path, name: str) -> str:
    """The folder that a photo of that name is filed into."""
    (daemon.watch / f"{name}.jpg").write_bytes(photo_bytes(tmp_path, len(daemon.events)))
    return str(daemon.wait_for_photo(f"{name}.jpg")["destination"]).split("/")[-2]
