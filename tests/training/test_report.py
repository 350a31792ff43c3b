"""The page and its contact sheet."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
from PIL import Image

from gallery_daemon.training.coverage import agreement_of
from gallery_daemon.training.measures import measure
from gallery_daemon.training.predictions import Predictions
from gallery_daemon.training.report import (
    HEADINGS,
    Misclassified,
    report_page,
    surest_mistakes,
)

JUDGED = Predictions(
    np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6]], dtype=np.float32),
    np.array([1, 1, 1, 0]),
    ("<cars>", "trees"),
    ("shop", "shop", "park", "park"),
)


def _page(mistakes: list[Misclassified], skipped: tuple[tuple[Path, str], ...] = ()) -> str:
    measured = {"Validation": measure(JUDGED)}
    return report_page("A & B", measured, {"loss.png": b"png"}, mistakes, skipped).decode()


def test_the_surest_mistakes_come_first() -> None:
    """Row, what it was called, what it is, how sure; what is right is not among them."""
    found = list(surest_mistakes(JUDGED))

    assert [(0, "<cars>", "trees"), (1, "<cars>", "trees"), (3, "trees", "<cars>")] == [
        mistake[:3] for mistake in found
    ]
    assert [0.9, 0.7, 0.6] == [round(mistake[3], 3) for mistake in found]


def test_the_page_is_well_formed_and_nothing_in_it_is_markup() -> None:
    """Names of classes and files are text, whatever they are; tags are closed in order."""
    mistake = Misclassified("<cars>", "trees", 0.9, "a<b>\udce9.jpg", np.zeros((8, 8, 3), np.uint8))

    page = _page([mistake], ((Path("x<y>.jpg"), "cut"),))

    class Balanced(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            if tag not in {"meta", "img", "br"}:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert tag == self.open.pop()

    reader = Balanced()
    reader.feed(page)
    assert [] == reader.open
    assert "&lt;cars&gt;" in page
    assert "a&lt;b&gt;?.jpg" in page
    assert "x&lt;y&gt;.jpg: cut" in page
    assert "<cars>" not in page
    assert "A &amp; B" in page


def test_thumbnails_are_in_the_page() -> None:
    """Nothing is fetched from anywhere: the pictures are JPEGs in the page itself."""
    mistake = Misclassified("trees", "trees", 0.9, "a.jpg", np.full((8, 8, 3), 200, np.uint8))

    page = _page([mistake])

    assert not re.search(r'(src|href)="(?!data:)', page)
    jpeg = re.search(r'"data:image/jpeg;base64,([^"]+)"', page)
    assert jpeg
    with Image.open(io.BytesIO(base64.b64decode(jpeg[1]))) as picture:
        assert (128, 128) == picture.size
        assert abs(np.array(picture).astype(int) - 200).max() < 4


def test_without_mistakes_it_says_so() -> None:
    """An empty sheet would look like a fault."""
    assert "<p>None.</p>" in _page([])


def test_the_tables_have_a_row_for_each_class_with_its_figures() -> None:
    """Precision, recall, F1, pictures, and what a rule with 0.80 makes of them."""
    page = _page([])

    assert "4 pictures: accuracy 25.0%, macro recall 16.7%" in page
    assert (
        "<td>trees</td><td>50.0%</td><td>33.3%</td><td>40.0%</td><td>3</td><td>66.7%</td>"
        "<td>50.0%</td><td>33.3%</td>" in page
    )
    assert "<td>0.80</td><td>50.0%</td><td>50.0%</td>" in page, "how many photos reach it"


def test_the_thresholds_say_how_much_is_known_of_them() -> None:
    """The confidence, the share of the calls, and the interval; of few calls nothing."""
    sure = np.tile(np.array([[0.9, 0.1]], dtype=np.float32), (40, 1))
    many = Predictions(sure, np.zeros(40, dtype=np.int64), ("cars", "trees"))

    page = report_page("x", {"Validation": measure(many)}, {}, [], ()).decode()

    assert "<td>0.00 <small>(100% of calls, 91 to 100%)</small></td>" in page
    assert "<td>too few pictures</td>" in _page([])


def test_a_quick_look_is_beside_the_full_one_and_compared_with_it() -> None:
    """The mistakes and plots stay those of the full look."""
    measured = {
        HEADINGS["validation"]: measure(JUDGED), HEADINGS["validation_quick"]: measure(JUDGED)
    }  # fmt: skip

    page = report_page(
        "x", measured, {"loss-phase1.png": b""}, [], (), agreement=agreement_of(JUDGED, JUDGED)
    ).decode()

    assert "<h2>Validation, quick look</h2>" in page
    assert "for 100.0% of 4 pictures" in page
    assert "the others of these pictures: validation." in page


def test_of_hundreds_of_sources_the_worst_are_shown() -> None:
    """The rest is one row, so that the table can be read."""
    rows = np.tile(np.array([[0.9, 0.1]], dtype=np.float32), (500, 1))
    names = tuple(f"source {number // 10}" for number in range(500))
    some = Predictions(rows, (np.arange(500) < 10).astype(np.int64), ("a", "b"), names)

    page = report_page("x", {"Validation": measure(some)}, {}, [], ()).decode()

    assert page.index("<td>source 0</td><td>b</td>") < page.index("<td>source 1</td>")
    assert "<td>30 more</td><td></td><td>300</td>" in page


def test_sources_have_a_table_of_their_own() -> None:
    """Which camera or album it is that goes wrong."""
    page = _page([])

    assert "<summary>By source, the worst first</summary>" in page
    assert "<td>park</td><td>trees</td><td>1</td><td>100.0%</td><td>100.0%</td>" in page
    alone = replace(JUDGED, sources=("shop",) * 4)
    assert "By source" not in report_page("x", {"A": measure(alone)}, {}, [], ()).decode()


def test_a_class_without_pictures_has_no_row() -> None:
    """A row of zeros would look like a failure."""
    some = replace(JUDGED, truth=np.array([1, 1, 1, 1]))

    page = report_page("x", {"Validation": measure(some)}, {}, [], ()).decode()

    assert "<td>trees</td>" in page
    assert "<td>&lt;cars&gt;</td><td>0.0%</td>" not in page


def test_each_set_that_was_measured_has_a_heading_and_the_last_has_the_plots() -> None:
    """Sources left out are harder, so they are what the plots and the mistakes are of."""
    measured = {"Validation": measure(JUDGED), "Sources left out in turn": measure(JUDGED)}

    page = report_page("x", measured, {}, [], ()).decode()

    assert page.index("<h2>Validation</h2>") < page.index("<h2>Sources left out in turn</h2>")
    assert "They are of these pictures: sources left out in turn." in page


def test_the_plots_are_in_the_page_in_their_order() -> None:
    """Each by its name without the ending, as it is."""
    plots = {"loss-phase1.png": b"first", "accuracy.png": b"second"}

    page = report_page("x", {"A": measure(JUDGED)}, plots, [], ()).decode()

    found = re.findall(r'<img alt="([^"]+)" src="data:image/png;base64,([^"]+)">', page)
    assert [("loss-phase1", b"first"), ("accuracy", b"second")] == [
        (name, base64.b64decode(content)) for name, content in found
    ]


def test_a_mistake_says_what_it_was_called_how_surely_and_what_it_is() -> None:
    """With its name, so that the file can be found."""
    mistake = Misclassified("trees", "memes", 0.876, "a__1.jpg", np.zeros((8, 8, 3), np.uint8))

    page = _page([mistake])

    assert "<b>trees</b> 0.88, is <b>memes</b><br><small>a__1.jpg</small>" in page
    assert "Of these pictures (validation) wrong, and sure of it, the surest first" in page
    assert "Pictures are shown as the network sees them" in page


def test_of_many_mistakes_the_surest_48_are_shown() -> None:
    """A page that can still be sent to somebody; those are the ones worth a look."""
    confidence = np.linspace(0.51, 0.99, 60, dtype=np.float32)
    some = Predictions(
        np.stack([confidence, 1 - confidence], 1), np.ones(60, dtype=np.int64), ("a", "b")
    )

    found = list(surest_mistakes(some))

    assert list(range(59, 11, -1)) == [row for row, *_ in found]


def test_skipped_pictures_are_listed_with_their_reasons_up_to_a_thousand() -> None:
    """The rest is counted; without any there is no such heading."""
    page = _page([], tuple((Path(f"/d/{n}.jpg"), f"reason {n}") for n in range(1003)))

    assert "<li>/d/999.jpg: reason 999</li>" in page
    assert "/d/1000.jpg" not in page
    assert "<li>and 3 more</li>" in page
    assert "Skipped pictures" not in _page([])
