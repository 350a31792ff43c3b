"""The plots of a bundle, each a PNG of its own."""

from __future__ import annotations

import io
import warnings
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from gallery_daemon.training.coverage import coverages, risk_coverage
from gallery_daemon.training.measures import BINS, bins_of
from gallery_daemon.training.predictions import uncalibrated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from gallery_daemon.training.display import Epoch
    from gallery_daemon.training.predictions import Array, Flags, Predictions

_PNG_DPI = 120
_GRID_ALPHA = 0.3
_BAR_ALPHA = 0.25
# The tallest bar takes a quarter of the height, below the lines.
_BARS_SHARE = 0.25


def all_plots(
    epochs: Sequence[Epoch], predictions: Predictions, quick: Predictions | None = None
) -> dict[str, bytes]:
    """Every plot by its file name, in the order in which they are worth a look.

    `quick` are the predictions of a quick look at the same pictures. Without epochs there are no
    plots of the training.
    """
    phases = [list(group) for _, group in groupby(epochs, key=lambda epoch: epoch.phase)]
    plots = {f"loss-phase{place}.png": loss_plot(phase) for place, phase in enumerate(phases, 1)}
    if phases:
        plots["accuracy.png"] = accuracy_plot(phases)
    looks = {"full look": predictions} | ({"quick look": quick} if quick else {})
    plots |= {
        "confusion.png": confusion_plot(predictions),
        "risk-coverage.png": risk_coverage_plot(looks),
        "coverage.png": coverage_plot(predictions),
        "reliability.png": reliability_plot(predictions),
    }
    if quick:
        plots["reliability-quick.png"] = reliability_plot(quick, "Quick look: is")
    return plots


def loss_plot(epochs: Sequence[Epoch]) -> bytes:
    """The training and validation losses of one phase's epochs; the best is marked."""
    figure, axes = _new_plot(f"Training {epochs[0].phase}", "epoch", "cross-entropy (nats)")
    numbers = [epoch.number for epoch in epochs]
    axes.plot(numbers, [epoch.train_loss for epoch in epochs], marker="o", label="training")
    axes.plot(
        numbers,
        [epoch.validation_loss for epoch in epochs],
        marker="o",
        label="validation, calibrated",
    )
    for epoch in [epoch for epoch in epochs if epoch.is_best][-1:]:
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
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0.5, len(numbers) + 0.5)
    axes.set_ylim(bottom=0)
    axes.legend()
    return _png(figure)


def accuracy_plot(phases: Sequence[Sequence[Epoch]]) -> bytes:
    """The share of validation pictures that were right, over all epochs, a line for each phase."""
    figure, axes = _new_plot("Accuracy", "epoch", "validation pictures right")
    start = 1
    for phase in phases:
        numbers = range(start, start + len(phase))
        shares = [epoch.validation_accuracy for epoch in phase]
        axes.plot(numbers, shares, marker="o", label=phase[0].phase)
        start += len(phase)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend()
    return _png(figure)


def confusion_plot(predictions: Predictions) -> bytes:
    """The confusion: a row for each class, its shares in colour, the counts as text."""
    classes, table = predictions.classes, predictions.confusion()
    shares = table / table.sum(1, keepdims=True).clip(1)
    side = 2.4 + 0.6 * len(classes)
    figure = Figure(figsize=(side + 0.6, side), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*table.shape):
        if table[row, column]:
            colour = "white" if shares[row, column] > 0.5 else "black"  # noqa: PLR2004 - dark blue
            axes.text(column, row, str(table[row, column]), ha="center", va="center", color=colour)
    names = [_as_text(name) for name in classes]
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("called")
    axes.set_ylabel("is")
    axes.set_title("Who was taken for whom")
    return _png(figure)


