"""One real daemon, shown all that is hostile at once: names, kinds of files, EXIF texts, bombs."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import ExifTags, Image

from gallery_daemon.intake.candidate import why_ignored
from tests.end_to_end.conftest import Daemon, Event
from tests.faults.bombs import jpeg_with_exif, write_bombs
from tests.faults.mutate import TEXTS
from tests.imaging.pictures import drawn, written

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.faults, pytest.mark.data, pytest.mark.timeout(120)]

CONFIG = """\
version: 1
watch: {{path: {watch}, settle: 100ms}}
library: {library}
limits: {{bytes: 30MB, pixels: 30_000_000, seconds: 60}}
rules:
  - name: everything
    to: All/{{camera|no camera}}/
"""
MORE_NAMES = (
    b"\n", b"all \x01\x02\x1b\x7f.jpg", b"\xff" * 251 + b".jpg", b"only \xed\xa0\x80.jpg",
    b"\xe2\x80\xaegpj.harmless.jpg", "🏖".encode() * 62 + b".jpg", b"--config=x.jpg", b"%n%n%s.jpg",
)  # fmt: skip
BUT_NOT = {
    b"hardlink.jpg": "one file under two names is filed once or twice, as its names come",
    b"UPPER.JPG": "the other name of it",
}


@dataclass
class Shown:
    """What the daemon was shown, and what it said of it."""

    daemon: Daemon
    peaks_kb: dict[str, int]

    @property
    def watch(self) -> Path:
        """The watch folder."""
        return self.daemon.watch

    def of(self, name: str) -> list[Event]:
        """All that was said of a file."""
        path = f"{self.watch}/{name}"
        return [event for event in self.daemon.events if event.get("photo") == path]

    def one(self, name: str) -> Event:
        """The one thing that was said of it."""
        (event,) = self.of(name)
        return event


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Shown]:
    """A daemon that has come to an end with everything, and is still running."""
    daemon = Daemon(tmp_path_factory.mktemp("hostile"))
    daemon.config.write_text(CONFIG.format(watch=daemon.watch, library=daemon.library))
    make_names(daemon.watch / "names", shared_data)
    for name, make in (("exif", make_exif), ("bombs", write_bombs), ("devices", make_devices)):
        (daemon.watch / name).mkdir()
        make(daemon.watch / name)
    daemon.start()
    for path in expected(daemon.watch):
        daemon.wait_for(lambda event, path=path: event.get("photo") == path)  # type: ignore[misc]
    started = daemon.wait_for(lambda event: event["event"] == "classifier_started")
    peaks = {
        who: peak_kb(pid) for who, pid in (("daemon", daemon.process.pid), ("it", started["pid"]))
    }
    yield Shown(daemon, peaks)
    daemon.kill()


def make_names(folder: Path, shared_data: Path) -> None:
    """Those of the shared script, and some more, all good photos; and what is none."""
    photo = folder.parent / "good.jpg"
    photo.write_bytes(written(drawn(64, 48), "jpeg"))
    script = os.fspath(shared_data / "make_hostile_names.py")
    subprocess.run([sys.executable, script, folder, photo], check=True, capture_output=True)
    for name in MORE_NAMES:
        (folder / os.fsdecode(name)).write_bytes(photo.read_bytes())


def make_exif(folder: Path) -> None:
    """One photo for each hostile text, as its camera's make and model."""
    for number, text in enumerate(TEXTS):
        exif = Image.Exif()
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = text.decode("latin-1"), "x"
        (folder / f"make{number}.jpg").write_bytes(jpeg_with_exif(exif.tobytes()[6:]))
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "", text.decode("latin-1")
        (folder / f"model{number}.jpg").write_bytes(jpeg_with_exif(exif.tobytes()[6:]))


