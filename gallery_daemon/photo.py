"""What is known of a photo, in the order of its journey, as it travels from room to room.

Seven nouns, seven frozen dataclasses: Candidate, Photo, Facts, Prediction, Decision, Plan, Filing.
(`Decision` has a file beside this one; `Plan` and `Filing` are in `filing`.) Paths are `str` as
`os.fsdecode` gives them, because `rules` must stay free of the file system; a name that is not
valid UTF-8 carries surrogates and is encoded to the same bytes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from gallery_daemon.partial_date import Granularity, PartialDate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# How fine file systems keep an mtime: FAT; ext3, HFS+ and exFAT by FUSE; exFAT; servers of S3 and
# WebDAV; UDF and NFS; NTFS. Sources: linux/fs/*/inode.c, rclone's table of modification times.
_MTIME_STEPS_NS = (2_000_000_000, 1_000_000_000, 10_000_000, 1_000_000, 1_000, 100)


class _FileStatus(Protocol):
    """What is read of an `os.stat_result`, without importing `os`."""

    @property
    def st_dev(self) -> int: ...
    @property
    def st_ino(self) -> int: ...
    @property
    def st_size(self) -> int: ...
    @property
    def st_mtime_ns(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file was when it settled; any difference means another file (promise 5).

    `ctime` is left out because making a hard link changes it. An mtime outside the years 1677 to
    2262, which a broken clock sets and file systems keep, becomes the nearest one inside: the
    journal has 64 bits for it.
    """

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, status: _FileStatus) -> Self:
        """The identity of the file that a `stat` describes."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    @property
    def modified_at(self) -> datetime:
        """The mtime in UTC, rounded down to microseconds; 64 bits are always inside the calendar.

        In whole numbers, because a float of seconds since 1970 is not exact to the microsecond.
        """
        return _EPOCH + timedelta(microseconds=self.mtime_ns // 1000)

    def has_same_bytes_as(self, other: Identity) -> bool:
        """Whether both have the same size and mtime, so the content was not changed.

        Device and inode are left out: the device number changes from mount to mount, and a copy, a
        move to another disk or a sync tool gives the same bytes another inode. File systems keep
        an mtime as fine as they can, so one of the two may be rounded.
        """
        if self.size_bytes != other.size_bytes:
            return False
        return _is_rounded(self.mtime_ns, other.mtime_ns)

    def __post_init__(self) -> None:
        """Clamp the mtime to 64 bits."""
        if not -(1 << 63) <= self.mtime_ns < 1 << 63:
            nearest = -(1 << 63) if self.mtime_ns < 0 else (1 << 63) - 1
            object.__setattr__(self, "mtime_ns", nearest)


def _is_rounded(one_ns: int, other_ns: int) -> bool:
    """Whether both are one time, as file systems keep it."""
    apart = abs(one_ns - other_ns)
    return apart == 0 or any(
        apart < step and (one_ns % step == 0 or other_ns % step == 0) for step in _MTIME_STEPS_NS
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that may become a photo.

    `source` is the watch folder's name, `root` its absolute path, `relative` the path below it.
    """

    source: str
    root: str
    relative: str

    @property
    def path(self) -> str:
        """The absolute path."""
        return f"{self.root.rstrip('/')}/{self.relative}"

    @property
    def name(self) -> str:
        """The last component of the path."""
        return self.relative.rpartition("/")[2]

    @property
    def folders(self) -> tuple[str, ...]:
        """The components between `root` and the name."""
        return tuple(self.relative.split("/")[:-1])


@dataclass(frozen=True, slots=True)
class Photo:
    """A settled candidate: it has not changed for the settle time.

    `settled_at` is the time of the wall clock, with its offset.
    """

    candidate: Candidate
    identity: Identity
    settled_at: datetime

    @property
    def path(self) -> str:
        """The absolute path."""
        return self.candidate.path

    @property
    def name(self) -> str:
        """The last component of the path."""
        return self.candidate.name


class TakenFrom(StrEnum):
    """Where a date comes from, the most trusted first."""

    EXIF = "exif"
    XMP = "xmp"
    IPTC = "iptc"
    NAME = "name"
    GPS = "gps"
    MTIME = "mtime"


