"""What the doctor found: one line for a person, one object for a program."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is: well; the daemon runs, and something may not be meant; it cannot work so."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do where it is not well."""

    verdict: Verdict
    about: str
    what: str
    advice: str | None = None

    def to_json(self) -> dict[str, str]:
        """The public names; no advice is left out."""
        fields = {"verdict": self.verdict, "about": self.about, "what": self.what}
        return fields if self.advice is None else fields | {"advice": self.advice}


def well(about: str, what: str) -> Finding:
    """It is as it should be."""
    return Finding(Verdict.OK, about, what)


def odd(about: str, what: str, advice: str | None = None) -> Finding:
    """The daemon works, but perhaps not as it is meant to."""
    return Finding(Verdict.WARN, about, what, advice)


def bad(about: str, what: str, advice: str | None = None) -> Finding:
    """The daemon cannot work so, or not on this."""
    return Finding(Verdict.FAIL, about, what, advice)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 photo`, `2 photos`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
