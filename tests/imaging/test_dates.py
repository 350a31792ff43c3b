"""Dates of EXIF, XMP, IPTC, GPS and mtime, and which of them wins."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging import dates
from gallery_daemon.imaging.date_texts import DateTexts, ExifDateText, GpsDateText, IptcDateText
from gallery_daemon.photo import Position, TakenFrom

MTIME = datetime(2022, 1, 1, tzinfo=UTC)
EXIF, XMP, IPTC = (
    ExifDateText("2019:05:06 07:08:09"),
    "2020-05-06T07:08:09",
    IptcDateText("20210500"),
)
SAVED, FIX = ExifDateText("2021:05:06 07:08:09"), GpsDateText("2017:05:06", (7.0, 8.0, 9.0))
YEAR_OF_PRINT, NEW_YEAR = ExifDateText("1975:01:01 00:00:00"), ExifDateText("2005:01:01 00:00:00")
GOPRO = ExifDateText("2016:01:01 00:00:07")
NOON, AFTER_NOON = ExifDateText("2012:01:01 12:00:00"), ExifDateText("2012:01:01 12:00:09")
DAYS_LATER = ExifDateText("1970:01:05 06:07:08")
NAMED = "20180725_163423.jpg"
TOKYO, MUNICH, NEW_YORK = Position(35.68, 139.69), Position(48.137, 11.575), Position(40.7, -74.0)


def chosen(texts: DateTexts, name: str = "x.jpg") -> tuple[str, str]:
    """The date that wins, as text, and where it is from."""
    taken = dates.choose(texts, name, MTIME)
    return taken.date.text, taken.origin.value


@pytest.mark.parametrize(
    ("texts", "name", "expected"),
    [
        (DateTexts((EXIF,), SAVED, (XMP,), (IPTC,), FIX), NAMED, ("2019-05-06T07:08:09", "exif")),
        (DateTexts((), SAVED, (XMP,), (IPTC,), FIX), NAMED, ("2020-05-06T07:08:09", "xmp")),
        (DateTexts((), SAVED, (), (IPTC,), FIX), NAMED, ("2021-05", "iptc")),
        (DateTexts((), None, (), (IPTC,), FIX), NAMED, ("2021-05", "iptc")),
        (DateTexts((), SAVED, (), (), FIX), NAMED, ("2018-07-25T16:34:23", "name")),
        (DateTexts((), None, (), (), FIX, MUNICH), "x.jpg", ("2017-05-06T09:08:09+02:00", "gps")),
        (DateTexts((), SAVED, (), (), FIX, MUNICH), "x.jpg", ("2017-05-06T09:08:09+02:00", "gps")),
        (DateTexts((), SAVED), "x.jpg", ("2021-05-06T07:08:09", "exif")),
        (DateTexts(), "x.jpg", ("2022-01-01T00:00:00+00:00", "mtime")),
    ],
)
def test_the_most_trusted_date_wins(texts: DateTexts, name: str, expected: tuple[str, str]) -> None:
    """EXIF, XMP, IPTC, the name, GPS, the last save, and at last the mtime."""
    assert expected == chosen(texts, name)


@pytest.mark.parametrize(
    ("texts", "name", "expected"),
    [
        # A scan of June, and the name has the day and the time.
        (DateTexts(xmp=("2023-06",)), "IMG_20230615_101112.jpg", ("2023-06-15T10:11:12", "name")),
        (DateTexts(xmp=("2023-06",)), "IMG_20230715_101112.jpg", ("2023-06", "xmp")),
        (DateTexts(xmp=("2023", "2023-06-15")), "x.jpg", ("2023-06-15", "xmp")),
        (DateTexts((ExifDateText("2003:05:17   :  :  "),)), "x.jpg", ("2003-05-17", "exif")),
        (
            DateTexts((ExifDateText("2003:05:17"),), iptc=(IptcDateText("20030517", "101112"),)),
            "x.jpg",
            ("2003-05-17T10:11:12", "iptc"),
        ),
        # The mtime of a messenger's photo is when it came.
        (DateTexts(), "IMG-20220101-WA0001.jpg", ("2022-01-01", "name")),
    ],
)  # fmt: skip
def test_a_later_source_that_agrees_may_say_it_more_finely(
    texts: DateTexts, name: str, expected: tuple[str, str]
) -> None:
    """What the most trusted source leaves open, the next one may know; the mtime never does."""
    assert expected == chosen(texts, name)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2015:08:22 24:08:19", "2015-08-22T00:08:19"),
        ("2015:08:22 23:59:60", "2015-08-22T23:59:59"),
        ("2015:08:22 23:59:70", "2015-08-22T23:59"),
        ("2015:08:22 23:60:10", "2015-08-22T23"),
        ("2015:08:22 25:04:22", "2015-08-22"),
        ("2015:08:22 99:99:99", "2015-08-22"),
        ("2023:06:15 10:11", "2023-06-15T10:11"),
        ("2023:06:15 10:11:", "2023-06-15T10:11"),
        ("2023:06:15 10", "2023-06-15T10"),
        ("2023:06:15", "2023-06-15"),
        ("2023:06:15 ", "2023-06-15"),
        ("2023:06:15\0", "2023-06-15"),
        ("2003:05:17   :  :  ", "2003-05-17"),
        ("2003:05:17 10:  :  ", "2003-05-17T10"),
        ("2003:05:17 10:11:  ", "2003-05-17T10:11"),
        ("2003:05:     :  :  ", "2003-05"),
        ("2003:  :     :  :  ", "2003"),
        ("2003:05:00 00:00:00", "2003-05"),
        ("2003:00:00 00:00:00", "2003"),
        ("2003:05", "2003-05"),
        ("2003", "2003"),
        ("20230615", "2023-06-15"),
        ("20230615T101112", "2023-06-15T10:11:12"),
        ("20230615 101112", "2023-06-15T10:11:12"),
        ("20230615101112", "2023-06-15T10:11:12"),
        ("2023:6:5 1:2:3", "2023-06-05T01:02:03"),
        ("2023: 6: 5  1: 2: 3", "2023-06-05T01:02:03"),
        ("2023-06-15T10:11:12Z", "2023-06-15T10:11:12+00:00"),
        ("2023:06:15 10:11:12+02:00", "2023-06-15T10:11:12+02:00"),
        ("2023:06:15 10:11:12.5", "2023-06-15T10:11:12.500000"),
        ("1955:07:01 00:00:00", "1955-07-01T00:00:00"),
        ("2023:06:15 02:11:12 PM", "2023-06-15T14:11:12"),
        ("2023:06:15 12:11:12 a.m.", "2023-06-15T00:11:12"),
        ("2023:06:15 下午 02:11:12", "2023-06-15T14:11:12"),
        ("2023:06:15 14:11:12 PM", "2023-06-15T14:11:12"),
        ("2023:06:15 10-11-12", "2023-06-15T10:11:12"),
        ("2023:06:15:10:11:12", "2023-06-15T10:11:12"),
        ("2023:06:15-10:11:12", "2023-06-15T10:11:12"),
        ("2023:06:1510:11:12", "2023-06-15T10:11:12"),
        ("2023:06:15 101112", "2023-06-15T10:11:12"),
        ("2023-06-15-07:00", "2023-06-15"),
        ("2023:06:015", "2023-06"),
    ],
)
def test_one_part_that_is_wrong_costs_no_other(date: str, expected: str) -> None:
    """Blank, missing or out of range: what stands before it still counts."""
    assert (expected, "exif") == chosen(DateTexts((ExifDateText(date),)))


@pytest.mark.parametrize(
    ("text", "subseconds", "offset", "expected"),
    [
        ("2019:03:21 11:04:22", None, None, "2019-03-21T11:04:22"),
        ("2019:03:21 11:04:22", "348", None, "2019-03-21T11:04:22.348000"),
        ("2019:03:21 11:04:22", "9354761", None, "2019-03-21T11:04:22.935476"),
        ("2019:03:21 11:04:22", "  ", "+02:00", "2019-03-21T11:04:22+02:00"),
        ("2019:03:21 11:04:22", None, "-05:30", "2019-03-21T11:04:22-05:30"),
        ("2019:03:21 11:04:22", None, "Z", "2019-03-21T11:04:22+00:00"),
        ("2019:03:21 11:04:22", None, "+02", "2019-03-21T11:04:22+02:00"),
        ("2019:03:21 11:04:22", None, "   :  ", "2019-03-21T11:04:22"),
        ("2019-03-21T11:04:22", None, "nonsense", "2019-03-21T11:04:22"),
        ("2019:03:21 11:04:22\0", 7, b"+02:00", "2019-03-21T11:04:22"),
        ("2019:03:21 11:04:22", None, "+99:00", "2019-03-21T11:04:22"),
        ("2019:03:21 11:04", "348", "+02:00", "2019-03-21T11:04+02:00"),
        ("2019:03:21", "348", "+02:00", "2019-03-21"),
    ],
)
def test_exif_dates_are_read_with_what_stands_beside_them(
    text: str, subseconds: object, offset: object, expected: str
) -> None:
    """Sub-seconds and offset count where they make sense and do no harm where they do not."""
    known = dates.date_of_exif(ExifDateText(text, subseconds, offset))

    assert known is not None
    assert expected == known.text


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2019:02:30 11:04:22",
        "2019:13:01 11:04:22",
        "9999:12:31 23:59:59",
        "2107:12:31 23:59:58",
        "1601:01:01 00:00:00",
        "15/06/2023",
        "06.2023",
        "123456789",
        "",
        None,
        7,
        b"2019:03:21 11:04:22",
        ("2019:03:21 11:04:22",),
    ],
)
def test_a_date_that_no_calendar_has_is_not_believed(text: object) -> None:
    """Blanks, zeros and days that do not exist are no dates."""
    assert dates.date_of_exif(ExifDateText(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "1970:01:01 00:00:00",
        "1970:01:01 01:00:00",
        "1970:01:01 17:23:45",
        "1969:12:31 19:00:00",
        "1980:01:01 00:00:00",
        "1980:01:01 00:03:17",
        "1980:01:06 00:00:00",
        "1904:01:01 00:00:00",
        "1903:12:31 19:00:00",
        "1899:12:30 00:00:00",
        "2038:01:19 03:14:07",
        "2000:01:01 00:00:00",
        "2000:01:01 00:12:40",
        "2000:01:01",
        "2002:12:08 12:00:00",
        "0000:00:00 00:00:00",
        "1980:00:00 00:00:00",
        "1858:11:17 00:00:00",
        "1900:01:01 00:00:00",
        "2036:02:07 06:28:16",
    ],
)
def test_a_clock_that_was_never_set_says_nothing(text: str) -> None:
    """Neither at its first second nor some hours later; a better source wins, or the mtime."""
    for texts in (DateTexts((ExifDateText(text),)), DateTexts((), ExifDateText(text))):
        assert "mtime" == chosen(texts)[1]
        assert ("2024-07-04T10:11:12", "name") == chosen(texts, "IMG_20240704_101112.jpg")
    texts = DateTexts((ExifDateText(text), ExifDateText("2019:05:06 07:08:09")))
    assert ("2019-05-06T07:08:09", "exif") == chosen(texts)


@pytest.mark.parametrize(
    ("texts", "name", "expected"),
    [
        # A GoPro's first photo, and a year that somebody wrote as its first second.
        (DateTexts((GOPRO,)), "IMG_20240704_101112.jpg", ("2024-07-04T10:11:12", "name")),
        (DateTexts((GOPRO,), xmp=(XMP,)), "x.jpg", ("2016-01-01T00:00:07", "exif")),
        (DateTexts((GOPRO,), xmp=("2016-01-01T00:00:07",)), NAMED, ("2018-07-25T16:34:23", "name")),
        # A print of 1975 that was scanned in 2019
        (DateTexts((YEAR_OF_PRINT, EXIF)), NAMED, ("1975-01-01T00:00:00", "exif")),
        (DateTexts((NEW_YEAR, EXIF)), "x.jpg", ("2005-01-01T00:00:00", "exif")),
        (DateTexts((GOPRO,)), "2024-07-04 lake.jpg", ("2024-07-04", "name")),
        (DateTexts((GOPRO,), gps=FIX, position=TOKYO), "a", ("2017-05-06T16:08:09+09:00", "gps")),
        (DateTexts((GOPRO,)), "GOPR0001.JPG", ("2016-01-01T00:00:07", "exif")),
        (DateTexts((GOPRO,), SAVED), "GOPR0001.JPG", ("2016-01-01T00:00:07", "exif")),
        # Fireworks, also by a clock of another zone
        (
            DateTexts((GOPRO,), gps=GpsDateText("2015:12:31", (23, 0, 7)), position=NEW_YORK),
            "x.jpg",
            ("2016-01-01T00:00:07", "exif"),
        ),
        (DateTexts((GOPRO,)), "IMG_20160101_000007.jpg", ("2016-01-01T00:00:07", "exif")),
        (DateTexts((GOPRO,)), "PXL_20151231_230007123.jpg", ("2016-01-01T00:00:07", "exif")),
        (DateTexts((GOPRO,)), "2016-01-01 fireworks.jpg", ("2016-01-01T00:00:07", "exif")),
        (DateTexts(), "IMG_20160101_000007.jpg", ("2016-01-01T00:00:07", "name")),
        # Noon is a beginning too, and a clock may run for days.
        (DateTexts((NOON,)), NAMED, ("2018-07-25T16:34:23", "name")),
        (DateTexts((NOON,)), "a.jpg", ("2012-01-01T12:00:00", "exif")),
        (DateTexts((AFTER_NOON,)), NAMED, ("2012-01-01T12:00:09", "exif")),
        (DateTexts((DAYS_LATER,)), NAMED, ("2018-07-25T16:34:23", "name")),
        (DateTexts((DAYS_LATER,)), "a.jpg", ("1970-01-05T06:07:08", "exif")),
        (DateTexts((), GOPRO), "x.jpg", ("2016-01-01T00:00:07", "exif")),
    ],
)  # fmt: skip
def test_the_first_hour_of_a_year_counts_if_nothing_speaks_against_it(
    texts: DateTexts, name: str, expected: tuple[str, str]
) -> None:
    """Cameras begin with it, and people are awake."""
    assert expected == chosen(texts, name)


@pytest.mark.parametrize(
    ("text", "texts", "name"),
    [
        ("2000:01:01 15:30:00", DateTexts(), "2000-01-01 Millennium.jpg"),
        ("2000:01:01 00:00:12", DateTexts(), "20000101_000012.jpg"),
        ("2000:01:01 15:30:00", DateTexts(gps=GpsDateText("2000:01:01", (14, 30, 0))), "x.jpg"),
        ("2002:12:08 12:00:00", DateTexts(), "IMG_20021208_120000.jpg"),
        # Neighbours, on which no clock begins.
        ("2000:01:02 00:00:00", DateTexts(), "x.jpg"),
        ("2002:12:08 12:00:01", DateTexts(), "x.jpg"),
        ("1999:12:31 23:59:59", DateTexts(), "x.jpg"),
        ("1980:01:02 00:00:00", DateTexts(), "x.jpg"),
        ("2015:01:01 00:00:07", DateTexts(), "x.jpg"),
    ],
)
def test_a_real_photo_of_such_a_day_keeps_its_date(text: str, texts: DateTexts, name: str) -> None:
    """If the name or GPS says the same; and the days beside it are days like others."""
    texts = DateTexts((ExifDateText(text),), gps=texts.gps)

    assert "exif" == chosen(texts, name)[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-12-09T18:59:32+01:00", "2019-12-09T18:59:32+01:00"),
        ("2019-12-09T18:59:32.25Z", "2019-12-09T18:59:32.250000+00:00"),
        ("2019-12-09T18:59", "2019-12-09T18:59"),
        ("2019-12-09T18:59+01:00", "2019-12-09T18:59+01:00"),
        ("2019-12-09", "2019-12-09"),
        ("2019-12", "2019-12"),
        ("2019", "2019"),
        ("2019-12-09 18:59:32 -0500", "2019-12-09T18:59:32-05:00"),
        # darktable, and exiv2 in its early years
        ("2019:12:09 18:59:32", "2019-12-09T18:59:32"),
        ("2019:12:09T18:59:32", "2019-12-09T18:59:32"),
        (" 2019-12-09 ", "2019-12-09"),
    ],
)
def test_xmp_dates_are_iso_dates_or_have_exifs_colons(text: str, expected: str) -> None:
    """XMP's dates come with or without time, fraction and offset, and as short as a year."""
    assert (expected, "xmp") == chosen(DateTexts(xmp=(text,)))


