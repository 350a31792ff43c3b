"""The names of bursts, and names that only look like one."""

from __future__ import annotations

import pytest

from gallery_daemon.imaging.names import burst_of


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (
            "00015IMG_00015_BURST20171111030039_COVER.jpg",
            "00016IMG_00016_BURST20171111030039.jpg",
        ),
        ("DSC_0001_BURST20230709220904977.JPG", "dsc_0002_burst20230709220904977.jpg"),
        (
            "IMG_20190221_112112042_BURST000_COVER_TOP.jpg",
            "IMG_20190221_112112042_BURST12.jpg",
        ),
        ("20220514_102409_001.jpg", "20220514_102409_031.jpg"),
    ],
)
def test_photos_of_one_burst_share_their_burst_s_name(name: str, other: str) -> None:
    """As Google, Sony, Motorola and Samsung write them; upper or lower case."""
    burst = burst_of(name)

    assert burst is not None
    assert burst == burst_of(other)
    assert burst != burst_of(name.replace("2", "3"))


@pytest.mark.parametrize(
    "name",
    [
        "20220514_102409.jpg",
        "20220514_102409(0).jpg",
        "IMG_20180725_163423_123.jpg",
        "Screenshot_20190101_120000_001.jpg",
        "20220514_102409_0312.jpg",
        "x_BURST2017.jpg",
        "BURSTING.jpg",
    ],
)
def test_other_names_are_of_no_burst(name: str) -> None:
    """A time with milliseconds is one photo's."""
    assert burst_of(name) is None
