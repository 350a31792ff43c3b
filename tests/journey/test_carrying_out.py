"""What is decided in one turn is carried out together, and nobody can tell but by the time."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.execute import Filer
from gallery_daemon.journal.journal import Journal
from tests.faults.belongings import Belongings
from tests.journey.foretold import photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gallery_daemon.filing.joint_acts import Result
    from gallery_daemon.filing.steps import Deed
    from tests.faults.household import Household
    from tests.journey.foretold import Scene

LINES = ("photo_filed", "photo_left", "photo_quarantined", "photo_failed")


def told(household: Household) -> list[tuple[str, str]]:
    """The photos of the log's lines, in order, and what became of each."""
    found = map(json.loads, household.log.getvalue().splitlines())
    return [
        (line["photo"].rpartition("/")[2], line["event"])
        for line in found
        if line["event"] in LINES
    ]


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of the photos that are carried out together, group by group."""
    found: list[list[str]] = []
    execute = Filer.execute_all

    def execute_all(filer: Filer, deeds: Sequence[Deed], when: datetime) -> Iterator[Result]:
        found.append([deed.photo.name for deed in deeds])
        return execute(filer, deeds, when)

    monkeypatch.setattr(Filer, "execute_all", execute_all)
    return found


def test_lines_come_in_the_order_of_the_photos(
    household: Household, groups: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever became of those before."""
    link = Disk.link

    def refuse_c(disk: Disk, source: int, folder: int, name: str) -> None:
        if name == "c.jpg":
            raise OSError(errno.ENAMETOOLONG, "too long")
        link(disk, source, folder, name)

    monkeypatch.setattr(Disk, "link", refuse_c)
    has = Belongings(household.watch, household.library)
    for name in ("a.jpg", "keep b.jpg", "c.jpg", "d.jpg", "keep e.jpg"):
        has.put(name, has.photo())
    household.start()

    household.rescan()

    assert [sorted(name for name, _ in told(household))] == [sorted(group) for group in groups]
    assert [name for name, _ in told(household)] == groups[0]
    assert {
        "a.jpg": "photo_filed",
        "keep b.jpg": "photo_left",
        "c.jpg": "photo_failed",
        "d.jpg": "photo_filed",
        "keep e.jpg": "photo_left",
    } == dict(told(household))


def test_a_line_is_written_when_the_end_is_durable(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While acts go on, and before the ends are committed, the log says nothing of them."""
    has = Belongings(household.watch, household.library)
    for number in range(5):
        has.put(f"{number}.jpg", has.photo())
    household.start()
    lines_then: list[int] = []
    close = Journal.close_intents

    def close_intents(journal: Journal, ends: Sequence[object]) -> None:
        lines_then.append(len(told(household)))
        close(journal, ends)  # type: ignore[arg-type]
        lines_then.append(len(told(household)))

    monkeypatch.setattr(Journal, "close_intents", close_intents)
    household.rescan()

    assert [0, 0] == lines_then
    assert 5 == len(told(household))


def test_a_turn_leaves_nothing_undone(household: Household, groups: list[list[str]]) -> None:
    """A lone photo has its line in the turn in which its answer came."""
    has = Belongings(household.watch, household.library)
    has.put("a.jpg", has.photo())
    household.start()
    household.rescan(0.0)
    household.clock.wait(1.0)

    household.present.pipeline.turn()

    assert [["a.jpg"]] == groups
    assert [("a.jpg", "photo_filed")] == told(household)


def test_more_than_a_handful_is_carried_out_in_between(
    household: Household, groups: list[list[str]]
) -> None:
    """What is undone at any time has a bound."""
    has = Belongings(household.watch, household.library)
    for number in range(150):
        has.put(f"{number}.jpg", has.photo())
    household.start()

    household.rescan()

    assert 150 == sum(map(len, groups))
    assert max(map(len, groups)) <= 64
    assert len(groups) < 10


def test_while_the_library_is_in_doubt_photos_go_one_at_a_time(
    household: Household, groups: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The breaker lets one begin after the other, and closes when one is filed."""
    has = Belongings(household.watch, household.library)
    for number in range(6):
        has.put(f"{number}.jpg", has.photo())
    household.start()
    with monkeypatch.context() as full:
        full.setattr(Disk, "link", _refuse)
        household.rescan()
        assert household.present.breaker.reason is not None
    first = len(groups)

    household.rescan(1000.0)

    assert 6 == len(groups[0])
    assert 1 == len(groups[first])
    assert 6 == sum(end == "photo_filed" for _, end in told(household))


def _refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_two_names_of_one_file_are_filed_once(scene: Scene) -> None:
    """They are decided in one turn; the second finds the first filed."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    os.link(scene.watch / "a.jpg", scene.watch / "b.jpg")

    ends = scene.run()

    assert [f"{scene.watch}/a.jpg"] == list(ends)
    assert ["a.jpg"] == [path.name for path in scene.library.rglob("*.jpg")]


def test_a_version_that_is_judged_by_itself_comes_before_the_next_photo(scene: Scene) -> None:
    """Its original stays; then it takes the next number, and not the one behind the others."""
    scene.rules = (
        "rules: [{name: stay, when: {class: memes}, leave: true},"
        ' {name: all, to: All/, as: "{sequence:2}.{ext}"}]'
    )
    scene.put("IMG_1.jpg", photo_bytes("memes", 0))
    scene.put("IMG_2.jpg", photo_bytes("cars", 1))
    scene.put("IMG_1-edit.jpg", photo_bytes("cars", 2))
    foretold = {each.photo: each.destination for each in scene.plan_apart().files}

    ends = scene.sort()

    assert foretold == {path: end.destination for path, end in ends.items()}
