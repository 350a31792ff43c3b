"""One page that shows how good a bundle is: `report.html`, readable in a browser, with no network.

Everything is embedded, so the page can be sent to anyone: that includes small copies of the most
confident mistakes, which is why the page is the person's own and the shipped bundle has none.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from html import escape
from string import Template
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gallery_daemon.model.precision import FEWEST, why_no_threshold
from gallery_daemon.training.advice import next_steps, of_few

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.precision import Threshold
    from gallery_daemon.training.coverage import LookAgreement
    from gallery_daemon.training.measures import ClassScore, Measures
    from gallery_daemon.training.pictures import SkippedPictures
    from gallery_daemon.training.predictions import Predictions
    from gallery_daemon.training.sources import SourceScore

REPORT_FILE = "report.html"
QUICK_ENDING = ", quick look"
HEADINGS = {
    "validation": "Validation",
    "validation_quick": f"Validation{QUICK_ENDING}",
    "left_out_sources": "Sources left out in turn",
    "left_out_sources_quick": f"Sources left out in turn{QUICK_ENDING}",
}
"""What a person calls the measures that the manifest has under these keys."""
_AT_USUAL = ("reach 0.80", "of those right", "wrongly filed at 0.80")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_MOST_MISTAKES = 48
_MOST_SKIPPED = 1000
_THUMBNAIL_SIDE = 128

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto;
         padding: 0 1rem; }
  table { border-collapse: collapse; margin: 1rem 0; }
  th, td { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid #8884; }
  th:first-child, td:first-child { text-align: left; }
  td { white-space: nowrap; }
  .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; }
  .plots img { width: 100%; background: white; border-radius: 4px; }
  .mistakes { display: grid; grid-template-columns: repeat(auto-fill, 9rem); gap: 1rem;
              padding: 0; }
  .mistakes li { list-style: none; font-size: .8rem; line-height: 1.3; overflow-wrap: anywhere; }
  .mistakes img { width: 8rem; height: 8rem; border-radius: 4px; display: block; }
  small { opacity: .7; }
</style>
</head>
<body>
<h1>$title</h1>
$about
$tables
<p><small>Reach 0.80: pictures whose confidence is at least that. Wrongly filed at 0.80: pictures
that a rule with that min_confidence files as another class. 95% right from: the min_confidence from
which on 95 of 100 photos called so are so, the share of the calls that is left, and between which
two the true percentage is (Wilson, 95%); of fewer than $fewest calls nothing is known.</small></p>
<h2>Plots</h2>
<p>$plots_intro</p>
<div class="plots">
$plots
</div>
<h2>The most confident mistakes</h2>
<p>$mistakes_intro</p>
<ol class="mistakes">
$mistakes
</ol>
$skipped
<h2>What to do next</h2>
<ul>
$next_steps
</ul>
</body>
</html>
""")


@dataclass(frozen=True, slots=True, eq=False)
class Misclassified:
    """A picture that was called one class and is of another; `pixels` uint8 (S, S, 3)."""

    called: str
    truth: str
    confidence: float
    name: str
    pixels: Pixels


def report_page(
    title: str,
    measured: Mapping[str, Measures],
    plots: Mapping[str, bytes],
    mistakes: Sequence[Misclassified],
    skipped: SkippedPictures,
    *,
    agreement: LookAgreement | None = None,
    about: Mapping[str, str] = _NOTHING,
    use: str = "",
) -> bytes:
    """The page: tables of `measured` by heading, `plots` PNG by file name, mistakes, skipped files.

    The plots and the mistakes are of the last of `measured` that is no quick look. `about` says
    what the model was made from and with, `use` how to use it.
    """
    of_whom = [heading for heading in measured if not heading.endswith(QUICK_ENDING)][-1].lower()
    intro = (
        f"Of these pictures ({of_whom}) wrong, and sure of it, the surest first: a wrong label, a "
        "class that needs more pictures, or two that look alike. Pictures are shown as the network "
        "sees them, squeezed to a square."
    )
    return _PAGE.substitute(
        title=escape(title),
        tables="\n".join(
            (
                *(_measured(heading, each) for heading, each in measured.items()),
                _agreement(agreement) if agreement else "",
            )
        ),
        plots="\n".join(
            f'<img alt="{escape(name.removesuffix(".png"))}" src="{_embedded(png, "png")}">'
            for name, png in plots.items()
        ),
        about=_about(about),
        next_steps="\n".join(
            f"<li>{step}</li>" for step in next_steps(next(iter(measured.values())), use)
        ),
        fewest=FEWEST,
        plots_intro=_plots_intro(plots, of_whom),
        mistakes_intro=intro if mistakes else "None.",
        mistakes="\n".join(map(_item, mistakes)),
        skipped=_skipped(skipped),
    ).encode()


def _about(about: Mapping[str, str]) -> str:
    if not about:
        return ""
    rows = ((_printable(key), _printable(value)) for key, value in about.items())
    table = _table(("", ""), rows)
    return f"<details open><summary>What it was made from and with</summary>{table}</details>"


def surest_mistakes(predictions: Predictions) -> Iterator[tuple[int, str, str, float]]:
    """The most confident mistakes, the surest first: row, called, is, confidence 0..1."""
    called, confidence = predictions.probabilities.argmax(1), predictions.probabilities.max(1)
    wrong = np.flatnonzero(~predictions.is_right())
    for row in wrong[np.argsort(-confidence[wrong], kind="stable")][:_MOST_MISTAKES].tolist():
        name = predictions.classes[called[row]]
        truth = predictions.classes[predictions.truth[row]]
        yield row, name, truth, float(confidence[row])


