"""The order in which photos were seen: it stays, and who is like one is found by an index."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import CacheEntry, Fingerprint
from gallery_daemon.journal.seen import ROW_BITS
from gallery_daemon.photo import Identity
from tests.filing.conftest import World, make_files
from tests.journal.test_database import WITHOUT_CONTENT, WITHOUT_FOLDERS, WITHOUT_SHARES

_BITS = 128
FILE = Identity(1, 2, 3, 4)


def note(sign: Fingerprint | None, model: str = "m@00000000") -> CacheEntry:
    """Of a model."""
    return CacheEntry(model, "{}", sign)


def remember(journal: Journal, *seen: tuple[str, Identity, Fingerprint]) -> None:
    """The photos are seen in this order."""
    journal.inferences.remember((path, identity, note(sign)) for path, identity, sign in seen)


def numbers(journal: Journal, *files: tuple[str, Identity]) -> list[int | None]:
    """The photos' numbers."""
    return [journal.inferences.seen.number_of(path, identity) for path, identity in files]


words = st.integers(0, (1 << _BITS) - 1)
places = st.lists(st.integers(0, _BITS - 1), max_size=14, unique=True)


def turned(bits: int, over: list[int]) -> int:
    """With some of its bits the other way round."""
    return bits ^ sum(1 << place for place in over)


@given(
    asked=words,
    near=st.lists(places, max_size=12),
    others=st.lists(words | st.none(), max_size=5),
    most=st.integers(0, 14),
    before=st.none() | st.integers(1, 15),
)
@settings(max_examples=100)
def test_what_looks_the_same_is_found_as_if_all_were_compared(
    asked: int, near: list[list[int]], others: list[int | None], most: int, before: int | None
) -> None:
    """No photo is missed and none comes twice, whichever bits differ."""
    told = [*(turned(asked, over) for over in near), *others]
    with (
        tempfile.TemporaryDirectory(dir=_memory()) as folder,
        closing(Journal(Path(folder) / "journal.sqlite3")) as journal,
    ):
        remember(
            journal,
            *(
                (f"/{number}.jpg", replace(FILE, inode=number), Fingerprint(bits))
                for number, bits in enumerate(told)
            ),
        )

        found = sorted(
            (bits, each.number) for bits, each in journal.inferences.seen.like(asked, most, before)
        )

    expected = sorted(
        ((asked ^ bits).bit_count(), number)
        for number, bits in enumerate(told, 1)
        if bits is not None
        and (asked ^ bits).bit_count() <= most
        and ((asked ^ bits) >> 64).bit_count() <= ROW_BITS
        and (before is None or number < before)
    )
    assert expected == found


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def test_a_photo_keeps_its_number_under_each_name_and_for_each_model(world: World) -> None:
    """Renamed, on another disk, looked at by another model, or with more known of it."""
    first, second = ("/away/a.jpg", FILE), ("/away/b.jpg", replace(FILE, inode=9))
    remember(world.journal, (*first, Fingerprint(1)), (*second, Fingerprint(2)))

    renamed = "/away/c.jpg", replace(FILE, device=7)
    elsewhere = "/away/a.jpg", replace(FILE, inode=77)
    assert [1, 1, 1, 2] == numbers(world.journal, first, renamed, elsewhere, second)
    remember(world.journal, (*renamed, Fingerprint(3, 5, "x")))
    world.journal.inferences.remember([(*second, note(Fingerprint(2), "other@00000000"))])

    assert [1, 2] == numbers(world.journal, renamed, second)
    (found,) = world.journal.inferences.seen.of_burst("x", None)
    assert (1, "c.jpg", Fingerprint(3, 5, "x")) == (found.number, found.name, found.fingerprint)


def test_what_is_gone_counts_no_more(world: World) -> None:
    """Nor what has another file in its place; but a second name of a file is that file."""
    make_files(world.watch, {"x.jpg": b"photo", "gone.jpg": b"other"})
    there, gone = (world.watch / name for name in ("x.jpg", "gone.jpg"))
    files = [(os.fspath(path), Identity.of(path.lstat())) for path in (there, gone)]
    remember(world.journal, *((*file, Fingerprint(1)) for file in files))
    before, after = (each for _, each in world.journal.inferences.seen.like(1, 0, None))
    is_there = world.journal.inferences.seen.is_there
    second = os.fspath(world.watch / "second.jpg"), files[0][1]
    renamed = os.fspath(world.watch / "renamed.jpg"), files[1][1]

    assert [True, True] == [is_there(before), is_there(after)]
    gone.rename(renamed[0])
    assert [True, False] == [is_there(before), is_there(after)]
    assert [1, None] == numbers(world.journal, second, renamed)
    remember(world.journal, (*second, Fingerprint(1)))
    assert ["x.jpg"] == [
        each.name for _, each in world.journal.inferences.seen.like(1, 0, None) if is_there(each)
    ]
    there.write_bytes(b"a photo in its place")
    assert [False, False] == [is_there(before), is_there(after)]
    assert [None, None] == numbers(world.journal, second, renamed)


