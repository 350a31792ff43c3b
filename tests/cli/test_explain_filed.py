"""`explain` in a process of its own, of photos that were filed: the story is the journal's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.cli.test_cli import photo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_a_filed_photo_is_explained_by_the_rules_of_that_time(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """By its own path and by its place in the library; today's rules have one line."""
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", explained, tmp_path / "inbox")
    explained.write_text(explained.read_text().replace("to: Cars/", "to: Autos/"))
    place = tmp_path / "library/Cars/2024/a.jpg"

    by_source, by_place = (
        quick_run("explain", "--config", explained, each) for each in (shot, place)
    )
    told = json.loads(quick_run("explain", "--config", explained, "--json", place).stdout)

    assert (0, "", 0, "") == (
        by_source.returncode,
        by_source.stderr,
        by_place.returncode,
        by_place.stderr,
    )
    for done in (by_source, by_place):
        assert f"outcome: rule cars -> copy to {place}" in done.stdout
        assert f"today: rule cars -> copy to {tmp_path}/library/Autos/2024/a.jpg" in done.stdout
        assert "of that time" in done.stdout
    assert f"came from {shot}" in by_place.stdout
    assert ["wa", "cars"] == [rule["rule"] for rule in told["then"]["rules"]]
    assert str(place) == told["then"]["destination"]


def test_a_filed_photo_is_explained_without_a_configuration(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """What was done stands; beside it is what to do, and no error: nothing is wrong."""
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", explained, tmp_path / "inbox")

    done = quick_run("explain", shot)

    assert 0 == done.returncode
    assert "outcome: rule cars" in done.stdout
    assert done.stderr.startswith("note: ")
    assert "gallery-daemon check --init" in done.stderr
    assert "error" not in done.stderr


def test_a_photo_that_is_gone_is_explained_by_the_journal(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """Rules that ask for no more than the journal keeps need no file."""
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", explained, tmp_path / "inbox")
    shot.unlink()
    (tmp_path / "library/Cars/2024/a.jpg").unlink()

    done = quick_run("explain", "--config", explained, shot)

    assert (0, "") == (done.returncode, done.stderr)
    assert "today: rule cars" in done.stdout


@pytest.mark.parametrize("action", ["hardlink", pytest.param("move", marks=pytest.mark.long)])
def test_a_file_in_the_place_of_a_filed_one_has_a_story_of_its_own(
    quick_run: Run, tmp_path: Path, explained: Path, action: str
) -> None:
    """First what it would come to, then what it came to; of the one before, one line."""
    explained.write_text(explained.read_text().replace("action: copy", f"action: {action}"))
    shot = photo(tmp_path / "inbox/a.jpg")
    sort = ("sort", "--config", explained, tmp_path / "inbox")
    quick_run(*sort)
    shot.unlink(missing_ok=True)
    photo(shot)
    shot.write_bytes(shot.read_bytes() + b"\xff\xd9")

    new = quick_run("explain", "--config", explained, shot)
    told = json.loads(quick_run("explain", "--config", explained, "--json", shot).stdout)
    quick_run(*sort)
    filed = quick_run("explain", "--config", explained, tmp_path / "library/Cars/2024/a.jpg")

    before = "before: filed on "
    assert "of that time" not in new.stdout
    assert f"{action} to {tmp_path}/library/Cars/" in new.stdout
    assert before in new.stdout
    assert ": another file, or this one before it changed (journal, 1)" in new.stdout
    assert "filed" == told["before"]["state"]
    assert "then" not in told
    assert "of that time" in filed.stdout


def test_today_s_rules_judge_the_photo_and_not_what_took_its_place(
    run: Run, tmp_path: Path, explained: Path
) -> None:
    """Where they ask for more than the journal keeps, its place in the library is looked at."""
    rules = "rules:\n  - {name: wide, when: {width: {min: 300}}, to: Wide/}\n"
    explained.write_text(explained.read_text().replace("rules:\n", rules))
    shot = photo(tmp_path / "inbox/a.jpg")
    run("sort", "--config", explained, tmp_path / "inbox")
    Image.new("RGB", (40, 40)).save(shot)

    done = run("explain", "--config", explained, tmp_path / "library/Wide/a.jpg")

    assert f"today: rule wide -> copy to {tmp_path}/library/Wide/a.jpg" in done.stdout


@pytest.mark.parametrize("name", ["inbox/b.jpg", "library/Mine/a.jpg"])
def test_a_filed_photo_is_known_under_a_new_name(
    quick_run: Run, tmp_path: Path, explained: Path, name: str
) -> None:
    """By its inode, as `run` knows it: it would not be filed again."""
    explained.write_text(explained.read_text().replace("action: copy", "action: hardlink"))
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", explained, tmp_path / "inbox")
    there = shot if name.startswith("inbox") else tmp_path / "library/Cars/2024/a.jpg"
    (tmp_path / name).parent.mkdir(exist_ok=True)
    there.rename(tmp_path / name)

    done = quick_run("explain", "--config", explained, tmp_path / name)

    assert "filed on" in done.stdout
    assert f"came from {shot}" in done.stdout
    assert "renamed or moved since" in done.stdout


def test_a_sidecar_is_explained_by_what_was_done_with_it(
    quick_run: Run, tmp_path: Path, explained: Path
) -> None:
    """Its places are its own; the rules and the model are of its photo, which it went with."""
    photo(tmp_path / "inbox/a.jpg")
    sidecar = tmp_path / "inbox/a.xmp"
    sidecar.write_text("<x:xmpmeta/>")
    quick_run("sort", "--config", explained, tmp_path / "inbox")
    place = tmp_path / "library/Cars/2024/a.xmp"

    by_source, by_place = (
        quick_run("explain", "--config", explained, each) for each in (sidecar, place)
    )
    told = json.loads(quick_run("explain", "--config", explained, "--json", sidecar).stdout)

    assert ("", "") == (by_source.stderr, by_place.stderr)
    for done in (by_source, by_place):
        assert f"a.xmp is a sidecar of a.jpg and was filed with it, to {place}" in done.stdout
        assert f"outcome: rule cars -> copy to {place}" in done.stdout
        assert f"today: its photo: rule cars -> copy to {place.with_suffix('.jpg')}" in done.stdout
        assert "since" not in done.stdout
        assert "before:" not in done.stdout
    assert "came from" not in by_source.stdout
    assert f"came from {sidecar}" in by_place.stdout
    assert str(place) == told["then"]["sidecar"]["destination"]


def test_a_sidecar_whose_photo_is_gone_is_not_judged_in_its_place(
    run: Run, tmp_path: Path, explained: Path
) -> None:
    """Where today's rules ask for the file, the photo's place in the library has it."""
    rules = "rules:\n  - {name: wide, when: {width: {min: 300}}, to: Wide/}\n"
    explained.write_text(explained.read_text().replace("rules:\n", rules))
    shot = photo(tmp_path / "inbox/a.jpg")
    sidecar = shot.with_suffix(".xmp")
    sidecar.write_text("<x:xmpmeta/>")
    run("sort", "--config", explained, tmp_path / "inbox")
    shot.unlink()

    done = run("explain", "--config", explained, sidecar)

    assert f"today: its photo: rule wide -> copy to {tmp_path}/library/Wide/a.jpg" in done.stdout