def make_devices(folder: Path) -> None:
    """Zeros without an end, and a disk, where one may make such."""
    if os.geteuid() == 0:
        os.mknod(folder / "zero.jpg", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        os.mknod(folder / "disk.jpg", stat.S_IFBLK | 0o666, os.makedev(7, 200))


def expected(watch: Path) -> list[str]:
    """The paths of all that must be spoken of: neither folders nor ignored."""
    found = []
    for folder, _, names in os.walk(watch, onerror=None):
        inside = os.path.relpath(folder, watch)
        found += [
            f"{folder}/{name}"
            for name in names
            if why_ignored(f"{inside}/{name}".removeprefix("./")) is None
            and os.fsencode(name) not in BUT_NOT
            and "deep.jpg" != name
        ]
    links = [entry.path for entry in os.scandir(watch / "names") if entry.is_symlink()]
    return sorted({*found, *links})


def peak_kb(pid: int) -> int:
    """The most memory that the process has had."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1])


def test_every_photo_arrives_under_its_name(shown: Shown) -> None:
    """Newlines, broken UTF-8, dashes, 255 bytes, marks that turn the line: byte for byte."""
    folder = shown.watch / "names"
    photos = [
        entry.name
        for entry in os.scandir(folder)
        if entry.is_file(follow_symlinks=False)
        and why_ignored(entry.name) is None
        and os.fsencode(entry.name) not in BUT_NOT
    ]
    filed = [shown.one(f"names/{name}") for name in photos]

    assert len(photos) > 85
    assert {"photo_filed"} == {event["event"] for event in filed}
    placed = {path.name for path in shown.daemon.library.glob("All/no camera/*")}
    assert set(photos) <= placed
    assert all(Path(event["destination"]).samefile(event["photo"]) for event in filed)


def test_what_is_no_file_is_left_and_nothing_behind_it_is_seen(shown: Shown) -> None:
    """Links, a FIFO, a socket, devices: a reason each, and none is opened."""
    reasons = {
        event["photo"].rpartition("/")[2]: event["reason"]
        for event in shown.daemon.events
        if event["event"] == "photo_left" and "/bombs/" not in event["photo"]
    }

    link = "a symbolic link, which is not followed"
    links = ("dangling-link.jpg", "loop.jpg", "self-dir-link", "escape.jpg")
    others = {"fifo.jpg": "a named pipe", "socket.jpg": "a socket"}
    if os.geteuid() == 0:
        others |= {"zero.jpg": "a device", "disk.jpg": "a device"}
    assert dict.fromkeys(links, link) | others == reasons
    assert [] == shown.of("names/directory.jpg")


def test_no_text_of_exif_leads_anywhere(shown: Shown) -> None:
    """Each photo lies in one folder below All, and the folder's name is a plain one."""
    places = [
        Path(shown.one(f"exif/{part}{number}.jpg")["destination"]).relative_to(
            shown.daemon.library / "All"
        )
        for number in range(len(TEXTS))
        for part in ("make", "model")
    ]

    assert {2} == {len(place.parts) for place in places}
    for place in places:
        assert not place.parts[0].startswith(".")
        assert place.parts[0].isprintable()
        assert len(os.fsencode(place.parts[0])) <= 255
    assert {"no camera", "_.", "_._.._etc", "_etc_passwd"} <= {place.parts[0] for place in places}
    assert ["All"] == [path.name for path in shown.daemon.library.iterdir()]
    assert all(path.resolve() == path for path in shown.daemon.library.rglob("*"))


def test_bombs_are_read_or_refused(shown: Shown) -> None:
    """Each comes to one end, for its own reason, and within the memory of a usual photo."""
    bombs = {path.name: shown.one(f"bombs/{path.name}") for path in shown.watch.glob("bombs/*")}

    assert 15 == len(bombs)
    assert dict.fromkeys(("nested.heic", "nested meta.heic"), "photo_left") == {
        name: event["event"]
        for name, event in bombs.items()
        if event["event"] not in {"photo_filed", "photo_quarantined"}
    }
    for name in ("frames.gif", "entries.jpg", "circles.jpg", "nested.avif"):
        assert "photo_filed" == bombs[name]["event"], bombs[name]
    # Nobody needs their texts to look at them.
    for name in ("ztxt.png", "many ztxt.png", "itxt.png", "icc.png"):
        assert "photo_filed" == bombs[name]["event"], bombs[name]
    assert "60000 x 60000 pixels" in bombs["wide.png"]["reason"]
    assert shown.peaks_kb["it"] < 2_000_000
    assert shown.peaks_kb["daemon"] < 200_000


def test_the_limits_of_bytes_and_pixels_hold(shown: Shown) -> None:
    """Those of the configuration, and not the defaults, which are ten times as large."""
    reasons = {
        name: shown.one(f"bombs/{name}").get("reason")
        for name in ("over the bytes.png", "over the pixels.png", "under the pixels.png")
    }

    assert {
        "over the bytes.png": "31 MB are more than the limit of 30 MB",
        "over the pixels.png": "6000 x 6000 pixels are more than the limit of 30 million",
        "under the pixels.png": None,
    } == reasons
    assert "more than the limit of 30 MB" in shown.one("bombs/sparse.jpg")["reason"]


def test_the_daemon_never_noticed(shown: Shown) -> None:
    """The classifier process never died of a file, nothing is said twice, and it stops in order."""
    shown.daemon.stop()

    events = [event["event"] for event in shown.daemon.events]
    assert (1, 0) == (events.count("classifier_started"), events.count("classifier_stopped"))
    assert "photo_failed" not in events
    assert ["config.yaml", "library", "state", "watch"] == sorted(
        path.name for path in shown.daemon.config.parent.iterdir()
    )