@pytest.mark.parametrize("text", ["", "yesterday", "0000-00-00T00:00:00", "20", "2019-13"])
def test_an_xmp_text_that_names_no_year_is_none(text: str) -> None:
    """Nor does a month that no calendar has."""
    assert "mtime" == chosen(DateTexts(xmp=(text,)))[1]


@pytest.mark.parametrize(
    ("date", "time_of_day", "expected"),
    [
        ("20230615", "101112+0200", "2023-06-15T10:11:12+02:00"),
        ("20230615", "101112", "2023-06-15T10:11:12"),
        (b"20230615", b"101112-0500", "2023-06-15T10:11:12-05:00"),
        ("2023-06-15", "10:11:12+02:00", "2023-06-15T10:11:12+02:00"),
        ("20230615", None, "2023-06-15"),
        ("20230615", "", "2023-06-15"),
        ("20230615", "996699", "2023-06-15"),
        ("20230600", "101112", "2023-06"),
        ("20230000", None, "2023"),
    ],
)
def test_iptc_dates_are_as_long_as_what_is_known(
    date: object, time_of_day: object, expected: str
) -> None:
    """IPTC writes zeros for a day or a month that nobody knows."""
    assert (expected, "iptc") == chosen(DateTexts(iptc=(IptcDateText(date, time_of_day),)))


