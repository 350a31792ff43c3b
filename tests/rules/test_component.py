"""One component of a path, whatever it is made of."""

from __future__ import annotations

import os

import pytest
from hypothesis import given

from gallery_daemon.rules.component import NAME_BYTES, component, extension, stem
from tests.rules.photos import texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Canon EOS 5D", "Canon EOS 5D"),
        ("a/b\0c\nd\u2028e", "a_b_c_d_e"),
        ("", "_"),
        (".", "_"),
        ("..", "_."),
        (".hidden", "_hidden"),
        ("\ud800x", "_x"),
        ("zo\udce9", "zo\udce9"),
        ("é" * 200 + ".jpeg", "é" * 125 + ".jpeg"),
        ("é" * 128, "é" * 127),
        ("a" * 250 + ".no extension of a file, but a sentence", "a" * 250 + ".no e"),
        ("." + "a" * 300, "_" + "a" * 254),
    ],
)
def test_a_part_can_do_no_harm(text: str, expected: str) -> None:
    """What may not stand in a name becomes an underscore, and a long name keeps its extension."""
    assert expected == component(text)


@given(texts)
def test_every_text_becomes_one_name_in_a_folder(text: str) -> None:
    """Never empty, `.`, `..`, hidden, with a `/` or NUL, or longer than the file system takes."""
    name = component(text)

    assert name
    assert not name.startswith(".")
    assert not {"/", "\0", "\n"} & set(name)
    assert len(os.fsencode(name)) <= NAME_BYTES


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JPG", ("a", "jpg")),
        ("a.tar.gz", ("a.tar", "gz")),
        ("a", ("a", None)),
        (".jpg", (".jpg", None)),
        ("a.", ("a.", None)),
    ],
)
def test_a_name_has_a_stem_and_perhaps_an_extension(
    name: str, expected: tuple[str, str | None]
) -> None:
    """The extension is in lower case and without its dot."""
    assert expected == (stem(name), extension(name))
