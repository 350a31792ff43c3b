"""Durations such as `10s` and sizes such as `20MB`; a number without a unit is refused.

A bare `5` would mean seconds to one reader and minutes to the next.
"""

from __future__ import annotations

import re

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604_800.0}
_BYTES = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}
_BYTES_BY_LOWER = {unit.lower(): factor for unit, factor in _BYTES.items()}
_QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?) ?([a-zA-Z]+)", re.ASCII)

DURATION_UNITS = tuple(_SECONDS)
SIZE_UNITS = tuple(_BYTES)


def parse_duration(text: str) -> float | None:
    """Seconds; none if `text` is no number with one of `DURATION_UNITS`."""
    found = _QUANTITY.fullmatch(text.strip())
    factor = _SECONDS.get(found[2]) if found else None
    return float(found[1]) * factor if found and factor else None


def parse_size(text: str) -> int | None:
    """Bytes; none if `text` is no number with one of `SIZE_UNITS`, in any case of letters."""
    found = _QUANTITY.fullmatch(text.strip())
    factor = _BYTES_BY_LOWER.get(found[2].lower()) if found else None
    return round(float(found[1]) * factor) if found and factor else None
