"""Conditions on the date taken."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.decision import Check, Truth
from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.photo import Taken, TakenFrom
from gallery_daemon.rules.conditions.date import DatePart, Span, TakenBetween, TakenIn
from tests.rules.photos import FACTS, facts, photo, prediction, truth_of

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition

JULY_1, JULY_15, AUGUST_1 = (
    datetime.fromisoformat(f"2026-{day}") for day in ("07-01", "07-15 18:30", "08-01")
)

NIGHT = TakenIn(DatePart.HOUR, (Span(22, 5),))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (TakenBetween(JULY_1, AUGUST_1), Truth.YES),
        (TakenBetween(JULY_15, None), Truth.YES),
        (TakenBetween(None, JULY_15), Truth.NO),
        (TakenBetween(AUGUST_1, None), Truth.NO),
    ],
)
def test_after_is_inclusive_and_before_is_not(condition: Condition, expected: Truth) -> None:
    """So that one month's end is the next month's beginning."""
    assert expected == truth_of(condition)


def test_a_date_is_compared_as_the_photo_s_local_time() -> None:
    """What the clock on the wall said there counts, not what it said at home."""
    tokyo = timezone(timedelta(hours=9))
    known = facts(taken=Taken(datetime(2026, 7, 15, 0, 30, tzinfo=tokyo), TakenFrom.XMP))

    assert Truth.YES == truth_of(
        TakenBetween(datetime.fromisoformat("2026-07-15"), None), known=known
    )


def test_an_mtime_is_no_date_taken() -> None:
    """It says when the file was written."""
    known = facts(taken=Taken(JULY_15, TakenFrom.MTIME))

    check = TakenBetween(JULY_1, None).check(photo(), known, prediction())

    expected = Check("taken: {after: 2026-07-01 00:00:00}", Truth.NO, "no date taken is known")
    assert expected == check


def test_a_date_says_why() -> None:
    """The text reads like the YAML and the reason like a sentence."""
    check = TakenBetween(None, JULY_1).check(photo(), FACTS, prediction())

    expected = Check(
        "taken: {before: 2026-07-01 00:00:00}",
        Truth.NO,
        "taken 2026-07-15 18:30:00, not before 2026-07-01 00:00:00",
    )
    assert expected == check


# The usual photo was taken on Wednesday, 15 July 2026, at 18:30.
@pytest.mark.parametrize(
    ("part", "spans", "text", "truth", "reason"),
    [
        ("year", [(2026, 2026)], "{year: 2026}", Truth.YES, "year 2026"),
        ("year", [(None, 2025)], "{year: {max: 2025}}", Truth.NO, "year 2026, not {max: 2025}"),
        ("month", [(6, 6), (7, 7)], "{month: [jun, jul]}", Truth.YES, "month jul"),
        ("month", [(11, 2)], "{month: {min: nov, max: feb}}", Truth.NO, "month jul, not {min: nov"),
        ("weekday", [(6, 6), (7, 7)], "{weekday: [sat, sun]}", Truth.NO, "weekday wed, not [sat,"),
        ("weekday", [(7, 3)], "{weekday: {min: sun, max: wed}}", Truth.YES, "weekday wed"),
        (
            "hour",
            [(22, 5)],
            "{hour: {min: 22, max: 5}}",
            Truth.NO,
            "hour 18, not {min: 22, max: 5}",
        ),
        ("hour", [(18, 18)], "{hour: 18}", Truth.YES, "hour 18"),
    ],
)
def test_a_part_of_the_date_says_why(
    part: str, spans: list[tuple[int | None, int | None]], text: str, truth: Truth, reason: str
) -> None:
    """Names where people use names, and what it was instead."""
    condition = TakenIn(DatePart(part), tuple(Span(*span) for span in spans))

    check = condition.check(photo(), FACTS, prediction())

    assert (f"taken: {text}", truth) == (check.condition, check.truth)
    assert check.reason.startswith(f"taken 2026-07-15 18:30:00, {reason}")


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(21, 59, "no"), (22, 0, "yes"), (0, 0, "yes"), (5, 59, "yes"), (6, 0, "no")],
)
def test_hours_go_over_midnight(hour: int, minute: int, expected: str) -> None:
    """From 22 to 5 is the night, the whole of its last hour included."""
    known = facts(taken=Taken(JULY_15.replace(hour=hour, minute=minute), TakenFrom.EXIF))

    assert expected == truth_of(TakenIn(DatePart.HOUR, (Span(22, 5),)), known=known)


def test_a_part_of_an_mtime_is_no_part_of_a_date_taken() -> None:
    """As with two days."""
    known = facts(taken=Taken(JULY_15, TakenFrom.MTIME))

    check = TakenIn(DatePart.YEAR, (Span(None, None),)).check(photo(), known, prediction())

    assert (Truth.NO, "no date taken is known") == (check.truth, check.reason)


@pytest.mark.parametrize(
    ("known", "condition", "truth", "reason"),
    [
        ("2021-01-02", NIGHT, "no", "taken 2021-01-02, the hour is not known"),
        ("2021-01-02", TakenIn(DatePart.WEEKDAY, (Span(6, 6),)), "yes", "taken 2021-01-02, weekda"),
        (
            "2021-01-02",
            TakenIn(DatePart.MONTH, (Span(1, 1),)),
            "yes",
            "taken 2021-01-02, month jan",
        ),
        ("2023-06", TakenIn(DatePart.MONTH, (Span(6, 6),)), "yes", "taken 2023-06, month jun"),
        (
            "2023-06",
            TakenIn(DatePart.WEEKDAY, (Span(1, 7),)),
            "no",
            "taken 2023-06, the weekday is",
        ),
        ("2023-06", NIGHT, "no", "taken 2023-06, the hour is not known"),
        ("2023", TakenIn(DatePart.YEAR, (Span(2023, None),)), "yes", "taken 2023, year 2023"),
        ("2023", TakenIn(DatePart.MONTH, (Span(1, 12),)), "no", "taken 2023, the month is not"),
        ("2026-07-01", TakenBetween(JULY_1, AUGUST_1), "yes", "taken 2026-07-01"),
        ("2026-07-31", TakenBetween(JULY_1, AUGUST_1), "yes", "taken 2026-07-31"),
        ("2026-08-01", TakenBetween(JULY_1, AUGUST_1), "no", "taken 2026-08-01, not before 2026-0"),
        ("2026-06-30", TakenBetween(JULY_1, AUGUST_1), "no", "taken 2026-06-30, before 2026-07-01"),
        ("2026-07", TakenBetween(JULY_1, AUGUST_1), "yes", "taken 2026-07"),
        ("2026", TakenBetween(JULY_1, AUGUST_1), "no", "taken 2026, the month is not known, so p"),
        (
            "2026-07-15",
            TakenBetween(JULY_15, None),
            "no",
            "taken 2026-07-15, the hour is not known, so perhaps before 2026-07-15 18:30:00",
        ),
        (
            "2026-07-15",
            TakenBetween(None, JULY_15),
            "no",
            "taken 2026-07-15, the hour is not known, so perhaps not before 2026-07-15 18:30:00",
        ),
        ("2026-07-15T18:30", TakenBetween(JULY_15, None), "yes", "taken 2026-07-15 18:30"),
        ("2026-07-15T18:30", TakenBetween(None, JULY_15), "no", "taken 2026-07-15 18:30, not befo"),
        ("2026-07-15T23:30", NIGHT, "yes", "taken 2026-07-15 23:30, hour 23"),
    ],
)
def test_what_is_not_known_of_a_date_meets_no_condition(
    known: str, condition: Condition, truth: str, reason: str
) -> None:
    """A condition holds only if it holds whatever the rest of the date is, and says so."""
    date = PartialDate.parse(known)
    of_photo = facts(taken=Taken(date.when, TakenFrom.NAME, date.granularity))

    check = condition.check(photo(), of_photo, prediction())

    assert truth == check.truth
    assert check.reason.startswith(reason)


@given(
    st.datetimes(datetime(2026, 6, 1), datetime(2026, 9, 1)),  # noqa: DTZ001
    st.sampled_from(Granularity),
    st.sampled_from((JULY_1, JULY_15, None)),
    st.sampled_from((AUGUST_1, None)),
)
def test_a_date_in_part_is_between_only_if_every_moment_of_it_is(
    when: datetime, granularity: Granularity, after: datetime | None, before: datetime | None
) -> None:
    """So whatever the rest would have been, the rule had taken the photo."""
    condition = TakenBetween(after, before)
    date = PartialDate.parse(PartialDate(when, granularity).text)
    coarse = facts(taken=Taken(date.when, TakenFrom.NAME, granularity))

    if truth_of(condition, known=coarse) == "yes":
        assert "yes" == truth_of(condition, known=facts(taken=Taken(when, TakenFrom.NAME)))


ends = st.none() | st.integers(0, 12)
spans = st.builds(Span, ends, ends)


@given(spans, spans)
def test_what_a_span_covers_lies_in_it(wide: Span, narrow: Span) -> None:
    """A yes is a proof, also where a span goes over the end."""
    if wide.covers(narrow):
        assert not [value for value in range(-1, 14) if value in narrow and value not in wide]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (Span(22, 5), Span(23, 4)),
        (Span(22, 5), Span(0, 5)),
        (Span(22, 5), Span(22, 23)),
        (Span(2020, None), Span(2021, 2022)),
        (Span(None, None), Span(3, 3)),
        (Span(3, 3), Span(3, 3)),
    ],
)
def test_a_span_covers_what_is_narrower(wide: Span, narrow: Span) -> None:
    """These are seen."""
    assert wide.covers(narrow)
