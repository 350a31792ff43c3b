"""What a person is asked about mass moves, for `lessons` and `status`."""

from __future__ import annotations

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


def photos(number: int) -> str:
    """So many photos."""
    return "1 photo" if number == 1 else f"{number:,} photos"
