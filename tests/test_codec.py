"""A value becomes JSON and comes back the same, or not at all."""

from __future__ import annotations

import math
from collections.abc import Mapping  # noqa: TC003 - the wire needs it
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from gallery_daemon.codec import CodecError, object_of, to_text, value_of


class Colour(StrEnum):
    """Two words."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    """A part."""

    count: int


@dataclass(frozen=True)
class Outer:
    """One field of every type that the wire knows."""

    text: str
    count: int
    share: float
    flag: bool
    colour: Colour
    when: datetime
    inner: Inner
    shares: Mapping[str, float]
    note: str | None


VALUE = Outer(
    text="a\udcff", count=2**70, share=0.5, flag=True, colour=Colour.RED,
    when=datetime(2024, 1, 1, tzinfo=UTC), inner=Inner(1), shares={"cars": 0.25}, note=None,
)  # fmt: skip


def test_a_tree_of_values_comes_back_the_same() -> None:
    """Every type of field survives, a surrogate and a large number too."""
    text = to_text(VALUE)

    assert VALUE == value_of(Outer, object_of(text), "outer")
    assert text.isascii()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("text", 1),
        ("text", None),
        ("count", True),
        ("count", 1.0),
        ("count", "1"),
        ("share", "0.5"),
        ("share", True),
        ("share", 10**400),
        ("flag", 1),
        ("colour", "green"),
        ("colour", 1),
        ("when", "yesterday"),
        ("when", 1704067200),
        ("inner", []),
        ("inner", {"count": 1, "more": 2}),
        ("inner", {}),
        ("shares", ["cars"]),
        ("shares", {"cars": "much"}),
        ("note", 1),
    ],
)
def test_a_wrong_type_is_refused(field: str, wrong: object) -> None:
    """Nothing is converted or guessed; the error names the field."""
    raw = object_of(to_text(VALUE)) | {field: wrong}

    with pytest.raises(CodecError, match=f"{field}|count|cars"):
        value_of(Outer, raw, "outer")


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "{", '{"a": NaN}', "[" * 100_000, '{"a":"\udcff"}']
)
def test_what_is_no_object_is_refused(text: str) -> None:
    """Broken, nested without end, or another thing than an object: an error, never a crash."""
    with pytest.raises(CodecError):
        value_of(Inner, object_of(text), "inner")


def test_infinity_is_not_sent() -> None:
    """JSON has no word for it, and a probability is never infinite."""
    with pytest.raises(CodecError):
        to_text({"share": math.inf})


def test_a_type_without_a_form_is_not_sent() -> None:
    """Only what comes back the same is sent."""
    with pytest.raises(CodecError, match="bytes has no form"):
        to_text({"text": b"bytes"})
