"""What is counted and listed of a library: as if every row were read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Decision, Outcome
from gallery_daemon.journal import overview_rows
from gallery_daemon.journal.overview_rows import IN_LIBRARY, DayCount, RecentFilter
from gallery_daemon.journal.record import Intent, JournalEntry, Row, State
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction, Taken, TakenFrom
from tests.journal.empty import new_journal

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.journal.journal import Journal

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LIBRARY = "/library"


def entry(
    number: int,
    *,
    name: str = "",
    top: str | None = "cars",
    confidence: float = 0.9,
    rule: str | None = "cars",
    source: str = "phone",
    state: State = State.FILED,
    month: str = "2026-03",
    said: str | None = None,
) -> JournalEntry:
    """A photo that came to that end."""
    name = name or f"IMG_{number}.jpg"
    photo = Photo(Candidate(source, f"/{source}", name), Identity(1, number, 3, 4), NOW)
    taken = Taken(datetime.fromisoformat(f"{month}-05T00:00:00+00:00"), TakenFrom.EXIF)
    outcome = Outcome.UNCERTAIN if rule is None else Outcome.RULE
    return JournalEntry(
        photo,
        state,
        decision=Decision(outcome, rule, None, ()),
        facts=replace(Facts.unread(NOW), taken=taken),
        prediction=None if top is None else Prediction({top: confidence}, "m@00000000"),
        intent=Intent("copy", (top or "none",), name, "t") if state is State.FILED else None,
        said=said,
    )


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty one."""
    return new_journal(tmp_path / "journal.sqlite3")


def write(journal: Journal, *entries: JournalEntry, when: datetime = NOW) -> None:
    """They are in the journal, in this order."""
    for each in entries:
        journal.record(each, LIBRARY, when)


def names(rows: list[Row]) -> list[str]:
    """What is shown."""
    return [row.candidate.name for row in rows]


entries = st.builds(
    entry,
    st.integers(1, 10**6),
    name=st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=6),
    top=st.sampled_from(["cars", "memes"]),
    confidence=st.sampled_from([0.5, 0.75, 1.0]),
    rule=st.sampled_from(["cars", "other", None]),
    source=st.sampled_from(["phone", "camera"]),
    state=st.sampled_from([State.FILED, State.LEFT, State.UNDONE, State.REFILED, State.FAILED]),
    month=st.sampled_from(["2026-03", "2025-12"]),
    said=st.sampled_from([None, "memes"]),
)
filters = st.builds(
    RecentFilter,
    class_name=st.sampled_from([None, "cars", "memes"]),
    rule=st.sampled_from([None, "cars"]),
    min_confidence=st.sampled_from([None, 0.75]),
    max_confidence=st.sampled_from([None, 0.75]),
    text=st.none() | st.text("aA%_\\é.", min_size=1, max_size=2),
    month=st.sampled_from([None, "2026-03"]),
    source=st.sampled_from([None, "phone"]),
    states=st.sampled_from([IN_LIBRARY, RecentFilter().states]),
)


def is_wanted(each: JournalEntry, wanted: RecentFilter) -> bool:
    """As SQL says it."""
    assert each.prediction is not None
    assert each.decision is not None
    assert each.facts is not None
    lower = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
    name = each.photo.candidate.name.translate(lower)
    confidence = each.prediction.confidence
    return (
        each.state in wanted.states
        and wanted.class_name in {None, each.said or each.prediction.top_class}
        and wanted.rule in {None, each.decision.rule}
        and confidence >= (wanted.min_confidence or 0)
        and confidence <= (wanted.max_confidence or 1)
        and (wanted.text or "").translate(lower) in name
        and wanted.month in {None, each.facts.taken.date.text[:7]}
        and wanted.source in {None, each.photo.candidate.source}
    )


@given(written=st.lists(entries, max_size=12), wanted=filters, limit=st.integers(1, 5))
def test_pages_of_any_filter_have_all_that_it_lets_through(
    tmp_path_factory: pytest.TempPathFactory,
    written: list[JournalEntry],
    wanted: RecentFilter,
    limit: int,
) -> None:
    """Each once, the newest first, as if every row were read; and the count is theirs."""
    with closing(new_journal(tmp_path_factory.mktemp("j") / "journal.sqlite3")) as journal:
        journal.record_all(written, LIBRARY, NOW)
        ids = {row.id: row for row in journal.newest_first()}
        expected = [number for number, row in ids.items() if is_wanted(written[number - 1], wanted)]

        found: list[int] = []
        while page := journal.overview.older(LIBRARY, wanted, limit, found[-1] if found else None):
            found += [row.id for row in page]

        assert expected == found
        assert len(expected) == journal.overview.count(LIBRARY, wanted)
        newer = journal.overview.newer(LIBRARY, wanted, 99, 3)
        assert [number for number in expected if number > 3] == [row.id for row in newer]


