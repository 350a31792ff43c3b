"""The page and its contact sheet."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
from PIL import Image

from gallery_daemon.training.measures import Predictions, measure
from gallery_daemon.training.report import Misclassified, contact_sheet, report_page

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
    found = list(contact_sheet(JUDGED))

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
