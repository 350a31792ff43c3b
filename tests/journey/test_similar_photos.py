"""Who is like whom, by what was seen before, and by nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Action, OnConflict
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import CacheEntry
from gallery_daemon.journey.similar_photos import SimilarIndex, fingerprint_of
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import PLAIN, Facts, Photo, Similar, SimilarPhoto, Taken, TakenFrom
from gallery_daemon.rules.condition import AllOf
from gallery_daemon.rules.conditions.similar import BURST_BITS, NEAR_BITS
from gallery_daemon.rules.decide import Placing, Rule, RuleSet
from gallery_daemon.rules.template import Template
from tests.journey.foretold import photo_bytes
from tests.rules.photos import FACTS, photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.journey.foretold import Scene

NOON = datetime(2024, 5, 1, 12)  # noqa: DTZ001 - a camera's local time
BITS = int("0123456789abcdef" * 2, 16)
_PLACING = Placing(
    Template.parse("{group|stem}/"), None, Action.COPY, OnConflict.DEDUPE, with_sidecars=True
)
ASKING = RuleSet((Rule("x", AllOf(()), _PLACING, enabled=True, line=1),))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty one."""
    journal = Journal(tmp_path / "journal.sqlite3")
    yield journal
    journal.close()


def taken(
    after_s: float = 0.0,
    turned: int = 0,
    origin: TakenFrom = TakenFrom.EXIF,
    when: datetime = NOON,
) -> Facts:
    """Of a photo taken so long after noon, with so many bits of the picture turned over."""
    bits = BITS ^ sum(1 << (place * 3 % 128) for place in range(turned))
    moment = Taken(when + timedelta(seconds=after_s), origin)
    return replace(FACTS, taken=moment, dhash=f"{bits:032x}")


def named(name: str, number: int = 0) -> Photo:
    """A photo; files of different numbers are different files."""
    made: Photo = photo(name)
    identity = replace(made.identity, inode=1000 + number, size_bytes=4_000_000 + number)
    return replace(made, identity=identity)


def see(journal: Journal, on: Photo, facts: Facts) -> Similar:
    """The photo's similar photos; from then on it is one that was seen."""
    found = SimilarIndex(journal, ASKING).with_similar(on, facts).similar
    note = CacheEntry("m@00000000", "{}", fingerprint_of(on.name, facts))
    journal.inferences.remember([(on.path, on.identity, note)])
    assert found is not None
    assert found == SimilarIndex(journal, ASKING).with_similar(on, facts).similar
    return found


def test_the_first_of_a_burst_has_no_kin_and_the_others_do(journal: Journal) -> None:
    """Each has its nearest, and all belong to the first; so does one that came late."""
    first = see(journal, named("a.jpg", 1), taken(0.0))
    second = see(journal, named("b.jpg", 2), taken(0.4, 20))
    third = see(journal, named("c.jpg", 3), taken(2.3, 30))
    late = see(journal, named("d.jpg", 4), taken(-1.0, 12))
    other = see(journal, named("e.jpg", 5), taken(30.0, 12))

    assert Similar() == first
    assert Similar(SimilarPhoto("a.jpg", 20, 0.4), None, "a") == second
    assert Similar(SimilarPhoto("b.jpg", 10, 1.9), None, "a") == third
    assert (SimilarPhoto("a.jpg", 12, -1.0), "a") == (late.burst, late.group)
    assert None is other.burst


def test_a_photo_of_the_moment_that_looks_otherwise_is_of_no_burst(journal: Journal) -> None:
    """Two cameras, or a clock that stands."""
    see(journal, named("a.jpg", 1), taken(0.0))

    assert see(journal, named("b.jpg", 2), taken(0.1, BURST_BITS)).burst is not None
    assert Similar() == see(journal, named("c.jpg", 3), replace(taken(0.2), dhash="f0" * 16))


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (Taken(NOON.replace(hour=0), TakenFrom.EXIF), True),
        (Taken(NOON.replace(tzinfo=UTC), TakenFrom.XMP), True),
        (Taken(NOON, TakenFrom.NAME), True),
        (Taken(NOON.replace(hour=0), TakenFrom.NAME), True),
        (Taken(NOON.replace(hour=0), TakenFrom.NAME, Granularity.DAY), False),
        (Taken(NOON.replace(hour=0), TakenFrom.EXIF, Granularity.DAY), False),
        (Taken(NOON, TakenFrom.EXIF, Granularity.MINUTE), False),
        (Taken(NOON, TakenFrom.MTIME), False),
    ],
)
def test_only_a_photo_s_own_time_makes_a_burst(
    journal: Journal, moment: Taken, counts: bool
) -> None:
    """An mtime is a copy's, and days without a time would all be one burst at midnight."""
    facts = replace(taken(0.0, NEAR_BITS + 1), taken=moment)
    see(journal, named("a.jpg", 1), replace(facts, dhash=f"{BITS:032x}"))

    assert counts is (see(journal, named("b.jpg", 2), facts).burst is not None)


