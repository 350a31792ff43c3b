"""What every classifier process must do, the real one and the fake one alike.

The files are what their names say, for the real process; the fake one goes by the names.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from gallery_daemon.classifier.results import Classified, Refused
from gallery_daemon.logs.events import ClassifierStarted
from tests.classifier.loop import Loop, photo

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {
    "broken.jpg": "unreadable",
    "notes.jpg": "not_a_photo",
    "fifo.jpg": "not_a_photo",
    "vanished.jpg": "vanished",
    "swapped.jpg": "changed",
}


def make_photo(path: Path) -> Path:
    """A small JPEG, of a colour that goes with its name."""
    Image.new("RGB", (320, 240), (len(path.name) * 7 % 256, 120, 40)).save(path)
    return path


class HostContract:
    """Inherit it in a module with a fixture `loop`: a host with the process that is tested."""

    def test_a_good_photo_is_classified(self, loop: Loop, folder: Path) -> None:
        """Its report has the photo, facts, and probabilities that sum to 1."""
        wanted = photo(folder / "good0.jpg")

        report = loop.classify([folder / "good0.jpg"])["good0.jpg"]

        assert isinstance(report, Classified)
        assert wanted == report.photo
        assert 1 == pytest.approx(sum(report.prediction.probabilities.values()), abs=0.01)
        assert loop.of(ClassifierStarted)[0].model == report.prediction.model
        assert report.batch is not None
        assert report.batch >= 1

    def test_a_name_that_is_not_utf8_is_found(self, loop: Loop, folder: Path) -> None:
        """The path goes through the pipe and comes to the same bytes."""
        name = os.fsdecode(b"good \xff\n.jpg")
        make_photo(folder / "good0.jpg").replace(folder / name)
        make_photo(folder / "good0.jpg")

        assert isinstance(loop.classify([f"{folder}/{name}"])[name], Classified)

    def test_bad_files_are_refused_and_disturb_nobody(self, loop: Loop, folder: Path) -> None:
        """Between good photos, each is refused for its own reason."""
        good = [folder / f"good{number}.jpg" for number in range(10)]
        photos = [photo(path) for path in (*good[:5], *(folder / bad for bad in KINDS), *good[5:])]
        before = len(loop.answers)
        (folder / "swapped.jpg").write_bytes(b"another")

        loop.classify(photos)

        reports = loop.answers[before:]
        refused = {r.photo.name: r for r in reports if isinstance(r, Refused)}
        assert KINDS == {name: report.kind.value for name, report in refused.items()}
        assert all(report.reason for report in refused.values())
        assert sorted(path.name for path in good) == sorted(
            report.photo.name for report in reports if isinstance(report, Classified)
        )

    def test_more_photos_than_fit_at_once_are_all_answered_once(
        self, loop: Loop, folder: Path
    ) -> None:
        """Two rooms full and a half."""
        before = len(loop.answers)

        loop.classify([folder / f"good{number % 10}.jpg" for number in range(40)])

        assert 40 == len(loop.answers) - before
        assert 0 == loop.host.outstanding
