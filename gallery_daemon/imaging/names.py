"""What a file's name says: that it claims to be a photo, when it was taken, which burst it is of.

Names are conventions of phones, apps and sync tools, so each is a table of shapes with the programs
that write them. Digits that happen to look like a date (a hash, a serial number) are excluded by
the shape, by edges that are no digits, and by the calendar. What a file *is*, only its content
decides (`formats`).

Sources: the names that photo importers know (Google Photos Takeout Helper's guess_extractor.dart,
immich-go's info_test.go, Ente), Samsung's in the test data of Apache Commons Imaging, and files
from real phones.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from gallery_daemon.partial_date import Granularity, PartialDate

_PHOTO_ENDINGS = (
    ".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic",
    ".heif", ".hif", ".avif",
)  # fmt: skip
# Digital cameras and the phones that name photos by date came after this.
_YEARS = range(1990, 2100)

_DAY = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
_TIME = r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)"
_FRACTION = r"(?P<fraction>\d{3})"
_DAY_APART = r"(?P<year>\d{4})(?P<gap>[-_.])(?P<month>\d\d)(?P=gap)(?P<day>\d\d)"
_TIME_APART = r"(?P<hour>\d{1,2})(?P<dot>[-_.:])(?P<minute>\d\d)(?P=dot)(?P<second>\d\d)"
_NOON = r"(?:[\s\u202f]?(?P<noon>[AP])M\b)?"

_SHAPES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(shape, re.IGNORECASE | re.ASCII)
    for shape in (
        # IMG_20180725_163423, IMG_20180725_163423_123, PXL_20200710_061629144.MP, MVIMG_, PANO_,
        # 20220514_102409 (Samsung), 20220514_102409(0), Screenshot_20190101-120000_Maps
        rf"(?<!\d){_DAY}[-_]{_TIME}(?:[-_]?{_FRACTION})?(?!\d)",
        # IMG20240701123405 (Oppo, realme), 00015IMG_00015_BURST20171111030039_COVER
        rf"(?<!\d){_DAY}{_TIME}{_FRACTION}?(?!\d)",
        # Screenshot_2020-05-01-12-34-56-789_com.app, telegram_2020-01-30_09-57-18,
        # 2014-08-25_17.15.33 and 2014-08-25 17.15.33 (Dropbox), 2018-04-12 19_24_49,
        # WhatsApp Image 2026-08-31 at 15.41.14, Screenshot 2024-05-21 at 9.45.52 PM (macOS)
        rf"(?<!\d){_DAY_APART}(?:[-_T\s]|\sat\s){_TIME_APART}{_NOON}(?!\d)",
        # signal-2020-10-26-163832, signal-2020-10-26-16-38-32-123 is above
        rf"(?<!\d){_DAY_APART}[-_T\s]{_TIME}{_FRACTION}?(?!\d)",
        # IMG-20170403-WA0001 (WhatsApp), which gives the day alone
        rf"^(?:IMG|VID|STK)-{_DAY}-WA\d+",
        # 2020-01-30, Photo 2020-01-30 (2), as people and scanners write it
        rf"(?<![\d.-]){_DAY_APART}(?![\d.-]\d)(?!\d)",
    )
)
_PIXEL = re.compile(r"PXL_", re.IGNORECASE)

_BURSTS = tuple(
    re.compile(shape, re.IGNORECASE | re.ASCII)
    for shape in (
        # 00015IMG_00015_BURST20171111030039_COVER (Google), DSC_0001_BURST20230709220904977 (Sony)
        r"_(?P<burst>BURST\d{14,17})(?!\d)",
        # IMG_20190221_112112042_BURST000_COVER_TOP (Motorola), with the burst's own time
        r"^(?P<burst>.*\d{8}_\d{6,9}_BURST)\d{1,4}(?!\d)",
        # Samsung, as in 20220514_102409_031
        r"^(?P<burst>\d{8}_\d{6})_\d{3}(?!\d)",
    )
)


def claims_to_be_a_photo(name: str) -> bool:
    """Whether a person would expect a readable photo under this name."""
    return name.lower().endswith(_PHOTO_ENDINGS)


def date_of_name(name: str) -> PartialDate | None:
    """The date in the file's name, as far as it goes.

    It is the phone's local time, without an offset. Only a Pixel writes UTC.
    """
    for shape in _SHAPES:
        for found in shape.finditer(name):
            moment = _moment(found.groupdict())
            if moment:
                has_time = "hour" in found.groupdict()
                granularity = Granularity.SECOND if has_time else Granularity.DAY
                zone = UTC if _PIXEL.match(name) else None
                return PartialDate(moment.replace(tzinfo=zone), granularity)
    return None


def _moment(parts: dict[str, str | None]) -> datetime | None:
    """The named parts as one moment; None if the calendar does not have it."""
    number = {key: int(text) for key, text in parts.items() if text and text.isdecimal()}
    hour = number.get("hour", 0)
    if noon := parts.get("noon"):
        hour = hour % 12 + (12 if noon in "pP" else 0)
    if number["year"] not in _YEARS:
        return None
    try:
        # Without an offset on purpose: it is the phone's local time, in an unknown zone.
        return datetime(  # noqa: DTZ001
            number["year"],
            number["month"],
            number["day"],
            hour,
            number.get("minute", 0),
            number.get("second", 0),
            number.get("fraction", 0) * 1000,
        )
    except ValueError:
        return None


def burst_of(name: str) -> str | None:
    """The part that all names of one burst share, in capitals; None if the name is of no burst."""
    found = (shape.search(name) for shape in _BURSTS)
    return next((each["burst"].upper() for each in found if each), None)
