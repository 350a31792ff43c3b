"""Dates of EXIF, XMP, GPS and mtime, and which of them wins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging import dates
from gallery_daemon.photo import Taken, TakenFrom

A, B, C = (datetime(year, 5, 6, 7, 8, 9) for year in (2019, 2020, 2021))  # noqa: DTZ001
MTIME = datetime(2022, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "name", "expected"),
    [
        ({"camera": A, "xmp": B, "saved": C}, "20180725_163423.jpg", Taken(A, TakenFrom.EXIF)),
        ({"xmp": B, "saved": C}, "20180725_163423.jpg", Taken(B, TakenFrom.XMP)),
        (
            {"saved": C},
            "20180725_163423.jpg",
            Taken(datetime(2018, 7, 25, 16, 34, 23), TakenFrom.NAME),  # noqa: DTZ001
        ),
        ({"saved": C}, "x.jpg", Taken(C, TakenFrom.EXIF)),
        ({}, "x.jpg", Taken(MTIME, TakenFrom.MTIME)),
    ],
)
def test_the_most_trusted_date_wins(known: dict[str, datetime], name: str, expected: Taken) -> None:
    """The camera's date, then XMP's, the name's, the last save's, and at last the mtime."""
    assert expected == dates.choose(name, MTIME, **known)


@pytest.mark.parametrize(
    ("text", "subseconds", "offset", "expected"),
    [
        ("2019:03:21 11:04:22", None, None, "2019-03-21T11:04:22"),
        ("2019:03:21 11:04:22", "348", None, "2019-03-21T11:04:22.348000"),
        ("2019:03:21 11:04:22", "9354761", None, "2019-03-21T11:04:22.935476"),
        ("2019:03:21 11:04:22", "  ", "+02:00", "2019-03-21T11:04:22+02:00"),
        ("2019:03:21 11:04:22", None, "-05:30", "2019-03-21T11:04:22-05:30"),
        ("2019:03:21 11:04:22", None, "Z", "2019-03-21T11:04:22+00:00"),
        ("2019-03-21T11:04:22", None, "nonsense", "2019-03-21T11:04:22"),
        ("2019:03:21 11:04:22\0", 7, b"+02:00", "2019-03-21T11:04:22"),
        ("2019:03:21 11:04:22", None, "+99:00", "2019-03-21T11:04:22"),
        ("1955:07:01 00:00:00", None, None, "1955-07-01T00:00:00"),
    ],
)
def test_exif_dates_are_read_with_what_stands_beside_them(
    text: str, subseconds: object, offset: object, expected: str
) -> None:
    """Sub-seconds and offset count where they make sense and do no harm where they do not."""
    assert datetime.fromisoformat(expected) == dates.date_of_exif(text, subseconds, offset)


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "1970:01:01 00:00:00",
        "1980:01:01 00:00:00",
        "1904:01:01 00:00:00",
        "2019:02:30 11:04:22",
        "2019:03:21 25:04:22",
        "9999:12:31 23:59:59",
        "2107:12:31 23:59:58",
        "2019:03:21",
        "",
        None,
        7,
        b"2019:03:21 11:04:22",
        ("2019:03:21 11:04:22",),
    ],
)
def test_a_date_that_no_clock_had_is_not_believed(text: object) -> None:
    """Blanks, zeros, clocks that were never set and days that do not exist are no dates."""
    assert dates.date_of_exif(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-12-09T18:59:32+01:00", "2019-12-09T18:59:32+01:00"),
        ("2019-12-09T18:59:32.25Z", "2019-12-09T18:59:32.250000+00:00"),
        ("2019-12-09T18:59", "2019-12-09T18:59:00"),
        ("2019-12-09", "2019-12-09T00:00:00"),
        ("2019-12-09 18:59:32 -0500", "2019-12-09T18:59:32-05:00"),
    ],
)
def test_xmp_dates_are_iso_dates(text: str, expected: str) -> None:
    """XMP's dates come with or without time, fraction and offset."""
    assert datetime.fromisoformat(expected) == dates.date_of_xmp(text)


@pytest.mark.parametrize("text", ["2019", "2019-12", "", "yesterday", "0000-00-00T00:00:00"])
def test_an_xmp_date_that_names_no_day_is_none(text: str) -> None:
    """A year alone would file a photo into January."""
    assert dates.date_of_xmp(text) is None


def test_gps_time_is_utc() -> None:
    """The satellites' date and time are one moment, in any time zone."""
    moment = dates.date_of_gps("2024:02:03", (4.0, 5.0, 6.7))

    assert datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC) == moment


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2024:02:03", None),
        (None, (1.0, 2.0, 3.0)),
        ("2024:02:03", (float("nan"), 0.0, 0.0)),
        ("2024:02:03", (25.0, 0.0, 0.0)),
        ("2024:02:03", (-1.0, 0.0, 0.0)),
        ("2024:02:03", (1.0, 2.0)),
        ("2024:02:03", ("a", "b", "c")),
        ("0000:00:00", (1.0, 2.0, 3.0)),
    ],
)
def test_half_a_gps_time_is_none(date: object, time: object) -> None:
    """Date and time must both be there and be possible."""
    assert dates.date_of_gps(date, time) is None


@given(st.datetimes(datetime(1981, 1, 1), datetime(2099, 12, 31)), st.integers(-1439, 1439))  # noqa: DTZ001
def test_any_moment_comes_back_from_exif(moment: datetime, minutes: int) -> None:
    """What a camera would write is what we read."""
    zone = timezone(timedelta(minutes=minutes))
    sign, away = "-" if minutes < 0 else "+", abs(minutes)
    offset = f"{sign}{away // 60:02}:{away % 60:02}"

    read = dates.date_of_exif(f"{moment:%Y:%m:%d %H:%M:%S}", f"{moment:%f}", offset)

    assert moment.replace(tzinfo=zone) == read


@given(st.text() | st.from_regex(r"[0-9]{4}[:-][0-9]{2}[:-][0-9]{2}.{0,30}"))
def test_no_text_is_too_strange(text: str) -> None:
    """Any text gives a date or none, and never an error."""
    dates.date_of_exif(text, text, text)
    dates.date_of_xmp(text)
    dates.date_of_gps(text, (text, text, text))
