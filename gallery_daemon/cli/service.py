"""`service install` and `service remove`: the systemd user unit."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import typer

from gallery_daemon.service.unit import install_unit, remove_unit

app = typer.Typer(help="Install or remove the systemd user service.", no_args_is_help=True)


@app.command()
def install() -> None:
    """Write the systemd user unit for the interpreter in use.

    Example: gallery-daemon service install
    """
    path = install_unit(_unit_folder(), (sys.executable, "-m", "gallery_daemon", "run"))
    typer.echo(f"wrote {path}")
    typer.echo("now run:")
    typer.echo("  systemctl --user daemon-reload")
    typer.echo("  systemctl --user enable --now gallery-daemon")
    typer.echo("then follow it with: journalctl --user -fu gallery-daemon -o cat")


@app.command()
def remove() -> None:
    """Remove the unit that `service install` wrote.

    Example: gallery-daemon service remove
    """
    path = remove_unit(_unit_folder())
    if path is None:
        typer.echo("no unit is installed")
        return
    typer.echo(f"removed {path}")
    typer.echo("now run:")
    typer.echo("  systemctl --user disable --now gallery-daemon")
    typer.echo("  systemctl --user daemon-reload")


def _unit_folder() -> Path:
    return platformdirs.user_config_path() / "systemd" / "user"
