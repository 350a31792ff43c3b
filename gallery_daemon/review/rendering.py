"""Templates to pages: every value is escaped, and made harmless before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from gallery_daemon.review.harmless import harmless

if TYPE_CHECKING:
    from gallery_daemon.review.static_files import StaticFiles

_KILO: Final = 1000


class Templates:
    """The templates of the pages."""

    def __init__(self, static: StaticFiles) -> None:
        self._templates = Environment(
            loader=PackageLoader("gallery_daemon.review"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_harmless,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["static"] = static.address
        self._templates.filters["share"] = share
        self._templates.filters["counted"] = counted
        self._templates.filters["day"] = day_in_words
        self._templates.filters["month"] = month_in_words
        self._templates.filters["bytes"] = bytes_in_words

    def render(self, name: str, **values: object) -> str:
        """The page of that template."""
        return self._templates.get_template(name).render(values)


def share(part: float | None) -> str:
    """A share of one as a person reads it: `48%`; never `100%` of what is less than all."""
    if part is None:
        return ""
    percent = round(100 * part)
    return f"{min(percent, 99) if part < 1 else percent}%"


def counted(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def day_in_words(day: str, today: str) -> str:
    """A date (`2026-03-04`) as a person says it today: `Wednesday, 4 March`."""
    try:
        that, now = date.fromisoformat(day), date.fromisoformat(today)
    except ValueError:
        return day
    named = {0: "Today", 1: "Yesterday"}.get((now - that).days)
    if named is not None:
        return named
    said = f"{that:%A}, {that.day} {that:%B}"
    return said if that.year == now.year else f"{said} {that.year}"


def month_in_words(month: str) -> str:
    """A month (`2026-03`) as a person says it: `March 2026`; anything else as it is."""
    try:
        return f"{date.fromisoformat(f'{month}-01'):%B %Y}"
    except ValueError:
        return month


def bytes_in_words(size_bytes: int) -> str:
    """A size as file managers have it: `3.4 MB`."""
    if size_bytes < _KILO**2:
        return f"{max(1, round(size_bytes / _KILO))} kB"
    return f"{size_bytes / _KILO**2:.1f} MB"


def _harmless(value: object) -> object:
    return harmless(value) if type(value) is str else value
