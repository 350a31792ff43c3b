"""Dates that are known in part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.partial_date import Granularity, PartialDate

YEAR, MONTH, DAY, HOUR, MINUTE, SECOND = Granularity
MOMENTS = st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=-5))))


@pytest.mark.parametrize(
    ("text", "granularity", "end"),
    [
        ("2023", YEAR, "2024-01-01"),
        ("2023-06", MONTH, "2023-07-01"),
        ("2023-12", MONTH, "2024-01-01"),
        ("2024-02-29", DAY, "2024-03-01"),
        ("2023-06-15T23", HOUR, "2023-06-16"),
        ("2023-06-15T10:59", MINUTE, "2023-06-15T11:00"),
        ("2023-06-15T10:11:12", SECOND, "2023-06-15T10:11:12"),
        ("2023-06-15T10:11:12.250000+02:00", SECOND, "2023-06-15T10:11:12.25+02:00"),
        ("2023-06-15T10:11-05:00", MINUTE, "2023-06-15T10:12-05:00"),
        ("9999", YEAR, "9999-12-31T23:59:59.999999"),
    ],
)
def test_the_text_is_as_long_as_what_is_known(
    text: str, granularity: Granularity, end: str
) -> None:
    """ISO 8601 with reduced precision, there and back; the end is that of the last known part."""
    known = PartialDate.parse(text)

    assert (text, granularity) == (known.text, known.granularity)
    assert datetime.fromisoformat(end) == known.end


@pytest.mark.parametrize(
    "text", ["", "23", "2023-13", "2023-02-30", "2023-06-15T25", "2023-06T10", "2023-06-15 ", "x"]
)
def test_any_other_text_is_no_date(text: str) -> None:
    """A date of the journal is in the calendar or none."""
    with pytest.raises(ValueError, match=r"date|month|day|hour|isoformat"):
        PartialDate.parse(text)


@given(MOMENTS, st.sampled_from(Granularity))
def test_every_known_part_comes_back_from_the_text(
    when: datetime, granularity: Granularity
) -> None:
    """Whatever is known is in the text, and nothing more."""
    known = PartialDate.parse(PartialDate(when, granularity).text)

    assert PartialDate(when, granularity).text == known.text
    assert granularity is known.granularity
    assert known.when.replace(tzinfo=None) <= when.replace(tzinfo=None)
    assert granularity is SECOND or when.replace(tzinfo=None) <= known.end.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("coarse", "fine", "agrees"),
    [
        ("2023-06", "2023-06-15T10:11:12", True),
        ("2023-06", "2023-07-01", False),
        ("2023-06-15", "2023-06-15", True),
        ("2023-06-15", "2023-06", False),
        ("2023", "2023-06-15T00:00:00+09:00", True),
        ("2023-06-15T10:11:12", "2023-06-15T10:11:12+02:00", True),
        ("2023-06-15T10:11:12", "2023-06-15T10:11:13", False),
    ],
)
def test_a_date_is_said_by_one_that_is_finer_and_within_it(
    coarse: str, fine: str, agrees: bool
) -> None:
    """By the clock on the wall, so an offset makes no difference."""
    assert agrees is PartialDate.parse(coarse).is_said_by(PartialDate.parse(fine))


def test_a_part_is_known_if_a_finer_one_is() -> None:
    """The day is known of a date with an hour, not the minute."""
    known = PartialDate.parse("2023-06-15T10")

    assert [YEAR, MONTH, DAY, HOUR] == [part for part in Granularity if known.knows(part)]
