"""How a bundle came to be, as `model.json` says it.

Names of folders only, whose places are the person's own: a bundle can be given away.
"""

from __future__ import annotations

import platform
import subprocess
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import gallery_daemon

if TYPE_CHECKING:
    from gallery_daemon.training.features import Runner
    from gallery_daemon.training.options import TrainOptions
    from gallery_daemon.training.pictures import Reading

_LIBRARIES = ("numpy", "pillow", "pillow-heif", "safetensors", "torch", "torchvision")
_GIT_PATIENCE_S = 5


def provenance_of(
    options: TrainOptions, reading: Reading, run: Runner, *, weights: str
) -> dict[str, object]:
    """Every argument, what was read, on what it ran, and by which versions."""
    return {
        "data": [folder.resolve().name for folder in options.data],
        "recipe": asdict(options.recipe),
        "weights": Path(weights).name,
        "seed": options.seed,
        "split_by_source": options.by_source,
        "validation": None if options.validation is None else options.validation.resolve().name,
        "validation_share": options.validation_share,
        "leave_source_out": [list(sources) for sources in options.left_out],
        "pictures": reading.gallery.counts(),
        "sources": reading.gallery.sources(),
        "skipped": len(reading.skipped),
        "batch_size": run.batch_size,
        "device": run.device.type,
        "precision": str(run.precision).removeprefix("torch."),
        "processor": platform.machine(),
        "git_revision": _git_revision(),
        "versions": {
            "gallery-daemon": gallery_daemon.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
    }


def _git_revision() -> str | None:
    """The commit of the checkout that this program runs from, None if it is installed elsewhere."""
    package = Path(gallery_daemon.__file__).parent
    if not (package.parent / ".git").exists():
        return None
    try:
        said = subprocess.run(  # noqa: S603 - no shell, and no argument of the user's
            ["git", "-C", str(package), "describe", "--always", "--dirty", "--abbrev=40"],  # noqa: S607
            capture_output=True,
            check=True,
            text=True,
            timeout=_GIT_PATIENCE_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip()
