"""When a photo was taken, by its name.

Names of phones, apps, scanners and desktops are a small language: a day, perhaps a time, and what
joins them. `2024-05-21 um 14.45.52`, `20240521_144552123` and `2024.05.21 - 14.45.52` are sentences
of it, in any tongue, because the words in between do not matter. A day alone is believed only where
somebody is known to write it so; two digits for a year, or milliseconds since 1970, only of tools
that are known for them (`_TOOLS`). The rest that looks like a date (a hash, a serial number, a
resolution, a version) is kept out by its edges and by the calendar.

A sync tool that finds two versions of a file writes the date of the conflict into the name of one:
that is no date of the photo, so a name is read only up to such a mark.

Sources: Google Photos Takeout Helper's guess_extractor.dart, immich-go's internal/filenames, Ente's
file-name.ts, WechatExif's list, Nextcloud's NCUtilityFileSystem.createFileName; for the marks,
Syncthing's folder_sendrecv.go, Nextcloud's and ownCloud's makeConflictFileName, Seafile's
gen_conflict_path and the names that Dropbox, Synology Drive, Unison and Resilio document.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gallery_daemon.partial_date import Granularity, PartialDate

if TYPE_CHECKING:
    from collections.abc import Iterator

# Digital cameras and the phones that name photos by date came after this.
_YEARS = range(1990, 2100)
# People name their scans by the print's date, as in 1965-07-04 Oma.
_YEARS_OF_PEOPLE = range(1900, 2100)
_NOON = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_CONFLICT = (
    r"conflict|konflikt|conflit|clash|modstrid|motstrid|ristiriit|ütköz|çak\u0131ş|bentrok|xung đột"
    r"|конфл[иі]кт|σύγκρουσ|διένεξ|התנגש|סותר|تعارض|ขัดแย้ง|競合|冲突|衝突|충돌"
)
# Words in brackets; a computer's name in them may have brackets of its own.
_IN_BRACKETS = r"(?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*"
_MARK = re.compile(
    # Syncthing; its older versions are named ~20240501-123456
    r"[.~]sync-conflict-\d{8}-\d{6}|~\d{8}-\d{6}(?=\.|$)"
    # Nextcloud, ownCloud (with the user's name in between) and kDrive
    r"|_(?:conflict|blacklisted)[-_](?:.*[-_])?\d{8}[-_]\d{6}"
    # Dropbox, Nextcloud, Seafile, Unison, pCloud, Box: in words, in any language
    rf"|\s?[(\[]{_IN_BRACKETS}(?:{_CONFLICT}){_IN_BRACKETS}[)\]]"
    # the same where something took the brackets away
    rf"|[\s._-](?:[^\s._-]+['\u2019]s[\s._-])?(?:{_CONFLICT})[a-z]*"
    r"(?:[\s_-]copy(?![a-z])|[\s._-]*(?:\d{8}|\d{4}-\d\d-\d\d))"
    # Synology Drive: _HOST_May-01-123456-2024_Conflict
    r"|_[^_]*_[a-z]{3}-\d\d-\d{4,6}-\d{4}_(?:case)?conflict"
    # Resilio and rclone; git-annex
    r"|\.conflict\d*(?=\.|$)|\.\.path\d|\.variant-[0-9a-f]+"
    # older versions: a.jpg 2024-05-01 123456.jpg (FreeFileSync), and Windows' File History
    r"|\.[a-z]{3,4} \d{4}-\d\d-\d\d \d{6}(?=\.|$)"
    r"| \(\d{4}_\d\d_\d\d \d\d_\d\d_\d\d UTC\)"
    # what rclone shows of a store's older versions
    r"|-v\d{4}-\d\d-\d\d-\d{6}-\d{3}(?=\.|$)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)

# How the names of months begin in languages of Europe, full or cut.
_MONTHS = (
    "jan|jän|gen|ene", "feb|fev|fév", "mar|mär|mrt|maar", "apr|abr|avr", "may|mai|mag|mei|maj",
    "jun|juin|giu", "jul|juil|lug", "aug|ago|aoû|aou", "sep|set", "oct|okt|ott|out", "nov",
    "dec|dez|dic|déc|des",
)  # fmt: skip
# Before the time in East Asia and Turkey; behind it in Arabic, Greek, Malay and Persian.
_BEFORE_NOON, _AFTER_NOON = "上午|午前|오전|凌晨|清晨|早上|ÖÖ", "下午|午後|오후|中午|晚上|ÖS"
_EARLY, _LATE = r"ص|π\.?\s?μ\.?|PG|ق\.?\s?ظ\.?", r"م|μ\.?\s?μ\.?|PTG|ب\.?\s?ظ\.?"
_WORD = rf"(?!{_BEFORE_NOON}|{_AFTER_NOON})[^\W0-9_]{{1,5}}\.?(?:\(s\))?"
_PARTS = {
    "{YYYY}": r"(?P<year>(?:19|20)\d\d)",
    "{YY}": r"(?P<short>\d\d)",
    "{MM}": r"(?P<month>\d\d)",
    "{DD}": r"(?P<day>\d\d)",
    "{M}": r"(?P<month>\d\d?)",
    "{D}": r"(?P<day>\d\d?)(?!\d)",
    "{Mon}": rf"(?P<name>{'|'.join(_MONTHS)})[^\W0-9_]*\.?",
    "{hh}": r"(?P<hour>\d\d)",
    "{h}": r"(?P<hour>\d\d?)",
    "{mm}": r"(?P<minute>\d\d)",
    "{ss}": r"(?P<second>\d\d)",
    "{fff}": r"(?P<fraction>\d{3})",
    "{ms}": r"(?P<ms>\d{13})(?!\d)",
    "{gap}": "(?P<gap>[-_.])",
    "{dot}": r"(?P<dot>[-_.:\s])",
    # At, um, à, a la(s), kl., alle ore; with a hyphen where a web server takes no spaces.
    "{words}": rf",?[\s_]+(?:{_WORD}[\s_]+){{0,2}}(?:{_WORD}-)?|-(?:{_WORD}-){{1,2}}|at|于|於",
    "{half}": rf"(?P<half>(?:{_BEFORE_NOON}|{_AFTER_NOON})\s?)?",
    "{noon}": (
        rf"(?:[\s-]?(?:(?P<noon>[ap])\.?\s?m\b\.?|(?P<early>{_EARLY})(?!\w)|(?P<late>{_LATE})(?!\w)))?"
    ),
    "{zone}": r"(?P<zone>Z(?![a-z])|_UTC(?![a-z]))?",
}


def _shape(text: str) -> re.Pattern[str]:
    """The pattern with its parts in braces filled in; only the digits of ASCII are digits."""
    for name, part in _PARTS.items():
        text = text.replace(name, part)
    return re.compile(text.replace(r"\d", "[0-9]"), re.IGNORECASE)


_SOLID_DAY = _shape(r"(?<!\d){YYYY}{MM}{DD}")
_APART_DAY = _shape(r"(?<!\d){YYYY}{gap}{M}(?P=gap){D}")
_IN_SIGNS = _shape(r"(?<!\d){YYYY}[年년]\s?{M}[月월]\s?(?P<day>\d\d?)[日일]")
_DAYS = (
    _SOLID_DAY,
    _APART_DAY,
    _shape(r"(?<!\d){YYYY}_{MM}{DD}(?=_\d{6}(?!\d))"),  # dashcams
    _IN_SIGNS,
    # With dots the day is first everywhere; 05-21-2024 and 21-05-2024 are clear, 05-06-2024 is not.
    _shape(r"(?<!\d)(?<!\d\.)(?<!\bv)(?P<day>\d\d?)\.{M}\.{YYYY}(?!\d)"),
    _shape(r"(?<!\d)(?<!\d[-_])(?P<one>\d\d){gap}(?P<two>\d\d)(?P=gap){YYYY}(?!\d)"),
    _shape(r"(?<!\d)(?<!\d[-_])(?P<one>\d\d?)(?P<gap>[-_])(?P<two>\d\d?)(?P=gap){YYYY}(?!\d)"),
    _shape(r"^{YYYY}\s{MM}\s{DD}(?!\d)"),
    _shape(r"(?<![^\W_]){Mon}\s{D},?\s{YYYY}(?!\d)"),
    _shape(r"(?<!\d)(?P<day>\d\d?)\.?[\s-]{Mon}[\s-]{YYYY}(?!\d)"),
)

_JOIN = r"(?P<join>[-_T.]|\s*[-,_~]{1,2}\s*|{words})"
# Digits that follow a solid day at once: milliseconds, or a Switch's hundredths and hash.
_SOLID_TIME = _shape(r"{hh}{mm}{ss}(?:{fff}\d?|\d\d(?=-[0-9a-f]{32}))?(?!\d)")
# In names that begin with the day (Samsung's bursts, dashcams) a counter follows.
_COUNTED_TIME = _shape(_JOIN + r"{hh}{mm}{ss}_\d{3}(?!\d)")
_TIMES = (
    _shape(_JOIN + r"{half}{hh}{mm}{ss}(?:[-_.]?{fff}(?!\d)|\d\d)?{zone}(?!\d){noon}"),
    _shape(_JOIN + r"{half}{h}{dot}{mm}(?P=dot){ss}(?:[-_.]{fff}(?!\d))?{zone}(?!\d){noon}"),
    _shape(_JOIN + r"{hh}h{mm}m{ss}s{fff}?(?!\d)"),  # VLC
    _shape(r"(?<=[日일]){hh}{mm}{ss}(?!\d)"),
    _shape(r"\s?{half}{h}[时時시]\s?{mm}[分분]\s?{ss}[秒초]"),
    _shape(r"(?:{words}|T){h}[-_.:h]{mm}(?!\d|[-.:]\d){noon}"),
    _shape(r"T{hh}{mm}(?!\d)"),
)

# What may stand before and behind a day without a time.
_BEFORE_SOLID = _shape(
    r"(?:(?:(?:photo)?scan[a-z]*|cci|photo|foto|pic[a-z]*|(?:pasted[- ])?image|bild|wp(?:_ss)?)?"
    r"[-_ ]*)"
)
_BEHIND_SOLID = _shape(r"$|[-_ .(](?!\d{5}|\d{1,4}[-_.]\d)")
_BEFORE_APART = re.compile(r"(?:.*[^-._0-9]|.*[^0-9][-._])?", re.DOTALL)
_BEHIND_APART = _shape(r"(?!\d|\.\d|-\d{4}|-\d{1,3}[-.]\d)")

# The name of one of these tools is read by its own shape.
_TOOLS = tuple(
    _shape(shape)
    for shape in (
        # WhatsApp and BlackBerry; Canon's scanners
        r"^(?:img|vid|stk|ptt|aud)[-_]{YYYY}{MM}{DD}[-_](?:wa\d+|\d{5}(?!\d))",
        r"^doc-{YYYY}{MM}{DD}-wa\d+",
        r"^img_{YYYY}{MM}{DD}_\d{4}(?!\d)",
        # Nextcloud for iOS: 22-04-06 15-21-03 2160
        r"^{YY}-{MM}-{DD} {hh}-{mm}-{ss} \d+(?![-\d])",
        r"^picsart_{YY}-{MM}-{DD}_{hh}-{mm}-{ss}(?:-{fff})?(?!\d)",
        # Telegram's export: photo_1@30-01-2020_09-57-18
        r"^[a-z]+_\d+@{DD}-{MM}-{YYYY}_{hh}-{mm}-{ss}(?!\d)",
        # VirtualBox, Final Fantasy XIV, World of Warcraft, Samsung Notes
        r"^virtualbox_.*_{DD}_{MM}_{YYYY}_{hh}_{mm}_{ss}(?!\d)",
        r"^ffxiv_{DD}{MM}{YYYY}_{hh}{mm}{ss}(?!\d)",
        r"^wowscrnshot_{MM}{DD}{YY}_{hh}{mm}{ss}(?!\d)",
        r"^notes_{YY}{MM}{DD}_{hh}{mm}{ss}(?!\d)",
        # dashcams, VueScan, albums of LINE
        r"^file{YY}{MM}{DD}-{hh}{mm}{ss}(?!\d)",
        r"^scan-{YY}{MM}{DD}-\d{4}(?!\d)",
        r"^line_album_.*_{YY}{MM}{DD}_\d+(?!\d)",
        # iOS and Photo Booth, where dates have dots; Photo Booth in America
        r"^(?:foto|photo|video) {DD}\.{MM}\.{YY},? {hh} {mm} {ss}(?!\d)",
        r"^(?:foto|photo) [a-z]+ {DD}\.{MM}\.{YY} [a-z]+ {h}[.:]{mm}(?!\d){noon}",
        r"^photo on (?P<one>\d\d?)-(?P<two>\d\d?)-{YY} at {h}[.:]{mm}(?!\d){noon}",
        # Facebook, WeChat and others count milliseconds
        r"^(?:fb_img_|picsart_|faceapp_|mtxx_|wx_camera_|micromsg\.(?:tmp\.)?){ms}",
        r"^(?:thumb)?mm(?:export|qrcode|_[a-z_]*qrcode_)(?:[0-9a-f]{32}_)?{ms}",
    )
)
_UTC = re.compile(r"PXL_", re.IGNORECASE)


def date_of_name(name: str) -> PartialDate | None:
    """The date in the file's name, as far as it goes.

    It is the phone's local time, without an offset, or in UTC where the writer uses that: a Pixel,
    and what counts milliseconds or ends with a Z.
    """
    text = _EXTENSION.sub("", unmarked(_plain(name)))
    known = next((each for each in (_of_tool(shape, text) for shape in _TOOLS) if each), None)
    known = known or _first_of(_with_time(text)) or _first_of(_day_alone(text))
    if known is None or known.when.tzinfo is not None or not _UTC.match(text):
        return known
    return PartialDate(known.when.replace(tzinfo=UTC), known.granularity)


def unmarked(name: str) -> str:
    """The name up to the mark of a sync tool that found two versions of the file."""
    mark = _MARK.search(name)
    return name if mark is None else name[: mark.start()]


def _plain(name: str) -> str:
    """The name with the spaces and digits of ASCII, and without the marks of right-to-left texts.

    A phone in Cairo counts with its own digits.
    """
    normal = unicodedata.normalize("NFKC", name)
    shown = (each for each in normal if unicodedata.category(each) != "Cf")
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in shown)


def _first_of(dates: Iterator[PartialDate | None]) -> PartialDate | None:
    return next((each for each in dates if each), None)


def _of_tool(shape: re.Pattern[str], text: str) -> PartialDate | None:
    found = shape.search(text)
    if found is None:
        return None
    parts = found.groupdict()
    if milliseconds := parts.get("ms"):
        when = _EPOCH + timedelta(milliseconds=int(milliseconds))
        return PartialDate(when) if when.year in _YEARS else None
    return _date(parts, parts)


def _days(text: str) -> Iterator[re.Match[str]]:
    """Everything that has the form of a day, from left to right."""
    found = (day for shape in _DAYS for day in shape.finditer(text))
    return iter(sorted(found, key=lambda day: day.start()))


def _with_time(text: str) -> Iterator[PartialDate | None]:
    """The days that a time follows."""
    for day in _days(text):
        times = (_SOLID_TIME, *_TIMES) if day.re is _SOLID_DAY else _TIMES
        if day.start() == 0:
            times = (_COUNTED_TIME, *times)
        for time in (shape.match(text, day.end()) for shape in times):
            if time:
                yield _date(day.groupdict(), time.groupdict(), _years(day))


def _day_alone(text: str) -> Iterator[PartialDate | None]:
    """The days that somebody is known to write without a time."""
    alone = (day for day in _days(text) if _stands_alone(day, text))
    return (_date(day.groupdict(), {}, _years(day)) for day in alone)


def _years(day: re.Match[str]) -> range:
    return _YEARS_OF_PEOPLE if day.re is _APART_DAY and day.start() == 0 else _YEARS


def _stands_alone(day: re.Match[str], text: str) -> bool:
    """Whether what is before and behind the day lets it be one."""
    before, behind = text[: day.start()], text[day.end() :]
    if day.re is _SOLID_DAY:
        return bool(_BEFORE_SOLID.fullmatch(before) and _BEHIND_SOLID.match(behind))
    if day.re is _APART_DAY and len(day["month"] + day["day"]) < len("0102"):
        return False  # 2021.1.2 may be a version
    return bool(_BEFORE_APART.fullmatch(before) and _BEHIND_APART.match(behind))


def _date(
    day: dict[str, str | None], time: dict[str, str | None], years: range = _YEARS
) -> PartialDate | None:
    """The parts as a date; None if the calendar or the clock does not have them."""
    year = int(day.get("year") or f"20{day.get('short')}")
    month, of_month = _month_and_day(day)
    if year not in years:
        return None
    hour, minute, second = (time.get(part) for part in ("hour", "minute", "second"))
    zone = (time.get("zone") or "").upper()
    is_utc = zone == "_UTC" or (zone == "Z" and (time.get("join") or "").upper() == "T")
    try:
        # Without an offset: it is the phone's local time, in an unknown zone.
        when = datetime(year, month, of_month)  # noqa: DTZ001
        if hour is None or minute is None:
            return PartialDate(when, Granularity.DAY)
        when = when.replace(hour=_hour(int(hour), time), minute=int(minute))
        when = when.replace(tzinfo=UTC) if is_utc else when
        if second is None:
            return PartialDate(when, Granularity.MINUTE)
        microseconds = int((time.get("fraction") or "").ljust(6, "0"))
        return PartialDate(when.replace(second=int(second), microsecond=microseconds))
    except ValueError:
        return None


def _month_and_day(day: dict[str, str | None]) -> tuple[int, int]:
    """Both as numbers; zeros, which no calendar has, where it cannot be told which is which."""
    if name := day.get("name"):
        months = (
            month for month, names in enumerate(_MONTHS, 1) if name.lower() in names.split("|")
        )
        return next(months), int(day["day"] or 0)
    if (one := day.get("one")) and (two := day.get("two")):
        low, high = sorted((int(one), int(two)))
        return (low, high) if high > len(_MONTHS) or low == high else (0, 0)
    return int(day["month"] or 0), int(day["day"] or 0)


def _hour(hour: int, time: dict[str, str | None]) -> int:
    """The hour of the day; of twelve, before or after noon."""
    noon, half = (time.get("noon") or "").lower(), (time.get("half") or "").strip()
    is_after = noon == "p" or time.get("late") or re.fullmatch(_AFTER_NOON, half, re.IGNORECASE)
    if hour > _NOON or not (noon or half or time.get("early") or is_after):
        return hour
    return hour % _NOON + (_NOON if is_after else 0)
