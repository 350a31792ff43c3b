"""Durations and sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.config.document import ScalarNode
from gallery_daemon.config.kinds.quantity import Whole, parse_duration, parse_size
from gallery_daemon.config.mistakes import Mark, Mistakes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200ms", 0.2),
        ("10s", 10.0),
        ("1.5 m", 90.0),
        ("2h", 7200.0),
        ("1d", 86400.0),
        ("2w", 14 * 86400.0),
        ("0s", 0.0),
        ("10", None),
        ("1:30", None),
        ("-1s", None),
        ("1e3s", None),
        ("10S", None),
        ("10 sec", None),
        ("", None),
        ("inf s", None),
        ("9" * 16 + "s", None),
    ],
)
def test_a_duration_is_a_number_with_a_unit(text: str, expected: float | None) -> None:
    """Seconds come out; a number alone could mean anything."""
    assert expected == parse_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20MB", 20_000_000),
        ("20 mb", 20_000_000),
        ("1.5kB", 1500),
        ("1KiB", 1024),
        ("2GiB", 2**31),
        ("7B", 7),
        ("20", None),
        ("20M", None),
        ("MB", None),
    ],
)
def test_a_size_is_a_number_with_a_unit(text: str, expected: int | None) -> None:
    """Bytes come out; a kilobyte is 1000 of them and a kibibyte 1024."""
    assert expected == parse_size(text)


@given(st.text())
def test_any_text_is_a_quantity_or_none(text: str) -> None:
    """Never an exception, never less than nothing."""
    for value in (parse_duration(text), parse_size(text)):
        assert value is None or value >= 0


@pytest.mark.parametrize("text", ["4", "4.0", "1_000"])
def test_a_whole_number_is_an_int(text: str) -> None:
    """So it is written as one, also where it comes from a comparison with a float."""
    mistakes = Mistakes("/config.yaml")

    value = Whole(0, 1e12).read(ScalarNode(Mark(1, 1), text, plain=True, exact=True), "x", mistakes)

    assert int(float(text)) == value
    assert isinstance(value, int)
    assert not mistakes.errors
