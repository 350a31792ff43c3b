"""A burst and its copies through the real program: the first goes its usual way, others match."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import ExifTags, Image, ImageOps

from tests.journal.test_database import BACK_TO

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Daemon

RULES = """\
rules:
  - {name: bursts, when: {burst: true}, to: "Bursts/{group}/"}
  - {name: twice, when: {near_duplicate: true}, to: "Twice/{group}/"}
  - {name: usual, to: All/}
"""
NOON = datetime(2024, 5, 1, 12)  # noqa: DTZ001 - a camera's local time


def shot(photo: Path, after_s: float, *, turned: float = 0.0, scale: float = 1.0) -> bytes:
    """The photo as a camera has it that much after noon, held a little otherwise."""
    with Image.open(photo) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    size = round(image.width * scale), round(image.height * scale)
    image = image.rotate(turned, Image.Resampling.BICUBIC).resize(size)
    moment, exif = NOON + timedelta(seconds=after_s), Image.Exif()
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = f"{moment:%Y:%m:%d %H:%M:%S}"
    camera[ExifTags.Base.SubsecTimeOriginal] = f"{moment.microsecond // 1000:03}"
    file = BytesIO()
    image.save(file, "JPEG", quality=85, exif=exif.tobytes())
    return file.getvalue()


@pytest.fixture
def home(real_daemon: Daemon) -> Daemon:
    """With rules that ask for bursts and near duplicates."""
    config = real_daemon.config.read_text().partition("rules:")[0]
    real_daemon.config.write_text(config + RULES)
    return real_daemon


def asked(home: Daemon, *words: str) -> list[dict[str, Any]]:
    """What a command says in JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "gallery_daemon", *words, "--json", "--config", str(home.config)],
        capture_output=True,
        text=True,
        env=home.environ,
        timeout=100,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def folders(told: list[dict[str, Any]]) -> dict[str, str]:
    """Where each photo goes, by its name; a folder of the library."""
    return {
        each["photo"].rpartition("/")[2]: each["destination"]
        .split("library/")[1]
        .rpartition("/")[0]
        for each in told
    }


def explained(home: Daemon, name: str, was: str) -> str:
    """What `explain` says today of a photo's rule, and that it is for that reason."""
    (told,) = asked(home, "explain", str(home.watch / name))
    today = told["today"]
    reasons = [each["reason"] for rule in today["rules"] for each in rule["conditions"]]
    assert [reason for reason in reasons if was in reason], reasons
    return str(today["rule"])


@pytest.mark.long
def test_a_burst_comes_to_its_first_photo_and_the_answer_stays(
    home: Daemon, shared_data: Path
) -> None:
    """Each by itself or all at once; by `plan`, `explain` and `refile`, restarted and undone."""
    beach = shared_data / "phone" / "florida_beach.jpg"
    other = shared_data / "phone" / "HTC Desire.jpg"
    home.start()
    (home.watch / "first.jpg").write_bytes(shot(beach, 0.0))
    home.wait_for_photo("first.jpg")
    home.stop()
    for name, data in {
        "second.jpg": shot(beach, 0.4, turned=1.5),
        "third.jpg": shot(beach, 1.9, turned=3.0),
        "other.jpg": shot(other, 0.5),
        "copy.jpg": shot(beach, 90_000.0, scale=0.5),
    }.items():
        (home.watch / name).write_bytes(data)

    planned = folders(asked(home, "plan"))
    again = folders(asked(home, "plan"))
    home.start()
    events = [home.wait_for_photo(name) for name in planned]
    (home.watch / "chained.jpg").write_bytes(shot(beach, 3.6, turned=2.0))
    chained = folders([home.wait_for_photo("chained.jpg")])
    home.stop()

    expected = {
        "second.jpg": "Bursts/first",
        "third.jpg": "Bursts/first",
        "other.jpg": "All",
        "copy.jpg": "Twice/first",
    }
    assert expected == planned == again == folders(events)
    assert {"chained.jpg": "Bursts/first"} == chained
    assert [] == asked(home, "refile")
    assert "usual" == explained(home, "first.jpg", "no photo of its burst was seen before")
    assert "bursts" == explained(home, "second.jpg", "0.4 s after first.jpg, seen before")
    assert "twice" == explained(home, "copy.jpg", "bits away from first.jpg, seen before")
    undone = [sys.executable, "-m", "gallery_daemon", "undo", "--last", "6"]
    subprocess.run(undone, env=home.environ, timeout=50, check=True, capture_output=True)
    everything = folders(asked(home, "plan", "--all"))
    assert expected | chained | {"first.jpg": "All"} == everything


def test_photos_of_one_batch_see_each_other(home: Daemon, shared_data: Path) -> None:
    """One of them is the first, whichever came first out of the process."""
    beach = shared_data / "phone" / "florida_beach.jpg"
    for number in range(5):
        data = shot(beach, number / 10, turned=number / 2)
        (home.watch / f"PXL_{number}.jpg").write_bytes(data)

    home.start()
    events = [home.wait_for_photo(f"PXL_{number}.jpg") for number in range(5)]
    home.stop()

    (first,) = (each for each in events if each["rule"] == "usual")
    group = os.path.basename(first["photo"]).removesuffix(".jpg")  # noqa: PTH119
    assert {"All", f"Bursts/{group}"} == set(folders(events).values())
    assert 4 == sum(each["rule"] == "bursts" for each in events)


@pytest.mark.long
def test_looks_of_an_older_version_are_looked_at_anew_where_rules_ask(
    home: Daemon, shared_data: Path
) -> None:
    """A photo that was left before the update is the first still."""
    beach = shared_data / "phone" / "florida_beach.jpg"
    (home.watch / "first.jpg").write_bytes(shot(beach, 0.0))
    asked(home, "plan")
    journal = home.config.parent / "state/gallery-daemon/journal.sqlite3"
    with closing(sqlite3.connect(journal)) as database:
        (text,) = database.execute("SELECT look FROM looks").fetchone()
        facts = json.loads(text)
        del facts["facts"]["dhash"]
        database.execute("UPDATE looks SET look = ?", (json.dumps(facts),))
        database.executescript(BACK_TO[3])
        database.commit()

    (home.watch / "a second.jpg").write_bytes(shot(beach, 0.4))
    planned = folders(asked(home, "plan"))

    assert {"first.jpg": "All", "a second.jpg": "Bursts/first"} == planned
