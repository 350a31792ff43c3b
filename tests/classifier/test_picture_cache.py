"""Pictures on disk: whole or not there, nobody else's business, and never more than allowed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gallery_daemon.classifier.picture_cache import PictureCache, default_folder
from gallery_daemon.classifier.picture_messages import Thumbnail
from gallery_daemon.clock import SystemClock
from gallery_daemon.photo import Identity
from tests.faults.household import HandClock

PICTURE = Thumbnail(b"\xff\xd8\xff" + b"x" * 1000, "jpeg", 40, 30)
SMALL = Thumbnail(b"RIFF\0\0\0\0WEBP" + b"y" * 100, "webp", 4, 3)


def file(number: int) -> Identity:
    """A file of its own."""
    return Identity(1, number, 100, 1000)


def entries(folder: Path) -> list[Path]:
    """The files in the cache."""
    return sorted(each for each in folder.rglob("*") if each.is_file())


def test_what_was_put_there_comes_back(tmp_path: Path) -> None:
    """For that file and side alone."""
    cache = PictureCache(tmp_path / "c", SystemClock())

    cache.put(file(1), 160, PICTURE)
    cache.put(file(1), 80, SMALL)

    assert (PICTURE, SMALL) == (cache.get(file(1), 160), cache.get(file(1), 80))
    assert cache.get(file(2), 160) is None
    assert cache.get(Identity(1, 1, 100, 1001), 160) is None


def test_nobody_else_may_look(tmp_path: Path) -> None:
    """Whatever the umask is, and however open the folder was."""
    (tmp_path / "c").mkdir(mode=0o777)
    cache = PictureCache(tmp_path / "c", SystemClock())
    before = os.umask(0)
    try:
        cache.put(file(1), 160, PICTURE)
    finally:
        os.umask(before)

    modes = {each.stat().st_mode & 0o777 for each in tmp_path.rglob("*") if each.is_dir()}
    assert {0o700} == modes
    assert {0o600} == {each.stat().st_mode & 0o777 for each in entries(tmp_path)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 1050), byte=st.integers(0, 255), length=st.integers(0, 1100))
def test_a_damaged_entry_is_none(tmp_path: Path, place: int, byte: int, length: int) -> None:
    """One byte is another, or its end is missing; it goes, and is made again."""
    cache = PictureCache(tmp_path / "c", SystemClock())
    cache.put(file(1), 160, PICTURE)
    (entry,) = entries(tmp_path)
    whole = bytearray(entry.read_bytes())
    damaged = bytearray(whole)
    damaged[place % len(damaged)] = byte
    damaged = damaged[:length]
    entry.write_bytes(damaged)

    found = cache.get(file(1), 160)

    if damaged == whole:
        assert PICTURE == found
    else:
        assert found is None or (found.data, found.kind) == (PICTURE.data, PICTURE.kind)
    cache.put(file(1), 160, PICTURE)
    assert PICTURE == cache.get(file(1), 160)


def test_a_damaged_entry_goes(tmp_path: Path) -> None:
    """It takes no room."""
    cache = PictureCache(tmp_path / "c", SystemClock())
    cache.put(file(1), 160, PICTURE)
    (entry,) = entries(tmp_path)
    entry.write_bytes(entry.read_bytes()[:-1])

    assert cache.get(file(1), 160) is None
    assert [] == entries(tmp_path)


def test_what_was_used_longest_ago_goes(tmp_path: Path) -> None:
    """A picture that was looked at since stays; what a crash left half goes like any other."""
    clock = HandClock()
    clock.date = datetime.now(UTC)
    cache = PictureCache(tmp_path / "c", clock, most_bytes=12_000)
    for number in range(10):
        cache.put(file(number), 160, PICTURE)
    half = tmp_path / "c/ab/.half"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"h" * 500)
    for age, path in enumerate([half, *(each for each in entries(tmp_path) if each != half)]):
        os.utime(path, (age * 1000, age * 1000))
    clock.date += timedelta(days=1)
    oldest = next(n for n in range(10) if _path(cache, n).stat().st_mtime == 1000)
    assert cache.get(file(oldest), 160)

    cache = PictureCache(tmp_path / "c", clock, most_bytes=12_000)
    for number in range(10, 14):
        cache.put(file(number), 160, PICTURE)

    assert sum(each.stat().st_size for each in entries(tmp_path)) <= 12_000
    assert not half.exists()
    assert cache.get(file(oldest), 160)
    assert all(cache.get(file(number), 160) for number in range(10, 14))
    assert 3 <= sum(cache.get(file(number), 160) is None for number in range(10))


def _path(cache: PictureCache, number: int) -> Path:
    return cache._path(file(number), 160)


@pytest.mark.parametrize("what", ["a file", "no room"])
def test_a_disk_that_takes_nothing_costs_time_alone(tmp_path: Path, what: str) -> None:
    """The cache only saves time."""
    folder = tmp_path / "c"
    if what == "a file":
        folder.write_text("in its place")
    else:
        folder = Path("/proc/nowhere/c")
    cache = PictureCache(folder, SystemClock())

    cache.put(file(1), 160, PICTURE)

    assert cache.get(file(1), 160) is None


def test_the_folder_is_below_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """As XDG says."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")

    assert Path("/somewhere/gallery-daemon/thumbnails") == default_folder()
