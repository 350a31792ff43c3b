"""What the daemon and the classifier process may say to each other, and how it crosses the pipes.

A frame is a length (4 bytes, big-endian) and that many bytes of JSON, at most 1 MiB:
`{"kind": "Started", "message": {"id": 7}}`. There is no pickle, and each side accepts only what the
other may say: a frame that breaks a rule is a `CodecError`, and the reader then ends the
conversation.

The classifier process parses hostile bytes. What it says of them goes into the journal, into paths
and into decisions, so `validate` refuses answers that cannot be true of any photo.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING, BinaryIO, TypeVar

from gallery_daemon.codec import CodecError, lone_surrogate, object_of, to_text, value_of
from gallery_daemon.photo import PLAIN, Facts, Identity, LookKind, Prediction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.photo import Position


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message to the process: what it needs to begin.

    `bundle` is the model bundle's absolute folder, `version` that of a version which was learned on
    it; `engine`, `device` and `memory` are as in `model.engines.choose`. A batch has up to
    `batch_size` photos and waits up to `batch_wait_s` for them. Without `network_threads` the
    engine chooses its number of threads. `want_features`: every answer has them.
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
    version: str | None = None
    want_features: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """Look at this photo and classify it. `path` is absolute, as `os.fsdecode` gives it.

    Where a quick `look` is asked for, a full one may be given: the picture for it may be at hand.
    """

    id: int
    path: str
    identity: Identity
    want_hash: bool
    look: LookKind = LookKind.FULL


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has loaded its model (`name@hash8`) and takes requests.

    `measured` has pictures per second by engine, if engines were measured before.
    """

    model: str
    engine: str
    load_ms: float
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """Engines were measured while no photo waited: pictures per second by engine.

    `engine` is the fastest, which the next process uses.
    """

    engine: str
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Broken:
    """The process cannot begin, and ends; `sentence` and `hint` are for a person."""

    sentence: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class Started:
    """This photo's bytes are parsed from now on: it is a suspect if the process dies."""

    id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A photo is classified, in a batch of `batch` photos, `classify_ms` after its `Started`.

    `remark` is what is wrong with the file although it could be read, for people. `features` are
    those of a full look and of a quick one, each a row of float16 in base64; empty: not asked for.
    """

    id: int
    facts: Facts
    prediction: Prediction
    batch: int
    classify_ms: float
    remark: str | None = None
    features: tuple[str, ...] = ()


class RefusalKind(StrEnum):
    """Why there is no prediction, and so what becomes of the file."""

    UNREADABLE = "unreadable"  # claims to be a photo and cannot be read as one
    NOT_A_PHOTO = "not_a_photo"  # no photo, or of a kind that is not supported
    CHANGED = "changed"  # not the file that had settled
    VANISHED = "vanished"
    DENIED = "denied"  # no permission to read it
    FAILED = "failed"  # not the photo's fault: a later attempt may succeed


@dataclass(frozen=True, slots=True)
class Refusal:
    """A photo could not be classified; `reason` is one sentence, `facts` are what is known."""

    id: int
    kind: RefusalKind
    reason: str
    facts: Facts | None = None


ToChild = Setup | Request
FromChild = Ready | Measured | Broken | Started | Answer | Refusal

_TO_CHILD: tuple[type[ToChild], ...] = (Setup, Request)
_FROM_CHILD: tuple[type[FromChild], ...] = (
    Ready,
    Measured,
    Broken,
    Started,
    Answer,
    Refusal,
)

FRAME_LIMIT_BYTES = 1024 * 1024
_LENGTH = struct.Struct(">I")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DHASH = re.compile(rf"[0-9a-f]{{32}}|{PLAIN}")
_ORIENTATIONS = range(1, 9)
_SIDE_LIMIT = 1 << 31
_POLE = 90.0

Message = TypeVar("Message")


def write_message(pipe: IO[bytes], message: object) -> None:
    """The message is written to the pipe as one frame.

    Raises:
        CodecError: the message has no form in JSON, or is larger than a frame may be.
        OSError: the other side has closed the pipe.
    """
    kind = to_text(type(message).__name__)
    body = f'{{"kind":{kind},"message":{to_text(message)}}}'.encode("ascii")
    if len(body) > FRAME_LIMIT_BYTES:
        raise CodecError(f"a frame of {len(body)} bytes is too large")
    pipe.write(_LENGTH.pack(len(body)) + body)
    pipe.flush()


def read_to_child(pipe: BinaryIO) -> ToChild | None:
    """The next message to the process, or None at the pipe's end.

    Raises:
        CodecError: the frame breaks a rule.
    """
    body = read_frame(pipe)
    return None if body is None else message_of(body, _TO_CHILD)


def read_from_child(pipe: BinaryIO) -> FromChild | None:
    """The next message from the process, or None at the pipe's end.

    Raises:
        CodecError: the frame breaks a rule, or `validate` refuses the message.
    """
    body = read_frame(pipe)
    if body is None:
        return None
    message = message_of(body, _FROM_CHILD)
    if isinstance(message, Answer | Refusal):
        validate(message)
    return message


def read_frame(pipe: BinaryIO) -> bytes | None:
    """The content of the next frame, or None at the pipe's end.

    Raises:
        CodecError: the frame breaks a rule.
    """
    head = pipe.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise CodecError("the pipe ended inside a frame's length")
    (length,) = _LENGTH.unpack(head)
    if length > FRAME_LIMIT_BYTES:
        raise CodecError(f"a frame of {length} bytes is too large")
    body = pipe.read(length)
    if len(body) < length:
        raise CodecError(f"the pipe ended after {len(body)} of {length} bytes of a frame")
    return body


def message_of(body: bytes, known: tuple[type[Message], ...]) -> Message:
    """The message of one of those types in a frame of that content.

    Raises:
        CodecError: it is none.
    """
    raw = object_of(body)
    kinds = {kind.__name__: kind for kind in known}
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in kinds or raw.keys() != {"kind", "message"}:
        raise CodecError(f"{repr(kind)[:60]} is not a message that belongs here")
    message: Message = value_of(kinds[kind], raw["message"], kind)
    return message


def validate(reply: Answer | Refusal) -> None:
    """Refuse a reply that cannot be true of any photo.

    Raises:
        CodecError: what is impossible in it.
    """
    problems = {"half a character": any(lone_surrogate(text) for text in _texts(reply))}
    if reply.facts is not None:
        problems |= _problems_of_facts(reply.facts)
    if isinstance(reply, Answer):
        prediction = reply.prediction
        probabilities = prediction.probabilities
        shares = (each or 0.0 for each in (prediction.precision, prediction.familiarity))
        problems |= {
            "an answer without a class": not probabilities,
            "a probability outside 0 to 1": not all(0 <= p <= 1 for p in probabilities.values()),
            "a precision or familiarity outside 0 to 1": not all(0 <= each <= 1 for each in shares),
            "a batch without a photo": reply.batch < 1,
            "features that are none": not _are_features(reply.features),
        }
    for problem, found in problems.items():
        if found:
            raise CodecError(problem)


def _problems_of_facts(facts: Facts) -> dict[str, bool]:
    return {
        "an orientation outside 1 to 8": facts.orientation not in _ORIENTATIONS,
        "a size that no picture has": not all(
            0 <= side <= _SIDE_LIMIT for side in (facts.width, facts.height)
        ),
        "a position that is not on earth": not _is_on_earth(facts.position),
        "a picture's bits that are none": not _DHASH.fullmatch(facts.dhash or PLAIN),
        "a hash that is no SHA-256": not _SHA256.fullmatch(facts.content_hash or "0" * 64),
    }


def _are_features(rows: tuple[str, ...]) -> bool:
    """Whether they are rows of both looks, of one length, or none."""
    is_pair = len(rows) == len(LookKind) and len(set(map(len, rows))) == 1
    return not rows or (is_pair and all(map(_BASE64.fullmatch, rows)))


def _is_on_earth(position: Position | None) -> bool:
    """Whether the degrees are possible; no position is."""
    if position is None:
        return True
    return abs(position.latitude) <= _POLE and abs(position.longitude) <= 2 * _POLE


def _texts(value: object) -> Iterator[str]:
    """All texts in a message, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from (key, *_texts(item))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