def _plots_intro(plots: Iterable[str], of_whom: str) -> str:
    """Which pictures the plots are of; those of losses and accuracy are of a training."""
    if not any(name.startswith("loss-") for name in plots):
        return f"They are of these pictures: {escape(of_whom)}."
    return f"Losses and accuracy are of training; the others of these pictures: {escape(of_whom)}."


def _item(mistake: Misclassified) -> str:
    return (
        f'<li><img alt="" src="{_embedded(_thumbnail(mistake.pixels), "jpeg")}">'
        f"<b>{escape(mistake.called)}</b> {mistake.confidence:.2f}, "
        f"is <b>{escape(mistake.truth)}</b>"
        f"<br><small>{_printable(mistake.name)}</small></li>"
    )


def _skipped(skipped: SkippedPictures) -> str:
    if not skipped:
        return ""
    items = "\n".join(
        f"<li>{_printable(str(path))}: {_printable(reason)}</li>"
        for path, reason in skipped[:_MOST_SKIPPED]
    )
    more = len(skipped) - _MOST_SKIPPED
    rest = f"<li>and {more} more</li>" if more > 0 else ""
    return f"<h2>Skipped pictures</h2>\n<ul>\n{items}{rest}\n</ul>"


def _printable(text: str) -> str:
    """Text of the file system as HTML; broken UTF-8 is replaced."""
    return escape(text.encode(errors="replace").decode())


def _measured(heading: str, measures: Measures) -> str:
    """The heading, a sentence, and the tables of one set of pictures."""
    without = measures.macro_recall_without_other
    beside = "" if without is None else f" ({without:.1%} without other)"
    summary = (
        f"{measures.pictures} pictures: accuracy {measures.accuracy:.1%}, macro recall "
        f"{measures.macro_recall:.1%}{beside}, macro F1 {measures.macro_f1:.1%}, calibration error "
        f"{measures.ece:.3f} ({measures.ece_before:.3f} before calibration)."
    )
    coverage = _table(
        ("confidence", "pictures that reach it", "of those right"),
        (
            (f"{each.confidence:.2f}", f"{each.share:.1%}", _share(each.accuracy))
            for each in measures.at_confidence
        ),
    )
    few = f"<p><small>{of_few(measures)}</small></p>"
    parts = (f"<h2>{escape(heading)}</h2>", f"<p>{summary}</p>", few, coverage, _classes(measures))
    return "\n".join(parts) + _sources(measures)


def _classes(measures: Measures) -> str:
    scores = {name: score for name, score in measures.per_class.items() if score.support}
    rights = _table(
        ("class", "precision", "recall", "F1", "pictures", *_AT_USUAL),
        (
            (
                escape(name),
                f"{score.precision:.1%}",
                f"{score.recall:.1%}",
                f"{score.f1:.1%}",
                str(score.support),
                *_at_usual(score),
            )
            for name, score in scores.items()
        ),
    )
    precisions = next(iter(measures.per_class.values())).thresholds
    thresholds = _table(
        ("class", *(f"{precision:.0%} right from" for precision in precisions)),
        (
            (
                escape(name),
                *(
                    _threshold(each) if each else why_no_threshold(measures.called(name))
                    for each in score.thresholds.values()
                ),
            )
            for name, score in scores.items()
        ),
    )
    return f"{rights}\n{thresholds}"


def _sources(measures: Measures) -> str:
    if not measures.per_source:
        return ""
    found = measures.readable_sources
    rows = [
        (
            escape(each.source),
            escape(each.name),
            str(each.support),
            f"{each.recall:.1%}",
            *_at_usual(each),
        )
        for each in found.worst
    ]
    for group, words in ((found.better, "more"), (found.small, "with few pictures")):
        if group:
            recall = (
                f"{group.recall:.1%} <small>({group.lowest:.0%} to {group.highest:.0%})</small>"
            )
            wrong = f"{group.filed_wrongly:.1%}"
            rows.append((f"{group.sources} {words}", "", str(group.support), recall, "", "", wrong))
    table = _table(("source", "class", "pictures", "recall", *_AT_USUAL), rows)
    return f"\n<details><summary>By source, the worst first</summary>{table}</details>"


def _agreement(agreement: LookAgreement) -> str:
    overall, reached = agreement.overall, agreement.at_threshold
    sure = (
        f" {reached.share:.1%} reach the confidence below, and of those it does for "
        f"{_share(reached.accuracy)}."
    )
    summary = (
        f"A quick look names the class that the full look names for {_share(overall.accuracy)} of "
        f"{overall.pictures} pictures.{sure if reached.reached else ''}"
    )
    rows = (
        (escape(name), _threshold(threshold))
        for name, threshold in agreement.thresholds.items()
        if threshold
    )
    table = _table(("class", "99% as in the full look from"), rows)
    return f"<h2>Quick look against full look</h2>\n<p>{summary}</p>\n{table}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML."""
    lines = "\n".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
    )
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>"


def _at_usual(score: ClassScore | SourceScore) -> tuple[str, str, str]:
    usual = score.at_usual
    return f"{usual.share:.1%}", _share(usual.accuracy), f"{score.filed_wrongly:.1%}"


def _threshold(threshold: Threshold) -> str:
    return (
        f"{threshold.confidence:.2f} <small>({threshold.share:.0%} of calls, "
        f"{threshold.lowest * 100:.0f} to {threshold.highest * 100:.0f}%)</small>"
    )


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _thumbnail(pixels: Pixels) -> bytes:
    image = Image.fromarray(np.asarray(pixels)).resize((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    jpeg = io.BytesIO()
    image.save(jpeg, "jpeg", quality=80)
    return jpeg.getvalue()


def _embedded(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
