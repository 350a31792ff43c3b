"""What the daemon and the classifier process may say to each other, and nothing else.

`frames` carries it, and `impossible` says which replies make no sense.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gallery_daemon.photo import Facts, Identity, Prediction


@dataclass(frozen=True, slots=True)
class Setup:
    """The first frame to the process: what it needs to begin.

    `bundle` is the model bundle's absolute folder; `engine`, `device` and `memory` are as in
    `model.engines.choose`. A batch has up to `batch_size` photos and waits up to `batch_wait_s`
    for them. Without `network_threads` the engine chooses its number of threads.
    """

    bundle: str
    engine: str
    device: str
    memory: str
    batch_size: int
    batch_wait_s: float
    max_bytes: int
    max_pixels: int
    reading_threads: int
    network_threads: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Look at this photo and classify it. `path` is absolute, as `os.fsdecode` gives it."""

    id: int
    path: str
    identity: Identity
    want_hash: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has loaded its model (`name@hash8`) and takes requests.

    `measured` has pictures per second by engine, if engines were measured just now.
    """

    model: str
    engine: str
    load_ms: float
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Broken:
    """The process cannot begin, and ends; `sentence` and `hint` are for a person."""

    sentence: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class Started:
    """The bytes of this photo are looked at from now on: it is a suspect if the process dies."""

    id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A photo is classified, in a batch of `batch` photos, `classify_ms` after it was started."""

    id: int
    facts: Facts
    prediction: Prediction
    batch: int
    classify_ms: float


class RefusalKind(StrEnum):
    """Why there is no prediction, and so what becomes of the file."""

    UNREADABLE = "unreadable"  # claims to be a photo and is none that can be read
    NOT_A_PHOTO = "not_a_photo"  # no photo, or of a kind that is not supported
    CHANGED = "changed"  # not the file that had settled
    VANISHED = "vanished"
    DENIED = "denied"  # no permission to read it
    FAILED = "failed"  # not the photo's fault: trying again later may help


@dataclass(frozen=True, slots=True)
class Refusal:
    """A photo could not be classified; `reason` is one sentence, `facts` are what is known."""

    id: int
    kind: RefusalKind
    reason: str
    facts: Facts | None = None


ToChild = Setup | Request
FromChild = Ready | Broken | Started | Answer | Refusal

TO_CHILD: tuple[type[ToChild], ...] = (Setup, Request)
FROM_CHILD: tuple[type[FromChild], ...] = (Ready, Broken, Started, Answer, Refusal)
