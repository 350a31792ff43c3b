"""Every setting, declared once: its key, what it may be, what it means and its default.

The reader, the JSON schema and the manual's table are made from these fields, so a new setting in a
section is one field here. The `Config` at the end is what the other rooms see: frozen, complete,
every path absolute.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gallery_daemon.config.kinds.base import Flag, OneOf, OneOrMore, Raw, Text
from gallery_daemon.config.kinds.local import (
    DEFAULT_MODEL,
    AbsolutePath,
    BundlePath,
    Listen,
    LocalAddress,
)
from gallery_daemon.config.kinds.quantity import Duration, Number, Size, Whole
from gallery_daemon.config.kinds.text import FolderOrLeave, Glob
from gallery_daemon.config.section import Section, option
from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.model.manifest import find_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.document import Node
    from gallery_daemon.rules.decide import RuleSet
    from gallery_daemon.rules.ruletest import AnyTest
    from gallery_daemon.rules.template import Template

FORMAT_VERSION = "1"

DEFAULT_MIN_CONFIDENCE = 0.80
"""A cautious start: what is below it goes to `uncertain`, where a person can look at it."""

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_WEEK_S = 7 * _DAY_S


class WatchMode(StrEnum):
    """How a watch folder is watched; auto polls where the file system sends no events."""

    AUTO = "auto"
    INOTIFY = "inotify"
    POLL = "poll"


class Device(StrEnum):
    """Where the network runs."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class EngineChoice(StrEnum):
    """What runs the network; auto measures when idle and remembers."""

    AUTO = "auto"
    TORCH = "torch"
    OPENVINO = "openvino"


class SidecarMode(StrEnum):
    """Whether XMP, AAE and the like go with their photo."""

    TOGETHER = "together"
    ALONE = "alone"


class Looks(StrEnum):
    """How photos are looked at first."""

    QUICK = "quick"
    FULL = "full"


class LearnWhen(StrEnum):
    """When a new version of the model is learned from lessons."""

    IDLE = "idle"
    ASK = "ask"
    NEVER = "never"


class SummaryMode(StrEnum):
    """How often the photos are summed up in the log."""

    DAILY = "daily"
    OFF = "off"


@dataclass(frozen=True)
class WatchFolder:
    """A folder to look at; `path` is absolute.

    `only` and `ignore` are globs as in rules: on the path below the folder where they hold a `/`,
    on the name where they do not. An empty `only` means everything.
    """

    name: str = option(
        Text(), "What `source` in a rule and {source} in a template call the folder."
    )
    path: str = option(AbsolutePath(), "The folder; ~ is your home.", example="~/Sync/Camera")
    mode: WatchMode = option(
        OneOf(WatchMode),
        "How it is watched; auto polls where the file system sends no events.",
        "auto",
    )
    poll_every_s: float = option(
        Duration(1, _DAY_S), "How often it is polled, such as {default}.", "60s", key="poll_every"
    )
    recursive: bool = option(Flag(), "Whether subfolders are looked into ({default}).", "true")
    settle_s: float = option(
        Duration(0, _HOUR_S),
        "A photo is filed when it has not changed for so long ({default}).",
        "5s",
        key="settle",
    )
    rescan_s: float = option(
        Duration(1, _WEEK_S),
        "The folder is listed again every so often ({default}).",
        "15m",
        key="rescan",
    )
    only: tuple[str, ...] = option(
        OneOrMore(Glob(folders=True)),
        "Only photos whose name, or path with a /, fits one of these globs.",
        unwritten=(),
    )
    ignore: tuple[str, ...] = option(
        OneOrMore(Glob(folders=True)),
        "No photos whose name, or path with a /, fits one of these globs.",
        unwritten=(),
    )


