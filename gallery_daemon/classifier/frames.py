"""The frames in which messages cross the pipes between the daemon and the classifier process.

A frame is a length (4 bytes, big-endian) and that many bytes of JSON, at most 1 MiB:
`{"kind": "Started", "message": {"id": 7}}`. There is no pickle, and each side accepts only what the
other may say: a frame that breaks a rule is a `CodecError`, and whoever reads it ends the
conversation.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from gallery_daemon.classifier.impossible import refuse_impossible
from gallery_daemon.classifier.messages import FROM_CHILD, TO_CHILD, Answer, Refusal
from gallery_daemon.codec import CodecError, object_of, to_text, value_of

if TYPE_CHECKING:
    from gallery_daemon.classifier.messages import FromChild, ToChild

FRAME_LIMIT_BYTES = 1024 * 1024
_LENGTH = struct.Struct(">I")

Message = TypeVar("Message")


def write_message(pipe: BinaryIO, message: ToChild | FromChild) -> None:
    """The whole frame is in the pipe.

    Raises:
        CodecError: the message has no form in JSON, or is larger than a frame may be.
        OSError: nobody reads the pipe any more.
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
    body = _read_frame(pipe)
    return None if body is None else _message_of(body, TO_CHILD)


def read_from_child(pipe: BinaryIO) -> FromChild | None:
    """The next message from the process, or None at the pipe's end.

    Raises:
        CodecError: the frame breaks a rule, or an answer says something impossible.
    """
    body = _read_frame(pipe)
    if body is None:
        return None
    message = _message_of(body, FROM_CHILD)
    if isinstance(message, Answer | Refusal):
        refuse_impossible(message)
    return message


def _read_frame(pipe: BinaryIO) -> bytes | None:
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


def _message_of(body: bytes, known: tuple[type[Message], ...]) -> Message:
    raw = object_of(body)
    kinds = {kind.__name__: kind for kind in known}
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in kinds or raw.keys() != {"kind", "message"}:
        raise CodecError(f"{repr(kind)[:60]} is not a message that belongs here")
    message: Message = value_of(kinds[kind], raw["message"], kind)
    return message
