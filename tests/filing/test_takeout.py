"""Names of Google Takeout's JSON files: what is left of the photo's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.filing.takeout import CutName, counter_of, cut_name, names_in_json


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("IMG_1.jpg(3)", "IMG_1(3).jpg"),
        ("IMG_1.jpg.supplemental-metadata", "IMG_1.jpg"),
        ("IMG_1.jpg.supplemental-metadata(3)", "IMG_1(3).jpg"),
        ("IMG_1.jpg.SUPPL", "IMG_1.jpg"),
        ("IMG_1.jpg.", "IMG_1.jpg"),
        ("21.12.11 - 1.supplemental-metadata(1)", "21.12(1).11 - 1"),
    ],
)
def test_a_json_names_its_photo(base: str, name: str) -> None:
    """Among other names that it might have."""
    assert name in list(names_in_json(base))


@pytest.mark.parametrize(
    ("base", "cut"),
    [
        ("a" * 46, CutName("a" * 46, "")),
        ("a" * 45, CutName("a" * 45, "")),
        ("a" * 44, None),
        ("a" * 46 + "(2)", CutName("a" * 46, "(2)")),
        ("😀" * 23, CutName("😀" * 23, "")),
        ("IMG_1.jpg", None),
    ],
)
def test_only_a_name_of_full_length_was_cut(base: str, cut: CutName | None) -> None:
    """So `IMG_1.json` is not taken for that of `IMG_12.jpg`."""
    assert cut == cut_name(base)


@given(name=st.text("aIMG_1.(0)", min_size=1, max_size=12), length=st.integers(0, 21))
def test_whatever_google_cuts_off_the_photo_is_found(name: str, length: int) -> None:
    """All beginnings of the supplement, with the counter where Google puts it."""
    stem, dot, extension = name.rpartition(".")
    counter = counter_of(stem) if stem else ""
    plain = f"{stem.removesuffix(counter)}{dot}{extension}"
    base = f"{plain}.{'supplemental-metadata'[:length]}{counter}"

    if stem and not counter_of(plain):
        assert name in list(names_in_json(base))
