"""`manual`: the pages that ship with the program, for a terminal, a pager or a pipe."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.theme import Theme

from gallery_daemon.config.mistakes import did_you_mean
from gallery_daemon.errors import GalleryError
from gallery_daemon.manual.pages import TOPICS, Page, read_page

# Longer lines are hard to read, however wide the terminal is.
_WIDEST = 100
# The terminal's own colours, on its own background.
_THEME = Theme({"markdown.code": "bold cyan"})


def manual(
    topic: Annotated[
        str | None,
        typer.Argument(metavar="TOPIC", help=f"One of {', '.join(TOPICS)}.", show_default=False),
    ] = None,
) -> None:
    """Print a page of the manual; without a topic, list the pages.

    On a terminal the page is laid out and goes through your pager; in a pipe it is Markdown.

    Examples:
        gallery-daemon manual

        gallery-daemon manual rules

        gallery-daemon manual design > design.md
    """
    if topic is None:
        _print_topics()
        return
    if topic not in TOPICS:
        hint = did_you_mean(topic, TOPICS) or f"the topics are {', '.join(TOPICS)}"
        raise GalleryError(f'the manual has no topic "{topic}"', hint=hint)
    page = read_page(topic)
    if sys.stdout.isatty():
        _show(page)
    else:
        print(page.text, end="")


def _print_topics() -> None:
    width = max(map(len, TOPICS))
    for topic in TOPICS:
        print(f"{topic:<{width}}  {read_page(topic).says}")
    print("\nRead one with: gallery-daemon manual TOPIC")


def _show(page: Page) -> None:
    """Lay the page out and hand it to the pager, which ends at once if it fits on the screen."""
    console = Console(theme=_THEME)
    console.width = min(console.width, _WIDEST)
    # As git has it: end if it fits, keep colours, leave the text on the screen.
    os.environ.setdefault("LESS", "FRX")
    with console.pager(styles=not console.is_dumb_terminal):
        console.print(Markdown(page.text, code_theme="ansi_dark"))