def test_kinds_and_months_count_what_lies_in_the_library(journal: Journal) -> None:
    """A person's word before the model's; what was left, and another library's, is not counted."""
    write(
        journal,
        entry(1),
        entry(2, said="memes"),
        entry(3, top="memes", source="camera", month="2025-01"),
        entry(4, state=State.LEFT),
        entry(5, top=None),
    )
    journal.record(entry(6), "/another", NOW)

    assert {
        ("memes", "camera", 1),
        ("memes", "phone", 1),
        ("cars", "phone", 1),
        (None, "phone", 1),
    } == set(journal.overview.kinds(LIBRARY))
    assert [("2025-01", 1), ("2026-03", 3)] == journal.overview.months(LIBRARY)
    assert ["cars"] == journal.overview.rules(LIBRARY)


def test_a_day_counts_from_its_first_photo_on(journal: Journal) -> None:
    """By the date as it was written; the days before are not read."""
    for number in range(1, 40):
        write(journal, entry(number), when=NOW - timedelta(days=40 - number))
    write(journal, entry(50), entry(51, top="memes"), entry(52, state=State.FAILED))

    assert [
        DayCount(State.FAILED, "cars", 1),
        DayCount(State.FILED, "cars", 1),
        DayCount(State.FILED, "memes", 1),
    ] == journal.overview.day(LIBRARY, "2026-03-04")
    assert 42 == sum(each.photos for each in journal.overview.day(LIBRARY, "2020-01-01"))
    assert [] == journal.overview.day(LIBRARY, "2026-03-05")


def test_nothing_is_missed_that_was_under_way(journal: Journal) -> None:
    """Whoever goes on from there is told of what ends later with a lower id."""
    begun = replace(entry(2), state=State.INTENT, intent=Intent("copy", ("Cars",), "a", "t"))
    write(journal, entry(1), begun, entry(3))
    at = journal.overview.settled_to()

    journal.close_intent(2, State.FILED, action="copy", name="a", reason=None)

    assert 1 == at
    found = journal.overview.newer(LIBRARY, RecentFilter(), 9, at)
    assert ["IMG_3.jpg", "IMG_2.jpg"] == names(found)
    assert 3 == journal.overview.settled_to()


def test_what_is_under_way_is_found_without_reading_all(tmp_path: Path) -> None:
    """Every page asks for it, and the least id of no row is at the end of the table."""
    new_journal(tmp_path / "journal.sqlite3").close()
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as database:
        first, *_ = database.execute(f"EXPLAIN QUERY PLAN {overview_rows._LOWEST_OPEN}")

    assert "filings_open" in first[3]


def test_an_empty_journal_has_nothing(journal: Journal) -> None:
    """And no question fails."""
    overview = journal.overview

    assert 0 == overview.settled_to() == overview.count(LIBRARY, RecentFilter())
    assert [] == overview.day(LIBRARY, "2026-03-04")
    assert [] == overview.months(LIBRARY)


WHERE = "library = ? AND state IN ('filed') AND parent IS NULL"


@pytest.mark.parametrize(
    ("question", "is_ours"),
    [
        (f"SELECT * FROM filings WHERE {WHERE} ORDER BY id DESC", False),
        (f"SELECT rule, count(*) FROM filings WHERE {WHERE} GROUP BY rule", False),
        (f"SELECT count(*) FROM filings WHERE {WHERE} AND id > 0", True),
    ],
)
def test_no_other_question_is_led_to_this_index(
    tmp_path: Path, question: str, is_ours: bool
) -> None:
    """There their rows would not come in their order, and be sorted as a whole."""
    new_journal(tmp_path / "journal.sqlite3").close()
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as database:
        first, *_ = database.execute(f"EXPLAIN QUERY PLAN {question}", (b"",))

    assert is_ours == ("COVERING INDEX filings_overview" in first[3])
