"""What became of the photos that came: as they are shown, and a day's sums."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from gallery_daemon.commands.recent import DaySums, Recent, sums_of
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.overview_rows import DayCount, RecentFilter
from gallery_daemon.journal.record import State
from tests.journey.foretold import photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journey.foretold import Scene

RULES = """
rules:
  - {name: cars, when: {class: cars, min_confidence: 0.9}, to: "Cars/"}
uncertain: Review/{class}/
"""


@contextmanager
def recent(scene: Scene) -> Iterator[Recent]:
    """What a page has in its hands."""
    with closing(Journal(journal_path())) as journal:
        yield Recent(journal, str(scene.library), scene.clock)


def sort(scene: Scene, **says: str) -> None:
    """A photo comes of each name, and is filed."""
    scene.rules = RULES
    for number, (name, each) in enumerate(says.items(), 1):
        scene.put(f"{name}.jpg", photo_bytes(each, number))
    scene.sort()


def test_each_photo_is_shown_with_what_became_of_it(scene: Scene) -> None:
    """Filed or not, the newest first."""
    sort(scene, a="cars", b="maybe-cars", c="unreadable")

    with recent(scene) as found:
        shown = {each.name: each for each in found.older(RecentFilter(), 9)}
        assert found.today() == shown["a.jpg"].day

    assert ("Cars", "cars", "cars", 0.98, False) == (
        shown["a.jpg"].place, shown["a.jpg"].class_name, shown["a.jpg"].rule,
        shown["a.jpg"].confidence, shown["a.jpg"].is_said,
    )  # fmt: skip
    assert ("Review/cars", "uncertain", None) == (
        shown["b.jpg"].place, shown["b.jpg"].outcome, shown["b.jpg"].rule,
    )  # fmt: skip
    assert (State.QUARANTINED, "phone") == (shown["c.jpg"].state, shown["c.jpg"].place)
    assert "its end is missing" == shown["c.jpg"].reason
    assert list(shown) == [each.name for each in sorted(shown.values(), key=lambda one: -one.id)]


def test_whoever_asks_again_is_told_of_what_came_since(scene: Scene) -> None:
    """And of nothing twice, when nothing is under way."""
    sort(scene, a="cars")
    with recent(scene) as found:
        at = found.seen_to()
        assert () == found.newer(RecentFilter(), 9, at).photos
    scene.put("b.jpg", photo_bytes("cars", 7))
    scene.sort()

    with recent(scene) as found:
        told = found.newer(RecentFilter(), 9, at)
        assert ["b.jpg"] == [each.name for each in told.photos]
        assert () == found.newer(RecentFilter(), 9, told.seen_to).photos
        assert ["b.jpg", "a.jpg"] == [each.name for each in found.of([2, 1, 99])]


def test_a_day_is_summed_up(scene: Scene) -> None:
    """Classes of what was filed, the most first."""
    sort(scene, a="cars", b="maybe-cars", c="unreadable", d="cars", e="memes")

    with recent(scene) as found:
        sums = found.sums(found.today())
        assert ["cars"] == list(found.rules())

    assert DaySums(3, 1, 1, {"cars": 3}) == sums


def test_the_sums_name_every_end_once() -> None:
    """Left by the rules or known already; failed or unreadable."""
    counts = [DayCount(state, "cars", 1) for state in RecentFilter().states]

    assert DaySums(1, 3, 3, {"cars": 1}) == sums_of([*counts, DayCount(State.LEFT, None, 0)])
