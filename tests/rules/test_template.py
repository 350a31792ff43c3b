"""Templates: what they render, what they refuse, and that nothing leads out of the library."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.rules.fields import FIELDS, values_of
from gallery_daemon.rules.template import DIRECTIVES, Template, TemplateError
from tests.rules.photos import (
    any_facts,
    facts,
    moments,
    partial_dates,
    photo,
    photos,
    prediction,
    texts,
)

if TYPE_CHECKING:
    from datetime import datetime

VALUES = values_of(photo(), facts(), prediction("cars", 0.934), "my rule")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Memes/", ("Memes",)),
        ("Memes", ("Memes",)),
        ("{class}/", ("cars",)),
        ("Outdoors/{class}/{date:%Y}/", ("Outdoors", "cars", "2026")),
        ("Selfies/{date:%Y/%m}/", ("Selfies", "2026", "07")),
        ("{date:%Y/%m} {class}/x", ("2026", "07 cars", "x")),
        ("{date} {taken:%d.%m.%y}", ("2026-07-15 15.07.26",)),
        ("{mtime:%F %H-%M} {added:%H%%}", ("2026-07-16 02-00 12%",)),
        ("{confidence} {rule} {source}", ("0.93 my rule phone",)),
        ("{name}|{stem}.{ext}", ("IMG_1.JPG|IMG_1.jpg",)),
        ("{width}x{height}-{hash8}", ("4000x3000-01234567",)),
        ("{hash:12}_{hash:1}", ("0123456789ab_0",)),
        ("{hash}", ("0123456789abcdef" * 4,)),
        ("{stem} {sequence:4}.{ext}", ("IMG_1 \0\0\0\0.jpg",)),
        ("{sequence}-{sequence:2}", ("\0-\0\0",)),
        ("{rule|sequence}", ("my rule",)),
        ("{camera|unknown camera}", ("Canon EOS 5D",)),
        ("{ class }", ("cars",)),
        ("{{{class}}} {{", ("{cars} {",)),
    ],
)
def test_fields_are_filled_in(text: str, expected: tuple[str, ...]) -> None:
    """Every field, dates with their form, and braces."""
    assert expected == Template.parse(text).render(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{camera}", "unknown"),
        ("{camera|no camera}", "no camera"),
        ("{camera|taken|source}", "phone"),
        ("{taken:%Y|no date}", "no date"),
        ("{camera|%}", None),
    ],
)
def test_what_has_no_value_falls_back(text: str, expected: str | None) -> None:
    """To the first field that has one, else to the text, else to `unknown`."""
    values = dict(VALUES, camera=" ", taken=None)

    if expected is None:
        with pytest.raises(TemplateError):
            Template.parse(text)
    else:
        assert (expected,) == Template.parse(text).render(values)


DAY, MONTH, YEAR = "2021-01-02", "2023-06", "2023"


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("{date}", DAY, "2021-01-02"),
        ("{date}", MONTH, "2023-06"),
        ("{date}", YEAR, "2023"),
        ("{date|undated}", MONTH, "2023-06"),
        ("{date:%Y/%m}", DAY, "2021/01"),
        ("{date:%Y/%m}", MONTH, "2023/06"),
        ("{date:%Y/%m}", YEAR, "2023/unknown"),
        ("{date:%Y}/{date:%m}", YEAR, "2023/unknown"),
        ("{date:%H}", DAY, "unknown"),
        ("{date:%H|night}", DAY, "night"),
        ("{date:%H|unknown}", DAY, "unknown"),
        ("{date:%d|some day}", MONTH, "some day"),
        ("{date:%m|some month}", YEAR, "some month"),
        ("{date:%Y%m%d_%H%M%S}", DAY, "20210102_unknown"),
        ("{date:%Y-%m-%d %H.%M.%S}", MONTH, "2023-06-unknown"),
        ("{date:%H.%M, %d.%m.%Y}", DAY, "unknown, 02.01.2021"),
        ("{date:%d. %B %Y um %H Uhr}", DAY, "02. January 2021 um unknown Uhr"),
        ("{date:%Y%m%d-%H%M%S|taken:%Y%m%d|undated}", DAY, "20210102"),
        ("{date:%Y%m%d-%H%M%S|taken:%Y%m%d|undated}", YEAR, "undated"),
        ("{date:%H|mtime:%H}", DAY, "02"),
        ("{taken:%H|date:%H}", DAY, "unknown"),
        ("{camera|date:%H}", DAY, "Canon EOS 5D"),
        ("{date:%H.%M}", "2023-06-15T10:11", "10.11"),
        ("{date:%H.%M.%S}", "2023-06-15T10:11", "10.11.unknown"),
        ("{date:%j %V %A}", MONTH, "unknown"),
        ("{date:%%%Y%%}", YEAR, "%2023%"),
    ],
)
def test_what_is_not_known_of_a_date_is_no_zero(text: str, known: str, expected: str) -> None:
    """The text behind the bar stands for it; without one, what is known stays."""
    date = PartialDate.parse(known)
    values = dict(VALUES, date=date, taken=date)

    assert tuple(expected.split("/")) == Template.parse(text).render(values)


@given(moments, st.sampled_from(Granularity), st.sampled_from(DIRECTIVES.replace("%", "")))
def test_a_letter_never_tells_what_is_not_known(
    when: datetime, granularity: Granularity, letter: str
) -> None:
    """Two dates that differ in what is not known give the same text."""
    date = PartialDate(when, granularity)
    (one, *_), (other, *_) = (
        Template.parse(f"{{date:%{letter}}}").render({"date": each})
        for each in (date, PartialDate.parse(date.text))
    )

    assert one == other


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "cannot be empty"),
        ("  ", 0, "cannot be empty"),
        ("/etc", 0, "cannot be absolute"),
        ("~/x", 0, "cannot be absolute"),
        ("a/../b", 2, 'cannot hold ".."'),
        ("..", 0, 'cannot hold ".."'),
        ("a/./b", 2, 'cannot hold "."'),
        ("{class}/.x", 8, "cannot be hidden"),
        ("a//b", 2, "no folder's name"),
        ("a/ /b", 2, "no folder's name"),
        ("a/" * 31, 61, "more than 30 folders"),
        ("{date:" + "%Y/" * 31 + "%m}", 98, "more than 30 folders"),
        ("a\\b", 1, "separated by /"),
        ("a\nb", 1, "line breaks"),
        ("a\ud800", 1, "line breaks"),
        ("{class", 0, "not closed"),
        ("{a{class}", 0, "not closed"),
        ("class}", 5, 'has no "{"'),
        ("x{clas}", 2, 'unknown field "clas"'),
        ("{}", 1, 'unknown field ""'),
        ("{0}", 1, 'unknown field "0"'),
        ("{date.__class__}", 1, 'unknown field "date.__class__"'),
        ("{class!r}", 1, 'unknown field "class!r"'),
        ("{taken:%Y|dte:%Y}", 10, 'unknown field "dte"'),
        ("{camera|model|x}", 8, 'unknown field "model"'),
        ("{class:>10}", 1, "only dates take a form"),
        ("{hash:0}", 6, "how many digits, from 1 to 64"),
        ("{hash:65}", 6, "how many digits, from 1 to 64"),
        ("{hash8:8}", 1, "only dates take a form"),
        ("{sequence:10}", 10, "how many digits, from 1 to 9"),
        ("{sequence:-4}", 10, "how many digits"),
        ("{sequence:}", 10, "how many digits"),
        ("{date:%Q}", 6, '"%Q" is no part of a date'),
        ("{date:%Y%}", 8, '"%" is no part of a date'),
        ("{date:%Y/../%m}", 9, 'cannot hold ".."'),
        ("{date:/%Y}", 6, "no folder's name"),
        ("{date:%Y/}", 6, "cannot end with a /"),
        ("{date:}", 6, "no folder's name"),
        ("{camera|}", 8, "a field or a text must stand"),
        ("{camera|a/b}", 8, "without a /"),
    ],
)
def test_what_is_no_template_is_refused_at_its_place(
    text: str, position: int, message: str
) -> None:
    """The position is that of the character that is wrong."""
    with pytest.raises(TemplateError) as caught:
        Template.parse(text)

    assert position == caught.value.position
    assert message in caught.value.message


def test_an_unknown_field_is_told_apart_for_did_you_mean() -> None:
    """`config` looks for a field near to it."""
    with pytest.raises(TemplateError) as caught:
        Template.parse("{clas}")

    assert "clas" == caught.value.unknown


def test_a_value_cannot_make_a_folder_or_leave_the_library() -> None:
    """A camera may call itself what it likes."""
    values = dict(VALUES, camera="../../etc/passwd\0")

    assert ("Cars", "_._.._etc_passwd_") == Template.parse("Cars/{camera}/").render(values)


def test_a_value_that_is_dots_stays_in_its_folder() -> None:
    """Even when nothing else stands in the part."""
    values = dict(VALUES, camera="..", source=".")

    assert ("_.", "_") == Template.parse("{camera}/{source}").render(values)


def test_every_directive_gives_a_text() -> None:
    """None is empty, and the year has four digits even where glibc has fewer."""
    forms = [f"{{date:%{letter}}}" for letter in DIRECTIVES]
    values = dict(VALUES, date=PartialDate.parse("0033-04-03T00:00:00"))

    parts = [Template.parse(form).render(values) for form in forms]

    assert all(len(each) == 1 and each[0] for each in parts)
    assert ("0033",) == Template.parse("{date:%Y}").render(values)
    assert ("0033-04-03",) == Template.parse("{date:%F}").render(values)


def test_fields_and_folders_are_known_without_rendering() -> None:
    """`needs_hash` and the check of `as` ask for them."""
    template = Template.parse("{date:%Y/%m}-{camera|source|none}-{class}")

    assert {"date", "camera", "source", "class"} == template.fields
    assert template.has_folders
    assert not Template.parse("{class}").has_folders


def test_only_the_template_has_places_for_numbers() -> None:
    """A value with a NUL in it cannot make one."""
    values = dict(VALUES, camera="a\0\0b")

    assert ("a__b \0",) == Template.parse("{camera} {sequence}").render(values)


def harmless(parts: tuple[str, ...], *, numbered: bool = False) -> bool:
    return bool(parts) and all(
        part not in {"", ".", ".."}
        and not ({"/"} if numbered else {"/", "\0"}) & set(part)
        and len(os.fsencode(part)) <= 255
        for part in parts
    )


def parsed(text: str) -> Template | int:
    """The template, or the position of its mistake."""
    try:
        return Template.parse(text)
    except TemplateError as error:
        return error.position


pieces = st.sampled_from(
    [
        *(f"{{{field}}}" for field in FIELDS),
        "{date:%Y/%m}",
        "{hash:9}",
        "{camera|x}",
        "a",
        "/",
        ".",
        "..",
        "{{",
    ]
)
some_templates = texts | st.lists(pieces | texts, max_size=6).map("".join)
some_values = st.fixed_dictionaries({field: st.none() | texts | partial_dates for field in FIELDS})


@given(some_templates, some_values)
def test_no_text_and_no_values_leave_the_library(text: str, values) -> None:
    """A text is refused, or renders into names that lie in one another."""
    template = parsed(text)

    if isinstance(template, Template):
        assert harmless(template.render(values), numbered="sequence" in template.fields)
    else:
        assert 0 <= template <= len(text)


@given(photos, any_facts, st.sampled_from(FIELDS))
def test_every_field_of_every_photo_renders(on, known, field: str) -> None:
    """Whatever the file says of itself."""
    parts = Template.parse(f"{{{field}}}").render(values_of(on, known, None, None))

    assert harmless(parts, numbered=field == "sequence")