def reliability_plot(predictions: Predictions, begins: str = "Is") -> bytes:
    """How often a confidence was right, before and after the temperature; the diagonal is true."""
    figure, axes = _new_plot(
        f"{begins} 0.9 right nine times out of ten? (temperature {predictions.temperature:.2f})",
        "confidence",
        "pictures right",
    )
    axes.plot([0, 1], [0, 1], color="black", linewidth=1, label="true")
    after = predictions.probabilities
    for label, probabilities in (
        ("before calibration", uncalibrated(after, predictions.temperature)),
        ("after", after),
    ):
        _reliability(axes, label, probabilities.max(1), predictions.is_right())
    _counts(axes, after.max(1))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.legend()
    return _png(figure)


def risk_coverage_plot(looks: Mapping[str, Predictions]) -> bytes:
    """How many of the photos that reach a confidence are right, a line for each look by its name.

    The line goes through every hundredth; those that the tables have are marked.
    """
    figure, axes = _new_plot(
        "The surer it must be, the fewer are filed",
        "share of photos that reach the confidence (marked)",
        "of those, right",
    )
    for place, (label, predictions) in enumerate(looks.items()):
        offset = (4, 4) if place == 0 else (-4, -14)  # beside the line, and not on the other's
        curve = [each for each in risk_coverage(predictions) if each.reached]
        (line,) = axes.plot(
            [each.share for each in curve], [each.accuracy or 0 for each in curve], label=label
        )
        for each in coverages(predictions.hundredths(), predictions.is_right()):
            if each.accuracy is not None:
                point = (each.share, each.accuracy)
                axes.plot(*point, marker="o", color=line.get_color())
                axes.annotate(
                    f"{each.confidence:.1f}", point, xytext=offset, textcoords="offset points"
                )
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlim(0, 1)
    axes.legend()
    return _png(figure)


def coverage_plot(predictions: Predictions) -> bytes:
    """For each class, how precise its calls are if only the surest of them are filed."""
    figure, axes = _new_plot("Filing fewer, filing better", "share of its calls filed", "right")
    called, confidence = predictions.probabilities.argmax(1), predictions.probabilities.max(1)
    for place, name in enumerate(predictions.classes):
        own = called == place
        right = predictions.is_right()[own][np.argsort(-confidence[own], kind="stable")]
        if len(right) and (predictions.truth == place).any():
            count = np.arange(1, len(right) + 1)
            axes.plot(count / len(right), right.cumsum() / count, label=_as_text(name))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlim(0, 1)
    if axes.lines:
        axes.legend(fontsize="small")
    return _png(figure)


def _reliability(axes: Axes, label: str, confidence: Array, right: Flags) -> None:
    bins = bins_of(confidence)
    used = [place for place in range(BINS) if (bins == place).any()]
    sure = [float(confidence[bins == place].mean()) for place in used]
    share = [float(right[bins == place].mean()) for place in used]
    axes.plot(sure, share, marker="o", label=label)


def _counts(axes: Axes, confidence: Array) -> None:
    """How many pictures each point stands for, as bars below: a point of three proves little."""
    bins = bins_of(confidence)
    counts = [int((bins == place).sum()) for place in range(BINS)]
    heights = [count / max(counts) * _BARS_SHARE for count in counts]
    middles = [(place + 0.5) / BINS for place in range(BINS)]
    bars = axes.bar(
        middles,
        heights,
        width=0.9 / BINS,
        color="grey",
        alpha=_BAR_ALPHA,
        label="how many pictures (after)",
    )
    axes.bar_label(bars, [str(count or "") for count in counts], fontsize=7)


def _new_plot(title: str, x: str, y: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(visible=True, alpha=_GRID_ALPHA)
    return figure, axes


def _as_text(name: str) -> str:
    """A class's name that matplotlib does not take for a formula, nor for something to hide."""
    return f" {name}".replace("$", r"\$")  # a label that begins with _ is left out of legends


def _png(figure: Figure) -> bytes:
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a script that the font lacks shows as boxes
        figure.savefig(picture, format="png", dpi=_PNG_DPI)
    return picture.getvalue()
