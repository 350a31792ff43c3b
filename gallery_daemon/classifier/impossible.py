"""Replies that are in form and cannot be true: who says such a thing has lost its mind.

The classifier process parses hostile bytes. What it says of them goes into the journal, into paths
and into decisions, so it is held to what a photo can be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from gallery_daemon.classifier.messages import Answer, Refusal
from gallery_daemon.codec import CodecError, lone_surrogate
from gallery_daemon.photo import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.photo import Facts, Position

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DHASH = re.compile(rf"[0-9a-f]{{32}}|{PLAIN}")
_ORIENTATIONS = range(1, 9)
_SIDE_LIMIT = 1 << 31
_POLE = 90.0


def refuse_impossible(reply: Answer | Refusal) -> None:
    """Nothing is wrong with it.

    Raises:
        CodecError: it says what can be true of no photo.
    """
    problems = {"half a character": any(lone_surrogate(text) for text in _texts(reply))}
    if reply.facts is not None:
        problems |= _problems_of_facts(reply.facts)
    if isinstance(reply, Answer):
        probabilities = reply.prediction.probabilities
        problems |= {
            "an answer without a class": not probabilities,
            "a probability outside 0 to 1": not all(0 <= p <= 1 for p in probabilities.values()),
            "a batch without a photo": reply.batch < 1,
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


def _is_on_earth(position: Position | None) -> bool:
    """Whether the degrees are such; none are."""
    if position is None:
        return True
    return abs(position.latitude) <= _POLE and abs(position.longitude) <= 2 * _POLE


def _texts(value: object) -> Iterator[str]:
    """All texts in a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from (key, *_texts(item))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
