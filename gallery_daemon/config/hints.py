"""A way out for common mistakes: "did you mean", and what YAML would have taken."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_WORD = 64
_SURELY_PERCENT = 10
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")

SYNONYMS = {
    "and": "all",
    "category": "class",
    "condition": "when",
    "conditions": "when",
    "confidence": "min_confidence",
    "date": "taken",
    "dest": "to",
    "destination": "to",
    "distance": "near",
    "extension": "ext",
    "filename": "name",
    "filters": "when",
    "folder": "to",
    "folders": "watch",
    "idle_unload": "idle_timeout",
    "if": "when",
    "inbox": "watch",
    "input": "watch",
    "label": "class",
    "location": "near",
    "margin": "min_margin",
    "or": "any",
    "output": "library",
    "ratio": "aspect",
    "rename": "as",
    "target": "to",
    "then": "to",
    "threshold": "min_confidence",
}
"""What neighbouring programs call our keys."""


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """The hint that names the option nearest to `word`, if one is near."""
    nearest = _nearest(word, tuple(options))
    return None if nearest is None else f"did you mean {nearest}?"


def quote_it(text: str, key: str | None = None) -> str:
    """The hint to write `text` in quotes, which YAML takes as it is."""
    quotes = "'" if '"' in text or "\\" in text else '"'
    return f"write it in quotes: {f'{key}: ' if key else ''}{quotes}{text}{quotes}"


def meant_number(text: str, *, fraction: bool) -> float | None:
    """The number in a text such as `>=0.8`, `0,8` or, where a `fraction` is wanted, `80%`."""
    found = _NUMBER.search(text)
    if found is None or len(text) > _LONGEST_WORD:
        return None
    number = float(found.group().replace(",", "."))
    percent = "%" in text or number >= _SURELY_PERCENT
    return number / 100 if fraction and percent else number


def _nearest(word: str, options: tuple[str, ...]) -> str | None:
    if len(word) > _LONGEST_WORD:
        return None  # difflib takes the square of the length
    lower = word.lower().replace("-", "_").replace(" ", "_")
    if SYNONYMS.get(lower) in options:
        return SYNONYMS[lower]
    by_lower = {option.lower(): option for option in options}
    near = difflib.get_close_matches(lower, by_lower, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else None
