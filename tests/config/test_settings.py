"""Settings are declared once, and what is written of them comes out in our units."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import (
    BATCH,
    DEFAULTS,
    LEARN,
    LIMITS,
    METRICS,
    MODEL,
    TOP_LEVEL,
    WATCH,
    Batch,
    Limits,
    SummaryMode,
)
from tests.config.texts import HEAD, RULES, config_of, errors_of, says

if TYPE_CHECKING:
    from gallery_daemon.config.section import Section

SECTIONS = [BATCH, DEFAULTS, LEARN, LIMITS, METRICS, MODEL, TOP_LEVEL, WATCH]
# Fields that are no keys: which version of a model serves is not written, but found.
FOUND = {MODEL.what: ["version"]}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.what)
def test_every_field_is_a_key_with_a_meaning(section: Section[object]) -> None:
    """So that the schema and the manual have a sentence for it, in the order of the fields."""
    names = [field.name for field in fields(section.makes)]  # type: ignore[arg-type]

    assert names == [*section.keys, *FOUND.get(section.what, [])]
    assert all(key.says.endswith(".") for key in section.table.keys)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.what)
def test_a_default_that_is_told_is_the_one_that_holds(section: Section[object]) -> None:
    """Its sentence names no other; `{default}` stands for what the YAML would have."""
    told = [key for key in section.table.keys if "{default}" in key.says]

    assert all(key.default is not None and key.default in key.description for key in told)


def test_units_come_out_whole_where_they_are_whole() -> None:
    """Photos, pixels and bytes are counted."""
    written = f"{HEAD}{RULES}batch: {{size: 4}}\nlimits: {{bytes: 1.5kB, pixels: 1_000}}\n"
    config = config_of(written)

    assert [4, 1500, 1000] == [
        config.batch.size,
        config.limits.photo_bytes,
        config.limits.photo_pixels,
    ]
    counted = (config.batch.size, config.limits.photo_bytes, config.limits.photo_pixels)
    defaults = (Batch().size, Limits().photo_bytes, Limits().photo_pixels)
    assert all(type(number) is int for number in (*counted, *defaults))


def test_an_option_knows_its_default_before_anything_is_read() -> None:
    """On the class, in our units."""
    assert (16, 0.2, 500_000_000) == (Batch.size, Batch.wait_s, Limits.photo_bytes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SummaryMode.DAILY),
        ("summary: daily", SummaryMode.DAILY),
        ("summary: off", SummaryMode.OFF),
    ],
)
def test_a_summary_is_daily_unless_it_is_off(text: str, expected: SummaryMode) -> None:
    """What YAML takes for false is the word here."""
    assert expected == config_of(f"{HEAD}{RULES}{text}\n").summary


def test_a_summary_is_one_of_two_words() -> None:
    """Anything else is named with both."""
    (error,) = errors_of(f"{HEAD}{RULES}summary: weekly\n")

    assert says(error, '"weekly" is not one of daily, off', None)
