"""What the fields of a template stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from gallery_daemon.partial_date import Granularity, PartialDate
from gallery_daemon.photo import Similar, Taken, TakenFrom
from gallery_daemon.rules.fields import FIELDS, values_of
from tests.rules.photos import SETTLED_AT, facts, photo, prediction

WHEN = datetime.fromisoformat("2026-07-15 18:30")


def test_every_field_has_its_value() -> None:
    """The table of the manual, from a photo of which all is known."""
    known = facts(similar=Similar(group="IMG_0"))
    values = values_of(photo(), known, prediction("cars", 0.934), "my rule")

    expected = {
        "date": PartialDate(WHEN),
        "taken": PartialDate(WHEN),
        "mtime": PartialDate(datetime(2026, 7, 16, 2, tzinfo=SETTLED_AT.tzinfo)),
        "added": PartialDate(SETTLED_AT),
        "class": "cars",
        "confidence": "0.93",
        "name": "IMG_1.JPG",
        "stem": "IMG_1",
        "ext": "jpg",
        "camera": "Canon EOS 5D",
        "source": "phone",
        "width": "4000",
        "height": "3000",
        "hash": "0123456789abcdef" * 4,
        "hash8": "01234567",
        "sequence": None,
        "group": "IMG_0",
        "rule": "my rule",
    }
    assert expected == values
    assert list(FIELDS) == list(values)


def test_what_is_not_known_has_no_value() -> None:
    """So that a template can fall back."""
    known = facts(width=0, height=0, content_hash=None, camera=None)

    values = values_of(photo("README"), known, None, None)

    absent = {"class", "confidence", "ext", "camera", "width", "height", "hash", "hash8", "rule"}
    absent |= {"sequence", "group"}
    assert absent == {field for field, value in values.items() if value is None}


@pytest.mark.parametrize("origin", TakenFrom)
def test_taken_is_a_date_of_the_photo_itself(origin: TakenFrom) -> None:
    """`date` is the best there is; `taken` has no value where only the mtime is known."""
    values = values_of(photo(), facts(taken=Taken(WHEN, origin, Granularity.DAY)), None, None)

    known = PartialDate(WHEN, Granularity.DAY)
    assert known == values["date"]
    assert (None if origin is TakenFrom.MTIME else known) == values["taken"]


def test_an_mtime_beyond_the_calendar_is_the_last_that_counts() -> None:
    """A broken clock puts files into year 292277026596."""
    on = photo()
    on = replace(on, identity=replace(on.identity, mtime_ns=10**28))

    mtime = values_of(on, facts(), None, None)["mtime"]

    assert isinstance(mtime, PartialDate)
    assert 2262 == mtime.when.year
