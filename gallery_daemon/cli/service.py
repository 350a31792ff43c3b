"""`service install` and `service remove`: the systemd user unit."""

from __future__ import annotations

import typer

from gallery_daemon.daemon.unit import install_unit, remove_unit, start_command, unit_folder

app = typer.Typer(help="Install or remove the systemd user service.", no_args_is_help=True)


@app.command()
def install() -> None:
    """Write the systemd user unit for the interpreter in use.

    Example: gallery-daemon service install
    """
    path = install_unit(unit_folder(), start_command())
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
    path = remove_unit(unit_folder())
    if path is None:
        typer.echo("no unit is installed")
        return
    typer.echo(f"removed {path}")
    typer.echo("now run:")
    typer.echo("  systemctl --user disable --now gallery-daemon")
    typer.echo("  systemctl --user daemon-reload")
