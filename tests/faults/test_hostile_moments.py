"""What a hostile hand, clock or process does between two steps of a running daemon."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import Daemon, photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.faults

CONFIG = """\
version: 1
watch: {{path: {watch}, settle: 100ms}}
library: {library}
limits: {{seconds: 1}}
defaults: {{action: move}}
rules:
  - name: everything
    to: All/{{class}}/{{camera|none}}/
"""


class GatedDaemon(Daemon):
    """A daemon whose classifier process answers when it is told to."""

    program: tuple[str, ...] = (sys.executable, "-m", "tests.faults.gated_daemon")

    def __init__(self, home: Path, watch: Path | None = None) -> None:
        super().__init__(home)
        self.watch = watch or self.watch
        self.gate = home / "gate"
        os.mkfifo(self.gate)
        self.environ["GATE"] = os.fspath(self.gate)
        self.config.write_text(CONFIG.format(watch=self.watch, library=self.library))

    def placed(self, name: str = "*") -> list[str]:
        """Where in the library something of this name lies, a photo or a link."""
        return sorted(
            os.fspath(path.relative_to(self.library))
            for path in self.library.rglob(name)
            if path.is_symlink() or not path.is_dir()
        )


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatedDaemon]:
    """One that runs through all of it, and then stops in order."""
    daemon = GatedDaemon(tmp_path_factory.mktemp("gated"))
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder elsewhere, with a photo that is nobody's business."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "gated.jpg").write_bytes(photo_bytes(tmp_path, 200))
    return folder


def test_a_photo_swapped_for_a_link_after_it_was_classified_is_not_filed(
    gated: GatedDaemon, tmp_path: Path, outside: Path
) -> None:
    """The link is left, what it points to is neither moved nor read, and nothing is filed."""
    photo = gated.watch / "gated photo.jpg"
    photo.write_bytes(photo_bytes(tmp_path, 10))
    with gated.gate.open("wb"):  # from here on the process has it
        photo.unlink()
        photo.symlink_to(outside / "gated.jpg")

    event = gated.wait_for_photo(photo.name)

    assert ("photo_left", "a symbolic link, which is not followed") == (
        event["event"],
        event["reason"],
    )
    assert [] == gated.placed("gated*")
    assert photo_bytes(tmp_path, 200) == (outside / "gated.jpg").read_bytes()


def test_a_folder_swapped_for_a_link_after_a_photo_was_classified_leads_nowhere(
    gated: GatedDaemon, tmp_path: Path, outside: Path
) -> None:
    """Its photo cannot be filed, and the one behind the link is not taken for it."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/gated.jpg").write_bytes(photo_bytes(tmp_path, 20))
    (tmp_path / "full").rename(gated.watch / "folder")
    with gated.gate.open("wb"):
        (gated.watch / "folder").rename(tmp_path / "taken away")
        (gated.watch / "folder").symlink_to(outside)

    event = gated.wait_for_photo("folder/gated.jpg")
    link = gated.wait_for_photo("watch/folder")

    assert ("photo_failed", True) == (event["event"], "folder" in event["reason"])
    assert "photo_left" == link["event"]
    assert [] == gated.placed("gated*")
    assert (outside / "gated.jpg").exists()


def test_a_process_that_fell_to_a_photo_cannot_write_outside(
    gated: GatedDaemon, tmp_path: Path
) -> None:
    """Its class, its camera and its model may say what they like; half a letter ends it."""
    (gated.watch / "evil.jpg").write_bytes(photo_bytes(tmp_path, 30))
    (gated.watch / "crooked.jpg").write_bytes(photo_bytes(tmp_path, 40))

    evil, crooked = gated.wait_for_photo("evil.jpg"), gated.wait_for_photo("crooked.jpg")
    (gated.watch / "good.jpg").write_bytes(photo_bytes(tmp_path, 50))
    good = gated.wait_for_photo("good.jpg")

    assert ("photo_filed", "photo_quarantined", "photo_filed") == (
        evil["event"],
        crooked["event"],
        good["event"],
    )
    assert "half a character" in crooked["reason"]
    assert ["All/_._.._../_._.._.._etc_passwd_/evil.jpg"] == gated.placed("evil*")
    assert ["All/cars/none/good.jpg"] == gated.placed("good*")


def test_the_limit_of_seconds_holds(gated: GatedDaemon, tmp_path: Path) -> None:
    """That of the configuration: who takes longer is tried once more alone, then quarantined."""
    told = len(gated.events)
    (gated.watch / "hang.jpg").write_bytes(photo_bytes(tmp_path, 60))

    event = gated.wait_for_photo("hang.jpg")

    assert "photo_quarantined" == event["event"]
    assert event["reason"].startswith("reading it took longer than 1 s; to try again: ")
    stopped = [each for each in gated.events[told:] if each["event"] == "classifier_stopped"]
    assert ["hung for 1 s", "hung for 1 s"] == [each["reason"] for each in stopped]


@pytest.fixture
def timeless(tmp_path: Path) -> Iterator[Path]:
    """A folder of a file system that keeps any year."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        pytest.skip("needs a file system in memory at /dev/shm")
    folder = memory / f"gallery-daemon-test-{os.getpid()}-{tmp_path.name}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_no_clock_ends_the_daemon(timeless: Path, tmp_path: Path) -> None:
    """A photo and a text of any year: one end each, and the next start is like any other."""
    daemon = GatedDaemon(tmp_path, watch=timeless)
    years = (-9_000, 1, 1600, 2300, 9_999, 300_000)
    for year in years:
        when_ns = int((year - 1970) * 365.2425 * 86_400) * 10**9
        for name, content in ((f"{year}.jpg", photo_bytes(tmp_path, 70)), (f"{year}.txt", b"hi")):
            (timeless / name).write_bytes(content)
            os.utime(timeless / name, ns=(when_ns, when_ns))
            assert when_ns == (timeless / name).stat().st_mtime_ns

    daemon.start()
    ends = {
        name: daemon.wait_for_photo(f"{name}")["event"]
        for year in years
        for name in (f"{year}.jpg", f"{year}.txt")
    }
    daemon.stop()
    told = len(daemon.events)
    daemon.start()
    again = daemon.wait_for(lambda event: event["event"] == "rescan_finished", told)
    daemon.stop()

    assert 0 == again["new"]
    assert {"photo_filed"} == {end for name, end in ends.items() if name.endswith("jpg")}
    assert {"photo_left"} == {end for name, end in ends.items() if name.endswith("txt")}
