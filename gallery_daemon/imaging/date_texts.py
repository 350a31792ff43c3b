"""What the parts of a file say of its date, as it is written there.

Whoever reads a container fills this in (`facts`), and whoever decides reads it (`dates`). Nothing
is judged here: a text may be blank, impossible, of another type, or one of many. So a reader needs
no knowledge of dates:

- `exif` are EXIF's dates of taking, the most trusted first: DateTimeOriginal (also where it stands
  in IFD0, as TIFF/EP has it), then DateTimeDigitized. `saved` is DateTime.
- `xmp` are the values of the picture's own properties, the most trusted first:
  exif:DateTimeOriginal, photoshop:DateCreated, xmp:CreateDate (exif:DateTimeDigitized).
- `iptc` are pairs: DateCreated (2:55) with TimeCreated (2:60), then DigitalCreationDate (2:62) with
  DigitalCreationTime (2:63).
- `gps` is UTC; `position` tells in which time zone the photo was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.photo import Position


@dataclass(frozen=True, slots=True)
class ExifDateText:
    """A date of EXIF with its companions: the sub-seconds, and the offset from UTC."""

    date: object
    subseconds: object = None
    offset: object = None


@dataclass(frozen=True, slots=True)
class IptcDateText:
    """A date of IPTC, `20230615`, and its time, `101112+0200`; as text or as bytes."""

    date: object
    time: object = None


@dataclass(frozen=True, slots=True)
class GpsDateText:
    """GPSDateStamp, and GPSTimeStamp: hours, minutes, seconds."""

    date: object
    time: object = None


@dataclass(frozen=True, slots=True)
class DateTexts:
    """Every date that a file writes of itself."""

    exif: tuple[ExifDateText, ...] = ()
    saved: ExifDateText | None = None
    xmp: tuple[str, ...] = ()
    iptc: tuple[IptcDateText, ...] = ()
    gps: GpsDateText | None = None
    position: Position | None = None
