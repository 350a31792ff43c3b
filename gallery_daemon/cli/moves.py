"""What a person is told of moves that are no lessons yet: asked about, or made just now."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.journal.lesson import MassMove


def asked(move: MassMove) -> str:
    """What a person is asked about the move."""
    left = "/".join(move.from_folder) or "the library"
    reached = "/".join(move.to_folder) or "the library"
    return (
        f"{photos(move.photos)} went at once from {left} to {reached}: are they {move.class_name}?"
        f" gallery-daemon lessons --accept-move {move.id}, or --dismiss-move {move.id}"
    )


def waits(number: int, counts_in_s: float) -> str:
    """That so many photos were moved a moment ago, and when they count."""
    seconds = max(1, math.ceil(counts_in_s))
    when = "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"not counted yet, because they were moved just now: {photos(number)}, for {when} more"


def photos(number: int) -> str:
    """So many photos."""
    return "1 photo" if number == 1 else f"{number:,} photos"
