"""Which photos a list shows, as its address says it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.journal.overview_rows import ENDED, RecentFilter
from gallery_daemon.review.asking import BadRequest
from gallery_daemon.review.photo_filter import PhotoFilter

texts = st.text(st.characters(codec="utf-8"), max_size=20)
shares = st.integers(0, 100).map(str) | st.just("")
queries = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("class", "rule", "name", "month", "source", "strange"), texts),
        "from": shares,
        "to": shares,
    },
)


@given(queries)
def test_the_address_of_a_filter_gives_the_same_one_again(query: dict[str, str]) -> None:
    """So a list can be kept as a bookmark; what means nothing is left out."""
    found = PhotoFilter.of(query)

    assert found == PhotoFilter.of(dict(parse_qsl(found.query)))
    assert found.is_empty == (found.query == "") == (found.words() == "")
    assert "strange" not in found.query


def test_a_filter_is_a_question_to_the_journal() -> None:
    """Percent are shares there."""
    asked = PhotoFilter.of({"class": "cars", "from": "50", "to": "75", "name": " a ", "rule": ""})

    assert asked.wanted(ENDED) == RecentFilter(
        class_name="cars", min_confidence=0.5, max_confidence=0.75, text="a"
    )
    assert asked.words() == "cars, named a, 50 to 75% sure"
    assert PhotoFilter.of({"month": "2026-03", "source": "phone"}).words() == (
        "March 2026, from phone"
    )


@pytest.mark.parametrize(
    "query", [{"from": "101"}, {"to": "-1"}, {"from": "½"}, {"to": "9" * 5000}, {"name": "a" * 201}]
)
def test_what_no_page_of_ours_asks_is_refused(query: dict[str, str]) -> None:
    """And reaches no journal."""
    with pytest.raises(BadRequest):
        PhotoFilter.of(query)
