"""What the fields of a template stand for: one photo's values.

A field without a value is None; the template then takes its fallback.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import TypeAlias

from gallery_daemon.partial_date import PartialDate
from gallery_daemon.photo import Facts, Photo, Prediction, TakenFrom
from gallery_daemon.rules.component import extension, stem
from gallery_daemon.rules.condition import FILE, NOTHING, Need, Needs

Values: TypeAlias = Mapping[str, str | PartialDate | None]

DATE_FIELDS = ("date", "taken", "mtime", "added")

MEANINGS: Mapping[str, str] = {
    "date": "the date taken (EXIF, XMP, IPTC, the name, GPS), or else the file's mtime; the log "
    "says which",
    "taken": "the same without the mtime",
    "mtime": "when the file was last written",
    "added": "when the photo settled",
    "class": "the most probable class",
    "confidence": "its probability, such as `0.97`",
    "name": "the file's name",
    "stem": "the name without its extension",
    "ext": "the extension",
    "camera": "make and model",
    "source": "the watch folder's name",
    "width": "pixels from side to side",
    "height": "pixels from top to bottom",
    "hash": "the content's SHA-256",
    "hash8": "its first eight digits",
    "sequence": "the first number, from `1` on, that makes the name free",
    "group": "the stem of the first photo of the burst, or of those that look the same",
    "rule": "the rule's name",
}
"""Every field, and what it stands for in the manual's words."""

FIELDS = tuple(MEANINGS)

HASH_FIELDS = frozenset({"hash", "hash8"})
"""The fields that cost reading the whole file."""

SEQUENCE = "sequence"
"""The number that makes a name free; it is known only when the photo is filed."""

GROUP = "group"
"""The stem of the first photo of the burst, or of those that look the same; none if it is that."""

DIGITS = {"hash": 64, SEQUENCE: 9}
"""The fields that take a count of digits, `{hash:8}`, and the most they have."""

_FROM_JOURNAL = frozenset(
    (*DATE_FIELDS, "class", "confidence", "name", "stem", "ext", "source", "rule", SEQUENCE)
)
_SIMILAR: Needs = frozenset({Need.FILE, Need.SIMILAR})
_WHOLE_FILE: Needs = frozenset({Need.FILE, Need.HASH})


def values_of(
    photo: Photo, facts: Facts, prediction: Prediction | None, rule: str | None
) -> Values:
    """The value of every field in `FIELDS`.

    `date` is the best date known, whatever its origin; `taken` only a date of the photo itself. A
    sequence has no value yet.
    """
    own_date = facts.taken.date if facts.taken.origin is not TakenFrom.MTIME else None
    mtime = photo.identity.modified_at.astimezone(photo.settled_at.tzinfo or UTC)
    return {
        "date": facts.taken.date,
        "taken": own_date,
        "mtime": PartialDate(mtime),
        "added": PartialDate(photo.settled_at),
        "class": None if prediction is None else prediction.top_class,
        "confidence": None if prediction is None else f"{prediction.confidence:.2f}",
        "name": photo.name,
        "stem": stem(photo.name),
        "ext": extension(photo.name),
        "camera": facts.camera,
        "source": photo.candidate.source,
        "width": str(facts.width) if facts.width else None,
        "height": str(facts.height) if facts.height else None,
        "hash": facts.content_hash,
        "hash8": facts.content_hash[:8] if facts.content_hash else None,
        SEQUENCE: None,
        GROUP: None if facts.similar is None else facts.similar.group,
        "rule": rule,
    }


def needs_of(field: str) -> Needs:
    """What the field's value depends on that the journal does not keep; of a new one, the file."""
    if field in _FROM_JOURNAL:
        return NOTHING
    if field == GROUP:
        return _SIMILAR
    return _WHOLE_FILE if field in HASH_FIELDS else FILE
