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
from tests.faults.feeding import Feeding, Verdict
from tests.faults.fuzz import Looks, feed, look_at, table
from tests.faults.looker import CRASHED, READ, REFUSED, Looker
from tests.faults.mutate import Hostile, Mutations
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