def test_a_burst_is_known_by_its_names_alone(journal: Journal) -> None:
    """In the dark, or without a time."""
    dark = replace(taken(0.0), dhash=PLAIN)
    see(journal, named("20220514_102409_001.jpg", 1), dark)

    found = see(journal, named("20220514_102409_002.jpg", 2), replace(dark, taken=FACTS.taken))

    assert SimilarPhoto("20220514_102409_001.jpg", None, None) == found.burst
    assert "20220514_102409_001" == found.group
    assert Similar() == see(journal, named("20220514_102410_001.jpg", 3), dark)


def test_near_duplicates_are_found_whatever_they_are_called(journal: Journal) -> None:
    """By the fewest bits; a year later, and each with the first of them as its group."""
    year = timedelta(days=365)
    see(journal, named("a.jpg", 1), taken())
    edited = see(journal, named("b.png", 2), taken(0, NEAR_BITS, when=NOON + year))
    again = see(journal, named("c.jpg", 3), taken(0, NEAR_BITS + 3, when=NOON + 2 * year))

    assert SimilarPhoto("a.jpg", NEAR_BITS, None) == edited.near_duplicate
    assert SimilarPhoto("b.png", 3, None) == again.near_duplicate
    assert "a" == edited.group == again.group


def test_two_versions_of_one_photo_are_no_burst(journal: Journal) -> None:
    """An edited one has the time of the first to the millisecond, and a copy has all of it."""
    see(journal, named("a.jpg", 1), taken(0.25))
    see(journal, named("b.jpg", 2), taken(60.0))

    edited = see(journal, named("a-edited.jpg", 3), taken(0.25, 2))
    on = named("b (1).jpg", 2)
    copy = see(journal, replace(on, identity=replace(on.identity, inode=5)), taken(60.0))
    same_second = see(journal, named("c.jpg", 4), taken(60.0, 20))

    assert (None, SimilarPhoto("a.jpg", 2, 0.0)) == (edited.burst, edited.near_duplicate)
    assert None is copy.burst
    assert same_second.burst is not None


def test_plain_pictures_are_not_alike(journal: Journal) -> None:
    """Two black frames of one second are two photos."""
    dark = replace(taken(), dhash=PLAIN)
    see(journal, named("a.jpg", 1), dark)

    assert Similar() == see(journal, named("b.jpg", 2), dark)


def test_the_same_bytes_under_the_same_name_are_no_kin(journal: Journal) -> None:
    """They are for `identical`; a copy under another name is not, for they meet nowhere else."""
    facts = taken()
    one = named("a/IMG_1.jpg")
    same = replace(one, candidate=replace(one.candidate, relative="b/IMG_1.jpg"))
    other = replace(one, candidate=replace(one.candidate, relative="b/IMG_1 (1).jpg"))
    see(journal, one, facts)

    assert Similar() == see(journal, replace(same, identity=replace(one.identity, inode=2)), facts)
    copy = see(journal, replace(other, identity=replace(one.identity, inode=3)), facts)
    assert SimilarPhoto("IMG_1.jpg", 0, 0.0) == copy.near_duplicate


def test_a_photo_is_not_its_own_kin_under_another_name(journal: Journal) -> None:
    """A hard link is the same file, and a renamed one too."""
    one = named("a.jpg")
    see(journal, one, taken())

    assert Similar() == see(
        journal, replace(one, candidate=replace(one.candidate, relative="b.jpg")), taken()
    )


