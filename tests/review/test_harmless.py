"""Names of strangers on a page."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.review.harmless import harmless

ANY = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("a\nb\r\t.jpg", "a␊b␍␉.jpg"),
        ("\x00\x1b[31m\x7f", "␀␛[31m␡"),
        ("\u202egpj.exe", "\ufffdgpj.exe"),
        ("\u2066x\u2069", "\ufffdx\ufffd"),
        ("\udcff.jpg", "\ufffd.jpg"),
        ("a\u2028b", "a␤b"),
        ("תמונה\u200f1.jpg", "תמונה\u200f1.jpg"),
        ("<b>&", "<b>&"),  # escaping is the templates'
    ],
)
def test_what_breaks_a_line_or_turns_it_is_shown(name: str, shown: str) -> None:
    """Control characters as their pictures, what is broken as the sign for it."""
    assert harmless(name) == shown


@given(ANY)
def test_any_text_is_one_line_that_can_be_sent(text: str) -> None:
    """It has as many letters, can be encoded, and none of them controls anything."""
    shown = harmless(text)

    assert len(shown) == len(text)
    assert len(shown.encode().decode().splitlines()) <= 1
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(letter) for letter in shown} & {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"
    }  # fmt: skip
    assert harmless(shown) == shown
