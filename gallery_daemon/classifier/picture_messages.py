"""What a page's program and the process that makes pictures say to each other, in frames.

The frames are those of `messages`. A picture comes from a process that parses hostile bytes: what
does not begin as a picture of its kind is none.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import BinaryIO

from gallery_daemon.classifier.messages import message_of, read_frame
from gallery_daemon.codec import CodecError, lone_surrogate
from gallery_daemon.photo import Identity


@dataclass(frozen=True, slots=True)
class PictureSetup:
    """The first message to a process that makes pictures: its limits.

    A picture may take `picture_s` seconds; asked for nothing in `idle_s`, the process ends.
    """

    max_bytes: int
    max_pixels: int
    picture_s: float
    idle_s: float


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """Make a picture of this photo, no longer and no wider than `side` pixels."""

    path: str
    identity: Identity
    side: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that was asked for; `kind` is webp or jpeg, `data` its file in base64."""

    kind: str
    width: int
    height: int
    data: str


@dataclass(frozen=True, slots=True)
class PictureRefusal:
    """No picture can be made of the photo; `reason` is one sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture to show: a file of `kind` webp or jpeg; its width and height in pixels, upright."""

    data: bytes
    kind: str
    width: int
    height: int


ToPictureMaker = PictureSetup | PictureRequest
FromPictureMaker = Picture | PictureRefusal

_TO: tuple[type[ToPictureMaker], ...] = (PictureSetup, PictureRequest)
_FROM: tuple[type[FromPictureMaker], ...] = (Picture, PictureRefusal)
_STARTS = {"webp": re.compile(rb"RIFF....WEBP", re.DOTALL), "jpeg": re.compile(rb"\xff\xd8\xff")}
_SIDES = range(1, 1 << 16)


def read_to_picture_maker(pipe: BinaryIO) -> ToPictureMaker | None:
    """The next message to the process that makes pictures, or None at the pipe's end.

    Raises:
        CodecError: the frame breaks a rule.
    """
    body = read_frame(pipe)
    return None if body is None else message_of(body, _TO)


def picture_of(body: bytes) -> Thumbnail | PictureRefusal:
    """What such a process says in a frame of that content.

    Raises:
        CodecError: the frame breaks a rule, or has no picture in it.
    """
    match message_of(body, _FROM):
        case Picture(kind, width, height, text):
            try:
                data = base64.b64decode(text, validate=True)
            except ValueError as error:
                raise CodecError("a picture that is no base64") from error
            thumbnail = Thumbnail(data, kind, width, height)
            if not is_picture(thumbnail):
                raise CodecError("a picture that is none")
            return thumbnail
        case PictureRefusal(reason) as refusal:
            if lone_surrogate(reason):
                raise CodecError("half a character")
            return refusal


def is_picture(thumbnail: Thumbnail) -> bool:
    """Whether it begins as a picture of its kind, of a possible size."""
    start = _STARTS.get(thumbnail.kind)
    is_sized = thumbnail.width in _SIDES and thumbnail.height in _SIDES
    return start is not None and is_sized and start.match(thumbnail.data) is not None
