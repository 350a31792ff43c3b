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
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.model.precision import Threshold
    from gallery_daemon.training.measures import Measures, Predictions
    from gallery_daemon.training.pictures import SkippedPictures

REPORT_FILE = "report.html"
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
$tables
<h2>Plots</h2>
<p>Losses and accuracy are of training; the others of these pictures: $of_whom.</p>
<div class="plots">
$plots
</div>
<h2>The most confident mistakes</h2>
<p>$mistakes_intro</p>
<ol class="mistakes">
$mistakes
</ol>
$skipped
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
) -> bytes:
    """The page: tables of `measured` by heading, `plots` PNG by file name, mistakes, skipped files.

    The plots and the mistakes are of the last of `measured`.
    """
    of_whom = list(measured)[-1].lower()
    intro = (
        f"Of these pictures ({of_whom}) wrong, and sure of it, the surest first: a wrong label, a "
        "class that needs more pictures, or two that look alike. Pictures are shown as the network "
        "sees them, squeezed to a square."
    )
    return _PAGE.substitute(
        title=escape(title),
        tables="\n".join(_table(heading, each) for heading, each in measured.items()),
        plots="\n".join(
            f'<img alt="{escape(name.removesuffix(".png"))}" src="{_embedded(png, "png")}">'
            for name, png in plots.items()
        ),
        of_whom=escape(of_whom),
        mistakes_intro=intro if mistakes else "None.",
        mistakes="\n".join(map(_item, mistakes)),
        skipped=_skipped(skipped),
    ).encode()


def surest_mistakes(predictions: Predictions) -> Iterator[tuple[int, str, str, float]]:
    """The most confident mistakes, the surest first: row, called, is, confidence 0..1."""
    called, confidence = predictions.probabilities.argmax(1), predictions.probabilities.max(1)
    wrong = np.flatnonzero(~predictions.is_right())
    for row in wrong[np.argsort(-confidence[wrong], kind="stable")][:_MOST_MISTAKES].tolist():
        name = predictions.classes[called[row]]
        truth = predictions.classes[predictions.truth[row]]
        yield row, name, truth, float(confidence[row])


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


def _table(heading: str, measures: Measures) -> str:
    rows = "\n".join(
        f"<tr><td>{escape(name)}</td><td>{score.precision:.1%}</td><td>{score.recall:.1%}</td>"
        f"<td>{score.f1:.1%}</td><td>{score.support}</td><td>{score.filed_wrongly:.1%}</td>"
        + "".join(f"<td>{_threshold(each)}</td>" for each in score.thresholds)
        + "</tr>"
        for name, score in measures.per_class.items()
        if score.support
    )
    summary = (
        f"{measures.pictures} pictures: accuracy {measures.accuracy:.1%}, macro recall "
        f"{measures.macro_recall:.1%}, macro F1 {measures.macro_f1:.1%}, calibration error "
        f"{measures.ece:.3f} ({measures.ece_before:.3f} before calibration)."
    )
    return (
        f"<h2>{escape(heading)}</h2>\n<p>{summary}</p>\n<table><thead><tr><th>class</th><th>precision</th>"
        "<th>recall</th><th>F1</th><th>pictures</th><th>wrongly filed at 0.80</th>"
        "<th>95% right from</th><th>99% right from</th></tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table>" + _sources(measures)
    )


def _sources(measures: Measures) -> str:
    if not measures.per_source:
        return ""
    rows = "\n".join(
        f"<tr><td>{escape(each.source)}</td><td>{escape(each.name)}</td><td>{each.support}</td>"
        f"<td>{each.recall:.1%}</td><td>{each.filed_wrongly:.1%}</td></tr>"
        for each in measures.per_source
    )
    return (
        "\n<details><summary>By source</summary><table><thead><tr><th>source</th><th>class</th>"
        "<th>pictures</th><th>recall</th><th>wrongly filed at 0.80</th></tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></details>"
    )


def _threshold(threshold: Threshold | None) -> str:
    if threshold is None:
        return "never"
    return f"{threshold.confidence:.2f} <small>({threshold.share:.0%} of calls)</small>"


def _thumbnail(pixels: Pixels) -> bytes:
    image = Image.fromarray(np.asarray(pixels)).resize((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    jpeg = io.BytesIO()
    image.save(jpeg, "jpeg", quality=80)
    return jpeg.getvalue()


def _embedded(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
