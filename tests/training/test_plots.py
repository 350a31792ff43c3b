"""The plots: each shows what it claims, whatever the classes are called, however few there are."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.training import plots
from gallery_daemon.training.display import Epoch
from gallery_daemon.training.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SOME = Predictions(
    np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6], [0.1, 0.9]], dtype=np.float32),
    np.array([0, 1, 1, 0, 1]),
    ("cars", "trees"),
    temperature=2.0,
)
HEAD = [
    Epoch("head", 1, 3, 0.9, 0.8, 0.5, is_best=True, done=0.1),
    Epoch("head", 2, 3, 0.5, 0.4, 0.75, is_best=True, done=0.2),
    Epoch("head", 3, 3, 0.3, 0.6, 0.7, is_best=False, done=0.3),
]
ALL = [Epoch("all", 1, 1, 0.2, 0.3, 0.9, is_best=True, done=1.0)]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures, instead of their PNGs."""
    figures: list[Figure] = []

    def keep(figure: Figure) -> bytes:
        figures.append(figure)
        return b""

    monkeypatch.setattr(plots, "_png", keep)
    return figures


def _lines(axes: Axes) -> dict[str, tuple[list[float], list[float]]]:
    """The points of each line by its label."""
    return {
        str(line.get_label()): (
            np.asarray(line.get_xdata()).tolist(),
            np.asarray(line.get_ydata()).tolist(),
        )
        for line in axes.get_lines()
    }


