"""Which photos a page lists, as its address says it: so that a list can be kept and sent around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from gallery_daemon.journal.overview_rows import RecentFilter
from gallery_daemon.review.asking import BadRequest
from gallery_daemon.review.rendering import month_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gallery_daemon.journal.record import State

TEXTS: Final = ("class", "rule", "name", "month", "source")
SHARES: Final = ("from", "to")
_PERCENT: Final = 100
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """What the address asks for: texts by their names, and percent of confidence."""

    texts: Mapping[str, str]
    percents: Mapping[str, int]

    @classmethod
    def of(cls, query: Mapping[str, str]) -> PhotoFilter:
        """The filter in an address's query; what is empty asks for nothing.

        Raises:
            BadRequest: a share is no number from 0 to 100, or a text is too long.
        """
        texts = {name: query[name].strip() for name in TEXTS if query.get(name, "").strip()}
        if any(len(text) > _LONGEST for text in texts.values()):
            raise BadRequest("no photo is found by so long a text")
        return cls(texts, {name: _percent(query[name]) for name in SHARES if query.get(name)})

    @property
    def is_empty(self) -> bool:
        """Whether all photos are wanted."""
        return not self.texts and not self.percents

    @property
    def query(self) -> str:
        """The address's query, without the question mark."""
        return urlencode({**self.texts, **self.percents})

    def wanted(self, states: tuple[State, ...]) -> RecentFilter:
        """The question to the journal, for photos that came to one of these ends."""
        shares = {name: percent / _PERCENT for name, percent in self.percents.items()}
        return RecentFilter(
            class_name=self.texts.get("class"),
            rule=self.texts.get("rule"),
            min_confidence=shares.get("from"),
            max_confidence=shares.get("to"),
            text=self.texts.get("name"),
            month=self.texts.get("month"),
            source=self.texts.get("source"),
            states=states,
        )

    def words(self) -> str:
        """The filter as a title: `cars, March 2026, from phone`."""
        return ", ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        for name, text in self.texts.items():
            match name:
                case "class":
                    yield text.replace("_", " ")
                case "rule":
                    yield f"by the rule {text}"
                case "name":
                    yield f"named {text}"
                case "source":
                    yield f"from {text}"
                case _:
                    yield month_in_words(text)
        low, high = self.percents.get("from"), self.percents.get("to")
        if low is not None or high is not None:
            yield f"{low or 0} to {_PERCENT if high is None else high}% sure"


def _percent(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 <= int(text[:4]) <= _PERCENT:
        raise BadRequest("a share is a number from 0 to 100")
    return int(text)
