"""A text of the configuration is checked as it stands, and saved only over what was read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.clock import SystemClock
from gallery_daemon.commands import rules_text
from gallery_daemon.commands.rules_text import (
    RulesChanged,
    check_rules,
    kept_rules,
    read_rules,
    save_rules,
    write_example,
)
from gallery_daemon.config.load import BYTES_LIMIT
from gallery_daemon.config.schema import SCHEMA_FILE
from gallery_daemon.errors import ConfigErrors, GalleryError
from tests.end_to_end.conftest import photo_bytes

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = SystemClock()
TEXT = """\
version: 1   # the format
watch: {{name: phone, path: {home}/watch}}
library: {home}/library

# What Anna sends.
rules:
  - name: anna     # she asked for it
    when: {{name: "WA-*"}}
    to: Anna/
  - name: all
    to: All/
tests:
  - given: {{name: WA-1.jpg}}
    expect: {{rule: anna}}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with comments, and a state folder of the test's."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    path = tmp_path / "rules.yaml"
    path.write_text(TEXT.format(home=tmp_path))
    return path


def test_each_mistake_has_its_place_and_hint(file: Path) -> None:
    """In the text that was given, not in the file; a text with mistakes is not saved."""
    was = read_rules(file)
    wrong = was.text.replace("when:", "wen:").replace("to: All/", "to: ../All/")

    checked = check_rules(wrong, file, CLOCK, looks=False)
    with pytest.raises(GalleryError, match="not saved: the text has 2 mistakes"):
        save_rules(wrong, file, was.digest, CLOCK)

    first, second = checked.mistakes
    assert (8, 5) == (first.line, first.column)
    assert "when" in (first.hint or "")
    assert 11 == second.line
    assert checked.config is None
    assert "the text has 2 mistakes" == checked.why_not
    assert was.text == file.read_text()


def test_a_text_whose_tests_fail_is_not_saved(file: Path) -> None:
    """It says which test, and what came of it."""
    was = read_rules(file)
    text = was.text.replace('"WA-*"', '"SIGNAL-*"')

    checked = check_rules(text, file, CLOCK, looks=False)

    assert "the test line 13 fails: expected rule anna, got rule all" in (checked.why_not or "")
    with pytest.raises(GalleryError, match="not saved: the test line 13 fails"):
        save_rules(text, file, was.digest, CLOCK)
    assert was.text == file.read_text()


def test_a_text_that_loads_is_saved_as_it_stands(file: Path) -> None:
    """Comments and order survive, the rights too; the text before is kept, once."""
    file.chmod(0o640)
    was = read_rules(file)
    text = was.text.replace("to: Anna/", "to: Friends/Anna/  # all of them")

    saved = save_rules(text.replace("\n", "\r\n"), file, was.digest, CLOCK)
    again = save_rules(text + "# end\n", file, saved.rules.digest, CLOCK)

    assert text + "# end\n" == file.read_text()
    assert 0o640 == stat.S_IMODE(file.stat().st_mode)
    assert kept_rules(file) == saved.kept == again.kept
    assert text == kept_rules(file).read_text()
    assert 0o600 == stat.S_IMODE(kept_rules(file).stat().st_mode)
    assert read_rules(file).digest == again.rules.digest
    assert [file.name, "state"] == sorted(each.name for each in file.parent.iterdir())


def test_the_same_text_writes_nothing(file: Path) -> None:
    """No backup takes the place of a better one."""
    was, before = read_rules(file), file.stat().st_ino

    saved = save_rules(was.text, file, was.digest, CLOCK)

    assert saved.kept is None
    assert before == file.stat().st_ino
    assert not kept_rules(file).exists()


@pytest.mark.parametrize("after", ["changed", "gone", "replaced while it is written"])
def test_what_another_program_wrote_meanwhile_is_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    """It is refused, in words; nothing of the page's text reaches the file."""
    was = read_rules(file)
    theirs = was.text + "# theirs\n"
    if after == "changed":
        file.write_text(theirs)
    elif after == "gone":
        file.unlink()
    else:
        keep = rules_text._keep

        def kept_while_they_write(path: Path, content: bytes) -> Path:
            file.write_text(theirs)
            return keep(path, content)

        monkeypatch.setattr(rules_text, "_keep", kept_while_they_write)

    with pytest.raises(RulesChanged) as refused:
        save_rules(was.text + "# ours\n", file, was.digest, CLOCK)

    assert refused.value.hint
    assert (theirs if after != "gone" else None) == (file.read_text() if file.exists() else None)
    assert not [each for each in file.parent.iterdir() if each.name.startswith(f".{file.name}")]


def test_a_link_stays_and_what_it_leads_to_is_replaced(file: Path, tmp_path: Path) -> None:
    """As people have it who keep their configurations in a repository."""
    (tmp_path / "dotfiles").mkdir()
    real = file.rename(tmp_path / "dotfiles/rules.yaml")
    file.symlink_to(real)
    was = read_rules(file)

    save_rules(was.text + "# end\n", file, was.digest, CLOCK)

    assert file.is_symlink()
    assert not real.is_symlink()
    assert was.text + "# end\n" == real.read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_only_be_read_stays(file: Path) -> None:
    """A rename would not ask."""
    file.chmod(0o400)
    was = read_rules(file)

    with pytest.raises(GalleryError, match="you may only read it"):
        save_rules(was.text + "# end\n", file, was.digest, CLOCK)

    assert was.text == file.read_text()


def test_a_read_only_file_is_told_to_root_as_to_anyone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system is asked, not the digits of the mode."""
    was = read_rules(file)
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)

    with pytest.raises(GalleryError, match="cannot be written: you may only read it"):
        save_rules(was.text + "# end\n", file, was.digest, CLOCK)

    assert was.text == file.read_text()


def test_line_ends_and_byte_order_mark_are_kept(file: Path) -> None:
    """A browser gives every line end as one kind, and knows of no mark."""
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    was = read_rules(file)

    save_rules(was.text.replace("\r\n", "\n") + "# end\n", file, was.digest, CLOCK)

    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfversion")
    assert content.endswith(b"# end\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.parametrize("text", ["\ud800", "a" * (BYTES_LIMIT + 1), "", "\x00", "- - -"])
def test_a_text_that_is_none_is_a_mistake(file: Path, text: str) -> None:
    """Whatever a page sends: half a letter, a megabyte, nothing."""
    assert check_rules(text, file, CLOCK, looks=False).mistakes


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """With the hint to make one."""
    with pytest.raises(ConfigErrors) as errors:
        read_rules(tmp_path / "none.yaml")

    assert "check --init" in (errors.value.errors[0].hint or "")


def test_pictures_of_tests_are_skipped_while_one_types(file: Path, tmp_path: Path) -> None:
    """They need the classifier process; a skipped test keeps nobody from saving."""
    (tmp_path / "one.jpg").write_bytes(photo_bytes(tmp_path, 3))
    text = file.read_text() + "  - file: one.jpg\n    expect: {rule: all}\n"

    checked = check_rules(text, file, CLOCK, looks=False)

    assert [None, None] == [each.failure for each in checked.tests]
    assert checked.tests[1].skipped
    assert checked.why_not is None


def test_an_example_is_written_once(tmp_path: Path) -> None:
    """With its schema beside it, and never over a file."""
    path = tmp_path / "new" / "config.yaml"

    write_example(path)

    assert check_rules(path.read_text(), path, CLOCK, looks=False).why_not is None
    assert path.with_name(SCHEMA_FILE).exists()
    with pytest.raises(GalleryError, match="exists already"):
        write_example(path)
