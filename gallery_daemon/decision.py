"""What happens to a photo, and why: what `rules` decides and `filing` does.

Nothing here depends on `photo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """How a photo gets into the library."""

    HARDLINK = "hardlink"
    COPY = "copy"
    MOVE = "move"
    SYMLINK = "symlink"


class Identical(StrEnum):
    """What to do when a file of the same bytes has the destination's name already.

    Merge: the photo counts as filed; keep: it gets another name; leave: it stays where it is.
    """

    MERGE = "merge"
    KEEP = "keep"
    LEAVE = "leave"


class OnConflict(StrEnum):
    """What to do when the destination's name is taken.

    Dedupe, rename and keep-both give the photo another name; they differ in `usual_identical`.
    """

    DEDUPE = "dedupe"
    RENAME = "rename"
    KEEP_BOTH = "keep-both"
    SKIP = "skip"

    @property
    def usual_identical(self) -> Identical:
        """What becomes of the same bytes, where `identical` is not written."""
        match self:
            case OnConflict.DEDUPE:
                return Identical.MERGE
            case OnConflict.RENAME | OnConflict.KEEP_BOTH:
                return Identical.KEEP
            case OnConflict.SKIP:
                return Identical.LEAVE


class Outcome(StrEnum):
    """What made the decision."""

    RULE = "rule"
    UNCERTAIN = "uncertain"
    OTHERWISE = "otherwise"
    FAILED = "failed"


class Truth(StrEnum):
    """Whether a condition holds; `UNSURE`: it fails on confidence or margin alone."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition's result; `reason` reads as a sentence: "confidence 0.74 < 0.80"."""

    condition: str
    truth: Truth
    reason: str


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One rule's result, with its conditions' checks in the order of the YAML."""

    rule: str
    truth: Truth
    checks: tuple[Check, ...]


def library_path(library: str, *components: str) -> str:
    """The absolute path that the components (folders, then perhaps a name) lead to."""
    return "/".join((library.rstrip("/"), *components))


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked place in the library, and how to get there.

    `folder` holds path components, none empty, `.`, `..` or with a `/`, so no place outside the
    library can be written. `name` is one such component, in which a run of NULs stands for the
    number that makes it free. `identical` is None where `on_conflict` says it too.
    """

    folder: tuple[str, ...]
    name: str
    action: Action
    on_conflict: OnConflict
    with_sidecars: bool
    identical: Identical | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to a photo, and why, rule by rule; no destination means: leave it."""

    outcome: Outcome
    rule: str | None
    destination: Destination | None
    trace: tuple[TraceEntry, ...]