def test_nothing_is_looked_up_that_nobody_asks_for(journal: Journal) -> None:
    """The facts are as they were."""
    see(journal, named("a.jpg", 1), taken())

    assert (
        None is SimilarIndex(journal, RuleSet(())).with_similar(named("b.jpg", 2), taken()).similar
    )


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 50)), min_size=1, max_size=12))
def test_the_answer_stays_the_same_for_ever(
    tmp_path_factory: pytest.TempPathFactory, shots: list[tuple[int, int]]
) -> None:
    """Asked again after all others were seen, in another order and by another program."""
    journal = Journal(tmp_path_factory.mktemp("similar") / "journal.sqlite3")
    photos = [
        (named(f"{number}.jpg", number), taken(tenths / 10, turned))
        for number, (tenths, turned) in enumerate(shots)
    ]
    before = [see(journal, on, facts) for on, facts in photos]

    index = SimilarIndex(journal, ASKING)
    after = [index.with_similar(on, facts).similar for on, facts in reversed(photos)]
    journal.close()

    assert before == after[::-1]
    firsts = {str(number) for number, each in enumerate(before) if each == Similar()}
    assert firsts >= {each.group for each in before if each.group is not None}


TWINS = "rules: [{name: twins, when: {near_duplicate: true}, to: Twins/}, {name: all, to: All/}]"


def rename(scene: Scene) -> None:
    """The photo has another name."""
    (scene.watch / "IMG_9.jpg").rename(scene.watch / "IMG_5.jpg")


def rename_and_reuse(scene: Scene) -> None:
    """The photo has another name, and its old one is another photo's."""
    rename(scene)
    scene.put("IMG_9.jpg", photo_bytes("memes", 0))


def delete(scene: Scene) -> None:
    """The photo is gone."""
    (scene.watch / "IMG_9.jpg").unlink()


def replace_it(scene: Scene) -> None:
    """Another photo has the name."""
    scene.put("IMG_9.jpg", photo_bytes("memes", 0))


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize(
    ("act", "twins"),
    [(rename, {"IMG_5.jpg"}), (rename_and_reuse, {"IMG_5.jpg"}), (delete, set()),
     (replace_it, set())],
)  # fmt: skip
def test_what_was_seen_and_is_gone_has_no_near_duplicates(
    scene: Scene, act: Callable[[Scene], None], twins: set[str], is_apart: bool
) -> None:
    """Of two photos one is a duplicate and never none nor both; `plan`, `explain`, `sort` agree.

    `is_apart`: the pass does not know what the plan saw.
    """
    scene.rules = TWINS
    scene.put("IMG_9.jpg", photo_bytes("cars", 0))
    scene.plan()
    act(scene)
    scene.put("IMG_1.jpg", photo_bytes("cars", 1))

    found = (scene.plan_apart if is_apart else scene.plan)()
    planned = {each.photo: each.rule for each in found.files}
    explained = {} if is_apart else {each: scene.explain(each)[1] for each in planned}
    done = {path: end.rule for path, end in scene.sort().items()}

    assert done == planned
    assert is_apart or explained == planned
    assert twins == {path.rpartition("/")[2] for path, rule in done.items() if rule == "twins"}


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_second_name_does_not_take_the_place_of_the_first(scene: Scene, is_apart: bool) -> None:
    """A copy that is called like the second is the first's near duplicate, in a plan as well."""
    scene.rules = TWINS
    scene.put("IMG_1.jpg", photo_bytes("cars", 0))
    scene.put_no_file("IMG_2.jpg", "hard link")
    scene.put("a/IMG_2.jpg", photo_bytes("cars", 0))

    found = (scene.plan_apart if is_apart else scene.plan)()
    done = {path: end.rule for path, end in scene.sort().items()}

    first, copy = (os.fspath(scene.watch / name) for name in ("IMG_1.jpg", "a/IMG_2.jpg"))
    assert {first: "all", copy: "twins"} == done == {each.photo: each.rule for each in found.files}


def test_a_photo_in_the_library_has_near_duplicates_wherever_it_was(scene: Scene) -> None:
    """Its file in the watch folder may be gone."""
    scene.rules = TWINS
    scene.put("IMG_9.jpg", photo_bytes("cars", 0))
    scene.sort()
    delete(scene)
    scene.put("IMG_1.jpg", photo_bytes("cars", 1))

    assert ["twins"] == [each.rule for each in scene.plan().files]
    assert ["twins"] == [end.rule for end in scene.sort().values()]