@pytest.mark.parametrize("date", ["00000000", b"\xff\xfe", "", None, 7, "20231399"])
def test_an_iptc_date_of_zeros_is_none(date: object) -> None:
    """Without a year there is nothing."""
    assert "mtime" == chosen(DateTexts(iptc=(IptcDateText(date, "101112"),)))[1]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (MUNICH, "2017-11-01T00:35:00+01:00"),
        (TOKYO, "2017-11-01T08:35:00+09:00"),
        (NEW_YORK, "2017-10-31T19:35:00-04:00"),
        (None, "2017-11-01T06:05:00+06:30"),
    ],
)
def test_gps_time_is_told_where_the_photo_was_taken(
    monkeypatch: pytest.MonkeyPatch, position: Position | None, expected: str
) -> None:
    """Satellites count in UTC; without a position it is this machine's zone, as for an mtime."""
    monkeypatch.setenv("TZ", "<+0630>-6:30")
    time.tzset()
    try:
        found = chosen(DateTexts(gps=GpsDateText("2017:10:31", (23, 35, 0)), position=position))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert (expected, "gps") == found


def test_a_phone_photo_stays_in_october() -> None:
    """GPS' UTC never outranks the name, which is local time."""
    texts = DateTexts(gps=GpsDateText("2023:10:31", (16, 35, 0)), position=MUNICH)

    assert ("2023-10-31T17:35:10", "name") == chosen(texts, "IMG_20231031_173510.jpg")


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ("2017:05:06 09:08:09", "exif"),
        ("2017:05:07 09:08:09", "gps"),
        ("2016:05:06 09:08:09", "gps"),
    ],
)
def test_a_save_at_the_time_of_the_fix_was_the_cameras(saved: str, expected: str) -> None:
    """EXIF's plain DateTime is local time; later than the fix it is some program's."""
    assert expected == chosen(DateTexts((), ExifDateText(saved), gps=FIX, position=MUNICH))[1]


