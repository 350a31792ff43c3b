"""The fuzz program in small, and that it sees what it looks for."""

from __future__ import annotations

import itertools
import json
import os
import signal
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.formats import sniff
from tests.faults import quick_looker
from tests.faults.feeding import Feeding, Verdict
from tests.faults.fuzz import Looks, QuickLooks, feed, look_at, look_quickly, table
from tests.faults.looker import CRASHED, READ, REFUSED, SLOW, UNEXPECTED, Looker
from tests.faults.mutate import Hostile, Mutations
from tests.faults.quick_looker import ANOTHER, TAKEN
from tests.faults.thumbnails import CONTROLS, NOT_FINDABLE, WAYS, make, scene
from tests.imaging.pictures import drawn, written

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults


def is_whole(hostile: Hostile) -> bool:
    """Whether the daemon would not wait half a minute for the rest of it."""
    file = BytesIO(hostile.content)
    return ending(file, sniff(file)).whole


@pytest.mark.data
@pytest.mark.long
def test_no_damaged_photo_breaks_anything(shared_data: Path, tmp_path: Path) -> None:
    """Three hundred are read or refused; a hundred go through a real daemon, each to one end."""
    mutations = Mutations(shared_data, seed=3)
    made = map(mutations.make, itertools.count())
    whole = filter(is_whole, map(mutations.make, itertools.count()))

    looks = look_at(made, lambda count: count >= 300, tmp_path / "kept")
    verdict = feed(whole, lambda count: count >= 100, tmp_path / "kept")

    lines, is_well = table(looks, verdict)
    assert is_well, lines
    assert min(looks.outcomes[READ], looks.outcomes[REFUSED]) > 30
    assert {"photo_filed", "photo_left", "photo_quarantined"} == set(verdict.ends)


@pytest.mark.long
def test_no_bad_thumbnail_shows_another_picture(tmp_path: Path) -> None:
    """A quick look at each of some hundred photos shows what the photo shows, and costs little."""
    looks = look_quickly(3, lambda count: count >= 6 * len(WAYS), tmp_path / "kept")

    assert [] == looks.faults()
    assert 6 * len(WAYS) == looks.total
    assert all(6 == looks.outcomes[way][TAKEN] for way in CONTROLS)
    # Four million pixels, the most that are decoded of a thumbnail, are 12 MB.
    assert max(looks.process_mb) < looks.process_mb[0] + 100


def test_thumbnails_can_be_made_again() -> None:
    """From a seed and a number; the ways follow one another."""
    jpegs = range(WAYS.index("a damaged header") + 1)

    inputs = [make(7, number) for number in jpegs]

    assert inputs == [make(7, number) for number in jpegs]
    assert inputs != [make(8, number) for number in jpegs]
    assert list(WAYS[: len(jpegs)]) == [each.way for each in inputs]


def test_a_thumbnail_that_were_trusted_blindly_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the table of zeros proves nothing: one cut far up shows another picture."""
    number = WAYS.index("cut, with an end marker")
    bad = next(
        each
        for each in (make(1, number + again * len(WAYS)) for again in range(50))
        if len(each.hostile.content) < len(make(1, 0).hostile.content) - 1000
    )
    path, picture = tmp_path / bad.hostile.name, tmp_path / "picture.png"
    path.write_bytes(bad.hostile.content)
    scene(bad.scene).save(picture)

    assert READ == quick_looker.outcome_of(path, picture)[0]
    monkeypatch.setattr("gallery_daemon.imaging.preview.is_intact_jpeg", lambda *_: True)
    assert ANOTHER == quick_looker.outcome_of(path, picture)[0]


@pytest.mark.parametrize(
    ("way", "outcome", "is_fault"),
    [
        ("cut", READ, False),
        ("cut", TAKEN, False),
        ("cut", REFUSED, False),
        ("cut", ANOTHER, True),
        ("cut", CRASHED, True),
        ("cut", SLOW, True),
        ("cut", UNEXPECTED, True),
        (min(NOT_FINDABLE), ANOTHER, False),
        (min(NOT_FINDABLE), CRASHED, True),
        (CONTROLS[0], TAKEN, False),
        (CONTROLS[0], READ, True),
    ],
)
def test_what_is_a_fault_of_a_quick_look(way: str, outcome: str, is_fault: bool) -> None:
    """And what is none."""
    looks = QuickLooks()
    looks.outcomes[way][outcome] += 1

    assert is_fault is bool(looks.faults())


@pytest.mark.data
def test_an_input_can_be_made_again(shared_data: Path) -> None:
    """From its seed and its number, in another run; no two are the same."""
    one, other = (Mutations(shared_data, seed=7) for _ in range(2))

    inputs = [one.make(number) for number in range(20)]

    assert inputs == [other.make(number) for number in range(20)]
    assert 20 == len({each.content for each in inputs}) == len({each.name for each in inputs})


def test_a_crash_of_the_looker_is_counted_and_survived(tmp_path: Path) -> None:
    """The next file is looked at by the next process."""
    photo = tmp_path / "x.png"
    photo.write_bytes(written(drawn(), "png"))
    with Looker() as looker:
        first, _ = looker.look(photo)
        os.kill(looker._process.pid, signal.SIGSTOP)
        os.kill(looker._process.pid, signal.SIGSEGV)
        os.kill(looker._process.pid, signal.SIGCONT)

        second, words = looker.look(photo)
        third, _ = looker.look(photo)

    assert (READ, CRASHED, READ) == (first, second, third)
    assert f"exit status -{signal.SIGSEGV:d}" == words


@pytest.fixture
def fed(tmp_path: Path) -> Feeding:
    """Two files in a watch folder, and no daemon."""
    feeding = Feeding(tmp_path)
    for name in ("a.jpg", "b.jpg"):
        feeding._feed(Hostile(name, b"content", "made up"))
        feeding._hear(json.dumps({"event": "photo_left", "photo": f"{tmp_path}/watch/{name}"}))
    return feeding


def test_a_verdict_finds_what_must_not_be(fed: Feeding, tmp_path: Path) -> None:
    """No end, two ends, filed elsewhere, changed, come from nowhere, and a file outside."""
    fed._judge()
    assert (Verdict(fed.verdict.ends), 2) == (fed.verdict, fed.verdict.ends["photo_left"])

    for name in ("c.jpg", "d.jpg"):
        fed._feed(Hostile(name, b"content", "made up"))
    outside = tmp_path / "outside.jpg"
    os.link(tmp_path / "watch/a.jpg", outside)
    filed = {"event": "photo_filed", "photo": f"{tmp_path}/watch/a.jpg"}
    fed._hear(json.dumps(filed | {"destination": str(outside)}))
    (tmp_path / "watch/d.jpg").write_bytes(b"CONTENT")
    (tmp_path / "watch/e.jpg").touch()
    fed._judge()

    names = [
        [path.rpartition("/")[2] for path in paths]
        for paths in (fed.verdict.not_one_end, fed.verdict.not_placed, fed.verdict.changed)
    ]
    assert [["a.jpg", "c.jpg", "d.jpg"], ["a.jpg"], ["d.jpg", "e.jpg"]] == names
    assert ["outside.jpg"] == fed.verdict.astray


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(crashes=1),
        Verdict(hangs=1),
        Verdict(not_one_end=["x"]),
        Verdict(not_placed=["x"]),
        Verdict(changed=["x"]),
        Verdict(astray=["x"]),
    ],
)
def test_each_fault_is_a_failure(verdict: Verdict) -> None:
    """The table says so, and the program's exit status."""
    assert not table(Looks(), verdict)[1]
    assert table(Looks(), Verdict())[1]
