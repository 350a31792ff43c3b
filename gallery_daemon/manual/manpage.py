"""gallery-daemon.1: the man page, made of the manual's pages while a wheel is built.

The build hook of pyproject.toml loads this file by its path, without the package and what that
depends on, so it imports the standard library alone; `get_build_hook` is what hatchling calls.
It understands as much Markdown as the pages have. Tables become lists, which 80 columns can show.
"""

from __future__ import annotations

import re
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGES = ("commands", "rules", "operating")
"""What a person needs at a prompt; `gallery-daemon manual` has the other topics."""

INSTALLED_AS = "share/man/man1/gallery-daemon.1"

_BULLET = "\\(bu"
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE)
_BLOCKS = re.compile(r"^ *```.*?\n(?P<code>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(
    r"(?P<code>`+)(?P<coded>.+?)(?P=code)|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>.+?)\*"
    r"|\[(?P<link>[^]]+)\]\([^)]*\)",
    re.DOTALL,
)
_CELLS = re.compile(r"(?<!\\)\|")


def man_page(version: str, description: str, pages: Iterable[str]) -> str:
    """The page in roff; `pages` are texts in Markdown."""
    found = [
        f'.TH GALLERY\\-DAEMON 1 "" "gallery\\-daemon {version}" "User Commands"',
        ".nh",  # a name of a key or a command is not to be hyphenated
        ".ad l",
        ".SH NAME",
        f"gallery\\-daemon \\- {_plain(description)}",
        ".SH SYNOPSIS",
        "\\fBgallery\\-daemon\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]... [\\fIOPTION\\fR]...",
        *(line for page in pages for line in roff(page)),
        ".SH SEE ALSO",
        "\\fBgallery\\-daemon manual\\fR lists more pages, on training and on the design.",
    ]
    # A title begins a paragraph already.
    lines = (now for was, now in pairwise(found) if now != ".PP" or not was.startswith(".S"))
    return "\n".join((found[0], *lines)) + "\n"


def roff(markdown: str) -> Iterator[str]:
    """The lines of a page: each of its titles begins a section, each block of code stays as is."""
    text, end = _COMMENT.sub("", markdown), 0
    for block in _BLOCKS.finditer(text):
        yield from _prose(text[end : block.start()])
        yield from (".PP", ".RS 4", ".nf", *map(_line, block["code"].splitlines()), ".fi", ".RE")
        end = block.end()
    yield from _prose(text[end:])


def _prose(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        marks, _, title = paragraph.partition(" ")
        if paragraph.startswith("|"):
            yield from _table(paragraph.splitlines())
        elif marks == "#":
            yield f".SH {_plain(title.upper())}"
        elif marks in {"##", "###"}:
            yield f".SS {_plain(title)}"
        elif re.match(r"[-*] |\d+\. ", paragraph):
            yield from _items(paragraph)
        elif paragraph:
            yield from (".PP", *_text(paragraph))


def _items(paragraph: str) -> Iterator[str]:
    for item in re.split(r"\n(?=[-*] |\d+\. )", paragraph):
        mark, _, text = item.partition(" ")
        yield f".IP {_BULLET if mark in '-*' else mark} 3"
        yield from _text(text)


def _table(rows: list[str]) -> Iterator[str]:
    """The first cell of each row is a tag; others are said under it, by their heads if several."""
    heads, _, *cells = (
        [cell.strip().replace("\\|", "|") for cell in _CELLS.split(row.strip("|"))] for row in rows
    )
    for tag, *others in cells:
        yield from (".TP", *_text(tag or "\\&"))
        for head, cell in zip(heads[1:], others, strict=True):
            if cell:
                yield from _text(cell if len(others) == 1 else f"*{head}*: {cell}")
                yield ".br"


def _text(markdown: str) -> list[str]:
    """A paragraph in roff, on a line: roff fills it, and no line begins with a request."""
    return [_line(_inline(" ".join(markdown.split())), escaped=True)]


def _inline(text: str) -> str:
    """Code and strong words bold, stressed ones in italics, links by their words."""
    ends = [0, *(end for each in _INLINE.finditer(text) for end in each.span()), len(text)]
    found = [_plain(text[start:end]) for start, end in list(pairwise(ends))[::2]]
    for number, each in enumerate(_INLINE.finditer(text)):
        bold, italic = each["coded"] or each["bold"], each["italic"]
        if bold:
            found[number] += f"\\fB{_plain(bold.replace('`', ''))}\\fR"
        else:
            found[number] += f"\\fI{_plain(italic)}\\fR" if italic else _plain(each["link"])
    return "".join(found)


def _line(text: str, *, escaped: bool = False) -> str:
    text = text if escaped else _plain(text)
    return f"\\&{text}" if text[:1] in {".", "'"} else text


def _plain(text: str) -> str:
    """Letters that roff would read otherwise; a hyphen can be copied into a shell."""
    return text.replace("\\", "\\e").replace("-", "\\-")


def get_build_hook() -> type:
    """What hatchling runs before it builds; a wheel gets the page, an editable install does not."""
    from hatchling.builders.hooks.plugin.interface import (  # noqa: PLC0415 - while building only
        BuildHookInterface,
    )

    class ManPage(BuildHookInterface):  # type: ignore[misc]
        """Writes the page to a folder of its own, which is gone when the wheel is built."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Add the page to the data of a wheel."""
            if self.target_name != "wheel" or version == "editable":
                return
            self._folder = tempfile.TemporaryDirectory()
            pages = [Path(__file__).with_name(f"{name}.md").read_text("utf-8") for name in PAGES]
            about = self.metadata
            page = Path(self._folder.name, "gallery-daemon.1")
            page.write_text(man_page(about.version, about.core.description, pages), "utf-8")
            build_data["shared_data"][str(page)] = INSTALLED_AS

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
            """Take the folder away."""
            del build_data, artifact_path
            if self.target_name == "wheel" and version != "editable":
                self._folder.cleanup()

    return ManPage