@pytest.mark.parametrize(
    ("date", "time_of_day"),
    [
        ("2024:02:03", None),
        (None, (1.0, 2.0, 3.0)),
        ("2024:02:03", (float("nan"), 0.0, 0.0)),
        ("2024:02:03", (25.0, 0.0, 0.0)),
        ("2024:02:03", (-1.0, 0.0, 0.0)),
        ("2024:02:03", (1.0, float("inf"), 0.0)),
        ("2024:02:03", (1.0, 2.0)),
        ("2024:02:03", ("a", "b", "c")),
        ("0000:00:00", (1.0, 2.0, 3.0)),
        ("1980:01:06", (0.0, 0.0, 0.0)),
    ],
)
def test_half_a_gps_time_is_none(date: object, time_of_day: object) -> None:
    """Date, hour and minute must be there and possible; a receiver's first day is none."""
    assert "mtime" == chosen(DateTexts(gps=GpsDateText(date, time_of_day), position=MUNICH))[1]


def test_gps_without_seconds_is_known_to_the_minute() -> None:
    """0/0 is how some write that they do not know."""
    gps = GpsDateText("2024:02:03", (4.0, 5.0, float("nan")))

    assert ("2024-02-03T05:05+01:00", "gps") == chosen(DateTexts(gps=gps, position=MUNICH))


