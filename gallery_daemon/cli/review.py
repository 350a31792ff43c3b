"""`review`: the photos that wait for a person's word, in the browser."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.plain import print_to_stderr
from gallery_daemon.clock import SystemClock
from gallery_daemon.config.kinds.quantity import parse_duration
from gallery_daemon.daemon.configuration import default_path
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST_PORT = 65535
_IDLE_S = 15 * 60.0


def _duration(text: str) -> float:
    seconds = parse_duration(text)
    if seconds is None:
        raise typer.BadParameter(f"{text!r} is no duration; say 15m, 2h")
    return seconds


def review(
    *,
    config: ConfigFile = None,
    port: Annotated[
        int, typer.Option(min=0, max=_LARGEST_PORT, metavar="PORT", help="0: a free one.")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address.")
    ] = False,
    idle: Annotated[
        float | None,
        typer.Option(
            parser=_duration, metavar="TIME", help="End when no page was open for so long; 15m."
        ),
    ] = None,
) -> None:
    """Decide in the browser what the model was not sure of, and see what was filed.

    The page is served on this machine, for you alone: its address has a secret that is new each
    time. What you say there of a photo files it by your rules, as that class, and is a lesson; it
    can be taken back. Rules are changed there, too, and versions of the model chosen. It works
    beside a running daemon, ends by Ctrl-C, and by itself when no page is open. Without a
    configuration it offers to write one. It needs: pip install 'gallery-daemon[review]'

    Examples:
        gallery-daemon review

        gallery-daemon review --no-browser --port 8765
    """
    serve = _server()
    serve(
        # Where there is none, the page offers to write one.
        (config or default_path()).absolute(),
        SystemClock(),
        port=port,
        idle_s=_IDLE_S if idle is None else idle,
        started=print if no_browser else _open_browser,
    )


def _server() -> Callable[..., None]:
    try:
        from gallery_daemon.review.server import serve  # noqa: PLC0415 - an extra has its packages
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("gallery_daemon"):
            raise
        raise GalleryError(
            f"the review needs the package {error.name}, which is not installed",
            hint="pip install 'gallery-daemon[review]'",
        ) from error
    return serve


def _open_browser(address: str) -> None:
    """The browser shows it; where there is none, the person gets the address."""
    if webbrowser.open(address):
        print_to_stderr("the review is open in your browser; Ctrl-C ends it")
    else:
        print_to_stderr("no browser could be started; open this address:")
    print(address, flush=True)
