"""`doctor`: is everything there that the daemon needs, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from gallery_daemon.cli import exits, public
from gallery_daemon.cli.config_file import existing_config
from gallery_daemon.cli.fitting import homely
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.render import print_words
from gallery_daemon.clock import SystemClock
from gallery_daemon.daemon.configuration import read_configuration
from gallery_daemon.doctor.examine import examine, examine_without
from gallery_daemon.doctor.finding import Finding, Status, counted
from gallery_daemon.errors import ConfigErrors

if TYPE_CHECKING:
    from collections.abc import Iterable

_COLOURS = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "bold red"}
_ABOUT_WIDTH = 13


def doctor(
    *,
    config: ConfigFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per finding.")
    ] = False,
) -> None:
    """Look at all that the daemon needs, and say what to do about each problem.

    The configuration, folders, links, space, the kernel's limits, the model, the journal, the
    service. Nothing is changed. Exit status 0: nothing fails; 1: something does; 2: the
    configuration is wrong.

    Example: gallery-daemon doctor
    """
    path, clock = existing_config(config), SystemClock()
    try:
        findings: Iterable[Finding] = examine(read_configuration(path), clock)
        status = 0
    except ConfigErrors as errors:
        findings, status = examine_without(errors, clock), exits.WRONG
    counts = _print_findings(findings, as_json=as_json)
    if counts[Status.FAIL] and not status:
        status = exits.SOME
    if status:
        raise typer.Exit(status)


def _print_findings(findings: Iterable[Finding], *, as_json: bool) -> dict[Status, int]:
    """Print each finding as soon as it is there; return how many there are of each status."""
    counts = dict.fromkeys(Status, 0)
    console = Console(highlight=False, markup=False)
    for finding in findings:
        counts[finding.status] += 1
        if as_json:
            public.print_json(public.of_finding(finding))
        else:
            print_words(console, _line(finding, console.width if console.is_terminal else None))
    if not as_json:
        failed, warned = counts[Status.FAIL], counts[Status.WARN]
        total = f"{counted(failed, 'failure')}, {counted(warned, 'warning')}"
        console.print(total if failed or warned else "all is well")
    return counts


def _line(finding: Finding, columns: int | None) -> Text:
    """Status, subject, what and advice; in a terminal what does not fit stands below its like."""
    line = Text()
    line.append(f"{finding.status:<5}", _COLOURS[finding.status])
    line.append(f"{finding.about:<{_ABOUT_WIDTH}} ", "dim")
    indent = len(line)
    words = Text(homely(finding.what))
    if finding.advice is not None:
        words.append(" -> ", "dim")
        words.append(homely(finding.advice), "bold")
    if columns is None or columns < 2 * indent:
        return line.append_text(words)
    parts = words.wrap(Console(), columns - indent)
    return line.append_text(Text("\n" + " " * indent).join(parts))