def test_a_pixels_name_is_told_where_the_photo_was_taken() -> None:
    """A Pixel names in UTC: an evening photo of Tokyo belongs to the next day."""
    name = "PXL_20201231_233000144.MP.jpg"

    assert ("2021-01-01T08:30:00.144000+09:00", "name") == chosen(DateTexts(position=TOKYO), name)


@given(st.datetimes(datetime(1981, 1, 1), datetime(2037, 12, 31)), st.integers(-1439, 1439))  # noqa: DTZ001
def test_any_moment_comes_back_from_exif(moment: datetime, minutes: int) -> None:
    """What a camera would write is what we read."""
    zone = timezone(timedelta(minutes=minutes))
    sign, away = "-" if minutes < 0 else "+", abs(minutes)
    offset = f"{sign}{away // 60:02}:{away % 60:02}"

    text = ExifDateText(f"{moment:%Y:%m:%d %H:%M:%S}", f"{moment:%f}", offset)
    read = dates.date_of_exif(text)

    assert read is not None
    assert moment.replace(tzinfo=zone) == read.when


@given(st.text() | st.from_regex(r"[0-9]{4}[:-][0-9]{2}[:-][0-9]{2}.{0,30}"), st.binary())
def test_no_text_is_too_strange(text: str, data: bytes) -> None:
    """Any text gives a date or none, and never an error."""
    texts = DateTexts(
        (ExifDateText(text, text, text), ExifDateText(data, data, data)),
        ExifDateText(text),
        (text,),
        (IptcDateText(text, text), IptcDateText(data, data)),
        GpsDateText(text, (text, text, text)),
    )

    assert dates.choose(texts, text, MTIME).origin in TakenFrom
