"""What the doctor found: one line for a person, one object for a program."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How bad it is: all is well; it works, perhaps not as meant; it cannot work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do where it is not ok."""

    status: Status
    about: str
    what: str
    advice: str | None = None


def ok(about: str, what: str) -> Finding:
    """It is as it should be."""
    return Finding(Status.OK, about, what)


def warn(about: str, what: str, advice: str | None = None) -> Finding:
    """The daemon works, but perhaps not as it is meant to."""
    return Finding(Status.WARN, about, what, advice)


def fail(about: str, what: str, advice: str | None = None) -> Finding:
    """The daemon cannot work, or not with this."""
    return Finding(Status.FAIL, about, what, advice)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 photo`, `2 photos`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
