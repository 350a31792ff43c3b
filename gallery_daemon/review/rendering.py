"""Templates to pages: every value is escaped, and made harmless before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from gallery_daemon.review.harmless import harmless

if TYPE_CHECKING:
    from gallery_daemon.review.static_files import StaticFiles


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


def _harmless(value: object) -> object:
    return harmless(value) if type(value) is str else value
