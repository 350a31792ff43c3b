"""The names that a plan has tried, one after the other, until one is free."""

from __future__ import annotations

import os
from itertools import islice

import pytest

from gallery_daemon.filing.steps import names_to_try


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", ["a.jpg", "a (2).jpg", "a (3).jpg"]),
        ("a", ["a", "a (2)", "a (3)"]),
        ("\0.jpg", ["1.jpg", "2.jpg", "3.jpg"]),
        ("a\0\0\0-\0.jpg", ["a001-1.jpg", "a002-2.jpg", "a003-3.jpg"]),
    ],
)
def test_names_are_tried_in_order(name: str, expected: list[str]) -> None:
    """Numbers begin at 2 beside a name, and at 1 in one."""
    assert expected == list(islice(names_to_try(name), 3))


def test_a_number_that_grows_has_room() -> None:
    """The text before it is cut, and no name is tried twice."""
    name = "\N{SMILING FACE WITH SMILING EYES}" * 62 + "a\0.jpg"

    tried = list(islice(names_to_try(name), 1200))

    assert 1200 == len(set(tried))
    assert all(len(os.fsencode(each)) <= 255 for each in tried)
