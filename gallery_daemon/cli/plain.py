"""Words for a person, without colours and tables: errors, and text that any terminal takes.

Apart from `render`, which needs rich: the daemon imports this file and keeps what it imports for as
long as it runs (rich takes 5 MB). Errors are lower case, without a full stop, with the hint on
its own line.
"""

from __future__ import annotations

import os
import sys
import textwrap
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

from gallery_daemon.errors import ConfigError, ConfigErrors, GalleryError
from gallery_daemon.logs.journald import is_read_by_journald, prefix
from gallery_daemon.logs.width import columns_of, with_tilde

if TYPE_CHECKING:
    from collections.abc import Iterator

# A person who has seen nothing for so long asks whether anything happens at all.
_SLOW_S = 1.0


def print_error(error: GalleryError) -> None:
    """The error as a person reads it, on standard error."""
    priority = prefix("error") if is_read_by_journald(sys.stderr, os.environ) else ""
    for line in error_lines(error):
        print_to_stderr(priority + line)


def print_to_stderr(line: str) -> None:
    """One line, or in a terminal as many as it needs, the others further to the right."""
    below = " " * (len("  hint: ") if line.startswith(" ") else len("    "))
    for part in fitted(shown(line), columns_of(sys.stderr), "", below):
        print(part, file=sys.stderr)


@contextmanager
def told_if_slow(what: str) -> Iterator[None]:
    """What is done meanwhile, on standard error if a person looks on and it takes a second."""
    if not sys.stderr.isatty():
        yield
        return
    timer = Timer(_SLOW_S, print_to_stderr, (what,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def error_lines(error: GalleryError) -> list[str]:
    """`file:line:column: error: what`, then `hint: what to do`; one block for each error."""
    if isinstance(error, ConfigErrors):
        return [line for each in error.errors for line in error_lines(each)]
    place = f"{error.place}: " if isinstance(error, ConfigError) else ""
    lines = [f"{place}error: {error.sentence}"]
    if error.hint:
        lines += [f"  hint: {line}" for line in error.hint.splitlines()]
    return lines


def fitted(line: str, columns: int | None, begin: str, below: str) -> list[str]:
    """The line in as many as so many columns need, none of them ending within a word.

    `begin` stands before the first, `below` before the others; None: it is one line. A terminal
    shows the home folder as `~`.
    """
    if columns is None:
        return [begin + line]
    return textwrap.wrap(
        with_tilde(line),
        columns,
        initial_indent=begin,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [begin]


def shown(text: str) -> str:
    """Text that any terminal takes: control characters and broken UTF-8 are escaped."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
