"""`explain` in a process of its own, of photos that were filed and of photos never seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_cli import photo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

CONFIG = """\
version: 1
watch: {{name: phone, path: {inbox}}}
library: {library}
defaults: {{action: copy}}
rules:
  - name: wa
    when: {{name: "WA-*"}}
    to: WhatsApp/
  - name: cars
    when: {{class: cars}}
    to: Cars/{{date:%Y}}/
  - name: all
    to: All/
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration on `inbox` and `library`."""
    path = tmp_path / "c.yaml"
    path.write_text(CONFIG.format(inbox=tmp_path / "inbox", library=tmp_path / "library"))
    return path


def test_the_first_number_stands_in_a_name_that_has_one(
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """Which number it will be, only the library knows; the name is one that a person can read."""
    text = config.read_text().replace(
        "    to: Cars/", '    as: "c-{sequence:3}.{ext}"\n    to: Cars/'
    )
    config.write_text(text)
    shot = photo(tmp_path / "inbox/a.jpg")

    done = quick_run("explain", "--config", config, shot)
    told = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)

    assert f"copy to {tmp_path}/library/Cars/2024/c-001.jpg" in done.stdout
    assert f"{tmp_path}/library/Cars/2024/c-001.jpg" == told["today"]["destination"]


def test_a_photo_never_seen_is_classified_and_every_rule_asked(
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """With each condition and its answer, the destination, and what the others lack; no trace."""
    shot = photo(tmp_path / "inbox/deep/a.jpg")

    done = quick_run("explain", "--config", config, shot)
    told = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)

    assert (0, "") == (done.returncode, done.stderr)
    assert "\x1b" not in done.stdout
    assert f"outcome: rule cars -> copy to {tmp_path}/library/Cars/2024/a.jpg" in done.stdout
    assert 'all: rule "cars" above takes it first, c.yaml:12' in done.stdout
    assert 'wa: name "a.jpg" does not match "WA-*", c.yaml:6' in done.stdout
    assert "cars  ████████████████████  1.000" in done.stdout
    today = told["today"]
    assert ["wa", "cars", "all"] == [rule["rule"] for rule in today["rules"]]
    assert [True, True, False] == [rule["reached"] for rule in today["rules"]]
    assert ["wa", "all"] == sorted((m["rule"] for m in today["near_misses"]), reverse=True)
    assert not (tmp_path / "library").exists()


def test_a_filed_photo_is_explained_by_the_rules_of_that_time(
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """By its own path and by its place in the library; today's rules have one line."""
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", config, tmp_path / "inbox")
    config.write_text(config.read_text().replace("to: Cars/", "to: Autos/"))
    place = tmp_path / "library/Cars/2024/a.jpg"

    by_source, by_place = (quick_run("explain", "--config", config, each) for each in (shot, place))
    told = json.loads(quick_run("explain", "--config", config, "--json", place).stdout)

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
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """What was done stands; that today's rules cannot be asked is said beside it."""
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", config, tmp_path / "inbox")

    done = quick_run("explain", shot)

    assert 0 == done.returncode
    assert "outcome: rule cars" in done.stdout
    assert "there is no configuration" in done.stderr


def test_a_photo_that_is_gone_is_explained_by_the_journal(
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """Rules that ask for no more than the journal keeps need no file."""
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", config, tmp_path / "inbox")
    shot.unlink()
    (tmp_path / "library/Cars/2024/a.jpg").unlink()

    done = quick_run("explain", "--config", config, shot)

    assert (0, "") == (done.returncode, done.stderr)
    assert "today: rule cars" in done.stdout


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("inbox/.hidden.jpg", "a hidden name (.*)"),
        ("inbox/ig/a.jpg", "ignored by the configuration (ig/**)"),
        ("inbox/.trash/a.jpg", "a hidden name (.*)"),
        ("inbox/Thumbs.db/a.jpg", "(thumbs.db)"),
    ],
)
def test_what_run_passes_over_goes_nowhere(
    quick_run: Run, tmp_path: Path, config: Path, name: str, says: str
) -> None:
    """Which pattern its name fits is told, and no classifier is asked."""
    text = config.read_text().replace("{name: phone,", '{name: phone, ignore: ["ig/**"],')
    config.write_text(text)
    shot = photo(tmp_path / name)

    done = quick_run("explain", "--config", config, shot)
    told = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)["today"]
    planned = quick_run("plan", "--config", config, "--json").stdout

    assert "outcome: passed over by `run`: " in done.stdout
    assert says in done.stdout
    assert "cars" not in done.stdout
    assert says in told["passed_over"]
    assert [None] * 3 == [told[key] for key in ("action", "destination", "state")]
    assert '"destination": "' not in planned
    assert not (tmp_path / "starts").exists()