def test_another_photo_of_the_name_has_a_number_of_its_own(world: World) -> None:
    """The camera counts from the start again; what was there before is gone."""
    again = replace(FILE, mtime_ns=5, inode=8)
    remember(world.journal, ("/a.jpg", FILE, Fingerprint(1)), ("/b.jpg", again, Fingerprint(2)))

    remember(world.journal, ("/a.jpg", replace(again, size_bytes=6), Fingerprint(3)))

    assert world.journal.inferences.seen.number_of("/a.jpg", FILE) is None
    found = [each.name for each in world.journal.inferences.seen.around(0, 10, None)]
    assert [] == found
    assert [3] == numbers(world.journal, ("/a.jpg", replace(again, size_bytes=6)))
    assert 2 == len([*world.journal.inferences.seen.like(2, 10, None)])


def test_a_look_without_a_sign_is_no_photo_that_was_seen(world: World) -> None:
    """What could not be read, and what an older program has looked at."""
    world.journal.inferences.remember([("/a.jpg", FILE, note(None))])

    assert world.journal.inferences.seen.number_of("/a.jpg", FILE) is None


def test_times_and_bursts_are_found_among_those_before(world: World) -> None:
    """Both ends of the time belong to it."""
    signs = [
        Fingerprint(1, 1000),
        Fingerprint(2, 3000),
        Fingerprint(3, 3001),
        Fingerprint(4, None, "B"),
        Fingerprint(5, None, "B"),
    ]
    files = [(f"/{number}.jpg", replace(FILE, inode=number)) for number in range(5)]
    remember(world.journal, *((*file, sign) for file, sign in zip(files, signs, strict=True)))
    seen = world.journal.inferences.seen

    assert [1, 2] == [each.number for each in seen.around(2000, 1000, None)]
    assert [1] == [each.number for each in seen.around(2000, 1000, 2)]
    assert [4, 5] == [each.number for each in seen.of_burst("B", None)]
    assert [] == [each.number for each in seen.of_burst("B", 4)]


def test_every_question_goes_by_an_index(world: World) -> None:
    """With 100,000 photos, to look at each of them would take longer than to classify one."""
    asked: list[str] = []
    with closing(sqlite3.connect(world.journal_path)) as database:
        world.journal.inferences.seen._database._connection.set_trace_callback(asked.append)
        for ask in (
            world.journal.inferences.seen.like(1, 10, 5),
            world.journal.inferences.seen.around(0, 10, 5),
            world.journal.inferences.seen.of_burst("B", 5),
        ):
            list(ask)
        world.journal.inferences.seen.number_of("/a.jpg", FILE)
        plans = [row[3] for text in asked for row in database.execute(f"EXPLAIN QUERY PLAN {text}")]

    assert len(asked) >= 7
    assert not [plan for plan in plans if plan.startswith("SCAN seen")]
    assert 8 <= sum(" USING " in plan and "INDEX" in plan for plan in plans), plans


def test_what_is_forgotten_was_not_seen(world: World) -> None:
    """With its look; others stay."""
    make_files(world.watch, {"x.jpg": b"photo"})
    there, gone = ("/x.jpg", FILE), ("/y.jpg", replace(FILE, inode=8))
    remember(world.journal, (*there, Fingerprint(1)), (*gone, Fingerprint(1)))

    world.journal.inferences.forget(["/y.jpg"])

    assert [1, None] == numbers(world.journal, there, gone)


def test_looks_of_an_older_journal_keep_their_order(tmp_path: Path) -> None:
    """They are seen from then on, one number for each path; what is known comes with a new look."""
    path = tmp_path / "journal.sqlite3"
    other = replace(FILE, inode=8)
    with closing(Journal(path)) as journal:
        for name, identity, model in (
            ("/b.jpg", FILE, "m@00000000"),
            ("/a.jpg", other, "m@00000000"),
            ("/b.jpg", FILE, "other@00000000"),
        ):
            journal.inferences.remember([(name, identity, note(None, model))])
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            WITHOUT_CONTENT
            + WITHOUT_FOLDERS
            + WITHOUT_SHARES
            + "DROP TABLE seen; DROP INDEX filings_refiled; PRAGMA user_version = 3;"
        )

    with closing(Journal(path)) as journal:
        before = numbers(journal, ("/a.jpg", other), ("/b.jpg", FILE))
        remember(journal, ("/b.jpg", FILE, Fingerprint(7)), ("/a.jpg", other, Fingerprint(6)))
        after = numbers(journal, ("/a.jpg", other), ("/b.jpg", FILE))

        assert [1, 2] == before == after
        assert 1 == len(list(journal.inferences.seen.like(7, 0, None)))
