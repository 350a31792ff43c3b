"""The loss curves of each phase, as in the article, for a person who looks at one picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gallery_daemon.training.display import Epoch


def loss_plot(epochs: Sequence[Epoch]) -> bytes:
    """A PNG of the training and validation losses of one phase's epochs; the best is marked."""
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    numbers = [epoch.number for epoch in epochs]
    axes.plot(numbers, [epoch.train_loss for epoch in epochs], marker="o", label="training")
    axes.plot(numbers, [epoch.validation_loss for epoch in epochs], marker="o", label="validation")
    best = [epoch for epoch in epochs if epoch.is_best][-1:]
    for epoch in best:
        axes.plot(
            epoch.number,
            epoch.validation_loss,
            marker="o",
            markersize=14,
            fillstyle="none",
            color="black",
            linestyle="none",
            label=f"best: {epoch.validation_accuracy:.1%} right",
        )
    axes.set_title(f"Training {epochs[0].phase}")
    axes.set_xlabel("epoch")
    axes.set_ylabel("cross-entropy (nats)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    return picture.getvalue()
