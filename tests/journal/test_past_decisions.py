"""What the journal tells of a decision, for a file named by where it came from or where it lies."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import replace
from datetime import datetime

import pytest

from gallery_daemon.decision import Action, Check, Decision, Outcome, TraceEntry, Truth
from gallery_daemon.journal.record import JournalEntry, State
from gallery_daemon.partial_date import Granularity
from gallery_daemon.photo import Facts, Prediction, Taken, TakenFrom
from tests.filing.conftest import NOW, World, make_files
from tests.filing.test_undo import undo

TRACE = (
    TraceEntry("wa", Truth.NO, (Check('name: "*-WA*"', Truth.NO, "it does not match"),)),
    TraceEntry("memes", Truth.YES, (Check("class: memes", Truth.YES, "class is memes"),)),
)
LEFT = Decision(Outcome.OTHERWISE, None, None, TRACE[:1])
SECOND = Granularity.SECOND
DAY = Taken(datetime(2021, 1, 2), TakenFrom.NAME, Granularity.DAY)  # noqa: DTZ001
EXACT = Taken(datetime.fromisoformat("2023-06-15T10:11:12.25+02:00"), TakenFrom.EXIF)


def file(world: World, name: str, *, to: str = "Memes", sidecars: tuple[str, ...] = ()) -> str:
    """The file is filed with a trace; its place in the library."""
    plan = world.plan(name, Action.COPY, to=to, sidecars=sidecars)
    plan = replace(plan, decision=replace(plan.decision, trace=TRACE))
    return world.execute(plan).destination


def test_both_names_lead_to_the_decision(world: World) -> None:
    """Trace, prediction and date come back as they were."""
    make_files(world.watch, {"a.jpg": b"photo"})
    place = file(world, "a.jpg")

    by_source, by_place = (
        world.journal.past_decisions.on(path) for path in (f"{world.watch}/a.jpg", place)
    )

    assert by_source is not None
    assert by_source == by_place
    assert TRACE == by_source.trace
    assert Prediction({"memes": 0.9, "cars": 0.1}, "default@00000000") == by_source.prediction
    assert Taken(NOW, TakenFrom.MTIME) == by_source.taken


def test_the_latest_decision_counts(world: World) -> None:
    """Also one that left the photo; of two in the library under one name, that of the place."""
    make_files(world.watch, {"a.jpg": b"one", "deep/a.jpg": b"two"})
    first, second = file(world, "a.jpg"), file(world, "deep/a.jpg", to="Other")
    left = Decision(Outcome.OTHERWISE, None, None, TRACE[:1])
    entry = JournalEntry(world.photo("a.jpg"), State.LEFT, "no rule matched", left)
    world.journal.record(entry, os.fspath(world.library), NOW)

    latest = world.journal.past_decisions.on(f"{world.watch}/a.jpg")
    places = [world.journal.past_decisions.on(place) for place in (first, second)]

    assert latest is not None
    assert (State.LEFT, TRACE[:1], None) == (latest.row.state, latest.trace, latest.prediction)
    assert ["a.jpg", "deep/a.jpg"] == [each.row.relative for each in places if each]


def test_a_sidecar_leads_to_its_photo(world: World) -> None:
    """It has no decision of its own."""
    make_files(world.watch, {"a.jpg": b"photo", "a.xmp": b"about it"})
    file(world, "a.jpg", sidecars=("a.xmp",))

    found = world.journal.past_decisions.on(f"{world.watch}/a.xmp")

    assert found is not None
    assert ("a.jpg", TRACE) == (found.row.relative, found.trace)
    assert "a.xmp" == found.asked.relative
    assert None is world.journal.past_decisions.replaced_at(f"{world.watch}/a.xmp", found)


def test_an_undone_photo_keeps_its_decision(world: World) -> None:
    """The row of the undo is no decision, and its place in the library is free again."""
    make_files(world.watch, {"a.jpg": b"photo"})
    place = file(world, "a.jpg")
    undo(world)

    found = world.journal.past_decisions.on(f"{world.watch}/a.jpg")

    assert found is not None
    assert (State.UNDONE, TRACE) == (found.row.state, found.trace)
    assert world.journal.past_decisions.on(place) is None


def test_what_was_never_seen_is_not_remembered(world: World) -> None:
    """Whatever else the journal has."""
    assert world.journal.past_decisions.on("/nowhere/a.jpg") is None


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": "b"}', '[{"rule": "x"}]'])
def test_a_row_from_a_damaged_journal_tells_what_it_can(world: World, text: str) -> None:
    """What cannot be read is not known, and is no bug of ours."""
    make_files(world.watch, {"a.jpg": b"photo"})
    file(world, "a.jpg")
    with contextlib.closing(sqlite3.connect(world.journal_path)) as journal, journal:
        journal.execute(
            "UPDATE filings SET trace = ?, probabilities = ?, taken = ?", (text, text, text)
        )

    found = world.journal.past_decisions.on(f"{world.watch}/a.jpg")

    assert found is not None
    assert ("memes", (), None, None) == (
        found.row.rule,
        found.trace,
        found.prediction,
        found.taken,
    )


@pytest.mark.parametrize(
    ("taken", "origin", "expected"),
    [
        ("2023-06", "xmp", Taken(datetime(2023, 6, 1), TakenFrom.XMP, Granularity.MONTH)),  # noqa: DTZ001
        ("2021-01-02", "name", DAY),
        ("2023-06-15T10:11:12.25+02:00", "exif", EXACT),
        # What an older program wrote: a day, and a real midnight of a camera.
        ("2021-01-02T00:00:00", "name", DAY),
        ("2021-01-02T00:00:00", "exif", replace(DAY, origin=TakenFrom.EXIF, granularity=SECOND)),
        ("2021-01-02T10:11:12", "name", Taken(datetime(2021, 1, 2, 10, 11, 12), TakenFrom.NAME)),  # noqa: DTZ001
    ],
)
def test_a_date_in_part_comes_back_as_it_was(
    world: World, taken: str, origin: str, expected: Taken
) -> None:
    """As long as what was known; in rows of older programs too."""
    make_files(world.watch, {"a.jpg": b"photo"})
    file(world, "a.jpg")
    with contextlib.closing(sqlite3.connect(world.journal_path)) as journal, journal:
        journal.execute("UPDATE filings SET taken = ?, taken_from = ?", (taken, origin))

    found = world.journal.past_decisions.on(f"{world.watch}/a.jpg")

    assert found is not None
    assert expected == found.taken


@pytest.mark.parametrize("granularity", Granularity)
def test_the_journal_has_no_more_of_a_date_than_is_known(
    world: World, granularity: Granularity
) -> None:
    """A reader of its own, such as a script, sees no midnight that nobody knows."""
    make_files(world.watch, {"a.jpg": b"photo"})
    taken = Taken(EXACT.when.replace(tzinfo=None), TakenFrom.EXIF, granularity)
    photo, facts = world.photo("a.jpg"), replace(Facts.unread(NOW), taken=taken)
    entry = JournalEntry(photo, State.LEFT, "no rule matched", LEFT, facts)
    world.journal.record(entry, os.fspath(world.library), NOW)

    found = world.journal.past_decisions.on(f"{world.watch}/a.jpg")

    assert found is not None
    assert found.taken is not None
    assert (taken.date.text, granularity) == (found.taken.date.text, found.taken.granularity)


def test_another_file_of_the_path_is_told_apart(world: World) -> None:
    """What was there before is found as such, and is no decision on the file that is there now."""
    make_files(world.watch, {"a.jpg": b"photo"})
    file(world, "a.jpg")
    path = f"{world.watch}/a.jpg"
    before = world.journal.past_decisions.replaced_at(path)
    (world.watch / "a.jpg").unlink()
    gone = world.journal.past_decisions.on(path), world.journal.past_decisions.replaced_at(path)
    make_files(world.watch, {"a.jpg": b"another photo"})

    replaced = world.journal.past_decisions.replaced_at(path)

    assert before is None
    assert (True, None) == (gone[0] is not None, gone[1])
    assert replaced is not None
    assert ("a.jpg", State.FILED) == (replaced.relative, replaced.state)
    assert world.journal.past_decisions.on(path) is None


def test_a_renamed_file_is_found_by_its_inode(world: World) -> None:
    """As the daemon knows it, too."""
    make_files(world.watch, {"a.jpg": b"photo"})
    file(world, "a.jpg")
    (world.watch / "a.jpg").rename(world.watch / "b.jpg")

    found = world.journal.past_decisions.on(f"{world.watch}/b.jpg")

    assert found is not None
    assert "a.jpg" == found.row.relative


def test_a_name_with_broken_utf_8_leads_to_its_decision(world: World) -> None:
    """By each of its paths."""
    make_files(world.watch, {"a\udcff.jpg": b"photo"})
    place = file(world, "a\udcff.jpg", to="Memes/\udcfe")

    for path in (f"{world.watch}/a\udcff.jpg", place):
        found = world.journal.past_decisions.on(path)
        assert found is not None
        assert "a\udcff.jpg" == found.row.relative
