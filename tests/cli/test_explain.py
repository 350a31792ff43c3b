"""`explain` in a process of its own, of photos never seen before: where would they go, and why."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.cli.explained import _taken
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import Taken, TakenFrom
from tests.cli.test_cli import photo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

WHEN = datetime.fromisoformat("2021-01-02T10:11:12+01:00")


def test_the_first_number_stands_in_a_name_that_has_one(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """Which number it will be, only the library knows; the name is one that a person can read."""
    text = explained.read_text().replace(
        "    to: Cars/", '    as: "c-{sequence:3}.{ext}"\n    to: Cars/'
    )
    explained.write_text(text)
    shot = photo(tmp_path / "inbox/a.jpg")

    done = quick_run("explain", "--config", explained, shot)
    told = json.loads(quick_run("explain", "--config", explained, "--json", shot).stdout)

    assert f"copy to {tmp_path}/library/Cars/2024/c-001.jpg" in done.stdout
    assert f"{tmp_path}/library/Cars/2024/c-001.jpg" == told["today"]["destination"]


def test_a_photo_never_seen_is_classified_and_every_rule_asked(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """With each condition and its answer, the destination, and what the others lack; no trace."""
    shot = photo(tmp_path / "inbox/deep/a.jpg")

    done = quick_run("explain", "--config", explained, shot)
    told = json.loads(quick_run("explain", "--config", explained, "--json", shot).stdout)

    assert (0, "") == (done.returncode, done.stderr)
    assert "\x1b" not in done.stdout
    assert f"outcome: rule cars -> copy to {tmp_path}/library/Cars/2024/a.jpg" in done.stdout
    assert 'all: rule "cars" above takes it first, c.yaml:12' in done.stdout
    assert 'wa: name "a.jpg" does not match "WA-*", c.yaml:6' in done.stdout
    assert "cars  ████████████████████  1.000" in done.stdout
    today = told["today"]
    assert ["wa", "cars", "all"] == [rule["rule"] for rule in today["rules"]]
    assert [True, True, False] == [rule["reached"] for rule in today["rules"]]
    assert ["wa", "all"] == sorted((m["rule"] for m in today["near_misses"]), reverse=True)
    assert not (tmp_path / "library").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("inbox/.hidden.jpg", "a hidden name (.*)"),
        ("inbox/ig/a.jpg", "ignored by the configuration (ig/**)"),
        ("inbox/.trash/a.jpg", "a hidden name (.*)"),
        ("inbox/@eaDir/a.jpg", "(@eadir)"),
    ],
)
def test_what_run_passes_over_goes_nowhere(
    quick_run: Run, tmp_path: Path, explained: Path, name: str, says: str
) -> None:
    """The answer names the pattern that its name fits, and no classifier is asked."""
    text = explained.read_text().replace("{name: phone,", '{name: phone, ignore: ["ig/**"],')
    explained.write_text(text)
    shot = photo(tmp_path / name)

    done = quick_run("explain", "--config", explained, shot)
    told = json.loads(quick_run("explain", "--config", explained, "--json", shot).stdout)["today"]
    planned = quick_run("plan", "--config", explained, "--json").stdout

    assert "outcome: passed over by `run`: " in done.stdout
    assert says in done.stdout
    assert "cars" not in done.stdout
    assert says in told["passed_over"]
    assert [None] * 3 == [told[key] for key in ("action", "destination", "state")]
    assert '"destination": "' not in planned
    assert not (tmp_path / "starts").exists()


def test_a_file_in_the_library_is_explained_as_if_it_lay_outside(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """The rules are explained, and no destination is given as if the photo went there."""
    shot = photo(tmp_path / "library/A/byhand.jpg")

    done = quick_run("explain", "--config", explained, shot)
    told = json.loads(quick_run("explain", "--config", explained, "--json", shot).stdout)["today"]

    assert "outcome: passed over by `run`: it lies in the library; else " in done.stdout
    assert "it lies in the library" == told["passed_over"]
    assert [None] * 3 == [told[key] for key in ("action", "destination", "state")]
    assert "cars" == told["rule"]


def test_a_file_s_mtime_is_not_called_the_date_taken(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """A rule with `taken` says that none is known, and so does the line above."""
    shot = photo(tmp_path / "inbox/a.jpg")

    done = quick_run("explain", "--config", explained, shot)

    assert "no date taken is known; the file is of 2024-01-01" in done.stdout
    assert "(by mtime)" in done.stdout


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (Taken(WHEN, TakenFrom.EXIF), "taken 2021-01-02 10:11:12+01:00 (by exif)"),
        (
            Taken(WHEN, TakenFrom.NAME, Granularity.DAY),
            "taken 2021-01-02 (by name); the hour is not known",
        ),
        (
            Taken(WHEN, TakenFrom.XMP, Granularity.MONTH),
            "taken 2021-01 (by xmp); the day is not known",
        ),
        (
            Taken(WHEN, TakenFrom.IPTC, Granularity.YEAR),
            "taken 2021 (by iptc); the month is not known",
        ),
        (Taken(WHEN, TakenFrom.EXIF, Granularity.MINUTE), "taken 2021-01-02 10:11+01:00 (by exif)"),
    ],
)
def test_what_is_not_known_of_a_date_is_told_as_such(taken: Taken, expected: str) -> None:
    """A messenger's photo has a day; the words say no more."""
    assert expected == _taken(taken)


def test_a_name_that_is_taken_is_no_destination(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """The photo gets the name that the plan gives it, and why."""
    shot = photo(tmp_path / "inbox/a.jpg")
    taken = tmp_path / "library/Cars/2024/a.jpg"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"another one")
    place = str(taken.with_name("a (2).jpg"))

    done = quick_run("explain", "--config", explained, shot)
    told = json.loads(quick_run("explain", "--config", explained, "--json", shot).stdout)
    planned = json.loads(quick_run("plan", "--config", explained, "--json").stdout)

    assert f"copy to {place} (another file called a.jpg lies there)" in done.stdout
    assert (place, place) == (told["today"]["destination"], planned["destination"])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("IMG_1.MOV", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a video, not a photo"),
        ("notes.txt", b"hello", "a text file, not a photo"),
        (
            "IMG_1.xmp",
            b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
            "a sidecar; where its photo is filed",
        ),
    ],
)
def test_what_is_no_photo_is_left_as_run_leaves_it(
    quick_run: Run, tmp_path: Path, explained: Path, name: str, content: bytes, says: str
) -> None:
    """Whoever asks about a video wants to know what happens to it; that is no mistake."""
    place = tmp_path / "inbox" / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)

    done = quick_run("explain", "--config", explained, place)
    told = json.loads(quick_run("explain", "--config", explained, "--json", place).stdout)

    assert (0, "") == (done.returncode, done.stderr)
    assert "outcome: left where it is by `run`: " in done.stdout
    assert says in done.stdout
    assert ("left", None) == (told["today"]["state"], told["today"]["destination"])
    assert says in told["today"]["reason"]


@pytest.mark.parametrize(
    ("name", "says"), [("gone.jpg", "No such file"), ("broken.jpg", "its end is missing")]
)
def test_what_cannot_be_read_is_a_sentence(
    quick_run: Run, tmp_path: Path, explained: Path, name: str, says: str
) -> None:
    """Exit status 2, and never a traceback."""
    if name != "gone.jpg":
        photo(tmp_path / "inbox" / name)

    done = quick_run("explain", "--config", explained, tmp_path / "inbox" / name)

    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
