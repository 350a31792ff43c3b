"""Files that come with the program and stand at the top of the repository, where people look.

A wheel carries copies of them in `gallery_daemon/share` (pyproject.toml, `force-include`); in an
editable install they are read from the checkout.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

EXAMPLE_CONFIG = "config.example.yaml"
UNIT = "gallery-daemon.service"

_IN_CHECKOUT = {EXAMPLE_CONFIG: EXAMPLE_CONFIG, UNIT: f"systemd/{UNIT}"}


def shipped_text(name: str) -> str:
    """The text of a shipped file, `EXAMPLE_CONFIG` or `UNIT`."""
    package = resources.files("gallery_daemon")
    packaged = package / "share" / name
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(str(package)).parent / _IN_CHECKOUT[name]).read_text("utf-8")
