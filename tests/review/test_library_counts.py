"""Counts as they are drawn: nothing is lost, and the largest is the measure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.journal.overview_rows import KindCount, MonthCount
from gallery_daemon.review.library_counts import (
    SHADES,
    Bar,
    MonthCell,
    by_class,
    by_source,
    years_of,
)

KINDS = [KindCount("cars", "phone", 3), KindCount("cars", "camera", 1), KindCount(None, "phone", 8)]


def test_bars_are_sums_the_longest_first() -> None:
    """A class that nobody knows is one, too."""
    assert [Bar(None, 8, 100.0), Bar("cars", 4, 50.0)] == list(by_class(KINDS))
    assert [Bar("phone", 11, 100.0), Bar("camera", 1, 9.1)] == list(by_source(KINDS))
    assert [] == list(by_class([]))


months = st.from_regex(r"20[0-9]{2}-(0[1-9]|1[0-2])", fullmatch=True)


@given(
    st.dictionaries(months | st.sampled_from(["2026", None, "2026-13", "x"]), st.integers(1, 99))
)
def test_the_calendar_has_every_month_of_every_year_that_has_photos(
    counts: dict[str | None, int],
) -> None:
    """The latest year first; of what has no month nothing is drawn."""
    years = years_of([MonthCount(*each) for each in counts.items()])

    cells = {cell.month: cell for year in years for cell in year.months}
    dated = {month: number for month, number in counts.items() if month in cells}
    assert sorted((each.year for each in years), reverse=True) == [each.year for each in years]
    assert all(len(each.months) == 12 for each in years)
    assert all(cell.photos == counts.get(month, 0) for month, cell in cells.items())
    assert set(counts) - set(dated) <= {"2026", None, "2026-13", "x"}
    assert sum(each.photos for each in years) == sum(dated.values())
    assert all((cell.shade > 0) == (cell.photos > 0) for cell in cells.values())
    assert not dated or max(cell.shade for cell in cells.values()) == SHADES


def test_a_month_of_many_photos_does_not_hide_the_others() -> None:
    """The shade is by the root of the share."""
    (year,) = years_of([MonthCount("2026-01", 1600), MonthCount("2026-02", 100)])

    assert (MonthCell("2026-01", 1600, 4), MonthCell("2026-02", 100, 1)) == year.months[:2]
