"""`service install` and `service remove`: the systemd user unit."""

from __future__ import annotations

import typer

from gallery_daemon.cli.config_file import existing_config
from gallery_daemon.cli.plain import print_error
from gallery_daemon.daemon.configuration import read_configuration, refuse_failing
from gallery_daemon.daemon.unit import (
    UNIT,
    install_unit,
    remove_unit,
    start_command,
    unit_folder,
)
from gallery_daemon.errors import GalleryError

app = typer.Typer(help="Install or remove the systemd user service.", no_args_is_help=True)


@app.command()
def install() -> None:
    """Write the systemd user unit for the interpreter in use.

    Without a configuration that can be used, it says so: the service would end at once.

    Example: gallery-daemon service install
    """
    path = install_unit(unit_folder(), start_command())
    typer.echo(f"wrote {path}")
    is_ready = _is_ready()
    typer.echo("now run:" if is_ready else "when the configuration is right, run:")
    typer.echo("  systemctl --user daemon-reload")
    typer.echo("  systemctl --user enable --now gallery-daemon")
    typer.echo("then follow it with: journalctl --user -fu gallery-daemon -o cat")


@app.command()
def remove() -> None:
    """Remove the unit that `service install` wrote; stop and disable the service before.

    Example: gallery-daemon service remove
    """
    folder = unit_folder()
    if (folder / _ENABLED_AS).is_symlink():
        raise GalleryError(
            "the service is enabled, and systemd would look for it in vain",
            hint="systemctl --user disable --now gallery-daemon\n"
            "then run again: gallery-daemon service remove",
        )
    path = remove_unit(folder)
    if path is None:
        typer.echo("no unit is installed")
        return
    typer.echo(f"removed {path}")
    typer.echo("now run:")
    typer.echo("  systemctl --user stop gallery-daemon")
    typer.echo("  systemctl --user daemon-reload")


# What `systemctl enable` makes of the unit's WantedBy=default.target.
_ENABLED_AS = f"default.target.wants/{UNIT}"


def _is_ready() -> bool:
    """Whether `run` would start with the configuration that is there; if not, say why."""
    try:
        refuse_failing(read_configuration(existing_config(None)))
    except GalleryError as error:
        typer.echo("warning: the service cannot start yet:", err=True)
        print_error(error)
        return False
    return True
