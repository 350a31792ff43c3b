"""`service install` and `service remove`: the systemd user unit."""

from __future__ import annotations

import os

import typer

from gallery_daemon.cli.config_file import existing_config
from gallery_daemon.cli.fitting import path_line, sentence
from gallery_daemon.cli.helptext import HelpfulCommand, HelpfulGroup
from gallery_daemon.cli.plain import print_error
from gallery_daemon.daemon.configuration import read_configuration, refuse_failing
from gallery_daemon.daemon.unit import (
    has_user_manager,
    install_unit,
    remove_unit,
    start_command,
    unit_folder,
)
from gallery_daemon.errors import GalleryError

app = typer.Typer(
    cls=HelpfulGroup, help="Install or remove the systemd user service.", no_args_is_help=True
)


@app.command(cls=HelpfulCommand)
def install() -> None:
    """Write the systemd user unit for the interpreter in use.

    Without a configuration that can be used, it says so: the service would end at once. Where no
    systemd user manager runs, it says how to come to one, or how to do without.

    Example: gallery-daemon service install
    """
    path = install_unit(unit_folder(), start_command())
    print(path_line(str(path), 0, before="wrote "))
    is_ready = _is_ready()
    if not has_user_manager(os.environ):
        print(sentence(_NO_MANAGER))
        return
    print("now run:" if is_ready else "when the configuration is right, run:")
    print("  systemctl --user daemon-reload")
    print("  systemctl --user enable --now gallery-daemon")
    print("then follow it with: journalctl --user -fu gallery-daemon -o cat")


@app.command(cls=HelpfulCommand)
def remove() -> None:
    """Remove the unit that `service install` wrote, and disable the service.

    A service that runs goes on until you stop it, as the last lines say.

    Example: gallery-daemon service remove
    """
    path = remove_unit(unit_folder())
    if path is None:
        print("no unit is installed")
        return
    print(path_line(str(path), 0, before="disabled and removed "))
    if has_user_manager(os.environ):
        print("now run:")
        print("  systemctl --user stop gallery-daemon")
        print("  systemctl --user daemon-reload")


_NO_MANAGER = (
    "no systemd user manager runs here, so nothing starts this unit yet: log in as this user (not "
    "by su or sudo) and run `gallery-daemon service install` again, which then says how to start "
    "it; or, where there is no systemd, start the daemon yourself: gallery-daemon run"
)


def _is_ready() -> bool:
    """Whether `run` would start with the configuration that is there; if not, say why."""
    try:
        refuse_failing(read_configuration(existing_config(None)))
    except GalleryError as error:
        typer.echo("warning: the service cannot start yet:", err=True)
        print_error(error)
        return False
    return True
