"""The page of an evaluation, `evaluate --report`: the tables, plots and surest mistakes.

Apart from `evaluate`, which does not wait for the library that draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.photo import LookKind
from gallery_daemon.training.pictures import read_pictures
from gallery_daemon.training.plots import all_plots
from gallery_daemon.training.report import (
    QUICK_ENDING,
    Misclassified,
    report_page,
    surest_mistakes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.training.evaluate import Evaluation

_HEADING = "Measured pictures"


def evaluation_page(found: Evaluation) -> bytes:
    """The page; the pictures of the mistakes are read once more."""
    measured = {_HEADING: found.measures}
    if found.quick:
        measured[f"{_HEADING}{QUICK_ENDING}"] = found.quick
    quick = found.answers.get(LookKind.QUICK)
    full = found.answers[LookKind.FULL].predictions
    return report_page(
        f"The model {found.model}",
        measured,
        all_plots((), full, quick.predictions if quick else None),
        list(_mistakes(found)),
        found.skipped,
        agreement=found.agreement,
        about={
            "model": found.model,
            "ran with": found.engine,
            "pictures": str(len(found.pictures)),
            "skipped": str(len(found.skipped)),
            **({} if found.caution is None else {"note": found.caution}),
        },
    )


def _mistakes(found: Evaluation) -> Iterator[Misclassified]:
    """The most confident mistakes of the full look that can still be read."""
    surest = list(surest_mistakes(found.answers[LookKind.FULL].predictions))
    pictures = [found.pictures[row] for row, *_ in surest]
    read = read_pictures(pictures, threads=1)
    for (_, called, truth, confidence), (picture, pixels) in zip(surest, read, strict=True):
        if not isinstance(pixels, str):
            yield Misclassified(called, truth, confidence, picture.path.name, pixels)