def test_a_file_in_the_library_is_explained_as_if_it_lay_outside(
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """The rules are explained, and no destination is told as if it came true."""
    shot = photo(tmp_path / "library/A/byhand.jpg")

    done = quick_run("explain", "--config", config, shot)
    told = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)["today"]

    assert "outcome: passed over by `run`: it lies in the library; else " in done.stdout
    assert "it lies in the library" == told["passed_over"]
    assert [None] * 3 == [told[key] for key in ("action", "destination", "state")]
    assert "cars" == told["rule"]


@pytest.mark.parametrize("action", ["copy", "hardlink", "move"])
def test_a_file_in_the_place_of_a_filed_one_has_a_story_of_its_own(
    quick_run: Run, tmp_path: Path, config: Path, action: str
) -> None:
    """First what it would come to, then what it came to; of the one before, one line."""
    config.write_text(config.read_text().replace("action: copy", f"action: {action}"))
    shot = photo(tmp_path / "inbox/a.jpg")
    sort = ("sort", "--config", config, tmp_path / "inbox")
    quick_run(*sort)
    shot.unlink(missing_ok=True)
    photo(shot)
    shot.write_bytes(shot.read_bytes() + b"\xff\xd9")

    new = quick_run("explain", "--config", config, shot)
    told = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)
    quick_run(*sort)
    filed = quick_run("explain", "--config", config, tmp_path / "library/Cars/2024/a.jpg")

    before = "before: another file of this name was filed on "
    assert "of that time" not in new.stdout
    assert f"{action} to {tmp_path}/library/Cars/" in new.stdout
    assert before in new.stdout
    assert "filed" == told["before"]["state"]
    assert "then" not in told
    assert "of that time" in filed.stdout


def test_a_file_s_mtime_is_not_called_the_date_taken(
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """A rule with `taken` says that none is known, and so does the line above."""
    shot = photo(tmp_path / "inbox/a.jpg")

    done = quick_run("explain", "--config", config, shot)

    assert "no date taken is known; the file is of 2024-01-01" in done.stdout
    assert "(by mtime)" in done.stdout


def test_a_name_that_is_taken_is_no_destination(
    quick_run: Run, tmp_path: Path, config: Path
) -> None:
    """The photo gets the name that the plan gives it, and why."""
    shot = photo(tmp_path / "inbox/a.jpg")
    taken = tmp_path / "library/Cars/2024/a.jpg"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"another one")
    place = str(taken.with_name("a (2).jpg"))

    done = quick_run("explain", "--config", config, shot)
    told = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)
    planned = json.loads(quick_run("plan", "--config", config, "--json").stdout)

    assert f"copy to {place} (another file called a.jpg lies there)" in done.stdout
    assert (place, place) == (told["today"]["destination"], planned["destination"])


@pytest.mark.parametrize("name", ["inbox/b.jpg", "library/Mine/a.jpg"])
def test_a_filed_photo_is_known_under_a_new_name(
    quick_run: Run, tmp_path: Path, config: Path, name: str
) -> None:
    """By its inode, as `run` knows it: it would not be filed again."""
    config.write_text(config.read_text().replace("action: copy", "action: hardlink"))
    shot = photo(tmp_path / "inbox/a.jpg")
    quick_run("sort", "--config", config, tmp_path / "inbox")
    there = shot if name.startswith("inbox") else tmp_path / "library/Cars/2024/a.jpg"
    (tmp_path / name).parent.mkdir(exist_ok=True)
    there.rename(tmp_path / name)

    done = quick_run("explain", "--config", config, tmp_path / name)

    assert "filed on" in done.stdout
    assert f"came from {shot}" in done.stdout
    assert "renamed or moved since" in done.stdout


@pytest.mark.parametrize(
    ("name", "says"), [("gone.jpg", "No such file"), ("broken.jpg", "its end is missing")]
)
def test_what_cannot_be_read_is_a_sentence(
    quick_run: Run, tmp_path: Path, config: Path, name: str, says: str
) -> None:
    """Exit status 2, and never a traceback."""
    if name != "gone.jpg":
        photo(tmp_path / "inbox" / name)

    done = quick_run("explain", "--config", config, tmp_path / "inbox" / name)

    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
