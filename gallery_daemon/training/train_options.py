"""What a person chose for a training, and how `model.json` says it: the bundle's provenance."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import gallery_daemon
from gallery_daemon.errors import TrainingError
from gallery_daemon.training.recipe import DEFAULT, VALIDATION_SHARE, Recipe

if TYPE_CHECKING:
    from gallery_daemon.training.features import Runner
    from gallery_daemon.training.pictures import LoadedGallery

_LIBRARIES = ("numpy", "pillow", "pillow-heif", "safetensors", "torch", "torchvision")
_GIT_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What a person chose.

    `weights` as in `weights.find_weights`. The pictures in the folder `validation` validate, else
    about `validation_share` of all, whole sources if `by_source`. Each of `left_out` is a set of
    sources that a model is trained without and judged by; with `folds`, all sources in that many
    sets. `size` is the side of the pictures of a full look, None: as the start has it. `notes` is a
    text for the end of the card. `threads` decode pictures. `int8`: the bundle gets an 8-bit
    network as well.
    """

    data: tuple[Path, ...]
    out: Path
    weights: str | None = None
    recipe: Recipe = DEFAULT
    seed: int = 0
    validation: Path | None = None
    by_source: bool = False
    validation_share: float = VALIDATION_SHARE
    left_out: tuple[tuple[str, ...], ...] = ()
    folds: int = 0
    size: int | None = None
    device: str = "auto"
    threads: int = os.cpu_count() or 1
    notes: Path | None = None
    resume: bool = False
    int8: bool = False

    def fingerprint(self) -> dict[str, object]:
        """All that decides the result: a training is only resumed with the same."""
        chosen = asdict(self)
        del chosen["threads"], chosen["resume"], chosen["int8"], chosen["notes"]
        return {name: _plain(value) for name, value in chosen.items()}


def _plain(value: object) -> object:
    """The value as JSON gives it back."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (int, float, str, type(None))) else str(value)


def read_notes(notes: Path | None) -> str:
    """What a person adds to the card: known failures, licences; nothing if there are no notes.

    Raises:
        TrainingError: the file cannot be read.
    """
    if notes is None:
        return ""
    try:
        return notes.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise TrainingError(f"cannot read the notes {notes}: {error}") from error


def provenance_of(
    options: TrainOptions, loaded: LoadedGallery, run: Runner, *, weights: str
) -> dict[str, object]:
    """Every argument, what was read, on what it ran, and by which versions.

    Names of folders only, not where they are: a bundle can be given away.
    """
    return {
        "data": [folder.resolve().name for folder in options.data],
        "recipe": asdict(options.recipe),
        "weights": Path(weights).name,
        "seed": options.seed,
        "split_by_source": options.by_source,
        "validation": None if options.validation is None else options.validation.resolve().name,
        "validation_share": options.validation_share,
        "size": loaded.full_size,
        "int8": options.int8,
        "folds": options.folds,
        "leave_source_out": [list(sources) for sources in options.left_out],
        "pictures": loaded.gallery.counts(),
        "sources": loaded.gallery.sources(),
        "skipped": len(loaded.skipped),
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
            timeout=_GIT_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip()