@dataclass(frozen=True)
class ModelChoice:
    """The model bundle, `default` or an absolute path, and the process that runs it.

    `version` is no key: it is the absolute folder of the version that was learned for the library
    and serves as the file is read; None: the bundle itself does.
    """

    bundle: str = option(
        BundlePath(),
        "`default`, or a folder made by `gallery-daemon train`.",
        DEFAULT_MODEL,
        key="path",
        example=DEFAULT_MODEL,
    )
    engine: EngineChoice = option(
        OneOf(EngineChoice), "What runs the network; auto measures when idle and remembers.", "auto"
    )
    device: Device = option(OneOf(Device), "Where torch runs the network.", "auto")
    idle_timeout_s: float = option(
        Duration(1, _WEEK_S),
        "The classifier process ends after so long without photos ({default}).",
        "5m",
        key="idle_timeout",
    )
    version: str | None = None

    @property
    def folder(self) -> Path:
        """Where its manifest and its head are: the version's folder, or else the bundle's."""
        return find_bundle(self.version or self.bundle)


@dataclass(frozen=True)
class Batch:
    """Photos are classified together: up to `size`, or `wait_s` after the first."""

    size: int = option(
        Whole(1, 256), "Up to so many photos are classified together ({default}).", "16"
    )
    wait_s: float = option(
        Duration(0, 60),
        "A batch waits so long for more, counted from its first photo ({default}).",
        "200ms",
        key="wait",
    )


@dataclass(frozen=True)
class Limits:
    """What a single photo may cost; beyond it the photo is quarantined."""

    # The largest phone photos known to us: 200 megapixels of a Galaxy, under 100 MB as JPEG, and a
    # 48-megapixel ProRAW, under 100 MB. A photo is held in memory once while it is looked at.
    photo_bytes: int = option(Size(), "The largest file ({default}).", "500MB", key="bytes")
    # 200 megapixels (Galaxy S23 Ultra and later) with room for a panorama. Decoded whole these take
    # up to 1 GB; Pillow's own limit, 179 million, would refuse them.
    photo_pixels: int = option(
        Whole(1, 10**10),
        "The most pixels, width times height ({default}).",
        "250_000_000",
        key="pixels",
    )
    # A 200-megapixel HEIC without a preview takes 7 to 10 s to decode on two slow cores.
    photo_s: float = option(
        Number(1, _HOUR_S), "The longest that reading it may take ({default}).", "30", key="seconds"
    )


@dataclass(frozen=True)
class Defaults:
    """What holds for every rule that does not say otherwise."""

    action: Action = option(
        OneOf(Action), "How photos come into the library ({default}).", "hardlink"
    )
    on_conflict: OnConflict = option(
        OneOf(OnConflict),
        "What is done where the name is taken ({default}); nothing is ever overwritten.",
        "dedupe",
    )
    identical: Identical | None = option(
        OneOf(Identical),
        "What is done where the same bytes have the name (as on_conflict says).",
        unwritten=None,
    )
    sidecars: SidecarMode = option(
        OneOf(SidecarMode),
        "Whether .xmp, .aae, films and edited versions go with their photo ({default}).",
        "together",
    )
    min_confidence: float | None = option(
        Number(0, 1),
        "How sure the model must be where a rule names a class ({default}); where min_precision is "
        "set and this is not, any confidence will do.",
        f"{DEFAULT_MIN_CONFIDENCE:.2f}",
        unwritten=None,
    )
    min_precision: float = option(
        Number(0, 1),
        "The same by what comes of it: of a hundred photos filed so many are right ({default}). "
        "A rule with its own min_confidence or min_precision takes neither of these two.",
        "0",
    )
    min_margin: float = option(
        Number(0, 1), "How far ahead of the second class the first must be ({default}).", "0"
    )


@dataclass(frozen=True)
class MetricsExport:
    """Where figures can be fetched, if anywhere."""

    listen: Listen | None = option(
        LocalAddress(),
        "127.0.0.1:PORT or unix:/path/of/a/socket; this machine alone.",
        unwritten=None,
        example="127.0.0.1:9464",
    )


@dataclass(frozen=True)
class LearnSettings:
    """When a new version of the model is learned from lessons."""

    when: LearnWhen = option(
        OneOf(LearnWhen),
        "idle: the daemon learns when nothing waits, and the new version serves if it passes the "
        "gate; ask: the log and `status` say when `gallery-daemon learn` is worth it; or never.",
        "ask",
    )
    after: int = option(
        Whole(5, 10_000), "So many new lessons are worth learning from ({default}).", "20"
    )


