"""The configuration as the other rooms see it: frozen, complete, every path absolute."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.rules.decide import RuleSet
    from gallery_daemon.rules.ruletest import AnyTest


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
    """What runs the network; auto measures once and remembers."""

    AUTO = "auto"
    TORCH = "torch"
    OPENVINO = "openvino"


@dataclass(frozen=True)
class WatchFolder:
    """A folder to look at; `path` is absolute.

    `only` and `ignore` are globs as in rules: on the path below the folder where they hold a `/`,
    on the name where they do not. An empty `only` means everything.
    """

    name: str
    path: str
    mode: WatchMode = WatchMode.AUTO
    poll_every_s: float = 60.0
    recursive: bool = True
    settle_s: float = 5.0
    rescan_s: float = 900.0
    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelChoice:
    """The model bundle, `default` or an absolute path, and the process that runs it."""

    bundle: str = "default"
    engine: EngineChoice = EngineChoice.AUTO
    device: Device = Device.AUTO
    idle_timeout_s: float = 300.0


@dataclass(frozen=True)
class Batch:
    """Photos are classified together: up to `size`, or `wait_s` after the first."""

    size: int = 16
    wait_s: float = 0.2


@dataclass(frozen=True)
class Limits:
    """What a single photo may cost; beyond it the photo is quarantined."""

    # The largest phone photos known to us: 200 megapixels of a Galaxy, under 100 MB as JPEG, and a
    # 48-megapixel ProRAW, under 100 MB. A photo is held in memory once while it is looked at.
    photo_bytes: int = 500_000_000
    # 200 megapixels (Galaxy S23 Ultra and later) with room for a panorama. Decoded whole these take
    # up to 1 GB; Pillow's own limit, 179 million, would refuse them.
    photo_pixels: int = 250_000_000
    # A 200-megapixel HEIC without a preview takes 7 to 10 s to decode on two slow cores.
    photo_s: float = 30.0


class WhenToSumUp(StrEnum):
    """How often the photos are summed up in the log."""

    DAILY = "daily"
    OFF = "off"


@dataclass(frozen=True)
class Listen:
    """Where figures can be fetched: a loopback `host` and `port`, or the `path` of a socket."""

    host: str = ""
    port: int = 0
    path: str | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.path is None else f"unix:{self.path}"


@dataclass(frozen=True)
class Telling:
    """What is told besides the log's lines; no `metrics`, unless asked for."""

    summary: WhenToSumUp = WhenToSumUp.DAILY
    metrics: Listen | None = None


@dataclass(frozen=True)
class Config:
    """One configuration; `file` is where it was read, `digest` 12 hex digits of its text's SHA-256.

    No watch folder lies in the library or is it; the library may lie in a watch folder.
    """

    file: str | None
    watch: tuple[WatchFolder, ...]
    library: str
    model: ModelChoice
    batch: Batch
    limits: Limits
    rules: RuleSet
    digest: str
    telling: Telling = Telling()
    tests: tuple[AnyTest, ...] = ()