def _legend(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def test_every_plot_is_a_png_by_its_name_in_the_order_of_worth() -> None:
    """A plot of losses for each phase, then the others; large enough to be read."""
    found = plots.all_plots([*HEAD, *ALL], SOME)

    assert [
        "loss-phase1.png", "loss-phase2.png", "accuracy.png", "confusion.png",
        "risk-coverage.png", "coverage.png", "reliability.png",
    ] == list(found)  # fmt: skip
    for png in found.values():
        with Image.open(io.BytesIO(png)) as picture:
            assert "PNG" == picture.format
            assert picture.width > 400 < picture.height + 100
            assert len(np.unique(np.asarray(picture.convert("L")))) > 10


def test_a_quick_look_has_a_reliability_of_its_own_and_an_evaluation_no_losses() -> None:
    """Its line in the curve stands beside that of the full look."""
    found = plots.all_plots((), SOME, SOME)

    assert [
        "confusion.png", "risk-coverage.png", "coverage.png", "reliability.png",
        "reliability-quick.png",
    ] == list(found)  # fmt: skip


def test_the_curve_goes_through_every_hundredth_and_marks_those_of_the_tables(
    drawn: list[Figure],
) -> None:
    """Of five pictures: all are filed and 3 are right; none reaches 0.9, which is no mark."""
    plots.risk_coverage_plot({"full look": SOME, "quick look": SOME})

    (axes,) = drawn[0].axes
    share, right = _lines(axes)["full look"]
    assert (1.0, 0.6) == (share[0], right[0])
    assert (0.4, 1.0) == (share[-1], right[-1])
    assert ["full look", "quick look"] == _legend(axes)
    assert ["0.6", "0.7", "0.8"] * 2 == [text.get_text() for text in axes.texts]


def test_the_losses_are_those_of_the_epochs_and_the_best_is_marked(drawn: list[Figure]) -> None:
    """The last of the best ones, with its accuracy; the scale begins at 0."""
    plots.loss_plot(HEAD)

    (axes,) = drawn[0].axes
    lines = _lines(axes)
    assert ([1.0, 2.0, 3.0], [0.9, 0.5, 0.3]) == lines["training"]
    assert ([1.0, 2.0, 3.0], [0.8, 0.4, 0.6]) == lines["validation, calibrated"]
    assert ([2.0], [0.4]) == lines["best: 75.0% right"]
    assert "Training head" == axes.get_title()
    assert 0 == axes.get_ylim()[0]


def test_a_phase_without_a_best_marks_none(drawn: list[Figure]) -> None:
    """A later phase may never have been better than the one before."""
    plots.loss_plot(HEAD[2:])

    assert ["training", "validation, calibrated"] == _legend(drawn[0].axes[0])


def test_accuracy_goes_on_from_phase_to_phase(drawn: list[Figure]) -> None:
    """Epochs are counted through, a line for each phase."""
    plots.accuracy_plot([HEAD, ALL])

    assert {"head": ([1, 2, 3], [0.5, 0.75, 0.7]), "all": ([4], [0.9])} == _lines(drawn[0].axes[0])


def test_the_confusion_has_its_counts_as_text(drawn: list[Figure]) -> None:
    """Row: what it is; column: what it was called; light text on dark blue; nothing for none."""
    plots.confusion_plot(replace(SOME, classes=("cars", "trees", "memes")))

    (axes,) = drawn[0].axes
    texts = {(t.get_position()[1], t.get_position()[0]): t for t in axes.texts}
    assert {(0, 0): "1", (0, 1): "1", (1, 0): "1", (1, 1): "2"} == {
        place: text.get_text() for place, text in texts.items()
    }
    assert "white" == texts[1, 1].get_color() != texts[1, 0].get_color()
    assert ["cars", "trees", "memes"] == [t.get_text().strip() for t in axes.get_yticklabels()]


def test_reliability_is_before_and_after_the_temperature(drawn: list[Figure]) -> None:
    """Each bin with pictures is a point: how sure on average, and how often right."""
    plots.reliability_plot(SOME)

    (axes,) = drawn[0].axes
    lines = _lines(axes)
    assert ["true", "before calibration", "after"] == list(lines)
    assert pytest.approx([0.6, 0.7, 0.8, 0.9]) == lines["after"][0]
    assert pytest.approx([0, 0, 1, 1]) == lines["after"][1]
    assert max(lines["before calibration"][0]) > 0.95, "a temperature of 2 made it less sure"
    assert "temperature 2.00" in axes.get_title()
    told = [text.get_text() for text in axes.texts]
    assert len(SOME.truth) == sum(int(text) for text in told if text)


def test_coverage_is_how_right_the_surest_calls_are(drawn: list[Figure]) -> None:
    """Of three calls of trees the surest two are right: by hand, share by share."""
    plots.coverage_plot(SOME)

    lines = _lines(drawn[0].axes[0])
    assert pytest.approx([1 / 3, 2 / 3, 1]) == lines[" trees"][0]
    assert pytest.approx([1, 1, 2 / 3]) == lines[" trees"][1]
    assert pytest.approx([1, 0.5]) == lines[" cars"][1]


def test_a_class_that_is_never_called_or_not_there_has_no_line(drawn: list[Figure]) -> None:
    """And a plot without lines has no legend, which would warn."""
    plots.coverage_plot(replace(SOME, classes=("cars", "trees", "memes"), probabilities=np.pad(
        SOME.probabilities, ((0, 0), (0, 1)))))  # fmt: skip
    called_otherwise = Predictions(
        np.array([[0.0, 1.0]], dtype=np.float32), np.array([0]), ("cars", "trees")
    )
    plots.coverage_plot(called_otherwise)

    assert [" cars", " trees"] == list(_lines(drawn[0].axes[0]))
    assert ({}, []) == (_lines(drawn[1].axes[0]), _legend(drawn[1].axes[0]))


@pytest.mark.parametrize("name", ["$_{x$", "_hidden", "日本語", "a" * 60, "100% {odd}\\"])
def test_any_class_name_can_be_drawn(name: str) -> None:
    """Formulas, underscores at the start, scripts that the font lacks: no error, and a legend."""
    some = replace(SOME, classes=(name, "trees"))

    for draw in (plots.confusion_plot, plots.coverage_plot):
        assert draw(some).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["_hidden", "trees"])
def test_a_name_that_begins_with_an_underscore_is_in_the_legend(
    name: str, drawn: list[Figure]
) -> None:
    """Matplotlib leaves such labels out."""
    plots.coverage_plot(replace(SOME, classes=(name, "other")))

    assert [f" {name}", " other"] == _legend(drawn[0].axes[0])