@dataclass(frozen=True, slots=True)
class Taken:
    """When a photo was taken, as finely as that is known, and how it is known.

    `when` has an offset only where the file gives one; the rest is the camera's local time. Its
    parts below `granularity` are not known, and are the lowest there are.
    """

    when: datetime
    origin: TakenFrom
    granularity: Granularity = Granularity.SECOND

    @property
    def date(self) -> PartialDate:
        """The date alone."""
        return PartialDate(self.when, self.granularity)


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees north, -90 to 90, and east, -180 to 180; never logged."""

    latitude: float
    longitude: float


PLAIN = "plain"
"""The `dhash` of a picture with too little in it to compare."""


@dataclass(frozen=True, slots=True)
class SimilarPhoto:
    """A photo that was seen before another and is like it.

    `bits` is how many of 128 differ, None where they were not compared; `after_s` how many seconds
    after it the other was taken (before, if negative), None where one of the two does not say.
    """

    name: str
    bits: int | None
    after_s: float | None


@dataclass(frozen=True, slots=True)
class Similar:
    """The photos seen before that a photo belongs with, the nearest of each kind.

    `group` is the stem of the first photo of the chain that they belong to; None: there is none.
    """

    burst: SimilarPhoto | None = None
    near_duplicate: SimilarPhoto | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a photo without the model.

    `width` and `height` are pixels as a person sees them, after `orientation` (EXIF's 1 to 8) is
    applied; both are 0 when the file could not be read as a photo. `content_hash` is the SHA-256 in
    hexadecimal digits, of a photo that was read whole: because the rules ask for it, or anyway.
    `position` is there only with `has_gps`, and only if the file says which hemisphere. `dhash` is
    the picture as 128 bits in 32 hexadecimal digits, or `PLAIN`; None: not known. `similar` is no
    fact of the file and never leaves the process: it is looked up where the rules ask for it.
    """

    format: str
    width: int
    height: int
    orientation: int
    taken: Taken
    camera: str | None
    has_exif: bool
    has_gps: bool
    content_hash: str | None = None
    position: Position | None = None
    dhash: str | None = None
    similar: Similar | None = field(default=None, metadata={"stays": True})

    @classmethod
    def unread(cls, mtime: datetime) -> Facts:
        """Facts of a file that could not be read as a photo: only its mtime is known."""
        return cls(
            format="unknown",
            width=0,
            height=0,
            orientation=1,
            taken=Taken(mtime, TakenFrom.MTIME),
            camera=None,
            has_exif=False,
            has_gps=False,
        )


class LookKind(StrEnum):
    """How a picture is shown to the network: in full, or as a small preview has it."""

    FULL = "full"
    QUICK = "quick"


@dataclass(frozen=True, slots=True)
class Prediction:
    """Calibrated probabilities per class (0 to 1, sum 1), and the model that gave them.

    `model` reads `name@hash8`. `precision`: of a hundred held-out pictures that the model called
    this class with at least this confidence, so many were so (0 to 1); None: the model does not
    know. `familiarity`: the share of held-out pictures of known kinds that lie at least this far
    from all that the model was taught (0 to 1; 0.03: only three in a hundred are as strange);
    None: the model has no bank to compare with. `look` is how the model saw the photo.
    """

    probabilities: Mapping[str, float]
    model: str
    precision: float | None = None
    familiarity: float | None = None
    look: LookKind = LookKind.FULL

    @property
    def top_class(self) -> str:
        """The class with the highest probability; the first of equals."""
        return max(self.probabilities, key=lambda name: self.probabilities[name])

    @property
    def confidence(self) -> float:
        """The probability of the top class, 0 to 1."""
        return self.probabilities[self.top_class]

    def as_said(self, name: str | None) -> Prediction:
        """As if the model were certain of the class `name`, which a person said; None: as it is."""
        if name is None:
            return self
        probabilities = {**dict.fromkeys(self.probabilities, 0.0), name: 1.0}
        return Prediction(probabilities, self.model, precision=1.0, familiarity=1.0)

    @property
    def margin(self) -> float:
        """The top probability minus the second, 0 to 1; 1 for a model of one class."""
        first, *rest = sorted(self.probabilities.values(), reverse=True)
        return first - rest[0] if rest else 1.0


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers from `low` to `high`."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a full look may say of a photo of which a quick look is known.

    `probabilities` has a range for each class. `precisions` has one for each class whose precision
    the model knows, should the photo be called so. How familiar the photo is stays open.
    """

    probabilities: Mapping[str, Range]
    precisions: Mapping[str, Range]

    @property
    def top_classes(self) -> frozenset[str]:
        """The classes that may be the most probable."""
        surest = max(each.low for each in self.probabilities.values())
        return frozenset(name for name, each in self.probabilities.items() if each.high >= surest)

    @property
    def confidence(self) -> Range:
        """Of the most probable class, whichever it is."""
        each = self.probabilities.values()
        return Range(max(one.low for one in each), max(one.high for one in each))

    @property
    def margin(self) -> Range:
        """Of the most probable class over the second; 1 for a model of one class."""
        if len(self.probabilities) == 1:
            return Range(1.0, 1.0)
        lows = highs = 0.0
        for name, each in self.probabilities.items():
            others = [other for of, other in self.probabilities.items() if of != name]
            lows = max(lows, each.low - max(other.high for other in others))
            highs = max(highs, each.high - max(other.low for other in others))
        return Range(lows, highs)
