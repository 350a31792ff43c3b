"""What a person chose for a training."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gallery_daemon.training.recipe import DEFAULT, VALIDATION_SHARE, Recipe

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What a person chose.

    `weights` as in `weights.find_weights`. Who validates: the pictures of the folder `validation`,
    or about `validation_share` of all, whole sources if `by_source`. Each of `left_out` is a set of
    sources that a model is trained without and judged by. `threads` decode pictures. `int8`: the
    bundle gets an 8-bit network as well.
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
    device: str = "auto"
    threads: int = os.cpu_count() or 1
    resume: bool = False
    int8: bool = False

    def fingerprint(self) -> dict[str, object]:
        """All that decides what comes out: a training goes on only with the same."""
        chosen = asdict(self)
        del chosen["threads"], chosen["resume"], chosen["int8"]
        return {name: _plain(value) for name, value in chosen.items()}


def _plain(value: object) -> object:
    """The value as JSON gives it back."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (int, float, str, type(None))) else str(value)