WATCH = Section("a watch folder", WatchFolder)
MODEL = Section("model", ModelChoice)
BATCH = Section("batch", Batch)
LIMITS = Section("limits", Limits)
DEFAULTS = Section("defaults", Defaults)
METRICS = Section("metrics", MetricsExport)
LEARN = Section("learn", LearnSettings)


@dataclass(frozen=True)
class TopLevel:
    """The file's own keys; a node is read later, when what it needs is known."""

    version: Node | None = option(
        Raw("the number 1"),
        f"The format of this file: {FORMAT_VERSION}.",
        unwritten=None,
        example=FORMAT_VERSION,
    )
    watch: Node | None = option(
        Raw("a folder, or a list of watch folders"),
        "The folders to look at: a path, or a list of watch folders.",
        unwritten=None,
        example="~/Sync/Camera",
    )
    library: str | None = option(
        AbsolutePath(),
        "The root of the sorted photos; it may lie in a watch folder, and is not watched.",
        unwritten=None,
        example="~/Pictures/Sorted",
    )
    model: Node | None = option(
        Raw("default, a folder, or a map"),
        "`default`, a folder made by `gallery-daemon train`, or a map that says more.",
        unwritten=None,
    )
    looks: Looks = option(
        OneOf(Looks),
        "quick: at the camera's thumbnail first, and at the whole picture only where that could "
        "change the decision; or full.",
        "quick",
    )
    batch: Batch = option(BATCH, "How many photos are classified together.", unwritten=Batch())
    limits: Limits = option(
        LIMITS,
        "What a single photo may cost; beyond it, it is left and quarantined.",
        unwritten=Limits(),
    )
    defaults: Defaults = option(
        DEFAULTS, "What holds for every rule that does not say otherwise.", unwritten=Defaults()
    )
    rules: Node | None = option(
        Raw("a list of rules"),
        "Tried from top to bottom; the first that matches takes the photo.",
        unwritten=None,
        example='[{name: all, to: "{class}/"}]',
    )
    uncertain: Template | str | None = option(
        FolderOrLeave(),
        "Where photos go that a rule missed on confidence or margin alone; or leave.",
        unwritten=None,
    )
    otherwise: Template | str | None = option(
        FolderOrLeave(), "Where photos go that no rule takes; or leave.", unwritten=None
    )
    failed: Template | str | None = option(
        FolderOrLeave(),
        "Where files go that cannot be read as photos; or leave.",
        unwritten=None,
    )
    learn: LearnSettings = option(
        LEARN,
        "When a new version of the model is learned from the photos that you put right.",
        unwritten=LearnSettings(),
    )
    summary: SummaryMode = option(
        OneOf(SummaryMode),
        "Whether each day is summed up in a line of the log ({default}).",
        "daily",
    )
    metrics: MetricsExport = option(
        METRICS,
        "Where metrics for Prometheus can be fetched; without it, nowhere.",
        unwritten=MetricsExport(),
    )
    tests: Node | None = option(
        Raw("a list of tests"),
        "Photos that might come, and what the rules must do with them.",
        unwritten=None,
    )


TOP_LEVEL = Section("the configuration", TopLevel)


@dataclass(frozen=True)
class Config:
    """One configuration; `file` is where it was read, `digest` 12 hex digits of its text's SHA-256.

    No watch folder is the library or inside it; the library may be inside a watch folder.
    """

    file: str | None
    watch: tuple[WatchFolder, ...]
    library: str
    model: ModelChoice
    batch: Batch
    limits: Limits
    rules: RuleSet
    digest: str
    looks: Looks = TopLevel.looks
    learn: LearnSettings = TopLevel.learn
    summary: SummaryMode = TopLevel.summary
    metrics: MetricsExport = TopLevel.metrics
    tests: tuple[AnyTest, ...] = ()
