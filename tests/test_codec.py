"""A value becomes JSON and comes back the same, or not at all."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.codec import (
    CodecError,
    MissingKeyError,
    lone_surrogate,
    object_of,
    to_text,
    value_of,
)


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
    """One field of every type that the codec knows."""

    text: str
    count: int
    share: float
    flag: bool
    colour: Colour
    when: datetime
    inner: Inner
    shares: Mapping[str, float]
    words: tuple[str, ...]
    parts: tuple[Inner, ...]
    note: str | None


VALUE = Outer(
    text="a\udcff", count=2**70, share=0.5, flag=True, colour=Colour.RED,
    when=datetime(2024, 1, 1, tzinfo=UTC), inner=Inner(1), shares={"cars": 0.25},
    words=("a", "b\udcff"), parts=(Inner(2), Inner(3)), note=None,
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
        ("words", "cars"),
        ("words", ["cars", 1]),
        ("parts", [{"count": 1}, {}]),
        ("note", 1),
    ],
)
def test_a_wrong_type_is_refused(field: str, wrong: object) -> None:
    """Nothing is converted or guessed; the error names the field."""
    raw = object_of(to_text(VALUE)) | {field: wrong}

    with pytest.raises(CodecError, match=f"^{field}|^count|^outer"):
        value_of(Outer, raw, "outer")


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "{", '{"a": NaN}', "[" * 100_000, '{"a":"\udcff"}']
)
def test_what_is_no_object_is_refused(text: str) -> None:
    """Broken, nested without end, or another thing than an object: an error, never a crash."""
    with pytest.raises(CodecError):
        value_of(Inner, object_of(text), "inner")


@dataclass(frozen=True)
class Loose:
    """What several versions of a program write."""

    name: str
    inner: Inner
    extra: object
    note: str | None
    more: Mapping[str, object] | None


def test_a_file_of_another_version_is_read_as_far_as_it_is_known() -> None:
    """Keys of a newer one are passed over at any depth; what may be None may be missing."""
    raw = object_of('{"name": "a", "new": 1, "inner": {"count": 2, "new": 3}, "extra": [{}]}')

    value = value_of(Loose, raw, "loose", exact=False)

    assert Loose("a", Inner(2), [{}], None, None) == value
    with pytest.raises(CodecError, match="loose: 'more' is missing or unknown"):
        value_of(Loose, raw | {"new": None}, "loose")


@pytest.mark.parametrize("key", ["name", "inner"])
def test_what_cannot_be_none_may_not_be_missing(key: str) -> None:
    """The error has the key."""
    raw = {"name": "a", "inner": {"count": 1}, "extra": None}
    del raw[key]

    with pytest.raises(MissingKeyError) as caught:
        value_of(Loose, raw, "loose", exact=False)

    assert key == caught.value.key


@pytest.mark.parametrize(
    ("wanted", "raw", "problem"),
    [
        (str, 1, "1 is not a text"),
        (int, "x", "'x' is not a number"),
        (int, 1.5, "1.5 is not a whole number"),
        (float, True, "True is not a number"),
        (float, math.nan, "nan is not a number"),
        (bool, 1, "1 is not true or false"),
        (tuple[str, ...], "cars", "'cars' is not a list"),
        (Mapping[str, float], ["cars"], "['cars'] is not a mapping"),
        (Inner, [], "[] is not a mapping"),
        (str, ["x" * 1000], f"['{'x' * 58} is not a text"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(wanted: object, raw: object, problem: str) -> None:
    """Of a long value, its beginning."""
    with pytest.raises(CodecError) as caught:
        value_of(wanted, raw, "here")

    assert (problem, f"here: {problem}") == (caught.value.problem, str(caught.value))


@pytest.mark.parametrize(
    ("wanted", "raw", "problem"),
    [
        (int, [1, True], "True is not a number"),
        (int, [1, 2.5], "2.5 is not a whole number"),
        (bool, [True, 1], "1 is not true or false"),
        (str, ["a", None], "None is not a text"),
        (float, [0.5, math.inf], "inf is not a number"),
    ],
)
def test_one_wrong_value_in_a_list_is_told_with_its_place(
    wanted: object, raw: list[object], problem: str
) -> None:
    """Though a list of right ones is not looked at one by one."""
    with pytest.raises(CodecError) as caught:
        value_of(tuple[wanted, ...], raw, "here")  # type: ignore[valid-type]

    assert f"here[1]: {problem}" == str(caught.value)
    assert tuple(raw[:1]) == value_of(tuple[wanted, ...], raw[:1], "here")  # type: ignore[valid-type]


names = st.binary(max_size=20).map(os.fsdecode)


@given(names, st.dictionaries(names, st.floats(0, 1)), st.lists(names))
def test_every_name_of_a_file_comes_back(
    text: str, shares: dict[str, float], words: list[str]
) -> None:
    """Any bytes that Linux takes for a name, as a value or as a key."""
    value = replace(VALUE, text=text, shares=shares, words=tuple(words))

    assert value == value_of(Outer, object_of(to_text(value)), "outer")


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("", None),
        ("caf\xe9 \U0001f600", None),
        ("a\ud83d", "\ud83d"),
        ("\udcff.jpg", "\udcff"),
        ("\udfff", "\udfff"),
        ("\ue000\ud7ff", None),
    ],
)
def test_half_a_character_is_found(text: str, half: str | None) -> None:
    """JSON can write one, and an emoji that is whole is none."""
    assert half == lone_surrogate(text)


def test_infinity_is_not_sent() -> None:
    """JSON has no word for it, and a probability is never infinite."""
    with pytest.raises(CodecError):
        to_text({"share": math.inf})


def test_a_type_without_a_form_is_not_sent() -> None:
    """Only what comes back the same is sent."""
    with pytest.raises(CodecError, match="bytes has no form"):
        to_text({"text": b"bytes"})
