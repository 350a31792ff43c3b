"""Dates in file names."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging.names import date_of_name
from gallery_daemon.partial_date import PartialDate

NAMED = {
    "IMG_20180725_163423.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423-tiny.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423_123.jpg": "2018-07-25T16:34:23.123000",
    "IMG_20190221_112112042_BURST000_COVER_TOP.jpg": "2019-02-21T11:21:12.042000",
    "MVIMG_20200616_124008.jpg": "2020-06-16T12:40:08",
    "PANO_20160101_000001.jpg": "2016-01-01T00:00:01",
    "20220514_102409.jpg": "2022-05-14T10:24:09",
    "20220514_102409(0).jpg": "2022-05-14T10:24:09",
    "20220514_102409~2.jpg": "2022-05-14T10:24:09",
    "IMG20240701123405.jpg": "2024-07-01T12:34:05",
    "00015IMG_00015_BURST20171111030039_COVER.jpg": "2017-11-11T03:00:39",
    "DSC_0001_BURST20230709220904977.JPG": "2023-07-09T22:09:04.977000",
    "Screenshot_20190101-120000_Maps.png": "2019-01-01T12:00:00",
    "Screenshot_2020-05-01-12-34-56-789_com.app.jpg": "2020-05-01T12:34:56",
    "Screenshot_20220818_032821_Gallery.jpg": "2022-08-18T03:28:21",
    "Screenshot 2019-05-21 at 10.45.52.png": "2019-05-21T10:45:52",
    "Screenshot 2024-05-21 at 9.45.52\u202fPM.png": "2024-05-21T21:45:52",
    "Screenshot 2024-05-21 at 12.05.00 AM.png": "2024-05-21T00:05:00",
    "WhatsApp Image 2026-08-31 at 15.41.14 (1).jpeg": "2026-08-31T15:41:14",
    "IMG-20170403-WA0001.jpg": "2017-04-03",
    "signal-2020-10-26-163832.jpg": "2020-10-26T16:38:32",
    "signal-2020-10-26-16-38-32-123.jpg": "2020-10-26T16:38:32",
    "telegram_2020-01-30_09-57-18.jpg": "2020-01-30T09:57:18",
    "2014-08-25_17.15.33.jpg": "2014-08-25T17:15:33",
    "2014-08-25 17.15.33-1.jpg": "2014-08-25T17:15:33",
    "2018-04-12 19_24_49.gif": "2018-04-12T19:24:49",
    "Photo 2020-01-30 (2).jpg": "2020-01-30",
}
NAMELESS = (
    "IMG_1234.HEIC",
    "IMG-20170403.jpg",
    "DSC_0042.JPG",
    "20991332_102409.jpg",
    "20200230_102409.jpg",
    "20200130_256109.jpg",
    "18000101_102409.jpg",
    "1202001301024099.jpg",
    "FB_IMG_1580378238.jpg",
    "192.168.10.20.jpg",
    "2020-01-30-4711-12.jpg",
    "",
)


@pytest.mark.parametrize("name", NAMED)
def test_the_names_of_phones_and_apps_tell_a_date(name: str) -> None:
    """Every shape of the table gives the date that its writer meant, without an offset."""
    known = date_of_name(name)

    assert known is not None
    assert NAMED[name] == known.text


@pytest.mark.parametrize("name", NAMELESS)
def test_counters_and_serial_numbers_are_no_dates(name: str) -> None:
    """Digits that no calendar has, or that run on, are left alone."""
    assert date_of_name(name) is None


def test_a_pixels_name_is_utc() -> None:
    """A Pixel names in UTC, whatever is before and behind the time."""
    known = date_of_name("PXL_20201231_233000144.MP.jpg")

    assert known is not None
    assert "2020-12-31T23:30:00.144000+00:00" == known.text


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_any_moment_comes_back_from_a_phones_name(moment: datetime) -> None:
    """What an Android camera would write is what we read."""
    whole_second = moment.replace(microsecond=0)

    assert PartialDate(whole_second) == date_of_name(f"IMG_{moment:%Y%m%d_%H%M%S}.jpg")


@given(st.text())
def test_no_name_is_too_strange(name: str) -> None:
    """Any text gives a date or none, and never an error."""
    date_of_name(name)
    date_of_name(f"{name}20200101_101010{name}")
